package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/** The console in Chromium, as support staff uses it: the two procedures of the hosted service, and what goes wrong. */
class ConsoleIT {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";
    private static final String CAROL = "carol@acme-labs.example";
    private static final String POSTMASTER = "postmaster@acme.example";

    private static RunningPostern postern;
    private static Browser browser;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        browser = Browser.open();
    }

    @AfterAll
    static void stop() {
        browser.close();
        postern.close();
    }

    @BeforeEach
    void newAdministrator() {
        browser.go(postern.address() + "/console/").forgetEverything();
        browser.script("localStorage.clear()");
        browser.go("about:blank");
    }

    @AfterEach
    void nothingWasWrong() {
        assertThat(browser.complaints()).isEmpty();
    }

    private static void signIn(String role) {
        browser.go(postern.address() + "/console/");
        browser.awaitElement("#user").sendKeys(role + "@acme.example");
        browser.find("#password").sendKeys("demo-" + role, Keys.ENTER);
        browser.awaitElement("#mailboxes a");
    }

    private static void open(String mailbox) {
        browser.go(postern.address() + "/console/#/mailbox/" + mailbox.replace("@", "%40"));
        browser.await(d -> browser.text().contains(mailbox));
        browser.awaitElement("#tools");
    }

    /** Read at once, since a list that is searched changes under the reader. */
    private static Object texts(String selector) {
        return browser.script("return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)", selector);
    }

    private static void type(String id, String text) {
        browser.find("#" + id).clear();
        browser.find("#" + id).sendKeys(text);
    }

    private static String generate(String type, String reason) {
        browser.find("[name=type][value=" + type + "]").click();
        type("reason", reason);
        browser.find("#generate-token").click();
        browser.awaitElement("#given");
        return browser.find("#token-value").getText();
    }

    @Test
    void signIn_wrongPassword_isSaid_andTheRightOneOpens() {
        browser.go(postern.address() + "/console/");
        browser.awaitElement("#user").sendKeys("mail@acme.example");
        browser.find("#password").sendKeys("wrong", Keys.ENTER);

        browser.see("#error", "Address or password is wrong.");
        browser.await(d -> browser.hasFocus("#password"));
        browser.find("#password").sendKeys("demo-mail", Keys.ENTER);

        browser.awaitElement("#mailboxes a");
        browser.find("#me summary").click();
        assertThat(browser.find("#me").getText()).contains("Mail administrator", "Acme", "acme.example");
        browser.find("#signout").click();
        browser.awaitElement("#password");
        browser.go(postern.address() + "/console/#/audit");
        browser.awaitElement("#password");
    }

    @ParameterizedTest
    @CsvSource({
        "en, 1, Too many attempts. Try again in 1 second.",
        "en, 900, Too many attempts. Try again in 15 minutes.",
        "de, 1, Zu viele Versuche. Versuchen Sie es in 1 Sekunde noch einmal.",
        "el, 119, Πάρα πολλές προσπάθειες. Δοκιμάστε ξανά σε 119 δευτερόλεπτα.",
        "pt_BR, 121, Muitas tentativas. Tente novamente em 3 minutos."
    })
    void throttled_saysForHowLong(String language, int seconds, String said) {
        browser.go(postern.address() + "/console/");
        browser.script("localStorage.setItem('postern.language', arguments[0])", language);
        browser.go("about:blank").go(postern.address() + "/console/");
        browser.awaitElement("#user").sendKeys("mail@acme.example");
        browser.script(
                "const seconds = arguments[0]; window.fetch = async () => new Response('', {status: 429, headers: {'Retry-After': seconds}})",
                String.valueOf(seconds));
        browser.find("#password").sendKeys("demo-mail", Keys.ENTER);
        browser.see("#error", said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Alice <alice@acme.example>",
                "Alice <alice@acme.example>,",
                "mailto:alice@acme.example",
                " alice@acme.example. ",
                "alice@acme.example;"
            })
    void mailbox_isFoundByWhatIsPasted(String pasted) {
        signIn("mail");
        type("q", pasted);
        browser.await(d -> texts("#mailboxes a").equals(List.of("alice@acme.example")));
    }

    /** Right after a start the API takes half a second for its first answer. */
    @Test
    void browserThatNeverSignedIn_seesTheDoorWithoutAskingTheApi() {
        String asked =
                "return performance.getEntriesByType('resource').map(e => e.name).filter(n => n.includes('/sso/'))";
        browser.go(postern.address() + "/console/");
        browser.awaitElement("#user");
        assertThat((List<?>) browser.script(asked)).isEmpty();

        signIn("mail");
        browser.driver().navigate().refresh();
        browser.awaitElement("#mailboxes a");
        browser.find("#signout").click();
        browser.awaitElement("#password");
        browser.driver().navigate().refresh();
        browser.awaitElement("#user");
        assertThat((List<?>) browser.script(asked)).isEmpty();
    }

    @Test
    void mailboxes_areFoundAsOneTypes_byKeyboardAlone() {
        signIn("mail");
        browser.find("#q").sendKeys("ali");
        browser.await(d -> texts("#mailboxes a").equals(List.of(ALICE)));
        browser.press(Keys.ARROW_DOWN);
        browser.press(Keys.ENTER);
        browser.awaitElement("#tools");
        assertThat(browser.find("h1").getText()).isEqualTo(ALICE);

        browser.driver().navigate().back();
        browser.await(d -> texts("#mailboxes a").equals(List.of(ALICE)));
        type("q", "no such");
        browser.see(".empty", "No mailboxes found");
    }

    @ParameterizedTest
    @CsvSource({
        "mail, alice@acme.example, normal sso",
        "domain, postmaster@acme.example, normal normal_admin sso sso_admin",
        "company, postmaster@acme.example, normal normal_admin sso sso_admin admin_only"
    })
    void types_areThoseThatRoleAndMailboxAllow(String role, String mailbox, String types) {
        signIn(role);
        open(mailbox);

        assertThat(browser.all("[name=type]").stream()
                        .map(e -> String.valueOf(e.getDomProperty("value")))
                        .toList())
                .containsExactly(types.split(" ", -1));
    }

    @ParameterizedTest
    @CsvSource({
        "mail, postmaster@acme.example, You do not have permission",
        "mail, suspended@acme.example, This mailbox is suspended"
    })
    void mailboxThatNoTokenMayOpen_saysWhy(String role, String mailbox, String why) {
        signIn(role);
        open(mailbox);

        assertThat(browser.find("#no-token").getText()).contains(why);
        assertThat(browser.has("#generate-token")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"dave@globex.example, You do not have permission", "nobody@acme.example, does not exist"})
    void foreignMailbox_isNotShown(String mailbox, String why) {
        signIn("mail");
        browser.go(postern.address() + "/console/#/mailbox/" + mailbox.replace("@", "%40"));

        browser.see("[role=alert]", why);
        assertThat(browser.has("#tools")).isFalse();
    }

    @Test
    void token_isGenerated_opensTheMailbox_andIsRevoked() {
        signIn("mail");
        open(ALICE);
        String value = generate("normal", "Ticket <b>4711</b>");
        assertThat(value).matches("[0-9a-f]{32}");
        assertThat(browser.find("#given").getText()).contains(ALICE + " as the user name", "shown this once");
        browser.see("#tokens", "Ticket <b>4711</b>");
        String link = browser.find("#open-webmail").getDomProperty("href");
        browser.inAnotherTab(() -> {
            browser.go(link + "&direct=1");
            assertThat(browser.awaitElement("#support").getText()).contains("mail@acme.example", "Ticket <b>4711</b>");
        });
        browser.find("#given-close").click();
        browser.await(d -> browser.hasFocus("#reason"));
        assertThat(browser.text()).doesNotContain(value);

        browser.driver().navigate().refresh();
        browser.see("#sessions", "Normal session");
        browser.find("#tokens .deed button").click();
        assertThat(browser.hasFocus("dialog *")).isTrue();
        browser.find("#confirm-yes").click();
        browser.see("#tokens", "revoked");
        browser.see("body", "No open sessions");

        String another = generate("normal", "Revoked while it is shown");
        browser.see("#tokens", "Revoked while it is shown");
        browser.find("#tokens .deed button").click();
        browser.find("#confirm-yes").click();
        browser.awaitElement("#generate");
        assertThat(browser.text()).doesNotContain(another);
    }

    @Test
    void badInput_isSaidWhereItIs() {
        signIn("mail");
        open(ALICE);
        type("reason", "Ticket 4711");
        type("token", "password");
        browser.see("#strength", "Easy to guess");
        browser.find("#generate-token").click();

        browser.see("#token-wrong", "too easy to guess");
        browser.await(d -> browser.hasFocus("#token"));
        assertThat(browser.find("#token").getDomAttribute("aria-describedby")).contains("token-wrong");
    }

    @Test
    void chosenValue_thatIsLiveAlready_isSaidAtItsField() {
        Desk.of(postern, "company@acme.example").issue(ALICE, "normal", "\"token\":\"Blau7Pferd-x\"");
        signIn("mail");
        open(ALICE);
        type("reason", "Ticket 4711");
        type("token", "Blau7Pferd-x");
        browser.find("#generate-token").click();

        browser.see("#token-wrong", "already in use");
        browser.await(d -> browser.hasFocus("#token[aria-invalid=true]"));
        assertThat(browser.has("#generate [role=alert]")).isFalse();
    }

    @Test
    void password_isValidated_andKeptNowhere() {
        signIn("mail");
        open(ALICE);
        browser.find("details:has(#validate) summary").click();
        type("candidate", "not-the-password");
        browser.press(Keys.ENTER);
        browser.see("#valid", "not correct");
        type("candidate", "demo-alice");
        browser.press(Keys.ENTER);
        browser.await(d -> browser.find("#valid").getText().equals("The password is correct."));
        assertThat(browser.source()).doesNotContain("demo-alice");
    }

    @Test
    void lastLogin_isSomebodys_howeverOftenDiagnoseTriedAfterIt() {
        visit(CAROL, "Somebody's browser");
        for (int i = 0; i < 21; i++) {
            visit(CAROL, "Postern Diagnose");
        }
        signIn("company");
        open(CAROL);

        browser.await(d -> browser.all(".facts time").size() == 2);
    }

    private static void visit(String mailbox, String program) {
        String url = Desk.of(postern, "company@acme.example")
                .issue(mailbox, "normal")
                .url();
        String target = url.substring(postern.address().length());
        assertThat(Wire.get(postern.port(), target, "User-Agent: " + program).header("Set-Cookie"))
                .isPresent();
    }

    @Test
    void session_isEndedFromHere() {
        signIn("company");
        open(POSTMASTER);
        generate("sso", "To be ended");
        String link = String.valueOf(browser.find("#open-webmail").getDomProperty("href"));
        browser.inAnotherTab(() -> browser.go(link + "&direct=1").awaitElement("#support"));
        browser.driver().navigate().refresh();
        browser.see("#sessions", "To be ended");

        browser.find("#sessions .deed button").click();
        browser.find("#confirm-yes").click();

        browser.see("body", "No open sessions");
    }

    @Test
    void audit_isFiltered_opened_andSaved(@TempDir Path folder) throws IOException {
        signIn("mail");
        open(ALICE);
        generate("sso", "=HYPERLINK(\"http://evil.example\")");
        browser.go(postern.address() + "/console/#/audit/alice%40acme.example");
        browser.awaitElement("#audit button");
        browser.find("#event [value=issued]").click();
        browser.find("#filter button").click();
        browser.see("#audit", "=HYPERLINK");
        browser.find("#audit button").click();
        assertThat(browser.find("#audit .open").getText()).contains("Client address", "127.0.0.1", "SSO session");

        browser.download(folder);
        for (String kind : List.of("csv", "ndjson")) {
            browser.find("#export-" + kind).click();
            Path file = browser.downloaded(folder, "audit-" + ALICE + "-", kind);
            assertThat(Files.readString(file, StandardCharsets.UTF_8))
                    .contains(ALICE, "issued")
                    .doesNotContain("dave@globex.example");
        }
        assertThat(Files.readString(browser.downloaded(folder, "audit-", "csv")))
                .contains("'=HYPERLINK");
    }

    @Test
    void audit_isFoundAnew_andNotSavedForHalfAMoment() {
        signIn("mail");
        browser.go(postern.address() + "/console/#/audit/alice%40acme.example");
        browser.awaitElement("#audit, .empty");
        for (String reason : List.of("Issued first", "Issued meanwhile")) {
            Desk.of(postern, "company@acme.example").issue(ALICE, "sso", "\"reason\":\"" + reason + "\"");
            browser.find("#filter button").click();
            browser.see("#audit", reason);
        }

        browser.find("#since").sendKeys("010120251010AM");
        assertThat(browser.find("#since").getDomProperty("value")).isEqualTo("2025-01-01T10:10");
        browser.find("#until").sendKeys("0101");
        browser.find("#export-csv").click();
        assertThat(browser.hasFocus("#until")).isTrue();
    }

    /** The page looks again when somebody comes back to its tab: the test says so instead of waiting for its next look. */
    @Test
    void sessionThatNobodyUses_isWarnedOf_andEnds() {
        try (RunningPostern brief =
                RunningPostern.demo().setting("sso.console.idle", "PT24S").start()) {
            new Console(brief, browser).signIn("mail");
            browser.await(d -> secondsLeft() <= 12);
            browser.script("document.dispatchEvent(new Event('visibilitychange'))");
            browser.see("dialog", "Are you still there?");
            browser.find("#confirm-yes").click();
            browser.await(d -> secondsLeft() > 12);
            assertThat(browser.has("dialog")).isFalse();

            browser.await(d -> secondsLeft() <= 12);
            browser.await(d -> secondsLeft() < 0);
            browser.script("document.dispatchEvent(new Event('visibilitychange'))");
            browser.see("#ended", "Your session has ended");
        }
    }

    /** Until the page's session is over, asked without using it; less than none where it is. */
    private static long secondsLeft() {
        Object left = browser.driver()
                .executeAsyncScript("const done = arguments[0];"
                        + "fetch('/sso/v1/session', {headers: {'X-Background': 'true'}})"
                        + ".then(r => r.ok ? r.json() : {ends_in: -1}).then(s => done(s.ends_in));");
        return (Long) left;
    }

    @Test
    void sessionThatEnded_asksToSignInAgain_andComesBack() {
        signIn("mail");
        browser.forgetEverything();
        browser.find("#q").sendKeys("bob");

        browser.see("#ended", "Your session has ended");
        browser.await(d -> browser.hasFocus("#user"));
        browser.press("mail@acme.example");
        browser.find("#password").sendKeys("demo-mail", Keys.ENTER);
        browser.await(d -> texts("#mailboxes a").equals(List.of("bob@acme.example")));
        assertThat(browser.find("#q").getDomProperty("value")).isEqualTo("bob");
    }

    @Test
    void tabs_haveOneSession_andAFormIsWholeAgainForWhoeverFilledIt() {
        signIn("mail");
        open(ALICE);
        browser.find("[name=type][value=sso]").click();
        type("reason", "Ticket 4711");
        type("token", "Kept-in-no-storage");
        browser.find("#duration [value='4']").click();
        browser.find("#locale [value=de]").click();
        browser.find("#confirm").click();
        browser.find("#read-only").click();
        Object filled = form();

        browser.inAnotherTab(ConsoleIT::signOut);
        browser.awaitElement("#password");
        browser.inAnotherTab(() -> signIn("mail"));
        browser.awaitElement("#generate");
        assertThat(form())
                .isEqualTo(filled)
                .isEqualTo("type=sso&reason=Ticket+4711&token=Kept-in-no-storage"
                        + "&duration=4&locale=de&confirm=on&read-only=on");
        browser.see("#strength", "Good");
        assertThat(String.valueOf(browser.script("return JSON.stringify([localStorage, sessionStorage])")))
                .doesNotContain("Kept", "4711");

        browser.inAnotherTab(() -> {
            signOut();
            signIn("domain");
        });
        browser.see("#me", "domain@acme.example");
        assertThat(browser.find("h1").getText()).isEqualTo("Mailboxes");
        open(ALICE);
        assertThat(form()).isEqualTo("type=normal&reason=&token=&duration=24&locale=");
    }

    private static Object form() {
        return browser.script("return String(new URLSearchParams(new FormData(document.getElementById('generate'))))");
    }

    private static void signOut() {
        browser.go(postern.address() + "/console/");
        browser.awaitElement("#signout").click();
        browser.awaitElement("#password");
    }

    /** As where a browser kept a tab asleep. */
    @Test
    void tabThatWasNotTold_goesOnAsTheSame_andAsNobodyElse() {
        signIn("mail");
        open(ALICE);
        signInUntold("mail");
        generate("sso", "By the new session");

        browser.find("#given-close").click();
        type("reason", "Of another administrator");
        signInUntold("domain");
        browser.find("#generate-token").click();
        browser.see("#me", "domain@acme.example");
        open(ALICE);
        browser.see("#tokens", "By the new session");
        assertThat(browser.find("#tokens").getText()).doesNotContain("Of another administrator");

        signInUntold("mail");
        browser.find("#signout").click();
        browser.see("#me", "mail@acme.example");
        assertThat(browser.has(".notice")).isFalse();
    }

    private static void signInUntold(String role) {
        Object status = browser.driver()
                .executeAsyncScript(
                        "const [pair, done] = arguments; const headers = {Authorization: `Basic ${btoa(pair)}`};"
                                + "fetch('/sso/v1/session', {method: 'POST', headers}).then(r => done(r.status));",
                        role + "@acme.example:demo-" + role);
        assertThat(status).isEqualTo(200L);
    }

    @Test
    void nextPage_isShownOnce_andTriedAgainWhereItFailed() {
        for (int i = 0; i < 51; i++) {
            visit(BOB, "Visit " + i);
        }
        signIn("mail");
        open(BOB);
        clickTwice("section:has(#tokens) .more button");
        browser.await(d -> browser.all("#tokens tbody tr").size() >= 40);
        browser.script("window.sound = fetch; window.fetch = () => Promise.reject(new TypeError())");
        browser.find("section:has(#tokens) .more button").click();
        browser.see("section:has(#tokens) [role=alert]", "The server cannot be reached");
        browser.script("window.fetch = sound");
        browser.find("section:has(#tokens) [role=alert] button").click();
        browser.await(d -> browser.all("#tokens tbody tr").size() >= 51);
        clickTwice("section:has(#sessions) .more button");
        browser.await(d -> browser.all("#sessions tbody tr").size() > 50);

        assertThat(browser.all("#tokens tbody tr")).hasSize(51);
        assertThat(browser.has(".more")).isFalse();
        assertThat(List.copyOf((List<?>) texts("#sessions tbody .rule"))).anyMatch(r -> "Visit 0".equals(r));
        assertThat(browser.all("#sessions tbody tr")).hasSize(51);
        // What fails is the list itself, loaded anew after a change.
        browser.script(
                "window.fetch = (url, to) => to.method === 'GET' ? Promise.reject(new TypeError()) : sound(url, to)");
        browser.find("#tokens .deed button").click();
        browser.find("#confirm-yes").click();
        browser.see("section:has(#tokens) [role=alert]", "The server cannot be reached");
        browser.script("window.fetch = sound");
        browser.find("section:has(#tokens) [role=alert] button").click();
        browser.see("#tokens", "revoked");
    }

    private static void clickTwice(String selector) {
        browser.script("const b = document.querySelector(arguments[0]); b.click(); b.click();", selector);
    }

    @ParameterizedTest
    @ValueSource(strings = {"de", "el", "no", "pt_BR"})
    void language_isChosen_andRemembered(String code) {
        browser.go(postern.address() + "/console/");
        browser.awaitElement("#language option[value=" + code + "]").click();
        browser.await(d -> code.replace('_', '-').equals(browser.find("html").getDomAttribute("lang")));
        browser.driver().navigate().refresh();
        browser.awaitElement("#password");
        assertThat(browser.find("html").getDomAttribute("lang")).isEqualTo(code.replace('_', '-'));
        assertThat(browser.driver().findElement(By.cssSelector("#signin")).getText())
                .isNotEqualTo("Sign in");
    }

    @Test
    void language_whoseTextsCannotBeHad_isNotChosen() {
        browser.go(postern.address() + "/console/");
        browser.awaitElement("#password");
        browser.script("window.fetch = () => Promise.reject(new TypeError())");
        browser.find("#language option[value=de]").click();
        browser.await(d -> "en".equals(browser.find("#language").getDomProperty("value")));

        browser.driver().navigate().refresh();
        browser.awaitElement("#password");
        assertThat(browser.find("html").getDomAttribute("lang")).isEqualTo("en");
    }

    @Test
    void everyPage_isForEverybody() {
        Look look = new Look(browser, "console");
        browser.go(postern.address() + "/console/");
        browser.awaitElement("#password");
        look.at("console-signin");
        signIn("company");
        look.at("console-mailboxes");
        open(POSTMASTER);
        browser.see("#generate", "Admin-only session");
        look.at("console-mailbox");
        generate(
                "normal",
                "Ticket 4711: a long reason that goes on and on, as some do who like to tell the whole story");
        browser.see("#tokens", "Ticket 4711");
        look.at("console-given");
        browser.find("#tokens .deed button").click();
        look.at("console-confirm");
        browser.press(Keys.ESCAPE);
        browser.go(postern.address() + "/console/#/audit");
        browser.awaitElement("#audit button").click();
        look.at("console-audit");
        browser.go(postern.address() + "/console/#/mailbox/nobody%40acme.example");
        browser.awaitElement("[role=alert]");
        look.at("console-missing");
    }

    @Test
    void firstLoad_isBelowAHundredAndFiftyKilobytes() {
        try (Browser recording = Browser.recording()) {
            recording.go("about:blank");
            recording.bytesLoaded();
            new Console(postern, recording).signIn("mail");

            // The page is loaded twice by then; what it asks the API for is in it too.
            assertThat(recording.bytesLoaded()).isBetween(20_000L, 150_000L);
        }
    }
}
