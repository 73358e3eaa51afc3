package org.postern.filter;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.util.Optional;

/**
 * The link {@code /?_interface=basic} or {@code standard} (contract, section 8): changes the open session, and a cookie
 * remembers it for the next one. Another site's link changes nothing.
 */
final class InterfaceChoice {
    static final String COOKIE = "webmail-interface";

    private static final int YEAR = 365 * 24 * 60 * 60;
    private static final byte[] NO_BODY = {};

    private InterfaceChoice() {}

    /** Answers itself and returns empty, or returns the request for the host. */
    static Optional<HttpServletRequest> take(
            HttpServletRequest request, HttpServletResponse response, String query, Places places) {
        Optional<WebmailInterface> chosen = FormFields.parse(query, NO_BODY)
                .map(fields -> fields.value("_interface"))
                .flatMap(WebmailInterface::parse);
        HttpSession http = request.getSession(false);
        WebmailSession session = http == null ? null : WebmailSession.in(http);
        if (http == null
                || session == null
                || chosen.isEmpty()
                || !request.getMethod().equals("GET")
                || Fetch.isFromAnotherSite(request)) {
            return Optional.of(request);
        }
        WebmailSession changed = session.with(chosen.get());
        http.setAttribute(WebmailSession.ATTRIBUTE, changed);
        Cookie cookie = new Cookie(COOKIE, chosen.get().apiName());
        cookie.setPath(places.contextPath() + "/");
        cookie.setMaxAge(YEAR);
        cookie.setHttpOnly(true);
        cookie.setSecure(request.isSecure());
        cookie.setAttribute("SameSite", "Lax");
        response.addCookie(cookie);
        Pages.redirect(response, places.start(changed));
        return Optional.empty();
    }
}
