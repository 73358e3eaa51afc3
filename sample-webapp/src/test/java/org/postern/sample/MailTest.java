package org.postern.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The mail in the webmail: folders, lists, messages, and what is done with them. */
class MailTest {
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

    private static Visit support(String user) throws Exception {
        return new Visit(site).withToken(user, site.token("company@acme.example", user, "sso"));
    }

    private static Visit owner(String user) throws Exception {
        return new Visit(site).withPassword(user, "demo-" + user.substring(0, user.indexOf('@')));
    }

    @Test
    void folders_areShownWithWhatIsUnread() throws Exception {
        String page = support("carol@acme-labs.example").get("/?_task=mail").body();

        assertThat(page).contains("<bdi>Inbox</bdi>", "<bdi>Sent</bdi>", "<bdi>Projects</bdi>", "2 unread messages");
        assertThat(page.indexOf("<bdi>Inbox</bdi>")).isLessThan(page.indexOf("<bdi>Drafts</bdi>"));
    }

    @Test
    void sent_namesTheRecipient() throws Exception {
        assertThat(support("alice@acme.example")
                        .get("/?_task=mail&_folder=Sent")
                        .body())
                .contains("<span class=\"from\"><bdi>carol@acme-labs.example</bdi></span>");
    }

    @ParameterizedTest
    @CsvSource({
        "anvils, 1",
        "ANVILS today, 1",
        "über, 1",
        "ÜBER figures, 1",
        "über anvils, 0",
        "Χρόνια, 1",
        "roadrunner (today), 1",
        "'\"\\', 5",
        "%, 1",
        "zzzz, 0"
    })
    void search_findsWhereAllWordsAre(String words, int found) throws Exception {
        String page = support("alice@acme.example")
                .get("/?_task=mail&_q=" + java.net.URLEncoder.encode(words, java.nio.charset.StandardCharsets.UTF_8))
                .body();

        assertThat(page.split("class=\"message-link\"", -1)).hasSize(found + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"><b>x", "'><b>x", "</title><b>x", "{0}<b>x"})
    void search_isShownAgainAsTextAlone(String words) throws Exception {
        String page = support("alice@acme.example")
                .get("/?_task=mail&_q=" + java.net.URLEncoder.encode(words, java.nio.charset.StandardCharsets.UTF_8))
                .body();

        assertThat(page).contains("&lt;b>x\"").doesNotContain("<b>x");
    }

    @Test
    void message_readByItsOwner_isReadFromThenOn() throws Exception {
        Visit owner = owner("dave@globex.example");
        String name = owner.message("INBOX", "anvils");
        assertThat(owner.get("/?_task=mail").body()).contains("<li class=\"unread\" id=\"m" + name);

        owner.get("/?_task=mail&_folder=INBOX&_uid=" + name);

        assertThat(owner.get("/?_task=mail").body()).doesNotContain("<li class=\"unread\" id=\"m" + name);
    }

    @Test
    void message_readInASupportSession_staysUnread() throws Exception {
        Visit visit = support("carol@acme-labs.example");
        String name = visit.message("INBOX", "anvils");

        visit.get("/?_task=mail&_folder=INBOX&_uid=" + name);

        assertThat(visit.get("/?_task=mail").body()).contains("<li class=\"unread\" id=\"m" + name);
    }

