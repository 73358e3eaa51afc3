package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The Standard interface: its script exchanges parts of the page, so that no page is loaded as a whole. */
class StandardIT extends Journeys {
    private static final String MARK = "the page that was loaded first";
    private static final int MOST_BYTES = 100_000;

    @Override
    Browser newBrowser() {
        return Browser.open();
    }

    @Override
    void arrive() {
        browser.awaitElement("#to-basic");
        browser.await(d -> Boolean.TRUE.equals(browser.script("return typeof htmx !== 'undefined'")));
        browser.script("window.marker = arguments[0]", MARK);
    }

    @Override
    void assertStayed() {
        assertThat(browser.script("return window.marker"))
                .as("no page was loaded as a whole")
                .isEqualTo(MARK);
    }

    /** The subject of the message whose row has the focus. */
    private String focused() {
        return String.valueOf(
                browser.script("return document.activeElement.querySelector('.subject bdi').textContent"));
    }

    @Test
    void tabsAndMessages_areExchanged_andAMessageOpensBesideTheList() {
        enter(company.issue(POSTMASTER, "sso_admin"));
        for (String tab : List.of("visits", "admin", "settings", "mail")) {
            browser.click("#nav-" + tab);
            assertThat(browser.find("#nav-" + tab).getDomAttribute("aria-current"))
                    .isEqualTo("page");
            assertThat(browser.address()).endsWith("?_task=" + tab);
        }
        open("Minutes of the annual");
        assertThat(browser.find("#messages").isDisplayed()).isTrue();
        assertThat(browser.title()).startsWith("Minutes of the annual");
        open("50 % off anvils");
        assertThat(browser.all(".message-link[aria-current]")).hasSize(1);
        assertThat(browser.find(".message-link[aria-current]").getText()).contains("anvils");
        assertThat(browser.address()).contains("_uid=");

        assertStayed();
    }

    @Test
    void narrowWindow_showsTheListOrTheMessage_andTheFocusGoesAlong() {
        logIn(ALICE);
        try {
            browser.size(600, 800);
            assertThat(browser.find("#reader").isDisplayed()).isFalse();
            browser.press("j");
            browser.leave(() -> browser.press("o"));
            browser.await(d -> browser.has("#message") && browser.hasFocus("#reader"));
            assertThat(browser.find("#reader").isDisplayed()).isTrue();
            assertThat(browser.find("#listing").isDisplayed()).isFalse();
            browser.leave(() -> browser.press("u"));
            browser.await(d -> browser.find("#listing").isDisplayed());
            assertThat(browser.find("#reader").isDisplayed()).isFalse();
            assertStayed();
        } finally {
            browser.size(1280, 860);
        }
    }

    @Test
    void allMessages_areChosenByOneBox() {
        mail(BOB).fill("Projects", List.of("All 1", "All 2"));
        enter(company.issue(BOB, "sso"));
        folder("Projects");
        browser.find("#all").click();
        act("read");
        assertThat(browser.all("#messages .unread")).isEmpty();
        browser.find("#all").click();
        act("unread");
        assertThat(browser.all("#messages .unread")).hasSameSizeAs(browser.all("#messages li"));
        assertStayed();
    }

    @Test
    void everyKey_doesWhatItIsFor() {
        logIn(DAVE);
        browser.press("j");
        browser.press("j");
        String second = focused();
        browser.press("j");
        assertThat(focused()).isNotEqualTo(second);
        browser.press("k");
        assertThat(focused()).isEqualTo(second);
        browser.leave(() -> browser.press("o"));
        browser.await(d -> browser.has("#message"));
        assertThat(browser.find("#message h1").getText()).isEqualTo(second);
        browser.await(d -> browser.hasFocus("#reader"));
        browser.press("u");
        assertThat(focused()).isEqualTo(second);
        browser.press("/");
        assertThat(browser.hasFocus("#q")).isTrue();
        browser.press("c");
        assertThat(value("#q")).as("keys are letters in a field").isEqualTo("c");
        browser.find("#message h1").click();
        browser.press("?");
        assertThat(browser.find("#shortcuts").isDisplayed()).isTrue();
        assertThat(browser.find("#shortcuts").getText())
                .contains("Next message", "Previous message", "Reply to all", "Mark unread", "Delete", "Search");
        browser.press(Keys.ESCAPE);
        assertThat(browser.find("#shortcuts").isDisplayed()).isFalse();
        for (String key : List.of("c", "r", "a", "f")) {
            browser.leave(() -> browser.press(key));
            browser.await(d -> browser.has("#letter"));
            assertThat(value("#subject"))
                    .isEqualTo(key.equals("c") ? "" : (key.equals("f") ? "Fwd: " : "Re: ") + second);
            browser.leave(() -> browser.driver().navigate().back());
            browser.await(d -> browser.has("#message"));
        }
        browser.find("#message h1").click();
        browser.leave(() -> browser.press("m"));
        browser.see("#done", "Marked as unread.");
        mail(DAVE).fill("Drafts", List.of("Deleted by a key"));
        folder("Drafts");
        open("Deleted by a key");
        browser.leave(() -> browser.press("#"));
        browser.see("#done", "Moved to Trash.");
        assertStayed();
    }

