package org.postern.sample.webmail;

import java.time.Instant;
import java.util.Optional;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;

/**
 * Whoever is signed in, by a token or with his own password.
 *
 * @param mail whether he may see the mailbox
 * @param admin whether he may see the admin tab
 * @param imapPassword what the mail server takes
 * @param support who looks in here with a token; empty for the owner
 * @param richText whether his browser shows HTML well
 */
record Visitor(
        MailboxAddress mailbox,
        SessionLocale locale,
        boolean mail,
        boolean admin,
        Secret imapPassword,
        String csrfToken,
        Optional<Support> support,
        boolean richText) {

    /**
     * A session that a token opened.
     *
     * @param reason may be empty
     */
    record Support(String issuer, String reason, SessionType type, Instant end) {}
}
