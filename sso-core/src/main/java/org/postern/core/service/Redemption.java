package org.postern.core.service;

import java.time.Duration;
import java.util.Optional;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.TokenSession;

/** What came of presenting a secret to webmail. A fault is none of these: it is thrown. */
public sealed interface Redemption {
    /**
     * The token was redeemed: one of its uses is gone, and this session is open.
     *
     * @param credential the session's own login for IMAP and SMTP; for {@code admin_only} it opens nothing
     * @param mailboxLocale the language that the mailbox's owner chose
     */
    record Redeemed(TokenSession session, Secret credential, Optional<SessionLocale> mailboxLocale)
            implements Redemption {}

    /** The token is good and needs a click; nothing was consumed. */
    record NeedsConfirmation() implements Redemption {}

    /** No token to be redeemed here and now; nothing was consumed. It may be the user's own password. */
    record Refused(Refusal why) implements Redemption {}

    /** Too many wrong attempts; the secret was not looked at. */
    record Throttled(Duration retryAfter) implements Redemption {}
}
