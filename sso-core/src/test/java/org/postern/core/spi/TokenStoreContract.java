package org.postern.core.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.AdminSession;
import org.postern.core.Approval;
import org.postern.core.Approver;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.DomainName;
import org.postern.core.Ending;
import org.postern.core.LoginToken;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.TimeOrderedId;
import org.postern.core.TokenDigest;
import org.postern.core.TokenKeys;
import org.postern.core.TokenSession;
import org.postern.core.TokenState;
import org.postern.core.Visit;
import org.slf4j.LoggerFactory;

/**
 * What every {@link TokenStore} promises. A subclass says where the store is; it may hold the rows of other tests, since
 * each test has domains of its own. Times are whole milliseconds.
 */
public abstract class TokenStoreContract {
    private static final int THREADS = 32;
    private static final int ROUNDS = 20;
    /** More rows than any test makes. */
    private static final int ENDLESS = 10_000;

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Client CLIENT = new Client("192.0.2.7", "Browser/1.0");
    /** 500 characters, as many as a reason may have; nearly all of them are two UTF-16 units. */
    private static final String HARD_REASON =
            "\u00e4\u00f6\u00fc \ud83d\udd11 \"quoted\" 'single' \\ % _ ; -- \t\n " + "\ud83e\udd84".repeat(462);

    private static final byte[] FIRST_KEY = "the first key has 32 bytes or so".getBytes(StandardCharsets.UTF_8);
    private static final byte[] SECOND_KEY = "the second key has 32 bytes also".getBytes(StandardCharsets.UTF_8);

    private static final AuditCounts.Bucket NO_BUCKET = new AuditCounts.Bucket(0, 0, 0, 0);

    private final TokenKeys keys = new TokenKeys(List.of(FIRST_KEY));
    private final TokenKeys rotated = new TokenKeys(List.of(SECOND_KEY, FIRST_KEY));

    private final DomainName domain = domain("d");
    private final MailboxAddress alice = address("alice");
    private final MailboxAddress bob = address("bob");
    private final MailboxAddress admin = address("admin");

    private TokenStore store;
    private TokenStore other;

    /** The store that is tested; called once for each test. */
    protected abstract TokenStore store();

    /** Another node's view of the same store, where there can be one; called once for each test, after {@link #store}. */
    protected TokenStore otherNode() {
        return store;
    }

    @BeforeEach
    void open() {
        store = store();
        other = otherNode();
    }

    // Issue

    @ParameterizedTest
    @EnumSource(SessionType.class)
    void issue_newToken_isFoundAsItWasGiven(SessionType type) {
        LoginToken token = new LoginToken(
                TimeOrderedId.next(NOW),
                alice,
                type,
                admin,
                HARD_REASON,
                Optional.of(SessionLocale.PT_BR),
                true,
                true,
                Approval.NONE,
                NOW,
                NOW.plus(HOUR),
                0,
                0,
                Optional.empty(),
                Optional.empty());
        AuditEvent row = issued(token);

        assertThat(store.issue(token, value("secret one"), true, row)).isTrue();

        assertThat(other.find(value("secret one"), NOW)).contains(token);
        assertThat(other.token(token.id())).contains(token);
        assertThat(other.tokens(alice, Optional.empty(), 10, Optional.empty()).items())
                .containsExactly(token);
        assertThat(trail()).containsExactly(row);
    }

    @Test
    void issue_withEmptyFields_isFoundAsItWasGiven() {
        LoginToken token = new LoginToken(
                TimeOrderedId.next(NOW),
                alice,
                SessionType.SSO,
                admin,
                "",
                Optional.empty(),
                false,
                false,
                Approval.NONE,
                NOW,
                NOW.plusMillis(1),
                0,
                0,
                Optional.empty(),
                Optional.empty());
        assertThat(store.issue(token, value("secret"), false, issued(token))).isTrue();
        assertThat(store.find(value("secret"), NOW)).contains(token);
    }

    /** For a mail server's question: the token, and whether there is anything to guess. */
    @Test
    void findAtMail_givesTheToken_andWhetherAnyIsLive() {
        assertThat(store.findAtMail(alice, value("no such"), NOW))
                .isEqualTo(new TokenStore.AtMail(Optional.empty(), false));

        LoginToken normal = issue(SessionType.NORMAL, "normal");
        LoginToken single = issue(SessionType.SSO, "single");
        assertThat(other.findAtMail(alice, value("normal"), NOW))
                .isEqualTo(new TokenStore.AtMail(Optional.of(normal), true));
        assertThat(store.findAtMail(alice, value("no such"), NOW))
                .isEqualTo(new TokenStore.AtMail(Optional.empty(), true));
        assertThat(store.findAtMail(bob, value("no such"), NOW))
                .isEqualTo(new TokenStore.AtMail(Optional.empty(), false));

        assertThat(redeem(single, session(single, NOW, NOW.plus(HOUR)))).isTrue();
        assertThat(store.revoke(normal.id(), new Ending(NOW, Optional.of(admin), CLIENT, "test")))
                .isTrue();
        assertThat(store.findAtMail(alice, value("no such"), NOW))
                .isEqualTo(new TokenStore.AtMail(Optional.empty(), false));
        assertThat(store.findAtMail(alice, value("single"), NOW).token())
                .map(LoginToken::id)
                .contains(single.id());
        assertThat(store.findAtMail(alice, value("normal"), NOW).anyLive()).isFalse();

        LoginToken brief = issue(SessionType.NORMAL, "brief");
        assertThat(store.findAtMail(alice, value("no such"), brief.expiresAt().minusMillis(1))
                        .anyLive())
                .isTrue();
        assertThat(store.findAtMail(alice, value("no such"), brief.expiresAt()).anyLive())
                .isFalse();
    }

    @Test
    void issue_extremeTimes_areKept() {
        Instant first = Instant.EPOCH;
        Instant last = Instant.parse("9999-12-31T23:59:59.999Z");
        LoginToken token = token(SessionType.NORMAL, first, last);
        assertThat(store.issue(token, value("secret"), true, issued(token))).isTrue();
        assertThat(store.find(value("secret"), NOW)).contains(token);
        TokenSession session = session(token, last.minusMillis(2), last);
        assertThat(redeem(token, session)).isTrue();
        assertThat(store.session(session.id())).contains(session);
        assertThat(store.sessions(alice, last.minusMillis(1), 5, Optional.empty())
                        .items())
                .containsExactly(session);
        assertThat(trail()).extracting(AuditEvent::time).containsExactly(last.minusMillis(2), first);
    }

    @Test
    void issue_valueThatIsLive_isRefusedAndWritesNothing() {
        LoginToken first = issue(SessionType.NORMAL, "same secret");
        LoginToken second = token(SessionType.SSO, NOW.plusMillis(5), NOW.plus(HOUR));

        assertThat(store.issue(second, value("same secret"), true, issued(second)))
                .isFalse();

        assertThat(store.token(second.id())).isEmpty();
        assertThat(store.find(value("same secret"), NOW)).contains(first);
        assertThat(trail()).hasSize(1);
    }

    @Test
    void issue_valueThatIsLiveUnderAnOlderKey_isRefused() {
        issue(SessionType.NORMAL, "same secret");
        LoginToken second = token(SessionType.SSO, NOW, NOW.plus(HOUR));
        assertThat(store.issue(second, rotated.digests(alice, Secret.of("same secret")), true, issued(second)))
                .isFalse();
        assertThat(store.token(second.id())).isEmpty();
        assertThat(trail()).hasSize(1);
    }

    @Test
    void issue_valueOfAnotherMailbox_isKept() {
        issue(SessionType.NORMAL, "same secret");
        LoginToken theirs = token(bob, SessionType.NORMAL, NOW, NOW.plus(HOUR));
        assertThat(store.issue(theirs, keys.digests(bob, Secret.of("same secret")), true, issued(theirs)))
                .isTrue();
        assertThat(store.find(keys.digests(bob, Secret.of("same secret")), NOW)).contains(theirs);
    }

    @ParameterizedTest
    @EnumSource(
            value = TokenState.class,
            names = {"USED", "EXPIRED", "REVOKED"})
    void issue_valueNoLongerLive_isKept(TokenState state) {
        LoginToken first = issue(SessionType.SSO, "same secret");
        Instant then = bring(first, state).plusMillis(1);
        assertThat(store.token(first.id()).orElseThrow().state(then)).isEqualTo(state);

        LoginToken second = token(SessionType.SSO, then, then.plus(HOUR));
        assertThat(store.issue(second, value("same secret"), true, issued(second)))
                .isTrue();

        assertThat(store.find(value("same secret"), then)).contains(second);
        assertThat(store.token(first.id())).isPresent();
        assertThat(redeem(second, session(second, then, then.plus(HOUR)))).isTrue();
        assertThat(store.find(value("same secret"), then)).map(LoginToken::id).contains(second.id());
    }

    @Test
    void issue_valueNoLongerLiveUnderAnOlderKey_isKept() {
        issue(SessionType.SSO, "same secret");
        Instant then = NOW.plus(HOUR);
        LoginToken second = token(SessionType.SSO, then, then.plus(HOUR));
        List<TokenDigest> value = rotated.digests(alice, Secret.of("same secret"));
        assertThat(store.issue(second, value, true, issued(second))).isTrue();
        assertThat(store.find(value, then)).contains(second);
    }

    @Test
    void issue_sameChosenValueAtOnce_hasOneWinner() throws Exception {
        try (Race race = new Race(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                MailboxAddress mailbox = address("m" + round);
                List<TokenDigest> value = keys.digests(mailbox, Secret.of("same secret"));
                List<LoginToken> tokens = IntStream.range(0, THREADS)
                        .mapToObj(i -> token(mailbox, SessionType.NORMAL, NOW, NOW.plus(HOUR)))
                        .toList();

                List<Boolean> kept = race.run(i -> node(i).issue(tokens.get(i), value, true, issued(tokens.get(i))));

                assertThat(Collections.frequency(kept, true)).isOne();
                LoginToken winner = tokens.get(kept.indexOf(true));
                assertThat(store.tokens(mailbox, Optional.empty(), 50, Optional.empty())
                                .items())
                        .containsExactly(winner);
                assertThat(trail(mailbox))
                        .extracting(e -> e.tokenId().orElseThrow())
                        .containsExactly(winner.id());
            }
        }
    }

    // Approve

