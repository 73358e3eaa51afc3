package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.AuditEvent;

/** {@code POST /sso/v1/users/{address}/diagnosis}: who may, what comes of it, and that its token never outlives it. */
class DiagnosisApiTest {
    private static final String BODY = "{\"reason\":\"Ticket 4711\"}";

    private ServerSocket silent;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        // Takes connections and says nothing.
        silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server = new Server(settings("PT20S"));
    }

    private Map<String, String> settings(String limit) {
        String there = "127.0.0.1:" + silent.getLocalPort();
        return Map.of(
                "sso.diagnose.imap-url", "imap://" + there,
                "sso.diagnose.webmail-url", "http://127.0.0.1:1",
                "sso.diagnose.limit", limit,
                "sso.companies", "globex",
                "sso.company.globex.name", "Globex",
                "sso.company.globex.approval", "administrator");
    }

    private void limit(String limit) {
        server.close();
        server = new Server(settings(limit));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        silent.close();
    }

    private static String path(String user) {
        return "/sso/v1/users/" + user + "/diagnosis";
    }

    private List<AuditEvent.Type> trail() {
        return server.trail().stream()
                .filter(e -> e.type() == AuditEvent.Type.ISSUED || e.type() == AuditEvent.Type.REVOKED)
                .map(AuditEvent::type)
                .toList();
    }

    private void awaitRevoked() throws InterruptedException {
        long patience = System.nanoTime() + 15_000_000_000L;
        while (!trail().contains(AuditEvent.Type.REVOKED) && System.nanoTime() < patience) {
            Thread.sleep(20);
        }
        assertThat(trail()).containsExactlyInAnyOrder(AuditEvent.Type.ISSUED, AuditEvent.Type.REVOKED);
    }

    @Test
    void report_tellsOfEachService_andItsTokenIsRevoked() {
        limit("PT5S");
        HttpResponse<String> answer = server.as(Server.MAIL, "POST", path(Server.ALICE), BODY);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonPath report = JsonPath.from(answer.body());
        assertThat(report.getList("services.service")).containsExactly("imap", "pop3", "smtp", "webmail");
        assertThat(report.getList("services.verdict"))
                .containsExactly("no_answer", "not_configured", "not_configured", "refused_connection");
        assertThat(report.getString("reason")).isEqualTo("Ticket 4711");
        assertThat(trail()).containsExactlyInAnyOrder(AuditEvent.Type.ISSUED, AuditEvent.Type.REVOKED);
        assertThat(server.trail())
                .filteredOn(e -> e.type() == AuditEvent.Type.ISSUED)
                .singleElement()
                .satisfies(e -> assertThat(e.reason() + ", " + e.detail()).isEqualTo("Ticket 4711, diagnosis"));
    }

    @Test
    void stream_tellsWhatItFinds_andEndsWithTheReport() {
        limit("PT5S");
        HttpResponse<String> answer = server.send(
                "POST",
                path(Server.ALICE),
                BODY,
                "Authorization",
                Server.basic(Server.MAIL),
                "Content-Type",
                "application/json",
                "Accept",
                "text/event-stream");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        List<String> events =
                answer.body().lines().filter(l -> l.startsWith("event: ")).toList();
        assertThat(events).contains("event: step").endsWith("event: report");
        assertThat(events.stream().filter("event: service"::equals)).hasSize(4);
        assertThat(trail()).containsExactlyInAnyOrder(AuditEvent.Type.ISSUED, AuditEvent.Type.REVOKED);
    }

    @Test
    void whoeverListensIsGone_andTheTokenIsRevoked() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            String request = "POST " + path(Server.ALICE) + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                    + Server.basic(Server.MAIL) + "\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n"
                    + "Content-Length: " + BODY.length() + "\r\n\r\n" + BODY;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            byte[] beginning = new byte[64];
            assertThat(socket.getInputStream().read(beginning)).isPositive();
            assertThat(trail()).containsExactly(AuditEvent.Type.ISSUED);
        }
        awaitRevoked();
    }

    @Test
    void secondOneOfTheSameMailbox_isToldToWait() throws Exception {
        ExecutorService client = Executors.newSingleThreadExecutor();
        try {
            Future<HttpResponse<String>> first =
                    client.submit(() -> server.as(Server.MAIL, "POST", path(Server.ALICE), BODY));
            try (Socket held = silent.accept()) {
                assertThat(held.isConnected()).isTrue();
                HttpResponse<String> second = server.as(Server.DOMAIN, "POST", path(Server.ALICE), BODY);
                assertThat(second.statusCode()).isEqualTo(429);
                assertThat(second.headers().firstValue("Retry-After")).isPresent();
            }
            assertThat(JsonPath.from(first.get().body()).getString("services[0].verdict"))
                    .isEqualTo("dropped");
        } finally {
            client.shutdownNow();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mail@acme.example     | alice@acme.example      | {}                                 | 400
            mail@acme.example     | alice@acme.example      | {"reason":" "}                     | 400
            mail@acme.example     | alice@acme.example      | {"token":"a-token-of-mine"}        | 400
            mail@acme.example     | alice@acme.example      | {"reason":"x","server":"a"}        | 400
            mail@acme.example     | postmaster@acme.example | {"reason":"x"}                     | 403
            mail@acme.example     | postmaster@acme.example | {"reason":"x","token":"abcdefgh"}  | 403
            mail@acme.example     | dave@globex.example     | {"reason":"x"}                     | 403
            mail@acme.example     | nobody@acme.example     | {"reason":"x"}                     | 404
            mail@acme.example     | suspended@acme.example  | {"reason":"x"}                     | 404
            company@globex.example| dave@globex.example     | {"reason":"x"}                     | 409
            """)
    void whatMayNotBe_isRefused_andNoTokenIsIssued(String admin, String user, String body, int status) {
        HttpResponse<String> answer = server.as(admin, "POST", path(user), body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(trail()).isEmpty();
    }

    /** Mail servers refuse such tokens: nobody shall look for a fault there. */
    @Test
    void readOnlyCompany_triesTheWebmailAlone_andSaysWhy() {
        try (Server other = new Server(Map.of(
                "sso.companies", "a",
                "sso.company.a.name", "Acme",
                "sso.company.a.read-only", "true",
                "sso.diagnose.imap-url", "imap://127.0.0.1:1",
                "sso.diagnose.smtp-url", "smtp://127.0.0.1:1"))) {
            HttpResponse<String> answer =
                    other.as(Server.MAIL, "POST", "/sso/v1/users/alice@acme.example/diagnosis", "{\"reason\":\"T\"}");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(JsonPath.from(answer.body()).getList("services.verdict"))
                    .startsWith("read_only", "not_configured", "read_only");
            assertThat(JsonPath.from(other.as(Server.MAIL, "GET", "/sso/v1/users/alice@acme.example", "")
                                    .body())
                            .getBoolean("read_only"))
                    .isTrue();
        }
    }

    /** Or it would try anybody's passwords, in nobody's name. */
    @ParameterizedTest
    @ValueSource(strings = {"demo-alice", "wrong-guess-1", "x\\r\\nUSER bob@acme.example\\r\\nPASS guess"})
    void valueThatIsNoToken_isNotTried_andIsInTheTrailUnderWhoGaveIt(String value) {
        HttpResponse<String> answer =
                server.as(Server.MAIL, "POST", path(Server.ALICE), "{\"reason\":\"T\",\"token\":\"" + value + "\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(JsonPath.from(answer.body()).getList("errors.field")).containsExactly("token");
        assertThat(server.trail().stream()
                        .filter(e -> e.type() == AuditEvent.Type.PASSWORD_CHECKED)
                        .map(e -> e.administrator().map(Object::toString).orElse("") + " " + e.detail()))
                .containsExactly("mail@acme.example diagnosis: no token");
    }

    /** It would be a fault of every server; and the webmail would use up what works once. */
    @ParameterizedTest
    @CsvSource({
        "company@globex.example, dave@globex.example, normal, not_approved",
        "mail@acme.example, alice@acme.example, sso, wrong_type",
        "mail@acme.example, alice@acme.example, normal, revoked"
    })
    void tokenThatMailServersRefuse_isNotTried(String admin, String user, String type, String why) {
        String wish = "{\"user\":\"" + user + "\",\"type\":\"" + type + "\",\"reason\":\"T\"}";
        JsonPath token =
                JsonPath.from(server.as(admin, "POST", "/sso/v1/tokens", wish).body());
        String one = "/sso/v1/tokens/" + token.getString("id");
        if (why.equals("revoked")) {
            server.as(admin, "DELETE", one, "");
        }
        HttpResponse<String> answer = server.as(
                admin, "POST", path(user), "{\"reason\":\"T\",\"token\":\"" + token.getString("token") + "\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(JsonPath.from(answer.body()).getList("errors.message")).containsExactly("does not work: " + why);
        assertThat(JsonPath.from(server.as(admin, "GET", one, "").body()).getInt("uses"))
                .isZero();
    }
}
