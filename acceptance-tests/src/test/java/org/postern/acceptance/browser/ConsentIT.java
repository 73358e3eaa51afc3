package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.path.json.JsonPath;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/** The owner's consent: an administrator asks, the owner sees it in his webmail, and only his word opens the mailbox. */
class ConsentIT {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";
    private static final String REASON = "Ticket 4711 <b>urgent</b>";

    private static RunningPostern postern;
    private static Browser browser;
    private static Desk desk;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo()
                .setting("sso.companies", "acme")
                .setting("sso.company.acme.name", "Acme")
                .setting("sso.company.acme.approval", "owner")
                .start();
        browser = Browser.open();
        desk = Desk.of(postern, "mail@acme.example");
    }

    @AfterAll
    static void stop() {
        browser.close();
        postern.close();
    }

    @AfterEach
    void nothingWasWrong() {
        assertThat(browser.complaints()).isEmpty();
    }

    private static Desk.Issued ask(String user, String type) {
        return desk.issue(user, type, "\"reason\":\"" + REASON + "\"");
    }

    private static void signIn(String user) {
        browser.forgetEverything();
        browser.signIn(postern.address(), user, "demo-" + user.replaceFirst("@.*", ""));
    }

    private static WebElement request(Desk.Issued issued) {
        return browser.find("#requests input[value='" + issued.id() + "']").findElement(By.xpath("ancestor::li"));
    }

    private static void press(Desk.Issued issued, String deed) {
        WebElement button = request(issued).findElement(By.cssSelector("[value=" + deed + "]"));
        browser.leave(button::click);
    }

    /** For somebody from elsewhere, who has no session here. */
    private static boolean opens(Desk.Issued issued) {
        return Wire.get(postern.port(), issued.url().replaceFirst("^http://[^/]+", "") + "&direct=1")
                        .status()
                == 303;
    }

    private static List<String> trail(String user) {
        return JsonPath.from(desk.call("GET", "/sso/v1/audit?user=" + Wire.encode(user), "")
                        .body())
                .getList("items.findAll { it.event.startsWith('approv') }.collect { it.event + ' ' + it.detail }");
    }

    @Test
    void owner_seesWhoAsks_andHisWordOpensTheMailbox() {
        Desk.Issued issued = ask(ALICE, "sso");
        Desk.Issued other = ask(ALICE, "normal");
        assertThat(opens(issued)).isFalse();
        signIn(ALICE);
        browser.awaitElement("#messages");
        new Look(browser, "consent").at("consent-notice");

        browser.click("#asked a");
        assertThat(request(issued).getText()).contains("mail@acme.example", "Acme", REASON, "once, for at most 8 h");
        new Look(browser, "consent").at("consent-requests");
        press(issued, "allow");
        browser.see("#done", "Access is allowed.");
        press(other, "refuse");
        browser.see("#done", "Access is refused.");
        // The demo's own link waits like every other token.
        browser.leave(browser.find("#requests [value=refuse]")::click);
        browser.see(".empty", "No requests");
        new Look(browser, "consent").at("consent-done");
        browser.click("#nav-mail");
        assertThat(browser.has("#asked")).isFalse();

        assertThat(opens(issued)).isTrue();
        assertThat(opens(other)).isFalse();
        assertThat(desk.state(other.id())).isEqualTo("revoked");
        assertThat(trail(ALICE))
                .containsExactly("approval_refused by owner", "approval_refused by owner", "approved by owner");
    }

    @Test
    void supportSession_doesNotConsentForTheOwner() {
        Desk.Issued first = ask(BOB, "normal");
        signIn(BOB);
        browser.click("#asked a");
        press(first, "allow");
        browser.awaitElement("#done");
        Desk.Issued next = ask(BOB, "sso");
        browser.forgetEverything();
        browser.go(first.url() + "&direct=1");
        browser.awaitElement("#support");
        assertThat(browser.has("#asked")).isFalse();

        browser.go(postern.address() + "/?_task=requests");

        assertThat(browser.find(".eyebrow").getText()).contains("403");
        assertThat(desk.state(next.id())).isEqualTo("pending");
    }

    @Test
    void textBrowser_showsTheRequest() {
        String carol = "carol@acme-labs.example";
        Desk.Issued issued = Desk.of(postern, "company@acme.example").issue(carol, "sso");
        TextBrowser w3m = TextBrowser.w3m(folder)
                .signIn(carol, "demo-carol")
                .keep("list")
                .follow("See who, and decide")
                .keep("requests")
                .follow("Asked")
                .pressTheButton()
                .keep("done");

        w3m.visit(postern.address() + "/");

        assertThat(w3m.kept("list")).contains("Somebody asks for access to your mailbox.");
        assertThat(w3m.kept("requests")).contains("company@acme.example", Desk.REASON, "Allow", "Refuse");
        assertThat(w3m.kept("done")).contains("Access is allowed.");
        assertThat(opens(issued)).isTrue();
    }
}
