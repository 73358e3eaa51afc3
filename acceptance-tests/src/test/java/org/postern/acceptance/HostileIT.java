package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Hostile input from outside, at the product as it is composed: filter, API and sample in one program. Whatever comes,
 * there is no 5xx, no redirect to where nobody agreed to, no echo that a browser would run, no line in the log that
 * somebody else wrote.
 */
class HostileIT {
    private static final String ALICE = "alice@acme.example";
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded";
    private static final String JSON = "Content-Type: application/json";
    /** What browsers would run, and what would forge a line; encoded where it stands in a request line. */
    private static final List<String> TEXTS = List.of(
            "\"><script>postern(1)</script>",
            "'><img src=x onerror=postern(1)>",
            "</title><svg/onload=postern(1)>",
            "x\r\n2026-01-01T00:00:00.000Z INFO org.postern.audit event=forged",
            "x\n2026-01-01T00:00:00.000Z INFO org.postern.audit event=forged",
            "x\u0085event=forged\u2028event=forged\u2029",
            "\u001b[2J\u001b[31mevent=forged",
            "x\" event=forged mailbox=\"",
            "${jndi:ldap://127.0.0.1/x}",
            "#{7*7} ${7*7} {{7*7}} <%= 7*7 %>",
            "' or '1'='1' -- ",
            "%",
            "*",
            "_",
            "\\",
            "\0",
            "\0\0alice@acme.example",
            "alice@acme.example\0",
            "alice@acme.example,bob@acme.example",
            " alice@acme.example",
            "alice@acme.example ",
            "al%69ce@acme.example",
            "alice@acme.example.",
            "alice@ACME.example.evil",
            "alice@@acme.example",
            "@",
            "alice@",
            "\u0130alice@acme.example",
            "al\u0131ce@acme.example",
            "alice@acme\u3002example",
            "alice@xn--a.example",
            "../../../../etc/passwd",
            "..\\..\\",
            "/",
            "//",
            "%2e%2e%2f",
            "\ud83d\ude00",
            "\ufeff",
            "\u202e",
            "-1",
            "0",
            "00",
            "1e9",
            "+5",
            "5 ",
            "0x10",
            "\u0663",
            "9".repeat(400),
            "NaN",
            "Infinity",
            "1.5",
            "x".repeat(3_000));

    private static RunningPostern demo;
    private static HelpDesk desk;

    @BeforeAll
    static void start() {
        demo = RunningPostern.demo().setting("sso.login.aliases", "/mail").start();
        desk = HelpDesk.demo(demo.port());
        assertThat(Wire.get(demo.port(), "/openapi").status()).isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        demo.close();
    }

    /** After each storm: it still works, and its log has only its own lines. */
    private static void isWell(int asked) {
        assertThat(asked).isPositive();
        Visitor browser = new Visitor(demo.port());
        Wire.Answer login = browser.get(Visitor.loginTarget(ALICE, desk.issue(ALICE, "sso"), "&direct=1"));
        assertThat(login.status()).as(login.whole()).isEqualTo(303);
        assertThat(login.header("Location")).contains("/?_task=mail");
        Pattern line =
                Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z (INFO|WARN) {1,2}[\\w.]+ .*");
        for (String each : demo.log().split("\n", 0)) {
            assertThat(each).matches(line);
            assertThat(each.chars())
                    .noneMatch(c -> c < ' ' || c == 0x7f || (c >= 0x80 && c < 0xa0) || c == 0x2028 || c == 0x2029);
            assertThat(each)
                    .doesNotContainPattern("event=\\w+ .*[^\\\\]\" event=forged")
                    .doesNotStartWith("2026-01-01");
        }
    }

