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
import org.postern.acceptance.Wire;

/** Every page in every language on the narrowest of phones: nothing sticks out, and no word of a button is cut off. */
class NarrowIT {
    private static final int WIDTH = 360;
    private static final String POSTMASTER = "postmaster@acme.example";

    /**
     * What a reader cannot read to its end, in words; nothing where the page has no such sign. What is only for screen
     * readers is cut off on purpose, as are a sender and a subject in a list; and how wide a letter is, is for its sender
     * to say.
     */
    private static final String CUT = """
            if (!document.querySelector(arguments[0])) return null;
            const out = [];
            const root = document.documentElement;
            if (root.scrollWidth > root.clientWidth) out.push('the page is ' + root.scrollWidth + ' wide');
            const within = (inner, outer) => inner.right < outer.right + 0.6 && inner.left > outer.left - 0.6;
            const page = {left: 0, right: root.clientWidth};
            const fault = (box, e) => {
              let said = within(box, page) ? null : 'sticks out';
              for (; e; e = e.parentElement) {
                const style = getComputedStyle(e);
                if (style.clipPath !== 'none' || style.textOverflow === 'ellipsis' || e.matches('.skip,#body')) return null;
                if ((style.overflowX === 'hidden' || e.matches('button,.button,td,dd,dt'))
                    && !within(box, e.getBoundingClientRect())) said ??= 'is cut off';
              }
              return said;
            };
            const look = (box, e, words) => {
              const said = box.width ? fault(box, e) : null;
              if (said) out.push(said + ': ' + e.tagName + ' ' + words);
            };
            const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const range = document.createRange();
            while (texts.nextNode()) {
              const text = texts.currentNode;
              if (!text.textContent.trim() || text.parentElement.matches('option,script,textarea')) continue;
              range.selectNodeContents(text);
              look(range.getBoundingClientRect(), text.parentElement, text.textContent.trim());
            }
            for (const e of document.querySelectorAll('button,.button,.card,input,select,textarea,img,iframe')) {
              look(e.getBoundingClientRect(), e, e.id || e.name);
            }
            for (const e of document.querySelectorAll('select,input[placeholder]')) {
              const words = e.placeholder ?? e.selectedOptions[0].textContent;
              const style = getComputedStyle(e);
              const pen = document.createElement('canvas').getContext('2d');
              pen.font = style.font;
              const room = e.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
              if (e.clientWidth && pen.measureText(words).width > room) out.push('is cut off: ' + words);
            }
            return out;""";

    private static final String CHARTS_FIT = "return [...document.querySelectorAll('.box')]"
            + ".every(box => Number(box.firstElementChild.getAttribute('width')) === box.clientWidth)";

    private final List<String> cut = new ArrayList<>();

