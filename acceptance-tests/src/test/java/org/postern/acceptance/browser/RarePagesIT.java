package org.postern.acceptance.browser;

import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.net.ServerSocket;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.acceptance.RunningPostern;

/** Pages that few people see, in English and German, wide and narrow, light and dark: as good as those of every day. */
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
    void brand_withATextAndNoLogo(String language) {
        Look look = speaking(language);
        browser.go("http://mail.nordlicht.example:" + postern.port() + "/");
        look.at("brand-login");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void supportSession(String language) {
        Look look = speaking(language);
        String reason = "Ticket 4711: " + "an unusually long reason, which has to go somewhere ".repeat(9);
        browser.go(mail.issue(ALICE, "normal", "\"reason\":\"" + reason + "\"").url() + "&direct=1&locale=" + language);
        look.at("long-reason");
        task("nowhere");
        look.at("not-found-in-a-session");
        task("login");
        look.at("login-again");
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
    void administration_findsNobody(String language) {
        Look look = speaking(language);
        browser.go(company.issue(POSTMASTER, "sso_admin").url() + "&direct=1&locale=" + language);
        browser.go(postern.address() + "/?_task=admin&_q=nobody");
        look.at("admin-none");
    }

    @Test
    void requestThatDoesNotReachTheApplication() {
        Look look = speaking("en");
        browser.go(postern.address() + "/a/%2e%2e/b%2f");
        look.at("bare-400");
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
