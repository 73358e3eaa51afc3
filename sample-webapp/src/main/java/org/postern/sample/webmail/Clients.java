package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
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
                name -> Collections.list(request.getHeaders(name)));
    }
}
