package org.postern.rest;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.postern.core.service.TokenSessions;

/** {@code /sso/v1/sessions}: the open webmail sessions. Thread-safe. */
@Authenticated
@Path("sso/v1/sessions")
@Produces(MediaType.APPLICATION_JSON)
final class SessionsResource {
    private final TokenSessions sessions;

    SessionsResource(TokenSessions sessions) {
        this.sessions = sessions;
    }

    @GET
    public Views.ListOf<Views.Session> list(@Context ContainerRequestContext request) {
        Query query = Query.of(request, "user", "limit", "cursor");
        String user = query.required("user");
        return Views.ListOf.of(
                query.page((limit, after) ->
                        Views.given(sessions.list(Caller.administrator(request), user, limit, after))),
                Views.Session::of);
    }

    @DELETE
    @Path("{id}")
    public void end(@Context ContainerRequestContext request, @PathParam("id") String id) {
        Query.of(request);
        Views.given(sessions.end(
                Caller.administrator(request), Views.id(id), Caller.of(request).client()));
    }
}
