package org.postern.rest;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;
import org.postern.core.Administrator;
import org.postern.core.service.Administrators;

/**
 * Lets administrators in: by password (Basic), API key (Bearer), or the console's session with its CSRF value (contract,
 * section 6). Where a header {@code Authorization} is there, the cookie counts for nothing. Thread-safe.
 */
@Authenticated
@Priority(Priorities.AUTHENTICATION)
final class Gate implements ContainerRequestFilter {
    static final String CSRF_HEADER = "X-CSRF-Token";
    /** Says {@code true} of what a page asks by itself: nobody is there for it, and the session may be idle. */
    static final String BACKGROUND_HEADER = "X-Background";

    private final Administrators administrators;

    Gate(Administrators administrators) {
        this.administrators = administrators;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Caller caller = Caller.of(request);
        requireSecure(caller);
        Credentials credentials = Credentials.of(request.getHeaders().get(HttpHeaders.AUTHORIZATION));
        Administrators.Login login;
        if (credentials instanceof Credentials.Basic basic) {
            requireOwnSite(request);
            login = administrators.byPassword(basic.user(), basic.password(), caller.client());
        } else if (credentials instanceof Credentials.Bearer bearer) {
            login = administrators.byApiKey(bearer.key(), caller.client());
        } else if (credentials instanceof Credentials.None) {
            login = bySession(request, caller);
        } else {
            throw unauthorized(request);
        }
        request.setProperty(Caller.ADMINISTRATOR, accepted(login, request));
    }

    static void requireSecure(Caller caller) {
        if (!caller.maySendSecrets()) {
            throw Problem.exception(403, "Credentials are taken over HTTPS only.");
        }
    }

    /** Where a browser's password would act for a page of another site. */
    static void requireOwnSite(ContainerRequestContext request) {
        if (!reads(request) && CrossSite.is(request::getHeaderString)) {
            throw Problem.exception(403, "A page of another site does not act with a browser's password.");
        }
    }

    private static boolean reads(ContainerRequestContext request) {
        String method = request.getMethod();
        return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
    }

    private Administrators.Login bySession(ContainerRequestContext request, Caller caller) {
        ConsoleCookie cookie = ConsoleCookie.of(request).orElseThrow(() -> unauthorized(request));
        Administrators.Login login = administrators.byConsole(
                cookie.user(),
                cookie.value(),
                !"true".equals(request.getHeaderString(BACKGROUND_HEADER)),
                caller.client());
        if (login instanceof Administrators.Login.Refused) {
            // Sent again and again it would count as a guess each time.
            throw new WebApplicationException(challenge(request)
                    .cookie(ConsoleCookie.ended(caller.arrival().secure()))
                    .build());
        }
        if (login instanceof Administrators.Login.Accepted && !reads(request) && !isCsrfRight(request, cookie)) {
            throw Problem.exception(403, "The header " + CSRF_HEADER + " is missing or wrong.");
        }
        return login;
    }

    private static boolean isCsrfRight(ContainerRequestContext request, ConsoleCookie cookie) {
        String given = Objects.requireNonNullElse(request.getHeaderString(CSRF_HEADER), "");
        return MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8), cookie.csrf().getBytes(StandardCharsets.UTF_8));
    }

    /** The administrator who was let in; else the answer is thrown. */
    static Administrator accepted(Administrators.Login login, ContainerRequestContext request) {
        if (login instanceof Administrators.Login.Accepted accepted) {
            return accepted.administrator();
        }
        throw login instanceof Administrators.Login.Throttled throttled
                ? Problem.throttled(throttled.retryAfter())
                : unauthorized(request);
    }

    static WebApplicationException unauthorized(ContainerRequestContext request) {
        return new WebApplicationException(challenge(request).build());
    }

    /** A page's own script gets no challenge that its browser would answer with a dialog. */
    private static Response.ResponseBuilder challenge(ContainerRequestContext request) {
        Response.ResponseBuilder answer = Problem.response(401, "Credentials of an administrator are needed.");
        boolean script = Optional.ofNullable(request.getHeaderString("Sec-Fetch-Mode"))
                .filter(mode -> !mode.equals("navigate"))
                .isPresent();
        if (!script) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"Postern\", charset=\"UTF-8\"");
        }
        return answer.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"Postern\"");
    }
}
