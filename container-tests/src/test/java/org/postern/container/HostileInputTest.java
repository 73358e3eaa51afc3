package org.postern.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Contract, section 7, against those who mean it ill: raw requests in bulk. Whatever comes, there is no 5xx, no token is
 * redeemed, and nothing comes back that could be run.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileInputTest {
    private static final String ALICE = "alice@acme.example";

    private Site site;
    private String token;
    private String credentials;
    private long redemptions;

    @BeforeAll
    void start() throws Exception {
        site = new Site("/web", Map.of());
        token = site.token(ALICE, "sso");
        credentials = "&user=" + ALICE + "&pass=" + token;
        redemptions = site.redemptions();
    }

    /** After all of it the token is as good as before. */
    @AfterAll
    void stop() throws Exception {
        try {
            assertThat(site.redemptions()).isEqualTo(redemptions);
            assertThat(site.raw.get(site.url(ALICE, token) + "&direct=1").status())
                    .isEqualTo(303);
        } finally {
            site.close();
        }
    }

    private interface Check {
        void on(String input) throws Exception;
    }

    /** Several at once: one container takes 20 ms to answer a new connection. */
    private static void all(List<String> inputs, Check check) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (String input : inputs) {
                running.add(threads.submit(() -> {
                    check.on(input);
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void assertHarmless(String what, Raw.Answer answer) {
        assertThat(answer.status()).as(what + answer).isLessThan(500).isNotEqualTo(303);
        assertThat(answer.all("Set-Cookie")).as(what).isEmpty();
        assertThat(answer.body()).as(what).doesNotContain("http-equiv=\"refresh\"", "<script>alert");
        assertThat(String.join("\n", answer.headers())).as(what).doesNotContain("evil.example", "X-Injected");
    }

    private static List<String> doubtfulPaths() {
        List<String> paths = new ArrayList<>();
        for (String bad : List.of(
                ";",
                ";x",
                ";x=y",
                ";jsessionid=ABC",
                "//",
                "/.",
                "/..",
                "/./",
                "/../",
                "/..;/",
                "/.;/",
                "/..;x=y/",
                "%2e",
                "%2E",
                "%2e%2e/",
                "%2e/",
                ".%2e/",
                "%2f",
                "%2F",
                "%2f%2f",
                "%5c",
                "%5C",
                "%5c..",
                "%00",
                "%00/",
                "%3b",
                "%3Bx",
                "%0d%0a",
                "%09",
                "%1f",
                "%7f",
                "%",
                "%2",
                "%zz",
                "%u002f",
                "\\",
                "\\..\\",
                "/\\",
                "/x/..",
                "/x/../",
                "/x/../../",
                "/x/./",
                "/x//",
                "//x",
                "/x;y/z",
                "/x/;y",
                "/x/;/")) {
            for (String before : List.of("/web", "/web/mail", "/web/a/b")) {
                paths.add(before + bad);
                if (!bad.startsWith("/")) {
                    paths.add(before + "/" + bad);
                    paths.add(before + "/" + bad + "/x");
                }
            }
        }
        paths.addAll(List.of(
                "//web/",
                "/./web/",
                "/../web/",
                "/;x/web/",
                "/web;x/",
                "/%2e/web/",
                "/x/../web/",
                "/web%2f",
                "/%2fweb/",
                "///web/",
                "/web/..;/web/",
                "/\\web/",
                "/web/%2e%2e/web/"));
        return paths;
    }

    @Test
    void doubtfulPath_neverReachesTheLogin() throws Exception {
        all(doubtfulPaths(), path -> {
            Raw.Answer answer = site.raw.get(path + Site.LOGIN.substring(1) + credentials + "&direct=1");
            assertHarmless(path, answer);
            assertThat(answer.body()).as(path).doesNotContain("principal=" + ALICE, "param.user=");
        });
    }

    @Test
    void doubtfulPath_neverCarriesTheSession() throws Exception {
        String cookie = site.login("bob@acme.example", "normal");
        redemptions++;
        all(doubtfulPaths(), path -> {
            Raw.Answer answer = site.raw.get(path + "?_task=mail", "Cookie: " + cookie);
            assertThat(answer.status()).as(path).isLessThan(500);
            assertThat(answer.body()).as(path).doesNotContain("bob@acme.example");
            if (path.startsWith("/web/")) {
                // Some containers resolve a path that leads out of the application.
                assertThat(answer.status()).as(path).isIn(400, 404);
            }
        });
        for (String path :
                List.of("/web/", "/web/..x", "/web/.well-known/y", "/web/a..b", "/web/%20%41", "/web/%c3%a4")) {
            assertThat(site.raw.get(path, "Cookie: " + cookie).body()).as(path).contains("user=bob@acme.example");
        }
    }

    @Test
    void misspeltLogin_neverRedeems() throws Exception {
        List<String> queries = new ArrayList<>();
        List<String> tasks = spellings("_task", "login");
        List<String> actions = spellings("_action", "login");
        for (String task : tasks) {
            queries.add(task + "&_action=login");
        }
        for (String action : actions) {
            queries.add("_task=login&" + action);
        }
        for (int i = 0; i < tasks.size(); i++) {
            queries.add(tasks.get(i) + "&" + actions.get(i));
        }
        all(queries, query -> assertHarmless(query, site.raw.get("/web/?" + query + credentials + "&direct=1")));
    }

    private static List<String> spellings(String name, String value) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < name.length(); i++) {
            all.add(escape(name, i, false) + "=" + value);
            all.add(escape(name, i, true) + "=" + value);
        }
        for (int i = 0; i < value.length(); i++) {
            all.add(name + "=" + escape(value, i, false));
            all.add(name + "=" + escape(value, i, true));
        }
        for (String odd : List.of("%00", "%20", "+", "%0a", "%09", "[]", "[0]", ".", ";", "%26", "%3d", "%e2%80%8b")) {
            all.add(name + odd + "=" + value);
            all.add(odd + name + "=" + value);
            all.add(name + "=" + value + odd);
            all.add(name + "=" + odd + value);
        }
        all.addAll(List.of(
                name.toUpperCase(java.util.Locale.ROOT) + "=" + value,
                name + "=" + value.toUpperCase(java.util.Locale.ROOT),
                name + "==" + value,
                name + "=" + value + "=",
                name + "%3d" + value,
                name,
                name + "=",
                "=" + name + "=" + value,
                "#" + name + "=" + value));
        return all;
    }

    private static String escape(String text, int at, boolean twice) {
        return text.substring(0, at)
                + (twice ? "%25" : "%")
                + Integer.toHexString(text.charAt(at))
                + text.substring(at + 1);
    }

    @Test
    void repetition_neverRedeems() throws Exception {
        List<String> names =
                List.of("_task", "_action", "user", "_user", "pass", "_pass", "direct", "logout_redirect", "locale");
        List<String> repetitions = new ArrayList<>();
        for (String name : names) {
            String first = List.of("direct", "logout_redirect", "locale").contains(name) ? "&" + name + "=1" : "";
            for (String again : List.of(
                    name, escape(name, 0, false), escape(name, name.length() - 1, false), escape(name, 1, false))) {
                for (String second : List.of("=1", "=", "", "=x", "=%00", "=login", "=" + ALICE, "=" + token)) {
                    repetitions.add(first + "&" + again + second);
                }
            }
        }
        all(repetitions, twice -> {
            assertRefused(twice, site.raw.get("/web" + Site.LOGIN + credentials + twice));
            assertRefused(twice, site.raw.post("/web" + Site.LOGIN + credentials, twice.substring(1) + twice));
        });
    }

    private void assertRefused(String what, Raw.Answer answer) {
        assertHarmless(what, answer);
        assertThat(answer.status()).as(what).isEqualTo(400);
    }

    @Test
    void malformedQuery_isRefused() throws Exception {
        for (String bad : List.of(
                "%",
                "%2",
                "%zz",
                "%%",
                "%+1",
                "%c3",
                "%c3%28",
                "%c0%ae",
                "%ed%a0%80",
                "%f5%80%80%80",
                "%ff",
                "%80",
                "%e2%82",
                "%u0041")) {
            for (String where : List.of("&x=" + bad, "&" + bad + "=x", "&user=" + bad, "&direct=" + bad)) {
                Raw.Answer answer = site.raw.get("/web" + Site.LOGIN + "&pass=" + token + where + "&_user=" + ALICE);
                assertRefused(where, answer);
                assertRefused(where, site.raw.post("/web" + Site.LOGIN, "pass=" + token + where + "&_user=" + ALICE));
            }
        }
        assertRefused("101", site.raw.get("/web" + Site.LOGIN + credentials + "&a=1".repeat(101)));
    }

    @Test
    void rawBytesInTheBody_areUtf8OrRefused() throws Exception {
        byte[] head = ("POST /web" + Site.LOGIN + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 20\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] body = "user=a@b.c&pass=1234".getBytes(StandardCharsets.US_ASCII);
        body[19] = (byte) 0xff;
        byte[] all = java.util.Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        assertRefused("0xff", site.raw.exchange(all));
    }

    @Test
    void bodyThatIsNoForm_isRefused_andTooLargeOneToo() throws Exception {
        String url = "/web" + Site.LOGIN;
        String form = "user=" + ALICE + "&pass=" + token;
        for (String type : List.of(
                "text/plain",
                "application/json",
                "multipart/form-data; boundary=x",
                "application/x-www-form-urlencodedx",
                "application/x-www-form-urlencoded; charset=iso-8859-1",
                "application/x-www-form-urlencoded; charset=utf-7",
                "application/x-www-form-urlencoded; charset=\"utf-16\"",
                "*/*",
                "x")) {
            Raw.Answer answer = site.raw.send("POST", url, form, "Content-Type: " + type);
            assertHarmless(type, answer);
            assertThat(answer.status()).as(type).isEqualTo(415);
        }
        assertThat(site.raw.send("POST", url, form).status()).as("no type").isEqualTo(415);
        assertThat(site.raw.post(url, form, "Content-Encoding: gzip").status()).isEqualTo(415);
        Raw.Answer large = site.raw.post(url, form + "&x=" + "y".repeat(70_000));
        assertHarmless("large", large);
        assertThat(large.status()).isEqualTo(413);
        Raw.Answer many = site.raw.post(url, form + "&x=1".repeat(5_000));
        assertHarmless("many", many);
        assertThat(many.status()).isEqualTo(400);
    }

    @Test
    void chunkedBody_isReadWhole_andTooLargeOneRefused() throws Exception {
        String head = "POST /web" + Site.LOGIN + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nTransfer-Encoding: chunked\r\n\r\n";
        String form = "user=" + ALICE + "&direct=1&pass=" + site.token(ALICE, "sso");
        String chunks = "5\r\n" + form.substring(0, 5) + "\r\n" + Integer.toHexString(form.length() - 5) + "\r\n"
                + form.substring(5) + "\r\n0\r\n\r\n";
        assertThat(site.raw
                        .exchange((head + chunks).getBytes(StandardCharsets.US_ASCII))
                        .status())
                .isEqualTo(303);
        redemptions++;
        String large = ("2000\r\n" + "a".repeat(0x2000) + "\r\n").repeat(10) + "0\r\n\r\n";
        assertThat(site.raw
                        .exchange((head + large).getBytes(StandardCharsets.US_ASCII))
                        .status())
                .isEqualTo(413);
    }

    @Test
    void markup_isNeverShown() throws Exception {
        String markup = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
        for (String name : List.of("user", "pass", "x", "locale", "direct", "logout_redirect", markup)) {
            String query = "/web" + Site.LOGIN + (name.equals("user") ? "" : "&user=x@acme.example")
                    + (name.equals("pass") ? "" : "&pass=12345678") + "&" + name + "=" + markup;
            Raw.Answer twice = site.raw.get(query + "&_task=x");
            assertRefused(query, twice);
            assertThat(twice.body()).doesNotContain("alert");
        }
        String confirm = site.token(ALICE, "sso", "", "", true);
        Raw.Answer asked = site.raw.get(site.url(ALICE, confirm) + "&logout_redirect=" + markup + "&locale=" + markup
                + "&direct=%0d%0aX-Injected:1");
        assertHarmless("confirm", asked);
        assertThat(asked.status()).isEqualTo(200);
        assertThat(asked.body())
                .contains("value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\"")
                .contains("value=\"&#13;&#10;X-Injected:1\"");
    }

    @Test
    void controlCharacters_reachNoHeader() throws Exception {
        try (Site other = new Site()) {
            for (String value :
                    List.of("%0d%0aX-Injected:%201", "%0aX-Injected: 1", "%00", "%E5%98%8D%E5%98%8AX-Injected:1")) {
                for (String name : List.of("user", "pass", "locale", "logout_redirect", "direct")) {
                    String query = Site.LOGIN + (name.equals("user") ? "" : "&user=" + ALICE)
                            + (name.equals("pass") ? "" : "&pass=0123456789") + "&" + name + "="
                            + value.replace(" ", "%20");
                    assertHarmless(query, other.raw.get(query));
                }
            }
        }
    }

    @Test
    void hostHeader_isNeverReflected() throws Exception {
        for (String host : List.of(
                "evil.example",
                "mail.acme.example:evil",
                "evil.example:80",
                "[::1]",
                "evil.example/x",
                "a@evil.example",
                "127.0.0.1, evil.example",
                "")) {
            Raw.Answer answer = site.raw.get(
                    "/web" + Site.LOGIN + credentials + "&_task=x",
                    "Host: " + host,
                    "X-Forwarded-Host: evil.example",
                    "Forwarded: host=evil.example",
                    "X-Original-URL: /web/" + Site.LOGIN,
                    "X-Rewrite-URL: /evil.example");
            assertThat(answer.status()).as(host).isEqualTo(400);
            assertThat(answer.headers().toString()).doesNotContain("evil.example");
        }
    }

    @Test
    void redirectTargets_thatABrowserWouldReadOtherwise_areDropped() throws Exception {
        List<String> targets = new ArrayList<>(List.of(
                "https://evil.example\\@portal.example/",
                "https:///evil.example",
                "https:/evil.example",
                "https:evil.example",
                "//evil.example",
                "/\\evil.example",
                "\\\\evil.example",
                "/evil",
                "evil.example",
                "https://a@b@evil.example/",
                "https://user:pw@evil.example/",
                "https://portal.example:80@evil.example/",
                "javascript:alert(1)",
                "JavaScript:alert(1)",
                "data:text/html,x",
                "vbscript:x",
                "ftp://evil.example/",
                "file:///etc/passwd",
                " https://evil.example/",
                "https://evil.example/ ",
                "https://evil.example/\t",
                "ht\ntps://evil.example/",
                "https://evil.example/\r\nX-Injected: 1",
                "https://evil.example/\u0000",
                "https://evil%2eexample/",
                "https://evil.example%00.portal.example/",
                "https://ev\u0130l.example/",
                "https://evil\uFF0Eexample/",
                "https://evil.c\u2100.example/",
                "https://xn--.example\u3002evil/",
                "https://0x7f.1/",
                "https://2130706433/",
                "https://127.1/",
                "https://017700000001/",
                "https://[::ffff:127.0.0.1]/",
                "https://[0:0:0:0:0:0:0:1]/",
                "https://[::1%25eth0]/",
                "https://[::1",
                "https://evil.example:99999/",
                "https://evil.example:-1/",
                "https://evil.example:8 0/",
                "https://evil.example:/",
                "https://.evil.example/",
                "https://evil..example/",
                "https://evil.example./",
                "https://-evil.example/",
                "https://evil_x.example/",
                "https://evil.example/<script>",
                "https://evil.example/\"x",
                "https://evil.example/{x}",
                "https://evil.example/|x",
                "https://evil.example/^x",
                "https://evil.example/`x",
                "https://evil.example/%zz",
                "https://evil.example?x\\y",
                "https://evil.example#x\\y",
                "https://evil.example\\x",
                "https://evil.example/" + "a".repeat(2048)));
        for (int c = 0; c <= 0x20; c++) {
            targets.add("https://evil.example/" + (char) c);
            targets.add("https://evil" + (char) c + ".example/");
            targets.add((char) c + "https://evil.example/");
        }
        String wanted = "/web/";
        all(targets, target -> {
            String url = site.url(ALICE, site.token(ALICE, "sso")) + "&direct=1&logout_redirect="
                    + URLEncoder.encode(target, StandardCharsets.UTF_8);
            Raw.Answer login = site.raw.get(url);
            assertThat(login.status()).as(target).isEqualTo(303);
            assertThat(login.header("Location")).contains("/web/?_task=mail");
            Raw.Answer logout = site.raw.get(
                    "/web/?_task=logout", "Cookie: " + login.sessionCookie().orElseThrow(), "Sec-Fetch-Site: none");
            assertThat(logout.header("Location")).as(target).contains(wanted);
            assertThat(logout.headers().toString()).doesNotContain("X-Injected", "evil");
        });
        redemptions += targets.size();
    }
}
