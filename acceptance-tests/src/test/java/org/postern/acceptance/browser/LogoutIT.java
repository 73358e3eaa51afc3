package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/** Logout in Chromium: where it leads, what is left, and who cannot cause it (contract, sections 7 and 8). */
class LogoutIT {
    private static final String ALICE = "alice@acme.example";

    private static RunningPostern postern;
    private static Browser browser;
    private static Desk desk;
    private static Elsewhere elsewhere;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        elsewhere = Elsewhere.open();
        browser = Browser.open();
        desk = Desk.of(postern, "mail@acme.example");
    }

    @AfterAll
    static void stop() {
        browser.close();
        elsewhere.close();
        postern.close();
    }

    @BeforeEach
    void newVisitor() {
        browser.go(postern.address() + "/?_task=login").forgetEverything();
        elsewhere.forget();
    }

    private void logIn(String more) {
        browser.go(desk.issue(ALICE, "sso").url() + more);
        browser.awaitAddress(postern.address() + "/?_task=mail");
    }

    private static String target(String url) {
        return "&logout_redirect=" + Wire.encode(url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"#logout", "#support-end"})
    void logout_withDirect_arrivesAtTheTarget_withoutAReferrer(String link) {
        logIn("&direct=1" + target(elsewhere.otherSite() + "/x?a=1&b=2"));

        browser.click(link);

        assertThat(browser.address()).isEqualTo(elsewhere.otherSite() + "/x?a=1&b=2");
        assertThat(browser.has("#elsewhere")).isTrue();
        assertThat(browser.script("return document.referrer")).isEqualTo("");
        assertThat(elsewhere.visits("/x?a=1&b=2")).singleElement().satisfies(visit -> {
            assertThat(visit.method()).isEqualTo("GET");
            assertThat(visit.referer()).isEmpty();
            assertThat(visit.cookie()).isEmpty();
        });
        assertThat(browser.seesMailbox(postern.address())).isFalse();
    }

    @Test
    void logout_fromTheBasicInterface_arrivesAtTheTargetToo() {
        browser.go(postern.address() + "/?_interface=basic");
        logIn("&direct=1" + target(elsewhere.otherSite() + "/x"));
        assertThat(browser.has("#to-standard")).isTrue();

        browser.click("#logout");

        assertThat(browser.address()).isEqualTo(elsewhere.otherSite() + "/x");
        assertThat(elsewhere.visits("/x"))
                .singleElement()
                .satisfies(v -> assertThat(v.referer()).isEmpty());
    }

    @Test
    void logout_withDirect_arrivesAtAnotherOriginOfTheSameSite() {
        logIn("&direct=1" + target(elsewhere.address() + "/x"));

        browser.click("#logout");

        assertThat(browser.address()).isEqualTo(elsewhere.address() + "/x");
        assertThat(elsewhere.visits("/x"))
                .singleElement()
                .satisfies(v -> assertThat(v.referer()).isEmpty());
    }

    /** Somebody who comes by a link from another site is asked first; Chromium then holds form-action against him. */
    @Test
    void logout_throughTheQuestion_arrivesAtTheTargetToo() {
        logIn("&direct=1" + target(elsewhere.otherSite() + "/x"));
        elsewhere.page("/link", page("<a id=go href='" + postern.address() + "/?_task=logout'>out</a>"));
        browser.go(elsewhere.otherSite() + "/link");
        browser.click("#go");

        browser.find("main button").click();
        browser.awaitAddress(elsewhere.otherSite() + "/x");

        assertThat(elsewhere.visits("/x"))
                .singleElement()
                .satisfies(v -> assertThat(v.referer()).isEmpty());
        assertThat(browser.seesMailbox(postern.address())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&direct=0", "&direct=true"})
    void logout_withoutDirect_staysHere(String direct) {
        logIn(direct + target(elsewhere.otherSite() + "/x"));

        browser.click("#logout");

        assertThat(browser.address()).startsWith(postern.address() + "/");
        assertThat(browser.has("#login")).isTrue();
        assertThat(elsewhere.visits()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "javascript:location='http://localhost:PORT/x'",
                "//localhost:PORT/x",
                "http:localhost:PORT/x",
                "/\\localhost:PORT/x",
                "http://user@localhost:PORT/x",
                "http://localhost:PORT\\@127.0.0.1/x",
                " http://localhost:PORT/x",
                "data:text/html,x"
            })
    void logout_withATargetThatIsNoCleanUrl_staysHere(String url) {
        logIn("&direct=1" + target(url.replace("PORT", Integer.toString(elsewhere.port()))));

        browser.click("#logout");

        assertThat(browser.address()).startsWith(postern.address() + "/");
        assertThat(browser.has("#login")).isTrue();
        assertThat(elsewhere.visits()).isEmpty();
    }

    @Test
    void logoutRequest_cannotBringATargetOfItsOwn() {
        logIn("&direct=1");

        String link = browser.find("#logout").getDomProperty("href");
        browser.go(link + target(elsewhere.otherSite() + "/x") + "&direct=1");

        assertThat(browser.address()).startsWith(postern.address() + "/");
        assertThat(elsewhere.visits()).isEmpty();
    }

    @Test
    void target_isForgottenAtTheEndOfItsSession() {
        logIn("&direct=1" + target(elsewhere.otherSite() + "/x"));
        browser.click("#logout");
        elsewhere.forget();

        logIn("&direct=1");
        browser.click("#logout");

        assertThat(browser.has("#login")).isTrue();
        assertThat(elsewhere.visits()).isEmpty();
    }

    @Test
    void backKey_afterLogout_showsNoMailboxPage() {
        logIn("&direct=1");
        browser.click("#messages a");
        browser.go(postern.address() + "/?_task=settings");
        browser.click("#logout");
        assertThat(browser.has("#login")).isTrue();

        for (int i = 0; i < 3; i++) {
            browser.leave(() -> browser.driver().navigate().back());
            assertThat(browser.has("#login")).as(browser.address()).isTrue();
            assertThat(browser.source()).doesNotContain(ALICE);
        }
    }

    @Test
    void backKey_afterAnOwnersLogout_showsNoMailboxPage() {
        browser.signIn(postern.address(), ALICE, "demo-alice");
        browser.click("#logout");
        assertThat(browser.has("#login")).isTrue();

        browser.leave(() -> browser.driver().navigate().back());

        assertThat(browser.has("#messages")).isFalse();
        assertThat(browser.text()).doesNotContain(ALICE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<img id=done src='LOGOUT' onerror=\"document.title='done'\" onload=\"document.title='done'\">",
                "<iframe src='LOGOUT' onload=\"document.title='done'\"></iframe>",
                "<form id=go action='LOGOUT' method=post><input name=_token value=x></form>"
                        + "<script>document.getElementById('go').submit()</script>",
                "<form id=go action='ROOT'><input name=_task value=logout></form>"
                        + "<script>document.getElementById('go').submit()</script>",
                "<a id=go href='LOGOUT'>out</a><script>document.getElementById('go').click()</script>",
                "<meta http-equiv=refresh content='0; url=LOGOUT'>",
                "<script>fetch('LOGOUT',{mode:'no-cors',credentials:'include'}).finally(()=>document.title='done')"
                        + "</script>",
                "<script>const w=window.open('LOGOUT','_self')</script>",
                "<link rel=stylesheet href='LOGOUT' onerror=\"document.title='done'\">",
                "<link rel=prefetch href='LOGOUT' onload=\"document.title='done'\" onerror=\"document.title='done'\">"
            })
    void pageOfAnotherSite_cannotEndTheSession(String attack) {
        logIn("&direct=1");
        assertAttackFails(elsewhere.otherSite(), attack);
    }

    /** 127.0.0.1 with another port is the same site, so Chromium sends the cookie along. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<img src='LOGOUT' onerror=\"document.title='done'\" onload=\"document.title='done'\">",
                "<iframe src='LOGOUT' onload=\"document.title='done'\"></iframe>",
                "<form id=go action='LOGOUT' method=post></form><script>document.getElementById('go').submit()</script>",
                "<a id=go href='LOGOUT'>out</a><script>document.getElementById('go').click()</script>"
            })
    void pageOfAnotherOrigin_cannotEndTheSession(String attack) {
        logIn("&direct=1");
        assertAttackFails(elsewhere.address(), attack);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<img src='LOGOUT' onerror=\"document.title='done'\" onload=\"document.title='done'\">",
                "<form id=go action='LOGOUT' method=post></form><script>document.getElementById('go').submit()</script>",
                "<a id=go href='LOGOUT'>out</a><script>document.getElementById('go').click()</script>"
            })
    void pageOfAnotherOrigin_cannotEndAnOwnersSession(String attack) {
        browser.signIn(postern.address(), ALICE, "demo-alice");
        assertAttackFails(elsewhere.address(), attack);
    }

    private void assertAttackFails(String from, String attack) {
        elsewhere.page(
                "/attack",
                page(attack.replace("LOGOUT", postern.address() + "/?_task=logout")
                        .replace("ROOT", postern.address() + "/")));

        browser.go(from + "/attack");
        browser.await(d -> "done".equals(d.getTitle()) || d.getCurrentUrl().startsWith(postern.address()));

        assertThat(browser.seesMailbox(postern.address())).isTrue();
    }

    private static String page(String body) {
        return "<!DOCTYPE html><html lang=en><head><title>Elsewhere</title></head><body>" + body + "</body></html>";
    }
}
