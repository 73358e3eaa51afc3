package org.postern.filter;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postern.core.UnavailableException;
import org.postern.core.service.WebmailLogins;
import org.postern.core.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which door a request takes: login, logout, the choice of the interface, or straight on with the identity of its
 * session. The last one is nearly every request, and costs no allocation, lock or query. Thread-safe.
 */
final class Gate implements AutoCloseable {
    /** The attribute of the servlet context under which the filter's one gate lies. */
    static final String ATTRIBUTE = "org.postern.filter.Gate";

    static final Duration RETRY_AFTER_FAULT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(SsoFilter.class);

    private final String contextPath;
    private final String loginPath;
    private final Set<String> aliases;
    private final NodeSessions sessions;
    private final Pages pages;
    private final LoginDoor login;
    private final LogoutDoor logout;
    private final Places places;

    Gate(
            WebmailLogins logins,
            Settings settings,
            Clock clock,
            List<WebmailSessionListener> listeners,
            String contextPath) {
        this.contextPath = contextPath;
        this.loginPath = settings.login().path();
        this.aliases = settings.login().aliases();
        this.sessions = new NodeSessions(logins, clock, listeners);
        this.pages = new Pages(settings, contextPath);
        this.places = new Places(settings.login(), contextPath);
        Peer peer = new Peer(settings.http());
        this.login = new LoginDoor(
                logins,
                sessions,
                new SessionOpener(sessions),
                peer,
                pages,
                places,
                settings.login().logoutRedirect());
        this.logout = new LogoutDoor(sessions, peer, pages, places);
        sessions.startPolling(settings.session().poll());
    }

    NodeSessions sessions() {
        return sessions;
    }

    LoginDoor login() {
        return login;
    }

    void pass(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getDispatcherType() != DispatcherType.REQUEST) {
            goOn(request, response, chain);
            return;
        }
        String path = request.getRequestURI();
        if (RequestPath.isDoubtful(path)) {
            pages.refuses(request, response, HttpServletResponse.SC_BAD_REQUEST, "bad_request");
            return;
        }
        String query = request.getQueryString();
        if (query != null) {
            // The path first: it rules out nearly every request, and costs less to compare.
            LoginQuery kind = isLoginPath(path) ? LoginQuery.of(query) : LoginQuery.OTHER;
            if (kind != LoginQuery.OTHER) {
                enter(kind, query, request, response, chain);
                return;
            }
            if (!aliases.isEmpty() && isAlias(path) && LoginQuery.hasCredentials(query)) {
                enter(LoginQuery.LOGIN, query, request, response, chain);
                return;
            }
        }
        goOn(request, response, chain);
    }

    private void enter(
            LoginQuery kind, String query, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            Optional<HttpServletRequest> host = switch (kind) {
                case LOGIN -> login.enter(request, response, query);
                case LOGOUT -> logout.leave(request, response, query);
                case INTERFACE -> InterfaceChoice.take(request, response, query, places);
                case OTHER -> Optional.of(request);
            };
            if (host.isPresent()) {
                goOn(host.get(), response, chain);
            }
        } catch (UnavailableException fault) {
            unavailable(request, response, fault);
        }
    }

    private boolean isLoginPath(String path) {
        int start = contextPath.length();
        return path.length() == start
                ? path.equals(contextPath) && loginPath.equals("/")
                : path.length() == start + loginPath.length()
                        && path.startsWith(contextPath)
                        && path.endsWith(loginPath);
    }

    private boolean isAlias(String path) {
        return path.startsWith(contextPath) && aliases.contains(path.substring(contextPath.length()));
    }

    /** With the identity of the session, if there is an open one. */
    private void goOn(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpSession http = request.getSession(false);
        SessionMemory memory = http == null ? null : SessionMemory.in(http);
        if (http == null || memory == null) {
            chain.doFilter(FormRequest.of(request), response);
            return;
        }
        OpenSession session = memory.here();
        if (session == null) {
            try {
                session = arrived(http, memory);
            } catch (UnavailableException fault) {
                unavailable(request, response, fault);
                return;
            }
        }
        if (session == null || session.isOver()) {
            invalidate(http);
            chain.doFilter(FormRequest.of(request), response);
            return;
        }
        SessionRequest wrapper = session.wrap(request);
        try {
            chain.doFilter(wrapper, response);
        } finally {
            session.takeBack(wrapper, request, response);
        }
    }

    /** The first request of a session that was opened here, or came from another node; null where it is gone. */
    private @Nullable OpenSession arrived(HttpSession http, SessionMemory memory) {
        WebmailSession webmail = WebmailSession.in(http);
        if (webmail == null) {
            return null;
        }
        OpenSession session = sessions.of(webmail);
        memory.isHere(session);
        return session;
    }

    private void unavailable(HttpServletRequest request, HttpServletResponse response, UnavailableException fault)
            throws IOException {
        LOG.error("cannot answer a login or its session: {}", fault.getMessage());
        pages.refuses(request, response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "unavailable", RETRY_AFTER_FAULT);
    }

    static void invalidate(HttpSession session) {
        try {
            session.invalidate();
        } catch (IllegalStateException already) {
            LOG.debug("the session is gone already");
        }
    }

    @Override
    public void close() {
        sessions.close();
    }
}
