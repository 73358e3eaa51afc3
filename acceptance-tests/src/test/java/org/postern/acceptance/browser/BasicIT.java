package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.postern.acceptance.RunningPostern;

/** The Basic interface in a browser whose scripts are off, which is led there by itself. */
class BasicIT {
    private static final String DAVE = "dave@globex.example";

    private static RunningPostern postern;
    private static Browser browser;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        browser = Browser.withoutScript();
    }

    @AfterAll
    static void stop() {
        browser.close();
        postern.close();
    }

    @BeforeEach
    void logIn() {
        browser.go(postern.address() + "/?_task=login").forgetEverything();
        browser.signIn(postern.address(), DAVE, "demo-dave");
        browser.awaitElement("#to-standard");
        browser.awaitAddress(postern.address() + "/?_task=mail");
    }

    private static void open(String words) {
        browser.leave(
                () -> browser.driver().findElement(By.partialLinkText(words)).click());
        assertThat(browser.find("#message h1").getText()).contains(words);
    }

    @Test
    void message_takesThePlaceOfTheList_andLeadsBack() {
        open("Minutes of the annual");
        assertThat(browser.has("#messages")).isFalse();
        assertThat(browser.has("script")).isFalse();
        browser.click("#back");
        assertThat(browser.has("#messages")).isTrue();
        open("50 % off anvils");
        assertThat(browser.<String>inLetter(() -> browser.find("body").getText()))
                .contains("famous anvils");
    }

    @Test
    void letterWithAFile_isSent_answered_searched_andDeleted(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("figures.txt"), "in the file");
        browser.click("#write");
        browser.find("#to").sendKeys(DAVE);
        browser.find("#subject").sendKeys("Basic letter");
        browser.find("#text").sendKeys("Some words.");
        browser.find("#file").sendKeys(file.toString());
        browser.click("#send");
        assertThat(browser.find("#done").getText()).isEqualTo("Your message was sent.");
        browser.find("#q").sendKeys("basic");
        browser.click(".search button");
        assertThat(browser.all("#messages li")).hasSize(1);
        open("Basic letter");
        assertThat(browser.find(".attachments").getText()).contains("figures.txt");
        browser.click("#reply");
        browser.find("#text").sendKeys("An answer. ");
        browser.click("#send");
        open("Re: Basic letter");
        browser.click("#do-unread");
        assertThat(browser.find("#done").getText()).isEqualTo("Marked as unread.");
        browser.find("#messages [name=_uid]").click();
        browser.click("#act button[value=delete]");
        assertThat(browser.find("#done").getText()).isEqualTo("Moved to Trash.");
        browser.leave(
                () -> browser.driver().findElement(By.partialLinkText("Trash")).click());
        browser.find("#messages [name=_uid]").click();
        browser.click("#act button[value=restore]");
        assertThat(browser.find("#done").getText()).isEqualTo("Moved to the Inbox.");
    }

    @Test
    void badRecipient_keepsWhatWasTyped() {
        browser.click("#write");
        browser.find("#to").sendKeys("nonsense");
        browser.find("#text").sendKeys("My long letter");
        browser.click("#send");

        assertThat(browser.find("#error").getText()).contains("no mail address");
        assertThat(browser.find("#text").getDomProperty("value")).isEqualTo("My long letter");
    }

    @Test
    void sessionThatEndsWhileSomebodyWrites_losesNothing() {
        browser.click("#write");
        browser.find("#to").sendKeys(DAVE);
        browser.find("#subject").sendKeys("Kept over the end");
        browser.find("#text").sendKeys("My long letter");
        browser.driver().manage().deleteCookieNamed("JSESSIONID");
        browser.click("#send");
        assertThat(browser.find("#ended").getText()).contains("Your session has ended");
        assertThat(browser.find("#kept").getDomProperty("value")).isEqualTo("My long letter");

        browser.find("#user").sendKeys(DAVE);
        browser.find("#pass").sendKeys("demo-dave");
        browser.click("#signin");

        assertThat(browser.find("#subject").getDomProperty("value")).isEqualTo("Kept over the end");
        assertThat(browser.find("#text").getDomProperty("value")).isEqualTo("My long letter");
        browser.click("#send");
        assertThat(browser.find("#done").getText()).isEqualTo("Your message was sent.");
    }

    @Test
    void visitsAndSettings_areThere() {
        browser.go(postern.address() + "/?_task=visits");
        assertThat(browser.find("h1").getText()).isEqualTo("Who opened my mailbox");
        browser.click("#nav-settings");
        assertThat(browser.has("#password-form")).isTrue();
        browser.click("#logout");
        assertThat(browser.has("#login")).isTrue();
    }
}
