package org.postern.filter;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.ServiceLoader;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;
import org.postern.core.UnavailableException;
import org.postern.core.remote.RemoteLogins;
import org.postern.core.service.Postern;
import org.postern.core.service.WebmailLogins;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The filter that gives a webmail login tokens (contract, sections 7 and 8): it redeems the login URL, carries the
 * session's identity into every request, and logs out. Every other request passes untouched. Thread-safe.
 *
 * <p>It gets in by its jar alone ({@code web-fragment.xml} and {@link Startup}), by a {@code web.xml} that names this class, or by {@link
 * #addTo}. It stands before every other filter, since one that reads parameters first would leave it no form to read.
 * Unless it is handed its collaborators it takes, in this order: the {@link Postern} that the servlet context holds under
 * that class's name; the issuing service that {@code sso.issuer.url} names; a {@link Postern} of its own, over the store
 * on the class path, which the servlet context then holds for the application's own use. Settings come from MicroProfile Config alone, never from init parameters.
 */
public final class SsoFilter implements Filter {
    /** The request attribute that tells the host's own login that the filter redeemed nothing. */
    public static final String REFUSAL = "org.postern.refusal";

    /** The value of {@link #REFUSAL}. Why is told to the audit trail alone. */
    public static final String REFUSED = "refused";

    private static final Logger LOG = LoggerFactory.getLogger(SsoFilter.class);
    private static final String OWNER = SsoFilter.class.getName();

    /** What the filter works with, and what it has to close with itself. */
    private record Collaborators(
            WebmailLogins logins,
            Settings settings,
            Clock clock,
            @Nullable Postern own) {}

    private final @Nullable Collaborators given;
    private final List<WebmailSessionListener> listeners;
    private @Nullable Gate gate;
    private @Nullable Postern own;
    private @Nullable ServletContext published;

    /** For descriptors: finds its collaborators when it is initialized. */
    public SsoFilter() {
        this.given = null;
        this.listeners = List.of();
    }

    /** With its collaborators, which stay the caller's to close. Listeners come beside those of the service loader. */
    public SsoFilter(WebmailLogins logins, Settings settings, Clock clock, WebmailSessionListener... listeners) {
        this.given = new Collaborators(logins, settings, clock, null);
        this.listeners = List.of(listeners);
    }

    /**
     * Registers this filter before every other one, for all paths, and makes the session cookie safe. For a host that
     * starts by calls; its context must not be initialized yet.
     */
    public FilterRegistration.Dynamic addTo(ServletContext context) {
        FilterRegistration.Dynamic registration = context.addFilter(OWNER, this);
        if (registration == null) {
            throw new IllegalStateException("there is such a filter already");
        }
        context.setAttribute(OWNER, this);
        registration.setAsyncSupported(true);
        mapBeforeOthers(registration);
        if (given == null) {
            SessionCookies.makeSafe(context);
        } else {
            SessionCookies.makeSafe(context, given.settings());
        }
        return registration;
    }

    static void mapBeforeOthers(FilterRegistration registration) {
        registration.addMappingForUrlPatterns(
                EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR, DispatcherType.ASYNC), false, "/*");
    }

    /** Starts the background poll. Where another filter of this class serves the context already, this one does nothing. */
    @Override
    public void init(FilterConfig config) throws ServletException {
        ServletContext context = config.getServletContext();
        Object owner = context.getAttribute(OWNER);
        if (owner != null && owner != this) {
            LOG.info("another SsoFilter serves this application; {} passes everything", config.getFilterName());
            return;
        }
        try {
            Collaborators with = given == null ? find(context) : given;
            if (!with.settings().enabled()) {
                LOG.info("login tokens are switched off");
                return;
            }
            published = context;
            if (!with.settings().http().trustedProxies().isEmpty()
                    && with.settings().http().publicUrl().isEmpty()) {
                LOG.warn(
                        "sso.public-url is not set though there is a proxy: without it login URLs start with http, and the"
                                + " session cookie is not Secure");
            }
            own = with.own();
            if (own != null) {
                context.setAttribute(Postern.class.getName(), own);
            }
            Gate opened = new Gate(
                    with.logins(), with.settings(), with.clock(), listeners(context), context.getContextPath());
            gate = opened;
            context.setAttribute(OWNER, this);
            context.setAttribute(Gate.ATTRIBUTE, opened);
        } catch (SettingsException | UnavailableException fault) {
            throw new ServletException("login tokens cannot start: " + fault.getMessage(), fault);
        }
    }

    private static Collaborators find(ServletContext context) throws ServletException {
        if (context.getAttribute(Postern.class.getName()) instanceof Postern postern) {
            return new Collaborators(postern.tokens(), postern.settings(), postern.clock(), null);
        }
        Settings settings = Settings.from(config(context));
        Clock clock = Clock.systemUTC();
        if (settings.node().issuerUrl().isPresent()) {
            return new Collaborators(RemoteLogins.from(settings), settings, clock, null);
        }
        if (!settings.enabled()) {
            return new Collaborators(new Nobody(), settings, clock, null);
        }
        Postern opened = Postern.open(settings);
        return new Collaborators(opened.tokens(), settings, clock, opened);
    }

    private static Config config(ServletContext context) throws ServletException {
        try {
            return ConfigProvider.getConfig(context.getClassLoader());
        } catch (IllegalStateException missing) {
            throw new ServletException(
                    "login tokens cannot start: there is no implementation of MicroProfile Config on the class path,"
                            + " such as io.smallrye.config:smallrye-config",
                    missing);
        }
    }

    private List<WebmailSessionListener> listeners(ServletContext context) {
        List<WebmailSessionListener> all = new ArrayList<>(listeners);
        ServiceLoader.load(WebmailSessionListener.class, context.getClassLoader())
                .forEach(all::add);
        return all;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Gate open = gate;
        if (open != null
                && request instanceof HttpServletRequest http
                && response instanceof HttpServletResponse answer) {
            open.pass(http, answer, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Stops the poll, and closes the store if the filter opened it. Sessions stay open: the container may keep them. */
    @Override
    public void destroy() {
        if (gate != null) {
            gate.close();
            gate = null;
        }
        if (own != null) {
            own.close();
            own = null;
            if (published != null) {
                published.removeAttribute(Postern.class.getName());
            }
        }
        if (published != null) {
            published.removeAttribute(Gate.ATTRIBUTE);
            published.removeAttribute(OWNER);
            published = null;
        }
    }
}
