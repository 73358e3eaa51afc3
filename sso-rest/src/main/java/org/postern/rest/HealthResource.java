package org.postern.rest;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postern.core.spi.Backend;

/**
 * {@code /health/live} and {@code /health/ready} in the JSON of MicroProfile Health. Ready asks the backend, waits two
 * seconds at most, and never asks twice at once: a backend that hangs costs one thread. Thread-safe.
 */
@Path("health")
@Produces(MediaType.APPLICATION_JSON)
final class HealthResource {
    private static final long PATIENCE_SECONDS = 2;

    record Check(String name, String status) {}

    record Health(String status, List<Check> checks) {}

    private final Backend backend;
    private @Nullable CompletableFuture<Void> underWay;

    HealthResource(Backend backend) {
        this.backend = backend;
    }

    @GET
    @Path("live")
    public Health live() {
        return new Health("UP", List.of());
    }

    @GET
    public Response all() {
        return ready();
    }

    @GET
    @Path("ready")
    public Response ready() {
        String status = answers() ? "UP" : "DOWN";
        Response.ResponseBuilder answer = Response.status(status.equals("UP") ? 200 : 503)
                .entity(new Health(status, List.of(new Check("backend", status))));
        if (status.equals("DOWN")) {
            answer.header(HttpHeaders.RETRY_AFTER, Answers.RETRY_SECONDS);
        }
        return answer.build();
    }

    private boolean answers() {
        try {
            ping().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException | TimeoutException down) {
            return false;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized CompletableFuture<Void> ping() {
        if (underWay == null || underWay.isDone()) {
            CompletableFuture<Void> ping = new CompletableFuture<>();
            Thread thread = new Thread(() -> ping(ping), "postern-ping");
            thread.setDaemon(true);
            thread.start();
            underWay = ping;
        }
        return underWay;
    }

    private void ping(CompletableFuture<Void> ping) {
        try {
            backend.ping();
            ping.complete(null);
        } catch (RuntimeException | Error down) {
            ping.completeExceptionally(down);
        }
    }
}