    @ParameterizedTest
    @EnumSource(value = Approver.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void issue_tokenThatNeedsApproval_isPendingAndOpensNothing(Approver approver) {
        LoginToken token = ask(approver, SessionType.NORMAL, "secret");

        assertThat(other.find(value("secret"), NOW)).contains(token);
        assertThat(other.token(token.id())).contains(token);
        assertThat(token.state(NOW)).isEqualTo(TokenState.PENDING);
        assertThat(redeem(token, session(token, NOW, NOW.plus(HOUR)))).isFalse();
        assertThat(store.use(token, NOW, Optional.empty())).isFalse();
        assertThat(store.useFirst(token, NOW, mailLogin(token))).isFalse();
        assertThat(store.token(token.id())).contains(token);
        assertThat(store.tokens(alice, Optional.of(NOW), 10, Optional.empty()).items())
                .isEmpty();
        assertThat(trail()).hasSize(1);
    }

    @Test
    void issue_valueThatIsPending_isRefused() {
        LoginToken first = ask(Approver.OWNER, SessionType.SSO, "same secret");
        LoginToken second = token(SessionType.SSO, NOW.plusMillis(5), NOW.plus(HOUR));
        assertThat(store.issue(second, value("same secret"), true, issued(second)))
                .isFalse();
        assertThat(store.find(value("same secret"), NOW)).contains(first);
    }

    @Test
    void approve_pendingToken_makesItLiveOnEveryNode() {
        LoginToken token = ask(Approver.ADMINISTRATOR, SessionType.SSO, "secret");
        AuditEvent row = approved(token);

        assertThat(store.approve(token, bob, NOW.plusMillis(7), row)).isTrue();

        LoginToken now = other.token(token.id()).orElseThrow();
        assertThat(now.approval()).isEqualTo(token.approval().given(bob, NOW.plusMillis(7)));
        assertThat(now.state(NOW.plusMillis(7))).isEqualTo(TokenState.LIVE);
        assertThat(other.pending(Set.of(domain), NOW, 10, Optional.empty()).items())
                .isEmpty();
        assertThat(trail()).hasSize(2).contains(row);
        assertThat(redeem(token, session(token, NOW.plusMillis(8), NOW.plus(HOUR))))
                .isTrue();
    }

    @Test
    void approve_whatIsNotPending_changesNothing() {
        LoginToken plain = issue(SessionType.NORMAL, "plain");
        LoginToken late = ask(Approver.OWNER, SessionType.NORMAL, "late");
        LoginToken revoked = ask(Approver.OWNER, SessionType.NORMAL, "revoked");
        assertThat(store.revoke(revoked.id(), new Ending(NOW, Optional.of(admin), CLIENT, "withdrawn")))
                .isTrue();
        int rows = trail().size();

        assertThat(store.approve(plain, bob, NOW, approved(plain))).isFalse();
        assertThat(store.approve(late, bob, NOW.plus(HOUR), approved(late))).isFalse();
        assertThat(store.approve(revoked, bob, NOW, approved(revoked))).isFalse();

        assertThat(late.state(NOW.plus(HOUR))).isEqualTo(TokenState.EXPIRED);
        assertThat(store.token(late.id())).contains(late);
        assertThat(trail()).hasSize(rows);
    }

    @Test
    void refuse_pendingToken_revokesItAndTellsOfTheRefusal() {
        LoginToken token = ask(Approver.OWNER, SessionType.NORMAL, "secret");
        Ending ending = new Ending(NOW.plusMillis(3), Optional.empty(), CLIENT, "by owner");

        assertThat(store.refuse(token.id(), ending)).isTrue();
        assertThat(other.refuse(token.id(), ending)).isFalse();
        assertThat(store.approve(token, alice, NOW.plusMillis(4), approved(token)))
                .isFalse();

        assertThat(store.token(token.id()).orElseThrow().revokedAt()).contains(NOW.plusMillis(3));
        assertThat(trail())
                .extracting(AuditEvent::type)
                .containsExactly(AuditEvent.Type.APPROVAL_REFUSED, AuditEvent.Type.ISSUED);
        assertThat(trail()).first().extracting(AuditEvent::detail).isEqualTo("by owner");
    }

    @Test
    void refuse_tokenThatIsLive_changesNothing() {
        LoginToken token = ask(Approver.OWNER, SessionType.NORMAL, "secret");
        store.approve(token, alice, NOW, approved(token));
        assertThat(store.refuse(token.id(), new Ending(NOW, Optional.empty(), CLIENT, "by owner")))
                .isFalse();
        assertThat(store.token(token.id()).orElseThrow().state(NOW)).isEqualTo(TokenState.LIVE);
    }

    @Test
    void revokeAll_endsWhatIsPending() {
        LoginToken token = ask(Approver.OWNER, SessionType.NORMAL, "secret");
        store.revokeAll(alice, new Ending(NOW, Optional.empty(), CLIENT, "password changed"));
        assertThat(store.token(token.id()).orElseThrow().revokedAt()).contains(NOW);
        assertThat(store.pending(Set.of(domain), NOW, 10, Optional.empty()).items())
                .isEmpty();
    }

    @Test
    void noteExpired_pendingToken_isToldOfOnceAndWaitsNoLonger() {
        LoginToken token = ask(Approver.OWNER, SessionType.NORMAL, "secret");
        store.noteExpired(NOW.plus(HOUR), ENDLESS, open -> {});
        other.noteExpired(NOW.plus(HOUR), ENDLESS, open -> {});
        assertThat(trail())
                .extracting(AuditEvent::type)
                .containsExactly(AuditEvent.Type.EXPIRED, AuditEvent.Type.ISSUED);
        assertThat(store.token(token.id())).contains(token);
    }

    @Test
    void pending_listsWhatWaits_newestFirstInPages() {
        LoginToken first = ask(Approver.OWNER, SessionType.NORMAL, "1", NOW.minusMillis(3));
        LoginToken second = ask(Approver.ADMINISTRATOR, SessionType.SSO, "2", NOW.minusMillis(2));
        LoginToken third = ask(Approver.OWNER, SessionType.NORMAL, "3", NOW.minusMillis(1));
        issue(SessionType.NORMAL, "plain");
        Set<DomainName> domains = Set.of(domain, domain("empty"));

        Page<LoginToken> page = store.pending(domains, NOW, 2, Optional.empty());

        assertThat(page.items()).containsExactly(third, second);
        assertThat(store.pending(domains, NOW, 2, page.next()).items()).containsExactly(first);
        assertThat(store.pending(alice, Optional.of(Approver.OWNER), NOW, 10, Optional.empty())
                        .items())
                .containsExactly(third, first);
        assertThat(store.pending(bob, Optional.of(Approver.OWNER), NOW, 10, Optional.empty())
                        .items())
                .isEmpty();
        assertThat(store.pending(Set.of(domain("empty")), NOW, 10, Optional.empty())
                        .items())
                .isEmpty();
        assertThat(store.pending(domains, NOW.plus(HOUR), 10, Optional.empty()).items())
                .isEmpty();
    }

    @Test
    void approve_atOnce_hasOneWinnerAndOneRow() throws Exception {
        try (Race race = new Race(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                LoginToken token = ask(Approver.ADMINISTRATOR, SessionType.SSO, "secret " + round);
                List<Boolean> done = race.run(i -> node(i).approve(token, bob, NOW, approved(token)));
                assertThat(Collections.frequency(done, true)).isOne();
                assertThat(trail().stream()
                                .filter(e -> e.type() == AuditEvent.Type.APPROVED
                                        && e.tokenId().equals(Optional.of(token.id()))))
                        .hasSize(1);
            }
        }
    }

    /** Whatever comes first: nobody gets in who was not approved, nor after a revocation, and never two. */
    @Test
    void approveRedeemAndRevoke_atOnce_agreeWithTheTrail() throws Exception {
        try (Race race = new Race(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                LoginToken token = ask(Approver.OWNER, SessionType.SSO, "secret " + round);
                Ending ending = new Ending(NOW, Optional.of(admin), CLIENT, "by administrator");

                race.run(i -> switch (i % 4) {
                    case 0 -> node(i / 4).approve(token, bob, NOW, approved(token));
                    case 1 -> i == 1 && node(i).refuse(token.id(), ending);
                    case 2 -> i == 30 && node(i).revoke(token.id(), ending);
                    default -> redeem(token, session(token, NOW, NOW.plus(HOUR)));
                });

                List<AuditEvent.Type> told = trail().stream()
                        .filter(e -> e.tokenId().equals(Optional.of(token.id())))
                        .map(AuditEvent::type)
                        .toList();
                int approved = Collections.frequency(told, AuditEvent.Type.APPROVED);
                int redeemed = Collections.frequency(told, AuditEvent.Type.REDEEMED);
                assertThat(redeemed).isLessThanOrEqualTo(approved);
                assertThat(approved).isLessThanOrEqualTo(1);
                assertThat(told.stream()
                                .filter(t -> t == AuditEvent.Type.REVOKED || t == AuditEvent.Type.APPROVAL_REFUSED))
                        .hasSize(1);
                LoginToken then = store.token(token.id()).orElseThrow();
                assertThat(then.uses()).isEqualTo(redeemed);
                assertThat(then.approval().isMissing()).isEqualTo(approved == 0);
                assertThat(told.contains(AuditEvent.Type.APPROVAL_REFUSED) && approved > 0)
                        .isFalse();
            }
        }
    }

    private LoginToken ask(Approver approver, SessionType type, String secret) {
        return ask(approver, type, secret, NOW);
    }

    private LoginToken ask(Approver approver, SessionType type, String secret, Instant issuedAt) {
        LoginToken plain = token(type, issuedAt, NOW.plus(HOUR));
        LoginToken token = new LoginToken(
                plain.id(),
                plain.mailbox(),
                type,
                plain.issuer(),
                plain.reason(),
                plain.locale(),
                false,
                false,
                Approval.of(approver),
                issuedAt,
                plain.expiresAt(),
                0,
                0,
                Optional.empty(),
                Optional.empty());
        assertThat(store.issue(token, value(secret), true, issued(token))).isTrue();
        return token;
    }

    private static AuditEvent approved(LoginToken token) {
        return AuditEvent.of(AuditEvent.Type.APPROVED, NOW, CLIENT).about(token);
    }

    @Test
    void use_adminSessionThatMayNotBeIdle_livesOnFromItsLastUse() {
        AdminSession session = new AdminSession(admin, "1", NOW.plus(HOUR), Optional.of(NOW.plusSeconds(60)));
        AdminSession patient = new AdminSession(admin, "1", NOW.plus(HOUR), Optional.empty());
        store.keep(session, adminValue("s"), NOW, login());
        store.keep(patient, adminValue("p"), NOW, login());

        assertThat(other.findAdminSession(adminValue("s"), NOW.plusSeconds(59))).contains(session);
        assertThat(other.findAdminSession(adminValue("s"), NOW.plusSeconds(60))).isEmpty();
        store.use(adminValue("s"), NOW.plusSeconds(30), NOW.plusSeconds(90));
        store.use(adminValue("s"), NOW.plusSeconds(20), NOW.plusSeconds(80));
        store.use(adminValue("p"), NOW.plusSeconds(30), NOW.plusSeconds(90));
        assertThat(other.findAdminSession(adminValue("s"), NOW.plusSeconds(89)))
                .map(AdminSession::endsAt)
                .contains(NOW.plusSeconds(90));
        store.use(adminValue("s"), NOW.plusSeconds(90), NOW.plusSeconds(150));
        assertThat(other.findAdminSession(adminValue("s"), NOW.plusSeconds(90))).isEmpty();
        assertThat(other.findAdminSession(adminValue("p"), NOW.plusSeconds(3599)))
                .contains(patient);
    }

    // Find

    @Test
    void find_whatIsNotThere_isEmpty() {
        issue(SessionType.NORMAL, "secret");
        assertThat(store.find(value("Secret"), NOW)).isEmpty();
        assertThat(store.find(keys.digests(bob, Secret.of("secret")), NOW)).isEmpty();
        assertThat(store.token(TimeOrderedId.next(NOW))).isEmpty();
        assertThat(store.tokens(bob, Optional.empty(), 10, Optional.empty()).items())
                .isEmpty();
    }

    @Test
    void find_keptUnderAnOlderKey_isFound() {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        assertThat(store.find(rotated.digests(alice, Secret.of("secret")), NOW)).contains(token);
        assertThat(store.find(new TokenKeys(List.of(SECOND_KEY)).digests(alice, Secret.of("secret")), NOW))
                .isEmpty();
    }

    @Test
    void find_afterRotation_keepsUnderTheNewestKey() {
        LoginToken token = token(SessionType.NORMAL, NOW, NOW.plus(HOUR));
        store.issue(token, rotated.digests(alice, Secret.of("secret")), true, issued(token));
        assertThat(store.find(new TokenKeys(List.of(SECOND_KEY)).digests(alice, Secret.of("secret")), NOW))
                .contains(token);
        assertThat(store.find(value("secret"), NOW)).isEmpty();
    }

    @Test
    void find_severalWithTheValue_prefersTheLiveOneElseTheLast() {
        LoginToken first = issue(SessionType.NORMAL, "same secret");
        Instant later = NOW.plus(HOUR.multipliedBy(2));
        LoginToken second = token(SessionType.SSO, later, later.plus(HOUR));
        assertThat(store.issue(second, value("same secret"), true, issued(second)))
                .isTrue();
        assertThat(redeem(second, session(second, later, later.plus(HOUR)))).isTrue();

        assertThat(store.find(value("same secret"), later)).map(LoginToken::id).contains(second.id());
        assertThat(store.find(value("same secret"), later.plus(HOUR.multipliedBy(9))))
                .map(LoginToken::id)
                .contains(second.id());
        // The clock jumps back: the first is live again, the second used up for ever.
        assertThat(store.find(value("same secret"), NOW)).contains(first);
    }

    // Redeem

    @ParameterizedTest
    @EnumSource(SessionType.class)
    void redeem_liveToken_countsTheUseAndKeepsSessionAndRow(SessionType type) {
        LoginToken token = issue(type, "secret");
        Instant then = NOW.plusSeconds(60);
        TokenSession session = new TokenSession(
                TimeOrderedId.next(then),
                token.id(),
                alice,
                type,
                admin,
                HARD_REASON,
                Optional.of(SessionLocale.DE),
                true,
                then,
                then.plus(HOUR),
                Optional.empty(),
                new Client("2001:db8::1", "Agent \ud83d\ude00 \"x\""));
        AuditEvent row = AuditEvent.of(AuditEvent.Type.REDEEMED, then, session.client())
                .about(token)
                .because("login_url");

        assertThat(store.redeem(token, session, credential("c1"), row)).isTrue();

        LoginToken after = other.token(token.id()).orElseThrow();
        assertThat(after.uses()).isOne();
        assertThat(after.mailUses()).isZero();
        assertThat(after.lastUsedAt()).contains(then);
        assertThat(after.state(then)).isEqualTo(type.singleUse() ? TokenState.USED : TokenState.LIVE);
        assertThat(other.session(session.id())).contains(session);
        assertThat(other.findSession(credential("c1"))).contains(session);
        assertThat(other.sessions(alice, then, 10, Optional.empty()).items()).containsExactly(session);
        assertThat(other.openAmong(List.of(session.id()), then)).isEqualTo(Map.of(session.id(), alice));
        assertThat(trail(AuditEvent.Type.REDEEMED)).containsExactly(row);
    }

    @ParameterizedTest
    @EnumSource(SessionType.class)
    void redeem_again_isDecidedByTheType(SessionType type) {
        LoginToken token = issue(type, "secret");
        assertThat(redeem(token)).isTrue();
        TokenSession second = session(token, NOW.plusMillis(1), NOW.plus(HOUR));
        AuditEvent row = AuditEvent.of(AuditEvent.Type.REDEEMED, NOW, CLIENT).about(token);

        boolean again = store.redeem(token, second, credential("c2"), row);

        assertThat(again).isEqualTo(!type.singleUse());
        assertThat(store.token(token.id()).orElseThrow().uses()).isEqualTo(again ? 2 : 1);
        assertThat(store.session(second.id()).isPresent()).isEqualTo(again);
        assertThat(store.findSession(credential("c2")).isPresent()).isEqualTo(again);
        assertThat(trail(AuditEvent.Type.REDEEMED)).hasSize(again ? 2 : 1);
    }

    @Test
    void redeem_atTheVeryEnd_isExact() {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        Instant end = token.expiresAt();
        assertThat(redeem(token, session(token, end.plusSeconds(1), end.plus(HOUR))))
                .isFalse();
        assertThat(redeem(token, session(token, end, end.plus(HOUR)))).isFalse();
        assertThat(redeem(token, session(token, end.minusMillis(1), end))).isTrue();
        assertThat(store.token(token.id()).orElseThrow().uses()).isOne();
        assertThat(trail(AuditEvent.Type.REDEEMED)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(SessionType.class)
    void redeem_revokedToken_isRefusedAndWritesNothing(SessionType type) {
        LoginToken token = issue(type, "secret");
        assertThat(store.revoke(token.id(), ending(NOW))).isTrue();
        TokenSession session = session(token, NOW, NOW.plus(HOUR));
        assertThat(redeem(token, session)).isFalse();
        assertThat(store.session(session.id())).isEmpty();
        assertThat(store.token(token.id()).orElseThrow().uses()).isZero();
        assertThat(trail(AuditEvent.Type.REDEEMED)).isEmpty();
    }

    @Test
    void redeem_tokenThatIsNotThere_isRefusedAndWritesNothing() {
        LoginToken token = token(SessionType.NORMAL, NOW, NOW.plus(HOUR));
        TokenSession session = session(token, NOW, NOW.plus(HOUR));
        assertThat(redeem(token, session)).isFalse();
        assertThat(store.session(session.id())).isEmpty();
        assertThat(trail()).isEmpty();
    }

    @Test
    void redeem_whileTheClockJumps_isDecidedByTheCallersTime() {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        Instant past = NOW.minus(HOUR);
        assertThat(redeem(
                        token,
                        session(token, token.expiresAt(), token.expiresAt().plus(HOUR))))
                .isFalse();
        assertThat(redeem(token, session(token, past, past.plus(HOUR)))).isTrue();
        assertThat(store.token(token.id()).orElseThrow().lastUsedAt()).contains(past);
        assertThat(redeem(token, session(token, NOW, NOW.plus(HOUR)))).isTrue();
        LoginToken single = issue(SessionType.SSO, "single");
        assertThat(redeem(single)).isTrue();
        assertThat(redeem(single, session(single, past, past.plus(HOUR)))).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = SessionType.class,
            names = {"SSO", "SSO_ADMIN", "ADMIN_ONLY"})
    void redeem_singleUseAtOnce_hasOneWinner(SessionType type) throws Exception {
        try (Race race = new Race(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                LoginToken token = issue(type, "secret " + round);
                List<TokenSession> sessions = sessions(token);

                List<Boolean> won = race.run(i -> redeem(node(i), token, sessions.get(i)));

                assertThat(Collections.frequency(won, true)).isOne();
                assertThat(store.token(token.id()).orElseThrow().uses()).isOne();
                TokenSession winner = sessions.get(won.indexOf(true));
                assertThat(sessions.stream().filter(s -> store.session(s.id()).isPresent()))
                        .containsExactly(winner);
                assertThat(trail(AuditEvent.Type.REDEEMED).stream()
                                .filter(e -> e.tokenId().equals(Optional.of(token.id()))))
                        .hasSize(1);
            }
        }
    }

    @Test
    void redeem_manyTimesAtOnce_losesNoUse() throws Exception {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        try (Race race = new Race(THREADS)) {
            List<TokenSession> sessions = sessions(token);
            assertThat(race.run(i -> redeem(node(i), token, sessions.get(i)))).containsOnly(true);
        }
        assertThat(store.token(token.id()).orElseThrow().uses()).isEqualTo(THREADS);
        assertThat(store.sessions(alice, NOW, 100, Optional.empty()).items()).hasSize(THREADS);
        assertThat(trail(AuditEvent.Type.REDEEMED)).hasSize(THREADS);
    }

    @Test
    void redeem_isNeverSeenWithoutItsRow() throws Exception {
        try (Race race = new Race(2)) {
            for (int round = 0; round < ROUNDS; round++) {
                LoginToken token = issue(address("m" + round), SessionType.SSO, "secret");
                AtomicBoolean done = new AtomicBoolean();
                List<Boolean> fine = race.run(i -> {
                    if (i == 0) {
                        boolean won = redeem(store, token, session(token, NOW, NOW.plus(HOUR)));
                        done.set(true);
                        return won;
                    }
                    while (true) {
                        boolean last = done.get();
                        boolean used = other.token(token.id()).orElseThrow().uses() > 0;
                        if (used) {
                            return trail(other, token.mailbox()).size() == 2
                                    && other.sessions(token.mailbox(), NOW, 5, Optional.empty())
                                                    .items()
                                                    .size()
                                            == 1;
                        }
                        if (last) {
                            return false;
                        }
                    }
                });
                assertThat(fine).containsExactly(true, true);
            }
        }
    }

    // Use

    @Test
    void use_liveToken_isCounted() {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        Instant then = NOW.plusSeconds(3);
        AuditEvent row = AuditEvent.of(AuditEvent.Type.MAIL_LOGIN, then, CLIENT)
                .about(token)
                .because("imap")
                .times(3);
        assertThat(store.use(token, then, Optional.of(row))).isTrue();
        assertThat(store.use(token, then.plusSeconds(1), Optional.empty())).isTrue();
        LoginToken after = other.token(token.id()).orElseThrow();
        assertThat(after.uses()).isEqualTo(2);
        assertThat(after.mailUses()).isEqualTo(2);
        assertThat(after.lastUsedAt()).contains(then.plusSeconds(1));
        assertThat(trail(AuditEvent.Type.MAIL_LOGIN)).containsExactly(row);
    }

    @ParameterizedTest
    @EnumSource(
            value = TokenState.class,
            names = {"USED", "EXPIRED", "REVOKED"})
    void use_tokenThatIsNotLive_isRefusedAndWritesNothing(TokenState state) {
        LoginToken token = issue(SessionType.SSO, "secret");
        Instant then = bring(token, state);
        LoginToken before = store.token(token.id()).orElseThrow();
        assertThat(store.use(token, then, Optional.of(mailLogin(token)))).isFalse();
        assertThat(store.useFirst(token, then, mailLogin(token))).isFalse();
        assertThat(store.token(token.id())).contains(before);
        assertThat(trail(AuditEvent.Type.MAIL_LOGIN)).isEmpty();
    }

    @Test
    void use_tokenThatIsNotThere_isRefusedAndWritesNothing() {
        LoginToken token = token(SessionType.NORMAL, NOW, NOW.plus(HOUR));
        assertThat(store.use(token, NOW, Optional.of(mailLogin(token)))).isFalse();
        assertThat(store.useFirst(token, NOW, mailLogin(token))).isFalse();
        assertThat(trail()).isEmpty();
    }

    @Test
    void useFirst_isTrueOnce_andNeverAfterAnotherUseThere() {
        LoginToken token = issue(SessionType.NORMAL, "one");
        assertThat(redeem(token))
                .as("a use in webmail is none at a mail server")
                .isTrue();
        AuditEvent row = mailLogin(token);
        Instant then = NOW.plusSeconds(2);

        assertThat(store.useFirst(token, then, row)).isTrue();
        assertThat(other.useFirst(token, then, mailLogin(token))).isFalse();

        LoginToken after = other.token(token.id()).orElseThrow();
        assertThat(after.uses()).isEqualTo(2);
        assertThat(after.mailUses()).isOne();
        assertThat(after.lastUsedAt()).contains(then);
        assertThat(other.find(value("one"), then)).contains(after);
        assertThat(trail(AuditEvent.Type.MAIL_LOGIN)).containsExactly(row);

        LoginToken second = issue(SessionType.NORMAL, "two");
        assertThat(store.use(second, NOW, Optional.empty())).isTrue();
        assertThat(store.useFirst(second, NOW, mailLogin(second))).isFalse();
        assertThat(store.token(second.id()).orElseThrow().uses()).isOne();
    }

    @Test
    void useFirst_atOnce_hasOneWinnerAndOneRow() throws Exception {
        try (Race race = new Race(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                LoginToken token = issue(address("m" + round), SessionType.NORMAL, "secret");

                List<Boolean> won = race.run(i -> node(i).useFirst(token, NOW, mailLogin(token)));

                assertThat(Collections.frequency(won, true)).isOne();
                assertThat(store.token(token.id()).orElseThrow().mailUses()).isOne();
                assertThat(store.token(token.id()).orElseThrow().uses()).isOne();
                assertThat(count(token.mailbox(), AuditEvent.Type.MAIL_LOGIN, token.id()))
                        .isOne();
            }
        }
    }

    @Test
    void use_manyAtOnce_losesNone() throws Exception {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        try (Race race = new Race(THREADS)) {
            assertThat(race.run(i -> node(i).use(token, NOW, Optional.of(mailLogin(token)))))
                    .containsOnly(true);
        }
        assertThat(store.token(token.id()).orElseThrow().uses()).isEqualTo(THREADS);
        assertThat(trail(AuditEvent.Type.MAIL_LOGIN)).hasSize(THREADS);
    }

    @Test
    void use_againstRevoke_isCountedExactlyOrRefused() throws Exception {
        try (Race race = new Race(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                LoginToken token = issue(address("m" + round), SessionType.NORMAL, "secret");
                List<Boolean> answers = race.run(i -> i == THREADS / 2
                        ? node(i).revoke(token.id(), ending(NOW))
                        : node(i).use(token, NOW, Optional.of(mailLogin(token))));

                assertThat(answers.get(THREADS / 2)).isTrue();
                int used = Collections.frequency(answers, true) - 1;
                LoginToken after = store.token(token.id()).orElseThrow();
                assertThat(after.revokedAt()).contains(NOW);
                assertThat(after.uses()).isEqualTo(used);
                assertThat(trail(token.mailbox()))
                        .filteredOn(e -> e.type() == AuditEvent.Type.MAIL_LOGIN)
                        .hasSize(used);
                assertThat(store.use(token, NOW, Optional.empty())).isFalse();
            }
        }
    }

    // Sessions

    @Test
    void findSession_isByCredentialAlone_openOrNot() {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        TokenSession session = session(token, NOW, NOW.plus(HOUR));
        store.redeem(token, session, credential("pss_one"), redeemed(token, session));

        assertThat(store.findSession(credential("pss_two"))).isEmpty();
        assertThat(store.findSession(keys.digests(bob, Secret.of("pss_one")))).isEmpty();
        assertThat(store.findSession(value("secret"))).isEmpty();
        assertThat(store.find(credential("pss_one"), NOW)).isEmpty();
        assertThat(store.findSession(rotated.digests(alice, Secret.of("pss_one"))))
                .contains(session);
        store.endSession(session.id(), ending(NOW.plusSeconds(1)));
        assertThat(store.findSession(credential("pss_one")).orElseThrow().endedAt())
                .contains(NOW.plusSeconds(1));
    }

    @Test
    void findSession_afterRotation_isKeptUnderTheNewestKey() {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        TokenSession session = session(token, NOW, NOW.plus(HOUR));
        store.redeem(token, session, rotated.digests(alice, Secret.of("pss_one")), redeemed(token, session));
        assertThat(store.findSession(credential("pss_one"))).isEmpty();
        assertThat(store.findSession(new TokenKeys(List.of(SECOND_KEY)).digests(alice, Secret.of("pss_one"))))
                .contains(session);
    }

    @Test
    void sessions_areThoseOpenNow_newestFirst() {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        TokenSession early = open(token, NOW, NOW.plusSeconds(10));
        TokenSession middle = open(token, NOW.plusMillis(1), NOW.plusSeconds(20));
        TokenSession late = open(token, NOW.plusMillis(2), NOW.plusSeconds(30));
        LoginToken bobs = issue(bob, SessionType.NORMAL, "secret");
        open(bobs, NOW, NOW.plusSeconds(30));

        assertThat(openAt(NOW.plusMillis(3))).containsExactly(late, middle, early);
        assertThat(openAt(NOW.plusSeconds(10).minusMillis(1))).containsExactly(late, middle, early);
        assertThat(openAt(NOW.plusSeconds(10))).containsExactly(late, middle);
        assertThat(store.endSession(middle.id(), ending(NOW.plusSeconds(11)))).isTrue();
        assertThat(openAt(NOW.plusSeconds(11))).containsExactly(late);
        assertThat(openAt(NOW.plusSeconds(30))).isEmpty();
        // An ended session stays ended when the clock jumps back; one whose time is over is open again.
        assertThat(openAt(NOW)).containsExactly(late, early);
    }

    @Test
    void openAmong_tellsThoseOpenNow() {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        TokenSession open = open(token, NOW, NOW.plus(HOUR));
        TokenSession over = open(token, NOW, NOW.plusSeconds(1));
        TokenSession ended = open(token, NOW, NOW.plus(HOUR));
        store.endSession(ended.id(), ending(NOW));
        TokenSession bobs = open(issue(bob, SessionType.NORMAL, "secret"), NOW, NOW.plus(HOUR));
        List<UUID> ids = new ArrayList<>(List.of(over.id(), open.id(), ended.id(), open.id(), bobs.id()));
        for (int i = 0; i < 3000; i++) {
            ids.add(TimeOrderedId.next(NOW));
        }
        assertThat(other.openAmong(ids, NOW.plusSeconds(1))).isEqualTo(Map.of(open.id(), alice, bobs.id(), bob));
        assertThat(other.openAmong(ids, NOW)).isEqualTo(Map.of(open.id(), alice, over.id(), alice, bobs.id(), bob));
        assertThat(other.openAmong(List.of(), NOW)).isEmpty();
    }

    @Test
    void endSession_open_endsItOnceWithARow() {
        LoginToken token = issue(SessionType.SSO, "secret");
        TokenSession session = open(token, NOW, NOW.plus(HOUR));
        Ending ending = new Ending(NOW.plusSeconds(5), Optional.of(bob), CLIENT, "ended by \"bob\" \ud83d\ude00");

        assertThat(store.endSession(session.id(), ending)).isTrue();
        assertThat(store.endSession(session.id(), ending(NOW.plusSeconds(6)))).isFalse();

        TokenSession after = other.session(session.id()).orElseThrow();
        assertThat(after.endedAt()).contains(NOW.plusSeconds(5));
        assertThat(after.isOpen(NOW)).isFalse();
        assertAlike(trail(AuditEvent.Type.SESSION_ENDED), ending.ended(session));
        assertThat(store.token(token.id()).orElseThrow().revokedAt()).isEmpty();
    }

    @Test
    void endSession_withoutAnAdministrator_namesTheIssuer() {
        LoginToken token = issue(SessionType.SSO, "secret");
        TokenSession session = open(token, NOW, NOW.plus(HOUR));
        Ending logout = new Ending(NOW, Optional.empty(), CLIENT, "logout");
        assertThat(store.endSession(session.id(), logout)).isTrue();
        assertAlike(trail(AuditEvent.Type.SESSION_ENDED), logout.ended(session));
        assertThat(trail(AuditEvent.Type.SESSION_ENDED).get(0).administrator()).contains(admin);
    }

    @Test
    void endSession_notOpen_writesNothing() {
        LoginToken token = issue(SessionType.SSO, "secret");
        TokenSession session = open(token, NOW, NOW.plus(HOUR));
        assertThat(store.endSession(session.id(), ending(NOW.plus(HOUR)))).isFalse();
        assertThat(store.endSession(TimeOrderedId.next(NOW), ending(NOW))).isFalse();
        assertThat(store.session(session.id())).contains(session);
        assertThat(trail(AuditEvent.Type.SESSION_ENDED)).isEmpty();
    }

    @Test
    void endSessions_endsAllThatAreOpen() {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        TokenSession one = open(token, NOW, NOW.plus(HOUR));
        TokenSession two = open(token, NOW.plusMillis(1), NOW.plus(HOUR));
        TokenSession over = open(token, NOW, NOW.plusSeconds(1));
        TokenSession bobs = open(issue(bob, SessionType.NORMAL, "secret"), NOW, NOW.plus(HOUR));
        Ending ending = ending(NOW.plusSeconds(1));

        assertThat(store.endSessions(alice, ending)).isEqualTo(2);
        assertThat(store.endSessions(alice, ending)).isZero();

        assertAlike(trail(AuditEvent.Type.SESSION_ENDED), ending.ended(one), ending.ended(two));
        assertThat(store.session(over.id())).contains(over);
        assertThat(store.session(bobs.id())).contains(bobs);
        assertThat(store.token(token.id()).orElseThrow().state(NOW)).isEqualTo(TokenState.LIVE);
        assertThat(redeem(token)).isTrue();
    }

    @Test
    void endSession_fromEverywhereAtOnce_hasOneWinnerAndOneRow() throws Exception {
        try (Race race = new Race(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                LoginToken token = issue(address("m" + round), SessionType.SSO, "secret");
                TokenSession session = open(token, NOW, NOW.plus(HOUR));
                List<Boolean> won = race.run(i -> node(i).endSession(session.id(), ending(NOW)));
                assertThat(Collections.frequency(won, true)).isOne();
                assertThat(ended(session)).isOne();
            }
        }
    }

    @Test
    void endSession_inEveryWayAtOnce_writesOneRow() throws Exception {
        try (Race race = new Race(4)) {
            for (int round = 0; round < ROUNDS; round++) {
                LoginToken token = issue(address("m" + round), SessionType.NORMAL, "secret");
                TokenSession session = open(token, NOW, NOW.plus(HOUR));
                List<Integer> told = race.run(i -> switch (i) {
                    case 0 -> node(i).endSession(session.id(), ending(NOW)) ? 1 : 0;
                    case 1 -> node(i).endSessions(token.mailbox(), ending(NOW));
                    case 2 -> {
                        node(i).revoke(token.id(), ending(NOW));
                        yield 0;
                    }
                    default -> {
                        node(i).revokeAll(token.mailbox(), ending(NOW));
                        yield 0;
                    }
                });
                assertThat(told.stream().mapToInt(Integer::intValue).sum()).isLessThanOrEqualTo(1);
                assertThat(ended(session)).isOne();
                assertThat(revoked(token)).isOne();
                assertThat(store.openAmong(List.of(session.id()), NOW)).isEmpty();
            }
        }
    }

    // Revoke

    @Test
    void revoke_token_endsItsOpenSessionsToo() {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        LoginToken kept = issue(SessionType.NORMAL, "another");
        TokenSession one = open(token, NOW, NOW.plus(HOUR));
        TokenSession two = open(token, NOW.plusMillis(1), NOW.plus(HOUR));
        TokenSession over = open(token, NOW, NOW.plusSeconds(1));
        TokenSession untouched = open(kept, NOW, NOW.plus(HOUR));
        Ending ending = new Ending(NOW.plusSeconds(1), Optional.of(bob), CLIENT, "no longer needed");

        assertThat(store.revoke(token.id(), ending)).isTrue();
        assertThat(store.revoke(token.id(), ending(NOW.plusSeconds(2)))).isFalse();

        LoginToken after = other.token(token.id()).orElseThrow();
        assertThat(after.revokedAt()).contains(NOW.plusSeconds(1));
        assertThat(after.uses()).isEqualTo(3);
        assertThat(other.find(value("secret"), NOW)).contains(after);
        assertAlike(trail(AuditEvent.Type.REVOKED), ending.revoked(token));
        assertAlike(trail(AuditEvent.Type.SESSION_ENDED), ending.ended(one), ending.ended(two));
        assertThat(store.session(one.id()).orElseThrow().endedAt()).contains(NOW.plusSeconds(1));
        assertThat(store.session(over.id())).contains(over);
        assertThat(store.session(untouched.id())).contains(untouched);
        assertThat(store.token(kept.id()).orElseThrow().revokedAt()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = TokenState.class,
            names = {"USED", "EXPIRED"})
    void revoke_tokenThatIsNotLive_isRevokedAllTheSame(TokenState state) {
        LoginToken token = issue(SessionType.SSO, "secret");
        Instant then = bring(token, state);
        assertThat(store.revoke(token.id(), ending(then))).isTrue();
        assertThat(store.token(token.id()).orElseThrow().state(then)).isEqualTo(TokenState.REVOKED);
        assertThat(store.sessions(alice, then, 5, Optional.empty()).items()).isEmpty();
        assertThat(trail(AuditEvent.Type.REVOKED)).hasSize(1);
        assertThat(trail(AuditEvent.Type.SESSION_ENDED)).hasSize(state == TokenState.USED ? 1 : 0);
    }

    @Test
    void revoke_tokenThatIsNotThere_writesNothing() {
        assertThat(store.revoke(TimeOrderedId.next(NOW), ending(NOW))).isFalse();
        assertThat(trail()).isEmpty();
    }

    @Test
    void revoke_atOnce_hasOneWinner() throws Exception {
        try (Race race = new Race(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                LoginToken token = issue(address("m" + round), SessionType.NORMAL, "secret");
                TokenSession session = open(token, NOW, NOW.plus(HOUR));
                List<Boolean> won = race.run(i -> node(i).revoke(token.id(), ending(NOW)));
                assertThat(Collections.frequency(won, true)).isOne();
                assertThat(revoked(token)).isOne();
                assertThat(ended(session)).isOne();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void revoke_againstRedeem_leavesNoOpenSession(boolean wholeMailbox) throws Exception {
        try (Race race = new Race(8)) {
            for (int round = 0; round < 3 * ROUNDS; round++) {
                SessionType type = round % 2 == 0 ? SessionType.SSO : SessionType.NORMAL;
                LoginToken token = issue(address("m" + round), type, "secret");
                List<TokenSession> sessions = sessions(token);
                List<Boolean> won = race.run(i -> {
                    if (i != 4) {
                        return redeem(node(i), token, sessions.get(i));
                    }
                    if (wholeMailbox) {
                        node(i).revokeAll(token.mailbox(), ending(NOW));
                        return false;
                    }
                    return !node(i).revoke(token.id(), ending(NOW));
                });

                int redeemed = Collections.frequency(won, true);
                LoginToken after = store.token(token.id()).orElseThrow();
                assertThat(won.get(4)).isFalse();
                assertThat(after.uses()).isEqualTo(redeemed);
                assertThat(after.state(NOW)).isNotEqualTo(TokenState.LIVE);
                assertThat(store.sessions(token.mailbox(), NOW, 50, Optional.empty())
                                .items())
                        .isEmpty();
                assertThat(trail(token.mailbox()))
                        .filteredOn(e -> e.type() == AuditEvent.Type.REDEEMED)
                        .hasSize(redeemed);
                assertThat(trail(token.mailbox()))
                        .filteredOn(e -> e.type() == AuditEvent.Type.SESSION_ENDED)
                        .hasSize(redeemed);
                assertThat(redeem(token, session(token, NOW, NOW.plus(HOUR)))).isFalse();
            }
        }
    }

    @Test
    void revokeAll_takesTheLiveTokensAndAllOpenSessionsOfOneMailbox() {
        LoginToken live = issue(SessionType.NORMAL, "one");
        LoginToken unused = issue(SessionType.SSO, "two");
        LoginToken usedUp = issue(SessionType.SSO, "three");
        LoginToken expired = token(SessionType.NORMAL, NOW, NOW.plusSeconds(1));
        store.issue(expired, value("four"), true, issued(expired));
        LoginToken revoked = issue(SessionType.NORMAL, "five");
        store.revoke(revoked.id(), ending(NOW));
        LoginToken bobs = issue(bob, SessionType.NORMAL, "six");
        TokenSession fromLive = open(live, NOW, NOW.plus(HOUR));
        TokenSession fromUsedUp = open(usedUp, NOW.plusMillis(1), NOW.plus(HOUR));
        TokenSession ofBob = open(bobs, NOW, NOW.plus(HOUR));
        Ending ending = new Ending(NOW.plusSeconds(1), Optional.empty(), CLIENT, "password changed");

        store.revokeAll(alice, ending);
        store.revokeAll(alice, ending);

        Instant then = ending.at();
        assertThat(state(live, then)).isEqualTo(TokenState.REVOKED);
        assertThat(state(unused, then)).isEqualTo(TokenState.REVOKED);
        assertThat(state(usedUp, then)).isEqualTo(TokenState.USED);
        assertThat(state(expired, then)).isEqualTo(TokenState.EXPIRED);
        assertThat(state(bobs, then)).isEqualTo(TokenState.LIVE);
        assertThat(store.token(revoked.id()).orElseThrow().revokedAt()).contains(NOW);
        assertThat(store.session(ofBob.id())).contains(ofBob);
        assertThat(openAt(then)).isEmpty();
        assertAlike(trail(AuditEvent.Type.SESSION_ENDED), ending.ended(fromLive), ending.ended(fromUsedUp));
        assertAlike(
                trail(AuditEvent.Type.REVOKED).stream()
                        .filter(e -> !e.tokenId().equals(Optional.of(revoked.id())))
                        .toList(),
                ending.revoked(live),
                ending.revoked(unused));
    }

    @Test
    void revokeAll_atOnce_writesOneRowForEachToken() throws Exception {
        List<LoginToken> tokens = IntStream.range(0, 10)
                .mapToObj(i -> issue(SessionType.NORMAL, "secret " + i))
                .toList();
        List<TokenSession> sessions =
                tokens.stream().map(t -> open(t, NOW, NOW.plus(HOUR))).toList();
        try (Race race = new Race(THREADS)) {
            race.run(i -> {
                node(i).revokeAll(alice, ending(NOW));
                return true;
            });
        }
        assertThat(trail(AuditEvent.Type.REVOKED))
                .extracting(e -> e.tokenId().orElseThrow())
                .containsExactlyInAnyOrderElementsOf(
                        tokens.stream().map(LoginToken::id).toList());
        assertThat(trail(AuditEvent.Type.SESSION_ENDED)).hasSize(sessions.size());
        assertThat(openAt(NOW)).isEmpty();
    }

    // Visits

    @Test
    void visits_areEverySessionAndEveryUseAtAMailServer_newestFirst() {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        TokenSession past = open(token, NOW, NOW.plusSeconds(10));
        TokenSession ended = open(token, NOW.plusMillis(2), NOW.plus(HOUR));
        store.endSession(ended.id(), ending(NOW.plusSeconds(5)));
        TokenSession open = open(token, NOW.plusMillis(4), NOW.plus(HOUR));
        AuditEvent imap = mailLogin(token, NOW.plusMillis(1), "imap");
        AuditEvent many = mailLogin(token, NOW.plusMillis(3), "smtp").times(7);
        AuditEvent pop3 = mailLogin(token, NOW.plusMillis(5), "pop3");
        store.useFirst(token, imap.time(), imap);
        store.append(List.of(many));
        store.use(token, pop3.time(), Optional.of(pop3));
        // What belongs to a session, or to others, or tells of something else.
        store.append(List.of(
                AuditEvent.of(AuditEvent.Type.MAIL_LOGIN, NOW, CLIENT)
                        .about(open)
                        .because("imap: session"),
                AuditEvent.of(AuditEvent.Type.MAIL_LOGIN, NOW, CLIENT)
                        .about(alice)
                        .because("imap"),
                AuditEvent.of(AuditEvent.Type.REFUSED, NOW, CLIENT).about(token).because("imap"),
                AuditEvent.of(AuditEvent.Type.MAIL_LOGIN, NOW, CLIENT).because("flood")));
        LoginToken bobs = issue(bob, SessionType.NORMAL, "secret");
        open(bobs, NOW, NOW.plus(HOUR));
        store.useFirst(bobs, NOW, mailLogin(bobs, NOW, "imap"));
        Instant now = NOW.plusSeconds(10);

        List<Visit> visits = other.visits(alice, now, 10, Optional.empty()).items();

        assertThat(visits)
                .containsExactly(
                        Visit.of(pop3).orElseThrow(),
                        Visit.of(open, now),
                        Visit.of(many).orElseThrow(),
                        Visit.of(store.session(ended.id()).orElseThrow(), now),
                        Visit.of(imap).orElseThrow(),
                        Visit.of(past, now));
        assertThat(visits)
                .extracting(Visit::endedAt)
                .containsExactly(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(NOW.plusSeconds(5)),
                        Optional.empty(),
                        Optional.of(NOW.plusSeconds(10)));
        assertThat(visits).extracting(Visit::count).containsExactly(1, 1, 7, 1, 1, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 12, 13})
    void visits_inPages_comeOnceInOneOrder(int limit) {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        for (int i = 0; i < 6; i++) {
            // Two of either kind in the same millisecond.
            Instant then = NOW.plusMillis(i / 2);
            open(token, then, then.plus(HOUR));
            store.append(List.of(mailLogin(token, then, "imap")));
        }
        assertInPages(
                after -> store.visits(alice, NOW.plus(HOUR), limit, after), limit, 12, Visit::id, Visit::startedAt);
    }

    /** As long as the audit trail: the token is gone by then. */
    @Test
    void visits_stayUntilTheTrailIsPurged() {
        Instant old = NOW.minus(Duration.ofDays(60));
        LoginToken token = token(SessionType.NORMAL, old, old.plus(HOUR));
        store.issue(token, value("secret"), true, issued(token));
        TokenSession session = open(token, old, old.plus(HOUR));
        AuditEvent login = mailLogin(token, old, "imap");
        store.useFirst(token, old, login);

        purgeAll(NOW.minus(Duration.ofDays(30)), old);
        assertThat(store.token(token.id())).isEmpty();
        assertThat(store.visits(alice, NOW, 10, Optional.empty()).items())
                .containsExactlyInAnyOrder(
                        Visit.of(session, NOW), Visit.of(login).orElseThrow());

        purgeAll(NOW, NOW.minus(Duration.ofDays(30)));
        assertThat(store.visits(alice, NOW, 10, Optional.empty()).items()).isEmpty();
    }

    // Lists

    @Test
    void tokensOfDomains_areAllOfThemNewestFirst_whateverTheirState() {
        DomainName second = domain("e");
        DomainName third = domain("f");
        List<LoginToken> all = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            MailboxAddress mailbox = at(List.of(domain, second, third).get(i % 3), "m" + i % 2);
            LoginToken token = token(mailbox, SessionType.SSO, NOW.plusMillis(i), NOW.plus(HOUR));
            store.issue(token, keys.digests(mailbox, Secret.of("secret " + i)), false, issued(token));
            all.add(0, token);
        }
        store.revoke(all.get(8).id(), ending(NOW.plusSeconds(1)));
        List<UUID> wanted = all.stream()
                .filter(t -> !t.mailbox().domain().equals(third))
                .map(LoginToken::id)
                .toList();

        for (int limit : List.of(1, 2, 3, 5, 6, 7)) {
            List<UUID> read = new ArrayList<>();
            Optional<String> after = Optional.empty();
            do {
                Page<LoginToken> page = other.tokens(Set.of(domain, second), limit, after);
                assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
                page.items().forEach(t -> read.add(t.id()));
                after = page.next();
            } while (after.isPresent() && read.size() < ENDLESS);
            assertThat(read).as("in pages of %s", limit).isEqualTo(wanted);
        }
        assertThat(other.tokens(Set.of(domain), 10, Optional.empty()).items())
                .hasSize(3)
                .filteredOn(t -> t.revokedAt().isPresent())
                .extracting(LoginToken::id)
                .containsExactly(all.get(8).id());
        assertThat(other.tokens(Set.of(), 10, Optional.empty()).items()).isEmpty();
        assertThat(other.tokens(Set.of(domain("g")), 10, Optional.empty()).items())
                .isEmpty();
    }

    @Test
    void tokens_liveAt_leavesOutTheOthers() {
        LoginToken used = issue(SessionType.SSO, "one");
        redeem(used);
        LoginToken revoked = issue(SessionType.NORMAL, "two");
        store.revoke(revoked.id(), ending(NOW));
        LoginToken expired = token(SessionType.NORMAL, NOW.minusMillis(2), NOW.plusSeconds(1));
        store.issue(expired, value("three"), true, issued(expired));
        LoginToken older = token(SessionType.SSO_ADMIN, NOW.minusMillis(1), NOW.plus(HOUR));
        store.issue(older, value("four"), true, issued(older));
        LoginToken newer = token(SessionType.NORMAL, NOW.plusMillis(1), NOW.plus(HOUR));
        store.issue(newer, value("five"), true, issued(newer));

        assertThat(store.tokens(alice, Optional.of(NOW.plusSeconds(1)), 10, Optional.empty())
                        .items())
                .containsExactly(newer, older);
        assertThat(store.tokens(alice, Optional.of(NOW), 10, Optional.empty()).items())
                .containsExactly(newer, older, expired);
        assertThat(store.tokens(alice, Optional.empty(), 10, Optional.empty()).items())
                .hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6, 7})
    void lists_inPages_haveEveryRowOnceNewestFirst(int limit) {
        for (int i = 0; i < 6; i++) {
            // Pairs of the same millisecond: the order is any, but always the same.
            Instant then = NOW.plusMillis(i / 2);
            LoginToken token = token(SessionType.SSO, then, then.plus(HOUR));
            store.issue(token, value("secret " + i), true, issued(token));
            open(token, then, then.plus(HOUR));
        }
        Instant now = NOW.plusSeconds(1);

        assertInPages(
                after -> store.tokens(alice, Optional.empty(), limit, after),
                limit,
                6,
                LoginToken::id,
                LoginToken::issuedAt);
        assertInPages(
                after -> store.sessions(alice, now, limit, after), limit, 6, TokenSession::id, TokenSession::startedAt);
        assertInPages(after -> store.audit(query(domain), limit, after), limit, 12, AuditEvent::id, AuditEvent::time);
        assertThat(store.tokens(alice, Optional.of(now), limit, Optional.empty())
                        .items())
                .isEmpty();
    }

    @Test
    void lists_whileRowsAreAddedAndRemoved_loseAndRepeatNone() {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        List<UUID> there = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            there.add(open(token, NOW.plusMillis(i), NOW.plus(HOUR)).id());
        }
        List<UUID> seen = new ArrayList<>();
        Optional<String> after = Optional.empty();
        do {
            Page<TokenSession> page = store.sessions(alice, NOW, 2, after);
            page.items().forEach(s -> seen.add(s.id()));
            assertThat(seen).hasSizeLessThanOrEqualTo(there.size());
            after = page.next();
            // What the next page starts after is gone, and something newer has come.
            store.endSession(page.items().get(page.items().size() - 1).id(), ending(NOW));
            open(token, NOW.plusMillis(100 + seen.size()), NOW.plus(HOUR));
        } while (after.isPresent());
        Collections.reverse(there);
        assertThat(seen).isEqualTo(there);

        List<UUID> rows = trail().stream().map(AuditEvent::id).toList();
        List<UUID> read = new ArrayList<>();
        do {
            Page<AuditEvent> page = store.audit(query(domain), 4, after);
            page.items().forEach(e -> read.add(e.id()));
            assertThat(read).hasSizeLessThanOrEqualTo(rows.size());
            after = page.next();
            store.append(List.of(AuditEvent.of(AuditEvent.Type.REFUSED, NOW.plusSeconds(9), CLIENT)
                    .about(alice)));
        } while (after.isPresent());
        assertThat(read).isEqualTo(rows);
    }

    @Test
    void audit_readWhileManyWrite_losesAndRepeatsNone() throws Exception {
        List<AuditEvent> before = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            before.add(AuditEvent.of(AuditEvent.Type.REFUSED, NOW.plusMillis(i), CLIENT)
                    .about(alice));
        }
        store.append(before);
        AtomicBoolean done = new AtomicBoolean();
        try (Race race = new Race(5)) {
            List<List<UUID>> read = race.run(i -> {
                if (i == 0) {
                    List<UUID> ids = new ArrayList<>();
                    Optional<String> after = Optional.empty();
                    do {
                        Page<AuditEvent> page = store.audit(query(domain), 3, after);
                        page.items().forEach(e -> ids.add(e.id()));
                        assertThat(ids).hasSizeLessThan(ENDLESS);
                        after = page.next();
                    } while (after.isPresent());
                    done.set(true);
                    return ids;
                }
                for (int n = 0; n < 200 && !done.get(); n++) {
                    node(i).append(List.of(AuditEvent.of(AuditEvent.Type.REFUSED, NOW.plusSeconds(n + 1), CLIENT)
                            .about(alice)));
                }
                return List.<UUID>of();
            });
            assertThat(read.get(0)).doesNotHaveDuplicates();
            assertThat(read.get(0))
                    .containsAll(before.stream().map(AuditEvent::id).toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "-1", "0", "1-1-1-1-1", "' or 1=1 --", "\u0000", "\ud83d\ude00", "null"})
    void lists_afterWhatIsNoPosition_isAnIllegalArgument(String after) {
        issue(SessionType.NORMAL, "secret");
        Optional<String> bad = Optional.of(after);
        assertThatThrownBy(() -> store.tokens(alice, Optional.empty(), 5, bad))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.tokens(alice, Optional.of(NOW), 5, bad))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.sessions(alice, NOW, 5, bad)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.visits(alice, NOW, 5, bad)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.tokens(Set.of(domain), 5, bad)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.audit(query(domain), 5, bad)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lists_afterAVeryLongText_isAnIllegalArgument() {
        Optional<String> bad = Optional.of("9".repeat(100_000));
        assertThatThrownBy(() -> store.tokens(alice, Optional.empty(), 5, bad))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.audit(query(domain), 5, bad)).isInstanceOf(IllegalArgumentException.class);
    }

    // Administrators' sessions

    @Test
    void keep_adminSession_isFoundWhileItIsLive() {
        AdminSession session = new AdminSession(admin, "version \"1\"", NOW.plus(HOUR), Optional.empty());
        AuditEvent row = login();
        assertThat(store.keep(session, adminValue("s"), NOW, row)).isTrue();

        assertThat(other.findAdminSession(adminValue("s"), NOW)).contains(session);
        assertThat(other.findAdminSession(adminValue("s"), NOW.plus(HOUR).minusMillis(1)))
                .contains(session);
        assertThat(other.findAdminSession(adminValue("s"), NOW.plus(HOUR))).isEmpty();
        assertThat(other.findAdminSession(adminValue("S"), NOW)).isEmpty();
        assertThat(other.findAdminSession(keys.digests(bob, Secret.of("s")), NOW))
                .isEmpty();
        assertThat(other.findAdminSession(rotated.digests(admin, Secret.of("s")), NOW))
                .contains(session);
        assertThat(trail()).containsExactly(row);
    }

    @Test
    void keep_valueThatIsLive_isRefusedAndWritesNothing() {
        AdminSession first = new AdminSession(admin, "1", NOW.plus(HOUR), Optional.empty());
        AdminSession second = new AdminSession(admin, "2", NOW.plus(HOUR.multipliedBy(3)), Optional.empty());
        store.keep(first, adminValue("s"), NOW, login());

        assertThat(store.keep(second, adminValue("s"), NOW, login())).isFalse();
        assertThat(store.keep(second, rotated.digests(admin, Secret.of("s")), NOW, login()))
                .isFalse();
        assertThat(store.findAdminSession(adminValue("s"), NOW)).contains(first);
        assertThat(trail()).hasSize(1);

        assertThat(store.keep(second, adminValue("s"), NOW.plus(HOUR), login())).isTrue();
        assertThat(store.findAdminSession(adminValue("s"), NOW.plus(HOUR))).contains(second);
        assertThat(trail()).hasSize(2);
    }

    @Test
    void keep_afterRotation_keepsUnderTheNewestKey() {
        AdminSession session = new AdminSession(admin, "1", NOW.plus(HOUR), Optional.empty());
        assertThat(store.keep(session, rotated.digests(admin, Secret.of("s")), NOW, login()))
                .isTrue();
        assertThat(store.findAdminSession(new TokenKeys(List.of(SECOND_KEY)).digests(admin, Secret.of("s")), NOW))
                .contains(session);
        assertThat(store.findAdminSession(adminValue("s"), NOW)).isEmpty();
    }

    @Test
    void keep_sameValueForAnotherAdministrator_isKept() {
        AdminSession first = new AdminSession(admin, "1", NOW.plus(HOUR), Optional.empty());
        AdminSession second = new AdminSession(bob, "1", NOW.plus(HOUR), Optional.empty());
        assertThat(store.keep(first, adminValue("s"), NOW, login())).isTrue();
        assertThat(store.keep(second, keys.digests(bob, Secret.of("s")), NOW, login()))
                .isTrue();
        assertThat(store.findAdminSession(adminValue("s"), NOW)).contains(first);
    }

    @Test
    void keep_sameValueAtOnce_hasOneWinner() throws Exception {
        try (Race race = new Race(THREADS)) {
            for (int round = 0; round < 5 * ROUNDS; round++) {
                List<TokenDigest> value = adminValue("s" + round);
                List<Boolean> kept = race.run(i -> node(i).keep(
                                new AdminSession(admin, "v" + i, NOW.plus(HOUR), Optional.empty()),
                                value,
                                NOW,
                                login()));
                assertThat(Collections.frequency(kept, true)).isOne();
                assertThat(store.findAdminSession(value, NOW))
                        .map(AdminSession::passwordVersion)
                        .contains("v" + kept.indexOf(true));
                assertThat(trail()).hasSize(round + 1);
            }
        }
    }

    // The audit trail

    @ParameterizedTest
    @EnumSource(AuditEvent.Type.class)
    void append_rows_areReadAsTheyWereWritten(AuditEvent.Type type) {
        AuditEvent full = new AuditEvent(
                TimeOrderedId.next(NOW),
                NOW,
                type,
                Optional.of(alice),
                Optional.of(admin),
                Optional.of(UUID.randomUUID()),
                Optional.of(SessionType.ADMIN_ONLY),
                HARD_REASON,
                new Client("2001:db8:0:1:2:3:4:5", "\ud83d\ude00'\"\\".repeat(60)),
                "login_url: \"expired\" \\ %",
                Integer.MAX_VALUE);
        AuditEvent bare =
                AuditEvent.of(type, NOW.plusMillis(1), new Client("", "")).by(admin);
        store.append(List.of(full, bare));
        store.append(List.of());
        assertThat(trail(other, domain)).containsExactly(bare, full);
    }

    @Test
    void append_textThatNoDatabaseKeeps_isKeptSomehow() {
        AuditEvent row = AuditEvent.of(AuditEvent.Type.REFUSED, NOW, new Client("192.0.2.1", "a\0b\ud83d"))
                .about(alice)
                .with(SessionType.SSO, "nul \0 and half \udd11 a pair")
                .because("\0");
        store.append(List.of(row));
        assertThat(trail()).extracting(AuditEvent::id).containsExactly(row.id());
    }

    @Test
    void append_manyRows_areAllThere() {
        List<AuditEvent> rows = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            rows.add(
                    0,
                    AuditEvent.of(AuditEvent.Type.REFUSED, NOW.plusMillis(i), CLIENT)
                            .about(alice));
        }
        List<AuditEvent> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, new Random(1));
        store.append(shuffled);
        assertThat(trail()).isEqualTo(rows);
    }

    @Test
    void everyRow_isHandedToTheLogOnce() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("org.postern.audit");
        Level before = logger.getLevel();
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
        try {
            LoginToken single = issue(SessionType.SSO, "one");
            LoginToken normal = issue(SessionType.NORMAL, "two");
            LoginToken twin = token(SessionType.NORMAL, NOW, NOW.plus(HOUR));
            store.issue(twin, value("two"), true, issued(twin));
            List<TokenSession> sessions = sessions(single);
            try (Race race = new Race(THREADS)) {
                race.run(i -> redeem(node(i), single, sessions.get(i)));
            }
            open(normal, NOW, NOW.plusSeconds(1));
            TokenSession ended = open(normal, NOW, NOW.plus(HOUR));
            store.useFirst(normal, NOW, mailLogin(normal));
            store.useFirst(normal, NOW, mailLogin(normal));
            store.use(normal, NOW, Optional.of(mailLogin(normal)));
            store.endSession(ended.id(), ending(NOW));
            store.endSession(ended.id(), ending(NOW));
            store.append(List.of(refused().about(alice), refused().by(admin)));
            store.keep(new AdminSession(admin, "1", NOW.plus(HOUR), Optional.empty()), adminValue("s"), NOW, login());
            store.keep(new AdminSession(admin, "1", NOW.plus(HOUR), Optional.empty()), adminValue("s"), NOW, login());
            issue(SessionType.NORMAL, "three");
            noteAll(NOW.plusSeconds(1));
            store.revoke(normal.id(), ending(NOW.plusSeconds(1)));
            store.use(normal, NOW, Optional.of(mailLogin(normal)));
            store.revokeAll(alice, ending(NOW.plusSeconds(2)));
            issue(SessionType.NORMAL, "four");
            noteAll(NOW.plus(HOUR));
            noteAll(NOW.plus(HOUR));

            List<String> logged = List.copyOf(lines.list).stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .filter(line -> line.contains(domain.toString()))
                    .map(line -> line.replaceAll(".* id=(\\S+).*", "$1"))
                    .toList();
            assertThat(logged)
                    .hasSizeGreaterThan(15)
                    .containsExactlyInAnyOrderElementsOf(
                            trail().stream().map(e -> e.id().toString()).toList());
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(before);
        }
    }

