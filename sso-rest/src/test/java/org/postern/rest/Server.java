package org.postern.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.EagerContentHandler;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.DomainName;
import org.postern.core.SetClock;
import org.postern.core.service.AuditTrail;
import org.postern.core.service.Postern;
import org.postern.core.spi.AuditQuery;
import org.postern.core.spi.Backend;

/** The REST module in a real container on a free loopback port, over the demo's two companies and a clock that stands. */
final class Server implements AutoCloseable {
    static final String COMPANY = "company@acme.example";
    static final String DOMAIN = "domain@acme.example";
    static final String MAIL = "mail@acme.example";
    static final String ALICE = "alice@acme.example";
    static final Client CLIENT = new Client("127.0.0.1", "test");

    private static final int BODY_BYTES = 64 * 1024;

    final SetClock clock = SetClock.atNoon();
    final Backend backend;
    final Postern postern;
    private final org.eclipse.jetty.server.Server jetty = new org.eclipse.jetty.server.Server();
    private final ServerConnector connector;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Server() {
        this(Map.of());
    }

    Server(Map<String, String> settings) {
        this(settings, Acme.backend());
    }

    /** Below a context path. */
    Server(String contextPath) {
        this(Map.of(), Acme.backend(), contextPath);
    }

    Server(Map<String, String> settings, Backend backend) {
        this(settings, backend, "/");
    }

    private Server(Map<String, String> settings, Backend backend, String contextPath) {
        this.backend = backend;
        this.postern = new Postern(Acme.settings(settings), backend, clock);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        // OMA clients write //.
        http.setUriCompliance(UriCompliance.DEFAULT.with("postern", UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT));
        connector = new ServerConnector(jetty, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        jetty.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler(contextPath);
        context.getServletHandler().setDecodeAmbiguousURIs(true);
        context.addServletContainerInitializer(
                (classes, servletContext) -> new PosternRest(postern).register(servletContext));
        // As the product's own server: a refusal leaves no half-read body, which would close a connection that clients
        // keep.
        jetty.setHandler(new EagerContentHandler(
                context, new EagerContentHandler.RetainedContentLoaderFactory(BODY_BYTES, 0, false)));
        try {
            jetty.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return connector.getLocalPort();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    static String basic(String address) {
        return basic(address, Acme.password(address).reveal());
    }

    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    HttpResponse<String> send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(path)))
                .timeout(Duration.ofSeconds(30))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    /** A call of /sso/v1 by an administrator with his password. */
    HttpResponse<String> as(String admin, String method, String path, String json, String... more) {
        List<String> headers = new ArrayList<>(List.of("Authorization", basic(admin)));
        if (!json.isEmpty()) {
            headers.addAll(List.of("Content-Type", "application/json"));
        }
        headers.addAll(List.of(more));
        return send(method, path, json, headers.toArray(String[]::new));
    }

    /** Sends these very bytes on a connection that ends with the answer, and reads the answer to its end. */
    String raw(byte[] request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(20_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    String raw(String request) throws IOException {
        return raw(request.getBytes(StandardCharsets.UTF_8));
    }

    Administrator administrator(String address) {
        return backend.directory().administrator(Acme.address(address)).orElseThrow();
    }

    /** The whole trail of Acme. */
    List<AuditEvent> trail() {
        var everything = new AuditTrail.Wanted(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        return postern.audit()
                .read(administrator(COMPANY), everything, 100_000, Optional.empty())
                .items();
    }

    /** The trail of both companies: a refusal about a mailbox of Globex is Globex's to see. */
    List<AuditEvent> wholeTrail() {
        Set<DomainName> domains = new HashSet<>(backend.directory().domainsOf(administrator(COMPANY)));
        domains.add(Acme.domain("globex.example"));
        AuditQuery query = new AuditQuery(
                domains, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        return backend.tokens().audit(query, 100_000, Optional.empty()).items();
    }

    /** How many tokens there are for all of Acme's and Globex's mailboxes. */
    int tokens() {
        return List.of(
                        ALICE,
                        "bob@acme.example",
                        "postmaster@acme.example",
                        "suspended@acme.example",
                        "carol@acme-labs.example",
                        "dave@globex.example",
                        "zoe@globex.example")
                .stream()
                .mapToInt(m -> backend.tokens()
                        .tokens(Acme.address(m), Optional.empty(), 100_000, Optional.empty())
                        .items()
                        .size())
                .sum();
    }

    @Override
    public void close() {
        try {
            jetty.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
