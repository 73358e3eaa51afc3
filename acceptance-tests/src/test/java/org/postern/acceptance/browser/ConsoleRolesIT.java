package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.postern.acceptance.RunningPostern;

/** What a role may not do it can do neither in the page nor by the API with the page's own session. */
class ConsoleRolesIT {
    private static RunningPostern postern;
    private static Browser browser;
    private static Console console;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        browser = Browser.open();
        console = new Console(postern, browser);
    }

    @AfterAll
    static void stop() {
        browser.close();
        postern.close();
    }

    private static String wish(String mailbox, String type) {
        return "{\"user\":\"" + mailbox + "\",\"type\":\"" + type + "\",\"reason\":\"Ticket 4711\"}";
    }

    /** The whole day of each role; Diagnose, approvals and the overview have tests of their own. */
    @ParameterizedTest
    @ValueSource(strings = {"mail", "domain", "company"})
    void eachRole_doesItsWork(String role, @TempDir Path folder) throws IOException {
        String reason = "Ticket of " + role;
        console.signIn(role);
        browser.find("#me summary").click();
        assertThat(browser.find("#me").getText()).contains(role + "@acme.example", "Acme", "acme.example");
        browser.find("#q").sendKeys("arnold");
        browser.await(d -> browser.all("#mailboxes a").size() == 1);
        browser.press(Keys.ARROW_DOWN, Keys.ENTER);
        browser.awaitElement("#tools");
        assertThat(browser.title()).startsWith("alice@acme.example");

        console.generate("sso", reason);
        String link = browser.find("#open-webmail").getDomProperty("href") + "&direct=1";
        browser.inAnotherTab(() -> {
            browser.go(link);
            assertThat(browser.awaitElement("#support").getText()).contains(role + "@acme.example", reason);
        });
        browser.driver().navigate().refresh();
        browser.see("#sessions", reason)
                .findElement(By.xpath(row(reason) + "//button"))
                .click();
        browser.find("#confirm-yes").click();
        browser.await(d -> browser.hasFocus("#sessions-title"));

        validate("not-the-password", "The password is not correct.");
        validate("demo-alice", "The password is correct.");

        console.generate("normal", reason + ", for a phone");
        browser.see("#tokens", reason + ", for a phone");
        browser.find("#tokens .deed button").click();
        browser.find("#confirm-yes").click();
        browser.see("#tokens", "revoked");
        browser.await(d -> browser.hasFocus("#tokens-title"));

        browser.go(postern.address() + "/console/#/audit/?user=alice%40acme.example&admin=" + role + "%40acme.example");
        browser.awaitElement("#audit");
        assertThat(browser.find("#audit").getText())
                .contains("issued", "redeemed", "session ended", "password checked", "revoked", reason);
        browser.download(folder);
        browser.find("#export-ndjson").click();
        Path file = browser.downloaded(folder, "audit-alice@acme.example-", "ndjson");
        assertThat(Files.readString(file)).contains(reason).doesNotContain("globex", "demo-alice");
        assertThat(browser.complaints()).isEmpty();
    }

    /** From where it is looked for in a table: the row with this text. */
    private static String row(String text) {
        return ".//tr[contains(., '" + text + "')]";
    }

    private static void validate(String password, String answer) {
        if (!browser.find("#candidate").isDisplayed()) {
            browser.find("details:has(#validate) summary").click();
        }
        browser.find("#candidate").sendKeys(password, Keys.ENTER);
        browser.see("#valid", answer);
    }

    /** Neither by the page, which shows nothing, nor by what it asks with. */
    @ParameterizedTest
    @CsvSource({
        "mail, carol@acme-labs.example",
        "mail, dave@globex.example",
        "domain, carol@acme-labs.example",
        "company, dave@globex.example"
    })
    void mailboxOfAnotherDomain_cannotBeTouched(String role, String mailbox) {
        String admin = "company@" + (mailbox.startsWith("dave") ? "globex.example" : "acme.example");
        Desk.Issued issued = Desk.of(postern, admin).issue(mailbox, "normal");
        console.signIn(role);
        String user = mailbox.replace("@", "%40");
        browser.go(postern.address() + "/console/#/mailbox/" + user);
        browser.see("[role=alert]", "You do not have permission");
        assertThat(browser.has("#tools, #tokens, #diagnose-title")).isFalse();

        String csrf = console.csrf();
        String password = "{\"password\":\"demo-" + mailbox.replaceFirst("@.*", "") + "\"}";
        assertThat(console.status("POST", "users/" + user + "/password-check", password, csrf))
                .isEqualTo(403);
        assertThat(console.status("POST", "users/" + user + "/diagnosis", "{\"reason\":\"R\"}", csrf))
                .isEqualTo(403);
        assertThat(console.status("GET", "tokens?user=" + user, "", "")).isEqualTo(403);
        assertThat(console.status("GET", "sessions?user=" + user, "", "")).isEqualTo(403);
        assertThat(console.status("GET", "tokens/" + issued.id(), "", "")).isEqualTo(404);
        assertThat(console.status("DELETE", "tokens/" + issued.id(), "", csrf)).isEqualTo(404);
        assertThat(Desk.of(postern, admin).state(issued.id())).isEqualTo("live");
        assertThat(console.status("GET", "overview?domain=" + mailbox.replaceFirst(".*@", ""), "", ""))
                .isEqualTo(403);
        browser.go(postern.address() + "/console/#/audit/" + user);
        browser.awaitElement(".empty");
    }

    @ParameterizedTest
    @CsvSource({
        "mail, alice@acme.example, normal_admin",
        "mail, postmaster@acme.example, normal",
        "mail, carol@acme-labs.example, normal",
        "mail, dave@globex.example, normal",
        "domain, postmaster@acme.example, admin_only",
        "domain, carol@acme-labs.example, normal",
        "company, dave@globex.example, normal"
    })
    void token_beyondTheRole_isRefused(String role, String mailbox, String type) {
        console.signIn(role);

        assertThat(console.status("POST", "tokens", wish(mailbox, type), console.csrf()))
                .isEqualTo(403);
    }

    @Test
    void whatAHigherRoleIssued_isNotRevokedFromBelow() {
        Desk.Issued issued = Desk.of(postern, "company@acme.example").issue("postmaster@acme.example", "normal");
        console.signIn("mail");

        assertThat(console.status("DELETE", "tokens/" + issued.id(), "", console.csrf()))
                .isEqualTo(403);
        assertThat(Desk.of(postern, "company@acme.example").state(issued.id())).isEqualTo("live");
    }

    @Test
    void change_withoutTheSessionsOwnCsrfValue_isRefused() {
        console.signIn("domain");
        String anothers = console.csrf();
        console.signIn("mail");
        String body = wish("alice@acme.example", "normal");

        assertThat(console.status("POST", "tokens", body, "")).isEqualTo(403);
        assertThat(console.status("POST", "tokens", body, anothers)).isEqualTo(403);
        assertThat(console.status("POST", "tokens", body, console.csrf())).isEqualTo(201);
    }

    @Test
    void twoClicks_issueOneToken() {
        console.signIn("mail").open("bob@acme.example");
        browser.find("#reason").sendKeys("Clicked twice");
        browser.script("const b = document.getElementById('generate-token'); b.click(); b.click();");
        browser.awaitElement("#given");
        browser.see("#tokens", "Clicked twice");

        browser.driver().navigate().refresh();
        browser.see("#tokens", "Clicked twice");
        assertThat(browser.all("#tokens tbody tr")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"%3Cimg%20src=x%20onerror=alert(1)%3E", "%", "%E0%A4", "javascript:alert(1)", "..%2f..%2fsession"
            })
    void hostileAddress_staysText(String name) {
        console.signIn("mail");
        browser.go(postern.address() + "/console/#/mailbox/" + name);
        browser.await(d -> browser.has("[role=alert]") || browser.has("#mailboxes"));

        assertThat(browser.has("main img")).isFalse();
        assertThat(browser.complaints()).isEmpty();
    }
}
