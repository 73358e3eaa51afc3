package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.acceptance.RunningPostern;

/** The demo's own brands, by the names of its hosts, in both interfaces. */
class DemoBrandsIT {
    private static RunningPostern postern;
    private static Browser browser;

    @BeforeAll
    static void start() {
        // Globex's logout leads to a port that has to be known beforehand.
        postern = RunningPostern.demo().port(RunningPostern.freePort()).start();
        browser = Browser.knowing("*.localhost");
    }

    @AfterAll
    static void stop() {
        browser.close();
        postern.close();
    }

    @AfterEach
    void nothingWentWrong() {
        assertThat(browser.complaints()).isEmpty();
    }

    private static String at(String host) {
        return "http://" + host + ":" + postern.port();
    }

    private static void assertBrand(String name, String colour) {
        assertThat(browser.find(".brand").getText()).isEqualTo(name);
        assertThat(browser.find(".brand img").getDomProperty("naturalWidth")).isNotEqualTo("0");
        assertThat(browser.title()).endsWith(name);
        assertThat(browser.script(
                        "return getComputedStyle(document.documentElement).getPropertyValue('--brand').trim()"))
                .isEqualTo(colour);
    }

    @ParameterizedTest
    @CsvSource({
        "acme, Acme Mail, #b3261e, alice@acme.example, Call extension 4711",
        "globex, Globex Mail, #0f766e, dave@globex.example, For the people of Globex only."
    })
    void brand_isShownBeforeTheLogin_andInBothInterfaces(
            String host, String name, String colour, String mailbox, String text) {
        browser.go(at(host + ".localhost") + "/");
        browser.forgetEverything();
        assertBrand(name, colour);
        assertThat(browser.find(".lead").getText()).contains(text);

        browser.signIn(at(host + ".localhost"), mailbox, "demo-" + mailbox.replaceFirst("@.*", ""));
        assertThat(browser.has("#to-basic")).isTrue();
        assertBrand(name, colour);
        browser.click("#to-basic");
        assertThat(browser.has("#to-standard")).isTrue();
        assertBrand(name, colour);
        browser.leave(() -> browser.driver().navigate().refresh());
        assertBrand(name, colour);
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard", "basic"})
    void logoutOfGlobex_leadsToItsPortal_forOwnerAndSupport(String face) {
        String globex = at("globex.localhost");
        browser.go(globex + "/?_interface=" + face);
        browser.signIn(globex, "dave@globex.example", "demo-dave");
        browser.click("#logout");
        assertThat(browser.address()).isEqualTo(at("localhost") + "/");
        assertThat(browser.find(".brand").getText()).isEqualTo("Postern");

        String link = Desk.of(postern, "company@globex.example")
                .issue("dave@globex.example", "sso")
                .url();
        browser.go(link.replaceFirst("http://[^/]+", globex) + "&direct=1");
        assertThat(browser.has(face.equals("basic") ? "#to-standard" : "#to-basic"))
                .isTrue();
        browser.click("#support-end");
        assertThat(browser.address()).isEqualTo(at("localhost") + "/");
    }

    @Test
    void hostThatNobodyNamed_isNeutral() {
        browser.go(at("nobody.localhost") + "/");

        assertThat(browser.find(".brand").getText()).isEqualTo("Webmail");
        assertThat(browser.has(".brand img")).isFalse();
        assertThat(browser.source()).doesNotContain("Acme", "Globex", "nobody.localhost");
    }
}
