package org.postern.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.AuditEvent;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.LoginToken;
import org.postern.core.Secret;
import org.postern.core.TokenState;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Redemption;
import org.postern.core.spi.AuditQuery;

/** The owner's consent: he sees in his webmail who asks to open his mailbox, and allows or refuses it. */
class ConsentTest {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";
    private static final String MAIL = "mail@acme.example";
    private static final String NOTICE = "id=\"asked\"";

    @TempDir
    private static Path data;

    private static Site site;

    @BeforeAll
    static void start() throws Exception {
        site = new Site(Map.of(
                "sso.data", data.toString(),
                "sso.companies", "acme,globex",
                "sso.company.acme.name", "Acme",
                "sso.company.acme.approval", "owner",
                "sso.company.globex.name", "Globex",
                "sso.company.globex.read-only", "true",
                "sso.company.globex.approval", "owner"));
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    private record Request(String user, String id, Secret value) {}

    private static Request ask(String issuer, String user, String type) {
        Secret value = Secret.of(site.token(issuer, user, type));
        LoginToken newest = waiting(user).get(0);
        return new Request(user, newest.id().toString(), value);
    }

    private static List<LoginToken> waiting(String user) {
        return site.service
                .postern()
                .approvals()
                .awaiting(Acme.address(user), 50, Optional.empty())
                .items();
    }

    private static TokenState state(Request request) {
        return site.service
                .postern()
                .backend()
                .tokens()
                .token(UUID.fromString(request.id()))
                .orElseThrow()
                .state(site.service.postern().clock().instant());
    }

    private static boolean opens(Request request) {
        return site.service
                        .postern()
                        .tokens()
                        .redeem(new LoginAttempt(
                                request.user(),
                                request.value(),
                                Channel.LOGIN_URL,
                                false,
                                "",
                                new Client("127.0.0.1", "test")))
                instanceof Redemption.Redeemed;
    }

    private static Visit owner(String user) throws Exception {
        return new Visit(site).withPassword(user, "demo-" + user.replaceFirst("@.*", ""));
    }

    private static HttpResponse<String> decide(Visit visit, String deed, String id) throws Exception {
        return visit.post("/?_task=requests", Map.of("_token", visit.csrf(), "_do", deed, "_id", id));
    }

    private static String said(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(303);
        return answer.headers().firstValue("Location").orElseThrow().replaceFirst("/\\?_task=requests&_said=", "");
    }

    private static List<String> trail(String user, AuditEvent.Type type) {
        AuditQuery query = new AuditQuery(
                Set.of(Acme.address(user).domain()),
                Optional.of(Acme.address(user)),
                Optional.empty(),
                Optional.of(type),
                Optional.empty(),
                Optional.empty());
        return site.service.postern().backend().tokens().audit(query, 50, Optional.empty()).items().stream()
                .map(e -> e.administrator().map(Object::toString).orElse("") + ": " + e.detail())
                .toList();
    }

    @Test
    void request_isToldOnEveryPage_andShownWithAllThatIsAsked() throws Exception {
        Visit carol = owner("carol@acme-labs.example");
        assertThat(carol.get("/?_task=mail").body()).doesNotContain(NOTICE);
        assertThat(carol.get("/?_task=requests").body()).contains("No requests");
        ask("company@acme.example", "carol@acme-labs.example", "sso");

        for (String page : new String[] {"mail", "write", "visits", "settings"}) {
            assertThat(carol.get("/?_task=" + page).body())
                    .as(page)
                    .contains(NOTICE, "Somebody asks for access to your mailbox.", "/?_task=requests");
        }
        assertThat(carol.get("/?_task=mail", "User-Agent", "w3m/0.5.3").body()).contains(NOTICE);
        assertThat(carol.get("/?_task=requests").body())
                .contains("company@acme.example", "Acme", "Ticket &lt;4711&gt;", "once, for at most 8 h")
                .contains("Mail can be read, written and deleted", "Works until", "Asked")
                .doesNotContain(NOTICE, "Mail programs", "<4711>");
    }

    @Test
    void companyThatLetsNobodyChangeAnything_saysSo() throws Exception {
        ask("company@globex.example", "dave@globex.example", "normal");

        assertThat(owner("dave@globex.example").get("/?_task=requests").body())
                .contains("as often as wanted", "It may only read")
                .doesNotContain("Mail programs", "written and deleted");
    }

    @Test
    void allowed_worksFromThenOn_andStandsInTheTrail() throws Exception {
        Request request = ask(MAIL, ALICE, "normal");
        assertThat(opens(request)).isFalse();
        Visit alice = owner(ALICE);

        assertThat(said(decide(alice, "allow", request.id()))).isEqualTo("allowed");

        assertThat(alice.get("/?_task=requests&_said=allowed").body()).contains("Access is allowed.");
        assertThat(opens(request)).isTrue();
        assertThat(trail(ALICE, AuditEvent.Type.APPROVED)).contains(MAIL + ": by owner");
        assertThat(said(decide(alice, "refuse", request.id()))).as("too late").isEqualTo("gone");
        assertThat(opens(request)).isTrue();
    }

    @Test
    void refused_opensNothing_andStandsInTheTrail() throws Exception {
        Request request = ask(MAIL, ALICE, "sso");
        Visit alice = owner(ALICE);

        assertThat(said(decide(alice, "refuse", request.id()))).isEqualTo("refused");

        assertThat(alice.get("/?_task=requests&_said=refused").body()).contains("Access is refused.");
        assertThat(opens(request)).isFalse();
        assertThat(trail(ALICE, AuditEvent.Type.APPROVAL_REFUSED)).contains(MAIL + ": by owner");
        assertThat(said(decide(alice, "allow", request.id()))).as("too late").isEqualTo("gone");
        assertThat(opens(request)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "00000000-0000-0000-0000-000000000000"})
    void requestThatIsNotThere_getsASentence(String id) throws Exception {
        Visit alice = owner(ALICE);

        assertThat(said(decide(alice, "allow", id))).isEqualTo("gone");
        assertThat(alice.get("/?_task=requests&_said=gone").body()).contains("This request is not open any more");
    }

    @Test
    void requestsOfAnotherMailbox_areNeitherSeenNorDecided() throws Exception {
        Request request = ask(MAIL, BOB, "sso");
        Visit alice = owner(ALICE);

        assertThat(alice.get("/?_task=requests").body()).doesNotContain(request.id());
        for (String deed : new String[] {"allow", "refuse"}) {
            assertThat(said(decide(alice, deed, request.id()))).isEqualTo("gone");
        }
        // Nor by an administrator of the mailbox in his own one.
        assertThat(said(decide(owner("postmaster@acme.example"), "allow", request.id())))
                .isEqualTo("gone");
        assertThat(state(request)).isEqualTo(TokenState.PENDING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"normal", "normal_admin", "sso_admin", "admin_only"})
    void whoeverComesWithAToken_doesNotConsentForTheOwner(String type) throws Exception {
        String user = "postmaster@acme.example";
        Request first = ask("company@acme.example", user, type);
        assertThat(said(decide(owner(user), "allow", first.id()))).isEqualTo("allowed");
        Request next = ask("company@acme.example", user, "normal");
        Visit support = new Visit(site).withToken(user, first.value().reveal());

        assertThat(support.get("/?_task=settings").body()).doesNotContain(NOTICE);
        assertThat(support.get("/?_task=requests").statusCode()).isEqualTo(403);
        for (String deed : new String[] {"allow", "refuse"}) {
            assertThat(decide(support, deed, next.id()).statusCode()).isEqualTo(403);
        }
        assertThat(state(next)).isEqualTo(TokenState.PENDING);
        decide(owner(user), "refuse", next.id());
    }

    @Test
    void decision_takesTheSessionsToken_andAWordThatIsKnown() throws Exception {
        Request request = ask(MAIL, ALICE, "sso");
        Visit alice = owner(ALICE);

        assertThat(alice.post("/?_task=requests", Map.of("_token", "guess", "_do", "allow", "_id", request.id()))
                        .statusCode())
                .isEqualTo(403);
        assertThat(alice.get("/?_task=requests&_do=allow&_id=" + request.id()).statusCode())
                .isEqualTo(200);
        assertThat(decide(alice, "everything", request.id()).statusCode()).isEqualTo(400);
        assertThat(new Visit(site)
                        .post("/?_task=requests", Map.of("_do", "allow", "_id", request.id()))
                        .statusCode())
                .isEqualTo(303);
        assertThat(state(request)).isEqualTo(TokenState.PENDING);
        decide(alice, "refuse", request.id());
    }

    @Test
    void twoSessionsAtOnce_oneDecides() throws Exception {
        Visit allows = owner(ALICE);
        Visit refuses = owner(ALICE);
        String first = allows.csrf();
        String second = refuses.csrf();
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 12; round++) {
                Request request = ask(MAIL, ALICE, "sso");
                CyclicBarrier start = new CyclicBarrier(2);
                Callable<String> allow = () -> {
                    start.await();
                    return said(allows.post(
                            "/?_task=requests", Map.of("_token", first, "_do", "allow", "_id", request.id())));
                };
                Callable<String> refuse = () -> {
                    start.await();
                    return said(refuses.post(
                            "/?_task=requests", Map.of("_token", second, "_do", "refuse", "_id", request.id())));
                };
                Future<String> allowed = two.submit(allow);
                Future<String> refused = two.submit(refuse);

                List<String> outcomes = Stream.of(allowed.get(), refused.get()).toList();
                assertThat(outcomes).containsAnyOf("allowed", "refused").containsOnlyOnce("gone");
                assertThat(opens(request)).isEqualTo(outcomes.contains("allowed"));
            }
        } finally {
            two.shutdownNow();
        }
    }

    @Test
    void administratorsList_showsWhatWaits_andRevokesIt() throws Exception {
        Request request = ask(MAIL, BOB, "normal");
        Visit admin = owner("postmaster@acme.example");
        String page = admin.get("/?_task=tokens").body();
        int button = page.indexOf(request.id());
        assertThat(page.substring(page.lastIndexOf("<tr>", button), button)).contains(BOB, "waiting for approval");

        admin.post("/?_task=tokens", Map.of("_token", admin.csrf(), "_id", request.id()));

        assertThat(state(request)).isEqualTo(TokenState.REVOKED);
        assertThat(said(decide(owner(BOB), "allow", request.id()))).isEqualTo("gone");
        assertThat(opens(request)).isFalse();
    }
}
