package org.postern.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Writing and sending; and that nothing typed is lost, whatever happens. */
class WriteTest {
    @TempDir
    private static Path data;

    private static Site site;

    @BeforeAll
    static void start() throws Exception {
        site = new Site(Map.of("sso.data", data.toString()));
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    private static Visit owner(String user) throws Exception {
        return new Visit(site).withPassword(user, "demo-" + user.substring(0, user.indexOf('@')));
    }

    private static Map<String, String> letter(Visit visit, String to, String subject, String text) throws Exception {
        return new HashMap<>(Map.of("_token", visit.csrf(), "to", to, "subject", subject, "text", text));
    }

    private static void assertSent(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("Location").orElse("")).endsWith("_said=sent");
    }

    @Test
    void letterWithFiles_arrivesAndACopyIsKept() throws Exception {
        Visit alice = owner("alice@acme.example");

        assertSent(alice.upload(
                "/?_task=send",
                letter(
                        alice,
                        "\"Becker, Bob\" <bob@acme.example>; carol@acme-labs.example",
                        "Grüße",
                        "Zeile 1\r\n.\r\nüber"),
                Map.of("räume.txt", "the content")));

        for (String recipient : new String[] {"bob@acme.example", "carol@acme-labs.example"}) {
            Visit visit = owner(recipient);
            String page = visit.open("Grüße");
            assertThat(page)
                    .contains("Alice Arnold &lt;alice@acme.example&gt;", "Zeile 1\n.\nüber", "<bdi>räume.txt</bdi>");
            assertThat(visit.get("/?_task=part&_folder=INBOX&_part=2&_uid=" + visit.message("INBOX", "Grüße"))
                            .body())
                    .isEqualTo("the content");
        }
        assertThat(alice.message("Sent", "Grüße")).isNotEmpty();
    }

    @Test
    void tokenSession_sendsWithItsOwnCredential() throws Exception {
        Visit support = new Visit(site)
                .withToken("dave@globex.example", site.token("company@globex.example", "dave@globex.example", "sso"));

        assertSent(
                support.upload("/?_task=send", letter(support, "zoe@globex.example", "From support", "x"), Map.of()));

        assertThat(owner("zoe@globex.example").open("From support")).contains("dave@globex.example");
    }

    @Test
    void blindCopy_isSeenByNobody() throws Exception {
        Visit dave = owner("dave@globex.example");
        Map<String, String> letter = letter(dave, "zoe@globex.example", "Blind", "x");
        letter.put("bcc", "alice@acme.example");

        assertSent(dave.upload("/?_task=send", letter, Map.of()));

        Visit zoe = owner("zoe@globex.example");
        assertThat(zoe.get("/?_task=part&_folder=INBOX&_part=source&_uid=" + zoe.message("INBOX", "Blind"))
                        .body())
                .doesNotContainIgnoringCase("bcc")
                .doesNotContain("alice");
        assertThat(owner("alice@acme.example").message("INBOX", "Blind")).isNotEmpty();
    }

    @Test
    void reply_goesToTheSenderAndMarksTheMessage() throws Exception {
        Visit alice = owner("alice@acme.example");
        assertSent(alice.upload(
                "/?_task=send", letter(alice, "bob@acme.example, zoe@globex.example", "A question", "Why?"), Map.of()));
        Visit zoe = owner("zoe@globex.example");
        String name = zoe.message("INBOX", "A question");

        String form =
                zoe.get("/?_task=write&_how=reply&_folder=INBOX&_uid=" + name).body();
        assertThat(form)
                .contains("value=\"Alice Arnold &lt;alice@acme.example>\"", "value=\"Re: A question\"", "&gt; Why?");
        String all =
                zoe.get("/?_task=write&_how=all&_folder=INBOX&_uid=" + name).body();
        assertThat(all)
                .contains("name=\"cc\"", "value=\"bob@acme.example\"")
                .doesNotContainPattern("name=\"(?:to|cc|bcc)\"[^>]*zoe@");

        Map<String, String> letter = letter(zoe, "alice@acme.example", "Re: A question", "Because.");
        letter.putAll(Map.of("_mailbox", "zoe@globex.example", "_folder", "INBOX", "_uid", name, "_how", "reply"));
        assertSent(zoe.upload("/?_task=send", letter, Map.of()));

        assertThat(zoe.get("/?_task=mail").body()).contains("class=\"answered\"");
        String answer = alice.message("INBOX", "Re: A question");
        String question = alice.get(
                        "/?_task=part&_folder=Sent&_part=source&_uid=" + alice.message("Sent", "A question"))
                .body();
        String id = question.lines()
                .filter(l -> l.startsWith("Message-ID: "))
                .findFirst()
                .orElseThrow();
        assertThat(id).endsWith("@acme.example>");
        assertThat(alice.get("/?_task=part&_folder=INBOX&_part=source&_uid=" + answer)
                        .body())
                .contains("In-Reply-To: " + id.substring(12), "References: " + id.substring(12));
    }

