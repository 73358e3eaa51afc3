package org.postern.filter;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.util.Optional;

/**
 * The link {@code /?_interface=basic} or {@code standard} (contract, section 8): a cookie remembers it, for the host's own
 * sessions too, and it changes the open session. Another site's link changes nothing.
 */
final class InterfaceChoice {
    private static final byte[] NO_BODY = {};

    private InterfaceChoice() {}

    /** Answers itself and returns empty, or returns the request for the host. */
    static Optional<HttpServletRequest> take(
            HttpServletRequest request, HttpServletResponse response, String query, Places places) {
        Optional<WebmailInterface> chosen = FormFields.parse(query, NO_BODY)
                .map(fields -> fields.value("_interface"))
                .flatMap(WebmailInterface::parse);
        boolean asked =
                request.getMethod().equals("GET") && !Fetch.isFromAnotherSite(request) && !Fetch.isNoVisit(request);
        if (chosen.isEmpty() || !asked) {
            return Optional.of(request);
        }
        chosen.get().remember(request, response);
        HttpSession http = request.getSession(false);
        WebmailSession session = http == null ? null : WebmailSession.in(http);
        if (http == null || session == null) {
            return Optional.of(request);
        }
        WebmailSession changed = session.with(chosen.get());
        http.setAttribute(WebmailSession.ATTRIBUTE, changed);
        Pages.redirect(response, places.start(changed));
        return Optional.empty();
    }
}
