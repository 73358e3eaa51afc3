package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.restassured.path.json.JsonPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.AuditEvent;
import org.slf4j.LoggerFactory;

/** Contract, section 9: what mail servers ask over HTTP, in each of their dialects. */
class MailServersTest {
    private static final String KEY = "a-mail-key-of-the-test";
    private static final String PROXY = "a-password-for-the-proxy";
    private static final String FORM = "application/x-www-form-urlencoded";

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Server server = new Server(Map.of(
            "sso.mail.key",
            KEY,
            "sso.mail.nginx.imap",
            "192.0.2.1:143",
            "sso.mail.nginx.smtp",
            "[2001:db8::25]:587",
            "sso.mail.nginx.password",
            PROXY));

    MailServersTest() {
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void stop() {
        root.detachAppender(log);
        server.close();
    }

    private String issue(String type, String more) {
        HttpResponse<String> issued = server.as(
                Server.COMPANY,
                "POST",
                "/sso/v1/tokens",
                "{\"user\":\"alice@acme.example\",\"type\":\"" + type + "\",\"reason\":\"T\"" + more + "}");
        assertThat(issued.statusCode()).as(issued.body()).isEqualTo(201);
        return JsonPath.from(issued.body()).getString("token");
    }

    private HttpResponse<String> json(String body) {
        return server.send(
                "POST", "/sso/mail/check", body, "Authorization", "Bearer " + KEY, "Content-Type", "application/json");
    }

    private HttpResponse<String> check(String user, String password, String protocol) {
        return json("{\"user\":\"" + user + "\",\"password\":\"" + password + "\",\"protocol\":\"" + protocol
                + "\",\"client_ip\":\"192.0.2.44\"}");
    }

    /** The one row that tells of a token's use. */
    private AuditEvent mailLogin() {
        return server.trail().stream()
                .filter(e -> e.type() == AuditEvent.Type.MAIL_LOGIN)
                .findFirst()
                .orElseThrow();
    }

    private static void isNo(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("{\"result\":\"no\"}");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    }

    // POST /sso/mail/check

    @ParameterizedTest
    @ValueSource(strings = {"imap", "pop3", "smtp", "submission", "IMAP"})
    void check_tokenOfNormalType_isOk(String protocol) {
        HttpResponse<String> answer = check("Alice@ACME.example", issue("normal", ""), protocol);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"result\":\"ok\",\"user\":\"alice@acme.example\"}");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        AuditEvent row = mailLogin();
        assertThat(row.client().address()).isEqualTo("192.0.2.44");
        assertThat(row.client().userAgent()).isEqualTo("mail server 127.0.0.1");
        assertThat(row.detail()).isEqualTo(protocol.equals("submission") ? "smtp" : protocol.toLowerCase(Locale.ROOT));
    }