    /** Append-only: whatever happens to tokens and sessions later, a row that was written stays as it is. */
    @Test
    void audit_rowsOnceWritten_stayAsTheyWere() {
        List<Runnable> steps = new ArrayList<>();
        LoginToken single = token(SessionType.SSO, NOW, NOW.plus(HOUR));
        LoginToken normal = token(SessionType.NORMAL, NOW, NOW.plus(HOUR));
        LoginToken brief = token(SessionType.NORMAL, NOW, NOW.plusSeconds(1));
        TokenSession session = session(normal, NOW, NOW.plus(HOUR));
        steps.add(() -> store.issue(single, value("one"), true, issued(single)));
        steps.add(() -> store.issue(normal, value("two"), true, issued(normal)));
        steps.add(() -> store.issue(brief, value("three"), true, issued(brief)));
        steps.add(() -> redeem(single));
        steps.add(() -> redeem(normal, session));
        steps.add(() -> store.use(normal, NOW, Optional.of(mailLogin(normal))));
        steps.add(() -> store.append(List.of(refused().about(alice))));
        steps.add(() -> store.endSession(session.id(), ending(NOW)));
        steps.add(() -> store.revoke(single.id(), ending(NOW)));
        steps.add(() -> noteAll(NOW.plusSeconds(1)));
        steps.add(() -> store.revokeAll(alice, ending(NOW.plusSeconds(2))));
        List<AuditEvent> before = trail();
        for (Runnable step : steps) {
            step.run();
            List<AuditEvent> after = trail();
            assertThat(after).hasSizeGreaterThan(before.size()).containsAll(before);
            before = after;
        }
        // Tokens go before the rows that tell of them.
        purgeAll(NOW.plus(Duration.ofDays(30)), NOW.minus(Duration.ofDays(1)));
        assertThat(store.token(single.id())).isEmpty();
        assertThat(trail()).isEqualTo(before);
    }

