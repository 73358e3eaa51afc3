package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.LoginToken;
import org.postern.core.Page;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.SetClock;
import org.postern.core.TokenSession;
import org.postern.core.TokenState;
import org.postern.core.UnavailableException;
import org.postern.core.spi.Backend;
import org.postern.core.spi.TokenStore;

/** Contract, sections 3 and 7, without HTTP: what happens to a token from its issue to its end. */
class LoginTokensTest {
    private static final Client CLIENT = new Client("192.0.2.1", "test");
    private static final String ALICE = "alice@acme.example";

    private final SetClock clock = SetClock.atNoon();
    private final Backend backend = Acme.backend();
    private final Postern postern =
            new Postern(Acme.settings(Map.of("sso.public-url", "https://mail.acme.example")), backend, clock);
    private final LoginTokens tokens = postern.tokens();

    private Administrator admin(String address) {
        return backend.directory().administrator(Acme.address(address)).orElseThrow();
    }

    private static IssueRequest request(String user, String type, String token, String reason, String life) {
        return new IssueRequest(user, type, Secret.of(token), reason, life, "", false, false, false, CLIENT);
    }

    private Issuance.Issued issued(String type) {
        String user = type.contains("admin") ? "postmaster@acme.example" : ALICE;
        return (Issuance.Issued) tokens.issue(admin("company@acme.example"), request(user, type, "", "T-1", ""));
    }

    private Redemption redeem(String user, Secret secret, Channel channel) {
        return tokens.redeem(new LoginAttempt(user, secret, channel, false, "", CLIENT));
    }

    private Redemption redeem(Issuance.Issued issued) {
        return redeem(issued.token().mailbox().toString(), issued.value(), Channel.LOGIN_URL);
    }

    private Refusal refusal(Redemption redemption) {
        return ((Redemption.Refused) redemption).why();
    }

