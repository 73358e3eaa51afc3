package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postern.core.Acme;

/** What is open at mail servers ends at each that can be asked, whatever the others do. */
class MailConnectionsTest {
    private final BlockingQueue<String> kicks = new LinkedBlockingQueue<>();
    private HttpServer dovecot;

    @BeforeEach
    void start() throws IOException {
        dovecot = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        dovecot.createContext("/doveadm/v1", exchange -> {
            kicks.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] answer = "[[\"doveadmResponse\",[],\"postern\"]]".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        dovecot.start();
    }

    @AfterEach
    void stop() {
        dovecot.stop(0);
    }

    @Test
    void serverThatHangs_delaysNobodyAtTheOthers() throws Exception {
        try (ServerSocket hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            MailConnections connections = new MailConnections(Acme.settings(Map.of(
                            "sso.mail.doveadm.urls",
                            "http://127.0.0.1:" + hanging.getLocalPort() + ",http://127.0.0.1:"
                                    + dovecot.getAddress().getPort(),
                            "sso.mail.doveadm.key",
                            "a-key-of-the-test"))
                    .mail()
                    .doveadm());
            for (String mailbox : new String[] {"alice@acme.example", "bob@acme.example", "dave@globex.example"}) {
                connections.end(Acme.address(mailbox));
                assertThat(kicks.poll(3, TimeUnit.SECONDS)).isNotNull().contains("\"" + mailbox + "\"");
            }
        }
    }
}
