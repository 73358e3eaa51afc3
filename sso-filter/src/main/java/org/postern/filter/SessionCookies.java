package org.postern.filter;

import jakarta.servlet.ServletContext;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.EnumSet;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.postern.core.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the application's session cookie safe while it starts (contract, section 8): the id comes from the cookie alone,
 * which is {@code HttpOnly} and {@code SameSite=Lax}. Where {@code sso.public-url} says that browsers come over TLS, it
 * is also {@code Secure}, for the whole host, without a domain, and its name begins with {@code __Host-} and ends with the
 * application's context path, since two applications of one host must not take each other's.
 */
public final class SessionCookies {
    private static final Logger LOG = LoggerFactory.getLogger(SessionCookies.class);
    private static final String PREFIX = "__Host-";
    private static final String SAME_SITE = "SameSite";

    private SessionCookies() {}

    /** By the settings that MicroProfile Config finds for the application. */
    static void makeSafe(ServletContext context) {
        String publicUrl = "";
        try {
            Config config = ConfigProvider.getConfig(context.getClassLoader());
            if (config.getOptionalValue("sso.enabled", String.class)
                    .filter(e -> e.strip().equals("false"))
                    .isPresent()) {
                return;
            }
            publicUrl = config.getOptionalValue("sso.public-url", String.class).orElse("");
        } catch (RuntimeException noSettings) {
            // A host that hands the filter its settings needs no MicroProfile Config. A bad value stops the filter.
            LOG.debug("no settings to read", noSettings);
        }
        makeSafe(context, publicUrl.strip());
    }

    static void makeSafe(ServletContext context, Settings settings) {
        if (settings.enabled()) {
            makeSafe(context, settings.http().publicUrl());
        }
    }

    private static void makeSafe(ServletContext context, String publicUrl) {
        context.setSessionTrackingModes(EnumSet.of(SessionTrackingMode.COOKIE));
        SessionCookieConfig cookie = context.getSessionCookieConfig();
        cookie.setHttpOnly(true);
        if (!"Strict".equalsIgnoreCase(cookie.getAttribute(SAME_SITE))) {
            cookie.setAttribute(SAME_SITE, "Lax");
        }
        if (publicUrl.startsWith("https:")) {
            String name = cookie.getName() == null
                    ? "webmail" + context.getContextPath().replaceAll("[^A-Za-z0-9]", "-")
                    : cookie.getName();
            cookie.setName(name.startsWith(PREFIX) ? name : PREFIX + name);
            cookie.setSecure(true);
            cookie.setPath("/");
            if (cookie.getDomain() != null) {
                LOG.warn("the session cookie's domain is not used: a name with {} takes none", PREFIX);
                removeDomain(cookie);
            }
        }
    }

    /**
     * Takes the session's cookie away, before the session is invalidated; for a host's own sessions too. Browsers that
     * keep whole pages for their Back key, {@code no-store} or not, drop them only when a cookie of the site changes.
     */
    public static void forget(HttpServletRequest request, HttpServletResponse response) {
        String id = request.getRequestedSessionId();
        Cookie[] cookies = request.getCookies();
        if (id == null || cookies == null) {
            return;
        }
        SessionCookieConfig config = request.getServletContext().getSessionCookieConfig();
        String context = request.getContextPath().isEmpty() ? "/" : request.getContextPath();
        for (Cookie sent : cookies) {
            if (id.equals(sent.getValue())) {
                Cookie gone = new Cookie(sent.getName(), "");
                gone.setPath(config.getPath() == null ? context : config.getPath());
                gone.setHttpOnly(true);
                gone.setSecure(config.isSecure());
                gone.setAttribute(SAME_SITE, "Lax");
                gone.setMaxAge(0);
                response.addCookie(gone);
            }
        }
    }

    /** The API knows no other way to have none, and its containers take {@code null}. */
    @SuppressWarnings("NullAway")
    private static void removeDomain(SessionCookieConfig cookie) {
        cookie.setDomain(null);
    }
}
