package org.postern.directory;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.postern.core.ChosenToken;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.TokenDigest;
import org.postern.core.TokenKeys;
import org.postern.core.TokenState;
import org.postern.core.spi.TokenStore;

/** What opens a mailbox at this moment and is the product's own: live tokens, and credentials of open sessions. Thread-safe. */
record LiveSecrets(TokenStore store, TokenKeys keys, Clock clock) {
    boolean contains(MailboxAddress mailbox, Secret secret) {
        List<TokenDigest> digests = keys.digests(mailbox, secret);
        Instant now = clock.instant();
        if (secret.reveal().startsWith(ChosenToken.CREDENTIAL_PREFIX)) {
            return store.findSession(digests).filter(s -> s.isOpen(now)).isPresent();
        }
        return store.find(digests, now)
                .filter(token -> token.state(now) == TokenState.LIVE)
                .isPresent();
    }
}
