package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.AuditEvent;
import org.postern.core.TokenKeys;
import org.postern.core.UnavailableException;
import org.postern.core.spi.Backend;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.TokenStore;
import org.slf4j.LoggerFactory;

/** Contract, sections 3 (faults are no refusals), 7 (throttled alike at every door) and 10 (health). */
class FaultsTest {
    private static final String ISSUE = "/tools/sso?admin=mail@acme.example&pass=demo-mail&user=alice@acme.example";
    private static final String OMA =
            "{\"credentials\":{\"user\":\"mail@acme.example\",\"password\":\"%s\"},\"user\":\"alice@acme.example\",\"reason\":\"T\"}";
    private static final String TOKEN = "{\"user\":\"alice@acme.example\",\"type\":\"sso\",\"reason\":\"T\"}";

    private final Faulty backend = new Faulty();
    private final Server server = new Server(Map.of("sso.http.trusted-proxies", "127.0.0.1"), backend);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);

    FaultsTest() {
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void stop() {
        backend.hang.countDown();
        root.detachAppender(log);
        root.setLevel(Level.WARN);
        server.close();
    }

    /** A backend whose store and directory fail at a word, as a database does whose cable is out. */
    private static final class Faulty implements Backend {
        final Backend inner = Acme.backend();
        final AtomicBoolean storeFails = new AtomicBoolean();
        final AtomicBoolean directoryFails = new AtomicBoolean();
        final AtomicInteger auditReads = new AtomicInteger(Integer.MAX_VALUE);
        final AtomicInteger lists = new AtomicInteger();
        final CountDownLatch listed = new CountDownLatch(1);
        final AtomicBoolean hangs = new AtomicBoolean();
        final CountDownLatch hang = new CountDownLatch(1);

        private <T> T failing(Class<T> type, T inner, AtomicBoolean fails) {
            return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (p, method, args) -> {
                if (fails.get() || (method.getName().equals("audit") && auditReads.getAndDecrement() <= 0)) {
                    throw new UnavailableException("the test's database is away");
                }
                if (method.getName().equals("tokens") && args[0].equals(PosternRest.NOBODY)) {
                    lists.incrementAndGet();
                    listed.countDown();
                    hang.await();
                }
                try {
                    return method.invoke(inner, args);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            }));
        }

        @Override
        public TokenStore tokens() {
            return failing(TokenStore.class, inner.tokens(), storeFails);
        }

        @Override
        public MailDirectory directory() {
            return failing(MailDirectory.class, inner.directory(), directoryFails);
        }

        @Override
        public TokenKeys keys() {
            return inner.keys();
        }

        @Override
        public void refreshKeys() {}

        @Override
        public void ping() {
            if (hangs.get()) {
                try {
                    hang.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            if (storeFails.get()) {
                throw new UnavailableException("the test's database is away");
            }
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    /** The first list is slow at a real store: whoever opens the console neither waits for it nor, signed in, begins with it. */
    @Test
    void consolesFirstPage_beginsAList_onceAndBesideIt() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(server.get("/console/").statusCode()).isEqualTo(200);
        }
        assertThat(backend.listed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(server.get("/console/index.html").statusCode()).isEqualTo(200);
        assertThat(server.as(Server.MAIL, "GET", "/sso/v1/me", "").statusCode()).isEqualTo(200);
        assertThat(backend.lists).hasValue(1);
    }

    private static void assertUnavailable(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After").orElse("")).matches("[1-9][0-9]*");
        assertThat(answer.body()).doesNotContain("database", "Exception", "org.postern", "at java");
    }

    /** Postfix makes a refusal for good of any word about a fault, and a temporary one of a connection that ends. */
    @Test
    void fault_atTheAuthPort_endsTheConnection() throws IOException {
        try (AuthPort port = new AuthPort(
                        server.postern.mailLogins(), server.postern.settings().mail(), false);
                Socket postfix = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
            postfix.setSoTimeout(20_000);
            backend.storeFails.set(true);
            String plain = Base64.getEncoder()
                    .encodeToString("\0alice@acme.example\0demo-alice".getBytes(StandardCharsets.US_ASCII));
            postfix.getOutputStream()
                    .write(("VERSION\t1\t1\nCPID\t1\nAUTH\t1\tPLAIN\tservice=smtp\tresp=" + plain + "\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(postfix.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .endsWith("\nDONE\n");
        }
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .contains("cannot answer a mail server: the test's database is away");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fault_atEveryDoor_is503AndNothingElse(boolean store) {
        (store ? backend.storeFails : backend.directoryFails).set(true);
        HttpResponse<String> tools = server.get(ISSUE);
        assertUnavailable(tools);
        assertThat(tools.body()).isEqualTo("error: temporarily unavailable\n");
        for (String method : List.of("generate_token", "authenticate", "logout_user")) {
            HttpResponse<String> oma = server.send("POST", "/api/" + method, OMA.formatted("demo-mail"));
            assertUnavailable(oma);
            assertThat(oma.body()).isEqualTo("{\"success\":false,\"error_number\":0,\"error\":\"Server error\"}");
        }
        List<HttpResponse<String>> api = new ArrayList<>();
        api.add(server.as(Server.MAIL, "POST", "/sso/v1/tokens", TOKEN));
        api.add(server.as(Server.MAIL, "GET", "/sso/v1/tokens?user=alice@acme.example", ""));
        api.add(server.as(Server.MAIL, "GET", "/sso/v1/tokens/019e830e-1a00-7322-8a4c-4dda27a29185", ""));
        api.add(server.as(Server.MAIL, "DELETE", "/sso/v1/tokens/019e830e-1a00-7322-8a4c-4dda27a29185", ""));
        api.add(server.as(Server.MAIL, "GET", "/sso/v1/sessions?user=alice@acme.example", ""));
        api.add(server.as(Server.MAIL, "DELETE", "/sso/v1/sessions/019e830e-1a00-7322-8a4c-4dda27a29185", ""));
        api.add(server.as(Server.MAIL, "GET", "/sso/v1/audit", ""));
        api.add(server.as(Server.MAIL, "GET", "/sso/v1/overview", ""));
        api.add(server.get("/sso/v1/audit", "Authorization", Server.basic(Server.MAIL), "Accept", "text/csv"));
        api.add(server.as(
                Server.MAIL, "POST", "/sso/v1/users/alice@acme.example/password-check", "{\"password\":\"x\"}"));
        api.add(server.as(Server.MAIL, "POST", "/sso/v1/session", ""));
        for (HttpResponse<String> answer : api) {
            assertUnavailable(answer);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        }
        assertThat(log.list).anyMatch(e -> e.getLevel() == Level.ERROR);
        assertThat(log.list).noneMatch(e -> e.getFormattedMessage().contains("demo-mail"));

        backend.storeFails.set(false);
        backend.directoryFails.set(false);
        assertThat(server.tokens()).isZero();
        assertThat(server.get(ISSUE).body()).startsWith("success");
    }

    @Test
    void fault_inTheMiddleOfAnExport_breaksTheAnswer() {
        for (int i = 0; i < 3_000; i++) {
            server.postern
                    .audit()
                    .write(AuditEvent.of(AuditEvent.Type.ISSUE_REFUSED, server.clock.instant(), Server.CLIENT)
                            .about(Acme.address(Server.ALICE)));
        }
        backend.auditReads.set(3);
        assertThatThrownBy(() -> server.get(
                        "/sso/v1/audit", "Authorization", Server.basic(Server.MAIL), "Accept", "application/x-ndjson"))
                .isInstanceOf(UncheckedIOException.class);
        backend.auditReads.set(Integer.MAX_VALUE);
        assertThat(server.get(
                                "/sso/v1/audit",
                                "Authorization",
                                Server.basic(Server.MAIL),
                                "Accept",
                                "application/x-ndjson")
                        .body()
                        .lines())
                .hasSizeGreaterThanOrEqualTo(3_000);
    }

    @Test
    void health_saysUpAndDown() {
        assertThat(server.get("/health/live").body()).isEqualTo("{\"status\":\"UP\",\"checks\":[]}");
        assertThat(server.get("/health/ready").body())
                .isEqualTo("{\"status\":\"UP\",\"checks\":[{\"name\":\"backend\",\"status\":\"UP\"}]}");
        backend.storeFails.set(true);
        HttpResponse<String> down = server.get("/health/ready");
        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(down.body())
                .isEqualTo("{\"status\":\"DOWN\",\"checks\":[{\"name\":\"backend\",\"status\":\"DOWN\"}]}");
        assertThat(server.get("/health").statusCode()).isEqualTo(503);
        assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
        backend.storeFails.set(false);
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void health_backendThatHangs_isDownWithinSecondsAndCostsOneThread() {
        backend.hangs.set(true);
        long start = System.nanoTime();
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(t -> t.getName().equals("postern-ping"))
                .hasSize(1);
    }

    private HttpResponse<String> guess(String door, String password) {
        return switch (door) {
            case "tools" -> server.get(ISSUE.replace("demo-mail", password));
            case "tools-basic" ->
                server.get("/tools/sso?user=alice@acme.example", "Authorization", Server.basic(Server.MAIL, password));
            case "oma" -> server.send("POST", "/api/generate_token", OMA.formatted(password));
            case "api" -> server.get("/sso/v1/me", "Authorization", Server.basic(Server.MAIL, password));
            case "key" -> server.get("/sso/v1/me", "Authorization", "Bearer " + password);
            case "console" ->
                server.send("POST", "/sso/v1/session", "", "Authorization", Server.basic(Server.MAIL, password));
            default -> throw new IllegalArgumentException(door);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"tools", "tools-basic", "oma", "api", "key", "console"})
    void wrongPasswords_atEveryDoor_areThrottledAlike(String door) {
        int tries = 0;
        HttpResponse<String> answer = guess(door, "wrong-0");
        while (answer.statusCode() != 429 && tries < 25) {
            tries++;
            answer = guess(door, "wrong-" + tries);
        }
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(tries).isLessThanOrEqualTo(20);
        assertThat(answer.headers().firstValue("Retry-After").orElse("")).matches("[1-9][0-9]*");
        assertThat(Integer.parseInt(answer.headers().firstValue("Retry-After").orElseThrow()))
                .isLessThanOrEqualTo(900);
        if (door.startsWith("tools")) {
            assertThat(answer.body()).isEqualTo("error: too many attempts\n");
        }
        // The same wait at every other door that knows the account, even for the right password.
        if (!door.equals("key")) {
            for (String other : List.of("tools", "tools-basic", "oma", "api", "console")) {
                assertThat(guess(other, "demo-mail").statusCode()).as(other).isEqualTo(429);
            }
        }
        // No lock-out: from elsewhere the right secret works.
        assertThat(server.get(ISSUE, "X-Forwarded-For", "198.51.100.7", "X-Forwarded-Proto", "https")
                        .body())
                .startsWith("success");
        server.clock.advance(Duration.ofMinutes(16));
        assertThat(guess("tools", "demo-mail").body()).startsWith("success");
    }

    @ParameterizedTest
    @CsvSource({"X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP"})
    void rotatedClientAddress_fromNoProxy_helpsNobody(String header) {
        // A proxy on this host that is not trusted would be refused altogether.
        try (Server direct = new Server(Map.of("sso.http.plain", "true"))) {
            int status = 200;
            for (int i = 0; i < 25 && status == 200; i++) {
                status = direct.get(ISSUE.replace("demo-mail", "wrong"), header, "198.51.100." + i)
                        .statusCode();
            }
            assertThat(status).isEqualTo(429);
            assertThat(direct.trail()).allMatch(e -> e.client().address().equals("127.0.0.1"));
        }
    }

    /** The second password is not hashed again; who showed it, and from where, is told all the same. */
    @Test
    void samePassword_fromAnotherAddress_isInTheTrail() {
        for (String address : List.of("198.51.100.1", "198.51.100.1", "198.51.100.77", "198.51.100.1")) {
            assertThat(server.get(ISSUE, "X-Forwarded-For", address, "X-Forwarded-Proto", "https")
                            .body())
                    .startsWith("success");
        }
        assertThat(server.trail())
                .filteredOn(e -> e.type() == AuditEvent.Type.ADMIN_LOGIN)
                .extracting(e -> e.client().address())
                .containsExactlyInAnyOrder("198.51.100.1", "198.51.100.77");
    }

    @Test
    void plainHttp_fromElsewhere_is403AtEveryDoorAndIssuesNothing() {
        String[] from = {"X-Forwarded-For", "198.51.100.7", "X-Forwarded-Proto", "http"};
        List<HttpResponse<String>> answers = List.of(
                server.get(ISSUE, from),
                server.send("POST", "/api/generate_token", OMA.formatted("demo-mail"), from),
                server.send("POST", "/api/authenticate", OMA.formatted("demo-mail"), from),
                server.get(
                        "/sso/v1/me", from[0], from[1], from[2], from[3], "Authorization", Server.basic(Server.MAIL)),
                server.send(
                        "POST",
                        "/sso/v1/session",
                        "",
                        from[0],
                        from[1],
                        from[2],
                        from[3],
                        "Authorization",
                        Server.basic(Server.MAIL)));
        for (HttpResponse<String> answer : answers) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
            assertThat(answer.headers().firstValue("Location")).isEmpty();
        }
        assertThat(server.wholeTrail()).isEmpty();
        assertThat(server.get(ISSUE, "X-Forwarded-For", "198.51.100.7", "X-Forwarded-Proto", "https")
                        .body())
                .startsWith("success");
        assertThat(server.trail())
                .filteredOn(e -> e.type() == AuditEvent.Type.ISSUED)
                .allMatch(e -> e.client().address().equals("198.51.100.7"));
    }

    @ParameterizedTest
    @CsvSource({"X-Forwarded-For, 198.51.100.7", "X-Forwarded-Proto, https", "Forwarded, for=198.51.100.7;proto=https"})
    void plainHttp_overAProxyOnThisHostThatIsNotTrusted_is403(String header, String value) {
        try (Server direct = new Server()) {
            assertThat(direct.get(ISSUE, header, value).statusCode()).isEqualTo(403);
            assertThat(direct.wholeTrail()).isEmpty();
            assertThat(direct.get(ISSUE).body()).startsWith("success");
        }
    }

    @Test
    void plainHttp_whereTheSettingsAllowIt_isTaken() {
        try (Server plain = new Server(Map.of("sso.http.trusted-proxies", "127.0.0.1", "sso.http.plain", "true"))) {
            assertThat(plain.get(ISSUE, "X-Forwarded-For", "198.51.100.7").body())
                    .startsWith("success");
        }
    }

    @Test
    void consoleCookie_overTls_hasTheHostPrefix() {
        HttpResponse<String> start = server.send(
                "POST",
                "/sso/v1/session",
                "",
                "Authorization",
                Server.basic(Server.MAIL),
                "X-Forwarded-For",
                "198.51.100.7",
                "X-Forwarded-Proto",
                "https");
        assertThat(start.headers().firstValue("Set-Cookie").orElse(""))
                .startsWith("__Host-postern-console=")
                .contains("Secure", "HttpOnly", "Path=/", "SameSite=Strict");
    }

    @Test
    void metrics_areForTheirReadersAlone() {
        server.get(ISSUE);
        server.get(ISSUE.replace("alice", "nobody"));
        HttpResponse<String> answer = server.get("/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        assertThat(answer.body())
                .contains(
                        "postern_issues_total{door=\"tools\",outcome=\"issued\"} 1.0",
                        "postern_issues_total{door=\"tools\",outcome=\"refused\"} 1.0",
                        "postern_secrets_total{channel=\"login_url\",outcome=\"accepted\"} 0.0",
                        "jvm_memory_used_bytes")
                .doesNotContain("acme", "alice", "demo-");
        assertThat(server.get("/metrics", "X-Forwarded-For", "198.51.100.7").statusCode())
                .isEqualTo(403);
    }

    /** Nobody fills the log by going away: that is no fault of this side's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/tools/sso",
                "/api/authenticate",
                "/sso/v1/users/alice@acme.example/password-check",
                "/sso/v1/tokens"
            })
    void senderWhoGoesAway_isRefused_andNoErrorInTheLog(String target) throws IOException {
        String type = target.startsWith("/tools") ? "application/x-www-form-urlencoded" : "application/json";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write(("POST " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                                    + Server.basic(Server.MAIL) + "\r\nContent-Type: " + type
                                    + "\r\nContent-Length: 100\r\n\r\n{\"user\":")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400 ");
        }
        assertThat(log.list)
                .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN) || event.getThrowableProxy() != null);
    }

    /** Every journey at the most talkative of log levels: no password, key or token is in any line. */
    @Test
    void log_atTrace_holdsNoSecret() {
        root.setLevel(Level.TRACE);
        List<String> secrets =
                new ArrayList<>(List.of("demo-mail", "demo-api-key", "chosen-value-77", "wrong-guess-88"));
        secrets.add(match(server.get(ISSUE + "&reason=T").body()));
        secrets.add(server.send("POST", "/api/generate_token", OMA.formatted("demo-mail"))
                .body()
                .replaceAll("(?s).*\"token\":\"(.*?)\".*", "$1"));
        server.get(ISSUE + "&token=chosen-value-77");
        server.get(ISSUE.replace("demo-mail", "wrong-guess-88"));
        server.send("POST", "/api/generate_token", OMA.formatted("wrong-guess-88"));
        server.as(Server.MAIL, "POST", "/sso/v1/tokens", TOKEN.replace("}", ",\"token\":\"chosen-value-77\"}"));
        server.as(Server.MAIL, "POST", "/sso/v1/tokens", "{\"token\":\"chosen-value-77\", oops");
        server.get("/sso/v1/me", "Authorization", "Bearer demo-api-key");
        backend.storeFails.set(true);
        server.get(ISSUE + "&token=chosen-value-77");
        root.detachAppender(log);
        log.stop(); // the server's threads may still have something to say
        assertThat(secrets).allMatch(s -> s.length() >= 9);
        for (ILoggingEvent event : log.list) {
            if (event.getLoggerName().startsWith("org.postern")) {
                assertThat(event.getFormattedMessage()).doesNotContain(secrets);
            }
        }
    }

    private static String match(String tools) {
        return tools.replaceAll("(?s).*token: \\[(.*?)\\].*", "$1");
    }
}
