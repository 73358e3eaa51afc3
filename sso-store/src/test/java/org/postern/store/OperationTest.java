package org.postern.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.AdminSession;
import org.postern.core.AuditEvent;
import org.postern.core.LoginToken;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SessionType;
import org.postern.core.TokenLife;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;
import org.postern.core.spi.BackendProvider;
import org.postern.core.spi.DirectoryEditor;

/** Contract, section 10: the embedded default, restarts, migrations, `kill -9`; and what only a database can get wrong. */
class OperationTest {
    @TempDir
    Path folder;

    private final Samples samples = Samples.fresh();

    /** Settings of both databases. */
    private Settings settings(String kind) {
        return kind.equals("h2") ? TestSettings.h2(folder) : TestSettings.postgres(TestPostgres.newDatabase(), folder);
    }

    @Test
    void provider_isFoundAsAService() {
        assertThat(ServiceLoader.load(BackendProvider.class)).singleElement().isInstanceOf(SqlBackendProvider.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void open_again_findsEverythingAndRunsNoMigration(String kind) throws Exception {
        Settings settings = settings(kind);
        LoginToken token;
        try (SqlBackend backend = new SqlBackendProvider().openSql(settings)) {
            token = samples.issue(backend, SessionType.SSO, "secret");
        }
        try (SqlBackend backend = new SqlBackendProvider().openSql(settings)) {
            Database.Access unused = new Database.Access("", "", Secret.of(""), 1, Duration.ofSeconds(1));
            assertThat(Migrations.run(backend.database(), unused)).isFalse();
            assertThat(backend.tokens().find(samples.value(backend, "secret"), Samples.NOW))
                    .contains(token);
            assertThat(samples.redeem(backend, token)).isTrue();
        }
    }

    /** The digest is the row's key, and the only thing in the row that comes from the value. */
    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void token_atRest_isItsDigestAlone(String kind) throws Exception {
        try (SqlBackend backend = new SqlBackendProvider().openSql(settings(kind))) {
            LoginToken token = samples.issue(backend, SessionType.SSO, "a value to look for");
            assertThat(samples.redeem(backend, token)).isTrue();
            byte[] digest = samples.value(backend, "a value to look for").get(0).bytes();
            try (Connection connection = backend.database().dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                for (String table : List.of("login_token", "token_session", "audit_event")) {
                    int digests = 0;
                    try (ResultSet rows = statement.executeQuery("select * from " + table)) {
                        assertThat(rows.next()).as(table).isTrue();
                        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                            byte[] cell = rows.getObject(i) instanceof byte[] bytes ? bytes : new byte[0];
                            digests += Arrays.equals(cell, digest) ? 1 : 0;
                            assertThat(String.valueOf(rows.getString(i))).doesNotContain("to look for");
                            assertThat(new String(cell, StandardCharsets.ISO_8859_1))
                                    .doesNotContain("to look for");
                        }
                        assertThat(rows.next()).as("one row").isEqualTo(table.equals("audit_event"));
                    }
                    assertThat(digests).as(table).isEqualTo(table.equals("login_token") ? 1 : 0);
                }
            }
        }
    }

    @Test
    void open_twoNodesAtOnceOnAnEmptyDatabase_bothServe() throws Exception {
        Settings settings = TestSettings.postgres(TestPostgres.newDatabase(), folder);
        CompletableFuture<SqlBackend> one =
                CompletableFuture.supplyAsync(() -> new SqlBackendProvider().openSql(settings));
        CompletableFuture<SqlBackend> two =
                CompletableFuture.supplyAsync(() -> new SqlBackendProvider().openSql(settings));
        try (SqlBackend first = one.get();
                SqlBackend second = two.get()) {
            LoginToken token = samples.issue(first, SessionType.SSO, "secret");
            assertThat(samples.redeem(second, token)).isTrue();
            assertThat(samples.redeem(first, token)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"db/h2", "db/postgresql"})
    void migrations_newestOne_isTheOneThatIsLookedFor(String folder) throws Exception {
        Path migrations =
                Path.of(Migrations.class.getClassLoader().getResource(folder).toURI());
        try (var files = Files.list(migrations)) {
            assertThat(files.map(f -> f.getFileName().toString().replaceAll("V([0-9]+)__.*", "$1"))
                            .max(java.util.Comparator.comparingInt(Integer::parseInt)))
                    .contains(Migrations.NEWEST);
        }
    }

    @Test
    void open_dataFolderInUseByAnotherProcess_saysSo() throws Exception {
        try (OtherProcess other = OtherProcess.start(folder)) {
            other.answer();
            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(() -> new SqlBackendProvider().open(TestSettings.h2(folder)))
                    .withMessageStartingWith("the database file in the data folder is in use by another process");
        }
    }

    @Test
    void killed_whatWasAnswered_isThere() throws Exception {
        List<UUID> answered = new ArrayList<>();
        try (OtherProcess other = OtherProcess.start(folder)) {
            for (int i = 0; i < 300; i++) {
                answered.add(UUID.fromString(other.answer()));
            }
            other.kill();
        }
        try (SqlBackend backend = new SqlBackendProvider().openSql(TestSettings.h2(folder))) {
            for (UUID id : answered) {
                LoginToken token = backend.tokens().token(id).orElseThrow();
                assertThat(token.uses()).isOne();
                assertThat(samples.redeem(backend, token)).isFalse();
            }
        }
    }

    @Test
    void open_whatCannotBeADatabase_isABadSetting() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertBadSetting("sso.data: the folder " + file, TestSettings.h2(file));
        assertBadSetting("sso.data: the path", TestSettings.h2(folder.resolve("a;b")));
        assertBadSetting("sso.database.url: ", TestSettings.postgres("jdbc:postgresql://127.0.0.1:x/y", folder));
        String latin = TestPostgres.newDatabase("encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0");
        assertBadSetting(
                "sso.database.url: the database must have the encoding UTF8", TestSettings.postgres(latin, folder));
    }

    private static void assertBadSetting(String message, Settings settings) {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> new SqlBackendProvider().open(settings))
                .withMessageStartingWith(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void loginPath_startsNoHibernate(String kind) {
        try (SqlBackend backend = new SqlBackendProvider().openSql(settings(kind))) {
            DirectoryEditor editor = backend.directory().editor().orElseThrow();
            editor.createCompany("Acme");
            editor.createDomain("Acme", samples.domain());
            editor.createMailbox(samples.alice(), "Alice", Secret.of("password"), Optional.empty());
            editor.createAdministrator(
                    samples.admin(), Role.MAIL, "Acme", Set.of(samples.domain()), Optional.of(Secret.of("password")));
            editor.addApiKey(samples.admin(), Secret.of("key"));
            var directory = backend.directory();
            var admin = directory.administrator(samples.admin()).orElseThrow();
            assertThat(directory.administratorByApiKey(Secret.of("key"))).contains(admin);
            assertThat(directory.mailbox(samples.alice())).isPresent();
            assertThat(directory.companyOf(samples.domain())).contains("Acme");
            assertThat(directory.domainsOf(admin)).containsExactly(samples.domain());
            assertThat(directory.passwordVersion(samples.alice())).isPresent();
            assertThat(directory.checkPassword(samples.alice(), Secret.of("password")))
                    .isTrue();
            assertThat(directory.closedAmong(List.of(samples.alice()))).isEmpty();

            var tokens = backend.tokens();
            LoginToken token = samples.issue(backend, SessionType.NORMAL, "secret");
            assertThat(tokens.find(samples.value(backend, "secret"), Samples.NOW))
                    .contains(token);
            assertThat(samples.redeem(backend, token)).isTrue();
            assertThat(tokens.use(token, Samples.NOW, Optional.empty())).isTrue();
            assertThat(tokens.findSession(samples.value(backend, "none"))).isEmpty();
            assertThat(tokens.openAmong(List.of(token.id()), Samples.NOW)).isEmpty();
            AuditEvent login = AuditEvent.of(AuditEvent.Type.ADMIN_LOGIN, Samples.NOW, Samples.CLIENT);
            AdminSession session =
                    new AdminSession(samples.admin(), "1", Samples.NOW.plusSeconds(60), Optional.empty());
            assertThat(tokens.keep(session, samples.value(backend, "admin"), Samples.NOW, login))
                    .isTrue();
            assertThat(tokens.findAdminSession(samples.value(backend, "admin"), Samples.NOW))
                    .contains(session);
            tokens.noteExpired(Samples.NOW, 100, open -> {});
            tokens.endSessions(samples.alice(), Samples.ending(Samples.NOW));
            tokens.revokeAll(samples.alice(), Samples.ending(Samples.NOW));
            tokens.purge(Samples.NOW.minusSeconds(60), Samples.NOW.minusSeconds(60), 100);
            backend.ping();
            // What a revocation looks up first.
            assertThat(tokens.token(token.id())).isPresent();
            assertThat(tokens.session(token.id())).isEmpty();
            assertThat(backend.listings().isStarted()).isFalse();

            assertThat(tokens.tokens(samples.alice(), Optional.empty(), 1, Optional.empty())
                            .items())
                    .isNotEmpty();
            assertThat(backend.listings().isStarted()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void times_inAnyTimeZone_areTheSameMoments(String kind) {
        Settings settings = settings(kind);
        TimeZone before = TimeZone.getDefault();
        LoginToken token;
        try {
            // An hour that this zone does not have: 2026-03-29T02:30 local.
            TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
            Instant gap = Instant.parse("2026-03-29T02:30:00.654321Z");
            try (SqlBackend backend = new SqlBackendProvider().openSql(settings)) {
                token = samples.token(SessionType.SSO, gap, gap.plus(Duration.ofHours(1)), "");
                backend.tokens().issue(token, samples.value(backend, "secret"), false, Samples.issued(token));
            }
            TimeZone.setDefault(TimeZone.getTimeZone("America/St_Johns"));
            try (SqlBackend backend = new SqlBackendProvider().openSql(settings)) {
                assertThat(backend.tokens().find(samples.value(backend, "secret"), gap))
                        .contains(token);
                assertThat(backend.tokens().token(token.id())).contains(token);
                assertThat(backend.tokens()
                                .tokens(
                                        samples.alice(),
                                        Optional.of(token.expiresAt().minusNanos(1000)),
                                        10,
                                        Optional.empty())
                                .items())
                        .containsExactly(token);
                assertThat(backend.tokens()
                                .tokens(samples.alice(), Optional.of(token.expiresAt()), 10, Optional.empty())
                                .items())
                        .isEmpty();
                assertThat(samples.trail(backend)).extracting(AuditEvent::time).containsExactly(gap);
                assertThat(samples.redeem(backend, token, token.expiresAt())).isFalse();
                assertThat(samples.redeem(backend, token, token.expiresAt().minusNanos(1000)))
                        .isTrue();
            }
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void text_thatADatabaseCannotKeep_isReplacedOrCutNeverAFault(String kind) {
        try (SqlBackend backend = new SqlBackendProvider().openSql(settings(kind))) {
            String hostile = "a\0b\ud800c\udc00d\ud83d\ude00'; drop table login_token; --\\\u2028";
            String kept = "a\ufffdb\ufffdc\ufffdd\ud83d\ude00'; drop table login_token; --\\\u2028";
            LoginToken token = samples.token(SessionType.NORMAL, Samples.NOW, Samples.NOW.plusSeconds(60), hostile);
            AuditEvent row = Samples.issued(token).because("x".repeat(2_000_000));
            assertThat(backend.tokens().issue(token, samples.value(backend, hostile), true, row))
                    .isTrue();
            assertThat(backend.tokens().token(token.id()).orElseThrow().reason())
                    .isEqualTo(kept);
            assertThat(samples.trail(backend).get(0).detail()).matches("x{4000}");

            DirectoryEditor editor = backend.directory().editor().orElseThrow();
            editor.createCompany(hostile);
            editor.createDomain(hostile, samples.domain());
            editor.createMailbox(samples.alice(), hostile, Secret.of(hostile), Optional.empty());
            editor.createAdministrator(
                    samples.admin(), Role.COMPANY, hostile, Set.of(), Optional.of(Secret.of(hostile)));
            var admin = backend.directory().administrator(samples.admin()).orElseThrow();
            assertThat(backend.directory().companyOf(samples.domain())).contains(admin.company());
            assertThat(backend.directory().domainsOf(admin)).containsExactly(samples.domain());
            assertThat(backend.directory().checkPassword(samples.alice(), Secret.of(hostile)))
                    .isTrue();
            assertThat(backend.directory().administratorByApiKey(Secret.of(hostile)))
                    .isEmpty();
            assertThat(backend.directory()
                            .search(admin, hostile, 10, Optional.empty())
                            .items())
                    .extracting(m -> m.address())
                    .containsExactly(samples.alice());
            assertThat(backend.directory()
                            .search(admin, "x".repeat(100_000), 10, Optional.empty())
                            .items())
                    .isEmpty();
        }
    }

    @Test
    void partitions_onPostgreSql_takeInWhatCameEarly_andGoAsAWhole() throws Exception {
        String url = TestPostgres.newDatabase();
        Settings settings = TestSettings.postgres(url, folder);
        Instant monday = Instant.parse("2026-11-23T00:00:00Z");
        Clock wednesday = Clock.fixed(monday.plus(Duration.ofDays(2)), ZoneOffset.UTC);
        try (SqlBackend backend = new SqlBackendProvider(wednesday).openSql(settings)) {
            assertThat(partitions(url, "login_token")).hasSize(6 + 1);
            assertThat(partitions(url, "audit_event")).hasSize(2 + 1);
            LoginToken near = issue(backend, monday.plus(Duration.ofDays(3)), "near");
            LoginToken far = issue(backend, monday.plus(Duration.ofDays(6 * 7)), "far");
            assertThat(rows(url, "login_token_20261123")).isOne();
            assertThat(rows(url, "login_token_default")).isOne();

            // The longest life there is, from the last moment of the week.
            issue(backend, monday.plus(Duration.ofDays(7)).plus(TokenLife.MAX).minusSeconds(1), "longest");
            assertThat(rows(url, "login_token_default")).isOne();

            // A week on: the far one's week gets its partition.
            Instant later = monday.plus(Duration.ofDays(7));
            backend.tokens().noteExpired(later, 100, open -> {});
            assertThat(rows(url, "login_token_default")).isZero();
            assertThat(partitions(url, "login_token")).hasSize(7 + 1);
            assertThat(backend.tokens().find(samples.value(backend, "far"), later))
                    .contains(far);
            assertThat(samples.redeem(backend, far, later)).isTrue();

            // The near one's goes when its last moment is old enough, not before.
            Instant never = Instant.EPOCH;
            assertThat(backend.tokens().purge(later.minusNanos(1000), never, 100))
                    .isZero();
            assertThat(backend.tokens().purge(later, never, 100)).isOne();
            assertThat(backend.tokens().token(near.id())).isEmpty();
            assertThat(partitions(url, "login_token")).hasSize(6 + 1);
            assertThat(backend.tokens().token(far.id())).isPresent();
        }
    }

    @Test
    void partitions_ofTheTrail_leaveThePlannerFewDomainsToCompareWith() throws Exception {
        String url = TestPostgres.newDatabase();
        try (SqlBackend backend = new SqlBackendProvider().openSql(TestSettings.postgres(url, folder))) {
            backend.tokens().noteExpired(Instant.now().plus(Duration.ofDays(21)), 100, open -> {});
            List<String> partitions = partitions(url, "audit_event");
            assertThat(partitions).hasSizeGreaterThan(3);
            for (String partition : partitions) {
                assertThat(rows(
                                url,
                                "pg_attribute where attrelid = '" + partition
                                        + "'::regclass and attname = 'domain' and attstattarget = 10"))
                        .as(partition)
                        .isOne();
            }
        }
    }

    @Test
    void partitions_madeByTwoNodesAtOnce_areMadeOnce() {
        String url = TestPostgres.newDatabase();
        Settings settings = TestSettings.postgres(url, folder);
        try (SqlBackend first = new SqlBackendProvider().openSql(settings);
                SqlBackend second = new SqlBackendProvider().openSql(settings)) {
            Instant later = Instant.now().plus(Duration.ofDays(21));
            List.of(first, second).parallelStream().forEach(b -> b.tokens().noteExpired(later, 100, open -> {}));
            assertThat(rows(url, "login_token_default")).isZero();
            LoginToken token = samples.issue(second, SessionType.SSO, "secret");
            assertThat(samples.redeem(first, token)).isTrue();
        }
    }

    private LoginToken issue(SqlBackend backend, Instant expires, String secret) {
        LoginToken token = samples.token(SessionType.SSO, expires.minus(Duration.ofHours(24)), expires, "");
        backend.tokens().issue(token, samples.value(backend, secret), false, Samples.issued(token));
        return token;
    }

    private static List<String> partitions(String url, String table) throws Exception {
        List<String> names = new ArrayList<>();
        try (Connection connection = TestPostgres.connect(url);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(
                        "select inhrelid::regclass from pg_inherits where inhparent = '" + table + "'::regclass")) {
            while (result.next()) {
                names.add(result.getString(1));
            }
        }
        return names;
    }

    private static int rows(String url, String table) {
        try (Connection connection = TestPostgres.connect(url);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select count(*) from " + table)) {
            result.next();
            return result.getInt(1);
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