    private static Wire.Answer harmless(String what, Wire.Answer answer) {
        assertThat(answer.status()).as(what + "\n" + answer.whole()).isBetween(200, 499);
        boolean html = answer.header("Content-Type").orElse("").startsWith("text/html");
        if (html) {
            assertThat(answer.body().toLowerCase(Locale.ROOT))
                    .as(what)
                    .doesNotContain("<script>postern", "<img src=x", "<svg/onload");
            assertThat(answer.header("Content-Security-Policy").orElse(""))
                    .as(what)
                    .contains("frame-ancestors 'none'")
                    .doesNotContain("unsafe");
        }
        assertThat(answer.whole()).as(what).doesNotContain("\tat ", "Exception", "jetty", "Jetty", "\nforged");
        answer.header("Location")
                .ifPresent(to -> assertThat(to).as(what).startsWith("/").doesNotMatch("^/[/\\\\].*"));
        if (answer.status() >= 200 && !answer.body().isEmpty()) {
            assertThat(answer.header("X-Content-Type-Options"))
                    .as(what + answer.whole())
                    .contains("nosniff");
        }
        return answer;
    }

    private static Wire.Answer get(String target) {
        return harmless(target, Wire.get(demo.port(), target));
    }

    // Redirect targets

    @Test
    void logoutRedirect_thatABrowserWouldReadOtherwise_isDropped() {
        List<String> bad = List.of(
                "//evil.example",
                "///evil.example",
                "/\\evil.example",
                "\\\\evil.example",
                "https:evil.example",
                "https:/evil.example",
                "https:///evil.example",
                "https:\\\\evil.example",
                "http:\\\\evil.example",
                "https://good.example\\@evil.example",
                "https://good.example@evil.example",
                "https://good.example%40evil.example",
                "https://good.example%2f@evil.example",
                "https://evil.example%00.good.example",
                "https://evil.example%0d%0aX-Forged: 1",
                "\thttps://evil.example",
                "ht\ttps://evil.example",
                "https://e\tvil.example",
                " https://evil.example",
                "https://evil.example ",
                "https://evil.example\r\nX-Forged: 1",
                "javascript:postern(1)",
                "JaVaScRiPt://x/%0apostern(1)",
                "data:text/html,<script>postern(1)</script>",
                "vbscript:x",
                "file:///etc/passwd",
                "ftp://evil.example/",
                "https://",
                "https://:443/",
                "https://evil.example:99999/",
                "https://evil.example:-1",
                "https://evil.example:8a",
                "https://[::1",
                "https://[::1]evil.example",
                "https://[::1%25eth0]/",
                "https://[v1.x]/",
                "https://1.2.3",
                "https://0x7f.1/",
                "https://127.1/",
                "https://2130706433/",
                "https://0177.0.0.1/",
                "https://1.2.3.4.5/",
                "https://e\u200bvil.example/",
                "https://evil\u3002example/",
                "https://\uff45vil.example/",
                "https://b\u00fccher.example/",
                "https://evil..example/",
                "https://-evil.example/",
                "https://evil-.example/",
                "https://.evil.example/",
                "https://ev_il.example/",
                "https://evil.example/\u0000",
                "https://evil.example/<script>",
                "https://evil.example/\"onmouseover=",
                "https://evil.example/a b",
                "https://evil.example/%zz",
                "https://evil.example/%",
                "https://evil.example/{x}",
                "https://evil.example/|",
                "https://evil.example/^`",
                "https://evil.example#a#b",
                "mailto:x@evil.example",
                "//evil.example@good.example",
                "?x",
                "#x",
                ".",
                "..",
                "/?_task=mail",
                "https%3A%2F%2Fevil.example",
                "https%253A%252F%252Fevil.example",
                "https://evil.example/" + "x".repeat(2_048),
                "https://" + "a".repeat(64) + ".example/");
        for (String target : bad) {
            assertThat(loggedOutTo(Wire.encode(target))).as(target).isEqualTo("/");
        }
        // Bytes that are no UTF-8, and half an escape.
        for (String raw : List.of("https://evil.example/%ff", "https://evil.example/%c0%af", "%f0%9f", "%")) {
            String target = Visitor.loginTarget(ALICE, desk.issue(ALICE, "sso"), "&direct=1&logout_redirect=" + raw);
            harmless(raw, Wire.get(demo.port(), target));
        }
        isWell(bad.size());
    }

    @Test
    void logoutRedirect_thatIsClean_isSentAsItCame() {
        List<String> good = List.of(
                "https://good.example",
                "http://good.example/",
                "HTTPS://good.example/a?b=c&d=%2F#e",
                "https://127.0.0.1:8443/x",
                "https://[2001:db8::1]/x",
                "https://xn--bcher-kva.example/");
        for (String target : good) {
            assertThat(loggedOutTo(Wire.encode(target))).isEqualTo(target);
        }
    }

