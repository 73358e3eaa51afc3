package org.postern.acceptance.browser;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Somebody else's web server, at {@code localhost}: another site. Remembers who asked for what. */
final class Elsewhere implements AutoCloseable {
    /** @param referer as it came, or empty */
    record Visit(String method, String target, String referer, String cookie) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final Map<String, String> pages = new ConcurrentHashMap<>();
    private final List<Visit> visits = new CopyOnWriteArrayList<>();

    private Elsewhere(HttpServer server) {
        this.server = server;
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    static Elsewhere open() {
        try {
            return new Elsewhere(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Shows this HTML at this path; everything else is answered with an empty page. */
    Elsewhere page(String path, String html) {
        pages.put(path, html);
        return this;
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** An origin of its own on the host of Postern. */
    String address() {
        return "http://127.0.0.1:" + port();
    }

    /** The same server under a name with a domain, as a picture's server has it. */
    String named() {
        return "http://pictures.localhost:" + port();
    }

    /** The same server under a name that makes it another site, not only another origin. */
    String otherSite() {
        return "http://localhost:" + port();
    }

    /** All visits but the browser's own wish for an icon. */
    List<Visit> visits() {
        return visits.stream().filter(v -> !v.target().equals("/favicon.ico")).toList();
    }

    List<Visit> visits(String target) {
        return visits.stream().filter(v -> v.target().equals(target)).toList();
    }

    void forget() {
        visits.clear();
    }

    private void answer(HttpExchange exchange) throws IOException {
        visits.add(new Visit(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                header(exchange, "Referer"),
                header(exchange, "Cookie")));
        byte[] page = pages.getOrDefault(
                        exchange.getRequestURI().getPath(),
                        "<!DOCTYPE html><html lang=en><title>Elsewhere</title><p id=elsewhere>Elsewhere</p></html>")
                .getBytes(StandardCharsets.UTF_8);
        boolean picture = exchange.getRequestURI().getPath().endsWith(".svg");
        exchange.getResponseHeaders().set("Content-Type", picture ? "image/svg+xml" : "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, page.length);
        exchange.getResponseBody().write(page);
        exchange.close();
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
