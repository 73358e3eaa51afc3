package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WindowType;
import org.postern.acceptance.RunningPostern;

/** The Standard interface: every journey without a full page load, under the product's own policy. */
class StandardIT {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";

    private static RunningPostern postern;
    private static Browser browser;
    private static Desk company;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        company = Desk.of(postern, "company@acme.example");
        browser = Browser.open();
    }

    @AfterAll
    static void stop() {
        browser.close();
        postern.close();
    }

    @BeforeEach
    void logIn() {
        browser.go(postern.address() + "/?_task=login").forgetEverything();
        browser.signIn(postern.address(), ALICE, "demo-alice");
        browser.await(d -> browser.script("return window.htmx !== undefined").equals(true));
        browser.complaints();
        browser.script("window.marker = 'the page that was loaded'");
    }

    @AfterEach
    void nothingWentWrong() {
        assertThat(browser.complaints()).isEmpty();
    }

    private static void assertNoPageWasLoaded() {
        assertThat(browser.script("return window.marker")).isEqualTo("the page that was loaded");
    }

    private static void open(String words) {
        browser.leave(
                () -> browser.driver().findElement(By.partialLinkText(words)).click());
        browser.await(d ->
                browser.has("#message") && browser.find("#message h1").getText().contains(words));
    }

    private static void press(CharSequence keys) {
        browser.driver().switchTo().activeElement().sendKeys(keys);
    }

    @Test
    void messages_openBesideTheList_andBackAndForwardWork() {
        open("Minutes of the annual");
        assertThat(browser.find("#messages").isDisplayed()).isTrue();
        assertThat(browser.find("#reader").isDisplayed()).isTrue();
        open("50 % off anvils");
        browser.click("#nav-settings");
        assertThat(browser.has("#password-form")).isTrue();

        browser.leave(() -> browser.driver().navigate().back());
        browser.await(d -> browser.has("#message"));
        assertThat(browser.find("#message h1").getText()).contains("anvils");
        browser.leave(() -> browser.driver().navigate().forward());
        browser.await(d -> browser.has("#password-form"));

        assertNoPageWasLoaded();
    }

    @Test
    void foldersSearchAndPages_areExchanged() {
        browser.leave(
                () -> browser.driver().findElement(By.partialLinkText("Sent")).click());
        assertThat(browser.find("#title").getText()).isEqualTo("Sent");
        browser.leave(
                () -> browser.driver().findElement(By.partialLinkText("Inbox")).click());
        browser.find("#q").sendKeys("anvils");
        browser.click(".search button");
        assertThat(browser.all("#messages li")).hasSize(1);
        assertThat(browser.find(".listing .head").getText()).contains("1 message found");

        assertNoPageWasLoaded();
    }

    @Test
    void letterWithAFile_isSent_answered_andDeletedForGood(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("figures.txt"), "in the file");
        browser.click("#write");
        browser.find("#to").sendKeys(ALICE);
        browser.find("#subject").sendKeys("Standard letter");
        browser.find("#text").sendKeys("Some words.");
        browser.find("#file").sendKeys(file.toString());
        browser.click("#send");
        assertThat(browser.find("#done").getText()).isEqualTo("Your message was sent.");

        open("Standard letter");
        assertThat(browser.find("#body").getText()).contains("Some words.");
        assertThat(browser.find(".attachments").getText()).contains("figures.txt");
        browser.click("#forward");
        assertThat(browser.find("[name=keep]").isSelected()).isTrue();
        browser.find("#to").sendKeys(ALICE);
        browser.click("#send");
        open("Fwd: Standard letter");
        assertThat(browser.find(".attachments").getText()).contains("figures.txt");
        browser.click("#reply");
        assertThat(browser.find("#subject").getDomProperty("value")).isEqualTo("Re: Fwd: Standard letter");
        assertThat(browser.find("#text").getDomProperty("value")).contains("> Some words.");
        browser.find("#text").sendKeys("An answer. ");
        browser.click("#send");

        open("Re: Fwd: Standard letter");
        browser.click("#do-delete");
        assertThat(browser.find("#done").getText()).isEqualTo("Moved to Trash.");
        browser.leave(
                () -> browser.driver().findElement(By.partialLinkText("Trash")).click());
        open("Re: Fwd: Standard letter");
        browser.click("#do-delete");
        assertThat(browser.find("#done").getText()).isEqualTo("Deleted for good.");
        assertNoPageWasLoaded();
    }

    @Test
    void manyMessages_areMarkedAtOnce() {
        browser.find("#all").click();
        browser.leave(() -> browser.find("#act button[value=unread]").click());
        assertThat(browser.all("#messages .unread")).hasSameSizeAs(browser.all("#messages li"));
        browser.find("#all").click();
        browser.leave(() -> browser.find("#act button[value=read]").click());
        assertThat(browser.all("#messages .unread")).isEmpty();
        assertNoPageWasLoaded();
    }

    @Test
    void everythingByKeys() {
        press("j");
        press("j");
        String second =
                browser.script("return document.activeElement.textContent").toString();
        press("k");
        press("j");
        assertThat(browser.script("return document.activeElement.textContent")).isEqualTo(second);
        browser.leave(() -> press("o"));
        browser.await(d -> browser.has("#message"));
        assertThat(second).contains(browser.find("#message h1").getText());
        assertThat(browser.script("return document.activeElement.id")).isEqualTo("reader");
        press("u");
        assertThat(browser.script("return document.activeElement.textContent")).isEqualTo(second);
        press("/");
        assertThat(browser.script("return document.activeElement.id")).isEqualTo("q");
        browser.script("document.activeElement.blur()");
        press("?");
        assertThat(browser.find("#shortcuts").isDisplayed()).isTrue();
        press(Keys.ESCAPE);
        browser.leave(() -> press("r"));
        browser.await(d -> browser.has("#letter"));
        browser.leave(() -> browser.find("#nav-mail").sendKeys(Keys.ENTER));
        browser.leave(() -> press("c"));
        browser.await(d -> browser.has("#letter"));
        assertNoPageWasLoaded();
    }

    @Test
    void keys_canBeSwitchedOff() {
        press("?");
        browser.find("#keys-on").click();
        press(Keys.ESCAPE);
        press("c");

        assertThat(browser.has("#letter")).isFalse();
        browser.find("#keys").click();
        browser.find("#keys-on").click();
        press(Keys.ESCAPE);
        browser.leave(() -> press("c"));
        browser.await(d -> browser.has("#letter"));
    }

    @Test
    void sessionThatEndsWhileSomebodyWrites_losesNothing(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("kept.txt"), "kept");
        browser.click("#write");
        browser.find("#to").sendKeys(ALICE);
        browser.find("#subject").sendKeys("Kept over the end");
        browser.find("#text").sendKeys("My long letter");
        browser.find("#file").sendKeys(file.toString());
        browser.script(
                "return fetch('/?_task=logout&_token=' + document.querySelector('#letter [name=_token]').value)");

        browser.find("#send").click();
        browser.await(d -> browser.has("#error"));
        assertThat(browser.find("#error").getText()).contains("Your session has ended");
        assertThat(browser.find("#text").getDomProperty("value")).isEqualTo("My long letter");

        String letter = browser.driver().getWindowHandle();
        browser.driver().switchTo().newWindow(WindowType.TAB);
        browser.signIn(postern.address(), ALICE, "demo-alice");
        browser.driver().close();
        browser.driver().switchTo().window(letter);
        browser.find("#send").click();
        browser.await(
                d -> browser.has("#error") && browser.find("#error").getText().contains("check your message"));
        browser.click("#send");

        assertThat(browser.find("#done").getText()).isEqualTo("Your message was sent.");
        open("Kept over the end");
        assertThat(browser.find(".attachments").getText()).contains("kept.txt");
    }

    @Test
    void leavingALetter_asksFirst() {
        browser.click("#write");
        browser.find("#text").sendKeys("x");
        browser.find("#nav-mail").click();

        browser.driver().switchTo().alert().dismiss();
        assertThat(browser.find("#text").getDomProperty("value")).isEqualTo("x");
        browser.find("#nav-mail").click();
        browser.leave(() -> browser.driver().switchTo().alert().accept());
        assertThat(browser.has("#messages")).isTrue();
    }

    @Test
    void logoutInOneTab_isSeenInTheOther() {
        String first = browser.driver().getWindowHandle();
        browser.driver().switchTo().newWindow(WindowType.TAB);
        browser.go(postern.address() + "/?_task=mail");
        browser.click("#logout");
        browser.driver().close();
        browser.driver().switchTo().window(first);

        browser.click("#nav-visits");

        assertThat(browser.has("#login")).isTrue();
        assertThat(browser.text()).doesNotContain("Who opened");
    }

    @Test
    void supportSession_countsDown_andReadOnlyOffersNothing() {
        browser.forgetEverything();
        browser.go(company.issue(BOB, "sso", "\"read_only\":true", "\"locale\":\"en\"")
                        .url() + "&direct=1");
        browser.await(d -> browser.script("return window.htmx !== undefined").equals(true));
        open("Minutes of the annual");

        assertThat(browser.all("#write, #reply, #do-delete, [name=_do], [name=_uid]"))
                .isEmpty();
        browser.find(".limits summary").click();
        assertThat(browser.find("#support-read-only").isDisplayed()).isTrue();
        browser.script(
                "document.getElementById('support-left').dateTime = new Date(Date.now() + 65_500).toISOString()");
        browser.await(d -> browser.find("#support-left").getText().matches("1 min [0-5] s"));
        browser.await(d -> browser.find("#support-left").getText().matches("1 min [0-2] s|0 min 59 s"));
    }

    @Test
    void supportSession_countsDownToItsEnd_andThenSaysSo() {
        browser.forgetEverything();
        browser.go(
                company.issue(BOB, "normal", "\"life\":6", "\"locale\":\"en\"").url() + "&direct=1");

        browser.await(d -> browser.find("#support-left").getText().matches("0 min [1-3] s"));
        browser.await(d -> browser.has("#ended"));

        assertThat(browser.find("#ended").getText()).contains("Your session has ended");
    }

    @Test
    void adminTab_suspendsAndResumes_setsLanguageAndPassword() {
        browser.forgetEverything();
        browser.go(company.issue("postmaster@acme.example", "sso_admin").url() + "&direct=1");
        browser.await(d -> browser.script("return window.htmx !== undefined").equals(true));
        browser.script("window.marker = 'the page that was loaded'");
        browser.click("#nav-admin");
        browser.find("#q").sendKeys("bob");
        browser.click(".search button");
        browser.leave(() -> browser.driver().findElement(By.linkText(BOB)).click());
        browser.click("#suspend");
        assertThat(browser.find("#done").getText()).isEqualTo("The mailbox is suspended.");
        browser.click("#resume");
        assertThat(browser.find("#done").getText()).isEqualTo("The mailbox is active again.");
        browser.find("#new").sendKeys("a-password-of-bob's");
        browser.leave(() -> browser.find("button[value=password]").click());
        assertThat(browser.find("#done").getText()).startsWith("The password is set.");
        browser.find("#language option[value=el]").click();
        browser.leave(() -> browser.find("button[value=language]").click());
        assertThat(browser.find("#language").getDomProperty("value")).isEqualTo("el");
        browser.find("#language option[value=de]").click();
        browser.leave(() -> browser.find("button[value=language]").click());
        browser.click("#nav-admin");
        browser.leave(
                () -> browser.driver().findElement(By.linkText("Login tokens")).click());
        assertThat(browser.find("#tokens").getText()).contains("company@acme.example");
        assertNoPageWasLoaded();
    }

    @Test
    void pictures_areShownOnRequest() {
        open("50 % off anvils");
        browser.click("#show-pictures");

        assertThat(browser.<String>inLetter(
                        () -> browser.find("img[alt='A picture of an anvil']").getDomAttribute("src")))
                .isEqualTo("https://shop.example/anvil.jpg");
        browser.go(postern.address() + "/?_task=mail&_folder=Projects");
        open("Roof");
        browser.await(d -> browser.<Boolean>inLetter(
                () -> browser.script("return document.images[0].naturalWidth").equals(240L)));
    }

    @Test
    void firstLoad_isBelowAHundredKilobytes() {
        long bytes = 0;
        for (String page : List.of("/?_task=login", "/?_task=mail")) {
            browser.driver().executeCdpCommand("Network.clearBrowserCache", Map.of());
            browser.go(postern.address() + page);
            bytes = Math.max(bytes, (Long)
                    browser.script("return performance.getEntries().reduce((n, e) => n + (e.transferSize || 0), 0)"));
            assertThat(bytes).as(page).isBetween(5_000L, 100_000L);
        }
    }
}
