package org.postern.rest;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Optional;
import org.postern.core.AdminSession;
import org.postern.core.Administrator;
import org.postern.core.DomainName;
import org.postern.core.service.Administrators;
import org.postern.core.service.Postern;

/** {@code /sso/v1/me}, and {@code /sso/v1/session}: the console's login and logout. Thread-safe. */
@Path("sso/v1")
@Produces(MediaType.APPLICATION_JSON)
final class MeResource {
    private final Postern postern;
    private final Administrators administrators;
    private final Duration life;

    MeResource(Postern postern) {
        this.postern = postern;
        this.administrators = postern.administrators();
        Duration longest = postern.settings().session().maxLife();
        this.life = longest.compareTo(Administrators.MAX_SESSION) < 0 ? longest : Administrators.MAX_SESSION;
    }

    @GET
    @Authenticated
    @Path("me")
    public Views.Me me(@Context ContainerRequestContext request) {
        Query.of(request);
        return view(Caller.administrator(request));
    }

    private Views.Me view(Administrator me) {
        return new Views.Me(
                me.address().toString(),
                me.role().apiName(),
                me.company(),
                postern.backend().directory().domainsOf(me).stream()
                        .sorted()
                        .map(DomainName::toString)
                        .toList());
    }

    /** By password alone: whoever has a cookie or a key needs no session. */
    @POST
    @Path("session")
    public Response start(@Context ContainerRequestContext request) {
        Query.of(request);
        Caller caller = Caller.of(request);
        Gate.requireSecure(caller);
        Gate.requireOwnSite(request);
        if (!(Credentials.of(request.getHeaders().get(HttpHeaders.AUTHORIZATION)) instanceof Credentials.Basic basic)) {
            throw Gate.unauthorized(request);
        }
        Administrator me =
                Gate.accepted(administrators.byPassword(basic.user(), basic.password(), caller.client()), request);
        if (!(administrators.startConsole(me, life, caller.client()) instanceof Administrators.Start.Started started)) {
            throw new IllegalStateException("a value made here is good, and nobody's yet");
        }
        return Response.ok(console(ConsoleCookie.csrf(started.value()), view(me), started.session()))
                .cookie(ConsoleCookie.started(
                        me.address(), started.value(), caller.arrival().secure()))
                .build();
    }

    /** The session's CSRF value again, for a page that was loaded anew. */
    @GET
    @Authenticated
    @Path("session")
    public Views.Console session(@Context ContainerRequestContext request) {
        Query.of(request);
        ConsoleCookie cookie = cookie(request).orElseThrow(Problem::missing);
        Administrator me = Caller.administrator(request);
        AdminSession session =
                administrators.session(me.address(), cookie.value()).orElseThrow(() -> Gate.unauthorized(request));
        return console(cookie.csrf(), view(me), session);
    }

    private Views.Console console(String csrf, Views.Me me, AdminSession session) {
        Duration idle = postern.settings().console().idle();
        return Views.Console.of(csrf, me, session, postern.clock().instant(), idle);
    }

    @DELETE
    @Authenticated
    @Path("session")
    public Response end(@Context ContainerRequestContext request) {
        Query.of(request);
        cookie(request)
                .ifPresent(c ->
                        administrators.endSession(Caller.administrator(request).address(), c.value()));
        return Response.noContent()
                .cookie(ConsoleCookie.ended(Caller.of(request).arrival().secure()))
                .build();
    }

    /** The cookie by which the request was let in. */
    private static Optional<ConsoleCookie> cookie(ContainerRequestContext request) {
        return request.getHeaders().containsKey(HttpHeaders.AUTHORIZATION)
                ? Optional.empty()
                : ConsoleCookie.of(request);
    }
}
