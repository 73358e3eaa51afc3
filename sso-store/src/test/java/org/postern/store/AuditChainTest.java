package org.postern.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.AuditEvent;
import org.postern.core.LoginToken;
import org.postern.core.SessionType;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Settings;
import org.postern.core.spi.AuditCheck;
import org.postern.core.spi.AuditCheck.Finding;
import org.postern.core.spi.AuditCheck.Kind;
import org.slf4j.LoggerFactory;

/** Contract, section 11: append-only. Whoever changes the trail behind the product's back is found out. */
class AuditChainTest {
    private static final Instant NOW = Samples.NOW;

    @TempDir
    Path folder;

    private final Samples samples = Samples.fresh();
    private final TestClock clock = new TestClock();

    private static final class TestClock extends Clock {
        private volatile Instant now = NOW;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    private Settings settings(String kind) {
        return kind.equals("h2") ? TestSettings.h2(folder) : TestSettings.postgres(TestPostgres.newDatabase(), folder);
    }

    private SqlBackend open(Settings settings) {
        return new SqlBackendProvider(clock).openSql(settings);
    }

    private static AuditCheck check(SqlBackend backend, String... heads) {
        return backend.checkAudit(List.of(heads)).orElseThrow();
    }

    private static List<Kind> kinds(AuditCheck check) {
        return check.findings().stream().map(Finding::kind).toList();
    }

    private void write(SqlBackend backend, int rows) {
        for (int i = 0; i < rows; i++) {
            backend.tokens().append(List.of(event(NOW, "row " + i)));
        }
    }

    private AuditEvent event(Instant time, String detail) {
        return AuditEvent.of(AuditEvent.Type.ISSUE_REFUSED, time, Samples.CLIENT)
                .about(samples.alice())
                .by(samples.admin())
                .because(detail);
    }

