package org.postern.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.MailboxAddress;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.spi.DirectoryEditor;

/** The admin tab, and what a mailbox's owner sees of those who came with tokens. */
class AdminTest {
    @TempDir
    private static Path data;

    private static Site site;

    @BeforeAll
    static void start() throws Exception {
        site = new Site(Map.of(
                "sso.data", data.toString(),
                "sso.companies", "globex",
                "sso.company.globex.name", "Globex",
                "sso.company.globex.notice", "true",
                "sso.notice.from", "postmaster@globex.example"));
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    private static Visit support(String user, String type) throws Exception {
        return new Visit(site).withToken(user, site.token("company@acme.example", user, type));
    }

    private static HttpResponse<String> change(Visit visit, String user, String deed, Map<String, String> more)
            throws Exception {
        Map<String, String> form = new HashMap<>(more);
        form.putAll(Map.of("_token", visit.csrf(), "_do", deed));
        return visit.post("/?_task=admin&_user=" + user, form);
    }

    @Test
    void adminOnlySession_opensTheAdminTabAlone() throws Exception {
        Visit visit = support("postmaster@acme.example", "admin_only");

        assertThat(visit.get("/").headers().firstValue("Location")).contains("/?_task=admin");
        assertThat(visit.get("/?_task=admin").body())
                .contains("suspended@acme.example")
                .doesNotContain("id=\"nav-mail\"", "id=\"nav-visits\"");
        for (String task : new String[] {"mail", "mail&_uid=1-1", "body", "part", "visits", "write"}) {
            assertThat(visit.get("/?_task=" + task).statusCode()).as(task).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin", "admin&_user=bob@acme.example", "tokens"})
    void sessionWithoutAdmin_isRefused(String task) throws Exception {
        assertThat(support("postmaster@acme.example", "sso")
                        .get("/?_task=" + task)
                        .statusCode())
                .isEqualTo(403);
        assertThat(support("alice@acme.example", "normal")
                        .get("/?_task=" + task)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void search_takesEveryCharacterForItself() throws Exception {
        Visit visit = support("postmaster@acme.example", "normal_admin");

        assertThat(visit.get("/?_task=admin&_q=bob").body())
                .contains("bob@acme.example")
                .doesNotContain("alice@");
        assertThat(visit.get("/?_task=admin&_q=%25").body()).doesNotContain("<td class=\"address\">");
        assertThat(visit.get("/?_task=admin&_q=%22%3E%3Cscript%3E").body()).doesNotContain("\"><script>");
        assertThat(visit.get("/?_task=admin&_after=nonsense").statusCode()).isEqualTo(400);
        assertThat(visit.get("/?_task=tokens&_after=nonsense").statusCode()).isEqualTo(400);
    }

    @Test
    void suspending_closesTheMailboxUntilItIsResumed() throws Exception {
        Visit admin = support("postmaster@acme.example", "sso_admin");
        Visit bob = new Visit(site).withPassword("bob@acme.example", "demo-bob");

        assertThat(change(admin, "bob@acme.example", "suspend", Map.of()).body())
                .contains("The mailbox is suspended.", "id=\"resume\"");
        assertThat(bob.get("/?_task=mail").statusCode()).isEqualTo(303);
        assertThat(change(admin, "bob@acme.example", "resume", Map.of()).body())
                .contains("The mailbox is active again.", "id=\"suspend\"");
        new Visit(site).withPassword("bob@acme.example", "demo-bob");
    }

    @Test
    void language_isTheMailboxesFromThenOn() throws Exception {
        Visit admin = support("postmaster@acme.example", "sso_admin");

        change(admin, "alice@acme.example", "language", Map.of("language", "el"));

        assertThat(new Visit(site)
                        .withPassword("alice@acme.example", "demo-alice")
                        .get("/?_task=mail")
                        .body())
                .contains("<html lang=\"el\">");
        change(admin, "alice@acme.example", "language", Map.of("language", ""));
    }

    @Test
    void password_setByAnAdministrator_countsAndABadOneDoesNot() throws Exception {
        Visit admin = support("postmaster@acme.example", "sso_admin");

        assertThat(change(admin, "bob@acme.example", "password", Map.of("new", "short"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(change(admin, "bob@acme.example", "password", Map.of("new", "xyzzy plugh"))
                        .body())
                .contains("The password is set.");
        new Visit(site).withPassword("bob@acme.example", "xyzzy plugh");
        change(admin, "bob@acme.example", "password", Map.of("new", "demo-bobby-again"));
        change(admin, "bob@acme.example", "password", Map.of("new", "demo-bob"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"suspend", "password"})
    void ownMailbox_isNotChangedFromHere(String deed) throws Exception {
        Visit admin = support("postmaster@acme.example", "sso_admin");

        assertThat(change(admin, "postmaster@acme.example", deed, Map.of("new", "xyzzy plugh"))
                        .statusCode())
                .isEqualTo(403);
        new Visit(site).withPassword("postmaster@acme.example", "demo-postmaster");
    }

    @ParameterizedTest
    @ValueSource(strings = {"carol@acme-labs.example", "dave@globex.example", "nobody@acme.example", "%3Cscript%3E"})
    void mailboxesOfOthers_areNotThere(String user) throws Exception {
        Visit admin = support("postmaster@acme.example", "sso_admin");

        assertThat(admin.get("/?_task=admin&_user=" + user).statusCode()).isEqualTo(404);
        assertThat(change(admin, user, "suspend", Map.of()).statusCode()).isIn(403, 404);
    }

    @Test
    void readOnlySession_changesNothing() throws Exception {
        Visit admin = new Visit(site)
                .withToken(
                        "postmaster@acme.example",
                        site.token("company@acme.example", "postmaster@acme.example", "sso_admin", true));

        assertThat(admin.get("/?_task=admin&_user=bob@acme.example").body()).doesNotContain("name=\"_do\"");
        assertThat(change(admin, "bob@acme.example", "suspend", Map.of()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void readOnlySession_revokesNothing() throws Exception {
        site.token("company@acme.example", "alice@acme.example", "normal");
        String page = support("postmaster@acme.example", "sso_admin")
                .get("/?_task=tokens")
                .body();
        Matcher id = Pattern.compile("name=\"_id\" value=\"([^\"]+)\"").matcher(page);
        assertThat(id.find()).isTrue();
        Visit admin = new Visit(site)
                .withToken(
                        "postmaster@acme.example",
                        site.token("company@acme.example", "postmaster@acme.example", "sso_admin", true));

        assertThat(admin.get("/?_task=tokens").body()).doesNotContain("name=\"_id\"");
        HttpResponse<String> answer = admin.post("/?_task=tokens", Map.of("_token", admin.csrf(), "_id", id.group(1)));
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("read-only");
    }

    @Test
    void mailboxThatMayNotBeChanged_hasNoForms() throws Exception {
        DirectoryEditor editor =
                site.service.postern().backend().directory().editor().orElseThrow();
        MailboxAddress helper = Acme.address("helper@acme.example");
        editor.createMailbox(helper, "Helper", Secret.of("xyzzy plugh"), Optional.empty());
        editor.createAdministrator(helper, Role.MAIL, "Acme", Set.of(helper.domain()), Optional.empty());
        Visit admin = new Visit(site).withPassword("helper@acme.example", "xyzzy plugh");

        assertThat(admin.get("/?_task=admin&_user=bob@acme.example").body())
                .contains("id=\"no-change\"", "You may not change this mailbox.")
                .doesNotContain("name=\"_do\"");
        assertThat(change(admin, "bob@acme.example", "suspend", Map.of()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void ownMailbox_hasNoFormForWhatIsNotChangedHere() throws Exception {
        assertThat(support("postmaster@acme.example", "sso_admin")
                        .get("/?_task=admin&_user=postmaster@acme.example")
                        .body())
                .contains("id=\"own-password\"", "You cannot suspend your own mailbox.", "value=\"language\"")
                .doesNotContain("id=\"suspend\"", "name=\"new\"");
    }

    @Test
    void change_withoutTheSessionsToken_isRefused() throws Exception {
        Visit admin = support("postmaster@acme.example", "sso_admin");

        assertThat(admin.post("/?_task=admin&_user=bob@acme.example", Map.of("_do", "suspend", "_token", "guess"))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void tokens_areListedAndRevoked() throws Exception {
        String token = site.token("company@acme.example", "alice@acme.example", "normal");
        Visit alice = new Visit(site).withToken("alice@acme.example", token);
        Visit admin = support("postmaster@acme.example", "sso_admin");
        String page = admin.get("/?_task=tokens").body();
        assertThat(page).contains("Ticket &lt;4711&gt;", "alice@acme.example").doesNotContain(token, "dave@globex");
        String row = page.substring(page.lastIndexOf("<tr>", page.indexOf("Normal session</td>")));
        Matcher id = Pattern.compile("name=\"_id\" value=\"([^\"]+)\"").matcher(row);
        assertThat(id.find()).isTrue();

        admin.post("/?_task=tokens", Map.of("_token", admin.csrf(), "_id", id.group(1)));

        assertThat(admin.get("/?_task=tokens").body()).contains("revoked");
        assertThat(new Visit(site)
                        .get("/?_task=login&_action=login&direct=1&user=alice%40acme.example&pass=" + token)
                        .statusCode())
                .isEqualTo(403);
        long end = System.nanoTime() + 5_000_000_000L;
        while (alice.get("/?_task=mail").statusCode() == 200) {
            assertThat(System.nanoTime()).as("the session ends within 5 s").isLessThan(end);
        }
    }

    @Test
    void visits_showTheOwnerWhoWasThereAndWhy() throws Exception {
        Visit support = support("carol@acme-labs.example", "sso");
        Visit owner = new Visit(site).withPassword("carol@acme-labs.example", "demo-carol");

        assertThat(owner.get("/?_task=visits").body())
                .contains("company@acme.example", "Ticket &lt;4711&gt;", "SSO session", "127.0.0.1", "open now");
        support.get("/?_task=logout&_token=" + support.csrf());
        assertThat(owner.get("/?_task=visits").body())
                .contains("Ticket &lt;4711&gt;", "less than a minute")
                .doesNotContain("open now");
    }

    @Test
    void notice_tellsTheOwnerByMailWhereHisCompanyWantsIt() throws Exception {
        new Visit(site)
                .withToken("zoe@globex.example", site.token("company@globex.example", "zoe@globex.example", "sso"));
        Visit owner = new Visit(site).withPassword("zoe@globex.example", "demo-zoe");

        long end = System.nanoTime() + 10_000_000_000L;
        while (!owner.get("/?_task=mail").body().contains("opened with a login token")) {
            assertThat(System.nanoTime()).as("the notice comes").isLessThan(end);
        }
        assertThat(owner.open("opened with a login token"))
                .contains("company@globex.example", "Ticket &lt;4711&gt;", "postmaster@globex.example");
        assertThat(new Visit(site)
                        .withPassword("postmaster@acme.example", "demo-postmaster")
                        .get("/?_task=mail")
                        .body())
                .doesNotContain("opened with a login token");
    }
}
