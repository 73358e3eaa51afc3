package org.postern.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SetClock;
import org.postern.core.service.Administrators;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Postern;
import org.postern.core.service.Redemption;
import org.postern.core.settings.Settings;

/** Contract, section 10: what an operator does by hand, on the embedded database. */
class CommandsTest {
    private static final Client CLIENT = new Client("127.0.0.1", "test");
    private static final String BOSS = "boss@firm.example";
    private static final String ANN = "ann@firm.example";
    private static final String PASSWORD = "correct horse 9";

    @TempDir
    private Path data;

    private record Outcome(int code, String out, String err) {}

    private Settings settings() {
        // The demo's cheap hash: these tests are about commands.
        return Acme.settings(Map.of("sso.data", data.toString(), "sso.demo", "true"));
    }

    private Outcome run(String input, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = new Commands(
                        "postern.war",
                        this::settings,
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of(words));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private <T> T look(Function<Postern, T> question) {
        try (Postern postern = Postern.open(settings())) {
            return question.apply(postern);
        }
    }

    private Administrators.Login byPassword(Secret password) {
        return look(p -> p.administrators().byPassword(BOSS, password, CLIENT));
    }

    private Administrators.Login byApiKey(Secret key) {
        return look(p -> p.administrators().byApiKey(key, CLIENT));
    }

    private boolean isAdministrator() {
        return this.<Boolean>look(
                p -> p.backend().directory().administrator(Acme.address(BOSS)).isPresent());
    }

    private boolean isSuspended() {
        return this.<Boolean>look(p ->
                p.backend().directory().mailbox(Acme.address(ANN)).orElseThrow().suspended());
    }

    private void makeFirm() {
        assertThat(run(PASSWORD + "\n", "admin", "create", BOSS, "--role", "company", "--company", "Firm"))
                .isEqualTo(new Outcome(
                        0, "company Firm is new\nadministrator " + BOSS + " is there, with the role company\n", ""));
        assertThat(run("", "domain", "create", "firm.example", "--company", "Firm")
                        .code())
                .isZero();
        assertThat(run(PASSWORD + "\n", "mailbox", "create", ANN, "--name", "Ann")
                        .code())
                .isZero();
    }

    @Test
    void adminCreate_onEmptyInstallation_makesTheFirstAdministrator() {
        makeFirm();

        assertThat(byPassword(Secret.of(PASSWORD)))
                .isInstanceOfSatisfying(
                        Administrators.Login.Accepted.class,
                        login -> assertThat(login.administrator().role()).isEqualTo(Role.COMPANY));
    }

    @Test
    void adminCreate_withoutPassword_makesOneAndPrintsItOnce() {
        Outcome outcome = run("", "admin", "create", BOSS, "--role", "company", "--company", "Firm");

        Matcher printed = Pattern.compile("(?m)^password: ([A-Za-z0-9]{20})$").matcher(outcome.out());
        assertThat(printed.find()).isTrue();
        assertThat(byPassword(Secret.of(printed.group(1)))).isInstanceOf(Administrators.Login.Accepted.class);
        assertThat(outcome.err()).doesNotContain(printed.group(1));
    }

    @Test
    void adminCreate_weakPassword_makesNothing() {
        Outcome outcome = run("password\n", "admin", "create", BOSS, "--role", "company", "--company", "Firm");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).startsWith("admin create: the password ").doesNotContain("stack");
        assertThat(isAdministrator()).isFalse();
    }

    @Test
    void mailboxSuspendAndResume_areDone() {
        makeFirm();

        assertThat(run("", "mailbox", "suspend", ANN).code()).isZero();
        assertThat(isSuspended()).isTrue();
        assertThat(run("", "mailbox", "resume", ANN).code()).isZero();
        assertThat(isSuspended()).isFalse();
    }

    @Test
    void apikeyCreate_printsAKeyThatWorksUntilItIsRemoved() {
        makeFirm();

        Matcher printed = Pattern.compile("api key: (\\S+)\n")
                .matcher(run("", "apikey", "create", BOSS).out());
        assertThat(printed.matches()).isTrue();
        Secret key = Secret.of(printed.group(1));
        assertThat(byApiKey(key)).isInstanceOf(Administrators.Login.Accepted.class);
        assertThat(run("", "apikey", "remove", BOSS).out()).isEqualTo("1 API key is removed\n");
        assertThat(byApiKey(key)).isInstanceOf(Administrators.Login.Refused.class);
    }