    @Test
    void audit_extremeTimes_areKeptAndAskedFor() {
        AuditEvent first =
                AuditEvent.of(AuditEvent.Type.REFUSED, Instant.EPOCH, CLIENT).about(alice);
        AuditEvent last = AuditEvent.of(AuditEvent.Type.REFUSED, Instant.parse("9999-12-31T23:59:59.999Z"), CLIENT)
                .about(alice);
        store.append(List.of(last, first));
        assertThat(trail()).containsExactly(last, first);
        assertThat(rows(query(domain, Optional.of(Instant.MIN), Optional.of(Instant.MAX))))
                .containsExactly(last, first);
        assertThat(rows(query(domain, Optional.of(Instant.MAX), Optional.empty())))
                .isEmpty();
        assertThat(rows(query(domain, Optional.empty(), Optional.of(Instant.MIN))))
                .isEmpty();
        assertThat(rows(query(
                        domain,
                        Optional.of(Instant.parse("0000-01-01T00:00:00Z")),
                        Optional.of(Instant.parse("9999-12-31T23:59:59.999999999Z")))))
                .containsExactly(last, first);
    }

    @Test
    void audit_sinceAndUntil_areFirstMomentInAndFirstMomentOut() {
        List<AuditEvent> rows = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            rows.add(AuditEvent.of(AuditEvent.Type.REFUSED, NOW.plusMillis(i), CLIENT)
                    .about(alice));
        }
        store.append(rows);
        assertThat(rows(query(domain, Optional.of(NOW.plusMillis(1)), Optional.of(NOW.plusMillis(3)))))
                .containsExactly(rows.get(2), rows.get(1));
        assertThat(rows(query(domain, Optional.of(NOW.plusMillis(2)), Optional.empty())))
                .containsExactly(rows.get(3), rows.get(2));
        assertThat(rows(query(domain, Optional.empty(), Optional.of(NOW)))).isEmpty();
        assertThat(rows(query(domain, Optional.of(NOW.plusMillis(3)), Optional.of(NOW.plusMillis(1)))))
                .isEmpty();
    }

    @Test
    void audit_rowsOfOtherDomains_areNeverShown() {
        DomainName foreign = domain("x");
        DomainName longer = DomainName.parse("evil" + domain).orElseThrow();
        DomainName below = DomainName.parse("sub." + domain).orElseThrow();
        AuditEvent ours = refused().about(alice).by(at(foreign, "their-admin"));
        AuditEvent oursByAdmin = refused().by(admin);
        AuditEvent theirs = refused().about(at(foreign, "alice")).by(admin);
        store.append(List.of(
                ours,
                oursByAdmin,
                theirs,
                refused().about(at(longer, "alice")),
                refused().about(at(below, "alice")),
                refused()));

        assertThat(trail()).containsExactlyInAnyOrder(ours, oursByAdmin);
        assertThat(trail(store, foreign)).containsExactly(theirs);
        assertThat(rows(new AuditQuery(
                        Set.of(domain, foreign),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())))
                .containsExactlyInAnyOrder(ours, oursByAdmin, theirs);
        assertThat(rows(new AuditQuery(
                        Set.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())))
                .isEmpty();
        assertThat(rows(new AuditQuery(
                        Set.of(domain),
                        theirs.mailbox(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())))
                .isEmpty();
    }

    @Test
    void audit_allThatIsAsked_mustApply() {
        AuditEvent one = refused().about(alice).by(admin);
        AuditEvent two = refused().about(bob).by(admin);
        AuditEvent three = AuditEvent.of(AuditEvent.Type.PASSWORD_CHECKED, NOW, CLIENT)
                .about(alice)
                .by(bob);
        store.append(List.of(one, two, three));
        Optional<AuditEvent.Type> refusedType = Optional.of(AuditEvent.Type.REFUSED);

        assertThat(rows(query(Optional.of(alice), Optional.empty(), Optional.empty())))
                .containsExactlyInAnyOrder(one, three);
        assertThat(rows(query(Optional.empty(), Optional.of(admin), Optional.empty())))
                .containsExactlyInAnyOrder(one, two);
        assertThat(rows(query(Optional.empty(), Optional.empty(), refusedType))).containsExactlyInAnyOrder(one, two);
        assertThat(rows(query(Optional.of(alice), Optional.of(admin), refusedType)))
                .containsExactly(one);
        assertThat(rows(query(Optional.of(alice), Optional.of(bob), refusedType)))
                .isEmpty();
        assertThat(rows(query(Optional.of(admin), Optional.empty(), Optional.empty())))
                .isEmpty();
    }

    private AuditPeriod period(Instant... edges) {
        return new AuditPeriod(Set.of(domain), List.of(edges));
    }

    private static AuditEvent token(AuditEvent.Type type, Instant at, MailboxAddress mailbox, MailboxAddress by) {
        return AuditEvent.of(type, at, CLIENT)
                .about(mailbox)
                .by(by)
                .with(SessionType.SSO, "a reason")
                .because(type.apiName() + ": not asked for");
    }

    private AuditEvent issued(Instant at, MailboxAddress by) {
        return token(AuditEvent.Type.ISSUED, at, alice, by);
    }

    private AuditEvent refused(AuditEvent.Type type, String detail) {
        return AuditEvent.of(type, NOW, CLIENT).about(alice).because(detail);
    }

    @Test
    void count_ofNothing_isNought() {
        AuditCounts nothing = store.count(period(NOW, NOW.plus(HOUR), NOW.plus(HOUR.multipliedBy(2))));
        assertThat(nothing.buckets()).containsExactly(NO_BUCKET, NO_BUCKET);
        assertThat(nothing)
                .isEqualTo(new AuditCounts(
                        nothing.buckets(), Map.of(), List.of(), 0, new AuditCounts.Tokens(0, 0), List.of()));

        store.append(List.of(issued(NOW, admin)));
        assertThat(store.count(new AuditPeriod(Set.of(), List.of(NOW, NOW.plus(HOUR)))))
                .isEqualTo(new AuditCounts(
                        List.of(NO_BUCKET), Map.of(), List.of(), 0, new AuditCounts.Tokens(0, 0), List.of()));
    }

    @Test
    void count_rowAtAnEdge_isInTheBucketThatBeginsThere() {
        Instant first = NOW.truncatedTo(java.time.temporal.ChronoUnit.HOURS);
        // As a day of 23 hours, one of 25, and one of 24.
        Instant second = first.plus(HOUR.multipliedBy(23));
        Instant third = second.plus(HOUR.multipliedBy(25));
        Instant end = third.plus(HOUR.multipliedBy(24));
        List<AuditEvent> rows = new ArrayList<>();
        for (Instant edge : List.of(first, second, third, end)) {
            rows.add(issued(edge.minusMillis(1), admin));
            rows.add(issued(edge, admin).times(10));
            rows.add(token(AuditEvent.Type.REDEEMED, edge.plusMillis(1), alice, admin));
        }
        store.append(rows);

        AuditCounts counts = other.count(period(first, second, third, end));
        assertThat(counts.buckets()).hasSize(3).containsOnly(new AuditCounts.Bucket(11, 1, 0, 0));
        assertThat(counts.administrators())
                .containsExactly(new AuditCounts.ByAdministrator(admin, new AuditCounts.Tokens(33, 3)));
        assertThat(store.count(period(end, end.plusMillis(1))).buckets())
                .containsExactly(new AuditCounts.Bucket(10, 0, 0, 0));
    }

    @Test
    void count_rowThatStandsForMany_countsAsMany() {
        store.append(List.of(
                refused(AuditEvent.Type.REFUSED, "imap: unknown").times(Integer.MAX_VALUE),
                refused(AuditEvent.Type.REFUSED, "imap: unknown").times(Integer.MAX_VALUE),
                refused(AuditEvent.Type.REFUSED, "login_url: unknown"),
                refused(AuditEvent.Type.REFUSED, "login_url: used").times(2),
                refused(AuditEvent.Type.REFUSED, "smtp: expired").times(2),
                refused(AuditEvent.Type.REFUSED, "oma: bad token"),
                refused(AuditEvent.Type.REFUSED, ""),
                refused(AuditEvent.Type.ISSUE_REFUSED, "never upward").by(admin).times(7),
                refused(AuditEvent.Type.ISSUE_REFUSED, "imap: used")));

        AuditCounts counts = store.count(period(NOW, NOW.plusMillis(1)));
        long unknown = 2L * Integer.MAX_VALUE + 1;
        assertThat(counts.buckets()).containsExactly(new AuditCounts.Bucket(0, 0, unknown + 6, 8));
        assertThat(counts.refusals())
                .containsExactly(
                        new AuditCounts.Refusals(AuditEvent.Type.REFUSED, "unknown", unknown),
                        new AuditCounts.Refusals(AuditEvent.Type.ISSUE_REFUSED, "never upward", 7),
                        new AuditCounts.Refusals(AuditEvent.Type.REFUSED, "expired", 2),
                        new AuditCounts.Refusals(AuditEvent.Type.REFUSED, "used", 2),
                        new AuditCounts.Refusals(AuditEvent.Type.ISSUE_REFUSED, "used", 1),
                        new AuditCounts.Refusals(AuditEvent.Type.REFUSED, "", 1),
                        new AuditCounts.Refusals(AuditEvent.Type.REFUSED, "oma: bad token", 1));
        assertThat(counts.administrators()).isEmpty();
        assertThat(counts.types()).isEmpty();
    }

    @Test
    void count_administrators_namesTenAndAddsUpTheOthers() {
        DomainName foreign = domain("x");
        List<AuditEvent> rows = new ArrayList<>();
        for (int i = 0; i < 13; i++) {
            // Nobody knows whether they are still there; two issued as much as each other.
            MailboxAddress by = at(i == 5 ? foreign : domain, "a" + i);
            rows.add(issued(NOW, by).times(100 - i / 2));
            rows.add(token(AuditEvent.Type.REDEEMED, NOW, bob, by).times(i));
        }
        rows.add(AuditEvent.of(AuditEvent.Type.ISSUED, NOW, CLIENT).about(alice));
        rows.add(refused(AuditEvent.Type.REFUSED, "imap: used").by(at(domain, "refused-only")));
        Collections.shuffle(rows, new Random(1));
        store.append(rows);

        AuditCounts counts = store.count(period(NOW, NOW.plusMillis(1)));
        assertThat(counts.administrators())
                .extracting(a -> a.administrator().local() + ' ' + a.tokens().issued())
                .containsExactly(
                        "a1 100", "a0 100", "a3 99", "a2 99", "a5 98", "a4 98", "a7 97", "a6 97", "a9 96", "a8 96");
        assertThat(counts.administrators().get(0).tokens().redeemed()).isEqualTo(1);
        assertThat(counts.others()).isEqualTo(3);
        assertThat(counts.ofOthers()).isEqualTo(new AuditCounts.Tokens(95 + 95 + 94, 10 + 11 + 12));
        assertThat(counts.buckets()).containsExactly(new AuditCounts.Bucket(1264 + 1, 78, 1, 0));
        assertThat(counts.types()).containsExactly(Map.entry(SessionType.SSO, new AuditCounts.Tokens(1264, 78)));
    }

    @Test
    void count_byType_isOfWhatWasIssuedAndRedeemed() {
        LoginToken single = issue(SessionType.SSO, "one");
        LoginToken normal = issue(SessionType.NORMAL, "two");
        redeem(single);
        redeem(normal);
        redeem(normal);
        issue(bob, SessionType.ADMIN_ONLY, "three");
        store.use(normal, NOW, Optional.of(mailLogin(normal)));
        store.revoke(normal.id(), ending(NOW));
        store.append(List.of(refused(AuditEvent.Type.REFUSED, "imap: revoked").about(normal)));

        AuditCounts counts = other.count(period(NOW, NOW.plusMillis(1)));
        assertThat(counts.types())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        SessionType.SSO, new AuditCounts.Tokens(1, 1),
                        SessionType.NORMAL, new AuditCounts.Tokens(1, 2),
                        SessionType.ADMIN_ONLY, new AuditCounts.Tokens(1, 0)));
        assertThat(counts.buckets()).containsExactly(new AuditCounts.Bucket(3, 3, 1, 0));
    }

    @Test
    void count_rowsOfOtherDomains_areNeverCounted() {
        DomainName foreign = domain("x");
        DomainName below = DomainName.parse("sub." + domain).orElseThrow();
        store.append(List.of(
                token(AuditEvent.Type.ISSUED, NOW, at(foreign, "alice"), admin),
                token(AuditEvent.Type.ISSUED, NOW, at(below, "alice"), admin),
                AuditEvent.of(AuditEvent.Type.REFUSED, NOW, CLIENT)
                        .because("flood")
                        .times(1000),
                refused().by(admin).because("oma: missing user")));

        assertThat(store.count(period(NOW, NOW.plusMillis(1))).buckets())
                .containsExactly(new AuditCounts.Bucket(0, 0, 1, 0));
        assertThat(store.count(new AuditPeriod(Set.of(domain, foreign), List.of(NOW, NOW.plusMillis(1))))
                        .buckets())
                .containsExactly(new AuditCounts.Bucket(1, 0, 1, 0));
    }

    @Test
    void count_inManyBuckets_isWhatTheRowsSay() {
        Random random = new Random(7);
        List<Instant> edges = IntStream.rangeClosed(0, 31)
                .mapToObj(i -> NOW.plus(Duration.ofDays(i)))
                .toList();
        AuditPeriod period = new AuditPeriod(Set.of(domain), edges);
        long[] expected = new long[31];
        List<AuditEvent> rows = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Instant at = NOW.plusMillis(
                            (long) (random.nextDouble() * Duration.ofDays(33).toMillis()))
                    .minus(Duration.ofDays(1));
            int times = 1 + random.nextInt(3);
            rows.add(issued(at, admin).times(times));
            for (int b = 0; b < 31; b++) {
                expected[b] += !at.isBefore(edges.get(b)) && at.isBefore(edges.get(b + 1)) ? times : 0;
            }
        }
        store.append(rows);

        assertThat(store.count(period).buckets().stream()
                        .mapToLong(AuditCounts.Bucket::issued)
                        .toArray())
                .containsExactly(expected);
    }

    @Test
    void period_withoutBucket_outOfOrderOrTooLong_isNone() {
        for (List<Instant> edges : List.of(
                List.<Instant>of(),
                List.of(NOW),
                List.of(NOW, NOW),
                List.of(NOW.plus(HOUR), NOW),
                List.of(NOW, NOW.plus(Duration.ofDays(31)).plusMillis(1)))) {
            assertThatThrownBy(() -> new AuditPeriod(Set.of(domain), edges))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    // Expiry

    @Test
    void noteExpired_tellsOfEachTokenOnce() {
        LoginToken unused = issue(SessionType.SSO, "one");
        LoginToken normal = issue(SessionType.NORMAL, "two");
        store.use(normal, NOW, Optional.empty());
        LoginToken usedUp = issue(SessionType.SSO, "three");
        redeem(usedUp);
        LoginToken revoked = issue(SessionType.NORMAL, "four");
        store.revoke(revoked.id(), ending(NOW));
        LoginToken live = token(SessionType.NORMAL, NOW, NOW.plus(HOUR).plusMillis(1));
        store.issue(live, value("five"), true, issued(live));
        Instant end = NOW.plus(HOUR);

        noteAll(end.minusMillis(1));
        assertThat(trail(AuditEvent.Type.EXPIRED)).isEmpty();
        assertThat(noteAll(end)).isGreaterThanOrEqualTo(2);
        assertThat(noteAll(end)).isZero();
        noteAll(NOW);
        assertThat(noteAll(end)).isZero();

        List<AuditEvent> rows = trail(AuditEvent.Type.EXPIRED);
        assertThat(rows).extracting(e -> e.tokenId().orElseThrow()).containsExactlyInAnyOrder(unused.id(), normal.id());
        assertThat(rows).allSatisfy(e -> {
            assertThat(e.time()).isEqualTo(end);
            assertThat(e.mailbox()).contains(alice);
            assertThat(e.administrator()).contains(admin);
            assertThat(e.sessionType()).isPresent();
            assertThat(e.reason()).isEqualTo(unused.reason());
            assertThat(e.count()).isOne();
        });
        noteAll(end.plusMillis(1));
        assertThat(trail(AuditEvent.Type.EXPIRED)).hasSize(3);
        assertThat(store.token(unused.id())).contains(unused);
    }

    @Test
    void noteExpired_tellsWhereSomethingMayBeOpen() {
        LoginToken unused = issue(SessionType.NORMAL, "one");
        // Other tests' mailboxes are in the same database.
        Set<MailboxAddress> all = new HashSet<>();
        Supplier<Set<MailboxAddress>> told = () -> all.contains(alice) ? Set.of(alice) : Set.of();
        store.noteExpired(NOW.plus(HOUR), ENDLESS, all::add);
        assertThat(told.get()).isEmpty();
        assertThat(store.token(unused.id()).orElseThrow().state(NOW.plus(HOUR))).isEqualTo(TokenState.EXPIRED);

        LoginToken atMail = issue(SessionType.NORMAL, "two");
        store.use(atMail, NOW, Optional.empty());
        store.noteExpired(NOW.plus(HOUR), ENDLESS, all::add);
        assertThat(told.get()).containsExactly(alice);

        all.clear();
        open(issue(SessionType.NORMAL, "three"), NOW, NOW.plusSeconds(10));
        store.noteExpired(NOW.plusSeconds(10), ENDLESS, all::add);
        assertThat(told.get()).containsExactly(alice);
        all.clear();
        store.noteExpired(NOW.plusSeconds(10), ENDLESS, all::add);
        assertThat(told.get()).isEmpty();
    }

    @Test
    void noteExpired_endsSessionsWhoseTimeIsOver_once() {
        LoginToken token = issue(SessionType.NORMAL, "secret");
        TokenSession over = open(token, NOW, NOW.plusSeconds(10));
        TokenSession ended = open(token, NOW, NOW.plusSeconds(10));
        store.endSession(ended.id(), ending(NOW.plusSeconds(1)));
        TokenSession open = open(token, NOW, NOW.plusSeconds(11));
        Instant then = NOW.plusSeconds(10);

        noteAll(then.minusMillis(1));
        assertThat(trail(AuditEvent.Type.SESSION_ENDED)).hasSize(1);
        assertThat(noteAll(then)).isGreaterThanOrEqualTo(1);
        assertThat(noteAll(then)).isZero();

        List<AuditEvent> rows = trail(AuditEvent.Type.SESSION_ENDED).stream()
                .filter(e -> e.time().equals(then))
                .toList();
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).mailbox()).contains(alice);
        assertThat(rows.get(0).tokenId()).contains(token.id());
        assertThat(rows.get(0).sessionType()).contains(SessionType.NORMAL);
        assertThat(trail(AuditEvent.Type.SESSION_ENDED)).hasSize(2);
        assertThat(store.session(over.id()).orElseThrow().endedAt()).isPresent();
        assertThat(store.session(ended.id()).orElseThrow().endedAt()).contains(NOW.plusSeconds(1));
        assertThat(store.session(open.id())).contains(open);
        assertThat(openAt(NOW)).containsExactly(open);
        assertThat(store.endSession(over.id(), ending(NOW))).isFalse();
    }

    @Test
    void noteExpired_inSmallBatches_findsAll() {
        for (int i = 0; i < 7; i++) {
            LoginToken token = issue(SessionType.NORMAL, "secret " + i);
            open(token, NOW, NOW.plusSeconds(i));
        }
        int found = 0;
        int batch;
        do {
            batch = store.noteExpired(NOW.plus(HOUR), 2, open -> {});
            found += batch;
            assertThat(found).as("an end").isLessThan(ENDLESS);
        } while (batch >= 2);
        assertThat(found).isGreaterThanOrEqualTo(14);
        assertThat(trail(AuditEvent.Type.EXPIRED)).hasSize(7);
        assertThat(trail(AuditEvent.Type.SESSION_ENDED)).hasSize(7);
    }

    @Test
    void noteExpired_onManyNodesAtOnce_tellsOnce() throws Exception {
        for (int i = 0; i < 40; i++) {
            LoginToken token = issue(SessionType.NORMAL, "secret " + i);
            open(token, NOW, NOW.plusSeconds(1));
        }
        try (Race race = new Race(8)) {
            race.run(i -> node(i).noteExpired(NOW.plus(HOUR), 100, open -> {}));
        }
        noteAll(NOW.plus(HOUR));
        assertThat(trail(AuditEvent.Type.EXPIRED))
                .hasSize(40)
                .extracting(AuditEvent::tokenId)
                .doesNotHaveDuplicates();
        assertThat(trail(AuditEvent.Type.SESSION_ENDED))
                .hasSize(40)
                .extracting(AuditEvent::tokenId)
                .doesNotHaveDuplicates();
    }

    // Purge

    @Test
    void purge_removesWhatIsOld_andLeavesTheRest() {
        Instant old = NOW.minus(Duration.ofDays(60));
        LoginToken oldToken = token(SessionType.SSO, old, old.plus(HOUR));
        store.issue(oldToken, value("old"), true, issued(oldToken));
        TokenSession oldSession = session(oldToken, old, old.plus(HOUR));
        store.redeem(oldToken, oldSession, credential("pss_old"), redeemed(oldToken, oldSession));
        LoginToken passed = token(SessionType.SSO, old, old.plus(HOUR));
        store.issue(passed, value("passed"), true, issued(passed));
        TokenSession stillOpen = session(passed, old, NOW.plus(HOUR));
        store.redeem(passed, stillOpen, credential("pss_open"), redeemed(passed, stillOpen));
        LoginToken longLived = token(SessionType.NORMAL, old, NOW.plus(HOUR));
        store.issue(longLived, value("long"), true, issued(longLived));
        LoginToken recent = token(SessionType.NORMAL, NOW.minus(HOUR), NOW.minusSeconds(1));
        store.issue(recent, value("recent"), true, issued(recent));
        store.keep(new AdminSession(admin, "1", old.plus(HOUR), Optional.empty()), adminValue("old"), old, login());
        AdminSession adminSession = new AdminSession(admin, "1", NOW.plus(HOUR), Optional.empty());
        store.keep(adminSession, adminValue("new"), NOW, login());
        Set<UUID> oldRows = new HashSet<>();
        Set<UUID> newRows = new HashSet<>();
        trail().forEach(e -> (e.time().isBefore(NOW.minus(Duration.ofDays(20))) ? oldRows : newRows).add(e.id()));
        assertThat(oldRows).hasSize(5);
        assertThat(newRows).hasSize(3);

        // Nothing is old yet.
        purgeAll(old.minus(Duration.ofDays(2)), old.minus(Duration.ofDays(2)));
        assertThat(store.token(oldToken.id())).isPresent();
        assertThat(trail()).hasSize(8);

        assertThat(purgeAll(NOW.minus(Duration.ofDays(30)), old.minus(Duration.ofDays(2))))
                .isGreaterThanOrEqualTo(3);
        assertThat(store.token(oldToken.id())).isEmpty();
        assertThat(store.find(value("old"), NOW)).isEmpty();
        assertThat(store.find(value("old"), old)).isEmpty();
        assertThat(store.token(passed.id())).isEmpty();
        assertThat(store.session(oldSession.id())).as("its owner may look").contains(oldSession);
        assertThat(store.findSession(credential("pss_old"))).contains(oldSession);
        assertThat(store.findAdminSession(adminValue("old"), old)).isEmpty();
        assertThat(trail()).hasSize(8);

        purgeAll(NOW.minus(Duration.ofDays(30)), NOW.minus(Duration.ofDays(30)));
        assertThat(trail()).extracting(AuditEvent::id).containsExactlyInAnyOrderElementsOf(newRows);
        assertThat(store.session(oldSession.id())).isEmpty();
        assertThat(store.findSession(credential("pss_old"))).isEmpty();

        assertThat(store.find(value("long"), NOW)).contains(longLived);
        assertThat(store.find(value("recent"), NOW)).contains(recent);
        assertThat(store.session(stillOpen.id())).contains(stillOpen);
        assertThat(store.findSession(credential("pss_open"))).contains(stillOpen);
        assertThat(openAt(NOW)).containsExactly(stillOpen);
        assertThat(store.findAdminSession(adminValue("new"), NOW)).contains(adminSession);
        assertThat(redeem(longLived)).isTrue();
        assertThat(redeem(oldToken)).isFalse();
        assertThat(store.endSession(stillOpen.id(), ending(NOW))).isTrue();
        LoginToken again = token(SessionType.SSO, NOW, NOW.plus(HOUR));
        assertThat(store.issue(again, value("old"), true, issued(again))).isTrue();
        assertThat(store.find(value("old"), NOW)).contains(again);
    }

    @Test
    void purge_againstRedeem_neitherFails() throws Exception {
        Instant old = NOW.minus(Duration.ofDays(60));
        List<LoginToken> live = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            LoginToken token = token(SessionType.NORMAL, old, old.plus(HOUR));
            store.issue(token, value("old " + i), true, issued(token));
            live.add(issue(SessionType.SSO, "live " + i));
        }
        try (Race race = new Race(8)) {
            race.run(i -> {
                if (i < 2) {
                    node(i).purge(NOW.minus(Duration.ofDays(30)), NOW.minus(Duration.ofDays(30)), 3);
                } else {
                    live.forEach(t -> redeem(node(i), t, session(t, NOW, NOW.plus(HOUR))));
                }
                return true;
            });
        }
        assertThat(live)
                .allSatisfy(t ->
                        assertThat(store.token(t.id()).orElseThrow().uses()).isOne());
        assertThat(trail(AuditEvent.Type.REDEEMED)).hasSize(live.size());
    }

    // What the tests are made of

    private static DomainName domain(String start) {
        String random = UUID.randomUUID().toString().replace("-", "");
        return DomainName.parse(start + random + ".example").orElseThrow();
    }

    private MailboxAddress address(String local) {
        return at(domain, local);
    }

    private static MailboxAddress at(DomainName domain, String local) {
        return MailboxAddress.parse(local + '@' + domain).orElseThrow();
    }

    private List<TokenDigest> value(String secret) {
        return keys.digests(alice, Secret.of(secret));
    }

    private List<TokenDigest> credential(String secret) {
        return keys.digests(alice, Secret.of(secret));
    }

    private List<TokenDigest> adminValue(String secret) {
        return keys.digests(admin, Secret.of(secret));
    }

    private TokenStore node(int thread) {
        return thread % 2 == 0 ? store : other;
    }

    private LoginToken token(SessionType type, Instant issuedAt, Instant expiresAt) {
        return token(alice, type, issuedAt, expiresAt);
    }

    private LoginToken token(MailboxAddress mailbox, SessionType type, Instant issuedAt, Instant expiresAt) {
        return new LoginToken(
                TimeOrderedId.next(issuedAt),
                mailbox,
                type,
                admin,
                "Ticket 4711",
                Optional.empty(),
                false,
                false,
                Approval.NONE,
                issuedAt,
                expiresAt,
                0,
                0,
                Optional.empty(),
                Optional.empty());
    }

    private LoginToken issue(SessionType type, String secret) {
        return issue(alice, type, secret);
    }

    /** A token that lives for an hour from now. */
    private LoginToken issue(MailboxAddress mailbox, SessionType type, String secret) {
        LoginToken token = token(mailbox, type, NOW, NOW.plus(HOUR));
        assertThat(store.issue(token, keys.digests(mailbox, Secret.of(secret)), true, issued(token)))
                .isTrue();
        return token;
    }

    /** Brings a token out of life; returns the moment at which it is so. */
    private Instant bring(LoginToken token, TokenState state) {
        switch (state) {
            case USED -> redeem(token);
            case REVOKED -> store.revoke(token.id(), ending(NOW));
            case EXPIRED -> {
                return token.expiresAt();
            }
            case LIVE, PENDING -> throw new IllegalArgumentException("it is not over");
        }
        return NOW;
    }

    private TokenSession session(LoginToken token, Instant startedAt, Instant endsAt) {
        return new TokenSession(
                TimeOrderedId.next(startedAt),
                token.id(),
                token.mailbox(),
                token.type(),
                token.issuer(),
                token.reason(),
                Optional.empty(),
                false,
                startedAt,
                endsAt,
                Optional.empty(),
                CLIENT);
    }

    private List<TokenSession> sessions(LoginToken token) {
        return IntStream.range(0, THREADS)
                .mapToObj(i -> session(token, NOW, NOW.plus(HOUR)))
                .toList();
    }

    private TokenSession open(LoginToken token, Instant startedAt, Instant endsAt) {
        TokenSession session = session(token, startedAt, endsAt);
        assertThat(redeem(token, session)).isTrue();
        return session;
    }

    private boolean redeem(LoginToken token) {
        return redeem(token, session(token, NOW, NOW.plus(HOUR)));
    }

    private boolean redeem(LoginToken token, TokenSession session) {
        return redeem(store, token, session);
    }

    private boolean redeem(TokenStore node, LoginToken token, TokenSession session) {
        Secret credential = Secret.of("pss_" + session.id());
        return node.redeem(token, session, keys.digests(token.mailbox(), credential), redeemed(token, session));
    }

    private Ending ending(Instant at) {
        return new Ending(at, Optional.of(admin), CLIENT, "test");
    }

    private static AuditEvent issued(LoginToken token) {
        return AuditEvent.of(AuditEvent.Type.ISSUED, token.issuedAt(), CLIENT).about(token);
    }

    private static AuditEvent redeemed(LoginToken token, TokenSession session) {
        return AuditEvent.of(AuditEvent.Type.REDEEMED, session.startedAt(), CLIENT)
                .about(token);
    }

    private static AuditEvent mailLogin(LoginToken token) {
        return AuditEvent.of(AuditEvent.Type.MAIL_LOGIN, NOW, CLIENT).about(token);
    }

    private static AuditEvent mailLogin(LoginToken token, Instant then, String protocol) {
        return AuditEvent.of(AuditEvent.Type.MAIL_LOGIN, then, CLIENT)
                .about(token)
                .because(protocol);
    }

    private AuditEvent login() {
        return AuditEvent.of(AuditEvent.Type.ADMIN_LOGIN, NOW, CLIENT).by(admin);
    }

    private static AuditEvent refused() {
        return AuditEvent.of(AuditEvent.Type.REFUSED, NOW, CLIENT);
    }

    private TokenState state(LoginToken token, Instant now) {
        return store.token(token.id()).orElseThrow().state(now);
    }

    private List<TokenSession> openAt(Instant now) {
        return store.sessions(alice, now, 100, Optional.empty()).items();
    }

    private int noteAll(Instant now) {
        int found = 0;
        int batch;
        do {
            batch = store.noteExpired(now, 100, open -> {});
            found += batch;
            assertThat(found).as("an end").isLessThan(ENDLESS);
        } while (batch >= 100);
        return found;
    }

    private int purgeAll(Instant tokensBefore, Instant auditBefore) {
        int gone = 0;
        int batch;
        do {
            batch = store.purge(tokensBefore, auditBefore, 2);
            gone += batch;
            assertThat(gone).as("an end").isLessThan(ENDLESS);
        } while (batch >= 2);
        return gone;
    }

    private static AuditQuery query(DomainName domain) {
        return query(domain, Optional.empty(), Optional.empty());
    }

    private static AuditQuery query(DomainName domain, Optional<Instant> since, Optional<Instant> until) {
        return new AuditQuery(Set.of(domain), Optional.empty(), Optional.empty(), Optional.empty(), since, until);
    }

    private AuditQuery query(
            Optional<MailboxAddress> mailbox, Optional<MailboxAddress> administrator, Optional<AuditEvent.Type> type) {
        return new AuditQuery(Set.of(domain), mailbox, administrator, type, Optional.empty(), Optional.empty());
    }

    private List<AuditEvent> rows(AuditQuery query) {
        return store.audit(query, 5000, Optional.empty()).items();
    }

    /** The rows of this test's domain, newest first. */
    private List<AuditEvent> trail() {
        return trail(store, domain);
    }

    private static List<AuditEvent> trail(TokenStore node, DomainName domain) {
        return node.audit(query(domain), 5000, Optional.empty()).items();
    }

    private List<AuditEvent> trail(AuditEvent.Type type) {
        return rows(query(Optional.empty(), Optional.empty(), Optional.of(type)));
    }

    private List<AuditEvent> trail(MailboxAddress mailbox) {
        return trail(store, mailbox);
    }

    private List<AuditEvent> trail(TokenStore node, MailboxAddress mailbox) {
        return node.audit(query(Optional.of(mailbox), Optional.empty(), Optional.empty()), 5000, Optional.empty())
                .items();
    }

    private long ended(TokenSession session) {
        return count(session.mailbox(), AuditEvent.Type.SESSION_ENDED, session.tokenId());
    }

    private long revoked(LoginToken token) {
        return count(token.mailbox(), AuditEvent.Type.REVOKED, token.id());
    }

    private long count(MailboxAddress mailbox, AuditEvent.Type type, UUID token) {
        return trail(mailbox).stream()
                .filter(e -> e.type() == type && e.tokenId().equals(Optional.of(token)))
                .count();
    }

    /** The rows are these, in any order, whatever their ids. */
    private static void assertAlike(List<AuditEvent> rows, AuditEvent... expected) {
        UUID none = new UUID(0, 0);
        assertThat(rows.stream().map(e -> withId(e, none)))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(expected).map(e -> withId(e, none)).toList());
        assertThat(rows).extracting(AuditEvent::id).doesNotHaveDuplicates();
        assertThat(rows).allSatisfy(e -> assertThat(TimeOrderedId.time(e.id())).isEqualTo(e.time()));
    }

    private static AuditEvent withId(AuditEvent e, UUID id) {
        return new AuditEvent(
                id,
                e.time(),
                e.type(),
                e.mailbox(),
                e.administrator(),
                e.tokenId(),
                e.sessionType(),
                e.reason(),
                e.client(),
                e.detail(),
                e.count());
    }

    private static <T> void assertInPages(
            Function<Optional<String>, Page<T>> list,
            int limit,
            int all,
            Function<T, UUID> id,
            Function<T, Instant> time) {
        List<T> rows = new ArrayList<>();
        Page<T> page = list.apply(Optional.empty());
        while (page.next().isPresent()) {
            assertThat(page.items()).hasSize(limit);
            rows.addAll(page.items());
            assertThat(rows).hasSizeLessThan(all);
            page = list.apply(page.next());
        }
        rows.addAll(page.items());
        assertThat(rows).hasSize(all);
        assertThat(rows.stream().map(id)).doesNotHaveDuplicates();
        List<Instant> times = rows.stream().map(time).toList();
        assertThat(times).isSortedAccordingTo(Comparator.reverseOrder());
    }
}