    private static String loggedOutTo(String encoded) {
        Visitor browser = new Visitor(demo.port());
        String token = desk.issue(ALICE, "sso");
        Wire.Answer login = browser.get(Visitor.loginTarget(ALICE, token, "&direct=1&logout_redirect=" + encoded));
        harmless(encoded, login);
        assertThat(login.status()).as(encoded + login.whole()).isEqualTo(303);
        assertThat(login.header("Location")).contains("/?_task=mail");
        Wire.Answer logout = browser.with("Sec-Fetch-Site: none")
                .with("Sec-Fetch-Mode: navigate")
                .with("Sec-Fetch-Dest: document")
                .with("Sec-Fetch-User: ?1")
                .get("/?_task=logout");
        if (logout.status() == 200) {
            String csrf = org.jsoup.Jsoup.parse(logout.body())
                    .selectFirst("input[name=_token]")
                    .attr("value");
            logout = browser.get("/?_task=logout&_token=" + csrf);
        }
        assertThat(logout.status()).as(logout.whole()).isEqualTo(303);
        return logout.header("Location").orElseThrow();
    }

    @Test
    void logoutRedirect_fromAnywhereElse_isNothing() {
        for (String query : List.of(
                "/?_task=logout&logout_redirect=https://evil.example",
                "/?_task=mail&logout_redirect=https://evil.example",
                "/?logout_redirect=https://evil.example&direct=1",
                "/?_task=login&_action=login&direct=1&logout_redirect=https://evil.example",
                "/?_task=login&_action=login&user=" + ALICE
                        + "&pass=nope&direct=1&logout_redirect=https://evil.example")) {
            Wire.Answer answer = get(query);
            assertThat(answer.whole()).as(query).doesNotContain("evil.example");
        }
        for (String host : List.of("evil.example", "127.0.0.1.evil.example", "evil.example:80", "localhost\tevil")) {
            Wire.Answer answer = harmless(host, Wire.get(demo.port(), "/?_task=mail", "Host: " + host));
            assertThat(answer.whole()).as(host).doesNotContain("evil");
        }
    }

    // Texts at every parameter of every door

    @Test
    void texts_atEveryParameter_areHarmless() {
        int asked = 0;
        String admin = "/tools/sso?admin=mail%40acme.example&pass=demo-mail&user=alice%40acme.example";
        for (String text : TEXTS) {
            String t = Wire.encode(text);
            List<String> targets = List.of(
                    admin + "&life=" + t,
                    admin + "&locale=" + t,
                    admin + "&type=" + t,
                    admin + "&token=" + t,
                    admin + "&reason=" + t,
                    admin + "&" + t + "=1",
                    "/tools/sso?admin=mail%40acme.example&pass=demo-mail&user=" + t,
                    "/?_task=" + t,
                    "/?_task=mail&_uid=" + t,
                    "/?_task=part&_uid=1-1&_part=" + t,
                    "/?_task=mail&_page=" + t,
                    "/?_task=admin&_user=" + t,
                    "/?" + t,
                    "/sso/v1/users?q=" + t,
                    "/sso/v1/users/" + t.replace("+", "%20"),
                    "/sso/v1/tokens/" + t.replace("+", "%20"),
                    "/sso/v1/tokens?user=" + t,
                    "/sso/v1/audit?cursor=" + t,
                    "/sso/v1/audit?since=" + t,
                    "/" + t.replace("+", "%20"),
                    "/api/" + t.replace("+", "%20"),
                    "/assets/" + t.replace("+", "%20"),
                    "/assets/brand-" + t.replace("+", "%20"),
                    "/health/" + t.replace("+", "%20"));
            for (String target : targets) {
                String[] headers = target.startsWith("/sso/") ? new String[] {desk.basic()} : new String[0];
                harmless(target, Wire.get(demo.port(), target, headers));
                asked++;
            }
        }
        isWell(asked);
    }