    private List<AuditEvent> trail() {
        return postern.audit()
                .read(
                        admin("company@acme.example"),
                        new AuditTrail.Wanted(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        200,
                        Optional.empty())
                .items();
    }

    private List<AuditEvent> trail(AuditEvent.Type type) {
        return trail().stream().filter(e -> e.type() == type).toList();
    }

    @Test
    void issue_withDefaults_makesThirtyTwoHexDigitsForADay() {
        Issuance.Issued issued = issued("");
        assertThat(issued.value().reveal()).matches("[0-9a-f]{32}");
        assertThat(issued.token().type()).isEqualTo(SessionType.NORMAL);
        assertThat(issued.token().expiresAt()).isEqualTo(clock.instant().plusSeconds(86_400));
        assertThat(issued.loginUrl().reveal())
                .isEqualTo("https://mail.acme.example/?_task=login&_action=login&user=alice%40acme.example&pass="
                        + issued.value().reveal());
        assertThat(trail(AuditEvent.Type.ISSUED)).singleElement().satisfies(e -> {
            assertThat(e.tokenId()).contains(issued.token().id());
            assertThat(e.administrator()).contains(Acme.address("company@acme.example"));
            assertThat(e.reason()).isEqualTo("T-1");
            assertThat(e.client()).isEqualTo(CLIENT);
        });
    }

    @Test
    void values_areDifferentEachTime() {
        assertThat(issued("").value()).isNotEqualTo(issued("").value());
    }

    @Test
    void issue_withManyBadFields_namesThemAllInTheContractsOrder() {
        Issuance issuance = tokens.issue(
                admin("company@acme.example"),
                new IssueRequest(
                        ALICE, "root", Secret.of("short"), "x".repeat(501), "-1", "xx", true, false, false, CLIENT));
        assertThat(((Issuance.Invalid) issuance).fields())
                .extracting(Issuance.InvalidField::field)
                .containsExactly(
                        Issuance.Field.LIFE,
                        Issuance.Field.LOCALE,
                        Issuance.Field.TYPE,
                        Issuance.Field.TOKEN,
                        Issuance.Field.REASON);
        assertThat(tokens.list(admin("company@acme.example"), ALICE, false, 10, Optional.empty()))
                .isEqualTo(new Answer.Given<>(new Page<LoginToken>(List.of(), Optional.empty())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "short12",
                "iloveyou",
                "Password1",
                "12345678",
                "alice@acme.example",
                "ALICE@acme.example",
                "acme.example",
                "company@acme.example",
                "lice@acme",
                " spaces before",
                "after it\u00a0",
                "tab\there!",
                "nul\u0000nul1",
                "line\nbreak1",
                "zero\u200bwidth",
                "aaaaaaaaaaaa",
                "pss_0123456789abcdef0123456789abcdef"
            })
    void chosenValue_thatIsBad_isRefusedAndNothingIsIssued(String value) {
        Issuance issuance = tokens.issue(admin("company@acme.example"), request(ALICE, "", value, "", ""));
        assertThat(issuance).isInstanceOf(Issuance.Invalid.class);
        assertThat(issuance.toString()).doesNotContain(value);
        assertThat(trail(AuditEvent.Type.ISSUED)).isEmpty();
        assertThat(trail(AuditEvent.Type.ISSUE_REFUSED)).hasSize(1);
    }

    @Test
    void chosenValue_from8To128Characters_isTaken() {
        Administrator admin = admin("company@acme.example");
        String key = "\ud83d\udd11";
        for (String good : List.of("q7x k2mz", "q7xk2mz9".repeat(16), "ab" + key.repeat(126))) {
            assertThat(((Issuance.Issued) tokens.issue(admin, request(ALICE, "", good, "", ""))).value())
                    .isEqualTo(Secret.of(good));
            assertThat(redeem(ALICE, Secret.of(good), Channel.LOGIN_URL)).isInstanceOf(Redemption.Redeemed.class);
        }
        for (String bad : List.of("q7xk2mz", "q7xk2mz9".repeat(16) + "q", "ab" + key.repeat(127))) {
            assertThat(tokens.issue(admin, request(ALICE, "", bad, "", ""))).isInstanceOf(Issuance.Invalid.class);
        }
    }

    @Test
    void reason_upTo500Characters_isKept() {
        Administrator admin = admin("company@acme.example");
        String longest = "Grund \u00e4 " + "\ud83e\udd84".repeat(492);
        assertThat(((Issuance.Issued) tokens.issue(admin, request(ALICE, "", "", longest, "")))
                        .token()
                        .reason())
                .isEqualTo(longest);
        assertThat(tokens.issue(admin, request(ALICE, "", "", longest + "x", "")))
                .isInstanceOf(Issuance.Invalid.class);
        assertThat(tokens.issue(admin, request(ALICE, "", "", "", ""))).isInstanceOf(Issuance.Issued.class);
    }

    @Test
    void chosenValue_thatIsLive_isRefusedUntilItIsDead() {
        Administrator admin = admin("mail@acme.example");
        assertThat(tokens.issue(admin, request(ALICE, "", "correct horse 7", "", "60")))
                .isInstanceOf(Issuance.Issued.class);
        assertThat(tokens.issue(admin, request(ALICE, "", "correct horse 7", "", "60")))
                .isInstanceOf(Issuance.AlreadyLive.class);
        assertThat(tokens.issue(admin, request("bob@acme.example", "", "correct horse 7", "", "60")))
                .as("a value belongs to one mailbox")
                .isInstanceOf(Issuance.Issued.class);
        clock.advance(Duration.ofSeconds(60));
        assertThat(tokens.issue(admin, request(ALICE, "", "correct horse 7", "", "60")))
                .isInstanceOf(Issuance.Issued.class);
    }

    /** The table of the contract's section 3, word by word. */
    @ParameterizedTest
    @CsvSource({
        "normal,       form and URL, yes, many, no,  yes",
        "normal_admin, form and URL, yes, many, yes, yes",
        "sso,          URL,          no,  one,  no,  yes",
        "sso_admin,    URL,          no,  one,  yes, yes",
        "admin_only,   URL,          no,  one,  yes, no"
    })
    void type_doesWhatItsRowSays(
            String type, String webmail, String mail, String uses, String adminTab, String mailbox) {
        Issuance.Issued issued = (Issuance.Issued)
                tokens.issue(admin("company@acme.example"), request("postmaster@acme.example", type, "", "", ""));
        String user = issued.token().mailbox().toString();

        for (Channel protocol : List.of(Channel.IMAP, Channel.POP3, Channel.SMTP)) {
            assertThat(
                            postern.mailLogins().check(user, issued.value(), protocol, CLIENT)
                                    instanceof MailLogins.Check.Accepted)
                    .as("%s", protocol)
                    .isEqualTo(mail.equals("yes"));
        }
        assertThat(redeem(user, issued.value(), Channel.LOGIN_FORM) instanceof Redemption.Redeemed)
                .isEqualTo(webmail.contains("form"));
        Redemption.Redeemed opened = (Redemption.Redeemed) redeem(issued);
        assertThat(redeem(issued) instanceof Redemption.Redeemed).isEqualTo(uses.equals("many"));
        assertThat(opened.session().type().admin()).isEqualTo(adminTab.equals("yes"));
        assertThat(opened.session().type().opensMailbox()).isEqualTo(mailbox.equals("yes"));
        clock.set(issued.token().expiresAt());
        assertThat(redeem(issued)).as("after its end").isInstanceOf(Redemption.Refused.class);
    }

    @Test
    void redeem_rowOfTheTrail_tellsAllOfIt() {
        Issuance.Issued issued = issued("sso_admin");
        clock.advance(Duration.ofSeconds(7));
        Client client = new Client("2001:db8::7", "Browser/7");
        tokens.redeem(
                new LoginAttempt("postmaster@acme.example", issued.value(), Channel.LOGIN_URL, false, "", client));
        assertThat(trail(AuditEvent.Type.REDEEMED)).singleElement().satisfies(e -> {
            assertThat(e.time()).isEqualTo(clock.instant());
            assertThat(e.mailbox()).contains(Acme.address("postmaster@acme.example"));
            assertThat(e.administrator()).as("who issued it").contains(Acme.address("company@acme.example"));
            assertThat(e.tokenId()).contains(issued.token().id());
            assertThat(e.sessionType()).contains(SessionType.SSO_ADMIN);
            assertThat(e.reason()).isEqualTo("T-1");
            assertThat(e.client()).isEqualTo(client);
            assertThat(e.detail()).isEqualTo("login_url");
        });
    }

    @ParameterizedTest
    @EnumSource(SessionType.class)
    void redeem_byLoginUrl_opensASessionAsTheTypeSays(SessionType type) {
        Issuance.Issued issued = issued(type.apiName());
        Redemption.Redeemed redeemed = (Redemption.Redeemed) redeem(issued);
        assertThat(redeemed.session().tokenId()).isEqualTo(issued.token().id());
        assertThat(redeemed.session().type()).isEqualTo(type);
        Redemption again = redeem(issued);
        if (type.singleUse()) {
            assertThat(refusal(again)).isEqualTo(Refusal.USED);
        } else {
            assertThat(again).isInstanceOf(Redemption.Redeemed.class);
        }
        assertThat(trail(AuditEvent.Type.REDEEMED)).hasSize(type.singleUse() ? 1 : 2);
    }

    @ParameterizedTest
    @EnumSource(SessionType.class)
    void redeem_byLoginForm_isForTypesWithManyUses(SessionType type) {
        Issuance.Issued issued = issued(type.apiName());
        Redemption redemption = redeem(issued.token().mailbox().toString(), issued.value(), Channel.LOGIN_FORM);
        if (type.singleUse()) {
            assertThat(refusal(redemption)).isEqualTo(Refusal.WRONG_TYPE);
            assertThat(redeem(issued)).as("a refusal spends nothing").isInstanceOf(Redemption.Redeemed.class);
        } else {
            assertThat(redemption).isInstanceOf(Redemption.Redeemed.class);
        }
    }

    @ParameterizedTest
    @EnumSource(SessionType.class)
    void mailServer_takesNormalTokensAndSessionCredentials(SessionType type) {
        Issuance.Issued issued = issued(type.apiName());
        String user = issued.token().mailbox().toString();
        for (Channel protocol : List.of(Channel.IMAP, Channel.POP3, Channel.SMTP)) {
            assertThat(postern.mailLogins().check(user, issued.value(), protocol, CLIENT))
                    .isInstanceOf(type.singleUse() ? MailLogins.Check.Refused.class : MailLogins.Check.Accepted.class);
        }
        Redemption.Redeemed redeemed = (Redemption.Redeemed) redeem(issued);
        for (Channel protocol : List.of(Channel.IMAP, Channel.SMTP)) {
            assertThat(postern.mailLogins().check(user, redeemed.credential(), protocol, CLIENT))
                    .isInstanceOf(
                            type.opensMailbox() ? MailLogins.Check.Accepted.class : MailLogins.Check.Refused.class);
        }
        tokens.end(redeemed.session().id(), "logout", CLIENT);
        assertThat(postern.mailLogins().check(user, redeemed.credential(), Channel.IMAP, CLIENT))
                .as("the credential ends with the session")
                .isInstanceOf(MailLogins.Check.Refused.class);
        assertThat(trail(AuditEvent.Type.MAIL_LOGIN))
                .hasSize((type.singleUse() ? 0 : 3) + (type.opensMailbox() ? 2 : 0));
    }

    @ParameterizedTest
    @CsvSource({"normal, 60", "normal_admin, 60", "sso, 28800", "sso_admin, 28800", "admin_only, 28800"})
    void session_endsWithItsNormalTokenButNotWithASingleUseOne(String type, long seconds) {
        Issuance.Issued issued = (Issuance.Issued)
                tokens.issue(admin("company@acme.example"), request("postmaster@acme.example", type, "", "", "60"));
        assertThat(((Redemption.Redeemed) redeem(issued)).session().endsAt())
                .isEqualTo(clock.instant().plusSeconds(seconds));
    }

    @Test
    void session_ofALongToken_endsAfterItsLongestLife() {
        Postern brief = new Postern(Acme.settings(Map.of("sso.session.max-life", "PT10M")), backend, clock);
        Issuance.Issued issued = issued("normal");
        Redemption.Redeemed redeemed = (Redemption.Redeemed)
                brief.tokens().redeem(new LoginAttempt(ALICE, issued.value(), Channel.LOGIN_URL, false, "", CLIENT));
        assertThat(redeemed.session().endsAt()).isEqualTo(clock.instant().plus(Duration.ofMinutes(10)));
    }

    @Test
    void redeem_atTheMomentOfExpiry_isRefused() {
        Issuance.Issued issued = issued("sso");
        clock.set(issued.token().expiresAt());
        assertThat(refusal(redeem(issued))).isEqualTo(Refusal.EXPIRED);
        clock.advance(Duration.ofMillis(-1));
        assertThat(redeem(issued)).isInstanceOf(Redemption.Redeemed.class);
    }

    @Test
    void redeem_forAnotherMailbox_isRefused() {
        assertThat(refusal(redeem("bob@acme.example", issued("sso").value(), Channel.LOGIN_URL)))
                .isEqualTo(Refusal.UNKNOWN);
    }

    @Test
    void suspendedMailbox_isRefusedAndItsSessionsEnd() {
        Issuance.Issued issued = issued("normal");
        Redemption.Redeemed redeemed = (Redemption.Redeemed) redeem(issued);
        assertThat(postern.mailboxes().setSuspended(Acme.address(ALICE), true)).isTrue();
        assertThat(refusal(redeem(issued))).isEqualTo(Refusal.SUSPENDED);
        assertThat(postern.mailLogins().check(ALICE, issued.value(), Channel.IMAP, CLIENT))
                .isInstanceOf(MailLogins.Check.Refused.class);
        assertThat(tokens.closedAmong(List.of(redeemed.session().id())))
                .containsExactly(redeemed.session().id());
        postern.mailboxes().setSuspended(Acme.address(ALICE), false);
        assertThat(redeem(issued)).isInstanceOf(Redemption.Redeemed.class);
    }

    @Test
    void mailboxSuspendedInTheOperatorsOwnDirectory_closesItsSessions() {
        Redemption.Redeemed redeemed = (Redemption.Redeemed) redeem(issued("normal"));
        assertThat(tokens.closedAmong(List.of(redeemed.session().id()))).isEmpty();
        backend.directory().editor().orElseThrow().setSuspended(Acme.address(ALICE), true);
        assertThat(tokens.closedAmong(List.of(redeemed.session().id()))).hasSize(1);
    }

    @Test
    void revoke_endsTheTokenAndItsSessionsOnce() {
        Administrator admin = admin("mail@acme.example");
        Issuance.Issued issued = issued("normal");
        Redemption.Redeemed redeemed = (Redemption.Redeemed) redeem(issued);
        UUID id = issued.token().id();
        assertThat(tokens.revoke(Actor.of(admin("company@globex.example"), CLIENT), id))
                .isInstanceOf(Answer.Missing.class);
        assertThat(tokens.revoke(Actor.of(admin, CLIENT), id)).isEqualTo(new Answer.Given<>(true));
        assertThat(tokens.revoke(Actor.of(admin, CLIENT), id)).isEqualTo(new Answer.Given<>(false));
        assertThat(tokens.revoke(Actor.of(admin, CLIENT), UUID.randomUUID())).isInstanceOf(Answer.Missing.class);
        assertThat(refusal(redeem(issued))).isEqualTo(Refusal.REVOKED);
        assertThat(tokens.closedAmong(List.of(redeemed.session().id()))).hasSize(1);
        assertThat(trail(AuditEvent.Type.REVOKED))
                .singleElement()
                .satisfies(e -> assertThat(e.administrator()).contains(admin.address()));
        assertThat(trail(AuditEvent.Type.SESSION_ENDED)).hasSize(1);
        assertThat(((Answer.Given<LoginToken>) tokens.token(admin, id)).value().state(clock.instant()))
                .isEqualTo(TokenState.REVOKED);
    }

    @Test
    void revoke_inATokenSession_namesWhoeverIsBehindIt() {
        Administrator company = admin("company@acme.example");
        Administrator postmaster = admin("mail@acme.example");
        TokenSession session = ((Redemption.Redeemed) redeem(issued("normal"))).session();
        Issuance.Issued other = issued("normal");

        for (Actor.Behind weak : List.of(
                behind(company, session, SessionType.SSO_ADMIN, true),
                behind(company, session, SessionType.SSO, false))) {
            Actor actor = new Actor(postmaster, Optional.of(weak), CLIENT);
            assertThat(tokens.revoke(actor, other.token().id())).isInstanceOf(Answer.Denied.class);
        }
        Actor actor =
                new Actor(postmaster, Optional.of(behind(company, session, SessionType.SSO_ADMIN, false)), CLIENT);
        assertThat(tokens.revoke(actor, other.token().id())).isEqualTo(new Answer.Given<>(true));
        assertThat(trail(AuditEvent.Type.REVOKED)).singleElement().satisfies(e -> {
            assertThat(e.administrator()).contains(postmaster.address());
            assertThat(e.detail()).isEqualTo("by administrator, by company@acme.example in a token session");
        });
    }

    private static Actor.Behind behind(Administrator issuer, TokenSession session, SessionType type, boolean readOnly) {
        return new Actor.Behind(issuer.address(), session.tokenId(), type, "ticket 7", readOnly);
    }

    @Test
    void revoke_ofAHigherMailboxesToken_isDenied() {
        Issuance.Issued issued = issued("sso_admin");
        assertThat(tokens.revoke(
                        Actor.of(admin("mail@acme.example"), CLIENT),
                        issued.token().id()))
                .isInstanceOf(Answer.Denied.class);
        assertThat(redeem(issued)).isInstanceOf(Redemption.Redeemed.class);
    }

    @Test
    void passwordChange_endsTokensAndSessions() {
        Issuance.Issued issued = issued("normal");
        Redemption.Redeemed redeemed = (Redemption.Redeemed) redeem(issued);
        Mailboxes mailboxes = postern.mailboxes();
        assertThat(mailboxes.changePassword(Acme.address(ALICE), Secret.of("wrong"), Secret.of("x"), CLIENT))
                .isInstanceOf(Mailboxes.PasswordChange.WrongPassword.class);
        assertThat(mailboxes.changePassword(Acme.address(ALICE), Acme.password(ALICE), Secret.of("password"), CLIENT))
                .isInstanceOf(Mailboxes.PasswordChange.BadPassword.class);
        assertThat(redeem(issued)).isInstanceOf(Redemption.Redeemed.class);
        assertThat(mailboxes.changePassword(
                        Acme.address(ALICE), Acme.password(ALICE), Secret.of("a longer one 9"), CLIENT))
                .isInstanceOf(Mailboxes.PasswordChange.Changed.class);
        assertThat(refusal(redeem(issued))).isEqualTo(Refusal.REVOKED);
        assertThat(tokens.closedAmong(List.of(redeemed.session().id()))).hasSize(1);
        assertThat(postern.mailLogins().check(ALICE, Acme.password(ALICE), Channel.IMAP, CLIENT))
                .isInstanceOf(MailLogins.Check.Refused.class);
        assertThat(postern.mailLogins().check(ALICE, Secret.of("a longer one 9"), Channel.IMAP, CLIENT))
                .isInstanceOf(MailLogins.Check.Accepted.class);
    }

    @Test
    void confirm_asksForAClickAndConsumesNothing() {
        Issuance.Issued issued = (Issuance.Issued) tokens.issue(
                admin("mail@acme.example"),
                new IssueRequest(ALICE, "sso", Secret.of(""), "", "", "", false, true, false, CLIENT));
        for (int i = 0; i < 50; i++) {
            assertThat(redeem(issued)).isInstanceOf(Redemption.NeedsConfirmation.class);
        }
        assertThat(tokens.redeem(new LoginAttempt(ALICE, issued.value(), Channel.LOGIN_URL, true, "", CLIENT)))
                .isInstanceOf(Redemption.Redeemed.class);
    }

    @Test
    void mailboxLocale_comesWithTheSession() {
        Issuance.Issued issued = (Issuance.Issued)
                tokens.issue(admin("mail@acme.example"), request("bob@acme.example", "sso", "", "", ""));
        assertThat(((Redemption.Redeemed) redeem(issued)).mailboxLocale()).contains(SessionLocale.DE);
    }

    @Test
    void guesses_areThrottledAndSpentValuesAreNot() {
        Issuance.Issued used = issued("sso");
        redeem(used);
        for (int i = 0; i < 60; i++) {
            assertThat(redeem(used)).isInstanceOf(Redemption.Refused.class);
        }
        int guesses = 0;
        while (guesses < 100
                && redeem(ALICE, Secret.of("guess-" + guesses), Channel.LOGIN_URL) instanceof Redemption.Refused) {
            guesses++;
        }
        assertThat(guesses).isBetween(5, 20);
        assertThat(tokens.redeem(new LoginAttempt(
                        ALICE, issued("sso").value(), Channel.LOGIN_URL, false, "", new Client("192.0.2.99", ""))))
                .as("the right secret from an address without failures works")
                .isInstanceOf(Redemption.Redeemed.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = TokenState.class,
            names = {"USED", "EXPIRED", "REVOKED"})
    void valueThatOnceWasAToken_isNoGuess(TokenState state) {
        Administrator admin = admin("mail@acme.example");
        Issuance.Issued spent = (Issuance.Issued) tokens.issue(admin, request(ALICE, "sso", "", "", "60"));
        switch (state) {
            case USED -> redeem(spent);
            case EXPIRED -> clock.advance(Duration.ofSeconds(60));
            default -> tokens.revoke(Actor.of(admin, CLIENT), spent.token().id());
        }
        for (int i = 0; i < 60; i++) {
            assertThat(refusal(redeem(spent))).isEqualTo(Refusal.valueOf(state.name()));
            assertThat(postern.mailLogins().check(ALICE, spent.value(), Channel.IMAP, CLIENT))
                    .isInstanceOf(MailLogins.Check.Refused.class);
        }
    }

    /** One count for all doors: who guessed at one is held back at the others. */
    @ParameterizedTest
    @EnumSource(Channel.class)
    void guesses_atOneDoor_holdBackAtEveryOther(Channel door) {
        Administrator admin = admin("mail@acme.example");
        int guesses = 0;
        while (guesses < 30 && !isHeldBack(door, Secret.of("guess-" + guesses))) {
            guesses++;
        }
        assertThat(guesses).isBetween(5, 20);
        for (Channel other : Channel.values()) {
            assertThat(isHeldBack(other, issued("normal").value()))
                    .as("%s", other)
                    .isTrue();
        }
        assertThat(postern.mailboxes().checkPassword(admin, ALICE, Acme.password(ALICE), CLIENT))
                .isInstanceOf(Mailboxes.PasswordCheck.Throttled.class);
        assertThat(postern.mailLogins()
                        .check(ALICE, issued("normal").value(), Channel.IMAP, new Client("192.0.2.99", "")))
                .as("no lock-out")
                .isInstanceOf(MailLogins.Check.Accepted.class);
    }

    private boolean isHeldBack(Channel door, Secret secret) {
        return (door == Channel.LOGIN_URL || door == Channel.LOGIN_FORM)
                ? redeem(ALICE, secret, door) instanceof Redemption.Throttled
                : postern.mailLogins().check(ALICE, secret, door, CLIENT) instanceof MailLogins.Check.Throttled;
    }

    @Test
    void passwordAccepted_takesAGuessBack() {
        for (int i = 0; i < 100; i++) {
            assertThat(redeem(ALICE, Acme.password(ALICE), Channel.LOGIN_FORM)).isInstanceOf(Redemption.Refused.class);
            tokens.passwordAccepted(ALICE, CLIENT);
        }
    }

    /** A fault of whoever knows the passwords is no guess; but whoever guesses at a token is counted in it too. */
    @Test
    void passwordUnchecked_takesAGuessBack_unlessTheMailboxHasALiveToken() {
        for (int i = 0; i < 100; i++) {
            assertThat(redeem(ALICE, Acme.password(ALICE), Channel.LOGIN_FORM)).isInstanceOf(Redemption.Refused.class);
            tokens.passwordUnchecked(ALICE, CLIENT);
        }
        issued("sso");
        int guesses = 0;
        while (guesses < 30
                && !(redeem(ALICE, Secret.of("guess-" + guesses), Channel.LOGIN_FORM)
                        instanceof Redemption.Throttled)) {
            tokens.passwordUnchecked(ALICE, CLIENT);
            guesses++;
        }
        assertThat(guesses).isLessThanOrEqualTo(20);
    }

    @Test
    void floodOfRefusals_isFoldedAndCounted() {
        Issuance.Issued used = issued("sso");
        redeem(used);
        for (int i = 0; i < 1_000; i++) {
            redeem(used);
        }
        clock.advance(Duration.ofMinutes(2));
        postern.audit().flush();
        List<AuditEvent> refusals = trail(AuditEvent.Type.REFUSED);
        assertThat(refusals).hasSizeLessThan(10);
        assertThat(refusals.stream().mapToInt(AuditEvent::count).sum()).isEqualTo(1_000);
        assertThat(refusals).allSatisfy(e -> assertThat(e.detail()).isEqualTo("login_url: used"));
    }

    @Test
    void floodOfMailLogins_isFoldedAndCounted() {
        Issuance.Issued normal = issued("normal");
        Redemption.Redeemed redeemed = (Redemption.Redeemed) redeem(normal);
        for (int i = 0; i < 500; i++) {
            postern.mailLogins().check(ALICE, normal.value(), Channel.IMAP, CLIENT);
            postern.mailLogins().check(ALICE, redeemed.credential(), Channel.SMTP, CLIENT);
        }
        clock.advance(Duration.ofMinutes(61));
        postern.audit().flush();
        List<AuditEvent> logins = trail(AuditEvent.Type.MAIL_LOGIN);
        assertThat(logins).hasSizeLessThan(6);
        assertThat(logins.stream().mapToInt(AuditEvent::count).sum()).isEqualTo(1_000);
    }

    @Test
    void sixtyFourRedemptionsAtOnce_giveOneSuccess() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(64);
        for (int round = 0; round < 50; round++) {
            Issuance.Issued issued = issued("sso");
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Redemption>> all = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                all.add(pool.submit(() -> {
                    start.await();
                    return redeem(issued);
                }));
            }
            start.countDown();
            int redeemed = 0;
            for (Future<Redemption> one : all) {
                redeemed += one.get() instanceof Redemption.Redeemed ? 1 : 0;
            }
            assertThat(redeemed).isEqualTo(1);
        }
        pool.shutdown();
    }

    @ParameterizedTest
    @CsvSource({"find", "redeem", "append", "issue"})
    void storeThatCannotAnswer_isAFaultAndNoRefusal(String method) {
        Issuance.Issued issued = issued("sso");
        Backend broken = new FaultyBackend(backend, Set.of(method));
        LoginTokens faulty = new Postern(Acme.settings(Map.of()), broken, clock).tokens();
        assertThatThrownBy(() -> {
                    faulty.redeem(new LoginAttempt(
                            ALICE,
                            method.equals("append") ? Secret.of("guess") : issued.value(),
                            Channel.LOGIN_URL,
                            false,
                            "",
                            CLIENT));
                    faulty.issue(admin("mail@acme.example"), request(ALICE, "", "", "", ""));
                })
                .isInstanceOf(UnavailableException.class);
        if (!method.equals("issue")) {
            assertThat(redeem(issued)).as("nothing was consumed").isInstanceOf(Redemption.Redeemed.class);
        }
    }

    /** A backend some of whose store's methods cannot answer. */
    private record FaultyBackend(Backend inner, Set<String> broken) implements Backend {
        @Override
        public TokenStore tokens() {
            return (TokenStore) Proxy.newProxyInstance(
                    TokenStore.class.getClassLoader(), new Class<?>[] {TokenStore.class}, (proxy, method, args) -> {
                        if (broken.contains(method.getName())) {
                            throw new UnavailableException("broken on purpose");
                        }
                        try {
                            return method.invoke(inner.tokens(), args);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Override
        public org.postern.core.spi.MailDirectory directory() {
            return inner.directory();
        }

        @Override
        public org.postern.core.TokenKeys keys() {
            return inner.keys();
        }

        @Override
        public void refreshKeys() {}

        @Override
        public void ping() {}

        @Override
        public void close() {}
    }

    @Test
    void activity_countsWhatCameOfEachSecret() {
        Issuance.Issued issued = issued("sso");
        redeem(ALICE, Secret.of("wrong"), Channel.LOGIN_FORM);
        redeem(issued);
        redeem(issued);
        postern.mailLogins().check(ALICE, Secret.of("wrong"), Channel.IMAP, CLIENT);
        Activity activity = postern.activity();
        assertThat(activity.counted(Channel.LOGIN_URL, Activity.Outcome.ACCEPTED))
                .isEqualTo(1);
        assertThat(activity.counted(Channel.LOGIN_URL, Activity.Outcome.REFUSED))
                .isEqualTo(1);
        assertThat(activity.counted(Channel.LOGIN_FORM, Activity.Outcome.REFUSED))
                .isEqualTo(1);
        assertThat(activity.counted(Channel.IMAP, Activity.Outcome.REFUSED)).isEqualTo(1);
        assertThat(activity.counted(Channel.IMAP, Activity.Outcome.ACCEPTED)).isZero();
    }
}
