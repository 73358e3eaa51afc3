package org.postern.sample.webmail;

import java.util.Optional;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.filter.WebmailInterface;
import org.postern.filter.WebmailSession;

/**
 * Whoever is signed in, by a token or with his own password.
 *
 * @param mail whether he may see the mailbox
 * @param admin whether he may see the admin tab
 * @param password what the mail servers take
 * @param support the session of whoever looks in here with a token; empty for the owner
 * @param asked whether somebody waits for his consent
 * @param face what his browser gets
 * @param graphical whether his browser shows HTML well
 */
record Visitor(
        MailboxAddress mailbox,
        SessionLocale locale,
        boolean mail,
        boolean admin,
        Secret password,
        String csrfToken,
        Optional<WebmailSession> support,
        boolean asked,
        WebmailInterface face,
        boolean graphical) {

    /** Whether nothing may be changed or sent. */
    boolean readOnly() {
        return support.filter(WebmailSession::readOnly).isPresent();
    }

    boolean standard() {
        return face == WebmailInterface.STANDARD;
    }
}
