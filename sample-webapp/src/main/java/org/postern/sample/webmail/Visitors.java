package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.service.Postern;
import org.postern.core.spi.MailDirectory;
import org.postern.filter.WebmailInterface;
import org.postern.filter.WebmailSession;

/** Who is signed in: by a token, as the filter says, or with his own password. Thread-safe. */
record Visitors(Postern postern) {
    Optional<Visitor> of(HttpServletRequest request) {
        Optional<WebmailSession> token = WebmailSession.of(request).filter(s -> isOpen(request, s));
        return token.isPresent()
                ? token.map(session -> byToken(request, session))
                : OwnSession.of(request).flatMap(own -> owner(request, own));
    }

    /** The filter answers with the session's identity as long as it is open. */
    private static boolean isOpen(HttpServletRequest request, WebmailSession session) {
        return session.mailbox().equals(request.getRemoteUser());
    }

    private static Visitor byToken(HttpServletRequest request, WebmailSession session) {
        return new Visitor(
                MailboxAddress.parse(session.mailbox()).orElseThrow(),
                session.locale(),
                session.hasRole(WebmailSession.MAILBOX_ROLE),
                session.hasRole(WebmailSession.ADMIN_ROLE),
                session.credential().secret(),
                session.csrfToken(),
                Optional.of(session),
                false,
                session.webmailInterface(),
                isGraphical(request));
    }

    /** Whose password was changed elsewhere, or whose mailbox was suspended, is signed out. */
    private Optional<Visitor> owner(HttpServletRequest request, OwnSession own) {
        MailboxAddress address = own.mailbox();
        MailDirectory directory = postern.backend().directory();
        Optional<Mailbox> mailbox = directory.mailbox(address).filter(m -> !m.suspended());
        Optional<String> version = directory.mailboxPasswordVersion(address);
        if (mailbox.isEmpty() || !version.orElse("").equals(own.passwordVersion())) {
            OwnSession.end(request);
            return Optional.empty();
        }
        return Optional.of(new Visitor(
                address,
                own.locale(),
                true,
                // Where a mailbox's password is another one than the administrator's, it opens the mailbox alone.
                directory.administrator(address).isPresent()
                        && directory.passwordVersion(address).equals(version),
                own.password(),
                own.csrfToken(),
                Optional.empty(),
                !postern.approvals()
                        .awaiting(address, 1, Optional.empty())
                        .items()
                        .isEmpty(),
                WebmailInterface.of(request),
                isGraphical(request)));
    }

    private static boolean isGraphical(HttpServletRequest request) {
        String agent = request.getHeader("User-Agent");
        return agent != null && agent.startsWith("Mozilla/5.0 ");
    }
}
