package org.postern.rest;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Collections;
import java.util.Objects;
import org.postern.core.Administrator;
import org.postern.core.Client;
import org.postern.core.settings.Arrival;
import org.postern.core.settings.Settings;

/**
 * Who sends a request, as far as that is known: travels with the request as its property.
 *
 * @param contextPath where the web application is mounted, without a slash at its end
 * @param query the raw query string, or empty text
 */
record Caller(Client client, Arrival arrival, boolean maySendSecrets, String contextPath, String query) {
    static final String PROPERTY = Caller.class.getName();
    static final String ADMINISTRATOR = Administrator.class.getName();

    static Caller of(HttpServletRequest request, Settings.Http settings) {
        Arrival arrival = Arrival.of(
                settings,
                Objects.requireNonNullElse(request.getRemoteAddr(), ""),
                request.isSecure(),
                name -> Collections.list(request.getHeaders(name)));
        return new Caller(
                new Client(arrival.address(), Objects.requireNonNullElse(request.getHeader("User-Agent"), "")),
                arrival,
                arrival.maySendSecrets(settings),
                request.getContextPath(),
                Objects.requireNonNullElse(request.getQueryString(), ""));
    }

    static Caller of(ContainerRequestContext request) {
        return (Caller) Objects.requireNonNull(request.getProperty(PROPERTY));
    }

    /** The administrator as whom the request was let in. */
    static Administrator administrator(ContainerRequestContext request) {
        return (Administrator) Objects.requireNonNull(request.getProperty(ADMINISTRATOR));
    }
}
