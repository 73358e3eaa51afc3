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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /sso/node}: carries what remote webmails ask to {@link NodeEndpoint}. Thread-safe. */
@Path("sso/node")
final class NodeResource {
    private static final Logger LOG = LoggerFactory.getLogger(NodeResource.class);

    private final NodeEndpoint endpoint;
    private final Seldom warnings = new Seldom();

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
                caller.arrival().address(),
                authorization.size() == 1 ? Optional.of(authorization.get(0)) : Optional.empty(),
                new String(request.getEntityStream().readAllBytes(), StandardCharsets.UTF_8));
        if (answer.status() == 403 && warnings.isTime()) {
            LOG.warn(
                    "a webmail at {} was refused: its address is not in sso.node.addresses, or its key is not the node key",
                    caller.arrival().address());
        }
        Response.ResponseBuilder response = Response.status(answer.status());
        answer.retryAfter().ifPresent(wait -> response.header(HttpHeaders.RETRY_AFTER, Answers.seconds(wait)));
        if (!answer.body().isEmpty()) {
            response.entity(answer.body()).type(MediaType.APPLICATION_FORM_URLENCODED_TYPE);
        }
        return response.build();
    }
}
