package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.acceptance.RunningPostern;

/** The login link and the login form in Chromium (contract, section 7). */
class LoginIT {
    private static final String ALICE = "alice@acme.example";

    private static RunningPostern postern;
    private static Browser browser;
    private static Desk desk;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        browser = Browser.open();
        desk = Desk.of(postern, "mail@acme.example");
    }

    @AfterAll
    static void stop() {
        browser.close();
        postern.close();
    }

    @BeforeEach
    void newVisitor() {
        browser.go(postern.address() + "/?_task=login").forgetEverything();
    }

    @Test
    void link_showsTheLogo_andMovesOnToTheMailboxByItself() {
        Desk.Issued issued = desk.issue(ALICE, "sso");

        browser.go(issued.url());
        assertThat(browser.find("main img").getDomProperty("naturalWidth")).isNotEqualTo("0");
        assertThat(browser.find("main a").getDomProperty("href")).isEqualTo(postern.address() + "/?_task=mail");
        browser.awaitAddress(postern.address() + "/?_task=mail");

        assertThat(browser.find("#mailbox").getText()).isEqualTo(ALICE);
        assertHoldsNothingOf(browser, issued);
    }

    @Test
    void link_withScriptsOff_movesOnToo() {
        try (Browser quiet = Browser.withoutScript()) {
            quiet.go("data:text/html,<p id=p>before</p><script>document.getElementById('p').id='ran'</script>");
            assertThat(quiet.has("#ran")).as("scripts are off").isFalse();

            quiet.go(desk.issue(ALICE, "sso").url());
            quiet.awaitAddress(postern.address() + "/?_task=mail");

            assertThat(quiet.find("#mailbox").getText()).isEqualTo(ALICE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&direct=1"})
    void backKey_afterLogin_comesToNoAddressWithTheToken(String direct) {
        Desk.Issued issued = desk.issue(ALICE, "sso");
        browser.go(issued.url() + direct);
        browser.awaitAddress(postern.address() + "/?_task=mail");

        browser.leave(() -> browser.driver().navigate().back());

        assertThat(browser.address()).isEqualTo(postern.address() + "/?_task=login");
    }

    @Test
    void link_withDirect_opensTheMailboxAtOnce() {
        Desk.Issued issued = desk.issue(ALICE, "sso");

        browser.go(issued.url() + "&direct=1");

        assertThat(browser.address()).isEqualTo(postern.address() + "/?_task=mail");
        assertThat(browser.find("#mailbox").getText()).isEqualTo(ALICE);
        assertHoldsNothingOf(browser, issued);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "true", "yes", "11", ""})
    void link_withAnotherValueOfDirect_showsTheLogo(String direct) {
        browser.go(desk.issue(ALICE, "sso").url() + "&direct=" + direct);

        assertThat(browser.has("meta[http-equiv=refresh]")).isTrue();
    }

    private static void assertHoldsNothingOf(Browser browser, Desk.Issued issued) {
        assertThat(browser.script("return document.referrer")).isEqualTo("");
        assertThat(browser.address()).doesNotContain(issued.token());
        assertThat(browser.source()).doesNotContain(issued.token());
        assertThat(browser.script("return document.cookie"))
                .as("what a script can read")
                .isEqualTo("");
        assertThat((String) browser.script("return JSON.stringify([location.href, history.state,"
                        + " {...localStorage}, {...sessionStorage}, performance.getEntries().map(e => e.name)])"))
                .doesNotContain(issued.token());
    }

    @Test
    void sessionCookie_isForTheServerAlone() {
        browser.go(desk.issue(ALICE, "sso").url() + "&direct=1");

        assertThat(browser.driver().manage().getCookies()).hasSize(1).allSatisfy(cookie -> {
            assertThat(cookie.isHttpOnly()).isTrue();
            assertThat(cookie.getSameSite()).isEqualTo("Lax");
            assertThat(cookie.getPath()).isEqualTo("/");
            assertThat(cookie.getExpiry()).as("gone with the browser").isNull();
        });
    }

    @Test
    void link_openedAgainByItsBrowser_leadsIntoTheSessionThatItHas() {
        Desk.Issued issued = desk.issue(ALICE, "sso");
        browser.go(issued.url() + "&direct=1");
        String session = browser.driver().manage().getCookies().toString();

        browser.go(issued.url() + "&direct=1");

        assertThat(browser.address()).isEqualTo(postern.address() + "/?_task=mail");
        assertThat(browser.find("#mailbox").getText()).isEqualTo(ALICE);
        assertThat(browser.driver().manage().getCookies().toString()).isEqualTo(session);
    }

    @Test
    void reloadOfTheLogoPage_leadsIntoTheSession() {
        browser.go(desk.issue(ALICE, "sso").url());
        browser.leave(() -> browser.driver().navigate().refresh());

        browser.awaitAddress(postern.address() + "/?_task=mail");
        assertThat(browser.find("#mailbox").getText()).isEqualTo(ALICE);
    }

    @Test
    void link_fromAnotherBrowser_isRefused() {
        Desk.Issued issued = desk.issue(ALICE, "sso");
        browser.go(issued.url() + "&direct=1");

        try (Browser other = Browser.open()) {
            other.go(issued.url() + "&direct=1");

            assertThat(other.has("#login")).isTrue();
            assertThat(other.has("#mailbox")).isFalse();
            assertThat(other.source()).doesNotContain(issued.token());
            assertThat(other.seesMailbox(postern.address())).isFalse();
        }
        assertThat(browser.seesMailbox(postern.address())).isTrue();
    }

    @Test
    void link_ofAnotherMailbox_replacesTheSession() {
        browser.go(desk.issue(ALICE, "sso").url() + "&direct=1");

        browser.go(desk.issue("bob@acme.example", "sso").url() + "&direct=1");

        assertThat(browser.find("#mailbox").getText()).isEqualTo("bob@acme.example");
    }

    @Test
    void form_takesANormalToken() {
        browser.signIn(postern.address(), ALICE, desk.issue(ALICE, "normal").token());

        assertThat(browser.address()).isEqualTo(postern.address() + "/?_task=mail");
        assertThat(browser.find("#mailbox").getText()).isEqualTo(ALICE);
        assertThat(browser.has("#support")).isTrue();
    }

    @Test
    void form_refusesASingleUseToken_whichStillOpensItsLink() {
        Desk.Issued issued = desk.issue(ALICE, "sso");

        browser.signIn(postern.address(), ALICE, issued.token());
        assertThat(browser.has("#mailbox")).isFalse();
        String refusal = browser.find("#error").getText();

        browser.signIn(postern.address(), ALICE, "wrong-and-never-issued");
        assertThat(browser.find("#error").getText())
                .as("the reason is not told")
                .isEqualTo(refusal);
        browser.go(issued.url() + "&direct=1");
        assertThat(browser.find("#mailbox").getText()).isEqualTo(ALICE);
    }

    @Test
    void form_takesTheOwnPassword_withoutASupportLine() {
        browser.signIn(postern.address(), ALICE, "demo-alice");

        assertThat(browser.address()).isEqualTo(postern.address() + "/?_task=mail");
        assertThat(browser.find("#mailbox").getText()).isEqualTo(ALICE);
        assertThat(browser.has("#support")).isFalse();
    }

    @Test
    void link_withTheOwnPassword_signsIn_andShowsItNowhere() {
        browser.go(Desk.link(postern, ALICE, "demo-alice", ""));

        browser.awaitAddress(postern.address() + "/?_task=mail");
        assertThat(browser.find("#mailbox").getText()).isEqualTo(ALICE);
        assertThat(browser.source()).doesNotContain("demo-alice");
        assertThat(browser.script("return document.referrer")).isEqualTo("");
    }

    @ParameterizedTest
    @ValueSource(strings = {ALICE, "nobody@acme.example", "suspended@acme.example", "not an address"})
    void wrongPassword_isSaidInTheSameWords_whoeverItIs(String user) {
        browser.signIn(postern.address(), user, "surely-wrong");

        assertThat(browser.find("#error").getText())
                .isEqualTo("Address or password is wrong, or they do not work any more.");
        assertThat(browser.find("#error").getDomAttribute("role")).isEqualTo("alert");
        // What is no address may be a secret in the wrong field.
        assertThat(browser.find("#user").getDomProperty("value")).isEqualTo(user.contains("@") ? user : "");
        assertThat(browser.find("#pass").getDomProperty("value")).isEmpty();
        assertThat(browser.has("#mailbox")).isFalse();
        assertThat(URI.create(browser.address()).getRawQuery()).doesNotContain("wrong");
    }

    @Test
    void wrongToken_inALink_leavesTheSessionOfTheVisitorAlone() {
        browser.go(desk.issue(ALICE, "sso").url() + "&direct=1");

        browser.go(Desk.link(postern, ALICE, "0123456789abcdef0123456789abcdef", "&direct=1"));

        assertThat(browser.has("#error")).isTrue();
        assertThat(browser.seesMailbox(postern.address())).isTrue();
    }

    @Test
    void suspendedOwner_withTheRightPassword_isRefusedInTheSameWords() {
        browser.signIn(postern.address(), "suspended@acme.example", "demo-suspended");

        assertThat(browser.find("#error").getText())
                .isEqualTo("Address or password is wrong, or they do not work any more.");
        assertThat(browser.has("#mailbox")).isFalse();
    }
}