    @Test
    void forward_takesTheAttachmentsThatAreWanted() throws Exception {
        Visit alice = owner("alice@acme.example");
        String name = alice.message("INBOX", "Quarterly");
        assertThat(alice.get("/?_task=write&_how=forward&_folder=INBOX&_uid=" + name)
                        .body())
                .contains("value=\"Fwd: Quarterly figures", "name=\"keep\" value=\"2\" checked", "figures.csv");
        Map<String, String> letter = letter(alice, "carol@acme-labs.example", "Fwd: figures", "see");
        letter.putAll(Map.of(
                "_mailbox", "alice@acme.example", "_folder", "INBOX", "_uid", name, "_how", "forward", "keep", "2"));

        assertSent(alice.upload("/?_task=send", letter, Map.of()));

        Visit carol = owner("carol@acme-labs.example");
        assertThat(carol.open("Fwd: figures")).contains("figures.csv").doesNotContain("2026.html");
        assertThat(carol.get("/?_task=part&_folder=INBOX&_part=2&_uid=" + carol.message("INBOX", "Fwd: figures"))
                        .body())
                .contains("August;980;39200");
    }

    @ParameterizedTest
    @CsvSource({
        "'', Enter who shall get this message",
        "nonsense, This is no mail address",
        "alice@, This is no mail address",
        "@acme.example, This is no mail address",
        "a b@acme.example, This is no mail address",
        "älice@acme.example, This is no mail address",
        "nobody@acme.example, The mail server did not take this message"
    })
    void badRecipient_keepsWhatWasTyped(String to, String error) throws Exception {
        Visit alice = owner("alice@acme.example");

        HttpResponse<String> answer =
                alice.upload("/?_task=send", letter(alice, to, "My subject", "My <long> text"), Map.of());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains(error, "value=\"My subject\"", "My &lt;long&gt; text");
    }

    @ParameterizedTest
    @CsvSource({"subject", "to", "cc", "bcc"})
    void lineBreakInAHeader_beginsNoOther(String field) throws Exception {
        Visit alice = owner("alice@acme.example");
        Map<String, String> letter = letter(alice, "alice@acme.example", "Breaks " + field, "x");
        letter.merge(field, "\r\nX-Injected: yes\r\n\r\nbody", String::concat);

        HttpResponse<String> answer = alice.upload("/?_task=send", letter, Map.of());

        if (field.equals("subject")) {
            assertSent(answer);
            assertThat(alice.get("/?_task=part&_folder=INBOX&_part=source&_uid="
                                    + alice.message("INBOX", "Breaks subject"))
                            .body()
                            .lines())
                    .noneMatch(line -> line.startsWith("X-Injected"));
        } else {
            assertThat(answer.statusCode()).isEqualTo(400);
        }
    }

    @Test
    void sessionThatEnded_keepsTheLetterOverTheLogin() throws Exception {
        Visit nobody = new Visit(site);
        Map<String, String> letter = Map.of("to", "bob@acme.example", "subject", "Kept", "text", "My <long> text");

        HttpResponse<String> ended = nobody.upload("/?_task=send", letter, Map.of("a.txt", "x"));

        assertThat(ended.statusCode()).isEqualTo(403);
        assertThat(ended.body()).contains("id=\"login\"", "value=\"Kept\"", "My &lt;long&gt; text");
        Map<String, String> login = new HashMap<>(letter);
        login.putAll(Map.of("user", "alice@acme.example", "pass", "demo-alice"));
        assertThat(nobody.post("/?_task=signin", login).headers().firstValue("Location"))
                .contains("/?_task=write");
        assertThat(nobody.get("/?_task=write").body())
                .contains("value=\"bob@acme.example\"", "value=\"Kept\"", "My &lt;long&gt; text");
        assertThat(nobody.get("/?_task=write").body()).doesNotContain("Kept");
    }

    @Test
    void letterAboutAMessage_isAboutNoneInAnothersMailbox() throws Exception {
        Visit alice = owner("alice@acme.example");
        String reply = alice.get("/?_task=write&_how=forward&_folder=INBOX&_uid=" + alice.message("INBOX", "anvils"))
                .body();
        Map<String, String> letter = new HashMap<>(
                Map.of("to", "bob@acme.example", "subject", "Whose is it", "text", "x", "_how", "forward"));
        for (String name : new String[] {"_mailbox", "_folder", "_uid"}) {
            Matcher field =
                    Pattern.compile("name=\"" + name + "\" value=\"([^\"]+)\"").matcher(reply);
            assertThat(field.find()).isTrue();
            letter.put(name, field.group(1));
        }
        letter.put("keep", "1");
        Map<String, String> login = new HashMap<>(letter);
        login.putAll(Map.of("user", "alice@acme.example", "pass", "demo-alice"));
        Visit again = new Visit(site);
        again.post("/?_task=signin", login);
        assertThat(again.get("/?_task=write").body()).contains("Whose is it", "name=\"_uid\"");

        login.putAll(Map.of("user", "bob@acme.example", "pass", "demo-bob"));
        Visit bob = new Visit(site);
        bob.post("/?_task=signin", login);
        assertThat(bob.get("/?_task=write").body()).contains("Whose is it").doesNotContain("name=\"_uid\"");
        letter.put("_token", bob.csrf());
        assertSent(bob.upload("/?_task=send", letter, Map.of()));
        assertThat(bob.open("Whose is it")).doesNotContain("_task=part&amp;_folder=INBOX&amp;_part=2");
    }

