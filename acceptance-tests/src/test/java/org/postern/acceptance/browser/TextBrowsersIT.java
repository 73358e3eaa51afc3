package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/** The whole way through the webmail in browsers that know neither scripts nor styles (contract, section 8). */
@Timeout(120)
class TextBrowsersIT {
    private static final String ALICE = "alice@acme.example";
    private static final String LETTER = "the figures of the third quarter are attached";

    private static RunningPostern postern;
    private static Desk desk;

    @TempDir
    private Path home;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        desk = Desk.of(postern, "mail@acme.example");
    }

    @AfterAll
    static void stop() {
        postern.close();
    }

    @Test
    void w3m_byLink_readsALetter_andEndsTheSupportSession() {
        Desk.Issued issued = desk.issue(ALICE, "sso");

        List<String> pages = new W3m(home)
                .save()
                .follow("Continue")
                .save()
                .follow("figures")
                .save()
                .follow("Settings")
                .save()
                .follow("End")
                .save()
                .open(issued.url(), "Continue");

        assertThat(pages.get(0)).contains("Postern", "You are being logged in");
        assertSupportSession(pages.subList(1, 4));
        assertThat(pages.get(4)).contains("Log in", "Mail address", "Password").doesNotContain(ALICE);
        assertThat(pages).allSatisfy(page -> assertThat(page).doesNotContain(issued.token()));
        assertNoSessionOf(issued);
    }

    @Test
    void lynx_byLink_readsALetter_andEndsTheSupportSession() {
        Desk.Issued issued = desk.issue(ALICE, "sso");

        List<String> pages = new Lynx(home)
                .print()
                .follow("Continue")
                .print()
                .follow("figures")
                .print()
                .follow("Settings")
                .print()
                .down(1) // from "Skip to content" to "End now"
                .enter()
                .print()
                .open(issued.url());

        assertThat(pages.get(0)).contains("Postern", "You are being logged in");
        assertSupportSession(pages.subList(1, 4));
        assertThat(pages.get(4)).contains("Log in", "Mail address", "Password").doesNotContain(ALICE);
        assertThat(pages).allSatisfy(page -> assertThat(page).doesNotContain(issued.token()));
        assertNoSessionOf(issued);
    }

    /** @param pages the list, a letter, the settings */
    private static void assertSupportSession(List<String> pages) {
        assertThat(pages).allSatisfy(page -> assertThat(page.replaceAll("\\s+", " "))
                .contains("Support session", "mail@acme.example", Desk.REASON, "Time left:", "End now", ALICE));
        assertThat(pages.get(0)).contains("Inbox", "Roadrunner Deals", "Quarterly figures");
        assertThat(pages.get(1)).contains("Jürgen Groß", LETTER, "figures.csv");
        assertThat(pages.get(2)).contains("you cannot change");
    }

    private static void assertNoSessionOf(Desk.Issued issued) {
        assertThat(desk.call("GET", "/sso/v1/sessions?user=" + ALICE, "").body()).doesNotContain(issued.id());
    }

    @Test
    void lynx_byForm_readsALetter_andLogsOut() {
        List<String> pages = new Lynx(home)
                .print()
                .down(2)
                .type(ALICE)
                .down(1)
                .type("demo-alice")
                .down(1)
                .enter()
                .print()
                .follow("figures")
                .print()
                .down(4) // past the brand, the inbox and the settings
                .enter()
                .print()
                .go(postern.address() + "/?_task=mail")
                .print()
                .open(postern.address() + "/");

        assertThat(pages.get(0)).contains("Log in", "Mail address", "Password or login token");
        assertThat(pages.get(1)).contains("Inbox", ALICE).doesNotContain("Support session");
        assertThat(pages.get(2)).contains(LETTER);
        assertThat(pages.subList(3, 5)).allSatisfy(page -> assertThat(page)
                .contains("Mail address")
                .doesNotContain("Inbox"));
    }

    @Test
    void w3m_byForm_showsEveryPageOfTheMailbox() {
        String at = postern.address();

        String shown = new W3m(home)
                .dump(
                        "user=" + Wire.encode(ALICE) + "&pass=demo-alice",
                        at + "/?_task=signin",
                        at + "/?_task=mail",
                        at + "/?_task=settings",
                        at + "/?_task=logout");

        assertThat(shown)
                .containsSubsequence("Inbox", "Inbox", "Current password", "Do you want to log out")
                .doesNotContain("demo-alice");
    }

    @Test
    void wrongPassword_isToldInTextToo() {
        String shown = new W3m(home)
                .dump("user=" + Wire.encode(ALICE) + "&pass=demo-wrong", postern.address() + "/?_task=signin");

        assertThat(shown)
                .contains("Address or password is wrong", ALICE)
                .doesNotContain("demo-wrong", "Inbox");
    }
}
