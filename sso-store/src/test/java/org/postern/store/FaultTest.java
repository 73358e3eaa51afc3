package org.postern.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.AuditEvent;
import org.postern.core.LoginToken;
import org.postern.core.MailboxAddress;
import org.postern.core.SessionType;
import org.postern.core.TokenSession;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Settings;

/** Contract, section 3: faults are not refusals; nothing is consumed, and it goes on when the database is back. */
class FaultTest {
    private static String database;

    @TempDir
    Path folder;

    private final Samples samples = Samples.fresh();
    private AutoCloseable open = () -> {};

    @BeforeAll
    static void makeDatabase() {
        database = TestPostgres.newDatabase();
    }

    @AfterEach
    void close() throws Exception {
        open.close();
    }

    private SqlBackend postgres(String... more) {
        return open(TestSettings.postgres(database, folder, more));
    }

    /** The same database, by a wire that can be cut. */
    private SqlBackend through(TestProxy wire, String... more) {
        String name = database.substring(database.lastIndexOf('/'));
        return open(TestSettings.postgres("jdbc:postgresql://127.0.0.1:" + wire.port() + name, folder, more));
    }

    private SqlBackend open(Settings settings) {
        SqlBackend backend = new SqlBackendProvider().openSql(settings);
        open = backend;
        return backend;
    }

    private static UnavailableException assertFault(Duration most, ThrowingCallable call) {
        long start = System.nanoTime();
        UnavailableException[] fault = new UnavailableException[1];
        assertThatExceptionOfType(UnavailableException.class).isThrownBy(call).satisfies(e -> fault[0] = e);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(most);
        return fault[0];
    }

