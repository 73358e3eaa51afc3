package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.SetClock;
import org.postern.core.spi.Backend;
import org.postern.core.spi.DirectoryEditor;

/** What an administrator may change of a mailbox, and what the trail says of it. */
class MailboxChangesTest {
    private static final Client CLIENT = new Client("192.0.2.1", "test");
    private static final String ALICE = "alice@acme.example";
    private static final Secret GOOD = Secret.of("a longer one 9");
    private static final UUID TOKEN = UUID.fromString("0197286e-1c00-7000-8000-000000000002");

    private final SetClock clock = SetClock.atNoon();
    private final Backend backend = Acme.backend();
    private final Postern postern = new Postern(Acme.settings(Map.of()), backend, clock);
    private final Mailboxes mailboxes = postern.mailboxes();

    @BeforeEach
    void administratorsWithMailboxes() {
        mailboxWithRole("boss@acme.example", Role.COMPANY, Set.of());
        mailboxWithRole("both@acme.example", Role.DOMAIN, Set.of("acme.example", "acme-labs.example"));
        mailboxWithRole("peer@acme.example", Role.DOMAIN, Set.of("acme.example"));
        mailboxWithRole("desk@acme.example", Role.MAIL, Set.of("acme.example"));
    }

    private void mailboxWithRole(String address, Role role, Set<String> domains) {
        DirectoryEditor editor = backend.directory().editor().orElseThrow();
        editor.createMailbox(Acme.address(address), "", Acme.password(address), Optional.empty());
        editor.createAdministrator(
                Acme.address(address),
                role,
                "Acme",
                domains.stream().map(Acme::domain).collect(java.util.stream.Collectors.toSet()),
                Optional.empty());
    }

    private Administrator admin(String address) {
        return backend.directory().administrator(Acme.address(address)).orElseThrow();
    }

    private Actor actor(String address) {
        return new Actor(admin(address), Optional.empty(), CLIENT);
    }

    private Actor inSession(String address, String issuer, SessionType type, boolean readOnly) {
        return new Actor(
                admin(address),
                Optional.of(new Actor.Behind(Acme.address(issuer), TOKEN, type, "T-7", readOnly)),
                CLIENT);
    }

    private Mailbox mailbox(String address) {
        return backend.directory().mailbox(Acme.address(address)).orElseThrow();
    }

    private boolean opens(String address, Secret password) {
        return backend.directory().checkPassword(Acme.address(address), password);
    }

