package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Contract, sections 2 to 6, against everything that does not belong: no input makes a server error, comes back
 * unescaped, splits an answer, or issues a token.
 */
class HostileInputTest {
    private static final String ME = "admin=mail%40acme.example&pass=demo-mail";

    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    private static final List<String> LIVES = List.of(
            "0",
            "00",
            "-1",
            "+1",
            "1.0",
            "1e3",
            "0x10",
            "1_000",
            "1,000",
            " 1",
            "1 ",
            "\t1",
            "1\n",
            "\u00a01",
            "１２",
            "٧٢٠٠",
            "७",
            "NaN",
            "Infinity",
            "-0",
            "1;2",
            "1 OR 1=1",
            "null",
            "true",
            "[]",
            "{}",
            "7200s",
            "PT1H",
            "½",
            "\u202e1",
            "1\u0000",
            "--1",
            "0b1",
            "①",
            "1\u200b",
            "'1'",
            "\"1\"");

    private static final List<String> LOCALES = List.of(
            "xx",
            "english",
            "de_DE",
            "de-AT",
            "en_US",
            "pt",
            "pt_",
            "pt_br_x",
            "nb",
            "../de",
            "de/../../x",
            "de\u0000",
            "de\r\nSet-Cookie: sid=evil",
            "${jndi:ldap://evil.example/x}",
            "#{1+1}",
            "<script>",
            "DE\u0307",
            "ſv",
            "İT",
            "da;de",
            "*",
            "-",
            "_",
            "de,en",
            "d e",
            "ｄｅ",
            "de\u200d");

    private static final List<String> ADDRESSES = List.of(
            "@",
            "alice",
            "alice@",
            "@acme.example",
            "alice@@acme.example",
            "alice@acme.example@globex.example",
            "alice@acme.example,bob@acme.example",
            "alice@acme.example;",
            "alice @acme.example",
            "alice@ acme.example",
            " alice@acme.example",
            "alice@acme.example ",
            "alice@acme.example\n",
            "alice@acme.example\u0000",
            "alice\u0000@acme.example",
            "*@acme.example",
            "%@acme.example",
            "a*b@acme.example",
            "alice%00@acme.example",
            "\"alice\"@acme.example",
            "alice/x@acme.example",
            "<alice@acme.example>",
            "Alice <alice@acme.example>",
            "alice@acme.example.",
            "alice@.acme.example",
            "alice@acme..example",
            "alice@acme.example/",
            "alice@[127.0.0.1]",
            "alice@acme。example",
            "alice@acme.example\\",
            "alice@аcme.example",
            "alicе@acme.example",
            "älice@acme.example",
            "alice@acme.exa\u00admple",
            "alice@acme.example'--",
            "alice' OR '1'='1@acme.example",
            "alice)(uid=*@acme.example",
            "a".repeat(65) + "@acme.example",
            "alice@" + "a".repeat(300) + ".example",
            "..@acme.example",
            ".alice@acme.example",
            "alice.@acme.example",
            "a..b@acme.example",
            "alice+\r\nX: y@acme.example",
            "alice@acme.example?x=1",
            "alice@acme.example#x",
            "alice@acme.example%00.globex.example",
            "alice@xn--.example",
            "root",
            "../../etc/passwd",
            "alice@localhost",
            "alice@127.0.0.1",
            "alice*mail@acme.example",
            "alice|x@acme.example\t");

    private static final List<String> TEXTS = List.of(
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "'; DROP TABLE login_token; --",
            "line\r\nSet-Cookie: sid=evil",
            "line\r\n\r\n<html>",
            "\r\nX-Injected: 1",
            "nul\u0000nul",
            "esc\u001b[31m",
            "\u2028\u2029",
            "${jndi:ldap://evil.example/x}",
            "%0d%0aX-Injected:%201",
            "{{7*7}}",
            "#{7*7}",
            "\ud83d\udca9",
            "\ufeffbom",
            "\u202eevil",
            "a".repeat(5_000),
            "]\ntoken: [forged]",
            "success: token generated\ntoken: [x]");

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** What holds for every answer, whatever was asked. */
    private static void assertSane(HttpResponse<String> answer, String input) {
        assertThat(answer.statusCode()).as(input).isLessThan(500);
        assertThat(answer.headers().firstValue("X-Injected")).as(input).isEmpty();
        assertThat(answer.headers().firstValue("Set-Cookie")).as(input).isEmpty();
        assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                .as(input)
                .doesNotContain("html");
        assertThat(answer.body())
                .as(input)
                .doesNotContain("Exception", "org.postern", "\tat ", "<script", "<img", "<html", "sid=evil");
    }

