package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.postern.acceptance.RunningPostern;

/** Four eyes in the console: one administrator asks, another one approves, and only then the token opens the mailbox. */
class ApprovalIT {
    private static final String ALICE = "alice@acme.example";

    private static RunningPostern postern;
    private static Browser browser;
    private static Console console;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo()
                .setting("sso.companies", "acme")
                .setting("sso.company.acme.name", "Acme")
                .setting("sso.company.acme.approval", "administrator")
                .start();
        browser = Browser.open();
        console = new Console(postern, browser);
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

    private static void requests() {
        browser.go(postern.address() + "/console/#/requests");
        browser.awaitElement("#requests-title");
    }

    private static List<String> deeds(String reason) {
        return browser.all("#requests tbody tr").stream()
                .filter(row -> row.getText().contains(reason))
                .flatMap(row -> row.findElements(By.tagName("button")).stream())
                .map(button -> button.getText().lines().findFirst().orElse(""))
                .toList();
    }

    private static void press(String reason, String deed) {
        WebElement row = browser.all("#requests tbody tr").stream()
                .filter(r -> r.getText().contains(reason))
                .findFirst()
                .orElseThrow();
        row.findElements(By.tagName("button")).stream()
                .filter(b -> b.getText().startsWith(deed))
                .findFirst()
                .orElseThrow()
                .click();
        browser.find("#confirm-yes").click();
    }

    /** Each role asks, and each approves. */
    @ParameterizedTest
    @CsvSource({"mail, domain", "domain, company", "company, mail"})
    void token_worksOnceAnotherAdministratorApprovedIt(String asks, String approves) {
        String reason = "Four eyes of " + asks;
        console.signIn(asks).open(ALICE);
        console.generate("normal", reason);
        assertThat(browser.find("#given-waits").getText()).contains("second administrator");
        String link = browser.find("#open-webmail").getDomProperty("href") + "&direct=1";
        browser.see("#tokens", "waiting for approval");
        browser.inAnotherTab(() -> {
            browser.go(link);
            assertThat(browser.has("#support")).isFalse();
        });
        requests();
        browser.see("#requests", reason);
        assertThat(deeds(reason)).as("his own").containsExactly("Revoke");
        int waiting = Integer.parseInt(browser.awaitElement("nav .count").getText());

        console.signIn(approves);
        requests();
        browser.see("#requests", reason);
        press(reason, "Approve");
        browser.see("main", "The token is approved.");
        browser.await(d -> browser.hasFocus("#requests-title"));
        browser.await(d -> !browser.text().contains(reason));
        browser.await(d -> browser.all("nav .count").stream()
                .map(WebElement::getText)
                .toList()
                .equals(waiting == 1 ? List.of() : List.of(String.valueOf(waiting - 1))));

        browser.inAnotherTab(() -> {
            browser.go(link);
            assertThat(browser.awaitElement("#support").getText()).contains(asks + "@acme.example", reason);
        });
        browser.go(postern.address() + "/console/#/audit/alice%40acme.example");
        browser.see("#audit", "approved");
    }

    /** What one could not have issued, one cannot approve, nor see of other domains. */
    @ParameterizedTest
    @CsvSource({"mail, postmaster@acme.example, normal_admin", "domain, postmaster@acme.example, admin_only"})
    void requestBeyondTheRole_hasNoButton_andTheApiRefuses(String role, String mailbox, String type) {
        Desk.Issued asked =
                Desk.of(postern, "company@acme.example").issue(mailbox, type, "\"reason\":\"Beyond " + role + "\"");
        console.signIn(role);
        requests();
        browser.see("#requests", "Beyond " + role);

        assertThat(deeds("Beyond " + role)).doesNotContain("Approve");
        assertThat(console.status("POST", "tokens/" + asked.id() + "/approval", "", console.csrf()))
                .isEqualTo(403);
        assertThat(Desk.of(postern, "company@acme.example").state(asked.id())).isEqualTo("pending");
        Desk.of(postern, "company@acme.example").revoke(asked.id());
    }