    @Test
    void texts_withAnOpenSession_areHarmless() {
        int asked = 0;
        Visitor browser = new Visitor(demo.port());
        browser.get(Visitor.loginTarget(ALICE, desk.issue(ALICE, "normal"), "&direct=1"));
        for (int i = 0; i < TEXTS.size(); i++) {
            String text = TEXTS.get(i);
            String t = Wire.encode(text);
            // One page of the mailbox for each text: there are many texts.
            String mail = List.of(
                            "/?_task=mail&_uid=",
                            "/?_task=mail&_folder=",
                            "/?_task=mail&_q=",
                            "/?_task=mail&_said=",
                            "/?_task=mail&_page=",
                            "/?_task=body&_uid=1-1&_part=",
                            "/?_task=part&_uid=1-1&_part=",
                            "/?_task=visits&_after=")
                    .get(i % 8);
            for (String target : List.of(
                    mail + t,
                    "/?_task=" + t,
                    "/?_task=write&to=" + t + "&subject=" + t,
                    "/?_task=settings&_interface=" + t,
                    "/?_task=settings&" + t)) {
                harmless(target, browser.get(target));
                asked++;
            }
            harmless(text, browser.post("/?_task=settings", "_token=" + t + "&old=" + t + "&new=" + t + "&again=" + t));
        }
        assertThat(browser.seesMailbox()).isTrue();
        isWell(asked);
    }

    @Test
    void texts_thatTheProductKeeps_areShownAsText() {
        int kept = 0;
        for (String text : TEXTS) {
            if (text.chars().anyMatch(c -> c < ' ') || text.length() > 500) {
                continue;
            }
            String answer = Wire.get(demo.port(), desk.toolsTarget(ALICE, "sso") + "&reason=" + Wire.encode(text))
                    .body();
            if (!answer.startsWith("success")) {
                assertThat(answer).as(text).isEqualTo("error: invalid reason\n");
                continue;
            }
            kept++;
            Visitor browser = new Visitor(demo.port());
            browser.with("User-Agent: " + text.replaceAll("[^\\x20-\\x7e]", "?"));
            browser.get(Visitor.loginTarget(ALICE, HelpDesk.tokenIn(answer), "&direct=1"));
            Wire.Answer page = harmless(text, browser.get("/?_task=settings"));
            assertThat(page.status()).isEqualTo(200);
            if (text.chars().anyMatch(c -> c > ' ' && c < 0x7f)) {
                assertThat(org.jsoup.Jsoup.parse(page.body())
                                .select("#support-reason")
                                .text())
                        .as("shown to whom it concerns")
                        .contains(text.strip().split("[\\s\ufeff\u202e]+", 2)[0]);
            }
        }
        assertThat(kept).isGreaterThan(15);
        harmless("csv", desk.call("GET", "/sso/v1/audit", "", "Accept: text/csv"));
        harmless("json", desk.call("GET", "/sso/v1/audit", ""));
        isWell(kept);
    }

    // Guesses at the login, by somebody whom the throttle knows soon

    @Test
    void texts_asUserAndPassword_areHarmless() {
        int asked = 0;
        try (RunningPostern other = RunningPostern.demo()
                .setting("sso.http.trusted-proxies", "127.0.0.1")
                .start()) {
            int network = 0;
            for (String text : TEXTS) {
                String t = Wire.encode(text);
                String[][] requests = {
                    {"GET", "/?_task=login&_action=login&user=" + t + "&pass=x", ""},
                    {"GET", "/?_task=login&_action=login&user=" + Wire.encode(ALICE) + "&pass=" + t, ""},
                    {
                        "GET",
                        "/?_task=login&_action=login&user=" + Wire.encode(ALICE) + "&pass=x&locale=" + t + "&direct="
                                + t,
                        ""
                    },
                    {"POST", "/?_task=signin", "user=" + t + "&pass=" + t},
                    {"POST", "/?_task=login&_action=login", "user=" + t + "&pass=" + t},
                    {"GET", "/tools/sso?admin=" + t + "&pass=" + t + "&user=" + t, ""}
                };
                for (String[] request : requests) {
                    // From a new place each time, so that it is looked at.
                    network++;
                    String from = "X-Forwarded-For: 10." + network / 250 + "." + network % 250 + ".1";
                    Wire.Answer answer = Wire.once(
                            other.port(), request[0], request[1], request[2], from, "X-Forwarded-Proto: https", FORM);
                    harmless(request[1], answer);
                    assertThat(answer.status()).as(request[1]).isIn(200, 400, 403, 413, 414, 431);
                    assertThat(answer.header("Location")).as(request[1]).isEmpty();
                    asked++;
                }
            }
            for (String line : other.log().split("\n", 0)) {
                assertThat(line).as("a forged line").matches("\\d{4}-\\d\\d-\\d\\dT.*Z (INFO|WARN) .*");
            }
        }
        assertThat(asked).isGreaterThan(250);
    }