    private static final String LONG_NAME =
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) " + "Some/1.0 Thing/2.0 ".repeat(10);

    private static RunningPostern postern;
    private static Browser browser;
    private static Desk company;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        company = Desk.of(postern, "company@acme.example");
        new MailProgram(postern, POSTMASTER).fill("Trash", List.of("A letter that lies in the trash"));
        company.issue("alice@acme.example", "normal");
        Desk.Issued used = company.issue(
                "alice@acme.example", "sso", "\"reason\":\"" + "A letter with a long story. ".repeat(10) + "\"");
        assertThat(Wire.get(postern.port(), used.url().replaceFirst("^https?://[^/]+", ""), LONG_NAME)
                        .status())
                .isEqualTo(200);
        browser = Browser.open();
        browser.size(WIDTH, 740);
    }

    @AfterAll
    static void stop() {
        browser.close();
        postern.close();
    }

    private void fits(String where, String sign) {
        List<?> found = (List<?>) browser.script(CUT, sign);
        if (found == null) {
            throw new AssertionError(where + ": " + browser.text());
        }
        found.forEach(what -> cut.add(where + ": " + what));
    }

    private void task(String task, String sign) {
        browser.go(postern.address() + "/?_task=" + task);
        fits(task, sign);
    }

    private void enter(String type, String face, String... more) {
        browser.go(postern.address() + "/?_interface=" + face);
        browser.go(company.issue(POSTMASTER, type, more).url() + "&direct=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"da", "de", "el", "en", "es", "fr", "it", "nl", "no", "pt_BR", "sv"})
    void everyPage_fitsOntoANarrowScreen(String language) {
        browser.speak(language.replace('_', '-'));
        browser.go(postern.address() + "/?_task=login").forgetEverything();
        withoutASession();
        String locale = "\"locale\":\"" + language + "\"";
        enter("sso_admin", "standard", locale);
        assertThat(browser.find("html").getDomAttribute("lang")).isEqualTo(language.replace('_', '-'));
        mail();
        rest();
        enter("sso", "basic", locale);
        fits("the inbox of the Basic interface", "#messages");
        browser.go(browser.find(".message-link").getDomProperty("href"));
        fits("a letter in the Basic interface", "#message");
        browser.go(company.issue(POSTMASTER, "sso", locale, "\"confirm\":true").url());
        fits("the question before a login", "main form button");

        assertThat(cut).isEmpty();
    }

    private void withoutASession() {
        task("login&_ended", "#ended");
        browser.signIn(postern.address(), POSTMASTER, "surely-wrong");
        fits("a wrong password", "#error");
        browser.go(postern.address() + "/no-such-page");
        fits("no such page", "#problem");
    }

    private void mail() {
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
        task("write" + letter.replaceFirst(".*/\\?_task=mail", "") + "&_how=reply", "#letter");
        browser.find("#to").clear();
        browser.find("#send").click();
        browser.awaitElement("#error");
        fits("a letter to nobody", "#error");
    }

    private void rest() {
        task("settings", "#no-password-change");
        task("visits", "#visits");
        task("admin", "#mailboxes");
        task("admin&_q=zzzz", ".empty");
        task("admin&_user=alice%40acme.example", "#suspend");
        task("admin&_user=suspended%40acme.example", "#resume");
        task("admin&_user=postmaster%40acme.example", "#own-password");
        task("tokens", "#tokens");
        task("login", "#login");
        task("nowhere", "#problem");
        browser.await(d -> Boolean.TRUE.equals(browser.script("return typeof htmx !== 'undefined'")));
        browser.find("#keys").click();
        fits("the keys", "#shortcuts[open]");
        browser.press(Keys.ESCAPE);
        browser.click("#support-end");
        browser.signIn(postern.address(), POSTMASTER, "demo-postmaster");
        task("settings", "#password-form");
        task("logout", "#logout-now");
    }

    @ParameterizedTest
    @ValueSource(strings = {"da", "de", "el", "en", "es", "fr", "it", "nl", "no", "pt_BR", "sv"})
    void everyPageOfTheConsole_fitsOntoANarrowScreen(String language) {
        browser.go(postern.address() + "/console/").forgetEverything();
        browser.script("localStorage.setItem('postern.language', arguments[0])", language);
        browser.go("about:blank").go(postern.address() + "/console/");
        browser.awaitElement("#user");
        fits("the console's door", "#user");
        browser.find("#user").sendKeys("company@acme.example");
        browser.find("#password").sendKeys("demo-company", Keys.ENTER);
        console("mailboxes", "#mailboxes a");
        assertThat(browser.find("html").getDomAttribute("lang")).isEqualTo(language.replace('_', '-'));
        console("mailboxes/zzzz", ".empty");
        aMailbox();
        console("requests", ".empty");
        console("audit", "#audit tbody button");
        browser.find("#audit tbody button").click();
        fits("a row of the trail", "#audit .open");
        console("overview", "main svg");

        assertThat(cut).isEmpty();
    }

    private void aMailbox() {
        browser.go(postern.address() + "/console/#/mailbox/alice%40acme.example");
        browser.awaitElement("#sessions");
        console("mailbox/alice%40acme.example", "#tokens");
        browser.find("#diagnose-reason").sendKeys("Ticket 4711");
        browser.find("#diagnose-start").click();
        browser.awaitElement("#diagnose-whole");
        unfold();
        fits("a diagnosis", "#diagnose-whole");
        browser.find("#reason").sendKeys("Ticket 4711");
        browser.find("#generate-token").click();
        browser.awaitElement("#given");
        fits("a new token", "#given");
        browser.find("#tokens .deed button").click();
        fits("the question before revoking", "dialog[open]");
        browser.find("#confirm-yes").click();
        browser.await(d -> browser.hasFocus("#tokens-title"));
        fits("a token that is revoked", "#tokens");
    }

    /** The console's page at this place, all of it unfolded, once it has what is there; also on wider screens. */
    private void console(String place, String sign) {
        browser.go(postern.address() + "/console/#/" + place);
        browser.awaitElement(sign);
        unfold();
        for (int width : List.of(800, 1_280, WIDTH)) {
            browser.size(width, 740);
            browser.await(d -> Boolean.TRUE.equals(browser.script(CHARTS_FIT)));
            fits("the console's " + place + " on " + width + " pixels", sign);
        }
    }

    private static void unfold() {
        browser.script("document.querySelectorAll('main details').forEach(d => { d.open = true; })");
    }
}
