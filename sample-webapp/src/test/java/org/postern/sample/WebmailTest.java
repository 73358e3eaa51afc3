package org.postern.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sample webmail from outside, on the embedded server, with the demo's accounts and mail (contract, section 8). */
class WebmailTest {
    @TempDir
    private static Path data;

    private static Site site;

    @BeforeAll
    static void start() throws Exception {
        site = new Site(Map.of("sso.data", data.resolve("site").toString()));
    }

    @AfterAll
    static void stop() throws Exception {
        site.close();
    }

    private static Visit support(String user, String type) throws IOException, InterruptedException {
        return new Visit(site).withToken(user, site.token("company@acme.example", user, type));
    }

    @Test
    void anyPage_inATokenSession_saysWhoseSupportSessionItIs() throws Exception {
        Visit visit = support("alice@acme.example", "sso");

        for (String task : List.of("mail", "mail&_folder=Projects", "visits", "write", "settings")) {
            assertThat(visit.get("/?_task=" + task).body())
                    .contains("<b id=\"support-issuer\">company@acme.example</b>")
                    .contains("Ticket &lt;4711&gt;")
                    .contains("7 h 59 min")
                    .contains("id=\"support-end\"");
        }
    }

    /** More than is read ahead, and then nothing more: whoever waits for it would hold a thread each. */
    @ParameterizedTest
    @CsvSource({
        "signin, application/x-www-form-urlencoded",
        "login, application/x-www-form-urlencoded",
        "send, multipart/form-data; boundary=b",
        "settings, application/x-www-form-urlencoded"
    })
    void formsThatNeverEnd_keepNobodyElseWaiting(String task, String type) throws Exception {
        List<Socket> slow = new ArrayList<>();
        byte[] begun = ("POST /?_task=" + task + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " + type
                        + "\r\nContent-Length: 1000000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n"
                        + "x".repeat(70_000))
                .getBytes(StandardCharsets.US_ASCII);
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.server.port());
                slow.add(socket);
                socket.getOutputStream().write(begun);
            }

            HttpRequest request = HttpRequest.newBuilder(URI.create(site.address + "/health/live"))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            support("alice@acme.example", "sso");
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void mail_usedUpSingleUseToken_stillShowsTheMailbox() throws Exception {
        Visit visit = support("bob@acme.example", "sso");

        HttpResponse<String> list = visit.get("/?_task=mail");

        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(list.body()).contains("lang=\"de\"", "Posteingang", "Einladung: Grünkohlessen am Freitag");
    }

    @Test
    void settings_inATokenSession_refuseThePasswordChangeAndSayWhy() throws Exception {
        Visit visit = support("alice@acme.example", "normal");

        assertThat(visit.get("/?_task=settings").body())
                .contains("id=\"no-password-change\"")
                .doesNotContain("name=\"old\"");
        HttpResponse<String> forced = visit.post(
                "/?_task=settings",
                Map.of("_token", visit.csrf(), "old", "demo-alice", "new", "xyzzy plugh", "again", "xyzzy plugh"));
        assertThat(forced.statusCode()).isEqualTo(403);
        assertThat(forced.body()).containsIgnoringCase("only its owner can");
        new Visit(site).withPassword("alice@acme.example", "demo-alice");
    }

    @Test
    void settings_owner_changesHisPasswordAndStaysSignedIn() throws Exception {
        Visit owner = new Visit(site).withPassword("zoe@globex.example", "demo-zoe");
        Visit elsewhere = new Visit(site).withPassword("zoe@globex.example", "demo-zoe");
        Map<String, String> change =
                Map.of("_token", owner.csrf(), "old", "demo-zoe", "new", "xyzzy plugh", "again", "xyzzy plugh");

        assertThat(owner.post("/?_task=settings", change).body()).contains("id=\"done\"");
        assertThat(owner.get("/?_task=mail").statusCode()).isEqualTo(200);
        assertThat(elsewhere.get("/?_task=mail").statusCode()).isEqualTo(303);
        assertThat(new Visit(site)
                        .post("/?_task=signin", Map.of("user", "zoe@globex.example", "pass", "demo-zoe"))
                        .statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "wrong password, xyzzy plugh, xyzzy plugh",
        "demo-dave, xyzzy plugh, xyzzy plunk",
        "demo-dave, password, password",
        "demo-dave, short, short"
    })
    void settings_badPasswordChange_changesNothing(String old, String fresh, String again) throws Exception {
        Visit owner = new Visit(site).withPassword("dave@globex.example", "demo-dave");

        HttpResponse<String> answer = owner.post(
                "/?_task=settings", Map.of("_token", owner.csrf(), "old", old, "new", fresh, "again", again));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("id=\"error\"").doesNotContain("value=\"" + fresh, "value=\"" + old);
        new Visit(site).withPassword("dave@globex.example", "demo-dave");
    }

    @Test
    void stateChange_withoutTheSessionsToken_isRefusedInBothKindsOfSession() throws Exception {
        Map<String, String> change =
                Map.of("old", "demo-alice", "new", "xyzzy plugh", "again", "xyzzy plugh", "_token", "guess");

        for (Visit visit : List.of(
                support("alice@acme.example", "normal"),
                new Visit(site).withPassword("alice@acme.example", "demo-alice"))) {
            assertThat(visit.post("/?_task=settings", change).statusCode()).isEqualTo(403);
        }
        new Visit(site).withPassword("alice@acme.example", "demo-alice");
    }

    @ParameterizedTest
    @CsvSource({"Sec-Fetch-Site,cross-site", "Sec-Fetch-Site,same-site", "Origin,https://evil.example", "Origin,null"})
    void signin_fromAnotherSite_isRefused(String header, String value) throws Exception {
        Visit visit = new Visit(site);

        assertThat(visit.post(
                                "/?_task=signin",
                                Map.of("user", "alice@acme.example", "pass", "demo-alice"),
                                header,
                                value)
                        .statusCode())
                .isEqualTo(403);
        assertThat(visit.get("/?_task=mail").statusCode()).isEqualTo(303);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void signin_overPlainHttpFromElsewhere_isRefusedWithoutARedirect(String tokens) throws Exception {
        try (Site proxied = new Site(Map.of(
                "sso.data",
                data.resolve("proxied-" + tokens).toString(),
                "sso.http.trusted-proxies",
                "127.0.0.1",
                "sso.enabled",
                tokens))) {
            Map<String, String> form = Map.of("user", "alice@acme.example", "pass", "demo-alice");
            HttpResponse<String> plain = new Visit(proxied)
                    .post("/?_task=signin", form, "X-Forwarded-For", "198.51.100.7", "X-Forwarded-Proto", "http");

            assertThat(plain.statusCode()).isEqualTo(403);
            assertThat(plain.headers().firstValue("Location")).isEmpty();
            assertThat(plain.headers().firstValue("Set-Cookie")).isEmpty();
            assertThat(new Visit(proxied)
                            .post(
                                    "/?_task=signin",
                                    form,
                                    "X-Forwarded-For",
                                    "198.51.100.7",
                                    "X-Forwarded-Proto",
                                    "https")
                            .statusCode())
                    .isEqualTo(303);
        }
    }

    @Test
    void signin_normalToken_opensASupportSession() throws Exception {
        Visit visit = new Visit(site)
                .withPassword("alice@acme.example", site.token("mail@acme.example", "alice@acme.example", "normal"));

        assertThat(visit.get("/?_task=mail").body()).contains("id=\"support\"");
    }

    @Test
    void signin_ownPassword_isNoSupportSession() throws Exception {
        Visit visit = new Visit(site).withPassword("postmaster@acme.example", "demo-postmaster");

        assertThat(visit.get("/?_task=mail").body()).doesNotContain("id=\"support\"");
        assertThat(visit.get("/?_task=settings").body()).contains("id=\"password-form\"");
        assertThat(visit.get("/?_task=admin").body()).contains("bob@acme.example");
    }

    @ParameterizedTest
    @CsvSource({
        "alice@acme.example,wrong",
        "alice@acme.example,''",
        "nobody@acme.example,demo-nobody",
        "suspended@acme.example,demo-suspended",
        "company@acme.example,demo-company",
        "'<script>@acme.example',x"
    })
    void signin_refused_looksTheSameForAll(String user, String password) throws Exception {
        HttpResponse<String> answer = new Visit(site).post("/?_task=signin", Map.of("user", user, "pass", password));

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("Address or password is wrong").doesNotContain("<script>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/?_task=signin", "/?_task=login&_action=login"})
    void login_fieldsSwapped_showsTheSecretNowhere(String door) throws Exception {
        HttpResponse<String> answer =
                new Visit(site).post(door, Map.of("user", "9c31fee7d811695f", "pass", "alice@acme.example"));

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("Address or password is wrong").doesNotContain("9c31fee7d811695f");
    }

    @Test
    void loginUrl_ownPassword_isTheHostsLogin() throws Exception {
        Visit visit = new Visit(site);

        assertThat(visit.get("/?_task=login&_action=login&user=alice%40acme.example&pass=demo-alice")
                        .headers()
                        .firstValue("Location"))
                .contains("/?_task=mail");
        assertThat(visit.get("/?_task=mail").body()).doesNotContain("id=\"support\"");
    }

    @Test
    void logout_owner_needsHisTokenOrAClick() throws Exception {
        Visit owner = new Visit(site).withPassword("alice@acme.example", "demo-alice");

        assertThat(owner.get("/?_task=logout").body()).contains("id=\"logout-now\"");
        assertThat(owner.get("/?_task=mail").statusCode()).isEqualTo(200);
        assertThat(owner.get("/?_task=logout&_token=" + owner.csrf()).statusCode())
                .isEqualTo(303);
        assertThat(owner.get("/?_task=mail").statusCode()).isEqualTo(303);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/?_task=mail&_uid=1-99999",
                "/?_task=mail&_folder=Nowhere",
                "/?_task=mail&_folder=..%2Fx&_uid=1-1",
                "/?_task=mail&_folder=%2A",
                "/?_task=message&_uid=1",
                "/?_task=body&_uid=18446744073709551617-1",
                "/?_task=body&_uid=%3Cscript%3E",
                "/?_task=part&_uid=1-4&_part=9.9",
                "/?_task=part&_uid=1-4&_part=..%2Fx",
                "/?_task=%3Cscript%3E",
                "/nothing",
                "/Launcher.class",
                "/org/postern/sample/Launcher.class",
                "/org/postern/sample/Launcher$Options.class",
                "/META-INF/MANIFEST.MF",
                "/WEB-INF/web.xml",
                "/error",
                "/assets/",
                "/assets/texts.properties",
                "/assets/brand-nobody.css"
            })
    void get_whatIsNotThere_isAFriendlyPage(String path) throws Exception {
        HttpResponse<String> answer = support("alice@acme.example", "sso").get(path);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("id=\"problem\"").doesNotContain("<script>", "Exception", "jetty");
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "frame-ancestors 'none'");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "X"})
    void otherMethods_areRefused(String method) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(site.address + "/?_task=mail"))
                .method(method, HttpRequest.BodyPublishers.noBody());

        assertThat(new Visit(site).send(request).statusCode()).isEqualTo(405);
    }

    @Test
    void mail_serverDown_saysSoAndLaterWorksAgain() throws Exception {
        int closed;
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        try (Site broken = new Site(
                Map.of("sso.data", data.resolve("broken").toString(), "sso.imap.url", "imap://127.0.0.1:" + closed))) {
            Visit visit = new Visit(broken)
                    .withToken("alice@acme.example", broken.token("mail@acme.example", "alice@acme.example", "sso"));

            HttpResponse<String> answer = visit.get("/?_task=mail");

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(answer.body())
                    .contains("The mail server does not answer")
                    .doesNotContain("Exception");
            assertThat(visit.get("/?_task=settings").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void personalPage_isNotKept() throws Exception {
        assertThat(support("alice@acme.example", "sso")
                        .get("/?_task=mail")
                        .headers()
                        .firstValue("Cache-Control"))
                .contains("no-store");
    }

    @Test
    void styleSheet_underItsDigest_isKeptForever() throws Exception {
        Visit visit = new Visit(site);
        Matcher link = Pattern.compile("href=\"(/assets/style\\.css\\?v=[0-9a-f]+)\"")
                .matcher(visit.get("/").body());
        assertThat(link.find()).isTrue();

        assertThat(visit.get(link.group(1))
                        .headers()
                        .firstValue("Cache-Control")
                        .orElseThrow())
                .contains("immutable");
        assertThat(visit.get("/assets/style.css?v=old").headers().firstValue("Cache-Control"))
                .contains("no-cache");
    }
}