    /** A frame keeps the keys of whoever clicked into it, and runs no script of its own. */
    @Test
    void keysPressedInALetter_areThePages() {
        logIn(ALICE);
        open("50 % off anvils: today only!");
        browser.await(d -> browser.has("iframe.html"));
        WebElement letter = browser.find("iframe.html");
        browser.await(d -> letter.getSize().getHeight() > 150);
        letter.click();
        browser.leave(() -> browser.press("r"));
        browser.await(d -> browser.has("#letter"));
        assertThat(value("#subject")).isEqualTo("Re: 50 % off anvils: today only!");
        assertStayed();
    }

    @Test
    void keys_canBeSwitchedOff() {
        logIn(DAVE);
        browser.press("?");
        browser.find("#keys-on").click();
        browser.press(Keys.ESCAPE);
        browser.press("c");
        browser.press("?");
        assertThat(browser.has("#letter")).isFalse();
        assertThat(browser.find("#shortcuts").isDisplayed()).isFalse();
        logIn(DAVE);
        browser.press("c");
        assertThat(browser.has("#letter")).as("remembered").isFalse();

        browser.find("#keys").click();
        assertThat(browser.find("#keys-on").isSelected()).isFalse();
        browser.find("#keys-on").click();
        browser.press(Keys.ESCAPE);
        browser.leave(() -> browser.press("c"));
        browser.await(d -> browser.has("#letter"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"owner", "token"})
    void sessionThatEndsWhileSomebodyWrites_losesNothing_notEvenFiles(String session, @TempDir Path folder) {
        String subject = "Kept over the end, " + session;
        Runnable end = beginToForward(session, subject);
        browser.find("#file")
                .sendKeys(file(folder, "kept.txt", "kept in a file").toString());
        end.run();

        browser.find("#send").click();
        browser.see("#error", "Your session has ended, so the message was not sent");
        assertThat(value("#text")).isEqualTo("My long letter,\nand its second line");
        String letter = browser.driver().getWindowHandle();
        browser.find("#error a").click();
        browser.await(d -> d.getWindowHandles().size() == 2);
        browser.driver().getWindowHandles().stream()
                .filter(w -> !w.equals(letter))
                .forEach(w -> browser.driver().switchTo().window(w));
        browser.awaitElement("#user").sendKeys(ALICE);
        browser.find("#pass")
                .sendKeys(
                        session.equals("owner")
                                ? "demo-alice"
                                : company.issue(ALICE, "normal").token());
        browser.click("#signin");
        browser.driver().close();
        browser.driver().switchTo().window(letter);
        browser.find("#send").click();
        browser.see("#error", "Please check your message and send it again.");
        assertThat(value("#subject")).isEqualTo(subject);
        send();

        assertStayed();
        assertArrived(subject);
        assertThat(mail(BOB).source("INBOX", subject).orElseThrow()).contains("kept.txt", "kept in a file");
    }

    @Test
    void leavingALetter_asksFirst() {
        logIn(ALICE);
        browser.click("#write");
        browser.find("#text").sendKeys("x");
        for (String way : List.of("#nav-mail", "#discard", ".brand")) {
            browser.find(way).click();
            browser.driver().switchTo().alert().dismiss();
            assertThat(value("#text")).as(way).isEqualTo("x");
        }
        browser.leave(() -> {
            browser.find("#nav-mail").click();
            browser.driver().switchTo().alert().accept();
        });
        browser.await(d -> browser.has("#messages"));
        assertStayed();
    }

    @Test
    void serverThatDoesNotAnswer_isTold_andForgottenWhenItDoes() {
        logIn(ALICE);
        offline(true);
        browser.find("#nav-visits").click();
        browser.see("#offline", "The server does not answer.");
        assertThat(browser.has("#messages")).isTrue();

        offline(false);
        browser.click("#nav-visits");

        browser.see("h1", "Who opened my mailbox");
        assertThat(browser.find("#offline").isDisplayed()).isFalse();
        assertStayed();
        browser.complaints();
    }

    private void offline(boolean is) {
        browser.driver().executeCdpCommand("Network.enable", Map.of());
        browser.driver()
                .executeCdpCommand(
                        "Network.emulateNetworkConditions",
                        Map.of("offline", is, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    }

    @Test
    void supportLine_countsDown_andThePageGoesWithTheSession() {
        enter(company.issue(ALICE, "normal", "\"life\":8"));
        browser.await(d -> browser.find("#support-left").getText().matches("0 min [1-6] s"));

        browser.awaitElement("#ended");

        assertThat(browser.find("#ended").getText()).contains("Your session has ended");
    }

    @Test
    void firstLoad_isBelowAHundredKilobytes() {
        try (Browser recording = Browser.recording()) {
            recording.go("about:blank");
            recording.bytesLoaded();
            recording.signIn(postern.address(), ALICE, "demo-alice");
            recording.await(d -> Boolean.TRUE.equals(recording.script("return document.readyState === 'complete'")));
            assertThat(recording.has("#messages")).isTrue();

            assertThat(recording.bytesLoaded()).isBetween(20_000L, (long) MOST_BYTES);
        }
    }
}