    // Bodies

    @Test
    void bodies_thatAreNoJson_areRefused() {
        List<String> bodies = new ArrayList<>(List.of(
                "",
                "null",
                "[]",
                "\"x\"",
                "1",
                "{",
                "{}",
                "{\"user\":{}}",
                "{\"user\":[\"alice@acme.example\"]}",
                "{\"user\":\"alice@acme.example\",\"user\":\"bob@acme.example\"}",
                "{\"life\":1e400}",
                "{\"life\":-1}",
                "{\"life\":99999999999999999999999999}",
                "{\"type\":null}",
                "{\"__proto__\":{}}",
                "{\"@class\":\"java.lang.String\"}",
                "{\"user\":\"\\ud800\"}",
                "{\"user\":\"\\u0000\"}",
                "<xml/>",
                "--x\r\n",
                "user=alice",
                "\ufeff{}",
                "[".repeat(30_000),
                "{\"a\":".repeat(10_000),
                "{\"reason\":\"" + "x".repeat(60_000) + "\"}",
                "{\"life\":" + "9".repeat(50_000) + "}"));
        int asked = 0;
        for (String body : bodies) {
            for (String target : List.of(
                    "/sso/v1/tokens",
                    "/sso/v1/users/alice@acme.example/password-check",
                    "/sso/v1/session",
                    "/api/generate_token",
                    "/api/authenticate",
                    "/api/logout_user",
                    "/api//generate_token",
                    "/sso/mail/check",
                    "/sso/mail/token")) {
                String what = target + " " + body.substring(0, Math.min(60, body.length()));
                String[] headers =
                        target.startsWith("/sso/v1") ? new String[] {JSON, desk.basic()} : new String[] {JSON};
                Wire.Answer answer = harmless(what, Wire.once(demo.port(), "POST", target, body, headers));
                if (target.endsWith("/tokens")) {
                    assertThat(answer.status()).as(what).isIn(400, 413);
                }
                asked++;
            }
        }
        for (String type : List.of(
                "", "text/plain", "application/xml", "multipart/form-data", "application/json; charset=utf-7", "x")) {
            harmless(
                    type,
                    Wire.once(demo.port(), "POST", "/sso/v1/tokens", "{}", desk.basic(), "Content-Type: " + type));
            harmless(type, Wire.once(demo.port(), "POST", "/?_task=signin", "user=x&pass=", "Content-Type: " + type));
        }
        isWell(asked);
    }

    // Requests that are none, paths, methods

    @Test
    void paths_thatAreTricks_reachNothing() {
        String token = desk.issue(ALICE, "sso");
        String query = Visitor.loginTarget(ALICE, token, "&direct=1").substring(1);
        List<String> paths = List.of(
                "//",
                "///",
                "/;",
                "/;x",
                "/;jsessionid=1",
                "/.",
                "/./",
                "/..",
                "/../",
                "/x/..",
                "/x/../",
                "/%2e",
                "/%2e%2e/",
                "/%2f",
                "/%5c",
                "/\\",
                "/%00",
                "/%",
                "/%zz",
                "/%c0%ae",
                "/%252e",
                "/%25%32%66",
                "/.%2e/",
                "/x;/../",
                "/*",
                "/%3b",
                "/%3f",
                "/%23",
                "/mail/..",
                "/mail;x",
                "/mail/",
                "/mail%2f",
                "//mail",
                "/MAIL",
                "/assets/..%2f",
                "/WEB-INF/web.xml",
                "/META-INF/MANIFEST.MF",
                "/%57EB-INF/web.xml",
                "/web-inf/web.xml",
                "/WEB-INF;/web.xml",
                "/org/postern/server/Launcher.class",
                "/error",
                "/assets/../WEB-INF/web.xml",
                "/assets/%2e%2e/WEB-INF/web.xml");
        for (String path : paths) {
            Wire.Answer answer = harmless(path, Wire.get(demo.port(), path + query));
            assertThat(answer.status()).as(path + answer.whole()).isBetween(400, 499);
            assertThat(answer.header("Set-Cookie")).as(path).isEmpty();
            assertThat(harmless(path, Wire.get(demo.port(), path)).body())
                    .as(path)
                    .doesNotContain("<web-app", "Main-Class", "\u00ca\u00fe");
        }
        for (String target : List.of(
                "*",
                "http://evil.example/",
                "evil.example:80",
                "?x",
                "x",
                "\u00e9",
                "/a b",
                "/\"<script>postern(1)</script>")) {
            harmless(target, Wire.get(demo.port(), target));
        }
        assertThat(Wire.get(demo.port(), "/" + query).status())
                .as("still not redeemed")
                .isEqualTo(303);
        isWell(paths.size());
    }

