package org.postern.acceptance.browser;

import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/** Every page, in English and German, wide and narrow, light and dark: for everybody, and nothing out of place. */
class RarePagesIT {
    private static final String ALICE = "alice@acme.example";
    private static final String POSTMASTER = "postmaster@acme.example";
    private static final String ZOE = "zoe@globex.example";

    private static RunningPostern postern;
    private static Browser browser;
    private static Desk mail;
    private static Desk company;

    @BeforeAll
    static void start() throws Exception {
        postern = RunningPostern.demo()
                .setting("sso.brands", "demo,north,sun")
                .setting("sso.brand.north.hosts", "mail.nordlicht.example")
                .setting("sso.brand.north.name", "Nordlicht Mail")
                .setting("sso.brand.north.color", "#0f766e")
                .setting("sso.brand.north.login-text", "Mail for Nordlicht and its friends since 1998.")
                .setting("sso.brand.sun.hosts", "mail.sun.example")
                .setting("sso.brand.sun.name", "Sun & Sons Mail")
                .setting("sso.brand.sun.color", "#ffd400")
                .start();
        browser = Browser.knowing("mail.nordlicht.example", "mail.sun.example");
        mail = Desk.of(postern, "mail@acme.example");
        company = Desk.of(postern, "company@acme.example");
        clear(ZOE);
    }

    @AfterAll
    static void stop() {
        browser.close();
        postern.close();
    }

    @BeforeEach
    void newVisitor() {
        browser.go(postern.address() + "/?_task=login").forgetEverything();
    }

    /** Deletes all letters of a mailbox. */
    private static void clear(String mailbox) throws Exception {
        try (Store store = Session.getInstance(new Properties()).getStore("imap")) {
            store.connect("127.0.0.1", postern.imapPort(), mailbox, "demo-" + mailbox.replaceFirst("@.*", ""));
            try (Folder inbox = store.getFolder("INBOX")) {
                inbox.open(Folder.READ_WRITE);
                for (Message message : inbox.getMessages()) {
                    message.setFlag(Flags.Flag.DELETED, true);
                }
            }
        }
    }

    private static Look speaking(String language) {
        browser.speak(language);
        return new Look(browser, language);
    }

    private static void task(String task) {
        browser.go(postern.address() + "/?_task=" + task);
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void doors(String language) {
        Look look = speaking(language);
        task("login");
        look.at("login");
        browser.signIn(postern.address(), ALICE, "not-her-password");
        look.at("login-refused");

        browser.go(mail.issue(ALICE, "sso", "\"confirm\":true").url());
        look.at("confirm");

        browser.go(mail.issue(ALICE, "sso").url() + "&locale=" + language);
        browser.script("window.stop()");
        // It moves on by itself: the session is open already, and nothing on it has to be read.
        look.at("logo", "meta-refresh");

        task("logout");
        browser.go("http://mail.nordlicht.example:" + postern.port() + "/");
        look.at("login-brand");
    }

    /** A colour on which white cannot be read, and which cannot be read on white. */
    @Test
    void brand_ofAPaleColour() {
        Look look = speaking("en");
        String brand = "http://mail.sun.example:" + postern.port();
        browser.go(brand + "/");
        look.at("sun-login");
        String link = mail.issue(ALICE, "sso", "\"confirm\":true").url().replace(postern.address(), brand);
        browser.go(link);
        look.at("sun-confirm");
        browser.find("form button").click();
        browser.awaitAddress(brand + "/?_task=mail");
        look.at("sun-mail");
        browser.click("#logout");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void mailbox_ofASupportSession(String language) {
        Look look = speaking(language);
        String reason = language.equals("de")
                ? "Ticket 4711: kann einen Brief nicht öffnen"
                : "Ticket 4711: cannot open a letter";
        browser.go(mail.issue(ALICE, "normal", "\"reason\":\"" + reason + "\"").url() + "&direct=1&locale=" + language);
        look.at("mail");
        for (Map.Entry<String, String> letter : Map.of(
                        "message-plain", "Welcome to your mailbox",
                        "message-html", "50 % off anvils",
                        "message-attachments", "Quarterly figures")
                .entrySet()) {
            task("mail");
            browser.leave(() -> browser.driver()
                    .findElement(By.partialLinkText(letter.getValue()))
                    .click());
            look.at(letter.getKey());
        }
        task("settings");
        look.at("settings-support");
        task("admin");
        look.at("problem-403");
        task("nowhere");
        look.at("problem-404");
        browser.go(postern.address() + "/?_task=login");
        look.at("login-already");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void mailbox_ofItsOwner(String language) {
        Look look = speaking(language);
        browser.signIn(postern.address(), ZOE, "demo-zoe");
        look.at("mail-empty");
        task("settings");
        look.at("settings");
        browser.find("#old").sendKeys("not-her-password");
        browser.find("#new").sendKeys("a-fresh-and-good-one");
        browser.find("#again").sendKeys("a-fresh-and-good-one");
        browser.click("#password-form button");
        look.at("settings-wrong");
        browser.find("#old").sendKeys("demo-zoe");
        browser.find("#new").sendKeys("password1");
        browser.find("#again").sendKeys("password1");
        browser.click("#password-form button");
        look.at("settings-bad");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void administration(String language) {
        Look look = speaking(language);
        browser.go(company.issue(POSTMASTER, "admin_only").url() + "&direct=1&locale=" + language);
        look.at("admin");
        browser.go(postern.address() + "/?_task=admin&_q=nobody");
        look.at("admin-none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void problems(String language) {
        Look look = speaking(language);
        browser.go(postern.address() + "/no/such/page");
        look.at("404");
        browser.go(postern.address() + "/a/%2e%2e/b%2f");
        look.at("bare-400");
        browser.go(postern.address() + "/?_task=login&_action=login&user=a&user=b&pass=c");
        look.at("filter-400");
        String guess = "/?_task=login&_action=login&user=dave@globex.example&pass=guess";
        for (int i = 0; i < 25; i++) {
            Wire.get(postern.port(), guess + i);
        }
        // Whoever has waited long enough may guess again, and be wrong again.
        browser.await(d -> !browser.go(postern.address() + guess).has("#login"));
        look.at("filter-429");
        browser.await(d -> {
            browser.signIn(postern.address(), "dave@globex.example", "guess");
            return browser.has("#problem");
        });
        look.at("429");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void mailServerThatIsGone(String language) throws Exception {
        int nobody;
        try (ServerSocket closed = new ServerSocket(0)) {
            nobody = closed.getLocalPort();
        }
        try (RunningPostern lonely = RunningPostern.demo()
                .setting("sso.imap.url", "imap://127.0.0.1:" + nobody)
                .start()) {
            Look look = speaking(language);
            browser.go(Desk.of(lonely, "mail@acme.example").issue(ALICE, "sso").url() + "&direct=1&locale=" + language);
            look.at("problem-503");
        }
    }
}
