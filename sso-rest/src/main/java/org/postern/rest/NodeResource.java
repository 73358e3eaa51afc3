package org.postern.rest;

import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.postern.core.remote.NodeEndpoint;

/** {@code /sso/node}: carries what remote webmails ask to {@link NodeEndpoint}. Thread-safe. */
@Path("sso/node")
final class NodeResource {
    private final NodeEndpoint endpoint;

    NodeResource(NodeEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @POST
    @Path("{call: .*}")
    public Response call(@Context ContainerRequestContext request, @PathParam("call") String call) throws IOException {
        Caller caller = Caller.of(request);
        Gate.requireSecure(caller);
        List<String> authorization =
                Objects.requireNonNullElse(request.getHeaders().get(HttpHeaders.AUTHORIZATION), List.of());
        NodeEndpoint.Answer answer = endpoint.answer(
                request.getMethod(),
                NodeEndpoint.PATH + call,
                caller.socketAddress(),
                authorization.size() == 1 ? Optional.of(authorization.get(0)) : Optional.empty(),
                new String(request.getEntityStream().readAllBytes(), StandardCharsets.UTF_8));
        Response.ResponseBuilder response = Response.status(answer.status());
        answer.retryAfter().ifPresent(wait -> response.header(HttpHeaders.RETRY_AFTER, Answers.seconds(wait)));
        if (!answer.body().isEmpty()) {
            response.entity(answer.body()).type(MediaType.APPLICATION_FORM_URLENCODED_TYPE);
        }
        return response.build();
    }
}
