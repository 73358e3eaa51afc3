package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Basic interface in a browser whose scripts are off, which is led there by itself. */
class BasicIT extends Journeys {
    @Override
    Browser newBrowser() {
        return Browser.withoutScript();
    }

    @Override
    void arrive() {
        browser.awaitElement("#to-standard");
        browser.await(d -> !browser.address().contains("_interface"));
    }

    @Override
    void assertStayed() {
        assertThat(browser.has("#to-standard")).isTrue();
        assertThat(browser.has("script, noscript, [hx-boost]:not([hx-boost=false])"))
                .isFalse();
    }

    @Test
    void scripts_areOffHere() {
        browser.go("data:text/html,<p id=p>before</p><script>document.getElementById('p').id='ran'</script>");

        assertThat(browser.has("#ran")).isFalse();
    }

    @Test
    void message_takesThePlaceOfTheList_andLeadsBack() {
        logIn(ALICE);
        open("Minutes of the annual");
        assertThat(browser.has("#messages")).isFalse();

        browser.click("#back");

        assertThat(browser.has("#messages")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"owner", "token"})
    void sessionThatEndsWhileSomebodyWrites_losesNothing(String session) {
        String subject = "Kept over the end, " + session;
        Runnable end = beginToForward(session, subject);
        end.run();

        browser.click("#send");
        browser.see("#ended", "Your session has ended");
        assertThat(browser.find("label[for=kept]").getText()).contains("Your message is kept");
        assertThat(value("#kept")).isEqualTo("My long letter,\nand its second line");
        browser.find("#user").sendKeys(ALICE);
        browser.find("#pass").sendKeys("surely-wrong");
        browser.click("#signin");
        browser.see("#error", "Address or password is wrong");
        assertThat(value("#kept")).as("after a wrong password too").isEqualTo("My long letter,\nand its second line");
        browser.find("#pass")
                .sendKeys(
                        session.equals("owner")
                                ? "demo-alice"
                                : company.issue(ALICE, "normal").token());
        browser.click("#signin");

        browser.see("#error", "Here is your message");
        assertThat(value("#to")).isEqualTo(BOB);
        assertThat(value("#subject")).isEqualTo(subject);
        assertThat(value("#text")).isEqualTo("My long letter,\nand its second line");
        assertThat(browser.all("[name=keep]").get(0).isSelected()).isTrue();
        assertThat(browser.all("[name=keep]").get(1).isSelected()).isFalse();
        send();
        assertArrived(subject);
    }

    @Test
    void basicByChoice_loadsNoScript_andEachChoiceIsRememberedOverANewLogin() {
        try (Browser able = Browser.open()) {
            able.signIn(postern.address(), ALICE, "demo-alice");
            assertThat(able.has("#to-basic")).as("Standard by itself").isTrue();
            able.click("#to-basic");
            assertBasic(able);
            able.click("#logout");
            able.signIn(postern.address(), ALICE, "demo-alice");
            assertBasic(able);
            able.go(company.issue(ALICE, "sso").url() + "&direct=1");
            assertBasic(able);
            able.click(".message-link");
            assertBasic(able);

            able.click("#to-standard");
            assertThat(able.has("#to-basic")).isTrue();
            able.click("#support-end");
            able.go(company.issue(ALICE, "sso").url() + "&direct=1");
            assertThat(able.has("#to-basic")).isTrue();
            able.click("#to-basic");
            assertBasic(able);
            able.click("#support-end");
            able.go(company.issue(ALICE, "sso").url());
            able.awaitAddress(postern.address() + "/?_task=mail");
            assertBasic(able);
            able.click("#to-standard");
            able.click("#logout");
            able.signIn(postern.address(), ALICE, "demo-alice");
            assertThat(able.has("#to-basic")).isTrue();
            assertThat(able.complaints()).isEmpty();
        }
    }

    private static void assertBasic(Browser able) {
        assertThat(able.has("#to-standard")).isTrue();
        assertThat(able.has("script")).isFalse();
        assertThat((List<?>) able.script("return performance.getEntriesByType('resource').map(e => e.name)"))
                .isNotEmpty()
                .noneMatch(name -> name.toString().contains(".js"));
        assertThat(able.script("return typeof htmx")).isEqualTo("undefined");
    }
}