    private HttpResponse<String> tools(String field, String value) {
        String user = field.equals("user") ? "" : "&user=alice%40acme.example";
        return server.get("/tools/sso?" + ME + user + "&" + field + "=" + encode(value));
    }

    private static String quoted(String value) {
        return JsonNodeFactory.instance.textNode(value).toString();
    }

    private HttpResponse<String> api(String field, String value) {
        String json = "{\"type\":\"sso\",\"reason\":\"T\",\"user\":\"alice@acme.example\"}";
        String body = json.contains("\"" + field + "\"")
                ? json.replaceFirst(
                        "\"" + field + "\":\"[^\"]*\"",
                        java.util.regex.Matcher.quoteReplacement("\"" + field + "\":" + quoted(value)))
                : json.replace("{", "{\"" + field + "\":" + quoted(value) + ",");
        return server.as(Server.MAIL, "POST", "/sso/v1/tokens", body);
    }

    private HttpResponse<String> oma(String field, String value) {
        String json =
                "{\"credentials\":{\"user\":\"mail@acme.example\",\"password\":\"demo-mail\"},\"reason\":\"T\",\"FIELDuser\":\"alice@acme.example\"}"
                        .replace("FIELD", "");
        String body = field.equals("user")
                ? json.replace("\"user\":\"alice@acme.example\"", "\"user\":" + quoted(value))
                : field.equals("reason")
                        ? json.replace("\"reason\":\"T\"", "\"reason\":" + quoted(value))
                        : json.replaceFirst(
                                "\\{",
                                java.util.regex.Matcher.quoteReplacement("{\"" + field + "\":" + quoted(value) + ","));
        return server.send("POST", "/api/generate_token", body);
    }

    @Test
    void lives_thatAreNone_issueNothingAnywhere() {
        for (String life : LIVES) {
            HttpResponse<String> tools = tools("life", life);
            assertSane(tools, life);
            assertThat(tools.body()).as(life).isEqualTo("error: invalid life\n");
            HttpResponse<String> api = api("life", life);
            assertSane(api, life);
            assertThat(api.statusCode()).as(life).isEqualTo(400);
            HttpResponse<String> oma = oma("duration", life);
            assertSane(oma, life);
            assertThat(oma.body()).as(life).startsWith("{\"success\":false,\"error_number\":6,");
        }
        assertThat(server.tokens()).isZero();
    }

    @Test
    void locales_thatAreNone_issueNothingAnywhere() {
        Locale before = Locale.getDefault();
        for (String locale : LOCALES) {
            HttpResponse<String> tools = tools("locale", locale);
            assertSane(tools, locale);
            assertThat(tools.body()).as(locale).isEqualTo("error: invalid locale\n");
            HttpResponse<String> api = api("locale", locale);
            assertSane(api, locale);
            assertThat(api.statusCode()).as(locale).isEqualTo(400);
        }
        assertThat(server.tokens()).isZero();
        assertThat(Locale.getDefault()).isEqualTo(before);
    }

    @Test
    void addresses_thatAreNone_issueNothingAnywhere() {
        for (String address : ADDRESSES) {
            HttpResponse<String> tools = tools("user", address);
            assertSane(tools, address);
            assertThat(tools.body()).as(address).isIn("error: user does not exist\n", "error: permission denied\n");
            HttpResponse<String> api = api("user", address);
            assertSane(api, address);
            assertThat(api.statusCode()).as(address).isIn(403, 404);
            HttpResponse<String> oma = oma("user", address);
            assertSane(oma, address);
            assertThat(oma.body()).as(address).matches("\\{\"success\":false,\"error_number\":[24],.*");
            for (String path : List.of(
                    "/sso/v1/tokens?user=" + encode(address),
                    "/sso/v1/sessions?user=" + encode(address),
                    "/sso/v1/audit?user=" + encode(address),
                    "/sso/v1/users?q=" + encode(address))) {
                assertSane(server.as(Server.MAIL, "GET", path, ""), path);
            }
            HttpResponse<String> one = server.as(
                    Server.MAIL, "GET", "/sso/v1/users/" + encode(address).replace("+", "%20"), "");
            assertThat(one.statusCode()).as(address).isIn(400, 403, 404);
        }
        assertThat(server.tokens()).isZero();
    }

