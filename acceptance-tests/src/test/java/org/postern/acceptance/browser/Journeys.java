package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.Flags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/**
 * Every journey through a mailbox, as it has to be in both interfaces (contract, section 8), under the product's own
 * policy: no test may leave a violation of it, or a script error, in the browser's log.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Journeys {
    static final String ALICE = "alice@acme.example";
    static final String BOB = "bob@acme.example";
    static final String CAROL = "carol@acme-labs.example";
    static final String DAVE = "dave@globex.example";
    static final String ZOE = "zoe@globex.example";
    static final String POSTMASTER = "postmaster@acme.example";

    RunningPostern postern;
    Browser browser;
    Desk company;

    /** The browser for this interface. */
    abstract Browser newBrowser();

    /** Waits until this interface is there, after a page was loaded. */
    abstract void arrive();

    /** Checks that the pages since then came in this interface's way. */
    abstract void assertStayed();

    @BeforeAll
    void start() {
        postern = RunningPostern.demo().start();
        company = Desk.of(postern, "company@acme.example");
        browser = newBrowser();
    }

    @AfterAll
    void stop() {
        browser.close();
        postern.close();
    }

    @BeforeEach
    void newVisitor() {
        browser.go(postern.address() + "/?_task=login").forgetEverything();
        browser.complaints();
    }

    @AfterEach
    void nothingWentWrong() {
        assertThat(browser.complaints()).isEmpty();
    }

    final void logIn(String mailbox) {
        browser.signIn(postern.address(), mailbox, "demo-" + mailbox.replaceFirst("@.*", ""));
        arrive();
    }

    final void enter(Desk.Issued issued) {
        browser.go(issued.url() + "&direct=1&locale=en");
        arrive();
    }

    final void open(String words) {
        browser.leave(
                () -> browser.driver().findElement(By.partialLinkText(words)).click());
        browser.see("#message h1", words);
    }

    final void folder(String name) {
        follow("#folders", name);
        browser.see("#title", name);
    }

    /** Follows the link with this text in a part of the page. */
    final void follow(String part, String words) {
        WebElement link = browser.all(part + " a").stream()
                .filter(a -> a.getText().contains(words))
                .findFirst()
                .orElseThrow();
        browser.leave(link::click);
    }

    final void compose(String to, String subject, String text) {
        browser.click("#write");
        browser.find("#to").sendKeys(to);
        browser.find("#subject").sendKeys(subject);
        browser.find("#text").sendKeys(text);
    }

    final void send() {
        browser.click("#send");
        browser.see("#done", "Your message was sent.");
    }

    final String value(String selector) {
        return browser.find(selector).getDomProperty("value");
    }

    final MailProgram mail(String mailbox) {
        return new MailProgram(postern, mailbox);
    }

    final List<String> subjects() {
        return browser.all("#messages .subject bdi").stream()
                .map(WebElement::getText)
                .toList();
    }

    /** Posts a form with this session's cookie and token, past the pages. */
    final int forge(String target, String form) {
        String token = browser.find("#logout").getDomProperty("href").replaceFirst(".*_token=", "");
        return Wire.post(postern.port(), target, "_token=" + token + "&" + form, browser.cookies())
                .status();
    }

    static Path file(Path folder, String name, String content) {
        try {
            return Files.writeString(folder.resolve(name), content);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    // Folders, lists, search

    @Test
    void folders_sayHowMuchIsUnread_andLeadToTheirMessages() {
        logIn(DAVE);
        assertThat(browser.find("#folders").getText()).contains("Inbox", "Drafts", "Sent", "Trash", "Projects");
        assertThat(browser.find("#folders [aria-current] .count").getText()).startsWith("2");

        folder("Projects");
        assertThat(browser.find("#folders [aria-current] .count").getText()).startsWith("1");
        open("Roof of the north hall");
        browser.await(d -> !browser.has("#folders [aria-current] .count"));
        folder("Sent");
        assertThat(subjects()).contains("Lunch on Thursday?");
        assertThat(browser.find("#messages .from").getText()).as("to whom").contains(CAROL);
        folder("Drafts");
        assertThat(browser.find("#listing .empty").getText()).contains("No messages here");
        assertStayed();
    }

    @Test
    void longFolder_isTurnedPageByPage() {
        mail(ZOE)
                .fill(
                        "Projects",
                        IntStream.rangeClosed(1, 59)
                                .mapToObj(i -> "Letter " + i)
                                .toList());
        logIn(ZOE);
        folder("Projects");
        assertThat(browser.find("#listing .head").getText()).contains("60 messages");
        assertThat(subjects()).hasSize(50).startsWith("Letter 59");

        browser.click("[rel=next]");
        browser.see(".pages", "Page 2 of 2");
        assertThat(subjects()).hasSize(10).contains("Letter 1").doesNotContain("Letter 59");
        open("Letter 3");
        browser.leave(() -> browser.driver().navigate().back());
        browser.see(".pages", "Page 2 of 2");
        browser.click("[rel=prev]");
        browser.see(".pages", "Page 1 of 2");
        assertThat(subjects()).startsWith("Letter 59");
        assertStayed();
    }

    @ParameterizedTest
    @CsvSource({
        "Inbox, anvils, 50 % off anvils",
        "Inbox, ROADRUNNER, 50 % off anvils",
        "Inbox, carol minutes, Minutes of the annual meeting",
        "Sent, carol, Lunch on Thursday?"
    })
    void search_looksInSenderRecipientAndSubject(String folder, String words, String found) {
        logIn(DAVE);
        folder(folder);
        browser.find("#q").sendKeys(words);
        browser.click(".search button");

        browser.see("#listing .head", "message found");
        assertThat(subjects()).allSatisfy(s -> assertThat(s).contains(found)).isNotEmpty();
        assertThat(value("#q")).isEqualTo(words);
        assertStayed();
    }

    @Test
    void search_thatFindsNothing_leadsBackToAllMessages() {
        logIn(DAVE);
        browser.find("#q").sendKeys("no-such-word");
        browser.press(Keys.ENTER);
        browser.see("#listing .empty", "No messages found");

        follow("#listing .empty", "Show all messages");

        assertThat(subjects()).isNotEmpty();
        assertStayed();
    }

    // Reading

    @Test
    void html_isShownInASandboxedFrame_andPicturesFromElsewhereOnlyWhenWanted() {
        try (Elsewhere elsewhere = Elsewhere.open()) {
            elsewhere.page(
                    "/pixel.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20' viewBox='0 0 4 2'/>");
            mail(ALICE)
                    .receiveHtml(
                            mail(BOB),
                            "A picture from elsewhere",
                            "<p>Look at <b>this</b>:</p><img alt=it src='" + elsewhere.named() + "/pixel.svg'>"
                                    + "<img alt=own src='" + elsewhere.address() + "/own.svg'>");
            logIn(ALICE);
            open("A picture from elsewhere");
            WebElement frame = browser.find("#body iframe");
            assertThat(frame.getDomAttribute("sandbox")).doesNotContain("allow-scripts", "allow-forms", "allow-top");
            assertThat(browser.<String>inLetter(() -> browser.find("body").getText()))
                    .contains("Look at this:");
            assertThat(browser.find("#hidden-pictures").getText()).contains("not loaded");
            assertThat(elsewhere.visits()).isEmpty();

            browser.click("#show-pictures");

            browser.await(d -> browser.<Boolean>inLetter(
                    () -> "40".equals(browser.find("img[alt=it]").getDomProperty("naturalWidth"))));
            assertThat(elsewhere.visits()).singleElement().satisfies(visit -> {
                assertThat(visit.target()).isEqualTo("/pixel.svg");
                assertThat(visit.referer()).isEmpty();
            });
            assertThat(browser.has("#hidden-pictures")).isFalse();
            assertStayed();
        }
    }

    @Test
    void pictureInsideALetter_isShownAtOnce() {
        logIn(ALICE);
        folder("Projects");
        open("Roof of the north hall");

        browser.await(d ->
                browser.<Boolean>inLetter(() -> "240".equals(browser.find("img").getDomProperty("naturalWidth"))));
        assertThat(browser.<String>inLetter(() -> browser.find("table").getText()))
                .contains("Meyer & Sons");
        assertThat(browser.has("#hidden-pictures")).isFalse();
        assertStayed();
    }

    @Test
    void attachments_comeDownAsTheyAre(@TempDir Path downloads) throws IOException {
        browser.download(downloads);
        logIn(ALICE);
        open("Quarterly figures");
        assertThat(browser.find("#body").getText()).contains("the figures of the third quarter are attached");

        browser.find(".attachments li a").click();
        browser.find(".source a").click();

        browser.await(d -> downloads.toFile().list().length == 2
                && List.of(downloads.toFile().list()).stream().noneMatch(n -> n.endsWith(".crdownload")));
        assertThat(downloads.resolve("figures.csv"))
                .content(StandardCharsets.UTF_8)
                .contains("July;1204;48160");
        assertThat(browser.has("#message")).isTrue();
        assertStayed();
    }

    // Writing

    @Test
    void letterWithAFile_arrives_andACopyIsInSent(@TempDir Path folder) {
        String subject = "Figures for Bob, überprüft";
        logIn(ALICE);
        compose(BOB, subject, "Some words.\n\u20ac 7");
        browser.find("#cc").sendKeys("Carol <" + CAROL + ">");
        browser.find("#file")
                .sendKeys(file(folder, "figures.txt", "in the file").toString());
        send();

        assertThat(mail(BOB).source("INBOX", subject).orElseThrow())
                .contains("figures.txt", "From: Alice Arnold <" + ALICE + ">", "To: " + BOB, CAROL);
        assertThat(mail(CAROL).subjects("INBOX")).contains(subject);
        folder("Sent");
        open(subject);
        assertThat(browser.find("#body").getText()).contains("Some words.", "\u20ac 7");
        assertThat(browser.find(".attachments").getText()).contains("figures.txt", "11 B");
        assertStayed();
    }

    @Test
    void letter_isAnswered_toOneAndToAll_andHandedOnWithItsFile() {
        mail(ALICE).receiveFile(mail(CAROL), BOB, "A question", "What do you think?", "plan.txt", "the plan");
        logIn(ALICE);
        open("A question");
        browser.click("#reply");
        assertThat(value("#to")).isEqualTo(CAROL);
        assertThat(value("#cc")).isEmpty();
        assertThat(value("#subject")).isEqualTo("Re: A question");
        assertThat(value("#text")).contains("> What do you think?", CAROL + " wrote on");
        assertThat(browser.has(".kept")).isFalse();
        browser.find("#text").sendKeys("To you alone.");
        send();
        assertThat(browser.all("#messages .answered")).hasSize(1);
        assertThat(mail(ALICE).isMarked("INBOX", "A question", Flags.Flag.ANSWERED))
                .isTrue();
        assertThat(mail(CAROL).source("INBOX", "Re: A question").orElseThrow())
                .contains("In-Reply-To: <", "References: <", "To you alone.");
        assertThat(mail(BOB).subjects("INBOX")).doesNotContain("Re: A question");

        open("A question");
        browser.click("#reply-all");
        assertThat(value("#to")).isEqualTo(CAROL);
        assertThat(value("#cc")).isEqualTo(BOB);
        send();
        assertThat(mail(BOB).subjects("INBOX")).contains("Re: A question");

        open("A question");
        browser.click("#forward");
        assertThat(value("#to")).isEmpty();
        assertThat(value("#subject")).isEqualTo("Fwd: A question");
        assertThat(value("#text")).contains("Forwarded message", "What do you think?");
        assertThat(browser.find(".kept").getText()).contains("plan.txt");
        assertThat(browser.find("[name=keep]").isSelected()).isTrue();
        browser.find("#to").sendKeys(BOB);
        send();
        assertThat(mail(BOB).source("INBOX", "Fwd: A question").orElseThrow()).contains("plan.txt", "the plan");
        assertStayed();
    }

    @Test
    void letterWithoutAGoodAddress_isNotSent_andStays() {
        logIn(ALICE);
        compose("nonsense", "Where to", "My long letter");
        browser.find("#send").click();
        browser.see("#error", "no mail address: nonsense");

        assertThat(value("#text")).isEqualTo("My long letter");
        assertThat(value("#subject")).isEqualTo("Where to");
        browser.find("#to").clear();
        browser.find("#to").sendKeys(BOB);
        send();
        assertThat(mail(BOB).subjects("INBOX")).contains("Where to");
        assertStayed();
    }

    // Marking and deleting

    @Test
    void messages_areMarked_oneAndMany() {
        mail(BOB).fill("Drafts", List.of("Mark 1", "Mark 2", "Mark 3"));
        mail(BOB).clear("Trash");
        enter(company.issue(BOB, "sso"));
        folder("Drafts");
        assertThat(browser.all("#messages .unread")).hasSize(3);
        open("Mark 2");
        assertThat(mail(BOB).isMarked("Drafts", "Mark 2", Flags.Flag.SEEN))
                .as("whoever looks in for the owner leaves no trace")
                .isFalse();

        folder("Drafts");
        browser.find("#messages [name=_uid]").click();
        act("read");
        browser.see("#done", "Marked as read.");
        assertThat(browser.all("#messages .unread")).hasSize(2);
        assertThat(mail(BOB).isMarked("Drafts", "Mark 3", Flags.Flag.SEEN)).isTrue();
        browser.all("#messages [name=_uid]").forEach(WebElement::click);
        act("unread");
        assertThat(browser.all("#messages .unread")).hasSize(3);
        browser.all("#messages [name=_uid]").forEach(WebElement::click);
        act("read");
        assertThat(browser.all("#messages .unread")).isEmpty();
        act("delete");
        browser.see("#done", "Choose at least one message.");
        open("Mark 1");
        browser.click("#do-unread");
        browser.see("#done", "Marked as unread.");
        assertThat(mail(BOB).isMarked("Drafts", "Mark 1", Flags.Flag.SEEN)).isFalse();
        assertStayed();
    }

    final void act(String deed) {
        browser.click("#act button[value=" + deed + "]");
    }

    @Test
    void messages_goToTheTrash_comeBack_andGoForGood() {
        mail(CAROL).fill("INBOX", List.of("Away 1", "Away 2"));
        logIn(CAROL);
        open("Away 1");
        browser.click("#do-delete");
        browser.see("#done", "Moved to Trash.");
        assertThat(subjects()).contains("Away 2").doesNotContain("Away 1");

        folder("Trash");
        browser.find("#messages [name=_uid]").click();
        act("restore");
        browser.see("#done", "Moved to the Inbox.");
        folder("Inbox");
        assertThat(subjects()).contains("Away 1", "Away 2");
        for (WebElement box : browser.all("#messages li")) {
            if (box.getText().contains("Away ")) {
                box.findElement(By.name("_uid")).click();
            }
        }
        act("delete");
        folder("Trash");
        open("Away 1");
        browser.click("#do-delete");
        browser.see("#done", "Deleted for good.");
        browser.find("#messages [name=_uid]").click();
        act("remove");
        browser.see("#done", "Deleted for good.");
        assertThat(mail(CAROL).subjects("Trash")).isEmpty();
        assertThat(mail(CAROL).subjects("INBOX")).noneMatch(s -> s.startsWith("Away"));
        assertStayed();
    }

    // Visits, settings, administration

    @Test
    void visits_tellTheOwnerWhoWasThere() {
        enter(company.issue(ALICE, "sso", "\"reason\":\"Ticket <i>4712</i>\"", "\"read_only\":true"));
        browser.click("#nav-visits");
        assertThat(browser.find("#visits li").getText())
                .contains("company@acme.example", "Ticket <i>4712</i>", "open now");
        assertStayed();
        browser.click("#support-end");
        logIn(ALICE);

        browser.click("#nav-visits");

        assertThat(browser.find("#visits li").getText())
                .contains("company@acme.example", "Ticket <i>4712</i>", "SSO session", "read-only", "127.0.0.1")
                .doesNotContain("open now");
        assertStayed();
    }

    @Test
    void owner_changesHisPassword() {
        logIn(ZOE);
        change("not-her-password", "a-fresh-and-good-one", "a-fresh-and-good-one");
        browser.see("#error", "The current password is wrong.");
        change("demo-zoe", "a-fresh-and-good-one", "a-fresh-and-good-two");
        browser.see("#error", "The two new passwords are not the same.");
        change("demo-zoe", "a-fresh-and-good-one", "a-fresh-and-good-one");
        browser.see("#done", "Your password is changed.");
        browser.click("#nav-mail");
        assertThat(subjects()).as("the session goes on, at the mail server too").isNotEmpty();
        change("a-fresh-and-good-one", "demo-zoe-again", "demo-zoe-again");
        browser.see("#done", "Your password is changed.");
        assertStayed();

        browser.forgetEverything();
        browser.signIn(postern.address(), ZOE, "demo-zoe");
        browser.see("#error", "Address or password is wrong");
        browser.signIn(postern.address(), ZOE, "demo-zoe-again");
        arrive();
        change("demo-zoe-again", "demo-zoe", "demo-zoe");
    }

    private void change(String old, String fresh, String again) {
        browser.click("#nav-settings");
        browser.find("#old").sendKeys(old);
        browser.find("#new").sendKeys(fresh);
        browser.find("#again").sendKeys(again);
        browser.click("#password-form button");
    }

    @Test
    void administrator_searches_suspends_resumes_andSetsLanguageAndPassword() {
        String mailbox = "bob@acme.example";
        enter(company.issue(POSTMASTER, "sso_admin"));
        browser.click("#nav-admin");
        assertThat(browser.find("#mailboxes").getText())
                .contains(ALICE, "suspended@acme.example", "suspended")
                .doesNotContain("globex.example");
        browser.find("#q").sendKeys("bob");
        browser.click(".search button");
        assertThat(browser.all("#mailboxes tbody tr")).hasSize(1);
        follow("#mailboxes", mailbox);

        browser.click("#suspend");
        browser.see("#done", "The mailbox is suspended.");
        assertThat(signsIn(mailbox, "demo-bob")).isFalse();
        browser.click("#resume");
        browser.see("#done", "The mailbox is active again.");
        assertThat(signsIn(mailbox, "demo-bob")).isTrue();
        browser.find("#new").sendKeys("password1");
        browser.click("button[value=password]");
        browser.see("#error", "too easy");
        browser.find("#new").sendKeys("a-password-of-bobs");
        browser.click("button[value=password]");
        browser.see("#done", "The password is set.");
        assertThat(browser.source()).doesNotContain("a-password-of-bobs");
        assertThat(signsIn(mailbox, "demo-bob")).isFalse();
        assertThat(signsIn(mailbox, "a-password-of-bobs")).isTrue();
        browser.find("#new").sendKeys("demo-bob");
        browser.click("button[value=password]");
        browser.see("#done", "The password is set.");
        browser.find("#language option[value=el]").click();
        browser.click("button[value=language]");
        browser.see("#done", "The language is saved.");
        assertThat(value("#language")).isEqualTo("el");
        browser.find("#language option[value=de]").click();
        browser.click("button[value=language]");
        browser.see("#done", "The language is saved.");
        assertStayed();
    }

    private boolean signsIn(String user, String password) {
        return Wire.post(postern.port(), "/?_task=signin", "user=" + Wire.encode(user) + "&pass=" + password)
                        .status()
                == 303;
    }

    @Test
    void administrator_cannotSuspendHimself_norSetHisOwnPassword() {
        enter(company.issue(POSTMASTER, "sso_admin"));
        browser.click("#nav-admin");
        follow("#mailboxes", POSTMASTER);

        assertThat(browser.find("#own-password").getText()).contains("your own mailbox");
        assertThat(browser.all("#suspend, #new")).isEmpty();
        String target = "/?_task=admin&_user=" + Wire.encode(POSTMASTER);
        assertThat(forge(target, "_do=suspend")).isEqualTo(403);
        assertThat(forge(target, "_do=password&new=another-long-one")).isEqualTo(403);
        assertThat(forge("/?_task=admin&_user=" + Wire.encode(ZOE), "_do=suspend"))
                .isBetween(403, 404);
        assertStayed();
    }

    @Test
    void administrator_revokesAToken() {
        Desk.Issued issued = company.issue(ALICE, "normal", "\"reason\":\"to be revoked\"");
        enter(company.issue(POSTMASTER, "sso_admin"));
        browser.click("#nav-admin");
        follow(".tabs", "Login tokens");
        WebElement row = token("to be revoked");
        assertThat(row.getText()).contains(ALICE, "company@acme.example", "Normal session", "live");
        assertThat(browser.source()).doesNotContain(issued.token());

        browser.leave(row.findElement(By.tagName("button"))::click);

        assertThat(token("to be revoked").findElement(By.className("status")).getText())
                .isEqualTo("revoked");
        assertThat(company.state(issued.id())).isEqualTo("revoked");
        assertStayed();
    }

    private WebElement token(String reason) {
        return browser.all("#tokens tbody tr").stream()
                .filter(row -> row.getText().contains(reason))
                .findFirst()
                .orElseThrow();
    }

    // Support sessions

    @Test
    void supportLine_saysWhoWhyAndHowLong_whatItMayDo_andEndsTheSession() {
        enter(company.issue(ALICE, "sso", "\"reason\":\"Ticket <b>12</b>\""));
        for (String page : List.of("mail", "visits", "settings")) {
            browser.click("#nav-" + page);
            assertThat(browser.find("#support-issuer").getText()).isEqualTo("company@acme.example");
            assertThat(browser.find("#support-reason").getText()).contains("Ticket <b>12</b>");
            assertThat(browser.find("#support-left").getText()).matches("(8 h|7 h 5\\d min)");
        }
        assertThat(browser.find("#no-password-change").getText()).contains("cannot change");
        assertThat(browser.find(".limits ul").isDisplayed()).isFalse();
        browser.find(".limits summary").click();
        assertThat(browser.find(".limits ul").getText())
                .contains("cannot change the password", "may read, write and delete", "Visits");
        assertStayed();

        browser.click("#support-end");

        assertThat(browser.has("#login")).isTrue();
        assertThat(browser.seesMailbox(postern.address())).isFalse();
    }

    @Test
    void readOnlySession_offersNoChange_andRefusesAForgedOne() {
        mail(ALICE).fill("Drafts", List.of("Not to be touched"));
        enter(company.issue(ALICE, "sso", "\"read_only\":true"));
        folder("Drafts");
        String uid = browser.find(".message-link").getDomProperty("href").replaceFirst(".*_uid=", "");
        open("Not to be touched");
        assertThat(browser.all("#write, #reply, #reply-all, #forward, [name=_do], [name=_uid], #letter"))
                .isEmpty();
        browser.find(".limits summary").click();
        assertThat(browser.find("#support-read-only").getText()).contains("may only read");
        assertStayed();

        assertThat(forge("/?_task=act&_folder=Drafts", "_uid=" + uid + "&_do=delete"))
                .isEqualTo(403);
        assertThat(forge("/?_task=act&_folder=Drafts", "_uid=" + uid + "&_do=read"))
                .isEqualTo(403);
        assertThat(forge("/?_task=send", "to=" + Wire.encode(BOB) + "&subject=forged&text=x"))
                .isEqualTo(403);
        browser.go(postern.address() + "/?_task=write");
        assertThat(browser.find("#problem").getText()).contains("Nothing can be changed or sent");
        assertThat(mail(ALICE).isMarked("Drafts", "Not to be touched", Flags.Flag.SEEN))
                .isFalse();
        assertThat(mail(BOB).subjects("INBOX")).doesNotContain("forged");
    }

    // The browser's own ways

    @Test
    void backAndForward_andReload_leadToThePagesThatWereThere() {
        logIn(ALICE);
        open("Minutes of the annual");
        browser.click("#nav-settings");
        browser.see("h1", "Settings");

        browser.leave(() -> browser.driver().navigate().back());
        browser.see("#message h1", "Minutes of the annual");
        browser.leave(() -> browser.driver().navigate().back());
        browser.await(d -> browser.has("#messages") && !browser.has("#message"));
        browser.leave(() -> browser.driver().navigate().forward());
        browser.see("#message h1", "Minutes of the annual");
        browser.leave(() -> browser.driver().navigate().forward());
        browser.see("h1", "Settings");
        assertStayed();

        browser.leave(() -> browser.driver().navigate().back());
        browser.see("#message h1", "Minutes of the annual");
        browser.leave(() -> browser.driver().navigate().refresh());
        browser.see("#message h1", "Minutes of the annual");
        assertThat(browser.has("#folders")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"owner", "token"})
    void backKey_afterLogout_showsNoMailboxPage(String session) {
        if (session.equals("owner")) {
            logIn(ALICE);
        } else {
            enter(company.issue(ALICE, "sso"));
        }
        open("Minutes of the annual");
        browser.click("#nav-settings");
        browser.click("#logout");
        assertThat(browser.has("#login")).isTrue();

        for (int i = 0; i < 3; i++) {
            browser.leave(() -> browser.driver().navigate().back());
            browser.await(d -> browser.has("#login"));
            assertThat(browser.source()).doesNotContain(ALICE, "Minutes");
        }
    }

    @Test
    void logoutInOneTab_isToldInTheOther() {
        logIn(ALICE);
        enter(company.issue(ALICE, "sso"));
        browser.inAnotherTab(() -> {
            browser.go(postern.address() + "/?_task=mail");
            browser.click("#logout");
            assertThat(browser.has("#login")).isTrue();
        });

        browser.click("#nav-visits");

        browser.see("#ended", "Your session has ended. Please log in again.");
        assertThat(browser.has("#login")).isTrue();
        assertThat(browser.source()).doesNotContain(ALICE, "Who opened");
        browser.find("h1").click();
        browser.press("?");
        browser.find("#user").sendKeys(ALICE);
        browser.find("#pass").sendKeys("demo-alice");
        browser.click("#signin");
        arrive();
    }

    @Test
    void wholeVisit_isPossibleByKeyboardAlone() {
        browser.go(postern.address() + "/?_task=login");
        browser.tabTo("#user");
        browser.press(DAVE, Keys.TAB, "demo-dave");
        browser.leave(() -> browser.press(Keys.ENTER));
        arrive();
        browser.press(Keys.TAB);
        assertThat(browser.hasFocus(".skip"))
                .as("the first thing is the way to the content")
                .isTrue();
        assertThat(browser.find(".skip").getRect().getX()).isNotNegative();
        browser.press(Keys.ENTER);

        enterOn("#folders li:nth-child(2) a");
        enterOn("#folders li:nth-child(1) a");
        enterOn(".message-link");
        browser.await(d -> browser.has("#message"));
        enterOn("#forward");
        browser.await(d -> browser.has("#letter"));
        if (!browser.hasFocus("#to")) {
            browser.tabTo("#to");
        }
        browser.press(DAVE);
        browser.tabTo("#text");
        browser.press("Without a mouse. ");
        enterOn("#send");
        browser.see("#done", "Your message was sent.");
        enterOn("#nav-settings");
        browser.tabTo("#old");
        assertStayed();
        enterOn("#logout");
        assertThat(browser.has("#login")).isTrue();
    }

    /** Goes there by Tab, where the focus can be seen, and presses Enter. */
    private void enterOn(String selector) {
        browser.tabTo(selector);
        WebElement focused = browser.driver().switchTo().activeElement();
        assertThat(focused.getCssValue("outline-style")).as(selector).isNotEqualTo("none");
        browser.leave(() -> browser.press(Keys.ENTER));
    }

    /**
     * Begins to forward a letter in a session of this kind: its owner's, or a token's. Returns what ends that session
     * from elsewhere, while the form stays as it is.
     */
    final Runnable beginToForward(String session, String subject) {
        Desk.Issued issued = company.issue(ALICE, "sso");
        boolean owner = session.equals("owner");
        if (owner) {
            logIn(ALICE);
        } else {
            enter(issued);
        }
        writeForward(subject);
        return owner
                ? () -> browser.inAnotherTab(() -> {
                    browser.go(postern.address() + "/?_task=mail");
                    browser.click("#logout");
                })
                : () -> {
                    company.revoke(issued.id());
                    browser.awaitEndOfSession(postern);
                };
    }

    /** What is typed in, with a file where the browser can keep it, before a session ends. */
    final void writeForward(String subject) {
        folder("Inbox");
        open("Quarterly figures");
        browser.click("#forward");
        browser.find("#to").sendKeys(BOB);
        browser.find("#subject").clear();
        browser.find("#subject").sendKeys(subject);
        browser.find("#text").clear();
        browser.find("#text").sendKeys("My long letter,\nand its second line");
        browser.all("[name=keep]").get(1).click();
    }

    final void assertArrived(String subject) {
        Optional<String> source = mail(BOB).source("INBOX", subject);
        assertThat(source).isPresent();
        assertThat(source.get())
                .contains("My long letter,", "and its second line", "figures.csv")
                .doesNotContain("bersicht");
    }
}