    @Test
    void check_asForm_isTheSame() {
        String token = issue("normal", ",\"token\":\"säfe+pass & word=7%\"");
        String body = "user=alice%40acme.example&password=s%C3%A4fe%2Bpass+%26+word%3D7%25&protocol=imap&client_ip=::1";
        HttpResponse<String> answer = server.send(
                "POST", "/sso/mail/check", body, "X-Auth-Key", KEY, "Content-Type", FORM + "; charset=utf-8");

        assertThat(token).isEqualTo("säfe+pass & word=7%");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"sso, imap", "admin_only, imap", "normal, sieve", "normal, lmtp", "normal, mail", "normal, webmail"})
    void check_whatATokenDoesNotOpen_isNo(String type, String protocol) {
        String user = type.equals("admin_only") ? "postmaster@acme.example" : Server.ALICE;
        HttpResponse<String> issued = server.as(
                Server.COMPANY,
                "POST",
                "/sso/v1/tokens",
                "{\"user\":\"" + user + "\",\"type\":\"" + type + "\",\"reason\":\"T\"}");
        isNo(check(user, JsonPath.from(issued.body()).getString("token"), protocol));
    }

    @Test
    void check_ownPassword_isNo_howeverOftenItComes_andTokensStillWork() {
        String token = issue("normal", "");
        for (int i = 0; i < 60; i++) {
            isNo(check(Server.ALICE, "demo-alice", "imap"));
        }
        assertThat(check(Server.ALICE, token, "imap").statusCode()).isEqualTo(200);
        assertThat(server.trail().stream().filter(e -> e.type() == AuditEvent.Type.REFUSED))
                .hasSize(1);
    }

    @Test
    void check_revokedToken_isNo_andTheTrailTells() {
        HttpResponse<String> issued = server.as(
                Server.MAIL,
                "POST",
                "/sso/v1/tokens",
                "{\"user\":\"alice@acme.example\",\"type\":\"normal\",\"reason\":\"T\"}");
        String token = JsonPath.from(issued.body()).getString("token");
        String id = JsonPath.from(issued.body()).getString("id");
        assertThat(check(Server.ALICE, token, "imap").statusCode()).isEqualTo(200);
        assertThat(server.as(Server.MAIL, "DELETE", "/sso/v1/tokens/" + id, "").statusCode())
                .isEqualTo(204);

        isNo(check(Server.ALICE, token, "imap"));
        assertThat(server.trail()).extracting(AuditEvent::detail).contains("imap: revoked");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "\"user\"",
                "{\"user\":\"alice@acme.example\"}",
                "{\"password\":\"x\"}",
                "{\"user\":1,\"password\":\"x\"}",
                "{\"user\":\"a\",\"user\":\"b\",\"password\":\"x\"}",
                "{\"user\":\"alice@acme.example\",\"password\":null}"
            })
    void check_whatCannotBeRead_is400(String body) {
        assertThat(json(body).statusCode()).isEqualTo(400);
    }

    @Test
    void check_strangeUsersAndSecrets_areNo() {
        for (String user :
                new String[] {"alice", "alice@", "*@acme.example", "alice@acme.example\\u0000", "root", ""}) {
            isNo(check(user, "x", "imap"));
        }
        isNo(check(Server.ALICE, "", "imap"));
        isNo(check(Server.ALICE, "x".repeat(10_000), "imap"));
        isNo(check(Server.ALICE, "\\u0000", "imap"));
        assertThat(json("{\"user\":\"a\",\"password\":\"" + "x".repeat(70_000) + "\"}")
                        .statusCode())
                .isEqualTo(413);
    }

    // Who may ask

    @ParameterizedTest
    @ValueSource(strings = {"/sso/mail/check", "/sso/mail/token", "/sso/mail/nginx"})
    void wrongKey_is401_neverNo(String path) {
        String method = path.endsWith("nginx") ? "GET" : "POST";
        String body = path.endsWith("nginx") ? "" : "user=alice%40acme.example&password=x";
        for (String[] headers : new String[][] {
            {"Content-Type", FORM},
            {"Content-Type", FORM, "Authorization", "Bearer wrong-key-wrong-key"},
            {"Content-Type", FORM, "X-Auth-Key", ""},
            {"Content-Type", FORM, "X-Auth-Key", KEY + "x"},
            {"Content-Type", FORM, "Authorization", Server.basic(Server.MAIL)}
        }) {
            HttpResponse<String> answer = server.send(method, path, body, headers);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().map()).doesNotContainKey("Auth-Status");
            assertThat(answer.body()).isIn("", "{\"error\":\"invalid_client\"}");
        }
    }

    @Test
    void otherMethods_are405_andOtherPaths_404() {
        assertThat(server.get("/sso/mail/check", "X-Auth-Key", KEY).statusCode())
                .isEqualTo(405);
        assertThat(server.get("/sso/mail/token", "X-Auth-Key", KEY).statusCode())
                .isEqualTo(405);
        assertThat(server.send("POST", "/sso/mail/nginx", "", "X-Auth-Key", KEY).statusCode())
                .isEqualTo(405);
        assertThat(server.get("/sso/mail", "X-Auth-Key", KEY).statusCode()).isEqualTo(404);
        assertThat(server.get("/sso/mail/other", "X-Auth-Key", KEY).statusCode())
                .isEqualTo(404);
    }

    @Test
    void address_thatIsNotListed_is401() {
        try (Server other = new Server(Map.of("sso.mail.key", KEY, "sso.mail.addresses", "192.0.2.0/24"))) {
            assertThat(other.send(
                                    "POST",
                                    "/sso/mail/check",
                                    "user=a&password=b",
                                    "X-Auth-Key",
                                    KEY,
                                    "Content-Type",
                                    FORM)
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    /** A proxy asks for whoever reaches it: what counts is who asks it. */
    @Test
    void behindATrustedProxy_theMailServersOwnAddressCounts() {
        try (Server other = new Server(Map.of(
                "sso.mail.key", KEY, "sso.mail.addresses", "192.0.2.25", "sso.http.trusted-proxies", "127.0.0.1"))) {
            HttpResponse<String> issued = other.as(
                    Server.COMPANY,
                    "POST",
                    "/sso/v1/tokens",
                    "{\"user\":\"alice@acme.example\",\"type\":\"normal\",\"reason\":\"T\"}");
            String body = "user=alice%40acme.example&password="
                    + JsonPath.from(issued.body()).getString("token");
            for (String from : new String[] {"192.0.2.99", "192.0.2.25, 192.0.2.99", "127.0.0.1", "unknown"}) {
                assertThat(forwarded(other, body, from).statusCode()).as(from).isEqualTo(401);
            }
            assertThat(forwarded(other, body, "192.0.2.25").statusCode()).isEqualTo(200);
            assertThat(forwarded(other, body, "192.0.2.99, 192.0.2.25").statusCode())
                    .isEqualTo(200);
            assertThat(other.trail())
                    .extracting(row -> row.client().userAgent())
                    .contains("mail server 192.0.2.25")
                    .doesNotContain("mail server 127.0.0.1");
        }
    }

    private static HttpResponse<String> forwarded(Server proxied, String body, String from) {
        return proxied.send(
                "POST",
                "/sso/mail/check",
                body,
                "X-Auth-Key",
                KEY,
                "Content-Type",
                FORM,
                "X-Forwarded-For",
                from,
                "X-Forwarded-Proto",
                "https");
    }

    /** One line a minute for strangers, whoever they are, and another for mail servers: neither hides the other. */
    @Test
    void strangers_doNotHideThatAMailServersKeyIsWrong() {
        try (Server other = new Server(Map.of("sso.mail.key", KEY, "sso.http.trusted-proxies", "127.0.0.1"))) {
            for (int i = 1; i <= 20; i++) {
                forwarded(other, "user=a&password=b", "192.0.2." + i);
            }
            for (int i = 1; i <= 20; i++) {
                other.send("POST", "/sso/mail/check", "user=a&password=b", "X-Auth-Key", KEY + i, "Content-Type", FORM);
            }
        }
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(line -> line.contains("was refused"))
                .containsExactly(
                        "a mail server at 192.0.2.1 was refused: its address is not in sso.mail.addresses",
                        "a mail server at 127.0.0.1 was refused: its key is not the mail key");
    }

    /** What is loopback to a mail server is the webmail beside it, and not this host, where scripts and portals are. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "::1"})
    void wrongTriesFromAMailServersLoopback_doNotHoldBackThisHost(String loopback) {
        for (String user : new String[] {"alice@acme.example", "bob@acme.example", "postmaster@acme.example"}) {
            server.as(
                    Server.COMPANY,
                    "POST",
                    "/sso/v1/tokens",
                    "{\"user\":\"" + user + "\",\"type\":\"normal\",\"reason\":\"T\"}");
            for (int i = 0; i < 12; i++) {
                json("{\"user\":\"" + user + "\",\"password\":\"wrong-" + i + "\",\"client_ip\":\"" + loopback + "\"}");
            }
        }
        assertThat(server.trail()).extracting(row -> row.client().address()).contains(loopback);
        assertThat(server.as(Server.DOMAIN, "GET", "/sso/v1/me", "").statusCode())
                .isEqualTo(200);
    }

    /** The files for Dovecot and Exim compare the beginning of the answer. */
    @Test
    void check_answersBeginAsTheFilesForMailServersExpect() {
        String token = issue("normal", "");
        assertThat(check("Alice@ACME.example", token, "imap").body())
                .startsWith("{\"result\":\"ok\",\"user\":\"alice@acme.example\"");
        assertThat(check("alice@acme.example", "wrong", "imap").body()).startsWith("{\"result\":\"no\"");
    }

    @Test
    void withoutAKey_thereIsNothing() {
        try (Server other = new Server(Map.of())) {
            for (String key : new String[] {"", "x"}) {
                assertThat(other.get("/sso/mail/nginx", "X-Auth-Key", key).statusCode())
                        .isEqualTo(404);
            }
        }
    }

    // POST /sso/mail/token

    private HttpResponse<String> grant(String user, String password, String more) {
        return server.send(
                "POST",
                "/sso/mail/token",
                "grant_type=password&username=" + user.replace("@", "%40") + "&password=" + password + more,
                "Content-Type",
                FORM);
    }

    @Test
    void grant_token_isWhatDovecotWants() {
        HttpResponse<String> answer =
                grant(Server.ALICE, issue("normal", ""), "&client_id=dovecot&client_secret=" + KEY + "&scope=");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonPath json = JsonPath.from(answer.body());
        assertThat(json.getString("username")).isEqualTo(Server.ALICE);
        assertThat(json.getString("token_type")).isEqualTo("Bearer");
        assertThat(json.getBoolean("active")).isTrue();
        assertThat(json.getInt("expires_in")).isPositive();
        assertThat(json.getString("access_token")).isNotEmpty();
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(mailLogin().detail()).isEqualTo("mail");
    }

    @Test
    void grant_byBasic_isTheSame() {
        HttpResponse<String> answer = server.send(
                "POST",
                "/sso/mail/token",
                "grant_type=password&username=alice%40acme.example&password=" + issue("normal", ""),
                "Content-Type",
                FORM,
                "Authorization",
                Server.basic("dovecot", KEY));
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "demo-alice, '', 400, invalid_grant",
        "'', '', 400, invalid_grant",
        "x, '&client_secret=wrong', 401, invalid_client"
    })
    void grant_whatIsNone_isSaidAsTheStandardSays(String password, String more, int status, String error) {
        String secret = more.isEmpty() ? "&client_secret=" + KEY : more;
        HttpResponse<String> answer = grant(Server.ALICE, password, secret);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo("{\"error\":\"" + error + "\"}");
    }

    @Test
    void grant_ofAnotherKind_isUnsupported() {
        HttpResponse<String> answer = server.send(
                "POST", "/sso/mail/token", "grant_type=client_credentials&client_secret=" + KEY, "Content-Type", FORM);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"error\":\"unsupported_grant_type\"}");
    }

    // GET /sso/mail/nginx

    /** As nginx sends it, byte by byte; the answer's head. */
    private String nginx(String user, byte[] pass, String method, String protocol, String attempt) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(("GET /sso/mail/nginx HTTP/1.0\r\nHost: 127.0.0.1\r\nAuth-Method: " + method + "\r\nAuth-User: "
                        + user + "\r\nAuth-Pass: ")
                .getBytes(StandardCharsets.US_ASCII));
        request.write(pass);
        request.write(("\r\nAuth-Protocol: " + protocol + "\r\nAuth-Login-Attempt: " + attempt
                        + "\r\nClient-IP: 192.0.2.44\r\nX-Auth-Key: " + KEY + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        String answer = server.raw(request.toByteArray());
        String head = answer.substring(0, answer.indexOf("\r\n\r\n"));
        assertThat(head.length()).as("nginx reads 1,024 bytes").isLessThan(700);
        assertThat(head).containsIgnoringCase("cache-control: no-store");
        return head;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void nginx_token_goesOnAsThePasswordOfTheProxy() throws IOException {
        String head = nginx("Alice@acme.example", ascii(issue("normal", "")), "plain", "imap", "1");

        assertThat(head)
                .contains("Auth-Status: OK", "Auth-Server: 192.0.2.1", "Auth-Port: 143")
                .contains("Auth-User: alice@acme.example", "Auth-Pass: " + PROXY);
        assertThat(mailLogin().client().address()).isEqualTo("192.0.2.44");
    }

    @Test
    void nginx_whatIsNoToken_goesOnAsItCame() throws IOException {
        for (String secret :
                new String[] {"demo-alice", "wrong", issue("sso", ""), "%01%20Auth-Status:%20OK%250D%250A", "%"}) {
            String head = nginx("alice@acme.example", ascii(secret), "plain", "smtp", "1");
            assertThat(head)
                    .contains("Auth-Status: OK", "Auth-Server: 2001:db8::25", "Auth-Port: 587")
                    .doesNotContain("Auth-User", "Auth-Pass");
        }
    }

    /** It opens every mailbox behind nginx, so nginx must not carry it there for whoever knows it. */
    @Test
    void nginx_thePasswordOfTheProxy_isNobodysOwn() throws IOException {
        assertThat(nginx("alice@acme.example", ascii(PROXY.replace("-", "%2D")), "plain", "imap", "1"))
                .contains("Auth-Status: Invalid login or password", "Auth-Error-Code: 535 5.7.8", "Auth-Wait: 1")
                .doesNotContain("Auth-Server", PROXY);
        assertThat(nginx("alice@acme.example", ascii(PROXY), "plain", "imap", "3"))
                .contains("Auth-Status: Invalid login or password")
                .doesNotContain("Auth-Wait");
        root.detachAppender(log);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsOnly(
                        "somebody at 192.0.2.44 logs in at nginx as alice@acme.example with the password that only"
                                + " nginx may know, sso.mail.nginx.password");
    }

    /** nginx sends them on as they are, so that the server behind reads another password, or a command. */
    @ParameterizedTest
    @ValueSource(strings = {"%00", "%0A", "%0D", "%0a", "%0d%0aNOOP", "%FF%00", "\u00ff%0A"})
    void nginx_linesEndsAndNuls_areNeverSentOn(String end) throws IOException {
        String token = issue("normal", "");
        for (String[] login : new String[][] {
            {"alice@acme.example", PROXY + end},
            {"alice@acme.example", token + end},
            {"alice@acme.example", end + "demo-alice"},
            {"alice@acme.example" + end + "XCLIENT ADDR=192.0.2.66", "demo-alice"},
            {end, token}
        }) {
            assertThat(nginx(login[0], login[1].getBytes(StandardCharsets.ISO_8859_1), "plain", "imap", "1"))
                    .contains("Auth-Status: Invalid login or password", "Auth-Error-Code: 535 5.7.8", "Auth-Wait: 1")
                    .doesNotContain("Auth-Server", PROXY, token);
        }
    }

    /** Percent-encoded are only the bytes 1 to 32 and the percent sign; a plus sign is one, and other bytes come raw. */
    @Test
    void nginx_oddSecrets_areReadAsNginxWritesThem() throws IOException {
        issue("normal", ",\"token\":\"a+b c%d&e=@\\\"\\\\`ü€😀\"");
        ByteArrayOutputStream pass = new ByteArrayOutputStream();
        pass.write(ascii("a+b%20c%25d&e=@\"\\`"));
        pass.write("ü€😀".getBytes(StandardCharsets.UTF_8));

        assertThat(nginx("alice@acme.example", pass.toByteArray(), "plain", "imap", "1"))
                .contains("Auth-Pass: " + PROXY);
    }

    @ParameterizedTest
    @CsvSource({"cram-md5, 1, true", "cram-md5, 2, true", "cram-md5, 3, false", "apop, 1, true", "external, 9, false"})
    void nginx_challenge_isRefusedClearly_andNotForEver(String method, String attempt, boolean again)
            throws IOException {
        String head = nginx("alice@acme.example", ascii("0123456789abcdef"), method, "imap", attempt);
        assertThat(head).contains("Auth-Status: Use PLAIN or LOGIN", "Auth-Error-Code: 504 5.5.4");
        assertThat(head.contains("Auth-Wait: 1")).isEqualTo(again);
    }

    @Test
    void nginx_protocolWithoutAServer_isATemporaryFailure() throws IOException {
        assertThat(nginx("alice@acme.example", ascii("x"), "plain", "pop3", "1"))
                .contains("Auth-Status: Temporary failure", "Auth-Error-Code: 451 4.3.0")
                .doesNotContain("Auth-Server");
    }

    /** Dovecot tells no client there: whoever tries passwords at it shall not keep everybody's tokens out. */
    @Test
    void grant_wrongPasswordsOfStrangers_holdBackNobodyElse() {
        String alice = issue("normal", "");
        for (String user : new String[] {"postmaster@acme.example", "bob@acme.example"}) {
            HttpResponse<String> issued = server.as(
                    Server.COMPANY,
                    "POST",
                    "/sso/v1/tokens",
                    "{\"user\":\"" + user + "\",\"type\":\"normal\",\"reason\":\"T\"}");
            assertThat(issued.statusCode()).as(issued.body()).isEqualTo(201);
            for (int i = 0; i < 12; i++) {
                grant(user, "wrong-" + i, "&client_secret=" + KEY);
            }
        }
        for (int i = 0; i < 5; i++) {
            grant(Server.ALICE, "wrong-" + i, "&client_secret=" + KEY);
        }

        assertThat(grant(Server.ALICE, alice, "&client_secret=" + KEY).statusCode())
                .isEqualTo(200);
        assertThat(server.as(Server.DOMAIN, "GET", "/sso/v1/me", "").statusCode())
                .isEqualTo(200);
    }
}
