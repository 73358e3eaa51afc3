package org.postern.sample;

import java.util.HashMap;
import java.util.Map;
import org.postern.core.Acme;
import org.postern.core.Client;
import org.postern.core.Secret;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.server.IssuingService;
import org.postern.server.WebServer;

/** A server with an application of its own. */
final class Site implements AutoCloseable {
    private static final Client CLIENT = new Client("127.0.0.1", "test");

    final WebServer server;
    final IssuingService service;
    final String address;

    Site(Map<String, String> properties) throws Exception {
        server = WebServer.listen("127.0.0.1", 0);
        address = "http://127.0.0.1:" + server.port();
        Map<String, String> all = new HashMap<>(properties);
        all.put("sso.port", Integer.toString(server.port()));
        all.put("sso.demo", "true");
        service = IssuingService.open(Acme.settings(all));
        server.start(new EmbeddedApplication(), () -> service);
    }

    String token(String issuer, String user, String type) {
        return token(issuer, user, type, false);
    }

    String token(String issuer, String user, String type, boolean readOnly) {
        Issuance issued = service.postern()
                .tokens()
                .issue(
                        service.postern()
                                .backend()
                                .directory()
                                .administrator(Acme.address(issuer))
                                .orElseThrow(),
                        new IssueRequest(
                                user, type, Secret.of(""), "Ticket <4711>", "", "", false, false, readOnly, CLIENT));
        return ((Issuance.Issued) issued).value().reveal();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new AssertionError("the server does not stop", e);
        }
    }
}