    @Test
    void html_standsInAFrameOfItsOwnThatRunsAndLoadsNothing() throws Exception {
        Visit visit = support("alice@acme.example");
        String page = visit.open("anvils");
        assertThat(page)
                .contains("<iframe class=\"html\"", "sandbox=\"allow-same-origin allow-popups", "id=\"show-pictures\"")
                .doesNotContain("famous anvils", "tracker.example");

        HttpResponse<String> letter =
                visit.get("/?_task=body&_folder=INBOX&_part=2&_uid=" + visit.message("INBOX", "anvils"));

        assertThat(letter.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
                .contains("img-src 'self';", "frame-ancestors 'self'")
                .doesNotContain("script", "http");
        assertThat(letter.body())
                .contains("famous anvils", "alt=\"A picture of an anvil\"")
                .doesNotContain(
                        "tracker.example", "shop.example/anvil.jpg", "<script", "onclick", "javascript:", "<form");
    }

    @Test
    void pictures_areLoadedFromElsewhereOnlyOnRequest() throws Exception {
        Visit visit = support("alice@acme.example");

        HttpResponse<String> letter =
                visit.get("/?_task=body&_pictures=1&_folder=INBOX&_part=2&_uid=" + visit.message("INBOX", "anvils"));

        assertThat(letter.body())
                .contains("src=\"https://shop.example/anvil.jpg\"")
                .doesNotContain("style.gif", "<svg");
        assertThat(letter.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("img-src 'self' https: http:;");
    }

    @Test
    void pictureInTheLetter_isShownFromIt() throws Exception {
        Visit visit = support("alice@acme.example");
        String name = visit.message("Projects", "Roof");
        String letter =
                visit.get("/?_task=body&_folder=Projects&_part=1&_uid=" + name).body();
        assertThat(letter).contains("_task&#61;part&amp;_picture");

        HttpResponse<String> picture = visit.get("/?_task=part&_picture&_folder=Projects&_part=2&_uid=" + name);

        assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(picture.headers().firstValue("Content-Disposition")).isEmpty();
        assertThat(visit.get("/?_task=part&_picture&_folder=Projects&_part=1&_uid=" + name)
                        .statusCode())
                .as("only pictures are shown")
                .isEqualTo(404);
    }

    @Test
    void message_inATextBrowser_isThePlainText() throws Exception {
        Visit visit = support("alice@acme.example");

        assertThat(visit.get(
                                "/?_task=mail&_folder=INBOX&_uid=" + visit.message("INBOX", "anvils"),
                                "User-Agent",
                                "w3m/0.5.3")
                        .body())
                .contains("50 % off anvils, today only!")
                .doesNotContain("famous anvils", "<iframe");
    }

    @Test
    void part_htmlFile_isADownloadThatNothingShows() throws Exception {
        Visit visit = support("alice@acme.example");
        String name = visit.message("INBOX", "Quarterly");

        HttpResponse<String> file = visit.get("/?_task=part&_folder=INBOX&_part=3&_uid=" + name);

        assertThat(file.headers().firstValue("Content-Type")).contains("application/octet-stream");
        assertThat(file.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(file.headers().firstValue("Content-Disposition").orElseThrow())
                .startsWith("attachment; ")
                .contains("filename*=UTF-8''%C3%9Cbersicht%20%E2%82%AC%202026.html");
        assertThat(visit.get("/?_task=part&_folder=INBOX&_part=source&_uid=" + name)
                        .body())
                .startsWith("From: =?ISO-8859-1?Q?J=FCrgen_Gro=DF?=");
    }

    @Test
    void uidOfAFolderThatWasMadeAnew_meansNothing() throws Exception {
        Visit visit = support("alice@acme.example");
        String name = visit.message("INBOX", "anvils");
        String other = "1" + name.substring(name.indexOf('-'));

        assertThat(visit.get("/?_task=mail&_folder=INBOX&_uid=" + other).statusCode())
                .isEqualTo(404);
    }

    @Test
    void deleted_goesToTrashAndFromThereBackOrForGood() throws Exception {
        Visit owner = owner("zoe@globex.example");
        String name = owner.message("INBOX", "Minutes");

        assertThat(act(owner, "INBOX", name, "delete"))
                .contains("Moved to Trash.")
                .doesNotContain("Minutes of");
        String inTrash = owner.message("Trash", "Minutes");
        assertThat(act(owner, "Trash", inTrash, "restore")).contains("Moved to the Inbox.");
        String back = owner.message("INBOX", "Minutes");
        act(owner, "INBOX", back, "delete");
        assertThat(act(owner, "Trash", owner.message("Trash", "Minutes"), "remove"))
                .contains("Deleted for good.");

        assertThat(owner.get("/?_task=mail&_folder=Trash").body()).contains("No messages here");
    }

    private static String act(Visit visit, String folder, String message, String deed) throws Exception {
        Map<String, String> form = Map.of("_token", visit.csrf(), "_uid", message, "_do", deed);
        HttpResponse<String> answer = visit.post("/?_task=act&_folder=" + folder, form);
        assertThat(answer.statusCode()).isEqualTo(303);
        return visit.get(answer.headers().firstValue("Location").orElseThrow()).body();
    }

    @Test
    void marking_manyAtOnce_isSeenInTheList() throws Exception {
        Visit visit = support("bob@acme.example");
        String first = visit.message("INBOX", "Minutes");

        act(visit, "INBOX", first, "unread");
        assertThat(visit.get("/?_task=mail").body()).contains("<li class=\"unread\" id=\"m" + first);
        act(visit, "INBOX", first, "read");
        assertThat(visit.get("/?_task=mail").body()).doesNotContain("<li class=\"unread\" id=\"m" + first);
    }

    @Test
    void act_withoutTheSessionsToken_changesNothing() throws Exception {
        Visit visit = support("bob@acme.example");
        String name = visit.message("INBOX", "Minutes");

        assertThat(visit.post("/?_task=act&_folder=INBOX", Map.of("_token", "guess", "_uid", name, "_do", "delete"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(visit.message("INBOX", "Minutes")).isEqualTo(name);
    }

    @Test
    void readOnlySession_readsAndChangesNothing() throws Exception {
        Visit visit = new Visit(site)
                .withToken("bob@acme.example", site.token("company@acme.example", "bob@acme.example", "sso", true));
        String name = visit.message("INBOX", "Minutes");
        String page = visit.open("Minutes");
        assertThat(page)
                .contains("id=\"support-read-only\"", "annual meeting")
                .doesNotContain("name=\"_do\"", "id=\"write\"", "id=\"reply\"");

        for (String task : List.of("act&_folder=INBOX", "send")) {
            HttpResponse<String> answer = visit.post(
                    "/?_task=" + task,
                    Map.of("_token", visit.csrf(), "_uid", name, "_do", "delete", "to", "bob@acme.example"));
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("Diese Sitzung");
        }
        assertThat(visit.get("/?_task=write").statusCode()).isEqualTo(403);
        assertThat(visit.message("INBOX", "Minutes")).isEqualTo(name);
    }

    @Test
    void basic_loadsNoScript_andTheChoiceIsRemembered() throws Exception {
        Visit visit = owner("carol@acme-labs.example");
        assertThat(visit.get("/?_task=mail").body()).contains("htmx.min.js", "_interface=basic");

        HttpResponse<String> chosen = visit.get("/?_interface=basic");

        assertThat(chosen.headers().firstValue("Location")).contains("/?_task=mail");
        assertThat(visit.get("/?_task=mail").body())
                .contains("_interface=standard")
                .doesNotContain("<script", "hx-boost=\"true\"", "<noscript");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Lynx/2.9.0", "w3m/0.5.3", "Mozilla/4.0 (compatible; MSIE 8.0)", ""})
    void browserThatCannotMore_getsBasic(String agent) throws Exception {
        Visit visit = owner("carol@acme-labs.example");

        assertThat(visit.get("/?_task=mail", "User-Agent", agent).body()).doesNotContain("<script");
    }

    @Test
    void messageAlone_isAllThatTheScriptAsksFor() throws Exception {
        Visit visit = support("alice@acme.example");
        String name = visit.message("INBOX", "Minutes");

        assertThat(visit.get("/?_task=mail&_folder=INBOX&_uid=" + name, "HX-Request", "true", "HX-Target", "reader")
                        .body())
                .contains("id=\"reader\"", "id=\"folders\"", "End of the minutes")
                .doesNotContain("id=\"messages\"");
        assertThat(visit.get("/?_task=mail&_folder=INBOX&_uid=" + name).body()).contains("id=\"messages\"");
    }
}
