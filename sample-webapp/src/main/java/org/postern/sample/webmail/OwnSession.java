package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.Serializable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.filter.SessionCookies;

/**
 * The session of a mailbox's owner, who signed in with his own password. The password is needed for IMAP, so it is kept
 * as long as the session, in this process's memory alone: it is never serialized, and a session that comes back from a
 * container's store without it is over.
 */
final class OwnSession implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String ATTRIBUTE = OwnSession.class.getName();

    private final String mailbox;
    private final SessionLocale locale;
    private final String csrfToken;
    private final String passwordVersion;
    private final transient @Nullable Secret password;

    private OwnSession(
            String mailbox, SessionLocale locale, String csrfToken, String passwordVersion, Secret password) {
        this.mailbox = mailbox;
        this.locale = locale;
        this.csrfToken = csrfToken;
        this.passwordVersion = passwordVersion;
        this.password = password;
    }

    /** Opens one, with a new id; whatever session the browser had is over. */
    static void open(
            HttpServletRequest request,
            Mailbox mailbox,
            SessionLocale locale,
            String passwordVersion,
            Secret password) {
        HttpSession old = request.getSession(false);
        if (old != null) {
            old.invalidate();
        }
        HttpSession fresh = request.getSession(true);
        if (fresh.getId().equals(request.getRequestedSessionId())) {
            // Some containers take up the id that the browser sent.
            request.changeSessionId();
        }
        fresh.setAttribute(
                ATTRIBUTE,
                new OwnSession(mailbox.address().toString(), locale, Csrf.newToken(), passwordVersion, password));
    }

    /** After a password change: the same session, with the new one. */
    void changed(HttpServletRequest request, String newVersion, Secret newPassword) {
        request.changeSessionId();
        request.getSession()
                .setAttribute(ATTRIBUTE, new OwnSession(mailbox, locale, csrfToken, newVersion, newPassword));
    }

    /** The open one of this request. */
    static Optional<OwnSession> of(HttpServletRequest request) {
        HttpSession http = request.getSession(false);
        try {
            return http != null && http.getAttribute(ATTRIBUTE) instanceof OwnSession own && own.password != null
                    ? Optional.of(own)
                    : Optional.empty();
        } catch (IllegalStateException invalidatedMeanwhile) {
            return Optional.empty();
        }
    }

    /** Signs out. The cookie goes too: browsers that keep pages for their Back key drop them when it changes. */
    static void end(HttpServletRequest request, HttpServletResponse response) {
        SessionCookies.forget(request, response);
        end(request);
    }

    static void end(HttpServletRequest request) {
        HttpSession http = request.getSession(false);
        if (http != null) {
            try {
                http.invalidate();
            } catch (IllegalStateException already) {
                // as wished
            }
        }
    }

    MailboxAddress mailbox() {
        return MailboxAddress.parse(mailbox).orElseThrow();
    }

    SessionLocale locale() {
        return locale;
    }

    String csrfToken() {
        return csrfToken;
    }

    String passwordVersion() {
        return passwordVersion;
    }

    Secret password() {
        return password == null ? Secret.of("") : password;
    }
}
