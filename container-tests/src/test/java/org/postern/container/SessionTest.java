package org.postern.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postern.core.AuditEvent;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.Secret;
import org.postern.core.service.Actor;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.MailLogins;

/** Contract, section 8: the webmail session, below a context path. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionTest {
    private static final String ALICE = "alice@acme.example";
    private static final String OWN = "Sec-Fetch-Site: none";

    private Site site;

    @BeforeAll
    void start() throws Exception {
        site = new Site(
                "/web",
                Map.of(
                        "sso.logout-redirect.allowed-hosts", "portal.example, *.acme.example",
                        "sso.brands", "acme",
                        "sso.brand.acme.hosts", "mail.acme.example",
                        "sso.brand.acme.name", "Acme <Mail>",
                        "sso.brand.acme.color", "#336699",
                        "sso.brand.acme.logo", "/logo.png",
                        "sso.brand.acme.logout-redirect", "https://portal.example/bye"));
    }

    @AfterAll
    void stop() throws Exception {
        site.close();
    }

    private static String field(String seen, String name) {
        return seen.lines()
                .filter(l -> l.startsWith(name + "="))
                .map(l -> l.substring(name.length() + 1))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " in " + seen));
    }

    private Raw.Answer loginWith(String more, String... headers) throws Exception {
        return site.raw.get(site.url(ALICE, site.token(ALICE, "sso")) + more, headers);
    }

    private Raw.Answer logout(String cookie, String... more) throws Exception {
        List<String> headers = new java.util.ArrayList<>(List.of(more));
        headers.add("Cookie: " + cookie);
        return site.raw.get("/web/?_task=logout", headers.toArray(String[]::new));
    }

    @Test
    void identity_holdsInEveryDispatch() throws Exception {
        String cookie = "Cookie: " + site.login(ALICE, "sso");
        assertThat(site.raw.get("/web/x", cookie, "X-Act: forward").body())
                .contains("dispatch=FORWARD", "user=" + ALICE);
        assertThat(site.raw.get("/web/x", cookie, "X-Act: async").body()).contains("dispatch=ASYNC", "user=" + ALICE);
        assertThat(site.raw.get("/web/x", cookie, "X-Act: async-wrapped").body())
                .contains("dispatch=ASYNC", "user=" + ALICE);
        assertThat(site.seen(cookie.substring(8))).contains("user=" + ALICE);
    }

    /** A host that asks the Servlet API to see to it that somebody is there. */
    @Test
    void identity_isEnoughForAuthenticate() throws Exception {
        String cookie = site.login(ALICE, "sso");
        assertThat(site.raw
                        .get("/web/x", "Cookie: " + cookie, "X-Act: authenticate")
                        .body())
                .isEqualTo("authenticated=true");
    }

    @Test
    void identity_endsWithinTheRequestThatEndsTheSession() throws Exception {
        for (String act : List.of("invalidate", "logout")) {
            String cookie = site.login(ALICE, "sso");
            UUID id = UUID.fromString(field(site.seen(cookie), "session"));
            assertThat(site.raw
                            .get("/web/x", "Cookie: " + cookie, "X-Act: " + act)
                            .body())
                    .contains("user=null", "mailbox=false");
            assertThat(site.seen(cookie)).contains("user=null");
            await(() ->
                    site.backend.tokens().session(id).orElseThrow().endedAt().isPresent());
        }
    }

    @Test
    void cookie_isHttpOnlyForTheWholeSiteAndWithoutADomain() throws Exception {
        String cookie = loginWith("").setCookie().orElseThrow();

        assertThat(cookie).contains("HttpOnly").doesNotContain("Domain").doesNotContain("Max-Age");
        // Undertow by itself drops the attribute; browsers take Lax where it is missing.
        if (!site.container.serverInfo().toLowerCase(java.util.Locale.ROOT).contains("undertow")) {
            assertThat(cookie).contains("SameSite=Lax");
        }
    }

    /** Everything that the filter puts into the container's session, the record with all its fields among it. */
    @Test
    void session_asItLiesInTheContainer_canBeReplicated() throws Exception {
        Issuance.Issued issued = site.issued(ALICE, "normal", "600", "sv", false);
        String cookie = site.raw
                .get(site.url(ALICE, issued.value().reveal()) + "&direct=1", "User-Agent: w3m/0.5")
                .sessionCookie()
                .orElseThrow();

        String there =
                site.raw.get("/web/x", "Cookie: " + cookie, "X-Act: replicate").body();

        assertThat(there)
                .contains("equal=true", "mailbox=" + ALICE, "locale=sv", "type=normal", "interface=basic")
                .contains("token=" + issued.token().id(), "issuer=company@acme.example", "reason=ticket 7")
                .contains("read-only=false");
        assertThat(java.time.Duration.parse(field(there, "life")))
                .isBetween(java.time.Duration.ofSeconds(570), java.time.Duration.ofSeconds(600));
    }

    @Test
    void readOnlySession_isSeenByTheHost_alsoAfterReplication() throws Exception {
        Issuance.Issued issued = (Issuance.Issued) site.postern
                .tokens()
                .issue(
                        site.admin("company@acme.example"),
                        new IssueRequest(
                                ALICE, "sso", Secret.of(""), "", "", "", false, false, true, new Client("", "")));
        String cookie = site.raw
                .get(site.url(ALICE, issued.value().reveal()) + "&direct=1")
                .sessionCookie()
                .orElseThrow();
        assertThat(site.seen(cookie)).contains("read-only=true");
        assertThat(site.raw
                        .get("/web/x", "Cookie: " + cookie, "X-Act: replicate")
                        .body())
                .contains("equal=true", "read-only=true");
        assertThat(site.seen(site.login(ALICE, "sso"))).contains("read-only=false");
    }

    @Test
    void mailCredential_opensTheMailboxAlone_untilTheSessionEnds() throws Exception {
        String cookie = site.login(ALICE, "sso");
        Secret credential = Secret.of(field(site.seen(cookie), "credential"));
        Client server = new Client("127.0.0.1", "");

        assertThat(site.postern.mailLogins().check(ALICE, credential, Channel.IMAP, server))
                .isInstanceOf(MailLogins.Check.Accepted.class);
        assertThat(site.postern.mailLogins().check(ALICE, credential, Channel.SMTP, server))
                .isInstanceOf(MailLogins.Check.Accepted.class);
        assertThat(site.postern.mailLogins().check("bob@acme.example", credential, Channel.IMAP, server))
                .isNotInstanceOf(MailLogins.Check.Accepted.class);
        logout(cookie, OWN);
        assertThat(site.postern.mailLogins().check(ALICE, credential, Channel.SMTP, server))
                .isNotInstanceOf(MailLogins.Check.Accepted.class);
    }

    @Test
    void idleSession_isOver_andTold() throws Exception {
        String cookie = site.login(ALICE, "sso");
        UUID id = UUID.fromString(field(
                site.raw.get("/web/x", "Cookie: " + cookie, "X-Act: short").body(), "session"));
        Thread.sleep(2_100);
        assertThat(site.seen(cookie)).contains("user=null");
        await(() -> site.backend.tokens().session(id).orElseThrow().endedAt().isPresent());
    }

    @Test
    void logout_endsTheSession_andLeadsToTheLoginPage() throws Exception {
        String cookie = site.login(ALICE, "normal");
        UUID id = UUID.fromString(field(site.seen(cookie), "session"));

        Raw.Answer answer = logout(cookie, OWN);

        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Location")).contains("/web/");
        assertThat(answer.header("Cache-Control")).contains("no-store");
        assertThat(answer.header("Clear-Site-Data")).contains("\"cache\"");
        assertThat(site.seen(cookie)).contains("user=null");
        assertThat(site.backend.tokens().session(id).orElseThrow().endedAt()).isPresent();
        assertThat(site.audit(AuditEvent.Type.SESSION_ENDED))
                .filteredOn(e -> e.detail().equals("logout"))
                .isNotEmpty();
    }

    @Test
    void logout_fromAnotherSite_orWithoutProof_asksForAClick() throws Exception {
        String cookie = site.login(ALICE, "normal");
        String csrf = field(site.seen(cookie), "csrf");
        for (List<String> headers : List.of(
                List.of("Sec-Fetch-Site: cross-site"),
                List.of("Sec-Fetch-Site: same-site"),
                List.of("X-Old-Browser: yes"),
                List.of("Sec-Fetch-Site: same-origin"),
                List.of(OWN, "Sec-Fetch-Dest: image"),
                List.of(OWN, "Sec-Purpose: prefetch"))) {
            Raw.Answer asked = logout(cookie, headers.toArray(String[]::new));
            assertThat(asked.status()).as("%s", headers).isEqualTo(200);
            assertThat(asked.body()).contains("Do you want to log out?", "value=\"" + csrf + "\"");
            assertThat(site.seen(cookie)).contains("user=" + ALICE);
        }
        String other = site.login("bob@acme.example", "normal");
        String othersCsrf = field(site.seen(other), "csrf");
        assertThat(site.raw
                        .get("/web/?_task=logout&_token=" + othersCsrf, "Cookie: " + cookie)
                        .status())
                .isEqualTo(200);
        assertThat(site.raw
                        .get("/web/?_task=logout&_token=" + csrf + "&_token=" + csrf, "Cookie: " + cookie)
                        .status())
                .isEqualTo(400);
        assertThat(site.raw
                        .post("/web/?_task=logout", "_token=", "Cookie: " + cookie)
                        .status())
                .isEqualTo(200);
        assertThat(site.raw
                        .send("DELETE", "/web/?_task=logout", "", "Cookie: " + cookie, OWN)
                        .status())
                .isEqualTo(405);
        assertThat(site.seen(cookie)).contains("user=" + ALICE);

        assertThat(site.raw
                        .post("/web/?_task=logout", "_token=" + csrf, "Cookie: " + cookie)
                        .status())
                .isEqualTo(303);
        assertThat(site.seen(cookie)).contains("user=null");
    }

    @Test
    void logout_withoutASession_isTheHosts() throws Exception {
        assertThat(site.raw.get("/web/?_task=logout", OWN).body()).contains("user=null");
    }

    @Test
    void logoutRedirect_countsOnlyTogetherWithDirect() throws Exception {
        String target = "https://portal.example/welcome?a=b&c='d'";
        String parameter =
                "&logout_redirect=" + java.net.URLEncoder.encode(target, java.nio.charset.StandardCharsets.UTF_8);

        String direct = loginWith("&direct=1" + parameter).sessionCookie().orElseThrow();
        assertThat(logout(direct, OWN).header("Location")).contains(target);
        assertThat(logout(direct, OWN).body()).as("forgotten at its end").contains("user=null");

        String plain = loginWith(parameter).sessionCookie().orElseThrow();
        assertThat(logout(plain, OWN).header("Location")).contains("/web/");
        assertThat(site.audit(AuditEvent.Type.REDEEMED))
                .anyMatch(e -> e.detail().equals("login_url, logout target dropped"));
    }

    @Test
    void logoutRedirect_onTheLogoutRequest_isIgnored() throws Exception {
        String cookie = loginWith("&direct=1").sessionCookie().orElseThrow();
        Raw.Answer answer = site.raw.get(
                "/web/?_task=logout&direct=1&logout_redirect=https://portal.example/", "Cookie: " + cookie, OWN);
        assertThat(answer.header("Location")).contains("/web/");
    }

    @Test
    void logoutRedirect_afterAForm_isAPageThatMovesOn() throws Exception {
        String cookie = loginWith("&direct=1&logout_redirect=https%3A%2F%2Fportal.example%2F%3Fa%26b")
                .sessionCookie()
                .orElseThrow();
        String csrf = field(site.seen(cookie), "csrf");

        Raw.Answer answer = site.raw.post("/web/?_task=logout", "_token=" + csrf, "Cookie: " + cookie);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("content=\"1; url=https://portal.example/?a&amp;b\"");
    }

    @Test
    void logoutRedirect_thatIsNotAllowed_isDropped() throws Exception {
        for (String target : List.of(
                "https://evil.example/",
                "//portal.example/",
                "https://portal.example@evil.example/",
                "https://portal.example.evil.example/",
                "https:%5C%5Cportal.example/",
                "javascript:alert(1)",
                "https://acme.example/",
                "/web/")) {
            String cookie = loginWith("&direct=1&logout_redirect=" + target)
                    .sessionCookie()
                    .orElseThrow();
            assertThat(logout(cookie, OWN).header("Location")).as(target).contains("/web/");
        }
        String below = loginWith("&direct=1&logout_redirect=http://a.acme.example:8080")
                .sessionCookie()
                .orElseThrow();
        assertThat(logout(below, OWN).header("Location")).contains("http://a.acme.example:8080");
    }

    @Test
    void brand_isChosenByAKnownHostNameAlone() throws Exception {
        Raw.Answer branded = loginWith("", "Host: MAIL.acme.example:8080");
        assertThat(branded.body())
                .contains("Acme &lt;Mail&gt;", "#336699", "<img src=\"/web/logo.png\"")
                .doesNotContain("acme.example");
        assertThat(logout(branded.sessionCookie().orElseThrow(), OWN, "Host: mail.acme.example")
                        .header("Location"))
                .contains("https://portal.example/bye");

        Raw.Answer unknown = loginWith("", "Host: evil.example", "X-Forwarded-Host: mail.acme.example");
        assertThat(unknown.body()).contains("<h1>Webmail</h1>").doesNotContain("evil.example");
        assertThat(String.join("\n", unknown.headers())).doesNotContain("evil.example");
    }

    @Test
    void revokedToken_endsItsSessionWithinSeconds_andTheHostIsTold() throws Exception {
        Issuance.Issued issued = site.issued(ALICE, "normal", "", "", false);
        String cookie = site.raw
                .get(site.url(ALICE, issued.value().reveal()) + "&direct=1")
                .sessionCookie()
                .orElseThrow();
        assertThat(site.seen(cookie)).contains("user=" + ALICE);

        site.postern
                .tokens()
                .revoke(
                        Actor.of(site.admin("mail@acme.example"), new Client("", "")),
                        issued.token().id());

        await(() -> site.seen(cookie).contains("user=null"));
        await(() -> site.told.events.contains("closed " + ALICE + ": ended elsewhere"));
        assertThat(site.told.events).contains("opened " + ALICE);
    }

    @Test
    void listenerNamedAsAService_isToldOfTheBeginningAndTheEnd() throws Exception {
        String cookie = site.login(ALICE, "normal");
        String id = field(site.seen(cookie), "session");
        assertThat(FoundListener.EVENTS).contains("opened " + id);

        logout(cookie, OWN);

        assertThat(FoundListener.EVENTS).containsOnlyOnce("opened " + id).containsOnlyOnce("closed " + id + ": logout");
    }

    @Test
    void suspendedMailbox_losesItsSessionsWithinSeconds() throws Exception {
        String cookie = site.login("bob@acme.example", "sso");
        site.backend
                .directory()
                .editor()
                .orElseThrow()
                .setSuspended(org.postern.core.Acme.address("bob@acme.example"), true);
        try {
            await(() -> site.seen(cookie).contains("user=null"));
        } finally {
            site.backend
                    .directory()
                    .editor()
                    .orElseThrow()
                    .setSuspended(org.postern.core.Acme.address("bob@acme.example"), false);
        }
    }

    @Test
    void normalToken_bounds_itsSession() throws Exception {
        String token = site.token(ALICE, "normal", "1", "", false);
        String cookie = site.raw
                .get(site.url(ALICE, token) + "&direct=1")
                .sessionCookie()
                .orElseThrow();
        await(() -> site.seen(cookie).contains("user=null"));
        await(() -> site.told.events.contains("closed " + ALICE + ": its time was over"));
    }

    @Test
    void session_isToldToTheStoreUnderItsClient() throws Exception {
        String cookie = loginWith("&direct=1", "User-Agent: Test/1", "X-Real-IP: 192.0.2.77")
                .sessionCookie()
                .orElseThrow();
        var session = site.backend
                .tokens()
                .session(UUID.fromString(field(site.seen(cookie), "session")))
                .orElseThrow();
        assertThat(session.client()).isEqualTo(new Client("127.0.0.1", "Test/1"));
        assertThat(session.endedAt()).isEqualTo(Optional.empty());
    }

    /** Within the five seconds of the contract. */
    private static void await(java.util.concurrent.Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + 5_000_000_000L;
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("five seconds are over").isLessThan(end);
            Thread.sleep(50);
        }
    }
}
