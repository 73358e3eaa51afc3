package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.support.ui.Select;
import org.postern.acceptance.RunningPostern;

/** Diagnose in the console: a demo that is well, and one whose servers a test has broken. */
class DiagnosePageIT {
    private static final String ALICE = "alice@acme.example";
    private static final String EVIL = "<img src=x onerror=document.title='taken'>";

    private static Silent silent;
    private static Hangup hangup;
    private static RunningPostern well;
    private static RunningPostern broken;
    private static Browser browser;

    @BeforeAll
    static void start() throws IOException {
        silent = new Silent();
        hangup = new Hangup("220 " + EVIL + "\r\n");
        int nothing = closedPort();
        well = RunningPostern.demo().start();
        broken = RunningPostern.demo()
                .setting("sso.diagnose.imap-url", "imap://127.0.0.1:" + nothing)
                .setting("sso.diagnose.pop3-url", "pop3://127.0.0.1:" + silent.port())
                .setting("sso.diagnose.smtp-url", "smtp://127.0.0.1:" + hangup.port())
                .setting("sso.diagnose.limit", "PT6S")
                .start();
        browser = Browser.open();
    }

    @AfterAll
    static void stop() throws IOException {
        browser.close();
        well.close();
        broken.close();
        silent.close();
        hangup.close();
    }

    @AfterEach
    void nothingWasWrong() {
        assertThat(browser.complaints()).isEmpty();
    }

    private static void start(String reason) {
        browser.awaitElement("#diagnose-reason").sendKeys(reason);
        browser.find("#diagnose-start").click();
    }

    /** The values of one name in a list that the API answers. */
    private static List<String> list(RunningPostern postern, String what, String name) {
        String body = Desk.of(postern, "mail@acme.example")
                .call("GET", "/sso/v1/" + what, "")
                .body();
        return JsonPath.from(body).getList("items." + name);
    }

    private static void assertNothingIsLeft(RunningPostern postern, String reason) {
        assertThat(list(postern, "tokens?state=live&user=" + ALICE, "reason")).doesNotContain(reason);
        assertThat(list(postern, "audit?limit=200&user=" + ALICE, "findAll { it.reason == '" + reason + "' }.event"))
                .contains("issued", "revoked");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mail", "domain", "company"})
    void mailboxThatIsWell_isFineEverywhere(String role) {
        new Console(well, browser).signIn(role).open(ALICE);
        String reason = "Ticket of " + role;
        start(reason);
        browser.see("#diagnose-whole", "Everything works");
        for (String service : List.of("imap", "pop3", "smtp", "webmail")) {
            assertThat(browser.find("#service-" + service).getText()).contains("fine", "Login ✓");
        }
        String report = browser.find("#board pre.hidden").getDomProperty("textContent");
        assertThat(report)
                .contains(
                        "Diagnose: " + ALICE,
                        "Reason: " + reason,
                        "== IMAP4: Everything works.",
                        role + "@acme.example")
                .contains("> ", "< ")
                .doesNotContain("undefined", "[object");
        browser.see("#tokens", reason);
        assertThat(browser.has("#diagnose-cancel")).isFalse();
        assertNothingIsLeft(well, reason);
        if (role.equals("mail")) {
            new Look(browser, "console").at("console-diagnose-fine");
        }
    }

    @Test
    void brokenServers_areTold_andTheirTextStaysText() {
        new Console(broken, browser).signIn("mail").open(ALICE);
        start("Broken");
        browser.see("#service-imap", "nothing listens at this address");
        browser.see("#service-smtp", "The server dropped the connection.");
        new Look(browser, "console").at("console-diagnose-runs");
        browser.see("#service-pop3", "The server does not answer.");
        browser.see("#diagnose-whole", "3 services have a fault.");
        browser.see("#service-webmail", "Everything works.");
        assertThat(browser.find("#service-smtp").getText()).contains(EVIL);
        assertThat(browser.title()).isEqualTo(ALICE + " · Postern");
        assertNothingIsLeft(broken, "Broken");
        for (String language : List.of("en", "de", "el")) {
            new Select(browser.find("#language")).selectByValue(language);
            browser.await(d -> browser.has("html[lang=" + language + "]"));
            new Look(browser, "console").at("console-diagnose-faults-" + language);
        }
        new Select(browser.find("#language")).selectByValue("en");
    }

    @Test
    void cancel_endsTheRunAndItsToken_withKeysAlone() {
        new Console(broken, browser).signIn("mail").open(ALICE);
        browser.awaitElement("#diagnose-reason").sendKeys("Cancelled", Keys.ENTER);
        browser.await(d -> browser.hasFocus("#board"));
        browser.awaitElement("#diagnose-cancel");
        browser.tabTo("#diagnose-cancel");
        browser.press(Keys.ENTER);
        browser.see("#diagnose-whole", "Cancelled. The token that was tried is revoked.");
        browser.see("#service-pop3", "not tried");
        new Look(browser, "console").at("console-diagnose-cancelled");
        browser.await(
                d -> !list(broken, "tokens?state=live&user=" + ALICE, "reason").contains("Cancelled"));
        assertNothingIsLeft(broken, "Cancelled");
        // Nothing of it is in the way of the next one.
        browser.find("#diagnose-reason").clear();
        start("Again");
        browser.see("#diagnose-whole", "3 services have a fault.");
    }

    /** Nobody knows then what became of its token. */
    @Test
    void connectionThatIsLost_isNotCalledCancelled() {
        new Console(well, browser).signIn("mail").open(ALICE);
        browser.script("const sound = fetch; window.fetch = (url, wanted) => url.pathname.endsWith('/diagnosis')"
                + " ? Promise.resolve(new Response('event: step\\ndata: {\"service\":\"imap\",\"step\":\"connect\","
                + "\"done\":true,\"millis\":1,\"lines\":[]}\\n\\n')) : sound(url, wanted)");
        start("Lost");
        browser.see("#diagnose-error", "The connection was lost before the end.");
        browser.see("#service-imap", "This was cancelled before it was finished.");
        assertThat(browser.find("section:has(#diagnose) > [role=status]").getDomProperty("textContent"))
                .isEmpty();
        assertThat(browser.has("#diagnose-whole")).isFalse();
    }

    @Test
    void whoMayNot_seesNoDiagnose_andTheApiRefusesHim() {
        Console console = new Console(well, browser).signIn("mail").open("postmaster@acme.example");
        browser.awaitElement("#no-token");
        assertThat(browser.has("#diagnose")).isFalse();
        assertThat(console.status(
                        "POST", "users/postmaster@acme.example/diagnosis", "{\"reason\":\"x\"}", console.csrf()))
                .isEqualTo(403);
        assertThat(console.status("POST", "users/dave@globex.example/diagnosis", "{\"reason\":\"x\"}", console.csrf()))
                .isEqualTo(403);
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A server that takes connections, and then says nothing at all. */
    private static final class Silent implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        Silent() throws IOException {}

        int port() {
            return socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** A server that greets, waits for a command, and hangs up. */
    private static final class Hangup implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        Hangup(String greeting) throws IOException {
            Thread thread = new Thread(() -> serve(greeting), "hangup");
            thread.setDaemon(true);
            thread.start();
        }

        private void serve(String greeting) {
            while (!socket.isClosed()) {
                try (Socket caller = socket.accept()) {
                    caller.getOutputStream().write(greeting.getBytes(StandardCharsets.US_ASCII));
                    caller.getInputStream().read();
                } catch (IOException gone) {
                    if (!socket.isClosed()) {
                        throw new UncheckedIOException(gone);
                    }
                }
            }
        }

        int port() {
            return socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
