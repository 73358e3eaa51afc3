package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.support.ui.Select;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/** The console's overview: its numbers are those of what was done, and each administrator sees those of his domains. */
class OverviewIT {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";
    /** So that a fault is looked at that no server can be brought to on purpose within a test of the page. */
    private static final String FAULT = "window.real = window.real || fetch; window.fetch = (url, options) =>"
            + " String(url).includes('/overview') ? Promise.resolve(new Response('', {status: 503})) : real(url, options);";

    private static RunningPostern postern;
    private static Browser browser;
    private static Console console;

    /**
     * In acme.example: four tokens are issued, the demo's own among them, and one is not; three logins, two refusals. In
     * acme-labs.example one token is issued. In Globex nothing happens.
     */
    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        browser = Browser.open();
        console = new Console(postern, browser);
        Desk mail = Desk.of(postern, "mail@acme.example");
        Desk domain = Desk.of(postern, "domain@acme.example");
        String single = mail.issue(ALICE, "sso").token();
        mail.issue(ALICE, "sso");
        String normal = domain.issue(BOB, "normal").token();
        Desk.of(postern, "company@acme.example").issue("carol@acme-labs.example", "sso");
        assertThat(login(ALICE, single)).isEqualTo(303);
        assertThat(login(BOB, normal)).isEqualTo(303);
        assertThat(login(BOB, normal)).isEqualTo(303);
        assertThat(login(ALICE, single)).isNotEqualTo(303);
        assertThat(login(BOB, "no such token")).isNotEqualTo(303);
        assertThat(mail.call(
                                "POST",
                                "/sso/v1/tokens",
                                "{\"user\":\"postmaster@acme.example\",\"type\":\"sso\",\"reason\":\"T\"}")
                        .status())
                .isEqualTo(403);
    }

    private static int login(String user, String token) {
        String query = "/?_task=login&_action=login&direct=1&user=" + Wire.encode(user) + "&pass=" + Wire.encode(token);
        return Wire.get(postern.port(), query).status();
    }

    @AfterAll
    static void stop() {
        browser.close();
        postern.close();
    }

    @BeforeEach
    void inEnglishOnADesk() {
        browser.go(postern.address() + "/console/");
        browser.script("localStorage.clear()");
        browser.size(1280, 860);
    }

    @AfterEach
    void nothingWasWrong() {
        assertThat(browser.complaints()).isEmpty();
    }

    /** Read at once: the page draws its charts anew when its width changes. */
    private static List<String> texts(String selector) {
        Object texts = browser.script(
                "return [...document.querySelectorAll(arguments[0])]"
                        + ".map(e => e.cells ? [...e.cells].map(c => c.textContent).join(' ') : e.textContent)",
                selector);
        return ((List<?>) texts).stream().map(String::valueOf).toList();
    }

    private static void await(String selector, String... expected) {
        browser.await(d -> texts(selector).equals(List.of(expected)));
    }

    @ParameterizedTest
    @CsvSource({"mail, 4, 403", "domain, 4, 403", "company, 5, 200"})
    void numbers_areExactlyWhatWasDone_inOnesOwnDomains(String role, String issued, long labs) {
        console.signIn(role).overview();

        await(".figure b", issued, "3", "2", "1");
        boolean all = role.equals("company");
        assertThat(texts("#types tbody tr"))
                .containsExactly(
                        "Normal session 1 2",
                        "Normal session with Admin 0 0",
                        all ? "SSO session 4 1" : "SSO session 3 1",
                        "SSO session with Admin 0 0",
                        "Admin-only session 0 0");
        assertThat(texts("#administrators tbody tr").subList(0, 2))
                .isEqualTo(List.of("mail@acme.example 3 1", "domain@acme.example 1 2"));
        assertThat(texts("#administrators tbody tr")).hasSize(all ? 3 : 2);
        assertThat(texts("#reasons-refused tbody tr"))
                .containsExactlyInAnyOrder("Already used 1", "No such token for this mailbox 1");
        assertThat(texts("#reasons-issue_refused tbody tr")).containsExactly("Mailbox has the higher role 1");
        assertThat(browser.has("#domain")).isEqualTo(all);

        assertThat(console.status("GET", "overview?domain=acme-labs.example", "", ""))
                .isEqualTo(labs);
        assertThat(console.status("GET", "overview?domain=globex.example", "", ""))
                .isEqualTo(403);
        assertThat(browser.script("return document.querySelectorAll('#course .step').length"))
                .isEqualTo(7L);
        browser.find("#course summary").click();
        assertThat(sum("#course tbody td:nth-child(2)")).isEqualTo(Integer.parseInt(issued));
        assertThat(sum("#course tbody td:nth-child(3)")).isEqualTo(3);
        assertThat(sum("#refusals tbody td")).isEqualTo(3);
    }

    private static int sum(String cells) {
        return texts(cells).stream().mapToInt(Integer::parseInt).sum();
    }

    @Test
    void domain_leavesOutTheOthers_andStaysWhenThePageIsLoadedAnew() {
        console.signIn("company").overview();
        new Select(browser.find("#domain")).selectByValue("acme-labs.example");
        await(".figure b", "1", "0", "0", "0");
        browser.see("#refusals-title + p", "No refusals in this time");

        browser.driver().navigate().refresh();
        await(".figure b", "1", "0", "0", "0");
        assertThat(browser.find("#domain").getDomProperty("value")).isEqualTo("acme-labs.example");
    }

    @Test
    void byKeyboardAlone_fromPeriodToTheRowsBehindAFigure() {
        console.signIn("mail").overview();
        browser.tabTo("[name=period]");
        browser.press(Keys.ARROW_RIGHT);
        browser.await(d -> texts("#course tbody th").size() == 30
                || browser.all("#course .step").size() == 30);
        assertThat(browser.address()).contains("period=month");
        assertThat(browser.hasFocus("[value=month]")).isTrue();

        browser.tabTo("#figure-refused a");
        browser.press(Keys.ENTER);
        browser.awaitElement("#audit");
        assertThat(browser.all("#audit tbody tr")).hasSize(2);
        assertThat(browser.find("#event").getDomProperty("value")).isEqualTo("refused");

        browser.driver().navigate().back();
        browser.awaitElement("#administrators");
        browser.tabTo("#administrators a[href*=domain]");
        browser.press(Keys.ENTER);
        browser.await(d -> browser.has("#audit") && browser.text().contains("domain@acme.example"));
        assertThat(browser.find("#admin").getDomProperty("value")).isEqualTo("domain@acme.example");
        assertThat(browser.find("#since").getDomProperty("value")).isNotEmpty();
    }

    @Test
    void page_inEveryState_canBeReadByAll() {
        console.signIn("company").overview();
        Look look = new Look(browser, "en");
        browser.all(".drawn summary").forEach(summary -> summary.click());
        look.at("overview");

        browser.script(FAULT);
        browser.find("[value=day]").click();
        browser.see("[role=alert]", "The service does not answer at the moment.");
        look.at("overview-fault");
        browser.script("window.fetch = window.real");
        browser.find("[role=alert] button").click();
        await(".figure b", "5", "3", "2", "1");
        assertThat(browser.all("#course .step")).hasSize(24);

        console.signInAs("company@globex.example").overview();
        await(".figure b", "0", "0", "0", "0");
        browser.see(".empty", "Nothing happened in this time");
        look.at("overview-empty");
    }

    /** Of two answers the one counts that was asked for last, however late the other comes. */
    @Test
    void answerThatComesLate_isDropped() {
        console.signIn("mail").overview();
        browser.script(
                "const real = fetch; window.fetch = (url, options) => String(url).includes('period=day')"
                        + " ? new Promise(done => { window.late = () => real(url, options).then(done); }) : real(url, options);");
        browser.find("[value=day]").click();
        browser.find("[value=month]").click();
        browser.await(d -> browser.all("#course .step").size() == 30);

        browser.driver().executeAsyncScript("const done = arguments[0]; late().then(() => setTimeout(done));");
        assertThat(browser.all("#course .step")).hasSize(30);
    }

    @Test
    void hostileAddress_isTheUsualPage() {
        console.signIn("mail");
        for (String query :
                List.of("?period=year&domain=globex.example", "?%E0%A4", "?%3Cimg%20src=x%3E", "?period=day#x/y")) {
            browser.go("about:blank").go(postern.address() + "/console/#/overview/" + query);

            await(".figure b", "4", "3", "2", "1");
            assertThat(browser.has("main img")).as(query).isFalse();
        }
    }
}
