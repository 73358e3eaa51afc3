package org.postern.filter;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Objects;
import org.postern.core.Client;
import org.postern.core.settings.Arrival;
import org.postern.core.settings.Settings;

/** Who sent a request, and whether secrets may come that way: what {@link Arrival} makes of the request. Thread-safe. */
final class Peer {
    private final Settings.Http settings;

    Peer(Settings.Http settings) {
        this.settings = settings;
    }

    Client client(HttpServletRequest request) {
        return new Client(arrival(request).address(), Objects.requireNonNullElse(request.getHeader("User-Agent"), ""));
    }

    boolean mayBringSecrets(HttpServletRequest request) {
        return arrival(request).maySendSecrets(settings);
    }

    private Arrival arrival(HttpServletRequest request) {
        return Arrival.of(
                settings,
                Objects.requireNonNullElse(request.getRemoteAddr(), ""),
                request.isSecure(),
                name -> Collections.list(request.getHeaders(name)));
    }
}
