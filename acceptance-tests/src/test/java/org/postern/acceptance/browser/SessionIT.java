package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/** What a session shows and allows, in Chromium (contract, sections 3, 7 and 8). */
class SessionIT {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";
    private static final String POSTMASTER = "postmaster@acme.example";

    private static RunningPostern postern;
    private static Browser browser;
    private static Desk mail;
    private static Desk company;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        browser = Browser.open();
        mail = Desk.of(postern, "mail@acme.example");
        company = Desk.of(postern, "company@acme.example");
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

    private static void open(String url) {
        browser.go(url + "&direct=1");
        assertThat(browser.has("#logout")).as(browser.text()).isTrue();
    }

    private static void settings() {
        browser.go(postern.address() + "/?_task=settings");
    }

    // The support line

    @Test
    void supportLine_saysWhoWhyAndHowLong_onEveryPage() {
        open(mail.issue(ALICE, "sso", "\"reason\":\"Ticket <b>12</b> & \\\"more\\\" \u202Egnihton\"")
                .url());

        for (String task : new String[] {"mail", "settings"}) {
            browser.go(postern.address() + "/?_task=" + task);
            assertThat(browser.find("#support-issuer").getText()).isEqualTo("mail@acme.example");
            assertThat(browser.find("#support-reason").getDomProperty("textContent"))
                    .contains("Ticket <b>12</b> & \"more\"");
            assertThat(browser.find("#support-left").getText()).matches("(8 h|7 h 5\\d min)");
            Instant end = Instant.parse(browser.find("#support-left").getDomAttribute("datetime"));
            assertThat(Duration.between(Instant.now(), end)).isBetween(Duration.ofHours(7), Duration.ofHours(8));
        }
        browser.click("#messages a, #nav-mail");
        browser.click("#messages a");
        assertThat(browser.find("#support").isDisplayed()).isTrue();
    }

    @Test
    void supportLine_ofANormalToken_endsWithTheToken() {
        open(mail.issue(ALICE, "normal", "\"life\":1800").url());

        assertThat(browser.find("#support-left").getText()).matches("(29|28) min \\d\\d? s|30 min( 0 s)?");
    }

    @Test
    void supportLine_endNow_endsTheSession() {
        open(mail.issue(ALICE, "sso").url());

        browser.click("#support-end");

        assertThat(browser.has("#login")).isTrue();
        assertThat(browser.seesMailbox(postern.address())).isFalse();
    }

    // Settings

    @ParameterizedTest
    @ValueSource(strings = {"sso", "normal"})
    void tokenSession_cannotChangeThePassword_andIsToldWhy(String type) {
        open(mail.issue(ALICE, type).url());
        settings();

        assertThat(browser.has("#password-form")).isFalse();
        assertThat(browser.has("input[type=password]")).isFalse();
        assertThat(browser.find("#no-password-change").getText()).contains("login token", "cannot change");
    }

    @Test
    void tokenSession_thatPostsAPasswordChangeAllTheSame_isRefused() {
        open(mail.issue(ALICE, "sso").url());
        String session =
                browser.driver().manage().getCookies().iterator().next().getValue();
        String csrf = browser.find("#logout").getDomProperty("href").replaceFirst(".*_token=", "");

        Wire.Answer answer = Wire.post(
                postern.port(),
                "/?_task=settings",
                "_token=" + csrf + "&old=demo-alice&new=another-long-one&again=another-long-one",
                "Cookie: JSESSIONID=" + session);

        assertThat(answer.status()).isEqualTo(403);
        browser.forgetEverything();
        browser.signIn(postern.address(), ALICE, "demo-alice");
        assertThat(browser.has("#logout")).isTrue();
    }

    private static void change(String old, String fresh, String again) {
        settings();
        browser.find("#old").sendKeys(old);
        browser.find("#new").sendKeys(fresh);
        browser.find("#again").sendKeys(again);
        browser.click("#password-form button");
    }