    @Test
    void sessionThatEnded_leavesTheScriptsFormAsItIs() throws Exception {
        HttpResponse<String> ended = new Visit(site)
                .upload("/?_task=send", Map.of("text", "x"), Map.of(), "HX-Request", "true", "HX-Target", "page");

        assertThat(ended.headers().firstValue("HX-Retarget")).contains("#said");
        assertThat(ended.body()).contains("<div id=\"said\">").doesNotContain("id=\"login\"");
    }

    @Test
    void letterFromAnotherSite_isNeitherSentNorKept() throws Exception {
        Visit alice = owner("alice@acme.example");
        Map<String, String> letter = letter(alice, "bob@acme.example", "Forged", "x");

        assertThat(alice.upload("/?_task=send", letter, Map.of(), "Sec-Fetch-Site", "cross-site")
                        .body())
                .doesNotContain("Forged");
        assertThat(new Visit(site)
                        .upload("/?_task=send", letter, Map.of(), "Sec-Fetch-Site", "cross-site")
                        .headers()
                        .firstValue("Location"))
                .contains("/");
    }

    @Test
    void oldPage_isShownAgainWithATokenThatCounts() throws Exception {
        Visit alice = owner("alice@acme.example");
        Map<String, String> letter = letter(alice, "bob@acme.example", "Old page", "typed");
        letter.put("_token", "of an earlier session");

        HttpResponse<String> answer = alice.upload("/?_task=send", letter, Map.of());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("Please check your message", "name=\"_token\" value=\"" + alice.csrf());
    }

    @Test
    void letterThatIsTooLarge_staysInTheScriptsForm() throws Exception {
        Visit alice = owner("alice@acme.example");

        HttpResponse<String> answer = alice.upload(
                "/?_task=send",
                letter(alice, "bob@acme.example", "Large", "x"),
                Map.of("large.bin", "x".repeat(26 * 1024 * 1024)),
                "HX-Request",
                "true",
                "HX-Target",
                "page");

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.headers().firstValue("HX-Retarget")).contains("#said");
        assertThat(answer.body())
                .contains("<div id=\"said\">", "This is too large")
                .doesNotContain("id=\"page\"");
    }

    @Test
    void replyWhoseFolderIsGone_isShownAgainWithoutIt() throws Exception {
        Visit alice = owner("alice@acme.example");
        Map<String, String> letter = letter(alice, "bob@acme.example", "Re: gone", "typed");
        letter.putAll(Map.of("_mailbox", "alice@acme.example", "_folder", "No such", "_uid", "1-1", "_how", "reply"));

        HttpResponse<String> answer = alice.upload("/?_task=send", letter, Map.of());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .contains("id=\"error\"", "value=\"Re: gone\"", "typed")
                .doesNotContain("name=\"_uid\"");
    }

    @Test
    void keptFiles_areAttachmentsOnce_andNeverTheWholeMessage() throws Exception {
        Visit alice = owner("alice@acme.example");
        String name = alice.message("INBOX", "Quarterly");
        Map<String, String> letter = letter(alice, "bob@acme.example", "Only once", "see");
        letter.putAll(Map.of("_mailbox", "alice@acme.example", "_folder", "INBOX", "_uid", name, "_how", "forward"));
        letter.put(
                "keep",
                "2\r\n--=_boundary\r\nContent-Disposition: form-data; name=\"keep\"\r\n\r\n2\r\n--=_boundary"
                        + "\r\nContent-Disposition: form-data; name=\"keep\"\r\n\r\nsource");

        assertSent(alice.upload("/?_task=send", letter, Map.of()));

        assertThat(owner("bob@acme.example").open("Only once"))
                .containsOnlyOnce("<bdi>figures.csv</bdi>")
                .doesNotContain("message.eml</bdi>");
    }

    @Test
    void letterThatIsTooLarge_isRefusedInWords() throws Exception {
        Visit alice = owner("alice@acme.example");

        HttpResponse<String> answer = alice.upload(
                "/?_task=send",
                letter(alice, "bob@acme.example", "Large", "x"),
                Map.of("large.bin", "x".repeat(26 * 1024 * 1024)));

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("This is too large");
    }

    @Test
    void longText_isSentWhole() throws Exception {
        Visit alice = owner("alice@acme.example");
        String text = "0123456789 ".repeat(20_000) + "the end";

        assertSent(alice.upload("/?_task=send", letter(alice, "alice@acme.example", "Long", text), Map.of()));

        assertThat(alice.open("Long")).contains("the end");
    }
}