    @Test
    void open_withoutAServer_isAFaultSoon() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Settings settings = TestSettings.postgres("jdbc:postgresql://127.0.0.1:" + free + "/postern", folder);
        UnavailableException fault = assertFault(Duration.ofSeconds(5), () -> new SqlBackendProvider().open(settings));
        assertThat(fault)
                .hasMessageStartingWith("sso.database.url, jdbc:postgresql://127.0.0.1:" + free
                        + "/postern: the database cannot be reached");
    }

    @Test
    void open_serverThatSaysNothing_isAFaultAfterTheTimeout() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Settings settings = TestSettings.postgres(
                    "jdbc:postgresql://127.0.0.1:" + mute.getLocalPort() + "/postern",
                    folder,
                    "sso.database.timeout",
                    "PT1S");
            assertFault(Duration.ofSeconds(8), () -> new SqlBackendProvider().open(settings));
        }
    }

    @Test
    void open_wrongDatabase_saysWhat() {
        String url = "jdbc:postgresql://127.0.0.1:" + TestPostgres.port() + "/nothere";
        Settings settings = TestSettings.postgres(url, folder);
        assertThat(assertFault(Duration.ofSeconds(5), () -> new SqlBackendProvider().open(settings)))
                .hasMessageStartingWith("sso.database.url, " + url + ": the database does not exist");
    }

    @Test
    void redeem_serverSideTerminated_isAFaultOrWorks_andAllGoesOn() {
        SqlBackend backend = postgres("sso.database.pool", "3");
        LoginToken token = samples.issue(backend, SessionType.SSO, "secret");
        TestPostgres.execute(
                database,
                "select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where datname = current_database() and application_name = 'postern'");
        // As many calls as there were connections find theirs gone at most; then one succeeds, and only one.
        int redeemed = 0;
        int faults = 0;
        for (int i = 0; i < 8; i++) {
            try {
                redeemed += samples.redeem(backend, token) ? 1 : 0;
            } catch (UnavailableException fault) {
                faults++;
            }
        }
        assertThat(redeemed).isOne();
        assertThat(faults).isLessThanOrEqualTo(3);
        assertThat(samples.count(backend, AuditEvent.Type.REDEEMED)).isOne();
    }

    @Test
    void everything_wireCut_isAFault_andGoesOnWhenMended() throws Exception {
        try (TestProxy wire = new TestProxy(TestPostgres.port())) {
            SqlBackend backend = through(wire, "sso.database.timeout", "PT0.25S");
            LoginToken token = samples.issue(backend, SessionType.SSO, "secret");

            wire.set(TestProxy.State.CUT);
            for (ThrowingCallable call : calls(backend, token)) {
                assertFault(Duration.ofSeconds(6), call);
            }
            wire.set(TestProxy.State.WHOLE);
            awaitAnswer(backend);

            assertThat(samples.redeem(backend, token)).isTrue();
            assertThat(samples.redeem(backend, token)).isFalse();
            assertThat(samples.count(backend, AuditEvent.Type.REDEEMED)).isOne();
        }
    }

    @Test
    void redeem_deadWire_isAFaultAfterTheTimeout_andGoesOnWhenMended() throws Exception {
        try (TestProxy wire = new TestProxy(TestPostgres.port())) {
            SqlBackend backend = through(wire, "sso.database.timeout", "PT1S", "sso.database.pool", "2");
            LoginToken token = samples.issue(backend, SessionType.SSO, "secret");

            wire.set(TestProxy.State.DEAD);
            assertFault(Duration.ofSeconds(6), () -> samples.redeem(backend, token));
            wire.set(TestProxy.State.WHOLE);
            awaitAnswer(backend);

            assertThat(samples.redeem(backend, token)).isTrue();
        }
    }

    @Test
    void anything_whileTheDatabaseIsDown_oneWaitsAndAllOthersAreToldAtOnce() throws Exception {
        try (TestProxy wire = new TestProxy(TestPostgres.port())) {
            SqlBackend backend = through(wire, "sso.database.timeout", "PT2S");
            LoginToken token = samples.issue(backend, SessionType.SSO, "secret");

            wire.set(TestProxy.State.CUT);
            // The first finds a broken connection, the next waits in vain for a new one.
            for (int i = 0; i < 3; i++) {
                assertFault(Duration.ofSeconds(10), backend::ping);
            }
            ExecutorService callers = Executors.newFixedThreadPool(20);
            try {
                long start = System.nanoTime();
                List<Callable<Duration>> calls = Collections.nCopies(20, () -> {
                    assertFault(Duration.ofSeconds(10), () -> samples.redeem(backend, token));
                    return Duration.ofNanos(System.nanoTime() - start);
                });
                List<Duration> waits = new ArrayList<>();
                for (Future<Duration> call : callers.invokeAll(calls)) {
                    waits.add(call.get());
                }
                assertThat(waits)
                        .filteredOn(wait -> wait.compareTo(Duration.ofSeconds(2)) >= 0)
                        .as("who waited for the timeout")
                        .hasSizeLessThanOrEqualTo(1);
            } finally {
                callers.shutdownNow();
            }
            wire.set(TestProxy.State.WHOLE);
            awaitAnswer(backend);

            assertThat(samples.redeem(backend, token)).isTrue();
        }
    }

    /** The pool tries again at growing intervals of at most five seconds. */
    private static void awaitAnswer(SqlBackend backend) {
        long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (true) {
            try {
                backend.ping();
                return;
            } catch (UnavailableException stillDown) {
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
        }
    }

    /** Something of everything that a backend does. */
    private List<ThrowingCallable> calls(SqlBackend backend, LoginToken token) {
        return List.of(
                backend::ping,
                () -> samples.issue(backend, SessionType.NORMAL, "another"),
                () -> backend.tokens().find(samples.value(backend, "secret"), Samples.NOW),
                () -> samples.redeem(backend, token),
                () -> backend.tokens().use(token, Samples.NOW, Optional.empty()),
                () -> backend.tokens().revoke(token.id(), Samples.ending(Samples.NOW)),
                () -> backend.tokens().token(token.id()),
                () -> samples.trail(backend),
                () -> backend.directory().mailbox(samples.alice()),
                () -> backend.directory().closedAmong(List.of(samples.alice())),
                () -> backend.directory().checkPassword(samples.alice(), org.postern.core.Secret.of("x")),
                () -> backend.directory().editor().orElseThrow().createCompany("Acme"));
    }

    @Test
    void redeem_rowLockedByAnother_isAFaultAfterTheTimeout_andNothingIsConsumed() throws Exception {
        SqlBackend backend = postgres("sso.database.timeout", "PT0.5S");
        LoginToken token = samples.issue(backend, SessionType.SSO, "secret");
        try (Connection other = TestPostgres.connect(database);
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("select 1 from login_token where id = '" + token.id() + "' for update");
            assertThat(assertFault(Duration.ofSeconds(3), () -> samples.redeem(backend, token)))
                    .hasMessageStartingWith("the database did not answer in time");
            other.rollback();
        }
        assertThat(samples.count(backend, AuditEvent.Type.REDEEMED)).isZero();
        assertThat(samples.redeem(backend, token)).isTrue();
    }

    @Test
    void anything_poolEmpty_isAFaultAfterTheTimeout() throws Exception {
        SqlBackend backend = postgres("sso.database.timeout", "PT0.5S", "sso.database.pool", "1");
        LoginToken token = samples.issue(backend, SessionType.SSO, "secret");
        try (Connection taken = backend.database().dataSource().getConnection()) {
            assertThat(taken.isValid(1)).isTrue();
            assertThat(assertFault(Duration.ofSeconds(3), () -> samples.redeem(backend, token)))
                    .hasMessage("no database connection became free in time");
            assertFault(Duration.ofSeconds(3), () -> backend.tokens().token(token.id()));
        }
        assertThat(samples.redeem(backend, token)).isTrue();
    }

    @Test
    void redeem_rowLockedByAnotherOnH2_isAFault_andNothingIsConsumed() throws Exception {
        SqlBackend backend = open(TestSettings.h2(folder, "sso.database.timeout", "PT0.5S"));
        LoginToken token = samples.issue(backend, SessionType.SSO, "secret");
        try (Connection other = backend.database().dataSource().getConnection();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("select 1 from login_token where id = '" + token.id() + "' for update");
            assertThat(assertFault(Duration.ofSeconds(5), () -> samples.redeem(backend, token)))
                    .hasMessageStartingWith("the database did not answer in time");
            other.rollback();
        }
        assertThat(samples.count(backend, AuditEvent.Type.REDEEMED)).isZero();
        assertThat(samples.redeem(backend, token)).isTrue();
    }

    /** What was noted before the fault is not found again. */
    @Test
    void noteExpired_faultAfterTokens_tellsWhereSomethingMayBeOpen() throws Exception {
        SqlBackend backend = open(TestSettings.h2(folder));
        LoginToken token = samples.issue(backend, SessionType.NORMAL, "secret");
        backend.tokens().use(token, Samples.NOW, Optional.empty());
        try (Connection connection = backend.database().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("alter table token_session rename to elsewhere");
        }
        List<MailboxAddress> told = new ArrayList<>();

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> backend.tokens().noteExpired(token.expiresAt(), 100, told::add));
        assertThat(told).containsExactly(samples.alice());
    }

    /** What H2 does to everybody when it cannot write, on a full disk. */
    @Test
    void h2_closedUnderEverybody_isAFault_andIsOpenedAgain() throws Exception {
        SqlBackend backend = open(TestSettings.h2(folder));
        LoginToken token = samples.issue(backend, SessionType.SSO, "secret");
        Connection connection = backend.database().dataSource().getConnection();
        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> {
            try (connection;
                    Statement closing = connection.createStatement()) {
                closing.execute("shutdown immediately");
            }
        });
        awaitAnswer(backend);

        assertThat(samples.redeem(backend, token)).isTrue();
        assertThat(samples.redeem(backend, token)).isFalse();
    }

    @Test
    void h2_damagedFile_isNamed() throws Exception {
        open(TestSettings.h2(folder)).close();
        Path file = folder.resolve("postern.mv.db");
        byte[] damaged = new byte[(int) Files.size(file)];
        Arrays.fill(damaged, (byte) 'x');
        Files.write(file, damaged);

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> open(TestSettings.h2(folder)))
                .withMessageContaining("damaged");
    }

    @Test
    void h2_callerInterrupted_theStoreLivesOn() throws Exception {
        SqlBackend backend = open(TestSettings.h2(folder));
        LoginToken token = samples.issue(backend, SessionType.NORMAL, "secret");
        CompletableFuture<Void> interrupted = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 20; i++) {
                Thread.currentThread().interrupt();
                try {
                    samples.redeem(backend, token);
                } catch (UnavailableException fault) {
                    // May be; what counts is what comes after.
                }
            }
        });
        interrupted.get();
        assertThat(samples.redeem(backend, token)).isTrue();
        assertThat(backend.tokens().token(token.id())).isPresent();
    }

    @Test
    void close_then_everythingIsAFault() {
        SqlBackend backend = open(TestSettings.h2(folder));
        LoginToken token = samples.issue(backend, SessionType.NORMAL, "secret");
        backend.close();
        for (ThrowingCallable call : calls(backend, token)) {
            assertFault(Duration.ofSeconds(2), call);
        }
    }

    /** A row of the trail is written in the transaction of what it tells of: without the one there is not the other. */
    @Test
    void rowThatCannotBeWritten_leavesWhatItTellsOfUndone() {
        for (SqlBackend backend : List.of(postgres(), h2())) {
            LoginToken token = samples.issue(backend, SessionType.SSO, "secret");
            // An id that is there already: both databases refuse the row.
            AuditEvent taken = samples.trail(backend).get(0);
            TokenSession session = Samples.session(token, Samples.NOW, Samples.CLIENT);
            assertFault(
                    Duration.ofSeconds(5),
                    () -> backend.tokens().redeem(token, session, samples.value(backend, "pss_1"), taken));
            LoginToken second = samples.token(SessionType.NORMAL, Samples.NOW, Samples.NOW.plusSeconds(60), "");
            assertFault(
                    Duration.ofSeconds(5),
                    () -> backend.tokens().issue(second, samples.value(backend, "another"), true, taken));
            assertFault(Duration.ofSeconds(5), () -> backend.tokens().use(token, Samples.NOW, Optional.of(taken)));

            assertThat(samples.trail(backend)).containsExactly(taken);
            assertThat(backend.tokens().session(session.id())).isEmpty();
            assertThat(backend.tokens().token(second.id())).isEmpty();
            assertThat(backend.tokens().token(token.id()).orElseThrow().uses()).isZero();
            assertThat(samples.redeem(backend, token)).isTrue();
            backend.close();
        }
    }

    @Test
    void fault_neitherMessageNorCauseHoldsAValue() {
        for (SqlBackend backend : List.of(postgres(), h2())) {
            LoginToken token = samples.token(SessionType.SSO, Samples.NOW, Samples.NOW.plusSeconds(60), "confidential");
            AuditEvent row = Samples.issued(token).because("top secret");
            backend.tokens().append(List.of(row));
            // The same row again violates a key, which both databases tell with the values.
            UnavailableException fault =
                    assertFault(Duration.ofSeconds(5), () -> backend.tokens().append(List.of(row)));
            StringWriter trace = new StringWriter();
            fault.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString())
                    .contains("SQLSTATE 23505")
                    .doesNotContain(row.id().toString(), "confidential", "top secret", "alice");
            backend.close();
        }
    }

    private SqlBackend h2() {
        return new SqlBackendProvider().openSql(TestSettings.h2(folder.resolve("h2")));
    }
}
