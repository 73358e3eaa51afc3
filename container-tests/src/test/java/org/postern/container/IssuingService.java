package org.postern.container;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.Secret;
import org.postern.core.remote.NodeEndpoint;
import org.postern.core.service.Actor;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.Postern;
import org.postern.core.settings.Settings;
import org.postern.core.spi.AuditQuery;
import org.postern.core.spi.Backend;

/** An issuing service that remote webmails ask over HTTP, with its tokens in memory. */
final class IssuingService implements AutoCloseable {
    static final String KEY = "0123456789abcdef";
    private static final Client ISSUER = new Client("192.0.2.1", "test");

    final Backend backend = Acme.backend();
    final Postern postern;
    private final HttpServer server;

    IssuingService() throws IOException {
        this(Clock.systemUTC());
    }

    /** @param clock by which it counts guesses, and how long to wait after them */
    IssuingService(Clock clock) throws IOException {
        Settings settings = Acme.settings(Map.of("sso.node.key", KEY));
        postern = new Postern(settings, backend, clock);
        NodeEndpoint endpoint = new NodeEndpoint(postern.tokens(), settings.node(), Clock.systemUTC());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            NodeEndpoint.Answer answer = endpoint.answer(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    "127.0.0.1",
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")),
                    form);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** A new token from the administrator of the whole company. */
    Issuance.Issued issue(String user, String type, String locale) {
        return (Issuance.Issued) postern.tokens()
                .issue(
                        administrator(),
                        new IssueRequest(
                                user, type, Secret.of(""), "ticket 7", "", locale, false, false, false, ISSUER));
    }

    void revoke(Issuance.Issued issued) {
        postern.tokens()
                .revoke(Actor.of(administrator(), ISSUER), issued.token().id());
    }

    List<AuditEvent> events(AuditEvent.Type type) {
        return backend.tokens()
                .audit(
                        new AuditQuery(
                                backend.directory().domainsOf(administrator()),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(type),
                                Optional.empty(),
                                Optional.empty()),
                        200,
                        Optional.empty())
                .items();
    }

    private Administrator administrator() {
        return backend.directory()
                .administrator(Acme.address("company@acme.example"))
                .orElseThrow();
    }

    /** It answers nobody any more. */
    void falls() {
        server.stop(0);
    }

    @Override
    public void close() {
        server.stop(0);
        postern.close();
    }
}
