package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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

    @ParameterizedTest
    @ValueSource(strings = {"mail", "domain", "company"})
    void eachRole_doesItsWork(String role) {
        console.signIn(role).open("alice@acme.example");
        assertThat(browser.title()).startsWith("alice@acme.example");
        console.generate("normal", "Ticket of " + role);
        browser.see("#tokens", "Ticket of " + role);
        browser.find("#tokens .deed button").click();
        browser.find("#confirm-yes").click();
        browser.see("#tokens", "revoked");
        browser.await(d -> browser.hasFocus("#tokens-title"));
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
    void foreignTokens_sessions_andRows_areNotShown() {
        console.signIn("company");

        assertThat(console.status("GET", "tokens?user=dave%40globex.example", "", ""))
                .isEqualTo(403);
        assertThat(console.status("GET", "sessions?user=dave%40globex.example", "", ""))
                .isEqualTo(403);
        assertThat(console.status("GET", "audit?user=dave%40globex.example", "", ""))
                .isIn(200L, 403L);
        browser.go(postern.address() + "/console/#/audit/dave%40globex.example");
        browser.await(d -> browser.has(".empty") || browser.has("[role=alert]"));
        assertThat(browser.has("#audit")).isFalse();
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
