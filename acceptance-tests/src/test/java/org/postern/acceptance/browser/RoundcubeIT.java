package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.path.json.JsonPath;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.postern.acceptance.MailServer;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/** Login tokens in Debian's Roundcube, over Debian's Dovecot and Postfix, with the very files of {@code integrations/}. */
class RoundcubeIT {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";
    private static final String INVALID = "This link is not valid, or not any more. Please ask for a new one.";

    @TempDir
    private static Path folder;

    private static RunningPostern postern;
    private static MailServer dovecot;
    private static MailServer postfix;
    private static Roundcube roundcube;
    private static Elsewhere elsewhere;
    private static Browser browser;
    private static Desk desk;
    private static final List<String> TOKENS = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        folder.toFile().setExecutable(true, false);
        folder.toFile().setReadable(true, false);
        int port = RunningPostern.freePort();
        int webmail = RunningPostern.freePort();
        int auth = RunningPostern.freePort();
        dovecot = MailServer.dovecot(made("dovecot"), "lua", port);
        postern = RunningPostern.demo()
                .port(port)
                .setting("sso.node.key", Roundcube.NODE_KEY)
                .setting("sso.mail.auth.port", String.valueOf(auth))
                .start();
        postfix = MailServer.postfix(made("postfix"), auth);
        roundcube = Roundcube.start(
                made("roundcube"), webmail, port, dovecot.imap, postfix.smtp, "'localhost', '*.good.example'");
        elsewhere = Elsewhere.open();
        browser = Browser.open();
        desk = Desk.of(postern, "mail@acme.example");
        letter(ALICE, "A letter for Alice");
        letter(BOB, "A letter for Bob");
    }

    private static Path made(String name) throws IOException {
        return Files.createDirectory(folder.resolve(name));
    }

    @AfterAll
    static void stop() {
        browser.close();
        elsewhere.close();
        roundcube.close();
        postfix.close();
        dovecot.close();
        postern.close();
    }

    @BeforeEach
    void newVisitor() {
        browser.go(roundcube.address() + "/?_task=login").forgetEverything();
        elsewhere.forget();
        for (String user : List.of(ALICE, BOB)) {
            sessions(user).forEach(RoundcubeIT::end);
        }
    }

    private static Store open(String user) throws MessagingException {
        Properties settings = new Properties();
        settings.setProperty("mail.imap.port", String.valueOf(dovecot.imap));
        Store store = Session.getInstance(settings).getStore("imap");
        store.connect("127.0.0.1", user, "demo-" + user.replaceFirst("@.*", ""));
        return store;
    }

    private static void letter(String user, String subject) throws MessagingException {
        String text = "From: Postmaster <postmaster@acme.example>\r\nTo: " + user + "\r\nSubject: " + subject
                + "\r\nDate: Sat, 28 Nov 2026 12:00:00 +0000\r\nContent-Type: text/plain\r\n\r\nThe body of: " + subject
                + "\r\n";
        try (Store store = open(user)) {
            store.getFolder("INBOX").appendMessages(new Message[] {
                new MimeMessage(
                        Session.getInstance(new Properties()),
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)))
            });
        }
    }

    private static Desk.Issued issue(String user, String type, String... more) {
        Desk.Issued issued = desk.issue(user, type, more);
        TOKENS.add(issued.token());
        // As with sso.public-url, which would hide the port of this Postern from the test.
        return new Desk.Issued(
                issued.id(), issued.token(), issued.url().replace(postern.address(), roundcube.address()));
    }

    private static String link(Desk.Issued issued, String more) {
        return issued.url() + more;
    }

    /** Where the browser is after it came in: in this mailbox, at an address without the token. */
    private static void isIn(Browser browser, String subject) {
        browser.awaitElement("#messagelist tr.message");
        browser.see("#messagelist", subject);
        assertThat(browser.address()).startsWith(roundcube.address() + "/?_task=mail");
        assertThat(TOKENS).noneMatch(browser.address()::contains);
    }

    private static void isTold(Browser browser, String words) {
        browser.see("#messagestack", words);
        assertThat(browser.has("#rcmloginpwd")).isTrue();
        assertThat(TOKENS).noneMatch(browser.address()::contains);
        assertThat(TOKENS).noneMatch(browser.source()::contains);
    }

    private static List<String> sessions(String user) {
        return JsonPath.from(
                        desk.call("GET", "/sso/v1/sessions?user=" + user, "").body())
                .getList("items.id");
    }

    private static void end(String session) {
        assertThat(desk.call("DELETE", "/sso/v1/sessions/" + session, "").status())
                .isEqualTo(204);
    }

    private static String trail(String user, String event) {
        return desk.call("GET", "/sso/v1/audit?user=" + user + "&event=" + event, "")
                .body();
    }

    private static void logOut() {
        browser.awaitElement("#taskmenu a.logout");
        browser.leave(() -> browser.script("rcmail.command('switch-task', 'logout')"));
    }

    private static void typeIn(Roundcube where, String user, String secret) {
        browser.go(where.address() + "/?_task=login");
        browser.find("#rcmloginuser").sendKeys(user);
        browser.find("#rcmloginpwd").sendKeys(secret);
        browser.click("#rcmloginsubmit");
    }

    @Test
    void link_opensTheMailbox_andShowsALetter_atACleanAddress() {
        Desk.Issued issued = issue(ALICE, "sso");
        browser.go(issued.url());
        isIn(browser, "A letter for Alice");

        assertThat(browser.find("#postern-visit").getText())
                .contains("Support session of mail@acme.example until ")
                .contains(Desk.REASON);
        assertThat(sessions(ALICE)).hasSize(1);
        assertThat(desk.state(issued.id())).isEqualTo("used");
        browser.go(roundcube.address() + "/?_task=mail&_action=show&_mbox=INBOX&_uid=1");
        assertThat(browser.text()).contains("The body of: A letter for Alice");
        browser.go(issued.url());
        isIn(browser, "A letter for Alice");
        assertThat(sessions(ALICE)).as("the same link in the same browser").hasSize(1);
    }

    @Test
    void secondUse_isRefused_withAMessageInTheUsersLanguage() {
        Desk.Issued issued = issue(ALICE, "sso");
        browser.go(issued.url());
        isIn(browser, "A letter for Alice");
        browser.forgetEverything();
        browser.go(issued.url());
        isTold(browser, INVALID);
        browser.go(link(issued, "&locale=de"));
        isTold(browser, "Dieser Link ist nicht oder nicht mehr gültig.");
        try (Browser german = Browser.with("de")) {
            german.go(issued.url());
            isTold(german, "Dieser Link ist nicht oder nicht mehr gültig.");
        }
        assertThat(trail(ALICE, "refused")).contains("login_url: used");
    }

    @Test
    void anotherMailboxsLink_endsTheSessionBefore_andARefusedOneDoesNot() {
        Desk.Issued alices = issue(ALICE, "sso");
        browser.go(alices.url());
        isIn(browser, "A letter for Alice");
        String before =
                browser.driver().manage().getCookieNamed("roundcube_sessid").getValue();
        browser.go(issue(BOB, "sso").url());
        isIn(browser, "A letter for Bob");
        assertThat(browser.driver().manage().getCookieNamed("roundcube_sessid").getValue())
                .isNotEqualTo(before);
        assertThat(sessions(ALICE)).isEmpty();
        assertThat(trail(ALICE, "session_ended")).contains("another login");

        browser.go(alices.url());
        isIn(browser, "A letter for Bob");
        browser.see("#messagestack", "Dieser Link ist nicht oder nicht mehr gültig.");
        assertThat(sessions(BOB)).hasSize(1);
    }

    @Test
    void locale_ofTheTokenAndOfTheLink_andTheOwnersOwnStays() {
        browser.go(link(issue(ALICE, "sso"), "&locale=de"));
        isIn(browser, "A letter for Alice");
        assertThat(browser.find("html").getDomAttribute("lang")).isEqualTo("de");
        assertThat(browser.text()).contains("Posteingang").doesNotContain("Inbox");
        browser.script("rcmail.http_post('utils/save-pref', {_name: 'list_cols', _value: ['subject', 'fromto']})");
        browser.go(link(issue(ALICE, "sso", "\"locale\":\"pt_BR\""), "&locale=de"));
        isIn(browser, "A letter for Alice");
        assertThat(browser.text()).contains("Caixa de entrada");
        browser.go(link(issue(ALICE, "sso"), "&locale=xx"));
        isIn(browser, "A letter for Alice");
        assertThat(browser.text()).contains("Inbox");
        logOut();
        typeIn(roundcube, ALICE, "demo-alice");
        isIn(browser, "A letter for Alice");
        assertThat(browser.text())
                .as("what a support session chose stays in it")
                .contains("Inbox");
    }

    @Test
    void logout_endsTheSessionInPostern_andLeadsToTheAllowedTarget() {
        String good = elsewhere.otherSite() + "/x?a=1&b=2";
        browser.go(link(issue(ALICE, "sso"), "&direct=1&logout_redirect=" + Wire.encode(good)));
        isIn(browser, "A letter for Alice");
        logOut();
        assertThat(browser.address()).isEqualTo(good);
        assertThat(elsewhere.visits("/x?a=1&b=2"))
                .singleElement()
                .satisfies(visit -> assertThat(visit.referer()).isEmpty());
        assertThat(sessions(ALICE)).isEmpty();
        assertThat(trail(ALICE, "session_ended")).contains("\"logout\"");
        browser.go(roundcube.address() + "/?_task=mail");
        assertThat(browser.has("#rcmloginpwd")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "&direct=1&logout_redirect=http%3A%2F%2F127.0.0.1%3AELSEWHERE%2Fx",
                "&direct=1&logout_redirect=http%3A%2F%2Flocalhost%40127.0.0.1%3AELSEWHERE%2Fx",
                "&direct=1&logout_redirect=http%3A%2F%2F127.0.0.1%3AELSEWHERE%5C%40localhost%2Fx",
                "&direct=1&logout_redirect=%2F%2Flocalhost%3AELSEWHERE%2Fx",
                "&direct=1&logout_redirect=javascript%3Aalert(1)",
                "&direct=1&logout_redirect=http%3A%2F%2Flocalhost%3AELSEWHERE%2Fx%0d%0aSet-Cookie%3A%20a%3Db",
                "&direct=01&logout_redirect=http%3A%2F%2Flocalhost%3AELSEWHERE%2Fx",
                "&logout_redirect=http%3A%2F%2Flocalhost%3AELSEWHERE%2Fx",
            })
    void logoutTarget_thatDoesNotCount_isDropped(String more) {
        browser.go(link(issue(ALICE, "sso"), more.replace("ELSEWHERE", String.valueOf(elsewhere.port()))));
        isIn(browser, "A letter for Alice");
        logOut();
        browser.awaitElement("#rcmloginpwd");
        assertThat(browser.address()).startsWith(roundcube.address());
        assertThat(elsewhere.visits()).isEmpty();
        assertThat(trail(ALICE, "redeemed")).contains("login_url, logout target dropped");
        assertThat(sessions(ALICE)).isEmpty();
    }

    /** The session's own credential sends, whereas the token itself could not. */
    @Test
    void sending_worksWithTheSessionsCredential() throws Exception {
        browser.go(issue(ALICE, "sso").url());
        isIn(browser, "A letter for Alice");
        browser.go(roundcube.address() + "/?_task=mail&_action=compose");
        browser.awaitElement("#_to");
        browser.script("document.getElementById('_to').value = 'somebody@example.com, ';"
                + "document.getElementById('compose-subject').value = 'Sent by support';"
                + "document.getElementById('composebody').value = 'A text';"
                + "rcmail.command('send', '', {}, {})");
        browser.see("#messagestack", "Message sent successfully.");
        assertThat(postfix.log()).contains("sasl_username=" + ALICE).contains("to=<somebody@example.com>");
        try (Store store = open(ALICE);
                Folder sent = store.getFolder("Sent")) {
            sent.open(Folder.READ_ONLY);
            assertThat(sent.getMessage(sent.getMessageCount()).getSubject()).isEqualTo("Sent by support");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "token"})
    void endedInPostern_theNextClickIsLoggedOut(String what) {
        Desk.Issued issued = issue(ALICE, "normal");
        browser.go(issued.url());
        isIn(browser, "A letter for Alice");
        if (what.equals("token")) {
            desk.revoke(issued.id());
        } else {
            end(sessions(ALICE).get(0));
        }
        browser.go(roundcube.address() + "/?_task=settings");
        isTold(browser, "The support session was ended.");
        browser.go(roundcube.address() + "/?_task=mail");
        assertThat(browser.has("#rcmloginpwd")).isTrue();
        assertThat(browser.has("#messagelist")).isFalse();
    }

    /** By script, within a page: Roundcube's own way out of a session that is over. */
    @Test
    void endedInPostern_aClickWithinThePageLeadsToTheLoginPage() {
        browser.go(issue(ALICE, "sso").url());
        isIn(browser, "A letter for Alice");
        end(sessions(ALICE).get(0));
        browser.script("rcmail.command('checkmail')");
        browser.awaitElement("#rcmloginpwd");
        isTold(browser, "The support session was ended.");
    }

    @Test
    void posternDown_linkSaysSo_andThePasswordStillWorks(@TempDir Path down) throws Exception {
        down.toFile().setExecutable(true, false);
        down.toFile().setReadable(true, false);
        Desk.Issued issued = issue(ALICE, "sso");
        int nobody = RunningPostern.freePort();
        int port = RunningPostern.freePort();
        try (MailServer alone = MailServer.dovecot(Files.createDirectory(down.resolve("dovecot")), "lua", nobody);
                Roundcube cutOff = Roundcube.start(
                        Files.createDirectory(down.resolve("roundcube")), port, nobody, alone.imap, alone.smtp, "")) {
            browser.go(issued.url().replace(":" + roundcube.port(), ":" + port));
            isTold(browser, "Links cannot be checked at the moment.");
            browser.find("#rcmloginuser").sendKeys(ALICE);
            browser.find("#rcmloginpwd").sendKeys("demo-alice");
            browser.click("#rcmloginsubmit");
            browser.awaitElement("#messagelist");
            assertThat(browser.has("#postern-visit")).isFalse();
            assertThat(cutOff.log()).contains("postern_login: no answer from http://127.0.0.1:" + nobody);
            assertThat(cutOff.log()).doesNotContain(issued.token());
        }
        assertThat(desk.state(issued.id())).isEqualTo("live");
    }

    /** What Roundcube logs of the mail server names the address of the request; the token is not in it any more. */
    @Test
    void mailServerDown_endsTheSession_saysSo_andLogsNoToken(@TempDir Path down) throws Exception {
        down.toFile().setExecutable(true, false);
        down.toFile().setReadable(true, false);
        Desk.Issued issued = issue(ALICE, "sso");
        int nobody = RunningPostern.freePort();
        int port = RunningPostern.freePort();
        try (Roundcube noMail = Roundcube.start(
                Files.createDirectory(down.resolve("roundcube")), port, postern.port(), nobody, nobody, "")) {
            browser.go(issued.url().replace(":" + roundcube.port(), ":" + port));
            isTold(browser, "The link is valid, but the mail server did not open the mailbox.");
            assertThat(noMail.log()).contains("IMAP Error").doesNotContain(issued.token());
        }
        assertThat(sessions(ALICE)).isEmpty();
        assertThat(trail(ALICE, "session_ended")).contains("refused by the mail server");
    }

    /** The form is Dovecot's: it offers CRAM-MD5 too, which Roundcube prefers, and which carries no token. */
    @Test
    void form_takesPasswordsAndNormalTokens_asBefore(@TempDir Path plain) throws IOException {
        plain.toFile().setExecutable(true, false);
        plain.toFile().setReadable(true, false);
        int port = RunningPostern.freePort();
        try (Roundcube other = Roundcube.start(
                Files.createDirectory(plain.resolve("roundcube")),
                port,
                postern.port(),
                dovecot.imap,
                postfix.smtp,
                "",
                "$config['imap_auth_type'] = 'PLAIN';")) {
            for (String secret : List.of("demo-alice", issue(ALICE, "normal").token())) {
                typeIn(other, ALICE, secret);
                browser.see("#messagelist", "A letter for Alice");
                assertThat(browser.has("#postern-visit")).isFalse();
                logOut();
            }
            Desk.Issued single = issue(ALICE, "sso");
            typeIn(other, ALICE, single.token());
            browser.see("#messagestack", "Login failed.");
            assertThat(desk.state(single.id())).as("is not spent").isEqualTo("live");
            browser.go(single.url());
            isIn(browser, "A letter for Alice");
        }
    }

    @Test
    void readOnly_showsTheMailbox_andChangesNothing() throws Exception {
        letter(BOB, "Unread by Bob");
        browser.go(issue(BOB, "sso", "\"read_only\":true").url());
        isIn(browser, "Unread by Bob");
        assertThat(browser.find("#postern-visit").getText()).startsWith("Support-Sitzung nur zum Lesen");
        browser.go(roundcube.address() + "/?_task=mail&_action=show&_mbox=INBOX&_uid=2");
        assertThat(browser.text()).contains("The body of: Unread by Bob");
        browser.script("rcmail.http_post('mail/mark', {_uid: 2, _mbox: 'INBOX', _flag: 'delete'})");
        browser.see("#messagestack", "In dieser Support-Sitzung kann nichts geändert werden.");
        for (String closed : List.of("?_task=mail&_action=compose", "?_task=settings", "?_task=addressbook")) {
            browser.go(roundcube.address() + "/" + closed);
            isIn(browser, "Unread by Bob");
            browser.see("#messagestack", "In dieser Support-Sitzung kann nichts geändert werden.");
        }
        logOut();
        try (Store store = open(BOB);
                Folder inbox = store.getFolder("INBOX")) {
            inbox.open(Folder.READ_ONLY);
            Flags flags = inbox.getMessage(2).getFlags();
            assertThat(flags.contains(Flags.Flag.SEEN)).isFalse();
            assertThat(flags.contains(Flags.Flag.DELETED)).isFalse();
        }
        browser.go(issue(BOB, "sso").url());
        isIn(browser, "Unread by Bob");
        browser.go(roundcube.address() + "/?_task=mail&_action=show&_mbox=INBOX&_uid=2");
        try (Store store = open(BOB);
                Folder inbox = store.getFolder("INBOX")) {
            inbox.open(Folder.READ_ONLY);
            assertThat(inbox.getMessage(2).isSet(Flags.Flag.SEEN))
                    .as("by a session that may")
                    .isTrue();
        }
    }

    @Test
    void passwordsAndForwards_areClosedToEverySession() {
        browser.go(issue(ALICE, "normal").url());
        isIn(browser, "A letter for Alice");
        browser.go(roundcube.address() + "/?_task=settings&_action=plugin.password");
        isIn(browser, "A letter for Alice");
        browser.see("#messagestack", "This cannot be changed in a support session.");
    }

    @Test
    void confirm_isNotRedeemedWithoutAClick() {
        Desk.Issued issued = issue(ALICE, "sso", "\"confirm\":true");
        browser.go(link(issued, "&locale=de&logout_redirect=%22%3E%3Cscript%3Ex%3C%2Fscript%3E"));
        assertThat(browser.text()).contains("Möchten Sie sich bei diesem Postfach anmelden?");
        assertThat(browser.has("script")).isFalse();
        assertThat(desk.state(issued.id())).isEqualTo("live");
        browser.click("#postern-confirm");
        isIn(browser, "A letter for Alice");
        assertThat(browser.text()).contains("Posteingang");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "400 GET &user=bob%40acme.example ",
                "400 GET &_pass=x ",
                "400 GET &direct=1&direct=1 ",
                "400 GET &_task=mail ",
                "400 GET &x=%ff ",
                "405 HEAD  ",
                "405 PUT  ",
                "403 GET  Sec-Purpose: prefetch",
                "403 GET  Purpose: prefetch",
                "403 GET  Sec-Fetch-Dest: image",
            })
    void whatIsNoVisit_orNotClear_redeemsNothing(String example) {
        String[] parts = example.split(" ", 4);
        Desk.Issued issued = issue(ALICE, "sso");
        String target = issued.url().substring(roundcube.address().length()) + parts[2];
        String[] headers = parts[3].isEmpty() ? new String[0] : new String[] {parts[3]};

        Wire.Answer answer = Wire.once(roundcube.port(), parts[1], target, "", headers);

        assertThat(answer.status()).as(answer.whole()).isEqualTo(Integer.parseInt(parts[0]));
        assertThat(answer.whole()).doesNotContain(issued.token());
        assertThat(desk.state(issued.id())).isEqualTo("live");
        Wire.Answer good = Wire.get(
                roundcube.port(), issued.url().substring(roundcube.address().length()));
        assertThat(good.status()).isEqualTo(302);
        assertThat(good.header("Referrer-Policy")).contains("no-referrer");
        assertThat(good.header("Cache-Control")).contains("no-store");
        assertThat(good.whole()).doesNotContain(issued.token());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "&locale=%22%3E%3Cscript%3Edocument.title%3D'x'%3C%2Fscript%3E",
                "&logout_redirect=%22%3E%3Cscript%3Edocument.title%3D'x'%3C%2Fscript%3E&direct=1",
                "&locale=..%2F..%2F..%2Fetc%2Fpasswd%00",
                "&_framed=1&_skin=x&_url=http%3A%2F%2Fevil.example&_host=evil.example&_timezone=%3Cscript%3E",
                "&locale[]=de&user[]=x",
            })
    void hostileValues_doNothing(String more) {
        Desk.Issued issued = issue(ALICE, "sso", "\"reason\":\"<img src=x onerror=document.title='x'> $end\"");
        browser.go(link(issued, more));
        isIn(browser, "A letter for Alice");
        assertThat(browser.title()).doesNotContain("x'").isNotEqualTo("x");
        assertThat(browser.find("#postern-visit").getText()).contains("<img src=x onerror=document.title='x'>");
        assertThat(browser.has("img[src=x]")).isFalse();
    }

    @Test
    void hostileUser_andMadeUpMessages_doNothing() {
        for (String user :
                List.of("<script>document.title='x'</script>", "a' OR '1'='1", "a@b\r\nX-Evil: 1", "*@acme.example")) {
            browser.go(roundcube.address() + "/?_task=login&_action=login&user=" + Wire.encode(user) + "&pass=nothing");
            isTold(browser, INVALID);
            assertThat(browser.title()).isNotEqualTo("x");
        }
        browser.go(roundcube.address() + "/?_task=login&_postern=" + Wire.encode("<img src=x>refused"));
        assertThat(browser.all("#messagestack div")).isEmpty();
    }

    /** After whatever was tried before, and one journey at least. */
    @Test
    void noTokenAndNoKey_inAnyLogOrInTheDatabase() throws IOException {
        Desk.Issued issued = issue(ALICE, "normal");
        browser.go(issued.url());
        isIn(browser, "A letter for Alice");
        logOut();
        browser.driver().findElement(By.cssSelector("body"));
        desk.revoke(issued.id());
        browser.go(issued.url());
        isTold(browser, INVALID);

        String log = roundcube.log();
        assertThat(log).contains("Successful login for " + ALICE).contains("\"GET /index.php\" 302");
        assertThat(TOKENS).isNotEmpty().noneMatch(log::contains);
        assertThat(log).doesNotContain(Roundcube.NODE_KEY, "pss_", "&pass=");
        String database = Files.readString(roundcube.database(), StandardCharsets.ISO_8859_1);
        assertThat(TOKENS).noneMatch(database::contains);
        assertThat(database).doesNotContain("pss_");
    }
}