    private List<AuditEvent> trail(String mailbox) {
        return postern.audit()
                .read(
                        admin("company@acme.example"),
                        new AuditTrail.Wanted(
                                Optional.of(Acme.address(mailbox)),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        100,
                        Optional.empty())
                .items();
    }

    private List<AuditEvent> trail(String mailbox, AuditEvent.Type type) {
        return trail(mailbox).stream().filter(e -> e.type() == type).toList();
    }

    private Redemption.Redeemed session(String user) {
        Issuance.Issued issued = (Issuance.Issued) postern.tokens()
                .issue(
                        admin("company@acme.example"),
                        new IssueRequest(user, "", Secret.of(""), "T-1", "", "", true, false, false, CLIENT));
        return (Redemption.Redeemed)
                postern.tokens().redeem(new LoginAttempt(user, issued.value(), Channel.LOGIN_URL, false, "", CLIENT));
    }

    private static String name(Mailboxes.Change change) {
        return change.getClass().getSimpleName();
    }

    @ParameterizedTest
    @CsvSource({
        // the roles, and their domains
        "company@acme.example, alice@acme.example, Changed, Changed",
        "company@acme.example, carol@acme-labs.example, Changed, Changed",
        "domain@acme.example, alice@acme.example, Changed, Changed",
        "domain@acme.example, suspended@acme.example, Changed, Changed",
        "domain@acme.example, ALICE@Acme.example, Changed, Changed",
        "mail@acme.example, alice@acme.example, Denied, Denied",
        "domain@acme.example, carol@acme-labs.example, Denied, Denied",
        "company@acme.example, dave@globex.example, Denied, Denied",
        "company@globex.example, alice@acme.example, Denied, Denied",
        "domain@acme.example, nobody@acme.example, Missing, Missing",
        "domain@acme.example, bad name@acme.example, Missing, Missing",
        "mail@acme.example, nobody@acme.example, Missing, Missing",
        // never upward, and nobody gets powers that he has not
        "domain@acme.example, boss@acme.example, Denied, Denied",
        "domain@acme.example, both@acme.example, Denied, Denied",
        "domain@acme.example, peer@acme.example, Changed, Changed",
        "domain@acme.example, desk@acme.example, Changed, Changed",
        "company@acme.example, both@acme.example, Changed, Changed",
        "company@acme.example, boss@acme.example, Changed, Changed",
        "both@acme.example, carol@acme-labs.example, Changed, Changed",
        // his own: the language alone
        "peer@acme.example, peer@acme.example, Denied, Changed",
        "boss@acme.example, boss@acme.example, Denied, Changed",
        "desk@acme.example, desk@acme.example, Denied, Denied",
    })
    void change_byTheRules(String by, String user, String change, String locale) {
        int rows =
                trail(user.toLowerCase(java.util.Locale.ROOT).replace(' ', '-')).size();
        assertThat(name(mailboxes.setSuspended(actor(by), user, true))).isEqualTo(change);
        assertThat(name(mailboxes.setPassword(actor(by), user, GOOD))).isEqualTo(change);
        assertThat(name(mailboxes.setLocale(actor(by), user, Optional.of(SessionLocale.FR))))
                .isEqualTo(locale);
        String address = user.toLowerCase(java.util.Locale.ROOT).replace(' ', '-');
        int changes = (change.equals("Changed") ? 2 : 0) + (locale.equals("Changed") ? 1 : 0);
        assertThat(trail(address)).as("a row for each change").hasSize(rows + changes);
        backend.directory().mailbox(Acme.address(address)).ifPresent(m -> {
            assertThat(m.locale().equals(Optional.of(SessionLocale.FR))).isEqualTo(locale.equals("Changed"));
            assertThat(opens(address, GOOD)).isEqualTo(change.equals("Changed"));
            if (!address.startsWith("suspended")) {
                assertThat(m.suspended()).isEqualTo(change.equals("Changed"));
            }
        });
    }

    @Test
    void suspended_endsSessions_andResumedOpensAgain() {
        Redemption.Redeemed session = session(ALICE);
        assertThat(mailboxes.setSuspended(actor("domain@acme.example"), ALICE, true))
                .isEqualTo(new Mailboxes.Change.Changed());
        assertThat(mailbox(ALICE).suspended()).isTrue();
        assertThat(backend.tokens()
                        .session(session.session().id())
                        .orElseThrow()
                        .endedAt())
                .contains(clock.instant());
        assertThat(trail(ALICE, AuditEvent.Type.SESSION_ENDED)).singleElement().satisfies(e -> {
            assertThat(e.administrator()).contains(Acme.address("domain@acme.example"));
            assertThat(e.detail()).isEqualTo("mailbox suspended");
        });
        assertThat(mailboxes.setSuspended(actor("domain@acme.example"), ALICE, false))
                .isEqualTo(new Mailboxes.Change.Changed());
        assertThat(mailbox(ALICE).suspended()).isFalse();
        assertThat(trail(ALICE, AuditEvent.Type.MAILBOX_RESUMED)).hasSize(1);
        assertThat(trail(ALICE, AuditEvent.Type.MAILBOX_SUSPENDED))
                .singleElement()
                .satisfies(e -> {
                    assertThat(e.mailbox()).contains(Acme.address(ALICE));
                    assertThat(e.administrator()).contains(Acme.address("domain@acme.example"));
                    assertThat(e.client()).isEqualTo(CLIENT);
                    assertThat(e.tokenId()).isEmpty();
                    assertThat(e.sessionType()).isEmpty();
                    assertThat(e.reason()).isEmpty();
                    assertThat(e.detail()).isEmpty();
                });
    }

    @Test
    void passwordThatIsSet_endsTokensAndSessions_andTheOldOne() {
        Redemption.Redeemed session = session(ALICE);
        assertThat(mailboxes.setPassword(actor("domain@acme.example"), ALICE, GOOD))
                .isEqualTo(new Mailboxes.Change.Changed());
        assertThat(opens(ALICE, GOOD)).isTrue();
        assertThat(opens(ALICE, Acme.password(ALICE))).isFalse();
        assertThat(backend.tokens()
                        .token(session.session().tokenId())
                        .orElseThrow()
                        .revokedAt())
                .contains(clock.instant());
        assertThat(backend.tokens()
                        .session(session.session().id())
                        .orElseThrow()
                        .endedAt())
                .contains(clock.instant());
        assertThat(trail(ALICE, AuditEvent.Type.PASSWORD_CHANGED))
                .singleElement()
                .satisfies(e -> assertThat(e.administrator()).contains(Acme.address("domain@acme.example")));
        assertThat(trail(ALICE, AuditEvent.Type.REVOKED)).singleElement().satisfies(e -> {
            assertThat(e.administrator()).contains(Acme.address("domain@acme.example"));
            assertThat(e.detail()).isEqualTo("password changed");
        });
        assertThat(trail(ALICE).toString()).doesNotContain(GOOD.reveal());
    }

    @ParameterizedTest
    @CsvSource({"short", "password", "alice@acme.example", "domain@acme.example", "pss_0123456789abcdef0123456789abcdef"
    })
    void passwordThatIsBad_changesNothing(String bad) {
        session(ALICE);
        int rows = trail(ALICE).size();
        Mailboxes.Change change = mailboxes.setPassword(actor("domain@acme.example"), ALICE, Secret.of(bad));
        assertThat(((Mailboxes.Change.BadPassword) change).message())
                .startsWith("must")
                .doesNotContain(bad + " ");
        assertThat(opens(ALICE, Acme.password(ALICE))).isTrue();
        assertThat(trail(ALICE)).hasSize(rows);
    }

    @Test
    void locale_isSetAndTakenAway() {
        mailboxes.setLocale(actor("domain@acme.example"), ALICE, Optional.of(SessionLocale.PT_BR));
        assertThat(mailbox(ALICE).locale()).contains(SessionLocale.PT_BR);
        mailboxes.setLocale(actor("domain@acme.example"), ALICE, Optional.empty());
        assertThat(mailbox(ALICE).locale()).isEmpty();
        assertThat(trail(ALICE, AuditEvent.Type.MAILBOX_LOCALE_CHANGED))
                .extracting(AuditEvent::detail)
                .containsExactlyInAnyOrder("none", "pt_BR");
    }

    /** The administrator's powers, and whoever really uses them. */
    @ParameterizedTest
    @EnumSource(SessionType.class)
    void inATokenSession_theTrailNamesWhoIsBehind(SessionType type) {
        Actor actor = inSession("peer@acme.example", "company@acme.example", type, false);
        List<Mailboxes.Change> changes = List.of(
                mailboxes.setLocale(actor, ALICE, Optional.of(SessionLocale.FR)),
                mailboxes.setPassword(actor, ALICE, GOOD),
                mailboxes.setSuspended(actor, ALICE, true));
        if (!type.admin()) {
            assertThat(changes).containsOnly(new Mailboxes.Change.Denied());
            assertThat(trail(ALICE)).isEmpty();
            return;
        }
        assertThat(changes).containsOnly(new Mailboxes.Change.Changed());
        assertThat(trail(ALICE)).hasSize(3).allSatisfy(e -> {
            assertThat(e.mailbox()).contains(Acme.address(ALICE));
            assertThat(e.administrator()).contains(Acme.address("peer@acme.example"));
            assertThat(e.tokenId()).contains(TOKEN);
            assertThat(e.sessionType()).contains(type);
            assertThat(e.reason()).isEqualTo("T-7");
            assertThat(e.client()).isEqualTo(CLIENT);
            assertThat(e.detail()).endsWith("by company@acme.example in a token session");
        });
        assertThat(trail(ALICE, AuditEvent.Type.MAILBOX_LOCALE_CHANGED))
                .singleElement()
                .satisfies(e -> assertThat(e.detail()).isEqualTo("fr, by company@acme.example in a token session"));
    }

    @Test
    void inAReadOnlySession_nothingIsChanged() {
        Actor actor = inSession("peer@acme.example", "company@acme.example", SessionType.NORMAL_ADMIN, true);
        assertThat(mailboxes.setLocale(actor, ALICE, Optional.of(SessionLocale.FR)))
                .isEqualTo(new Mailboxes.Change.Denied());
        assertThat(mailboxes.setPassword(actor, ALICE, GOOD)).isEqualTo(new Mailboxes.Change.Denied());
        assertThat(mailboxes.setSuspended(actor, ALICE, true)).isEqualTo(new Mailboxes.Change.Denied());
        assertThat(trail(ALICE)).isEmpty();
    }

    /** Who could not do it as himself does not get to by a session of another administrator. */
    @Test
    void inATokenSession_theIssuersOwnMailboxIsHisOwnToo() {
        Actor actor = inSession("postmaster@acme.example", "peer@acme.example", SessionType.SSO_ADMIN, false);
        assertThat(mailboxes.setPassword(actor, "peer@acme.example", GOOD)).isEqualTo(new Mailboxes.Change.Denied());
        assertThat(mailboxes.setSuspended(actor, "peer@acme.example", true)).isEqualTo(new Mailboxes.Change.Denied());
        assertThat(mailboxes.setPassword(actor, "postmaster@acme.example", GOOD))
                .isEqualTo(new Mailboxes.Change.Denied());
        assertThat(mailboxes.setLocale(actor, "peer@acme.example", Optional.empty()))
                .isEqualTo(new Mailboxes.Change.Changed());
    }

    @Test
    void actor_isHimselfAndWhoeverIsBehind() {
        Actor actor = inSession("postmaster@acme.example", "peer@acme.example", SessionType.SSO_ADMIN, false);
        MailboxAddress other = Acme.address(ALICE);
        assertThat(actor.is(Acme.address("postmaster@acme.example"))).isTrue();
        assertThat(actor.is(Acme.address("peer@acme.example"))).isTrue();
        assertThat(actor.is(other)).isFalse();
        assertThat(actor("peer@acme.example").is(other)).isFalse();
    }
}
