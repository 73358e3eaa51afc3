package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.acceptance.RunningPostern;

/** The whole journey in text browsers: no script, no style, no picture (contract, sections 7 and 8). */
class TextBrowserIT {
    private static final String ALICE = "alice@acme.example";

    private static RunningPostern postern;
    private static Desk desk;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        desk = Desk.of(postern, "mail@acme.example");
    }

    @AfterAll
    static void stop() {
        postern.close();
    }

    private TextBrowser browser(String name) {
        return name.equals("w3m") ? TextBrowser.w3m(folder) : TextBrowser.lynx(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"w3m", "lynx"})
    void journey_fromTheLinkToTheLogout(String name) {
        Desk.Issued issued = desk.issue(ALICE, "sso");
        TextBrowser browser = browser(name)
                .keep("logo")
                .follow("Continue")
                .keep("list")
                .follow("Acme IT")
                .keep("message")
                .follow("Settings")
                .keep("settings")
                .follow("Log out")
                .keep("out");

        browser.visit(issued.url());

        assertThat(browser.kept("logo")).contains("Postern", "You are being logged in", "Continue");
        assertThat(browser.kept("list"))
                .contains("Support session", desk.admin(), Desk.REASON, "Time left", ALICE, "Inbox")
                .contains(
                        "Inbox 2 unread messages",
                        "Sent",
                        "Jürgen Groß",
                        "Welcome to your mailbox",
                        "unread",
                        "Standard interface");
        assertThat(browser.kept("message")).contains("Welcome to your mailbox", "it@acme.example", "Inbox");
        assertThat(browser.kept("settings")).contains("Settings", "Alice Arnold", "you cannot change this mailbox's");
        assertThat(browser.kept("out"))
                .contains("Log in", "Password or login token")
                .doesNotContain(ALICE);
        for (String file : new String[] {"logo", "list", "message", "settings", "out"}) {
            assertThat(browser.kept(file)).as(file).doesNotContain(issued.token());
        }
        assertThat(desk.state(issued.id())).isEqualTo("used");
    }

    @ParameterizedTest
    @ValueSource(strings = {"w3m", "lynx"})
    void letter_isWrittenAndSent(String name) {
        TextBrowser browser = browser(name)
                .signIn(ALICE, "demo-alice")
                .keep("list")
                .go(postern.address() + "/?_task=write&to=alice%40acme.example&subject=By_" + name)
                .keep("form")
                .write("plain words from " + name)
                .keep("sent")
                .follow("Alice Arnold")
                .keep("letter");

        browser.visit(postern.address() + "/");

        assertThat(browser.kept("form")).contains("New message", "Attachments", "Send");
        assertThat(browser.kept("sent")).contains("Your message was sent.", "By_" + name);
        assertThat(browser.kept("letter")).contains("plain words from " + name, "Reply to all", "Forward");
    }

    @ParameterizedTest
    @ValueSource(strings = {"w3m", "lynx"})
    void loginForm_takesAToken(String name) {
        TextBrowser browser = browser(name)
                .keep("form")
                .signIn(ALICE, desk.issue(ALICE, "normal").token())
                .keep("list");

        browser.visit(postern.address() + "/");

        assertThat(browser.kept("form")).contains("Log in", "Mail address", "Password or login token");
        assertThat(browser.kept("list")).contains("Inbox", ALICE, "Log out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"w3m", "lynx"})
    void loginForm_saysWhatIsWrong(String name) {
        TextBrowser browser = browser(name).signIn(ALICE, "surely-wrong").keep("refused");

        browser.visit(postern.address() + "/");

        assertThat(browser.kept("refused"))
                .contains("Address or password is wrong", "Mail address")
                .doesNotContain("surely-wrong", "Inbox");
    }

    /** Neither heeds {@code no-store}: lynx showed the mailbox from its memory. */
    @ParameterizedTest
    @ValueSource(strings = {"w3m", "lynx"})
    void logout_leavesNothingInTheBrowsersMemory(String name) {
        TextBrowser browser = browser(name)
                .signIn(ALICE, "demo-alice")
                .keep("list")
                .follow("Log out")
                .keep("out")
                .go(postern.address() + "/?_task=mail")
                .keep("again");

        browser.visit(postern.address() + "/");

        assertThat(browser.kept("list")).contains("Inbox", ALICE);
        assertThat(browser.kept("out")).contains("Mail address").doesNotContain(ALICE, "demo-alice", "Inbox");
        assertThat(browser.kept("again")).contains("Mail address").doesNotContain(ALICE, "Inbox");
    }

    @ParameterizedTest
    @ValueSource(strings = {"w3m", "lynx"})
    void linkToConfirm_isOpenedByItsButton(String name) {
        Desk.Issued issued = desk.issue(ALICE, "sso", "\"confirm\":true");
        TextBrowser browser = browser(name)
                .keep("question")
                .pressTheButton()
                .follow("Continue")
                .keep("list");

        browser.visit(issued.url());

        assertThat(browser.kept("question")).contains("Do you want to log in to this mailbox?", "Log in");
        assertThat(browser.kept("list")).contains("Inbox", ALICE);
    }
}