    @Test
    void methodsAndMarks_thatAreNoVisit_redeemNothing() {
        String token = desk.issue(ALICE, "sso");
        String target = Visitor.loginTarget(ALICE, token, "&direct=1");
        for (String method : List.of(
                "HEAD",
                "PUT",
                "DELETE",
                "OPTIONS",
                "TRACE",
                "PATCH",
                "PROPFIND",
                "CONNECT",
                "get",
                "Post",
                "GETX",
                "X".repeat(100))) {
            Wire.Answer answer = harmless(method, Wire.once(demo.port(), method, target, ""));
            assertThat(answer.status()).as(method + answer.whole()).isIn(400, 405, 501);
            assertThat(answer.whole()).as(method).doesNotContain(token);
            assertThat(answer.header("Set-Cookie")).isEmpty();
            for (String other : List.of(
                    "/", "/tools/sso", "/sso/v1/tokens", "/api/authenticate", "/health/live", "/metrics", "/x")) {
                assertThat(Wire.once(demo.port(), method, other, "", desk.basic())
                                .status())
                        .as(method + " " + other)
                        .isLessThan(502)
                        .isNotEqualTo(500);
            }
        }
        for (String mark : List.of(
                "Sec-Purpose: prefetch",
                "Sec-Purpose: prefetch;prerender",
                "Purpose: prefetch",
                "X-Moz: prefetch",
                "Sec-Fetch-Dest: image",
                "Sec-Fetch-Dest: iframe",
                "Sec-Fetch-Dest: empty",
                "Sec-Fetch-Dest: script")) {
            Wire.Answer answer = harmless(mark, Wire.get(demo.port(), target, mark));
            assertThat(answer.status()).as(mark).isEqualTo(403);
            assertThat(answer.header("Set-Cookie")).isEmpty();
        }
        for (String twice : List.of(
                "&user=bob@acme.example",
                "&_user=x",
                "&pass=x",
                "&_pass=x",
                "&direct=1",
                "&_task=login",
                "&_action=login")) {
            assertThat(harmless(twice, Wire.get(demo.port(), target + twice)).status())
                    .as(twice)
                    .isEqualTo(400);
        }
        assertThat(Wire.get(demo.port(), target).status())
                .as("still not redeemed")
                .isEqualTo(303);
        isWell(20);
    }

