package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.postern.core.Channel;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;
import org.postern.core.remote.RemoteLogins;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Redemption;

/** A webmail without a store asks over HTTP, and gets what it would get in the same process. */
class NodeTest {
    private static final String KEY = "a-key-of-this-test";

    private static RemoteLogins remote(Server server, String key) {
        return new RemoteLogins(URI.create(server.url("")), Secret.of(key));
    }

    private static LoginAttempt attempt(String secret) {
        return new LoginAttempt(Server.ALICE, Secret.of(secret), Channel.LOGIN_URL, false, "", Server.CLIENT);
    }

    @Test
    void remoteWebmail_redeemsOnceAndLearnsWhatIsOver() {
        try (Server server = new Server(Map.of("sso.node.key", KEY))) {
            var issued = (Issuance.Issued) server.postern
                    .tokens()
                    .issue(
                            server.administrator(Server.MAIL),
                            new IssueRequest(
                                    Server.ALICE,
                                    "sso",
                                    Secret.of(""),
                                    "T",
                                    "",
                                    "",
                                    false,
                                    false,
                                    false,
                                    Server.CLIENT));
            RemoteLogins webmail = remote(server, KEY);
            var redeemed =
                    (Redemption.Redeemed) webmail.redeem(attempt(issued.value().reveal()));
            assertThat(redeemed.session().mailbox()).hasToString(Server.ALICE);
            assertThat(webmail.redeem(attempt(issued.value().reveal()))).isInstanceOf(Redemption.Refused.class);
            UUID session = redeemed.session().id();
            assertThat(webmail.closedAmong(Set.of(session))).isEmpty();
            webmail.end(session, "logout", Server.CLIENT);
            assertThat(webmail.closedAmong(Set.of(session))).containsExactly(session);
            Set<UUID> many = new HashSet<>();
            IntStream.range(0, 1_000).forEach(i -> many.add(UUID.randomUUID()));
            assertThat(webmail.closedAmong(many)).hasSize(1_000);
        }
    }

    @Test
    void wrongKey_isAFaultForTheWebmailAndRedeemsNothing() {
        try (Server server = new Server(Map.of("sso.node.key", KEY))) {
            assertThatThrownBy(() -> remote(server, KEY + "x").redeem(attempt("whatever")))
                    .isInstanceOf(UnavailableException.class);
            for (String authorization : List.of("Bearer", "Bearer x", "Basic " + KEY, KEY, Server.basic(Server.MAIL))) {
                HttpResponse<String> answer =
                        server.send("POST", "/sso/node/redeem", "user=a", "Authorization", authorization);
                assertThat(answer.statusCode()).isEqualTo(403);
                assertThat(answer.body()).isEmpty();
            }
            assertThat(server.send("POST", "/sso/node/nothing", "", "Authorization", "Bearer " + KEY)
                            .statusCode())
                    .isEqualTo(404);
            assertThat(server.send("POST", "/sso/node/redeem", "user", "Authorization", "Bearer " + KEY)
                            .statusCode())
                    .isEqualTo(400);
            assertThat(server.get("/sso/node/redeem", "Authorization", "Bearer " + KEY)
                            .statusCode())
                    .isEqualTo(405);
        }
    }

    @Test
    void withoutAKeyOrFromElsewhere_thereIsNoService() {
        try (Server none = new Server();
                Server others = new Server(Map.of("sso.node.key", KEY, "sso.node.addresses", "192.0.2.1"))) {
            assertThat(none.send("POST", "/sso/node/redeem", "", "Authorization", "Bearer ")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(others.send("POST", "/sso/node/redeem", "", "Authorization", "Bearer " + KEY)
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    /** A proxy asks for whoever reaches it. */
    @Test
    void behindATrustedProxy_theWebmailsOwnAddressCounts() {
        try (Server server = new Server(Map.of(
                "sso.node.key", KEY, "sso.node.addresses", "192.0.2.1", "sso.http.trusted-proxies", "127.0.0.1"))) {
            for (String from : List.of("192.0.2.1", "192.0.2.2", "192.0.2.1, 192.0.2.2", "127.0.0.1")) {
                assertThat(server.send(
                                        "POST",
                                        "/sso/node/nothing",
                                        "",
                                        "Authorization",
                                        "Bearer " + KEY,
                                        "X-Forwarded-For",
                                        from,
                                        "X-Forwarded-Proto",
                                        "https")
                                .statusCode())
                        .as(from)
                        .isEqualTo(from.equals("192.0.2.1") ? 404 : 403);
            }
        }
    }
}
