package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postern.core.Acme;
import org.postern.core.AuditEvent;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.SessionType;
import org.postern.core.SetClock;
import org.postern.core.Visit;
import org.postern.core.spi.AuditQuery;
import org.postern.core.spi.Backend;

/** What a company wants of support sessions: read-only ones, a notice to the owner; and what the owner can look up. */
class SupportSessionsTest {
    private static final Client CLIENT = new Client("192.0.2.1", "test");
    private static final String ALICE = "alice@acme.example";
    private static final String DAVE = "dave@globex.example";

    /** Of two companies one wants everything, and the other nothing. */
    private static final Map<String, String> SETTINGS = Map.of(
            "sso.companies", "a",
            "sso.company.a.name", "Acme",
            "sso.company.a.notice", "true",
            "sso.company.a.read-only", "true",
            "sso.notice.from", "postern@acme.example");

    private static final Map<String, String> NOTICE_ALONE = Map.of(
            "sso.companies", "a",
            "sso.company.a.name", "Acme",
            "sso.company.a.notice", "true",
            "sso.notice.from", "postern@acme.example");

    private record Told(Mailbox mailbox, Visit visit) {}

    private final SetClock clock = SetClock.atNoon();
    private final Backend backend = Acme.backend();
    private final List<Told> told = new CopyOnWriteArrayList<>();

    private Postern postern(Map<String, String> settings) {
        Postern postern = new Postern(Acme.settings(settings), backend, clock);
        postern.tellOwners((mailbox, visit) -> told.add(new Told(mailbox, visit)));
        return postern;
    }

    private Issuance.Issued issue(Postern postern, String user, String type, boolean readOnly) {
        String company = user.endsWith("@globex.example") ? "company@globex.example" : "company@acme.example";
        return (Issuance.Issued) postern.tokens()
                .issue(
                        backend.directory().administrator(Acme.address(company)).orElseThrow(),
                        new IssueRequest(user, type, Secret.of(""), "T-1", "", "", true, false, readOnly, CLIENT));
    }

    private static Redemption redeem(Postern postern, Issuance.Issued issued, String note) {
        return postern.tokens()
                .redeem(new LoginAttempt(
                        issued.token().mailbox().toString(), issued.value(), Channel.LOGIN_URL, false, note, CLIENT));
    }

    private static Redemption.Redeemed redeem(Postern postern, Issuance.Issued issued) {
        return (Redemption.Redeemed) redeem(postern, issued, "");
    }

    private static MailLogins.Check check(Postern postern, String user, Secret secret, Channel protocol) {
        return postern.mailLogins().check(user, secret, protocol, CLIENT);
    }

