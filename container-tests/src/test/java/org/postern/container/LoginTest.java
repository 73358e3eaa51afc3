package org.postern.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.service.Actor;
import org.postern.core.service.Issuance;
import org.postern.core.spi.DirectoryEditor;

/** Contract, section 7: the login URL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoginTest {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";

    private Site site;

    @BeforeAll
    void start() throws Exception {
        site = new Site();
    }

    @AfterAll
    void stop() throws Exception {
        site.close();
    }

    @Test
    void login_withoutDirect_showsTheLogoPage() throws Exception {
        Raw.Answer answer = site.raw.get(site.url(ALICE, site.token(ALICE, "sso")));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .contains("<meta http-equiv=\"refresh\" content=\"1; url=/?_task=mail\">")
                .contains("<a href=\"/?_task=mail\">Continue</a>")
                .contains("You are being logged in…")
                .contains("<html lang=\"en\">")
                .doesNotContain("<script");
        assertGuarded(answer);
        assertThat(answer.header("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(site.seen(answer.sessionCookie().orElseThrow())).contains("user=" + ALICE);
    }

    @Test
    void login_withDirect_goesStraightOn() throws Exception {
        String token = site.token(ALICE, "sso");
        Raw.Answer answer = site.raw.get(site.url(ALICE, token) + "&direct=1");

        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Location")).contains("/?_task=mail");
        assertGuarded(answer);
        assertThat(String.join("\n", answer.headers()) + answer.body()).doesNotContain(token);
    }

    @Test
    void login_thatIsRefused_goesToTheHostsOwnLogin() throws Exception {
        Raw.Answer answer = site.raw.get(site.url(ALICE, "no-token-at-all"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .contains("refusal=refused")
                .contains("user=null")
                .contains("param.pass=no-token");
        assertThat(answer.all("Set-Cookie")).isEmpty();
    }

    /** Unknown, expired, used, revoked, suspended: one answer at the login URL; and the wrong type, at the login form. */
    @Test
    void login_thatIsRefused_looksTheSameWhateverTheReason_whichTheTrailTells() throws Exception {
        try (Site own = new Site()) {
            DirectoryEditor directory = own.backend.directory().editor().orElseThrow();
            Map<String, String> refused = new LinkedHashMap<>();
            refused.put("unknown", "0123456789abcdef0123456789abcdef");
            String used = own.token(ALICE, "sso");
            own.raw.get(own.url(ALICE, used));
            refused.put("used", used);
            Issuance.Issued revoked = own.issued(ALICE, "normal", "", "", false);
            own.postern
                    .tokens()
                    .revoke(
                            Actor.of(own.admin("mail@acme.example"), new Client("", "")),
                            revoked.token().id());
            refused.put("revoked", revoked.value().reveal());
            Issuance.Issued expired = own.issued(ALICE, "normal", "1", "", false);
            while (Instant.now().isBefore(expired.token().expiresAt())) {
                Thread.sleep(20);
            }
            refused.put("expired", expired.value().reveal());

            Set<String> atTheUrl = new HashSet<>();
            Set<String> atTheForm = new HashSet<>();
            for (Map.Entry<String, String> one : refused.entrySet()) {
                atTheUrl.add(looks(own.raw.get(own.url(ALICE, one.getValue()) + "&direct=1"), one.getValue()));
                atTheForm.add(looks(form(own, one.getValue()), one.getValue()));
            }
            String once = own.token(ALICE, "sso");
            atTheForm.add(looks(form(own, once), once));
            String suspended = own.token(ALICE, "normal");
            directory.setSuspended(org.postern.core.Acme.address(ALICE), true);
            atTheUrl.add(looks(own.raw.get(own.url(ALICE, suspended) + "&direct=1"), suspended));
            atTheForm.add(looks(form(own, suspended), suspended));

            assertThat(atTheUrl).hasSize(1);
            assertThat(atTheForm).hasSize(1);
            assertThat(own.audit(AuditEvent.Type.REFUSED))
                    .extracting(AuditEvent::detail)
                    .contains(
                            "login_url: unknown",
                            "login_url: used",
                            "login_url: revoked",
                            "login_url: expired",
                            "login_url: suspended",
                            "login_form: wrong_type",
                            "login_form: suspended");
        }
    }

    private static Raw.Answer form(Site site, String secret) throws Exception {
        return site.raw.post("/own", "u=" + ALICE + "&p=" + secret, "X-Act: own-login");
    }

    /** All that somebody sees of an answer but the value that he sent, and the time of day. */
    private static String looks(Raw.Answer answer, String value) {
        List<String> headers =
                answer.headers().stream().filter(h -> !h.startsWith("Date:")).toList();
        return answer.status() + "\n" + headers + "\n" + answer.body().replace(value, "VALUE");
    }

    @Test
    void login_thatSucceeds_carriesTheIdentityByPlainServletApi() throws Exception {
        String seen = site.seen(site.login("postmaster@acme.example", "sso_admin"));

        assertThat(seen)
                .contains("user=postmaster@acme.example", "principal=postmaster@acme.example")
                .contains("mailbox=true", "admin=true", "password=false")
                .contains("reason=ticket 7", "issuer=company@acme.example");
        assertThat(site.seen(site.login(ALICE, "normal"))).contains("mailbox=true", "admin=false");
    }

    @Test
    void login_withAdminOnly_leadsToTheAdminTab() throws Exception {
        String token = site.token("postmaster@acme.example", "admin_only");
        Raw.Answer answer = site.raw.get(site.url("postmaster@acme.example", token) + "&direct=1");

        assertThat(answer.header("Location")).contains("/?_task=admin");
        assertThat(site.seen(answer.sessionCookie().orElseThrow())).contains("mailbox=false", "admin=true");
    }

    @Test
    void login_bySingleUseToken_worksOnce_andAgainOnlyForTheBrowserThatRedeemedIt() throws Exception {
        String url = site.url(ALICE, site.token(ALICE, "sso")) + "&direct=1";
        String cookie = site.raw.get(url).sessionCookie().orElseThrow();
        long redemptions = site.redemptions();

        Raw.Answer again = site.raw.get(url, "Cookie: " + cookie);
        Raw.Answer elsewhere = site.raw.get(url);
        String other = site.login(BOB, "sso");
        Raw.Answer withAnotherSession = site.raw.get(url, "Cookie: " + other);

        assertThat(again.status()).isEqualTo(303);
        assertThat(again.setCookie()).isEmpty();
        assertThat(site.seen(cookie)).contains("user=" + ALICE);
        assertThat(elsewhere.body()).contains("refusal=refused", "user=null");
        assertThat(withAnotherSession.body()).contains("refusal=refused", "user=" + BOB);
        assertThat(site.redemptions()).isEqualTo(redemptions + 1);
    }

    @Test
    void login_againByTheBrowserThatRedeemedIt_isRefusedOnceItsSessionIsOver() throws Exception {
        String url = site.url(ALICE, site.token(ALICE, "sso")) + "&direct=1";
        String cookie = site.raw.get(url).sessionCookie().orElseThrow();
        assertThat(site.raw.get(url, "Cookie: " + cookie).status()).isEqualTo(303);
        site.raw.get("/?_task=logout", "Cookie: " + cookie, "Sec-Fetch-Site: none");

        assertThat(site.raw.get(url, "Cookie: " + cookie).body()).contains("refusal=refused", "user=null");
    }

    @Test
    void login_byNormalToken_worksOften() throws Exception {
        String url = site.url(ALICE, site.token(ALICE, "normal")) + "&direct=1";

        assertThat(site.raw.get(url).status()).isEqualTo(303);
        assertThat(site.raw.get(url).status()).isEqualTo(303);
    }

    @Test
    void login_takesABareAtSign_andTheNamesWithUnderscores() throws Exception {
        assertThat(site.raw
                        .get(Site.LOGIN + "&user=" + ALICE + "&pass=" + site.token(ALICE, "sso") + "&direct=1")
                        .status())
                .isEqualTo(303);
        assertThat(site.raw
                        .get(Site.LOGIN + "&_user=" + ALICE + "&_pass=" + site.token(ALICE, "sso") + "&direct=1")
                        .status())
                .isEqualTo(303);
    }

    @Test
    void login_byPost_readsTheForm() throws Exception {
        Raw.Answer answer =
                site.raw.post(Site.LOGIN, "user=alice%40acme.example&pass=" + site.token(ALICE, "sso") + "&direct=1");

        assertThat(answer.status()).isEqualTo(303);
    }

    @Test
    void login_byPostThatIsRefused_leavesTheHostItsParametersAndItsBody() throws Exception {
        String form = "user=alice%40acme.example&pass=my+own%2Bword&extra=1&extra=2";

        assertThat(site.raw.post(Site.LOGIN, form).body())
                .contains("refusal=refused", "param.user=" + ALICE, "param.pass=my own+word", "param.extra=1,2");
        assertThat(site.raw.post(Site.LOGIN, form, "X-Act: body").body()).isEqualTo(form);
        assertThat(site.raw.post(Site.LOGIN, form, "X-Act: reader").body()).isEqualTo(form);
    }

    @Test
    void login_withoutCredentials_isTheHosts() throws Exception {
        assertThat(site.raw.get(Site.LOGIN).body()).contains("refusal=null");
        assertThat(site.raw.post(Site.LOGIN, "extra=3").body()).contains("refusal=null", "param.extra=3");
        assertThat(site.raw.get(Site.LOGIN + "&user=" + ALICE + "&pass=").body())
                .contains("refusal=null");
    }

    @Test
    void login_thatIsRefused_changesNoSession() throws Exception {
        String cookie = site.login(BOB, "normal");

        Raw.Answer refused = site.raw.get(
                site.url(ALICE, "not-a-token") + "&direct=1&logout_redirect=https://evil.example/",
                "Cookie: " + cookie);

        assertThat(refused.body()).contains("refusal=refused", "user=" + BOB);
        assertThat(refused.all("Set-Cookie")).isEmpty();
        assertThat(site.seen(cookie)).contains("user=" + BOB);
        assertThat(site.raw
                        .get("/?_task=logout", "Cookie: " + cookie, "Sec-Fetch-Site: none")
                        .header("Location"))
                .contains("/");
    }

    @Test
    void login_thatSucceeds_endsTheEarlierSession_andTakesANewId() throws Exception {
        String host = site.raw.get("/", "X-Act: session").sessionCookie().orElseThrow();
        Raw.Answer first = site.raw.get(site.url(BOB, site.token(BOB, "sso")) + "&direct=1", "Cookie: " + host);
        String bob = first.sessionCookie().orElseThrow();
        Raw.Answer second = site.raw.get(site.url(ALICE, site.token(ALICE, "sso")) + "&direct=1", "Cookie: " + bob);
        String alice = second.sessionCookie().orElseThrow();

        assertThat(List.of(host, bob, alice)).doesNotHaveDuplicates();
        assertThat(site.seen(host)).contains("user=null");
        assertThat(site.seen(bob)).contains("user=null");
        assertThat(site.seen(alice)).contains("user=" + ALICE);
        assertThat(site.audit(AuditEvent.Type.SESSION_ENDED))
                .anyMatch(e -> e.detail().equals("another login")
                        && e.mailbox().orElseThrow().toString().equals(BOB));
    }

    @Test
    void login_takesNoIdThatTheBrowserChose() throws Exception {
        String name = site.login(BOB, "sso").replaceFirst("=.*", "");
        String chosen = name + "=ABCDEFABCDEFABCDEFABCDEF01234567";

        Raw.Answer answer = site.raw.get(site.url(ALICE, site.token(ALICE, "sso")) + "&direct=1", "Cookie: " + chosen);

        assertThat(answer.sessionCookie().orElseThrow()).isNotEqualTo(chosen);
        assertThat(site.seen(chosen)).contains("user=null");
    }

    @Test
    void login_withAParameterTwice_isRefused_andConsumesNothing() throws Exception {
        String token = site.token(ALICE, "sso");
        String url = site.url(ALICE, token);
        for (String twice : List.of(
                "&user=" + BOB,
                "&_user=" + ALICE,
                "&us%65r=" + ALICE,
                "&pass=x",
                "&_pass=x",
                "&p%61ss",
                "&_task=login",
                "&_task=mail",
                "&_%74ask=mail",
                "&_action=x",
                "&direct=1&direct=1",
                "&direct=0&%64irect=1",
                "&locale=de&locale=de",
                "&logout_redirect=http://a.example/&logout_redirect=http://a.example/")) {
            assertThat(site.raw.get(url + twice).status()).as(twice).isEqualTo(400);
        }
        assertThat(site.raw.post(url, "user=" + ALICE).status()).isEqualTo(400);
        assertThat(site.raw.post(url, "_pass=" + token).status()).isEqualTo(400);
        assertThat(site.raw.post(url, "_action=login").status()).isEqualTo(400);
        assertThat(site.raw.get(url).status()).as("the token is live still").isEqualTo(200);
    }

    @Test
    void login_byAnotherMethod_isRefused_andConsumesNothing() throws Exception {
        String url = site.url(ALICE, site.token(ALICE, "sso"));
        for (String method : List.of("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "get", "POSTS")) {
            Raw.Answer answer = site.raw.send(method, url, "");
            assertThat(answer.status()).as(method).isIn(405, 400, 501);
            assertThat(answer.all("Set-Cookie")).isEmpty();
        }
        assertThat(site.raw.send("PUT", url, "").header("Allow")).contains("GET, POST");
        assertThat(site.raw.send("HEAD", url, "").status()).isEqualTo(405);
        assertThat(site.raw.get(url, "X-HTTP-Method-Override: PUT").status()).isEqualTo(200);
    }

    @Test
    void login_aheadOfAClickOrForAPartOfAPage_isRefused_andConsumesNothing() throws Exception {
        String url = site.url(ALICE, site.token(ALICE, "sso"));
        for (String header : List.of(
                "Sec-Purpose: prefetch",
                "Sec-Purpose: prefetch;prerender",
                "Sec-Purpose: Prerender",
                "Purpose: prefetch",
                "X-Moz: prefetch",
                "Purpose: preview",
                "Sec-Fetch-Dest: image",
                "Sec-Fetch-Dest: iframe",
                "Sec-Fetch-Dest: empty",
                "Sec-Fetch-Dest: script",
                "Sec-Fetch-Dest: ",
                "Sec-Fetch-Dest: DOCUMENT")) {
            Raw.Answer answer = site.raw.get(url, header);
            assertThat(answer.status()).as(header).isEqualTo(403);
            assertThat(answer.all("Set-Cookie")).isEmpty();
        }
        assertThat(site.raw
                        .get(url, "Sec-Fetch-Dest: document", "Sec-Fetch-Site: cross-site")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void login_withoutTheLiteralParameters_passesUntouched() throws Exception {
        String credentials = "&user=" + ALICE + "&pass=" + site.token(ALICE, "sso");
        for (String query : List.of(
                "_task=login",
                "_action=login",
                "_task=logins&_action=login",
                "x_task=login&_action=login",
                "_Task=login&_action=login",
                "_task=login;_action=login",
                "_t%61sk=login&_action=login",
                "_task=log%69n&_action=login",
                "_task=login&_action=login%20",
                "_task=mail&_action=login")) {
            Raw.Answer answer = site.raw.get("/?" + query + credentials);
            assertThat(answer.status()).as(query).isEqualTo(200);
            assertThat(answer.body()).as(query).contains("refusal=null", "user=null");
        }
        assertThat(site.raw.get("/mail" + Site.LOGIN.substring(1) + credentials).body())
                .contains("refusal=null", "user=null");
        assertThat(site.raw
                        .post("/?_task=login", "_task=login&_action=login" + credentials)
                        .body())
                .contains("refusal=null", "user=null");
    }

    /** Had the filter asked for a parameter, the container would have read the body, and the host would find none. */
    @Test
    void everyOtherRequest_reachesTheHostWithItsBodyUnread() throws Exception {
        String cookie = "Cookie: " + site.login(ALICE, "normal");
        for (String target : List.of(
                "/",
                "/?_task=mail",
                "/?_task=mail&_action=login&user=" + ALICE + "&pass=0123456789",
                "/?_task=login",
                "/mail?user=" + ALICE + "&pass=0123456789",
                "/sub/" + Site.LOGIN.substring(1) + "&user=" + ALICE + "&pass=0123456789")) {
            for (String body : List.of("_task=login&_action=login&user=a&pass=b", "x=%zz&x=%ff&=", "")) {
                assertThat(site.raw.post(target, body, "X-Act: body").body())
                        .as(target)
                        .isEqualTo(body);
                assertThat(site.raw.post(target, body, "X-Act: body", cookie).body())
                        .as(target)
                        .isEqualTo(body);
            }
        }
        String large = "x=" + "y".repeat(200_000);
        assertThat(site.raw.post("/?_task=mail", large, "X-Act: body", cookie).body())
                .isEqualTo(large);
    }

    @Test
    void direct_isOnForTheExactValueOneAlone() throws Exception {
        for (String value : List.of("", "0", "01", "1.0", "true", "+1", "1+", "%201", "1%00", "%EF%BC%91", "yes")) {
            assertThat(site.raw
                            .get(site.url(ALICE, site.token(ALICE, "sso")) + "&direct=" + value)
                            .status())
                    .as(value)
                    .isEqualTo(200);
        }
        for (String name : List.of("DIRECT", "direct%5B%5D", "Direct", "direct%00")) {
            assertThat(site.raw
                            .get(site.url(ALICE, site.token(ALICE, "sso")) + "&" + name + "=1")
                            .status())
                    .as(name)
                    .isEqualTo(200);
        }
        assertThat(site.raw
                        .get(site.url(ALICE, site.token(ALICE, "sso")) + "&direct=%31")
                        .status())
                .isEqualTo(303);
    }

    @Test
    void confirm_byGet_asksForAClick_andByPostRedeems() throws Exception {
        String token = site.token(ALICE, "sso", "", "de", true);
        String url = site.url(ALICE, token) + "&direct=1&locale=fr";
        long redemptions = site.redemptions();

        Raw.Answer asked = site.raw.get(url, "Accept-Language: sv");
        Raw.Answer askedAgain = site.raw.get(url);

        assertThat(asked.status()).isEqualTo(200);
        assertThat(askedAgain.status()).isEqualTo(200);
        assertThat(asked.all("Set-Cookie")).isEmpty();
        assertThat(asked.body())
                .contains("<form method=\"post\" autocomplete=\"off\" action=\"/?_task=login&amp;_action=login\">")
                .contains("name=\"pass\" value=\"" + token + "\"")
                .contains("name=\"direct\" value=\"1\"")
                .contains("Voulez-vous")
                .doesNotContain("<script");
        assertGuarded(asked);
        assertThat(site.redemptions()).isEqualTo(redemptions);

        Raw.Answer posted =
                site.raw.post(Site.LOGIN, "user=alice%40acme.example&pass=" + token + "&direct=1&locale=fr");
        assertThat(posted.status()).isEqualTo(303);
        assertThat(site.seen(posted.sessionCookie().orElseThrow())).contains("locale=de");
    }

    @Test
    void confirm_whereTheSettingsSayAlways_isAskedOfEveryToken() throws Exception {
        try (Site careful = new Site("/", Map.of("sso.login.confirm", "always"))) {
            for (String type : List.of("sso", "normal")) {
                String token = careful.token(ALICE, type);
                Raw.Answer asked = careful.raw.get(careful.url(ALICE, token) + "&direct=1");
                assertThat(asked.status()).isEqualTo(200);
                assertThat(asked.all("Set-Cookie")).isEmpty();
                assertThat(asked.body()).contains("<form method=\"post\"", "name=\"pass\" value=\"" + token + "\"");
                assertThat(careful.audit(AuditEvent.Type.REDEEMED))
                        .noneMatch(e -> e.sessionType().orElseThrow().apiName().equals(type));

                Raw.Answer posted = careful.raw.post(Site.LOGIN, "user=" + ALICE + "&pass=" + token + "&direct=1");
                assertThat(posted.status()).isEqualTo(303);
            }
        }
    }

    @Test
    void locale_isTheTokens_elseTheUrls_elseTheMailboxs_elseTheBrowsers_elseEnglish() throws Exception {
        String german = "Accept-Language: de, en;q=0.5";
        assertThat(locale(ALICE, "pt_BR", "&locale=fr", german)).isEqualTo("pt_BR");
        assertThat(locale(ALICE, "", "&locale=PT-br", german)).isEqualTo("pt_BR");
        assertThat(locale(BOB, "", "&locale=fr", "Accept-Language: sv")).isEqualTo("fr");
        assertThat(locale(BOB, "", "", "Accept-Language: sv")).isEqualTo("de");
        assertThat(locale(ALICE, "", "", "Accept-Language: ja, nb;q=0.9, de;q=0.8"))
                .isEqualTo("no");
        assertThat(locale(ALICE, "", "", "X-None: 1")).isEqualTo("en");
        assertThat(locale(ALICE, "", "&locale=..%2F..%2Fetc", german))
                .as("a bad one is as if it were not there")
                .isEqualTo("de");
    }

    private String locale(String user, String tokens, String more, String header) throws Exception {
        String url = site.url(user, site.token(user, "sso", "", tokens, false)) + "&direct=1" + more;
        String seen = site.seen(site.raw.get(url, header).sessionCookie().orElseThrow());
        return seen.replaceFirst("(?s).*locale=(\\w+).*", "$1");
    }

    @Test
    void logoPage_speaksTheSessionsLanguage() throws Exception {
        for (String locale : List.of("da", "de", "el", "en", "es", "fr", "it", "nl", "no", "pt_BR", "sv")) {
            Raw.Answer answer = site.raw.get(site.url(ALICE, site.token(ALICE, "sso", "", locale, false)));
            assertThat(answer.body()).contains("<html lang=\"" + locale.replace('_', '-') + "\">");
        }
    }

    @Test
    void interface_isBasicForBrowsersThatCannotMore_andAChoiceIsRemembered() throws Exception {
        String chrome = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
                + " Chrome/140.0.0.0 Safari/537.36";
        String url = site.url(ALICE, site.token(ALICE, "normal")) + "&direct=1";
        String text = site.raw.get(url, "User-Agent: Lynx/2.9").sessionCookie().orElseThrow();
        String modern = site.raw.get(url, chrome).sessionCookie().orElseThrow();
        assertThat(site.seen(text)).contains("interface=basic");
        assertThat(site.seen(modern)).contains("interface=standard");

        Raw.Answer foreign = site.raw.get("/?_interface=basic", "Cookie: " + modern, "Sec-Fetch-Site: cross-site");
        assertThat(foreign.status()).isEqualTo(200);
        assertThat(site.seen(modern)).contains("interface=standard");

        Raw.Answer chosen = site.raw.get("/?_interface=basic", "Cookie: " + modern);
        assertThat(chosen.status()).isEqualTo(303);
        assertThat(site.seen(modern)).contains("interface=basic", "user=" + ALICE);
        String remembered = chosen.all("Set-Cookie").get(0);
        assertThat(remembered).contains("HttpOnly");
        String next = site.raw
                .get(url, chrome, "Cookie: " + remembered.replaceFirst(";.*", ""))
                .sessionCookie()
                .orElseThrow();
        assertThat(site.seen(next)).contains("interface=basic");
    }

    @Test
    void ownLoginForm_takesManyUseTokensAlone() throws Exception {
        String many = site.token(ALICE, "normal");
        String once = site.token(ALICE, "sso");

        Raw.Answer opened = site.raw.post("/own", "u=" + ALICE + "&p=" + many, "X-Act: own-login");
        assertThat(opened.body()).isEqualTo("Opened");
        assertThat(site.seen(opened.sessionCookie().orElseThrow())).contains("user=" + ALICE);
        assertThat(site.raw
                        .post("/own", "u=" + ALICE + "&p=" + once, "X-Act: own-login")
                        .body())
                .isEqualTo("Refused");
        assertThat(site.raw.get(site.url(ALICE, once)).status()).isEqualTo(200);
    }

    @Test
    void login_byOneTokenManyTimesAtOnce_succeedsOnce() throws Exception {
        for (int round = 0; round < 3; round++) {
            String url = site.url(ALICE, site.token(ALICE, "sso")) + "&direct=1";
            ExecutorService threads = Executors.newFixedThreadPool(32);
            try {
                List<Future<Raw.Answer>> all = new ArrayList<>();
                for (int i = 0; i < 32; i++) {
                    all.add(threads.submit(() -> site.raw.get(url)));
                }
                Set<String> cookies = new HashSet<>();
                for (Future<Raw.Answer> one : all) {
                    if (one.get().status() == 303) {
                        cookies.add(one.get().sessionCookie().orElseThrow());
                    } else {
                        assertThat(one.get().body()).contains("refusal=refused", "user=null");
                    }
                }
                assertThat(cookies).hasSize(1);
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    void login_byAlias_isOnWhereASettingNamesIt() throws Exception {
        assertThat(site.raw
                        .get("/mail?user=" + ALICE + "&pass=" + site.token(ALICE, "sso"))
                        .body())
                .contains("refusal=null", "user=null");
        try (Site aliased = new Site("/web", Map.of("sso.login.aliases", "/mail, /a/b"))) {
            String token = aliased.token(ALICE, "sso");
            String query = "?user=" + ALICE + "&pass=" + token + "&direct=1";
            assertThat(aliased.raw.get("/web/mail/" + query).body()).contains("refusal=null");
            assertThat(aliased.raw.get("/web/%6dail" + query).body()).contains("refusal=null");
            assertThat(aliased.raw.get("/web/mail;x" + query).status()).isEqualTo(400);
            assertThat(aliased.raw.get("/web/mail" + query + "&_user=" + ALICE).status())
                    .isEqualTo(400);
            assertThat(aliased.raw.get("/web/mail?user=" + ALICE).body()).contains("refusal=null");
            assertThat(aliased.raw.get("/web/mail" + query).header("Location")).contains("/web/?_task=mail");
        }
    }

    @Test
    void login_overPlainHttpFromAnotherHost_isRefused_andConsumesNothing() throws Exception {
        try (Site proxied = new Site("/", Map.of("sso.http.trusted-proxies", "127.0.0.1"))) {
            String url = proxied.url(ALICE, proxied.token(ALICE, "sso"));
            String client = "X-Forwarded-For: 198.51.100.7";
            for (String proto : List.of("X-None: 1", "X-Forwarded-Proto: http", "X-Forwarded-Proto: https, http")) {
                Raw.Answer refused = proxied.raw.get(url, client, proto, "Host: localhost");
                assertThat(refused.status()).as(proto).isEqualTo(403);
                assertThat(refused.header("Location")).isEmpty();
                assertThat(refused.all("Set-Cookie")).isEmpty();
            }
            assertThat(proxied.raw
                            .post("/own", "u=a&p=b", "X-Act: own-login", client)
                            .body())
                    .isEqualTo("Insecure");
            assertThat(proxied.raw.get(url, client, "X-Forwarded-Proto: https").status())
                    .isEqualTo(200);
            assertThat(proxied.audit(AuditEvent.Type.REDEEMED).get(0).client().address())
                    .isEqualTo("198.51.100.7");
        }
    }

    @Test
    void ownPassword_isNoGuess_whereTheHostSaysSo() throws Exception {
        try (Site own = new Site()) {
            for (int i = 0; i < 60; i++) {
                assertThat(own.raw.get(own.url(ALICE, "my-own-password")).status())
                        .isEqualTo(200);
                own.raw.get("/", "X-Act: password", "X-User: " + ALICE);
            }
        }
    }

    @Test
    void throttled_is429WithRetryAfter() throws Exception {
        Raw.Answer last = null;
        for (int i = 0; i < 40 && (last == null || last.status() != 429); i++) {
            last = site.raw.get(site.url("zoe@globex.example", "guess-" + i));
        }
        assertThat(last.status()).isEqualTo(429);
        assertThat(Integer.parseInt(last.header("Retry-After").orElseThrow())).isBetween(1, 900);
        assertThat(last.body()).as("a way on").contains("<a href=\"/\">");
        assertGuarded(last);
    }

    private static void assertGuarded(Raw.Answer answer) {
        assertThat(answer.header("Cache-Control")).contains("no-store");
        assertThat(answer.header("Referrer-Policy")).contains("no-referrer");
        assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
    }
}