    @Test
    void administrators_thatAreNone_areAllAnsweredAlike() {
        for (String address : ADDRESSES) {
            HttpResponse<String> tools =
                    server.get("/tools/sso?pass=demo-mail&user=alice%40acme.example&admin=" + encode(address));
            assertThat(tools.body()).as(address).isEqualTo("error: failed to save token\n");
            HttpResponse<String> oma = server.send(
                    "POST",
                    "/api/authenticate",
                    "{\"credentials\":{\"user\":" + quoted(address) + ",\"password\":\"demo-mail\"}}");
            assertThat(oma.body())
                    .as(address)
                    .startsWith(
                            "{\"success\":false,\"error_number\":1,\"error\":\"Invalid credentials supplied in request\", ");
            server.clock.advance(Duration.ofMinutes(16));
        }
        assertThat(server.tokens()).isZero();
    }

    @Test
    void texts_inEveryField_areNeverEchoed() throws IOException {
        for (String text : TEXTS) {
            for (String field : List.of("type", "reason", "unknown", "admin_")) {
                assertSane(tools(field, text), field + text);
                HttpResponse<String> api = api(field, text);
                assertThat(api.statusCode()).as(field + text).isLessThan(500);
                assertThat(api.headers().firstValue("Content-Type").orElse("")).contains("json");
                new ObjectMapper().readTree(api.body());
                HttpResponse<String> oma = oma(field, text);
                assertThat(oma.statusCode()).as(field + text).isEqualTo(200);
                new ObjectMapper().readTree(oma.body());
                assertThat(oma.body().lines()).hasSize(1);
            }
            String unknown = server.as(Server.MAIL, "POST", "/sso/v1/tokens", "{" + quoted(text) + ":1}")
                    .body();
            assertThat(unknown).doesNotContain("<script", "<img", "\r", "\n", "a".repeat(65));
            assertSane(server.as(Server.MAIL, "GET", "/sso/v1/me?" + encode(text) + "=1", ""), text);
            assertSane(server.get("/openapi?format=" + encode(text)), text);
            assertSane(
                    server.as(
                            Server.MAIL, "GET", "/sso/v1/tokens/" + encode(text).replace("+", "%20"), ""),
                    text);
        }
    }

    @Test
    void tokenValue_cannotForgeLinesOfTheAnswer() {
        assertThat(tools("token", "abcdefgh]\ntoken: [forged").body()).isEqualTo("error: invalid token\n");
        assertThat(tools("token", "abcdefgh\u2028token: [forged").body()).isEqualTo("error: invalid token\n");
    }

    @Test
    void jsonBombs_areRefusedCheaply() {
        List<String> bombs = new ArrayList<>();
        bombs.add("[".repeat(30_000));
        bombs.add("{\"a\":".repeat(10_000));
        bombs.add("{\"user\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}");
        bombs.add("{\"life\":" + "9".repeat(60_000) + "}");
        bombs.add("{\"life\":1e999999999}");
        bombs.add("{\"life\":-1e-999999999,\"user\":\"alice@acme.example\",\"type\":\"sso\"}");
        bombs.add("{\"" + "k".repeat(50_000) + "\":1}");
        bombs.add("{\"reason\":\"" + "\\u0000".repeat(10_000) + "\"}");
        StringBuilder keys = new StringBuilder("{");
        for (int i = 0; i < 5_000; i++) {
            keys.append("\"AaBB").append(i).append("\":1,");
        }
        bombs.add(keys.append("\"x\":1}").toString());
        bombs.add("{\"user\":\"\\ud800\",\"type\":\"sso\",\"reason\":\"T\"}");
        bombs.add("\u0000");
        bombs.add("{\"user\":\"a\" /* comment */}");
        for (String bomb : bombs) {
            long start = System.nanoTime();
            HttpResponse<String> api = server.as(Server.MAIL, "POST", "/sso/v1/tokens", bomb);
            assertThat(api.statusCode()).as(start(bomb)).isIn(400, 404);
            HttpResponse<String> oma = server.send("POST", "/api/generate_token", bomb);
            assertThat(oma.statusCode()).as(start(bomb)).isIn(200, 400);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as(start(bomb))
                    .isLessThan(Duration.ofSeconds(5));
            server.clock.advance(Duration.ofMinutes(16));
        }
        assertThat(server.tokens()).isZero();
    }

    private static String start(String text) {
        return text.substring(0, Math.min(40, text.length()));
    }

