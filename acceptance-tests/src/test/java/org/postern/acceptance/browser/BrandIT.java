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

/** Brands by host name, and sessions that run out (contract, sections 3 and 8), in Chromium. */
class BrandIT {
    private static final String ALICE = "alice@acme.example";
    private static final String NORTH = "mail.nordlicht.example";
    private static final String UNKNOWN = "mail.nordlicht.example.evil.example";

    private static RunningPostern postern;
    private static Elsewhere elsewhere;
    private static Browser browser;
    private static Desk desk;

    @BeforeAll
    static void start() {
        elsewhere = Elsewhere.open();
        postern = RunningPostern.demo()
                .setting("sso.brands", "north")
                .setting("sso.brand.north.hosts", NORTH + ",webmail.nordlicht.example")
                .setting("sso.brand.north.name", "Nordlicht <Mail> & more")
                .setting("sso.brand.north.color", "#0f766e")
                .setting("sso.brand.north.logo", "/assets/logo.svg")
                .setting("sso.brand.north.login-text", "Mail for Nordlicht and its friends.")
                .setting("sso.brand.north.logout-redirect", elsewhere.otherSite() + "/bye")
                .setting("sso.session.max-life", "PT6S")
                .start();
        browser = Browser.knowing(NORTH, "webmail.nordlicht.example", UNKNOWN);
        desk = Desk.of(postern, "mail@acme.example");
    }

    @AfterAll
    static void stop() {
        browser.close();
        postern.close();
        elsewhere.close();
    }

    @BeforeEach
    void newVisitor() {
        browser.go(at(NORTH) + "/?_task=login").forgetEverything();
        elsewhere.forget();
    }

    private static String at(String host) {
        return "http://" + host + ":" + postern.port();
    }

    private static String link(String host, String more) {
        return desk.issue(ALICE, "sso").url().replace(postern.address(), at(host)) + more;
    }

    @ParameterizedTest
    @ValueSource(strings = {NORTH, "webmail.nordlicht.example", "MAIL.Nordlicht.example"})
    void host_ofABrand_showsNameLogoColourAndText(String host) {
        browser.go(at(host) + "/");

        assertThat(browser.find(".brand").getText()).isEqualTo("Nordlicht <Mail> & more");
        assertThat(browser.find(".brand img").getDomProperty("naturalWidth")).isNotEqualTo("0");
        assertThat(browser.title()).endsWith("Nordlicht <Mail> & more");
        assertThat(browser.text()).contains("Mail for Nordlicht and its friends.");
        assertThat(browser.find("#signin").getCssValue("background-color")).isEqualTo("rgba(15, 118, 110, 1)");
    }

    @Test
    void host_thatNobodyNamed_isNeutral_andShownNowhere() {
        browser.go(at(UNKNOWN) + "/");

        assertThat(browser.find(".brand").getText()).isEqualTo("Webmail");
        assertThat(browser.has(".brand img")).isFalse();
        assertThat(browser.source()).doesNotContain("Nordlicht", "evil.example");

        browser.go(link(UNKNOWN, ""));
        browser.awaitAddress(at(UNKNOWN) + "/?_task=mail");
        assertThat(browser.source()).doesNotContain("Nordlicht", "evil.example");
        browser.click("#logout");
        assertThat(browser.address()).isEqualTo(at(UNKNOWN) + "/");
        assertThat(elsewhere.visits()).isEmpty();
    }

    @Test
    void logoPage_isTheBrands() {
        browser.go(desk.issue(ALICE, "sso", "\"confirm\":true").url().replace(postern.address(), at(NORTH)));

        assertThat(browser.find("h1").getText()).isEqualTo("Nordlicht <Mail> & more");
        assertThat(browser.find("main img").getDomProperty("naturalWidth")).isNotEqualTo("0");
        assertThat(browser.find("form button").getCssValue("background-color")).isEqualTo("rgba(15, 118, 110, 1)");
    }

    @Test
    void logout_goesWhereTheBrandSays_forOwnerAndSupport_withoutDirect() {
        browser.signIn(at(NORTH), ALICE, "demo-alice");
        browser.click("#logout");
        assertThat(browser.address()).isEqualTo(elsewhere.otherSite() + "/bye");
        assertThat(browser.has("#elsewhere")).isTrue();

        browser.go(link(NORTH, ""));
        browser.awaitAddress(at(NORTH) + "/?_task=mail");
        browser.click("#support-end");
        assertThat(browser.address()).isEqualTo(elsewhere.otherSite() + "/bye");
        assertThat(elsewhere.visits("/bye"))
                .allSatisfy(v -> assertThat(v.referer()).isEmpty());
    }

    @Test
    void logout_ofASessionWithItsOwnTarget_goesThere() {
        browser.go(link(NORTH, "&direct=1&logout_redirect=" + Wire.encode(elsewhere.otherSite() + "/portal")));

        browser.click("#logout");

        assertThat(browser.address()).isEqualTo(elsewhere.otherSite() + "/portal");
    }

    @Test
    void session_thatRanOut_asksToLogIn_andSaysWhy() {
        browser.go(link(NORTH, "&direct=1"));
        assertThat(browser.has("#messages")).isTrue();

        browser.await(d -> browser.go(at(NORTH) + "/?_task=mail").has("#login"));

        assertThat(browser.find("#ended").getText()).isEqualTo("Your session has ended. Please log in again.");
        assertThat(browser.has("#support") || browser.has("#messages")).isFalse();
        browser.signIn(at(NORTH), ALICE, "demo-alice");
        assertThat(browser.has("#messages")).isTrue();
        assertThat(browser.has("#ended")).isFalse();
    }

    @Test
    void visitor_withoutASession_isToldOfNone() {
        browser.go(at(NORTH) + "/?_task=mail");

        assertThat(browser.has("#login")).isTrue();
        assertThat(browser.has("#ended")).isFalse();
    }
}
