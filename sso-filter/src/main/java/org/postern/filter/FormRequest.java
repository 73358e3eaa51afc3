package org.postern.filter;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@code POST} outside a token's session: what a host's own form gives to {@link #login} is offered as a login token
 * first, and goes on to the container where it is none. Everything else is the container's, untouched.
 */
final class FormRequest extends HttpServletRequestWrapper {
    private static final Logger LOG = LoggerFactory.getLogger(SsoFilter.class);
    private static final AtomicBoolean WARNED = new AtomicBoolean();

    private FormRequest(HttpServletRequest request) {
        super(request);
    }

    /** The request for the host: a form may be in any {@code POST}, and in nothing else. */
    static HttpServletRequest of(HttpServletRequest request) {
        return "POST".equals(request.getMethod()) && !(request instanceof FormRequest)
                ? new FormRequest(request)
                : request;
    }

    @Override
    public void login(@Nullable String user, @Nullable String password) throws ServletException {
        HttpServletRequest request = (HttpServletRequest) getRequest();
        Optional<HostLogin> tokens = HostLogin.of(request.getServletContext());
        if (tokens.isEmpty()
                || user == null
                || password == null
                || MailboxAddress.parse(user).isEmpty()
                || request.getUserPrincipal() != null) {
            request.login(user, password);
            return;
        }
        HostLogin.Result result = offer(tokens.get(), request, user, password);
        if (result instanceof HostLogin.Opened opened) {
            setRequest(tokens.get().within(opened.session(), request));
        } else if (result instanceof HostLogin.Throttled throttled) {
            throw new ServletException("too many attempts; the next one in "
                    + throttled.retryAfter().toSeconds() + " s");
        } else {
            request.login(user, password);
            if (result instanceof HostLogin.Refused) {
                accepted(tokens.get(), request, user);
            }
        }
    }

    /** In a fault the user's own password must work all the same: as if nobody could bring a secret. */
    private static HostLogin.Result offer(HostLogin tokens, HttpServletRequest request, String user, String password) {
        try {
            HostLogin.Result result = tokens.redeem(request, user, Secret.of(password));
            if (result instanceof HostLogin.Insecure && WARNED.compareAndSet(false, true)) {
                LOG.warn("a login form came over plain HTTP from another host: no token in it is redeemed");
            }
            return result;
        } catch (UnavailableException fault) {
            LOG.error("cannot ask whether a password is a login token: {}", fault.getMessage());
            return new HostLogin.Insecure();
        }
    }

    private static void accepted(HostLogin tokens, HttpServletRequest request, String user) {
        try {
            tokens.passwordAccepted(request, user);
        } catch (UnavailableException fault) {
            LOG.error("cannot tell that a password was right, and no guess: {}", fault.getMessage());
        }
    }
}
