package org.postern.filter;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Logout (contract, section 8): ends the session and goes where the session, the brand or the settings say. It needs
 * the session's token, or a browser that vouches for a visit of the user's own; else a page asks for a click.
 */
final class LogoutDoor {
    /** The parameter of the session's CSRF token. */
    static final String TOKEN = "_token";

    private final NodeSessions sessions;
    private final Peer peer;
    private final Pages pages;
    private final Places places;

    LogoutDoor(NodeSessions sessions, Peer peer, Pages pages, Places places) {
        this.sessions = sessions;
        this.peer = peer;
        this.pages = pages;
        this.places = places;
    }

    /** Answers itself and returns empty; without an open session the request is the host's. */
    Optional<HttpServletRequest> leave(HttpServletRequest request, HttpServletResponse response, String query)
            throws IOException {
        HttpSession http = request.getSession(false);
        WebmailSession session = http == null ? null : WebmailSession.in(http);
        if (http == null || session == null || sessions.of(session).isOver()) {
            return Optional.of(request);
        }
        boolean post = request.getMethod().equals("POST");
        if (!post && !request.getMethod().equals("GET")) {
            response.setHeader("Allow", "GET, POST");
            pages.refuses(request, response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "not_here");
            return Optional.empty();
        }
        Optional<FormFields> fields;
        try {
            fields = FormFields.parse(query, FormBody.read(request));
        } catch (FormBody.Unreadable unreadable) {
            pages.refuses(request, response, unreadable.status(), "bad_request");
            return Optional.empty();
        }
        if (fields.isEmpty()
                || fields.get().count(Set.of("_task")) != 1
                || fields.get().count(Set.of(TOKEN)) > 1) {
            pages.refuses(request, response, HttpServletResponse.SC_BAD_REQUEST, "bad_request");
            return Optional.empty();
        }
        if (session.isCsrfToken(fields.get().value(TOKEN)) || Fetch.isTyped(request)) {
            end(request, response, http, session, post);
        } else {
            String action = places.login() + "?_task=logout";
            pages.asks(
                    request,
                    response,
                    session.locale(),
                    "logout_question",
                    "logout_button",
                    action,
                    Map.of(TOKEN, session.csrfToken()));
        }
        return Optional.empty();
    }

    private void end(
            HttpServletRequest request,
            HttpServletResponse response,
            HttpSession http,
            WebmailSession session,
            boolean post)
            throws IOException {
        String target = places.afterLogout(
                Optional.ofNullable(SessionMemory.in(http)).flatMap(SessionMemory::logoutRedirect),
                pages.brand(request));
        sessions.end(session, "logout", peer.client(request));
        Gate.invalidate(http);
        response.setHeader("Clear-Site-Data", "\"cache\"");
        SessionCookies.forget(request, response);
        if (post && !target.startsWith("/")) {
            // Chromium holds the page's form-action against a redirect after its form, not against a page that moves
            // on.
            pages.movesOn(request, response, session.locale(), "logged_out", target);
        } else {
            Pages.redirect(response, target);
        }
    }
}