    @Test
    void headers_thatLie_changeNothing() {
        List<String> headers = new ArrayList<>(List.of(
                "X-Forwarded-For: 203.0.113.9",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: evil.example",
                "Forwarded: for=203.0.113.9;host=evil.example;proto=https",
                "X-Original-URL: /sso/v1/users",
                "X-Rewrite-URL: /sso/v1/users",
                "X-HTTP-Method-Override: DELETE",
                "Origin: null",
                "Origin: https://evil.example",
                "Referer: https://evil.example/\"><script>",
                "Cookie: JSESSIONID=../../etc/passwd",
                "Cookie: JSESSIONID=" + "x".repeat(3_000),
                "Cookie: =;;;=",
                "Cookie: __Host-x=\u00ff",
                "Accept-Language: ${jndi:ldap://x}",
                "Accept-Language: " + "de,".repeat(500),
                "Accept: nonsense",
                "Accept: */*;q=x",
                "Range: bytes=0-1,1-2,2-3",
                "If-None-Match: *",
                "If-Modified-Since: yesterday",
                "Authorization: Basic",
                "Authorization: Basic %%%",
                "Authorization: Basic " + "Q".repeat(4_000),
                "Authorization: Bearer",
                "Authorization: Negotiate x",
                "Upgrade: websocket",
                "Upgrade: h2c",
                "Expect: nonsense",
                "TE: trailers",
                "Content-Encoding: gzip",
                "User-Agent: x\" event=forged",
                "User-Agent: <script>postern(1)</script>",
                "X: " + "y".repeat(7_000)));
        int asked = 0;
        for (String header : headers) {
            for (String target : List.of(
                    "/",
                    "/?_task=mail",
                    "/tools/sso",
                    "/sso/v1/me",
                    "/health/ready",
                    "/openapi",
                    "/assets/style.css")) {
                Wire.Answer answer = Wire.get(demo.port(), target, header);
                if (!header.startsWith("Expect:")) {
                    harmless(header + " " + target, answer);
                }
                assertThat(answer.whole()).as(header).doesNotContain("evil.example", "203.0.113.9");
                asked++;
            }
        }
        isWell(asked);
    }

    @Test
    void requests_thatAreNone_areAnsweredOrClosed() throws IOException {
        String get = "GET / HTTP/1.1\r\nHost: x\r\n";
        List<String> requests = List.of(
                "\r\n\r\n\r\n",
                "GET\r\n\r\n",
                "GET /\r\n\r\n",
                "GET / HTTP/9.9\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "\0\0\0\0",
                "\u0016\u0003\u0001\u0002\0\u0001",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                get + "Host: y\r\n\r\n",
                get + "Content-Length: -1\r\n\r\n",
                get + "Content-Length: x\r\n\r\n",
                get + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
                get + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
                get + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                get + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                get + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                get + " folded: 1\r\n\r\n",
                get + "X\r\n\r\n",
                get + ": x\r\n\r\n",
                get + "X: \0\r\n\r\n",
                get + "X: a\rb\r\n\r\n",
                "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                get + "X: " + "y".repeat(40_000) + "\r\n\r\n",
                get + "X: y\r\n".repeat(5_000) + "\r\n");
        for (String request : requests) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), demo.port())) {
                socket.setSoTimeout(3_000);
                String answer = "";
                try {
                    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                    socket.shutdownOutput();
                    answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                } catch (SocketTimeoutException stillOpen) {
                    throw new AssertionError("hangs: " + request.substring(0, Math.min(60, request.length())));
                } catch (IOException closed) {
                    // That is an answer, too.
                }
                assertThat(answer)
                        .as(request.substring(0, Math.min(80, request.length())))
                        .doesNotContain("Exception", "\tat ")
                        .doesNotStartWith("HTTP/1.1 500");
            }
        }
        isWell(requests.size());
    }

    /** As many as there are threads, and more: each as long as the longest form, and without an end. */
    @Test
    void bodiesThatStopAtTheirLimit_keepNobodyOut() throws IOException {
        String chunk = "10000\r\n" + "a".repeat(65_536) + "\r\n";
        List<Socket> stalled = new ArrayList<>();
        try {
            for (int i = 0; i < 80; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), demo.port());
                stalled.add(socket);
                String head = i % 2 == 0
                        ? "POST /?_task=login&_action=login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded"
                        : "POST /api/generate_token HTTP/1.1\r\nContent-Type: application/json";
                socket.getOutputStream()
                        .write((head + "\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
                                .getBytes(StandardCharsets.US_ASCII));
            }
            long begin = System.nanoTime();
            isWell(stalled.size());
            assertThat((System.nanoTime() - begin) / 1_000_000_000L).isLessThan(10);
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
        }
    }

    @Test
    void slowClients_keepNobodyOut() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), demo.port());
                slow.add(socket);
                String begun = i % 2 == 0
                        ? "GET / HTTP/1.1\r\nHost: x\r\nX: "
                        : "POST /no-such-page HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nX: ";
                socket.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));
            }
            long begin = System.nanoTime();
            isWell(slow.size());
            assertThat((System.nanoTime() - begin) / 1_000_000_000L).isLessThan(10);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }
}