    @Test
    void adminList_tellsWhoMayIssue_andByHowManyKeys() {
        assertThat(run("", "admin", "list").code()).isEqualTo(1);
        makeFirm();
        String[] help = {"admin", "create", "help@firm.example", "--role", "mail", "--company", "Firm"};
        run(
                "",
                Stream.concat(Stream.of(help), Stream.of("--domain", "firm.example", "--domain", "b.example"))
                        .toArray(String[]::new));
        run("", "apikey", "create", BOSS);
        run("", "apikey", "create", BOSS);

        assertThat(run("", "admin", "list"))
                .isEqualTo(new Outcome(
                        0,
                        BOSS + "  company  Firm: all its domains  2 API keys\n"
                                + "help@firm.example  mail     Firm: b.example, firm.example\n",
                        ""));
    }

    @Test
    void tokenListAndRevoke_showNoValueAndEndTheToken() {
        makeFirm();
        Issuance.Issued issued = look(this::issue);
        String id = issued.token().id().toString();

        assertThat(run("", "token", "list", ANN).out())
                .contains(id, "live", "Ticket 7")
                .doesNotContain(issued.value().reveal());
        assertThat(run("", "token", "revoke", id).out()).isEqualTo("the token is revoked\n");
        assertThat(run("", "token", "revoke", id).out()).isEqualTo("the token was revoked already\n");
        assertThat(run("", "token", "list", ANN).out()).contains("revoked");
    }

    @Test
    void keysRotate_whileADatabaseIsOpen_leavesOlderTokensGood() {
        makeFirm();
        Issuance.Issued older = look(this::issue);
        Issuance.Issued newer = look(p -> {
            assertThat(run("", "keys", "rotate").code()).isZero();
            p.backend().refreshKeys();
            assertThat(opens(p, older)).as("under the same server").isTrue();
            return issue(p);
        });

        look(p -> {
            assertThat(opens(p, older)).isTrue();
            assertThat(opens(p, newer)).isTrue();
            assertThat(p.backend().keys().digests(Acme.address(ANN), older.value()))
                    .hasSize(2);
            return true;
        });
    }

    private Issuance.Issued issue(Postern postern) {
        return (Issuance.Issued) postern.tokens()
                .issue(
                        postern.backend()
                                .directory()
                                .administrator(Acme.address(BOSS))
                                .orElseThrow(),
                        new IssueRequest(ANN, "", Secret.of(""), "Ticket 7", "", "", true, false, false, CLIENT));
    }

    private static boolean opens(Postern postern, Issuance.Issued issued) {
        return postern.tokens().redeem(new LoginAttempt(ANN, issued.value(), Channel.LOGIN_URL, false, "", CLIENT))
                instanceof Redemption.Redeemed;
    }