    /** As where somebody looks who has the database and the keys, and nothing that was kept elsewhere. */
    private static void forgetHeads(Settings settings) {
        try {
            assertThat(Files.deleteIfExists(heads(settings))).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path heads(Settings settings) {
        return Path.of(settings.database().data()).resolve(TrailHeads.NAME);
    }

    private static int change(SqlBackend backend, String sql) {
        try (Connection connection = backend.database().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void everyWayToTheTrail_isChained(String kind) {
        try (SqlBackend backend = open(settings(kind))) {
            LoginToken token = samples.issue(backend, SessionType.SSO, "one");
            assertThat(samples.redeem(backend, token)).isTrue();
            assertThat(samples.redeem(backend, token)).as("too late").isFalse();
            LoginToken other = samples.issue(backend, SessionType.NORMAL, "two");
            assertThat(backend.tokens().use(other, NOW, Optional.of(event(NOW, "imap"))))
                    .isTrue();
            assertThat(backend.tokens().revoke(other.id(), Samples.ending(NOW))).isTrue();
            samples.issue(backend, SessionType.NORMAL, "three");
            backend.tokens().revokeAll(samples.alice(), Samples.ending(NOW));
            LoginToken forgotten = samples.issue(backend, SessionType.SSO, "four");
            assertThat(backend.tokens().noteExpired(forgotten.expiresAt(), 100, open -> {}))
                    .isPositive();
            backend.tokens()
                    .append(List.of(event(NOW, "a"), event(NOW, "b\0c\ud800 \ud83d\ude00 " + "x".repeat(9000))));
            AuditCheck young = check(backend);
            assertThat(young.findings()).isEmpty();
            assertThat(young.pending()).isEqualTo(young.intact()).isPositive();
            backend.sealAudit();
            AuditCheck sealed = check(backend);
            assertThat(sealed.findings()).isEmpty();
            assertThat(sealed.pending()).isZero();
            assertThat(sealed.unsealed()).isZero();
            assertThat(sealed.intact()).isEqualTo(samples.trail(backend).size());
            assertThat(sealed.heads()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void nothingWritten_isWhole(String kind) {
        try (SqlBackend backend = open(settings(kind))) {
            backend.sealAudit();
            AuditCheck check = check(backend);
            assertThat(check.whole()).isTrue();
            assertThat(check.intact()).isZero();
            assertThat(check.heads()).isEmpty();
        }
    }

    /** Each line: a statement of somebody who has the database and not the keys, and what he is found out by. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "update audit_event set detail = 'row 40' where detail = 'row 4' | CHANGED",
                "update audit_event set mailbox = 'eve@evil.example' where detail = 'row 4' | CHANGED",
                "update audit_event set happened_at = happened_at + interval '1' second where detail = 'row 4' | CHANGED",
                "update audit_event set token_id = id where detail = 'row 4' | CHANGED",
                "update audit_event set session_type = '' where detail = 'row 4' | CHANGED",
                "update audit_event set visited = mailbox where detail = 'row 4' | CHANGED",
                "update audit_event set times = 7 where detail = 'row 4' | CHANGED",
                "update audit_event set reason = 'x', detail = '' where detail = 'row 4' | CHANGED",
                "update audit_event set chain_hash = null where detail = 'row 4' | CHANGED",
                "update audit_event set id = token_uuid() where detail = 'row 4' | CHANGED",
                "delete from audit_event where detail = 'row 4' | REMOVED",
                "delete from audit_event where detail in ('row 4', 'row 5', 'row 9') | REMOVED, REMOVED",
                "delete from audit_event | REMOVED, REMOVED",
                "update audit_event set chain = null where detail = 'row 4' | REMOVED, ADDED",
                "update audit_event set chain_number = null where detail = 'row 4' | REMOVED, ADDED",
                "update audit_event set chain_number = -4 where detail = 'row 4' | REMOVED, ADDED",
                "update audit_event set chain_number = 9000000000000000000 where detail = 'row 4' | REMOVED, CHANGED",
                "update audit_event set chain = 7 where detail = 'row 4' | REMOVED, CHAIN_BROKEN",
                "update audit_event set chain_number = 6 where detail = 'row 4' | REMOVED, ADDED",
                "copy chain = chain | ADDED",
                "copy chain = 7 | CHAIN_BROKEN",
                "copy chain = null | ADDED",
                "delete from audit_seal | CHAIN_BROKEN?",
                "delete from audit_seal where first_number = 1 | CHAIN_BROKEN",
                "update audit_seal set last_number = last_number - 1 where first_number = 1 | CHAIN_BROKEN, CHAIN_BROKEN",
                "update audit_seal set earliest = earliest - interval '900' day where first_number = 1 | CHAIN_BROKEN, CHAIN_BROKEN",
                "insert into audit_seal select 9, first_number, last_number, missing, earliest, latest, rows_hash, previous, hash from audit_seal where first_number = 1 | CHAIN_BROKEN",
                "delete from audit_chain | CHAIN_BROKEN, CHAIN_BROKEN",
                "update audit_chain set unsealed = 5 | KEY_MISSING, REMOVED",
                "update audit_chain set opened_at = opened_at - interval '1' day | KEY_MISSING",
                "update audit_chain set chain = 2 | CHAIN_BROKEN, KEY_MISSING, CHAIN_BROKEN, CHAIN_BROKEN",
                "insert into audit_purge select chain, opened_at + interval '9' day, 5, hash, hash from audit_chain | CHAIN_BROKEN"
            })
    void tampering_isFound(String sql, String found) {
        for (String kind : List.of("h2", "postgresql")) {
            Settings settings = kind.equals("h2")
                    ? TestSettings.h2(folder.resolve(kind))
                    : TestSettings.postgres(TestPostgres.newDatabase(), folder);
            try (SqlBackend backend = open(settings)) {
                write(backend, 6);
                backend.sealAudit();
                for (int i = 6; i < 12; i++) {
                    backend.tokens().append(List.of(event(NOW, "row " + i)));
                }
                backend.sealAudit();
                String[] head = check(backend).heads().toArray(new String[0]);
                assertThat(check(backend, head).findings()).as(kind).isEmpty();
                assertThat(change(backend, statement(kind, sql))).as(kind).isPositive();
                forgetHeads(settings);
                // What only a head tells is told by nothing else.
                AuditCheck check = found.endsWith("?") ? check(backend, head) : check(backend);
                assertThat(check.whole()).isFalse();
                if (found.endsWith("?")) {
                    assertThat(kinds(check)).as(kind).contains(Kind.REMOVED);
                } else {
                    assertThat(kinds(check))
                            .as(kind + " " + check.findings())
                            .containsExactlyInAnyOrderElementsOf(List.of(found.split(", ")).stream()
                                    .map(Kind::valueOf)
                                    .toList());
                }
            }
        }
    }

    private static String statement(String kind, String sql) {
        String uuid = kind.equals("h2") ? "random_uuid()" : "gen_random_uuid()";
        return sql.startsWith("copy chain = ")
                ? "insert into audit_event (" + StoredEvent.COLUMNS + ", chain, chain_number, chain_hash) select "
                        + StoredEvent.COLUMNS.replaceFirst("id", uuid) + ", "
                        + sql.substring("copy chain = ".length()) + ", chain_number, chain_hash from audit_event"
                        + " where detail = 'row 4'"
                : sql.replace("token_uuid()", uuid);
    }

    /** What another process cut off at the end is told by the next opening. */
    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void tailCutOff_isFoundByTheNextChain(String kind) {
        Settings settings = settings(kind);
        try (SqlBackend backend = open(settings)) {
            write(backend, 4);
        }
        try (SqlBackend backend = open(settings)) {
            write(backend, 1);
            backend.sealAudit();
            assertThat(check(backend).findings()).isEmpty();
            assertThat(check(backend).intact()).isEqualTo(5);
            change(backend, "delete from audit_seal where chain = 1");
            change(backend, "delete from audit_event where chain = 1");
            forgetHeads(settings);
            assertThat(kinds(check(backend))).containsExactly(Kind.REMOVED);
        }
    }

    /** Who has the database alone takes all rows out of their chains, as if there had been none. */
    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void everyRowUnchained_isFoundByTheDataFolder(String kind) {
        Settings settings = settings(kind);
        try (SqlBackend backend = open(settings)) {
            write(backend, 4);
            backend.sealAudit();
            unchain(backend);
            assertThat(kinds(check(backend))).containsExactlyInAnyOrder(Kind.ADDED, Kind.REMOVED);
        }
        // Also after another process began the chains anew, which takes the rows for older ones; for good.
        for (int start = 0; start < 3; start++) {
            try (SqlBackend backend = open(settings)) {
                unchain(backend);
                write(backend, 9);
                backend.sealAudit();
                assertThat(kinds(check(backend))).contains(Kind.REMOVED);
            }
        }
        try (SqlBackend backend = open(settings)) {
            forgetHeads(settings);
            assertThat(check(backend).findings()).isEmpty();
        }
    }

    private static void unchain(SqlBackend backend) {
        for (String table : List.of("audit_chain", "audit_seal", "audit_purge")) {
            change(backend, "delete from " + table);
        }
        change(backend, "update audit_event set chain = null, chain_number = null, chain_hash = null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void endCutOff_isFoundByTheDataFolder(String kind) {
        Settings settings = settings(kind);
        try (SqlBackend backend = open(settings)) {
            write(backend, 3);
            backend.sealAudit();
            write(backend, 1);
            backend.sealAudit();
            change(backend, "delete from audit_seal where first_number = 4");
            change(backend, "delete from audit_event where chain_number = 4");
            assertThat(kinds(check(backend))).containsExactly(Kind.REMOVED);
        }
    }

    /** Two processes of one folder keep their heads in one file. */
    @Test
    void headsOfTwoProcesses_areBothKept() throws Exception {
        Settings settings = TestSettings.postgres(TestPostgres.newDatabase(), folder);
        try (SqlBackend one = open(settings);
                SqlBackend other = open(settings)) {
            write(one, 2);
            write(other, 3);
            one.sealAudit();
            other.sealAudit();
            write(one, 1);
            one.sealAudit();
            assertThat(Files.readAllLines(heads(settings)))
                    .containsExactlyElementsOf(check(other).heads())
                    .hasSize(2);
            assertThat(check(one).findings()).isEmpty();
        }
    }

    /** What is in the file is no reason to stop; but nobody who asks is told that all is well. */
    @Test
    void headsMalformed_workGoesOn_andTheCheckSaysSo() throws Exception {
        Settings settings = settings("h2");
        try (SqlBackend backend = open(settings)) {
            write(backend, 1);
            backend.sealAudit();
            Files.writeString(heads(settings), "1:1:rubbish\n");
            write(backend, 1);
            backend.sealAudit();
            assertThat(samples.trail(backend)).hasSize(2);
            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(() -> check(backend))
                    .withMessageContaining("audit.heads is malformed");
            assertThat(heads(settings)).hasContent("1:1:rubbish");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void rowsOfAKilledProcess_areSealedByTheNextOne(String kind) {
        Settings settings = settings(kind);
        SqlBackend killed = open(settings);
        write(killed, 3);
        killed.sealAudit();
        write(killed, 2);
        killed.database().close();
        try (SqlBackend backend = open(settings)) {
            backend.sealAudit();
            assertThat(check(backend).pending()).isEqualTo(2);
            clock.now = clock.now.plus(Duration.ofMinutes(2));
            backend.sealAudit();
            AuditCheck check = check(backend);
            assertThat(check.findings()).isEmpty();
            assertThat(check.pending()).isZero();
            assertThat(check.intact()).isEqualTo(5);
            change(backend, "delete from audit_event where chain_number = 5");
            assertThat(kinds(check(backend))).containsExactly(Kind.REMOVED);
        }
    }

    /** A node that was cut off from the database lives, though others thought otherwise. */
    @Test
    void nodeTakenForDead_beginsANewChain() {
        Settings settings = TestSettings.postgres(TestPostgres.newDatabase(), folder);
        try (SqlBackend silent = open(settings);
                SqlBackend other = open(settings)) {
            write(silent, 2);
            other.sealAudit();
            clock.now = clock.now.plus(Duration.ofMinutes(3));
            other.sealAudit();
            write(silent, 1);
            silent.sealAudit();
            write(silent, 2);
            silent.sealAudit();
            AuditCheck check = check(other);
            assertThat(check.findings()).isEmpty();
            assertThat(check.intact()).isEqualTo(5);
            assertThat(check.heads()).hasSize(2);
            for (int look = 0; look < 2; look++) {
                clock.now = clock.now.plus(Duration.ofMinutes(3));
                other.sealAudit();
            }
            assertThat(check(other).findings()).isEmpty();
            assertThat(check(other).pending()).isZero();
        }
    }

    /** Nothing came between: what the other sealed is what this one would have. */
    @Test
    void nodeTakenForDead_thatWroteNothingMeanwhile_goesOn() {
        Settings settings = TestSettings.postgres(TestPostgres.newDatabase(), folder);
        try (SqlBackend silent = open(settings);
                SqlBackend other = open(settings)) {
            write(silent, 2);
            other.sealAudit();
            clock.now = clock.now.plus(Duration.ofMinutes(3));
            other.sealAudit();
            assertThat(check(other).pending()).isZero();
            silent.sealAudit();
            write(silent, 2);
            silent.sealAudit();
            assertThat(check(other).findings()).isEmpty();
            assertThat(check(other).heads()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void purgedRows_areNoFault_andOthersStayOnes(String kind) {
        try (SqlBackend backend = open(settings(kind))) {
            for (int day = 0; day < 60; day++) {
                backend.tokens().append(List.of(event(NOW.minus(Duration.ofDays(60 - day)), "day " + day)));
                backend.sealAudit();
            }
            Instant before = NOW.minus(Duration.ofDays(30));
            backend.tokens().purge(before, before, 1_000);
            AuditCheck check = check(backend);
            assertThat(check.findings()).isEmpty();
            assertThat(check.purged()).contains(before);
            assertThat(check.intact()).isEqualTo(samples.trail(backend).size()).isLessThan(60);
            assertThat(check(backend, check.heads().get(0)).findings()).isEmpty();
            write(backend, 1);
            backend.sealAudit();
            assertThat(check(backend, check.heads().get(0)).findings()).isEmpty();
            change(backend, "delete from audit_event where detail = 'day 40'");
            assertThat(kinds(check(backend))).containsExactly(Kind.REMOVED);
            backend.tokens().purge(NOW.plusSeconds(1), NOW.plusSeconds(1), 1_000);
            assertThat(check(backend).findings()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void rowsFromBeforeTheChain_areCounted(String kind) {
        Settings settings = settings(kind);
        SqlBackend older = open(settings);
        write(older, 4);
        change(older, "update audit_event set chain = null, chain_number = null, chain_hash = null");
        change(older, "delete from audit_chain");
        older.database().close();
        try (SqlBackend backend = open(settings)) {
            write(backend, 1);
            AuditCheck check = check(backend);
            assertThat(check.findings()).isEmpty();
            assertThat(check.unsealed()).isEqualTo(4);
            assertThat(check.intact()).isEqualTo(1);
            change(backend, "delete from audit_event where detail = 'row 2'");
            assertThat(kinds(check(backend))).containsExactly(Kind.REMOVED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void keysRotated_newChain_andTheOldOneIsStillProven(String kind) {
        Settings settings = settings(kind);
        try (SqlBackend backend = open(settings)) {
            write(backend, 2);
            for (int year = 0; year < 3; year++) {
                clock.now = clock.now.plus(Duration.ofDays(365));
                new KeyFile(folder, clock).rotate();
                backend.refreshKeys();
                write(backend, 2);
                backend.sealAudit();
            }
            AuditCheck check = check(backend);
            assertThat(check.findings()).isEmpty();
            assertThat(check.intact()).isEqualTo(8);
            assertThat(check.heads()).hasSize(4);
        }
    }

    @Test
    void keyLost_isSaid() throws Exception {
        Settings settings = TestSettings.postgres(TestPostgres.newDatabase(), folder);
        try (SqlBackend backend = open(settings)) {
            write(backend, 2);
        }
        java.nio.file.Files.delete(folder.resolve("token.keys"));
        try (SqlBackend backend = open(settings)) {
            write(backend, 2);
            assertThat(kinds(check(backend))).containsExactly(Kind.KEY_MISSING);
            assertThat(check(backend).intact()).isEqualTo(2);
        }
    }

    @Test
    void nodeWithOtherKeys_isToldOf_andOneWithTheSameIsNot() {
        String url = TestPostgres.newDatabase();
        String same = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=";
        String other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI=";
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(AuditSeals.class);
        said.start();
        logger.addAppender(said);
        try (SqlBackend first = open(TestSettings.postgres(url, folder, "sso.keys", same));
                SqlBackend second = open(TestSettings.postgres(url, folder, "sso.keys", same));
                SqlBackend third = open(TestSettings.postgres(url, folder, "sso.keys", other + "," + same));
                SqlBackend stranger = open(TestSettings.postgres(url, folder, "sso.keys", same))) {
            write(first, 1);
            write(second, 1);
            write(third, 1);
            assertThat(said.list).isEmpty();
            write(stranger, 2);
            assertThat(said.list)
                    .singleElement()
                    .satisfies(e ->
                            assertThat(e.getFormattedMessage()).contains("chain 3", "give both the same sso.keys"));
        } finally {
            logger.detachAppender(said);
        }
    }

    /** Many threads on two nodes, of which most lose; and looks meanwhile, none of which finds a fault. */
    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void manyAtOnce_allChained(String kind) throws Exception {
        Settings settings = settings(kind);
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads + 1);
        CyclicBarrier start = new CyclicBarrier(threads + 1);
        try (SqlBackend one = open(settings);
                SqlBackend two = kind.equals("h2") ? one : open(settings)) {
            List<LoginToken> tokens = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                tokens.add(samples.issue(one, SessionType.SSO, "secret " + i));
            }
            List<Future<Integer>> won = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                SqlBackend node = t % 2 == 0 ? one : two;
                won.add(pool.submit(() -> {
                    start.await();
                    int wins = 0;
                    for (LoginToken token : tokens) {
                        wins += samples.redeem(node, token) ? 1 : 0;
                    }
                    return wins;
                }));
            }
            Future<List<Finding>> looks = pool.submit(() -> {
                start.await();
                List<Finding> findings = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    one.sealAudit();
                    two.sealAudit();
                    findings.addAll(check(one).findings());
                }
                return findings;
            });
            int wins = 0;
            for (Future<Integer> each : won) {
                wins += each.get();
            }
            assertThat(wins).isEqualTo(40);
            assertThat(looks.get()).isEmpty();
            one.sealAudit();
            two.sealAudit();
            AuditCheck check = check(two);
            assertThat(check.findings()).isEmpty();
            assertThat(check.intact()).isEqualTo(80);
            assertThat(check.pending()).isZero();
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void databaseAway_nothingIsDoneAndTheChainGoesOn() throws Exception {
        String url = TestPostgres.newDatabase();
        try (TestProxy proxy = new TestProxy(TestPostgres.port());
                SqlBackend backend = open(TestSettings.postgres(
                        url.replace(":" + TestPostgres.port() + "/", ":" + proxy.port() + "/"),
                        folder,
                        "sso.database.timeout",
                        "PT5S"))) {
            write(backend, 2);
            proxy.set(TestProxy.State.DEAD);
            assertThatExceptionOfType(UnavailableException.class).isThrownBy(() -> write(backend, 1));
            proxy.set(TestProxy.State.WHOLE);
            backend.ping();
            write(backend, 2);
            backend.sealAudit();
            AuditCheck check = check(backend);
            assertThat(check.findings()).isEmpty();
            assertThat(check.intact()).isEqualTo(samples.trail(backend).size());
            assertThat(check.pending()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1:2",
                "a:1:0123456789abcdef",
                "1:1:0123",
                "1:1:0123456789ABCDEF",
                "1:1:0123456789abcdef "
            })
    void noHead_isRefused(String head) {
        try (SqlBackend backend = open(TestSettings.h2(folder))) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> backend.checkAudit(List.of(head)));
        }
    }
}