    @Test
    void owner_changesHisPassword_andAllTokensAreDead() {
        String carol = "carol@acme-labs.example";
        Desk.Issued normal = company.issue(carol, "normal");
        Desk.Issued single = company.issue(carol, "sso");
        Desk.Issued open = company.issue(carol, "sso");
        try (Browser support = Browser.open()) {
            support.go(open.url() + "&direct=1");
            assertThat(support.has("#support")).isTrue();
            browser.signIn(postern.address(), carol, "demo-carol");

            change("not-her-password", "a-fresh-and-good-one", "a-fresh-and-good-one");
            assertThat(browser.find("#error").getText()).isEqualTo("The current password is wrong.");
            change("demo-carol", "a-fresh-and-good-one", "a-fresh-and-good-two");
            assertThat(browser.find("#error").getText()).isEqualTo("The two new passwords are not the same.");
            change("demo-carol", "password1", "password1");
            assertThat(browser.find("#error").getText()).contains("too easy");
            change("demo-carol", "a-fresh-and-good-one", "a-fresh-and-good-one");
            assertThat(browser.find("#done").getText()).contains("is changed", "Login tokens", "do not work");
            assertThat(browser.source()).doesNotContain("a-fresh-and-good-one");

            assertThat(browser.seesMailbox(postern.address()))
                    .as("her own session goes on")
                    .isTrue();
            assertEndsWithin5Seconds(support);
        }
        browser.forgetEverything();
        browser.go(normal.url() + "&direct=1");
        assertThat(browser.has("#login")).isTrue();
        browser.go(single.url() + "&direct=1");
        assertThat(browser.has("#login")).isTrue();
        browser.signIn(postern.address(), carol, normal.token());
        assertThat(browser.has("#error")).isTrue();
        browser.signIn(postern.address(), carol, "demo-carol");
        assertThat(browser.has("#error")).isTrue();
        browser.signIn(postern.address(), carol, "a-fresh-and-good-one");
        assertThat(browser.has("#messages")).isTrue();
    }

    // The admin tab

    @Test
    void adminTab_isThereForADomainAdministratorsMailbox_bySsoAdmin() {
        open(Desk.of(postern, "domain@acme.example")
                .issue(POSTMASTER, "sso_admin")
                .url());
        assertThat(browser.has("#nav-mail")).isTrue();

        browser.click("#nav-admin");

        assertThat(browser.find("#mailboxes").getText())
                .contains(ALICE, BOB, "suspended@acme.example")
                .doesNotContain("globex.example", "acme-labs.example");
        assertThat(browser.find("#support-issuer").getText()).isEqualTo("domain@acme.example");
        browser.find("#q").sendKeys("ali");
        browser.click("form.search button");
        assertThat(browser.find("#mailboxes").getText()).contains(ALICE).doesNotContain(BOB);
    }

    @Test
    void adminOnly_opensTheAdminTabAlone() {
        open(company.issue(POSTMASTER, "admin_only").url());

        assertThat(browser.address()).isEqualTo(postern.address() + "/?_task=admin");
        assertThat(browser.find("#mailboxes").getText()).contains(ALICE);
        assertThat(browser.has("#nav-mail")).isFalse();
        for (String task : new String[] {"mail", "mail&_uid=1-1", "part&_uid=1-1&_part=source"}) {
            browser.go(postern.address() + "/?_task=" + task);
            assertThat(browser.find("#problem").getText())
                    .isEqualTo("This session opens the admin tab alone, not the mailbox.");
            assertThat(browser.has("#messages")).isFalse();
        }
    }

    @Test
    void adminOnly_withoutDirect_movesOnToTheAdminTab() {
        browser.go(company.issue(POSTMASTER, "admin_only").url());

        browser.awaitAddress(postern.address() + "/?_task=admin");
        assertThat(browser.has("#mailboxes")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"alice@acme.example, sso", "alice@acme.example, normal", "postmaster@acme.example, sso"})
    void adminTab_isNotThereForAnybodyElse(String user, String type) {
        open(company.issue(user, type).url());
        assertThat(browser.has("#nav-admin")).isFalse();

        browser.go(postern.address() + "/?_task=admin");

        assertThat(browser.find("#problem").getText()).isEqualTo("This session does not open the admin tab.");
        assertThat(browser.has("#mailboxes")).isFalse();
    }

    // The language