    @Test
    void purge_removesTheTokensOfLongAgo_andKeepsTheOthers() {
        makeFirm();
        Instant longAgo = Instant.now().minus(Duration.ofDays(60));
        Issuance.Issued old = look(p -> issue(new Postern(settings(), p.backend(), new SetClock(longAgo))));
        Issuance.Issued fresh = look(this::issue);

        Outcome outcome = run("", "purge");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).matches("[01] noted as expired, 1 rows removed\n");
        assertThat(run("", "token", "list", ANN).out())
                .contains(fresh.token().id().toString())
                .doesNotContain(old.token().id().toString());
    }

    /** A misspelt folder in a nightly job must not be a trail in which all is well. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "audit verify",
                "token list a@firm.example",
                "purge",
                "keys rotate",
                "apikey create a@firm.example"
            })
    void whereNothingIs_nothingIsMade(String words) throws IOException {
        Outcome outcome = run("", words.split(" "));

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("there is no database in " + data, "--data");
        assertThat(outcome.out()).isEmpty();
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void auditVerify_whereThereIsNoRow_isNotWhole() {
        makeFirm();
        Outcome outcome = run("", "audit", "verify");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("there is no audit trail", data.toString());
    }

    @Test
    void auditVerify_findsWhatWasChangedRemovedAndPutIn() throws Exception {
        makeFirm();
        look(this::issue);
        look(this::issue);
        Outcome whole = run("", "audit", "verify");
        assertThat(whole.code()).isZero();
        assertThat(whole.err()).isEmpty();
        assertThat(whole.out())
                .startsWith("2 rows are as written\n")
                .endsWith("the audit trail is whole: " + data + "\n");
        Matcher head =
                Pattern.compile("heads, to be kept elsewhere: .*?(\\S+)\n").matcher(whole.out());
        assertThat(head.find()).isTrue();
        assertThat(run("", "audit", "verify", "--head", head.group(1)).code()).isZero();

        change("update audit_event set reason = 'Ticket 8' where id = (select min(id) from audit_event)");
        assertBroken(run("", "audit", "verify"), "changed: row ", 1);
        change("delete from audit_event where reason = 'Ticket 8'");
        assertBroken(run("", "audit", "verify"), "removed: number 1 of chain ", 1);
        change("delete from audit_event");
        change("delete from audit_seal");
        change("delete from audit_chain where chain > 1");
        // The folder keeps the heads of both chains; without it, whoever kept one elsewhere.
        String missing = "removed: the head " + head.group(1);
        assertBroken(run("", "audit", "verify", "--head", head.group(1)), missing, 2);
        Files.delete(data.resolve("audit.heads"));
        assertBroken(run("", "audit", "verify", "--head", head.group(1)), missing, 1);
    }

    private static void assertBroken(Outcome outcome, String finding, int faults) {
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err())
                .contains(finding)
                .endsWith("the audit trail is not whole: " + faults + (faults == 1 ? " fault\n" : " faults\n"));
        assertThat(outcome.out()).doesNotContain("the audit trail is whole");
    }

    /** As somebody does who has the database and not the key. */
    private void change(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:h2:file:" + data.resolve("postern").toAbsolutePath() + ";IFEXISTS=TRUE");
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    @Test
    void anyCommand_whileTheDatabaseIsInUse_saysSo() throws IOException {
        makeFirm();

        Outcome outcome;
        try (FileChannel file = FileChannel.open(data.resolve("postern.mv.db"), StandardOpenOption.WRITE);
                FileLock server = file.lock()) {
            assertThat(server.isValid()).isTrue();
            outcome = run("", "purge");
        }

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("in use by a running server").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({
        "frobnicate, 2",
        "admin, 2",
        "admin frobnicate, 2",
        "admin create, 2",
        "admin create no-address --role mail --company Firm --domain firm.example, 2",
        "admin create a@firm.example --role king --company Firm, 2",
        "admin create a@firm.example --role mail --company Firm, 2",
        "admin create a@firm.example --role company --company Firm --domain firm.example, 2",
        "admin create a@firm.example --role company --company Firm --password secret, 2",
        "admin remove nobody@firm.example, 1",
        "mailbox create x@elsewhere.example, 1",
        "mailbox create ann@firm.example, 1",
        "mailbox suspend nobody@firm.example, 1",
        "mailbox password nobody@firm.example, 1",
        "domain create firm.example --company Firm, 1",
        "domain create other.example --company Nobody, 1",
        "company create Firm, 1",
        "apikey create nobody@firm.example, 1",
        "token list nobody@firm.example, 1",
        "admin list everybody, 2",
        "token revoke 123, 2",
        "token revoke 01a20da7-7950-7b64-b972-96ffb266d9bd, 1",
        "purge now, 2",
        "audit verify, 1",
        "audit verify now, 2",
        "audit verify --head 1, 1",
        "audit verify --head 9:1:0123456789abcdef, 1",
        "keys rotate now, 2",
        "admin create --help, 0",
        "purge, 0"
    })
    void anyCommand_saysByItsExitCodeWhatCameOfIt(String line, int code) {
        makeFirm();

        Outcome outcome = run("", line.split(" "));

        assertThat(outcome.code()).isEqualTo(code);
        assertThat(outcome.err().isBlank()).isEqualTo(code == 0);
        assertThat(outcome.err()).doesNotContain("Exception", "\tat ");
    }
}
