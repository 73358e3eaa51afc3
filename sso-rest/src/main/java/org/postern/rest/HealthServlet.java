package org.postern.rest;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postern.core.spi.Backend;

/**
 * {@code /health/live} and {@code /health/ready} in the JSON of MicroProfile Health; {@code /health} is the latter. Ready
 * asks the backend, waits two seconds at most, and never asks twice at once: a backend that hangs costs one thread. A
 * plain servlet, since a probe must not wait for the start of the API. Thread-safe.
 */
final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final long PATIENCE_SECONDS = 2;
    private static final String JSON = "application/json";
    private static final String LIVE = "{\"status\":\"UP\",\"checks\":[]}";

    private final transient Backend backend;
    private transient @Nullable CompletableFuture<Void> underWay;

    HealthServlet(Backend backend) {
        this.backend = backend;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Answers.protect(response);
        String check = request.getPathInfo();
        if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            response.setHeader("Allow", "GET, HEAD");
            response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        } else if (check == null || check.equals("/ready")) {
            boolean up = answers();
            if (!up) {
                response.setIntHeader("Retry-After", Answers.RETRY_SECONDS);
            }
            Answers.send(response, up ? 200 : 503, JSON, ready(up ? "UP" : "DOWN"));
        } else if (check.equals("/live")) {
            Answers.send(response, 200, JSON, LIVE);
        } else {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
        }
    }

    private static String ready(String status) {
        return "{\"status\":\"" + status + "\",\"checks\":[{\"name\":\"backend\",\"status\":\"" + status + "\"}]}";
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