    @Test
    void locale_ofTheMailbox_decidesWhereNothingElseDoes() {
        open(mail.issue(BOB, "sso").url());

        assertThat(browser.find("html").getDomAttribute("lang")).isEqualTo("de");
        assertThat(browser.find("#logout").getText()).isEqualTo("Abmelden");
    }

    @Test
    void locale_ofTheLoginUrl_winsOverTheMailboxs_andTheTokensOverBoth() {
        open(mail.issue(BOB, "sso").url() + "&locale=en");
        assertThat(browser.find("#logout").getText()).isEqualTo("Log out");

        open(mail.issue(BOB, "sso", "\"locale\":\"de\"").url() + "&locale=en");
        assertThat(browser.find("#logout").getText()).isEqualTo("Abmelden");

        open(mail.issue(ALICE, "sso").url() + "&locale=DE");
        assertThat(browser.find("#logout").getText()).isEqualTo("Abmelden");
    }

    @Test
    void locale_ofAFrenchLink_isTheLogoPages() {
        browser.go(mail.issue(BOB, "sso").url() + "&locale=fr");

        assertThat(browser.find("html").getDomAttribute("lang")).isEqualTo("fr");
        assertThat(browser.find("main a").getText()).isEqualTo("Continuer");
    }

    @ParameterizedTest
    @CsvSource({"'de-AT,de,en', de", "'ja,de', de", "ja, en"})
    void locale_ofTheBrowser_decidesOnTheLoginPage_andForAMailboxWithout(String languages, String expected) {
        try (Browser other = Browser.with(languages)) {
            other.go(postern.address() + "/");
            assertThat(other.find("html").getDomAttribute("lang")).isEqualTo(expected);

            other.go(mail.issue(ALICE, "sso").url() + "&direct=1");
            assertThat(other.find("html").getDomAttribute("lang")).isEqualTo(expected);
        }
    }

    // The click that a link through mail needs

    @Test
    void confirm_getBurnsNothing_andTheClickRedeems() {
        Desk.Issued issued = mail.issue(ALICE, "sso", "\"confirm\":true");
        for (int i = 0; i < 2; i++) {
            browser.go(issued.url());
            assertThat(browser.find("form button").getText()).isEqualTo("Log in");
            assertThat(browser.driver().manage().getCookies()).isEmpty();
            assertThat(mail.state(issued.id())).isEqualTo("live");
        }

        browser.find("form button").click();
        browser.awaitAddress(postern.address() + "/?_task=mail");

        assertThat(browser.find("#mailbox").getText()).isEqualTo(ALICE);
        assertThat(mail.state(issued.id())).isEqualTo("used");
        assertThat(browser.source()).doesNotContain(issued.token());
        try (Browser other = Browser.open()) {
            other.go(issued.url());
            assertThat(other.has("#login")).isTrue();
        }
    }

    @Test
    void confirm_withDirectAndATarget_keepsBothThroughTheClick() {
        try (Elsewhere elsewhere = Elsewhere.open()) {
            Desk.Issued issued = mail.issue(ALICE, "sso", "\"confirm\":true");
            browser.go(issued.url() + "&direct=1&logout_redirect=" + Wire.encode(elsewhere.otherSite() + "/x"));
            browser.click("form button");
            assertThat(browser.address()).isEqualTo(postern.address() + "/?_task=mail");

            browser.click("#logout");

            assertThat(browser.address()).isEqualTo(elsewhere.otherSite() + "/x");
        }
    }

    // The end from outside

    @ParameterizedTest
    @ValueSource(strings = {"sso", "normal"})
    void revokedToken_endsItsOpenSessionWithin5Seconds(String type) {
        Desk.Issued issued = mail.issue(ALICE, type);
        open(issued.url());

        mail.revoke(issued.id());

        assertEndsWithin5Seconds(browser);
        browser.go(issued.url() + "&direct=1");
        assertThat(browser.has("#messages")).isFalse();
    }

    private static void assertEndsWithin5Seconds(Browser of) {
        new WebDriverWait(of.driver(), Duration.ofSeconds(5), Duration.ofMillis(250)).until(d -> {
            of.go(postern.address() + "/?_task=mail");
            return of.has("#login");
        });
        assertThat(of.has("#messages")).isFalse();
    }
}
