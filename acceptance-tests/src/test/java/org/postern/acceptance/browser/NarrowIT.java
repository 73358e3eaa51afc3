package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.postern.acceptance.RunningPostern;

/** Every page in every language on the narrowest of phones: nothing sticks out, and no word of a button is cut off. */
class NarrowIT {
    private static final int WIDTH = 360;
    private static final String POSTMASTER = "postmaster@acme.example";

    /** What is wider than the window, or cut off within its own box, in words. */
    private static final String CUT = """
            const out = [];
            if (document.documentElement.scrollWidth > innerWidth) out.push('the page: '
                + document.documentElement.scrollWidth);
            for (const e of document.querySelectorAll(
                'a,button,label,h1,h2,summary,legend,dt,dd,th,td,p,input,select,textarea,.status,.count')) {
              const box = e.getBoundingClientRect();
              if (!box.width || e.matches('.hidden,.hidden *,thead *,.skip,.brand span') || e.closest('iframe')) continue;
              const name = e.tagName + ' ' + (e.id || e.className) + ': ' + e.textContent.trim().slice(0, 60);
              if (box.right > innerWidth + 0.5 || box.left < -0.5) out.push('sticks out: ' + name);
              if (e.clientWidth && e.scrollWidth > e.clientWidth && !e.matches('input,textarea'))
                out.push('is cut off: ' + name + ' ' + e.scrollWidth + ' > ' + e.clientWidth);
            }
            for (const e of document.querySelectorAll('select')) {
              if (!e.clientWidth) continue;
              const probe = document.createElement('span');
              probe.textContent = e.selectedOptions[0].textContent;
              e.after(probe);
              if (probe.getBoundingClientRect().width > e.clientWidth) out.push('is cut off: ' + probe.textContent);
              probe.remove();
            }
            for (const e of document.querySelectorAll('input[placeholder]')) {
              if (!e.clientWidth) continue;
              const canvas = document.createElement('canvas').getContext('2d');
              const style = getComputedStyle(e);
              canvas.font = style.font;
              const room = e.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
              if (canvas.measureText(e.placeholder).width > room) out.push('is cut off: ' + e.placeholder);
            }
            return out;""";

    private final List<String> cut = new ArrayList<>();

    private static RunningPostern postern;
    private static Browser browser;
    private static Desk company;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        company = Desk.of(postern, "company@acme.example");
        new MailProgram(postern, POSTMASTER).fill("Trash", List.of("A letter that lies in the trash"));
        company.issue("alice@acme.example", "normal");
        browser = Browser.open();
        browser.size(WIDTH, 740);
    }

    @AfterAll
    static void stop() {
        browser.close();
        postern.close();
    }

    private void fits(String where, String sign) {
        assertThat(browser.has(sign)).as(where + ": " + browser.text()).isTrue();
        ((List<?>) browser.script(CUT)).forEach(what -> cut.add(where + ": " + what));
    }

    private void task(String task, String sign) {
        browser.go(postern.address() + "/?_task=" + task);
        fits(task, sign);
    }

    @ParameterizedTest
    @ValueSource(strings = {"da", "de", "el", "en", "es", "fr", "it", "nl", "no", "pt_BR", "sv"})
    void everyPage_fitsOntoANarrowScreen(String language) {
        browser.speak(language.replace('_', '-'));
        browser.go(postern.address() + "/?_task=login").forgetEverything();
        browser.go(postern.address() + "/?_interface=standard");
        task("login&_ended", "#ended");
        browser.signIn(postern.address(), POSTMASTER, "surely-wrong");
        fits("a wrong password", "#error");
        browser.go(postern.address() + "/no-such-page");
        fits("no such page", "#problem");

        for (String face : List.of("standard", "basic")) {
            String locale = "\"locale\":\"" + language + "\"";
            browser.go(company.issue(POSTMASTER, "sso_admin", locale).url() + "&direct=1");
            browser.go(postern.address() + "/?_interface=" + face);
            assertThat(browser.find("html").getDomAttribute("lang")).isEqualTo(language.replace('_', '-'));
            fits("the inbox", "#messages");
            String letter = browser.find(".message-link").getDomProperty("href");
            browser.find(".limits summary").click();
            fits("what a session may do", ".limits[open]");
            browser.go(letter + "&_said=deleted");
            fits("a letter", "#message");
            task("mail&_folder=Trash", "#messages");
            browser.go(browser.find(".message-link").getDomProperty("href"));
            fits("a letter in the trash", "#do-delete");
            task("mail&_q=zzzz", "#listing .empty");
            String figures = letter.replaceFirst(".*/\\?_task=mail", "");
            task("write" + figures + "&_how=reply", "#letter");
            browser.find("#to").clear();
            browser.find("#send").click();
            browser.awaitElement("#error");
            fits("a letter to nobody", "#error");
            task("settings", "#no-password-change");
            if (face.equals("basic")) {
                // The rest is the same in both.
                continue;
            }
            task("visits", "#visits");
            task("admin", "#mailboxes");
            task("admin&_q=zzzz", ".empty");
            task("admin&_user=alice%40acme.example", "#suspend");
            task("admin&_user=suspended%40acme.example", "#resume");
            task("admin&_user=postmaster%40acme.example", "#own-password");
            task("tokens", "#tokens");
            task("login", "#login");
            task("nowhere", "#problem");
        }

        browser.go(postern.address() + "/?_interface=standard");
        browser.awaitElement("#keys");
        browser.await(d -> Boolean.TRUE.equals(browser.script("return typeof htmx !== 'undefined'")));
        browser.find("#keys").click();
        fits("the keys", "#shortcuts[open]");
        browser.press(Keys.ESCAPE);
        browser.click("#support-end");
        browser.signIn(postern.address(), POSTMASTER, "demo-postmaster");
        task("settings", "#password-form");
        task("logout", "main form button");
        String locale = "\"locale\":\"" + language + "\"";
        browser.go(company.issue(POSTMASTER, "sso", locale, "\"confirm\":true").url());
        fits("the question before a login", "main form button");

        assertThat(cut).isEmpty();
    }
}
