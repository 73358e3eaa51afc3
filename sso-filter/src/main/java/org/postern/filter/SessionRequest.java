package org.postern.filter;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.security.Principal;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request within an open session: the identity is the session's, by plain Servlet API, until the session is over. */
final class SessionRequest extends HttpServletRequestWrapper {
    private static final String AUTH_TYPE = "LOGIN_TOKEN";

    private final OpenSession session;
    private boolean outlivesChain;

    SessionRequest(HttpServletRequest request, OpenSession session) {
        super(request);
        this.session = session;
    }

    /** Whether somebody may still hold this object when the chain has returned. */
    boolean outlivesChain() {
        return outlivesChain;
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
        return session.isOver() ? super.getUserPrincipal() : session.principal();
    }

    @Override
    public @Nullable String getRemoteUser() {
        return session.isOver() ? super.getRemoteUser() : session.principal().getName();
    }

    @Override
    public @Nullable String getAuthType() {
        return session.isOver() ? super.getAuthType() : AUTH_TYPE;
    }

    @Override
    public boolean isUserInRole(String role) {
        return (!session.isOver() && session.webmail().hasRole(role)) || super.isUserInRole(role);
    }

    @Override
    public Locale getLocale() {
        return session.isOver() ? super.getLocale() : session.webmail().locale().locale();
    }

    @Override
    public Enumeration<Locale> getLocales() {
        return session.isOver() ? super.getLocales() : Collections.enumeration(List.of(getLocale()));
    }

    @Override
    public boolean authenticate(HttpServletResponse response) throws IOException, ServletException {
        return !session.isOver() || super.authenticate(response);
    }

    /** Nobody logs in while somebody is there, as the Servlet API has it. */
    @Override
    public void login(@Nullable String user, @Nullable String password) throws ServletException {
        if (!session.isOver()) {
            throw new ServletException("somebody is logged in; log out first");
        }
        setRequest(FormRequest.of((HttpServletRequest) getRequest()));
        super.login(user, password);
    }

    /**
     * The Servlet API's own logout ends the session, and leaves the container's to the host, who may log in somebody
     * else at once. The container, where it knows of nobody, would only complain.
     */
    @Override
    public void logout() throws ServletException {
        session.loggedOut();
        HttpSession http = getSession(false);
        if (http != null) {
            SessionMemory.leave(http);
        }
        if (super.getUserPrincipal() != null) {
            super.logout();
        }
    }

    @Override
    public AsyncContext startAsync() {
        outlivesChain = true;
        return super.startAsync();
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        outlivesChain = true;
        return super.startAsync(request, response);
    }
}
