package org.postern.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Channel;
import org.postern.core.DomainName;
import org.postern.core.LoginToken;
import org.postern.core.MailboxAddress;
import org.postern.core.SessionType;
import org.postern.core.TimeOrderedId;
import org.postern.core.Visit;
import org.postern.core.settings.Settings;

/** A database of an older version, with what was in it. */
class UpdateTest {
    private static final Instant THEN = Instant.parse("2026-11-24T12:00:00Z");
    private static final MailboxAddress ALICE =
            MailboxAddress.parse("alice@acme.example").orElseThrow();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void firstVersion_keepsItsTokensSessionsAndTrail(String kind) throws Exception {
        boolean h2 = kind.equals("h2");
        String url = h2 ? "jdbc:h2:file:" + folder.resolve("old") : TestPostgres.newDatabase();
        Settings settings = h2
                ? TestSettings.h2(folder, "sso.database.url", url, "sso.database.user", "postgres")
                : TestSettings.postgres(url, folder);
        Flyway.configure()
                .dataSource(url, "postgres", "")
                .locations("classpath:db/" + kind)
                .target("1")
                .load()
                .migrate();
        List<UUID> ids = java.util.stream.IntStream.range(0, 7)
                .mapToObj(i -> TimeOrderedId.next(THEN.plusMillis(i)))
                .toList();
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement()) {
            if (!h2) {
                statement.execute("create table login_token_20261123 partition of login_token"
                        + " for values from ('2026-11-23 00:00:00+00') to ('2026-11-30 00:00:00+00')");
            }
            token(statement, h2, ids.get(0), "alice@acme.example");
            token(statement, h2, ids.get(1), "bob@sub.acme.example");
            session(statement, h2, ids.get(2), ids.get(0));
            event(statement, ids.get(3), ids.get(0), "mail_login", "imap");
            event(statement, ids.get(4), ids.get(2), "mail_login", "imap: session");
            event(statement, ids.get(5), ids.get(0), "refused", "imap");
            event(statement, ids.get(6), ids.get(0), "mail_login", "smtp");
        }

        try (SqlBackend backend = new SqlBackendProvider().openSql(settings)) {
            LoginToken token = backend.tokens().token(ids.get(0)).orElseThrow();
            assertThat(token.readOnly()).isFalse();
            assertThat(token.mailUses()).isZero();
            assertThat(token.uses()).isEqualTo(3);
            assertThat(tokensOf(backend, "acme.example")).containsExactly(ids.get(0));
            assertThat(tokensOf(backend, "sub.acme.example")).containsExactly(ids.get(1));
            assertThat(backend.tokens().session(ids.get(2)).orElseThrow().readOnly())
                    .isFalse();
            List<Visit> visits = backend.tokens()
                    .visits(ALICE, THEN.plusSeconds(1), 10, Optional.empty())
                    .items();
            assertThat(visits).extracting(Visit::id).containsExactly(ids.get(6), ids.get(3), ids.get(2));
            assertThat(visits)
                    .extracting(Visit::protocol)
                    .containsExactly(Optional.of(Channel.SMTP), Optional.of(Channel.IMAP), Optional.empty());
            assertThat(backend.tokens().use(token, THEN, Optional.empty())).isTrue();
            Samples samples = Samples.fresh();
            assertThat(samples.redeem(backend, samples.issue(backend, SessionType.SSO, "secret")))
                    .isTrue();
        }
        try (SqlBackend again = new SqlBackendProvider().openSql(settings)) {
            assertThat(again.tokens().token(ids.get(0)).orElseThrow().mailUses())
                    .isOne();
        }
    }

    private static List<UUID> tokensOf(SqlBackend backend, String domain) {
        return backend
                .tokens()
                .tokens(Set.of(DomainName.parse(domain).orElseThrow()), 10, Optional.empty())
                .items()
                .stream()
                .map(LoginToken::id)
                .toList();
    }

    private static void token(Statement statement, boolean h2, UUID id, String mailbox) throws SQLException {
        statement.execute(
                "insert into login_token (digest, id, mailbox, session_type, issuer, reason, confirm, issued_at,"
                        + " expires_at, uses, expiry_noted) values (" + digest(h2, id) + ", '" + id + "', '" + mailbox
                        + "', 'normal', 'mail@acme.example', 'T', false, '2026-11-24 12:00:00+00', '2026-11-25 12:00:00+00', 3,"
                        + " false)");
    }

    private static void session(Statement statement, boolean h2, UUID id, UUID token) throws SQLException {
        statement.execute("insert into token_session (id, token_id, credential, mailbox, session_type, issuer, reason,"
                + " started_at, ends_at, client_address, user_agent) values ('" + id + "', '" + token + "', "
                + digest(h2, id) + ", 'alice@acme.example', 'normal', 'mail@acme.example', 'T',"
                + " '2026-11-24 12:00:00+00', '2026-11-24 20:00:00+00', '192.0.2.1', 'x')");
    }

    private static void event(Statement statement, UUID id, UUID token, String event, String detail)
            throws SQLException {
        statement.execute("insert into audit_event (id, happened_at, event, domain, mailbox, administrator, token_id,"
                + " session_type, reason, client_address, user_agent, detail, times) values ('" + id
                + "', '2026-11-24 12:00:00+00', '" + event + "', 'acme.example', 'alice@acme.example',"
                + " 'mail@acme.example', '" + token + "', 'normal', 'T', '192.0.2.1', 'x', '" + detail + "', 1)");
    }

    private static String digest(boolean h2, UUID id) {
        String hex = id.toString().replace("-", "").repeat(2);
        return h2 ? "x'" + hex + "'" : "decode('" + hex + "', 'hex')";
    }
}