    private List<String> details(AuditEvent.Type type) {
        return backend
                .tokens()
                .audit(
                        new AuditQuery(
                                backend.directory()
                                        .domainsOf(backend.directory()
                                                .administrator(Acme.address("company@acme.example"))
                                                .orElseThrow()),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(type),
                                Optional.empty(),
                                Optional.empty()),
                        1000,
                        Optional.empty())
                .items()
                .stream()
                .map(AuditEvent::detail)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "alice@acme.example, false, false, false",
        "alice@acme.example, true,  false, true",
        "alice@acme.example, false, true,  true",
        "alice@acme.example, true,  true,  true",
        "dave@globex.example, false, true, false",
        "dave@globex.example, true,  true, true"
    })
    void session_isReadOnly_whereTheTokenOrTheCompanySaysSo(
            String user, boolean token, boolean acme, boolean expected) {
        Postern postern = postern(acme ? SETTINGS : Map.of());
        Issuance.Issued issued = issue(postern, user, "sso", token);
        assertThat(issued.token().readOnly())
                .as("the token stays as it was asked for")
                .isEqualTo(token);

        Redemption.Redeemed redeemed = redeem(postern, issued);

        assertThat(redeemed.session().readOnly()).isEqualTo(expected);
        assertThat(backend.tokens()
                        .session(redeemed.session().id())
                        .orElseThrow()
                        .readOnly())
                .isEqualTo(expected);
    }

    @Test
    void companysSetting_countsAtRedemption() {
        Issuance.Issued issued = issue(postern(Map.of()), ALICE, "normal", false);
        assertThat(redeem(postern(Map.of()), issued).session().readOnly()).isFalse();
        assertThat(redeem(postern(SETTINGS), issued).session().readOnly()).isTrue();
    }

    @Test
    void trail_saysWhatIsReadOnly() {
        Postern postern = postern(Map.of());
        redeem(postern, issue(postern, ALICE, "sso", true));
        redeem(postern, issue(postern, ALICE, "sso", true), "login_url, logout target dropped");
        redeem(postern, issue(postern, ALICE, "sso", false));
        assertThat(details(AuditEvent.Type.ISSUED)).containsExactlyInAnyOrder("read-only", "read-only", "");
        assertThat(details(AuditEvent.Type.REDEEMED))
                .containsExactlyInAnyOrder(
                        "login_url, read-only", "login_url, logout target dropped, read-only", "login_url");
    }

    @ParameterizedTest
    @EnumSource(
            value = Channel.class,
            names = {"IMAP", "POP3", "SMTP"})
    void readOnlyTokensValue_opensNoMailServer_andIsNoGuess(Channel protocol) {
        Postern acme = postern(SETTINGS);
        Postern plain = postern(Map.of());
        Secret byToken = issue(plain, ALICE, "normal", true).value();
        Secret byCompany = issue(acme, ALICE, "normal", false).value();
        for (int i = 0; i < 60; i++) {
            assertThat(check(plain, ALICE, byToken, protocol)).isEqualTo(new MailLogins.Check.Refused());
            assertThat(check(acme, ALICE, byCompany, protocol)).isEqualTo(new MailLogins.Check.Refused());
        }
        assertThat(details(AuditEvent.Type.REFUSED)).isNotEmpty().containsOnly(protocol.apiName() + ": read_only");
        assertThat(details(AuditEvent.Type.MAIL_LOGIN)).isEmpty();
        assertThat(check(plain, ALICE, byCompany, protocol))
                .as("not where nobody wants it")
                .isEqualTo(new MailLogins.Check.Accepted(Acme.address(ALICE), false));
    }

    @ParameterizedTest
    @CsvSource({"true, IMAP, true", "true, POP3, false", "true, SMTP, false"})
    void credentialOfAReadOnlySession_opensImapAlone(boolean readOnly, Channel protocol, boolean opens) {
        Postern postern = postern(Map.of());
        Secret credential =
                redeem(postern, issue(postern, ALICE, "sso", readOnly)).credential();
        assertThat(check(postern, ALICE, credential, protocol))
                .isEqualTo(
                        opens
                                ? new MailLogins.Check.Accepted(Acme.address(ALICE), true)
                                : new MailLogins.Check.Refused());
        assertThat(details(AuditEvent.Type.MAIL_LOGIN))
                .isEqualTo(opens ? List.of("imap: session, read-only") : List.of());
        assertThat(details(AuditEvent.Type.REFUSED))
                .isEqualTo(opens ? List.of() : List.of(protocol.apiName() + ": read_only"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Channel.class,
            names = {"IMAP", "POP3", "SMTP"})
    void credentialOfAnotherSession_opensEveryMailServer(Channel protocol) {
        Postern postern = postern(Map.of());
        Secret credential = redeem(postern, issue(postern, ALICE, "sso", false)).credential();
        assertThat(check(postern, ALICE, credential, protocol))
                .isEqualTo(new MailLogins.Check.Accepted(Acme.address(ALICE), false));
        assertThat(details(AuditEvent.Type.MAIL_LOGIN)).containsExactly(protocol.apiName() + ": session");
    }

    @ParameterizedTest
    @EnumSource(SessionType.class)
    void owner_isToldOfEachRedemptionThatOpensTheMailbox(SessionType type) {
        String user = type.admin() ? "postmaster@acme.example" : ALICE;
        Postern postern = postern(SETTINGS);
        Issuance.Issued issued = issue(postern, user, type.apiName(), false);
        Redemption.Redeemed redeemed = redeem(postern, issued);
        redeem(postern, issued, "");
        postern.close();

        if (!type.opensMailbox()) {
            assertThat(told).isEmpty();
            return;
        }
        assertThat(told).hasSize(type.singleUse() ? 1 : 2);
        assertThat(told.get(0).mailbox().address()).isEqualTo(Acme.address(user));
        assertThat(told.get(0).visit()).isEqualTo(Visit.of(redeemed.session(), clock.instant()));
        assertThat(told.get(0).visit().endedAt()).isEmpty();
        assertThat(told.get(0).visit().readOnly()).isTrue();
        assertThat(told.get(0).visit().protocol()).isEmpty();
    }

    @Test
    void owner_isToldOfATokensFirstUseAtAMailServer_only() {
        Postern postern = postern(NOTICE_ALONE);
        Issuance.Issued first = issue(postern, ALICE, "normal", false);
        Issuance.Issued second = issue(postern, ALICE, "normal", false);
        assertThat(check(postern, ALICE, first.value(), Channel.SMTP)).isInstanceOf(MailLogins.Check.Accepted.class);
        clock.advance(Duration.ofSeconds(1));
        assertThat(check(postern, ALICE, first.value(), Channel.IMAP)).isInstanceOf(MailLogins.Check.Accepted.class);
        assertThat(check(postern, ALICE, second.value(), Channel.POP3)).isInstanceOf(MailLogins.Check.Accepted.class);
        postern.close();

        assertThat(told)
                .extracting(t -> t.visit().protocol())
                .containsExactlyInAnyOrder(Optional.of(Channel.SMTP), Optional.of(Channel.POP3));
        assertThat(told)
                .extracting(t -> t.visit().tokenId())
                .containsExactlyInAnyOrder(first.token().id(), second.token().id());
        assertThat(told).extracting(t -> t.mailbox().address()).containsOnly(Acme.address(ALICE));
        Visit smtp = told.stream()
                .map(Told::visit)
                .filter(v -> v.tokenId().equals(first.token().id()))
                .findAny()
                .orElseThrow();
        assertThat(smtp.issuer()).isEqualTo(Acme.address("company@acme.example"));
        assertThat(smtp.reason()).isEqualTo("T-1");
        assertThat(smtp.client()).isEqualTo(CLIENT);
        assertThat(smtp.readOnly()).isFalse();
    }

    @Test
    void owner_isNotToldOfWhatASessionDoes_norOfRefusals_norWhereTheCompanyDoesNotWantIt() {
        Postern postern = postern(NOTICE_ALONE);
        Issuance.Issued sso = issue(postern, ALICE, "sso", false);
        Secret credential = redeem(postern, sso).credential();
        check(postern, ALICE, credential, Channel.IMAP);
        assertThat(redeem(postern, sso, "")).isInstanceOf(Redemption.Refused.class);
        check(postern, ALICE, issue(postern, ALICE, "normal", true).value(), Channel.IMAP);
        redeem(postern, issue(postern, DAVE, "sso", false));
        check(postern, DAVE, issue(postern, DAVE, "normal", false).value(), Channel.IMAP);
        postern.close();
        assertThat(told).extracting(t -> t.visit().type()).containsExactly(SessionType.SSO);
        assertThat(told).extracting(t -> t.visit().mailbox()).containsExactly(Acme.address(ALICE));
    }

    @Test
    void visits_tellTheOwnerOfEverySessionAndMailLogin_whoeverIsGoneSince() {
        Postern postern = postern(Map.of());
        Issuance.Issued normal = issue(postern, ALICE, "normal", false);
        Instant noon = clock.instant();
        check(postern, ALICE, normal.value(), Channel.IMAP);
        clock.advance(Duration.ofMinutes(1));
        Redemption.Redeemed session = redeem(postern, issue(postern, ALICE, "sso", true));
        check(postern, ALICE, session.credential(), Channel.IMAP);
        clock.advance(Duration.ofMinutes(1));
        postern.tokens().end(session.session().id(), "logout", CLIENT);
        clock.advance(Duration.ofMinutes(1));
        redeem(postern, normal);
        backend.directory().editor().orElseThrow().removeAdministrator(Acme.address("company@acme.example"));

        List<Visit> visits = visits(postern, ALICE);

        assertThat(visits)
                .extracting(Visit::type)
                .containsExactly(SessionType.NORMAL, SessionType.SSO, SessionType.NORMAL);
        assertThat(visits)
                .extracting(Visit::protocol)
                .containsExactly(Optional.empty(), Optional.empty(), Optional.of(Channel.IMAP));
        assertThat(visits).extracting(Visit::readOnly).containsExactly(false, true, false);
        assertThat(visits)
                .extracting(Visit::startedAt)
                .containsExactly(noon.plus(Duration.ofMinutes(3)), noon.plus(Duration.ofMinutes(1)), noon);
        assertThat(visits)
                .extracting(Visit::lasted)
                .containsExactly(Optional.empty(), Optional.of(Duration.ofMinutes(1)), Optional.empty());
        assertThat(visits).allSatisfy(v -> {
            assertThat(v.issuer()).isEqualTo(Acme.address("company@acme.example"));
            assertThat(v.mailbox()).isEqualTo(Acme.address(ALICE));
            assertThat(v.reason()).isEqualTo("T-1");
            assertThat(v.client()).isEqualTo(CLIENT);
        });
        assertThat(visits(postern, DAVE)).isEmpty();

        clock.advance(Duration.ofHours(9));
        assertThat(visits(postern, ALICE).get(0).lasted())
                .as("at its end at the latest")
                .contains(Duration.ofHours(8));
    }

    private static List<Visit> visits(Postern postern, String owner) {
        MailboxAddress address = Acme.address(owner);
        List<Visit> one =
                postern.sessions().visits(address, 100, Optional.empty()).items();
        if (!one.isEmpty()) {
            var first = postern.sessions().visits(address, 1, Optional.empty());
            assertThat(first.items()).containsExactly(one.get(0));
            assertThat(first.next().isPresent()).isEqualTo(one.size() > 1);
        }
        return one;
    }

    /** Nobody can hide a token's use in a flood: its first one has a row of its own. */
    @Test
    void firstUseAtAMailServer_isSeenInAnyFlood() {
        Postern postern = postern(Map.of());
        Secret other = redeem(postern, issue(postern, "bob@acme.example", "sso", false))
                .credential();
        for (int i = 0; i < 1_100; i++) {
            postern.mailLogins()
                    .check("bob@acme.example", other, Channel.IMAP, new Client("10.0." + i / 250 + "." + i % 250, ""));
        }
        check(postern, ALICE, issue(postern, ALICE, "normal", false).value(), Channel.IMAP);
        assertThat(visits(postern, ALICE)).extracting(Visit::protocol).containsExactly(Optional.of(Channel.IMAP));
    }

    @Test
    void listUnder_isWhatWasIssuedInOnesDomains() {
        Postern postern = postern(Map.of());
        Issuance.Issued alice = issue(postern, ALICE, "sso", true);
        clock.advance(Duration.ofMillis(1));
        Issuance.Issued carol = issue(postern, "carol@acme-labs.example", "normal", false);
        clock.advance(Duration.ofMillis(1));
        issue(postern, DAVE, "normal", false);
        redeem(postern, alice);

        assertThat(postern.tokens()
                        .listUnder(admin("company@acme.example"), 1, Optional.empty())
                        .items())
                .containsExactly(carol.token());
        var all = postern.tokens().listUnder(admin("company@acme.example"), 5, Optional.empty());
        assertThat(all.items())
                .extracting(t -> t.id())
                .containsExactly(carol.token().id(), alice.token().id());
        assertThat(all.items())
                .extracting(t -> t.state(clock.instant()).apiName())
                .containsExactly("live", "used");
        assertThat(all.next()).isEmpty();
        for (String one : List.of("mail@acme.example", "domain@acme.example")) {
            assertThat(postern.tokens()
                            .listUnder(admin(one), 5, Optional.empty())
                            .items())
                    .extracting(t -> t.id())
                    .containsExactly(alice.token().id());
        }
    }

    private org.postern.core.Administrator admin(String address) {
        return backend.directory().administrator(Acme.address(address)).orElseThrow();
    }
}