    @Test
    void requestOfAnotherDomain_isNotThere() {
        Desk company = Desk.of(postern, "company@acme.example");
        Desk.Issued asked = company.issue("carol@acme-labs.example", "normal", "\"reason\":\"Of another domain\"");
        for (String role : List.of("mail", "domain")) {
            console.signIn(role);
            requests();
            browser.await(d -> browser.has("#requests") || browser.has(".empty"));

            assertThat(browser.text()).doesNotContain("Of another domain");
            assertThat(console.status("POST", "tokens/" + asked.id() + "/approval", "", console.csrf()))
                    .isEqualTo(404);
        }
        company.revoke(asked.id());
    }

    @Test
    void requestThatIsRefused_opensNothing() {
        console.signIn("mail").open(ALICE);
        console.generate("sso", "To be refused <b>now</b>");
        String link = browser.find("#open-webmail").getDomProperty("href") + "&direct=1";
        console.signIn("company");
        requests();
        browser.see("#requests", "To be refused <b>now</b>");
        new Look(browser, "console").at("console-requests");
        press("To be refused", "Revoke");
        browser.await(d -> !browser.text().contains("To be refused"));
        // The demo's own link waits like every other token.
        press("The demo was started", "Revoke");
        browser.see(".empty", "No requests");
        new Look(browser, "console").at("console-requests-none");

        browser.inAnotherTab(() -> {
            browser.go(link);
            assertThat(browser.has("#support")).isFalse();
        });
    }

    @Test
    void requestThatSomebodyElseRevoked_isSaidToWaitNoMore_andGoes() {
        Desk desk = Desk.of(postern, "company@acme.example");
        Desk.Issued asked = desk.issue(ALICE, "normal", "\"reason\":\"Revoked meanwhile\"");
        console.signIn("mail");
        requests();
        browser.see("#requests", "Revoked meanwhile");
        desk.revoke(asked.id());

        press("Revoked meanwhile", "Approve");
        browser.see("[role=alert]", "This token does not wait for an approval any more.");
        browser.await(d -> !browser.text().contains("Revoked meanwhile"));
    }

    @Test
    void diagnose_withWhatIsNoTokenOfTheMailbox_saysSoAtTheField() {
        console.signIn("mail").open(ALICE);
        assertThat(browser.find("#diagnose").getText()).contains("it is not revoked");
        browser.find("#diagnose-reason").sendKeys("Ticket 4711");
        browser.find("#diagnose-token").sendKeys("no-token-of-alice");
        browser.find("#diagnose-start").click();

        browser.see("#diagnose-token-wrong", "No such token for this mailbox");
        browser.await(d -> browser.hasFocus("#diagnose-token[aria-invalid=true]"));
        assertThat(browser.find("#diagnose-token").getDomAttribute("aria-describedby"))
                .contains("diagnose-token-wrong");
        assertThat(browser.has("#diagnose [role=alert]")).isFalse();
        new Look(browser, "console").at("console-diagnose-no-token");

        Desk desk = Desk.of(postern, "company@acme.example");
        Desk.Issued waiting = desk.issue(ALICE, "normal");
        browser.find("#diagnose-token").sendKeys(waiting.token(), Keys.ENTER);
        browser.see("#diagnose-token-wrong", "Not approved yet");
        desk.revoke(waiting.id());
    }

    /** A password that the browser keeps is no word of its owner. */
    @Test
    void pageOfAnotherSite_doesNotApproveWithTheBrowsersPassword() {
        Desk desk = Desk.of(postern, "mail@acme.example");
        Desk.Issued issued = desk.issue(ALICE, "sso");
        try (Elsewhere elsewhere = Elsewhere.open();
                Browser keeping = Browser.open()) {
            elsewhere.page(
                    "/prize",
                    "<!DOCTYPE html><html lang=en><title>Prize</title><form method=post action='" + postern.address()
                            + "/sso/v1/tokens/" + issued.id() + "/approval'><button>Win</button></form></html>");
            keeping.go(postern.address().replace("://", "://domain%40acme.example:demo-domain@") + "/sso/v1/me");
            assertThat(keeping.text()).contains("domain@acme.example");
            keeping.go(elsewhere.otherSite() + "/prize").click("button");
            keeping.see("body", "A page of another site does not act with a browser's password.");
            assertThat(desk.state(issued.id())).isEqualTo("pending");
        }
        desk.revoke(issued.id());
    }
}