    @Test
    void bytesThatAreNoUtf8_areRefused() throws IOException {
        for (byte[] bad : List.of(
                new byte[] {(byte) 0xff, (byte) 0xfe},
                new byte[] {(byte) 0xc0, (byte) 0xaf},
                new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
                new byte[] {(byte) 0xe4})) {
            String text = new String(bad, StandardCharsets.ISO_8859_1);
            for (String request : List.of(
                    "POST /api/generate_token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: LENGTH\r\n\r\n{\"credentials\":{\"user\":\"mail@acme.example\",\"password\":\"demo-mail\"},\"user\":\"alice@acme.example\",\"reason\":\"BAD\"}",
                    "POST /tools/sso HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: LENGTH\r\n\r\n"
                            + ME + "&user=alice@acme.example&reason=BAD",
                    "GET /tools/sso?" + ME
                            + "&user=alice@acme.example&reason=BAD HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) {
                String filled = request.replace("BAD", text);
                int body = filled.length() - filled.indexOf("\r\n\r\n") - 4;
                String answer = server.raw(
                        filled.replace("LENGTH", Integer.toString(body)).getBytes(StandardCharsets.ISO_8859_1));
                assertThat(answer).doesNotContain("HTTP/1.1 5").doesNotContain("success: ", "\"success\":true");
            }
        }
        assertThat(server.tokens()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: evil.example",
                "Host: evil.example:99999",
                "Host: 127.0.0.1\r\nX-Forwarded-Host: evil.example",
                "Host: 127.0.0.1\r\nForwarded: host=evil.example;proto=https",
                "Host: 127.0.0.1\r\nX-Original-URL: /sso/v1/me\r\nX-Rewrite-URL: http://evil.example/"
            })
    void host_isNeverReflected(String headers) throws IOException {
        for (String path : List.of(
                "/tools/sso?" + ME + "&user=alice@acme.example", "/sso/v1/me", "/sso/v1/nothing", "/openapi.json")) {
            assertThat(server.raw("GET " + path + " HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n"))
                    .doesNotContain("evil.example");
        }
        String body = "{\"user\":\"alice@acme.example\",\"type\":\"sso\",\"reason\":\"T\"}";
        String issued = server.raw("POST /sso/v1/tokens HTTP/1.1\r\n" + headers
                + "\r\nConnection: close\r\nAuthorization: "
                + Server.basic(Server.MAIL) + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body);
        assertThat(issued).doesNotContain("evil.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sso/v1/..;/v1/audit",
                "/sso/v1;x=y/audit",
                "/sso/v1/audit;x",
                "/sso/v1//audit",
                "/sso//v1/audit",
                "/sso/v1/%61udit",
                "/sso/v1/./audit",
                "/sso/v1/x/../audit",
                "/sso/v1/audit/",
                "/sso/v1/audit%00",
                "/sso/v1/audit%2f",
                "/sso/v1/audit%5c",
                "/SSO/v1/audit",
                "/health/..;/sso/v1/audit",
                "/health/live/../../sso/v1/audit",
                "/metrics/../sso/v1/audit",
                "/sso/v1/audit\\",
                "/api/../sso/v1/audit",
                "/sso/v1/%2e%2e/v1/audit",
                "/sso/v1/a|b",
                "/sso/v1/{audit}",
                "/sso/v1/\"",
                "/sso/v1/%zz"
            })
    void pathTricks_letNobodyIn(String path) throws IOException {
        String answer = server.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).matches("(?s)HTTP/1\\.1 4[0-9][0-9] .*");
        assertThat(answer).doesNotContain("\"items\"", "Exception");
    }

    @Test
    void headers_ofEveryKind_makeNoServerError() throws IOException {
        for (String header : List.of(
                "Accept: ;",
                "Accept: nonsense",
                "Accept: */*;q=2",
                "Accept: */*;q=x",
                "Accept-Language: ${jndi:ldap://x}",
                "Content-Type: ;",
                "Content-Type: a/b/c",
                "Content-Length: 0",
                "Cookie: =;;=x; postern-console",
                "Cookie: postern-console=\"; $Version=1",
                "Cookie: " + "a=b; ".repeat(500),
                "Authorization: Basic " + "A".repeat(4_000),
                "Authorization: Basic \u00ff",
                "Authorization:",
                "Authorization: Basic Og==",
                "If-None-Match: \"x",
                "If-Modified-Since: yesterday",
                "Range: bytes=0-1",
                "User-Agent: \u0001\u0002<script>",
                "User-Agent: " + "x".repeat(4_000),
                "X-CSRF-Token: \u00e4",
                "Expect: nothing",
                "Date: x",
                "Origin: https://evil.example")) {
            for (String path : List.of("/sso/v1/me", "/tools/sso?" + ME, "/openapi", "/sso/v1/audit")) {
                String answer = server.raw(
                        ("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header + "\r\n\r\n")
                                .getBytes(StandardCharsets.ISO_8859_1));
                assertThat(answer).as(header + path).matches("(?s)HTTP/1\\.1 [234][0-9][0-9] .*");
                assertThat(answer).as(header + path).doesNotContain("Exception", "<script", "Access-Control");
            }
            server.clock.advance(Duration.ofMinutes(16));
        }
    }
}
