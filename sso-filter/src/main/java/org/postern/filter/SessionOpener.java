package org.postern.filter;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.util.Optional;
import org.postern.core.Client;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.TokenSession;
import org.postern.core.service.Redemption;

/** Turns a redeemed token into a webmail session: the earlier session ends, a new one starts under a new id. */
final class SessionOpener {
    private final NodeSessions sessions;

    SessionOpener(NodeSessions sessions) {
        this.sessions = sessions;
    }

    /**
     * Opens the session of a redemption.
     *
     * @param asked the login URL's {@code locale}
     * @param logoutRedirect checked; empty text where there is none
     */
    WebmailSession open(
            HttpServletRequest request,
            Redemption.Redeemed redeemed,
            Secret secret,
            Optional<SessionLocale> asked,
            String logoutRedirect,
            Client client) {
        TokenSession session = redeemed.session();
        try {
            endEarlier(request, client);
            WebmailSession webmail = webmail(request, redeemed, asked);
            HttpSession fresh = request.getSession(true);
            if (fresh.getId().equals(request.getRequestedSessionId())) {
                // Some containers take up the id that the browser sent.
                request.changeSessionId();
            }
            MailboxAddress mailbox = session.mailbox();
            fresh.setAttribute(WebmailSession.ATTRIBUTE, webmail);
            fresh.setAttribute(
                    SessionMemory.ATTRIBUTE, new SessionMemory(webmail.id(), mailbox, secret, logoutRedirect));
            sessions.open(webmail);
            return webmail;
        } catch (RuntimeException fault) {
            sessions.abandon(session.id(), client);
            throw fault;
        }
    }

    private void endEarlier(HttpServletRequest request, Client client) {
        HttpSession earlier = request.getSession(false);
        if (earlier != null) {
            WebmailSession webmail = WebmailSession.in(earlier);
            if (webmail != null) {
                sessions.end(webmail, "another login", client);
            }
            Gate.invalidate(earlier);
        }
    }

    private static WebmailSession webmail(
            HttpServletRequest request, Redemption.Redeemed redeemed, Optional<SessionLocale> asked) {
        TokenSession session = redeemed.session();
        SessionLocale locale = session.locale()
                .or(() -> asked)
                .or(redeemed::mailboxLocale)
                .or(() -> Pages.wishes(request))
                .orElse(SessionLocale.EN);
        return new WebmailSession(
                session.id(),
                session.mailbox().toString(),
                locale,
                session.type(),
                WebmailInterface.ofBrowser(request),
                session.tokenId(),
                session.issuer().toString(),
                session.reason(),
                session.readOnly(),
                session.startedAt(),
                session.endsAt(),
                new MailCredential(redeemed.credential()),
                SessionMemory.randomText());
    }
}
