package org.postern.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.AuditEvent;
import org.postern.core.service.Issuance;

/** A webmail that somebody else wrote gets login tokens by the jar and two settings, its code unchanged. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForeignHostTest {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";
    private static final String POSTMASTER = "postmaster@acme.example";
    private static final String FORM = "Please log in";
    private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([^\"]+)\"");

    private ForeignHost host;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        host = new ForeignHost(folder);
    }

    @AfterAll
    void stop() {
        host.close();
    }

    private String token(String user, String type) {
        return host.issuing.issue(user, type, "").value().reveal();
    }

    private ForeignHost.Browser inside(String user, String type) throws Exception {
        ForeignHost.Browser browser = host.browser();
        assertThat(browser.logIn(user, token(user, type)).body()).contains(user);
        return browser;
    }

    private static String csrf(HttpResponse<String> page) {
        Matcher field = CSRF.matcher(page.body());
        assertThat(field.find()).isTrue();
        return field.group(1);
    }

    @Test
    void host_namesNothingOfTheProduct() throws Exception {
        try (Stream<Path> sources = Files.walk(Path.of("src/test/java/com/example"))) {
            List<Path> files = sources.filter(Files::isRegularFile).toList();
            assertThat(files).hasSize(2);
            for (Path file : files) {
                assertThat(Files.readString(file)).doesNotContainIgnoringCase("postern");
            }
        }
    }

    @Test
    void ownPages_withoutASession_areTheHosts() throws Exception {
        assertThat(host.browser().get("/inbox").body()).contains(FORM);
        Raw.Answer help = host.raw().get("/help?_task=mail");
        assertThat(help.status()).isEqualTo(200);
        assertThat(help.body()).endsWith("<p>How to read mail.</p>");
        assertThat(help.all("Set-Cookie")).isEmpty();
        assertThat(host.raw().get("/none").status()).isEqualTo(404);
    }

    @Test
    void loginUrl_opensTheHostsInbox_once() throws Exception {
        String token = token(ALICE, "sso");
        ForeignHost.Browser browser = host.browser();

        HttpResponse<String> page = browser.logIn(ALICE, token);

        assertThat(page.uri().getPath()).isEqualTo("/inbox");
        assertThat(page.body()).contains("<h1>Inbox of alice@acme.example</h1>").doesNotContain("Domain");
        assertThat(browser.get("/inbox").body()).contains("Inbox of alice@acme.example");
        assertThat(host.browser().logIn(ALICE, token).body()).contains(FORM);
    }

    @Test
    void ownForm_takesItsOwnPassword_asBefore() throws Exception {
        ForeignHost.Browser browser = host.browser();
        assertThat(browser.post("/login", "user", BOB, "password", "guess").body())
                .contains("Wrong address or password.");
        HttpResponse<String> inbox = browser.post("/login", "user", BOB, "password", "bobs-own");
        assertThat(inbox.body()).contains("Inbox of bob@acme.example");
        browser.post("/logout", "csrf", csrf(inbox));
        assertThat(browser.get("/inbox").body()).contains(FORM);
    }

    @Test
    void roles_areTheTokens() throws Exception {
        assertThat(inside(POSTMASTER, "sso_admin").get("/inbox").body()).contains("Domain");
        assertThat(inside(POSTMASTER, "normal").get("/inbox").body()).doesNotContain("Domain");
    }

    @Test
    void locale_isTheTokens_elseTheMailboxs() throws Exception {
        ForeignHost.Browser browser = host.browser();
        String token = host.issuing.issue(ALICE, "sso", "de").value().reveal();
        assertThat(browser.logIn(ALICE, token).body()).contains("Posteingang von alice@acme.example");
        assertThat(inside(BOB, "sso").get("/inbox", "Accept-Language", "en").body())
                .contains("Posteingang von bob@acme.example");
    }

    @Test
    void logoutUrl_endsTheSession() throws Exception {
        ForeignHost.Browser browser = inside(ALICE, "normal");

        HttpResponse<String> page = browser.get("/?_task=logout", "Sec-Fetch-Site", "none");

        assertThat(page.uri().getPath()).isEqualTo("/login");
        assertThat(browser.get("/inbox").body()).contains(FORM);
    }

    @Test
    void ownLogout_endsTheTokensSession_andItsOwnCsrfTokenHolds() throws Exception {
        ForeignHost.Browser browser = host.browser();
        Issuance.Issued issued = host.issuing.issue(ALICE, "normal", "");
        String token = issued.value().reveal();
        HttpResponse<String> inbox = browser.logIn(ALICE, token);

        assertThat(browser.post("/logout", "csrf", "forged").statusCode()).isEqualTo(403);
        assertThat(browser.get("/inbox").body()).contains("Inbox of");
        assertThat(browser.post("/logout", "csrf", csrf(inbox)).body()).contains(FORM);

        assertThat(browser.get("/inbox").body()).contains(FORM);
        await(() -> ended(issued.token().id()));
    }

    private boolean ended(UUID token) {
        return host.issuing.events(AuditEvent.Type.SESSION_ENDED).stream()
                .anyMatch(event -> event.tokenId().filter(token::equals).isPresent());
    }

    @Test
    void revokedToken_endsTheSessionWithinSeconds() throws Exception {
        ForeignHost.Browser browser = host.browser();
        Issuance.Issued issued = host.issuing.issue(ALICE, "normal", "");
        assertThat(browser.logIn(ALICE, issued.value().reveal()).body()).contains("Inbox of");

        host.issuing.revoke(issued);

        await(() -> browser.get("/inbox").body().contains(FORM));
    }

    @Test
    void formThatAsksTheContainer_takesATokenToo() throws Exception {
        Issuance.Issued issued = host.issuing.issue(ALICE, "normal", "de");
        ForeignHost.Browser browser = host.browser();

        browser.post(
                "/container-login", "user", ALICE, "password", issued.value().reveal());

        HttpResponse<String> inbox = browser.get("/inbox");
        assertThat(inbox.body()).contains("Posteingang von alice@acme.example");
        browser.post("/logout", "csrf", csrf(inbox));
        await(() -> ended(issued.token().id()));
    }

    @Test
    void formThatAsksTheContainer_startsANewSession() throws Exception {
        Raw.Answer before = host.raw().post("/login", "user=" + BOB + "&password=bobs-own");
        String cookie = before.sessionCookie().orElseThrow();

        Raw.Answer after = host.raw()
                .post("/container-login", "user=" + ALICE + "&password=" + token(ALICE, "normal"), "Cookie: " + cookie);

        assertThat(after.sessionCookie().orElseThrow()).isNotEqualTo(cookie);
        assertThat(host.raw().get("/inbox", "Cookie: " + cookie).status()).isEqualTo(302);
    }

    @Test
    void formThatAsksTheContainer_takesTheContainersPasswords_howeverOften() throws Exception {
        for (int i = 0; i < 25; i++) {
            ForeignHost.Browser browser = host.browser();
            browser.post("/container-login", "user", BOB, "password", "bobs-own");
            assertThat(browser.get("/inbox").body()).contains("Inbox of bob@acme.example");
        }
        assertThat(host.browser()
                        .post("/container-login", "user", BOB, "password", "alices-own")
                        .body())
                .contains("Wrong address or password.");
    }

    @Test
    void formThatAsksTheContainer_takesNoSingleUseToken_andSpendsNone() throws Exception {
        String token = token(ALICE, "sso");
        assertThat(host.browser()
                        .post("/container-login", "user", ALICE, "password", token)
                        .body())
                .contains("Wrong address or password.");
        assertThat(host.browser().logIn(ALICE, token).body()).contains("Inbox of");
    }

    @Test
    void formThatAsksTheContainer_withinATokensSession_isRefused_untilItIsLeft() throws Exception {
        ForeignHost.Browser browser = inside(ALICE, "normal");
        String token = token(POSTMASTER, "normal_admin");

        assertThat(browser.post("/container-login", "user", BOB, "password", "bobs-own")
                        .body())
                .contains("Wrong address or password.");
        assertThat(browser.get("/inbox").body()).contains("Inbox of alice@acme.example");
        browser.post("/container-login", "somebody-else", "1", "user", BOB, "password", "bobs-own");
        for (int i = 0; i < 2; i++) {
            assertThat(browser.get("/inbox").body()).contains("Inbox of bob@acme.example");
        }
        ForeignHost.Browser other = inside(ALICE, "normal");
        other.post("/container-login", "somebody-else", "1", "user", POSTMASTER, "password", token);
        assertThat(other.get("/inbox").body()).contains("Inbox of postmaster@acme.example", "Domain");
    }

    @Test
    void formThatAsksTheContainer_afterTooManyGuesses_isRefused(@TempDir Path folder) throws Exception {
        Clock standsStill = Clock.fixed(Instant.now(), ZoneOffset.UTC);
        try (ForeignHost own = new ForeignHost(folder, new IssuingService(standsStill))) {
            for (int i = 0; i < 20; i++) {
                own.browser().post("/container-login", "user", BOB, "password", "guess-" + i);
            }
            for (String right :
                    List.of(own.issuing.issue(BOB, "normal", "").value().reveal(), "bobs-own")) {
                assertThat(own.browser()
                                .post("/container-login", "user", BOB, "password", right)
                                .body())
                        .contains("Wrong address or password.");
            }
        }
    }

    @Test
    void issuingServiceThatIsDown_takesNobodysOwnPasswordAway(@TempDir Path folder) throws Exception {
        try (ForeignHost own = new ForeignHost(folder)) {
            own.issuing.falls();
            ForeignHost.Browser browser = own.browser();
            assertThat(browser.get("/help").statusCode()).isEqualTo(200);
            browser.post("/login", "user", ALICE, "password", "alices-own");
            assertThat(browser.get("/inbox").body()).contains("Inbox of alice@acme.example");
            ForeignHost.Browser other = own.browser();
            other.post("/container-login", "user", BOB, "password", "bobs-own");
            assertThat(other.get("/inbox").body()).contains("Inbox of bob@acme.example");
        }
    }

    /** Within the five seconds of the contract. */
    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + 5_000_000_000L;
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("five seconds are over").isLessThan(end);
            Thread.sleep(50);
        }
    }
}
