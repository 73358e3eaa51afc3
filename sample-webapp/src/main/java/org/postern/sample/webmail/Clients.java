package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.postern.core.Client;
import org.postern.core.settings.Arrival;
import org.postern.core.settings.Settings;

/** Who sent a request, and by what way, as the settings about proxies say. */
final class Clients {
    private Clients() {}

    static Client of(HttpServletRequest request, Settings.Http settings) {
        return new Client(arrival(request, settings).address(), SignIn.text(request.getHeader("User-Agent")));
    }

    /** Whether a password may come this way: over TLS, from this machine, or where plain HTTP is allowed. */
    static boolean maySendSecrets(HttpServletRequest request, Settings.Http settings) {
        return arrival(request, settings).maySendSecrets(settings);
    }

    private static Arrival arrival(HttpServletRequest request, Settings.Http settings) {
        return Arrival.of(
                settings,
                SignIn.text(request.getRemoteAddr()),
                request.isSecure(),
                values(request, "X-Forwarded-For"),
                values(request, "X-Forwarded-Proto"));
    }

    private static List<String> values(HttpServletRequest request, String header) {
        return Collections.list(request.getHeaders(header));
    }
}
