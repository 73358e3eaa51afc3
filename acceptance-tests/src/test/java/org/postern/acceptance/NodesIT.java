package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on one PostgreSQL: what ends on one ends on the other (contract, section 3); and when it is down. */
class NodesIT {
    private static final Duration PROMISED = Duration.ofSeconds(5);

    @TempDir
    private static Path cluster;

    private static PostgreSql database;
    private static RunningPostern one;
    private static RunningPostern other;

    @BeforeAll
    static void start() {
        database = new PostgreSql(cluster);
        database.create("postern");
        one = launch().start();
        other = launch().start();
        // The API is started by its first request, which is not what is measured here.
        assertThat(Wire.get(one.port(), "/health/ready").status()).isEqualTo(200);
        assertThat(Wire.get(other.port(), "/health/ready").status()).isEqualTo(200);
    }

    private static RunningPostern.Launch launch() {
        return database.node(RunningPostern.demo(), "postern").setting("sso.database.timeout", "PT1S");
    }

    @AfterAll
    static void stop() {
        if (one != null) {
            one.close();
        }
        if (other != null) {
            other.close();
        }
        database.close();
    }

    // Revocation

    @Test
    void tokenRevokedOnOneNode_endsItsSessionOnTheOther() throws IOException {
        HelpDesk desk = HelpDesk.demo(one.port());
        var token = desk.issueByApi("alice@acme.example", "normal", "Ticket 1");
        Visitor browser = openedOnOther("alice@acme.example", token.getString("token"));
        assertThat(MailClient.imap(other.imapPort(), "alice@acme.example", token.getString("token")))
                .isTrue();

        assertThat(desk.call("DELETE", "/sso/v1/tokens/" + token.getString("id"), "")
                        .status())
                .isEqualTo(204);

        isOverInTime(browser, Instant.now());
        assertThat(MailClient.imap(other.imapPort(), "alice@acme.example", token.getString("token")))
                .isFalse();
        assertThat(login("alice@acme.example", token.getString("token"))).isEqualTo(403);
    }

    @Test
    void sessionEndedOnOneNode_isOverOnTheOther() {
        HelpDesk desk = HelpDesk.demo(one.port());
        Visitor browser = openedOnOther("bob@acme.example", desk.issue("bob@acme.example", "sso"));
        String id = desk.get("/sso/v1/sessions?user=bob@acme.example").getString("items[0].id");

        assertThat(desk.call("DELETE", "/sso/v1/sessions/" + id, "").status()).isEqualTo(204);

        isOverInTime(browser, Instant.now());
    }

    @Test
    void omaLogoutUser_onOneNode_endsTheSessionOnTheOther() {
        HelpDesk desk = HelpDesk.demo(one.port());
        Visitor browser = openedOnOther("bob@acme.example", desk.issue("bob@acme.example", "sso"));

        Wire.Answer answer = desk.call(
                "POST",
                "/api/logout_user",
                "{\"credentials\":{\"user\":\"mail@acme.example\",\"password\":\"demo-mail\"},"
                        + "\"user\":\"bob@acme.example\"}");
        assertThat(answer.body()).startsWith("{\"success\":true");

        isOverInTime(browser, Instant.now());
    }

    @Test
    void mailboxSuspendedByCommand_endsItsSessionsAndRefusesItsTokens() throws IOException {
        HelpDesk desk = new HelpDesk(one.port(), "company@globex.example", "demo-company");
        String unused = desk.issue("zoe@globex.example", "sso");
        String normal = desk.issue("zoe@globex.example", "normal");
        Visitor browser = openedOnOther("zoe@globex.example", normal);

        command("", "mailbox", "suspend", "zoe@globex.example");

        isOverInTime(browser, Instant.now());
        assertThat(login("zoe@globex.example", unused)).isEqualTo(403);
        assertThat(MailClient.imap(one.imapPort(), "zoe@globex.example", normal))
                .isFalse();
        command("", "mailbox", "resume", "zoe@globex.example");
        assertThat(login("zoe@globex.example", unused)).isEqualTo(303);
    }

    @Test
    void passwordChangedByCommand_endsTheSessionsAndTheTokens() {
        HelpDesk desk = new HelpDesk(one.port(), "company@acme.example", "demo-company");
        String unused = desk.issue("carol@acme-labs.example", "sso");
        Visitor browser = openedOnOther("carol@acme-labs.example", desk.issue("carol@acme-labs.example", "sso"));

        command("A-new-secret-1", "mailbox", "password", "carol@acme-labs.example");

        isOverInTime(browser, Instant.now());
        assertThat(login("carol@acme-labs.example", unused)).isEqualTo(403);
    }

    @Test
    void passwordChangedByItsOwner_onOneNode_endsTheTokenSessionOnTheOther() {
        HelpDesk desk = new HelpDesk(one.port(), "company@globex.example", "demo-company");
        Visitor helper = openedOnOther("dave@globex.example", desk.issue("dave@globex.example", "sso"));
        Visitor owner = new Visitor(one.port());
        owner.post("/?_task=signin", "user=dave%40globex.example&pass=demo-dave");
        Visitor ownerElsewhere = new Visitor(other.port());
        ownerElsewhere.post("/?_task=signin", "user=dave%40globex.example&pass=demo-dave");
        assertThat(ownerElsewhere.seesMailbox()).isTrue();

        String csrf = org.jsoup.Jsoup.parse(owner.get("/?_task=settings").body())
                .selectFirst("input[name=_token]")
                .attr("value");
        Wire.Answer changed = owner.post(
                "/?_task=settings", "_token=" + csrf + "&old=demo-dave&new=A-new-secret-2&again=A-new-secret-2");
        assertThat(changed.status()).isEqualTo(200);

        isOverInTime(helper, Instant.now());
        isOverInTime(ownerElsewhere, Instant.now());
        assertThat(owner.seesMailbox()).as("who changed it stays").isTrue();
    }

    private static Visitor openedOnOther(String mailbox, String token) {
        Visitor browser = new Visitor(other.port());
        browser.get(Visitor.loginTarget(mailbox, token, "&direct=1"));
        assertThat(browser.seesMailbox()).isTrue();
        return browser;
    }

    private static void isOverInTime(Visitor browser, Instant since) {
        assertThat(browser.get("/?_task=mail").body()).doesNotContain("id=\"messages\"");
        await(
                () -> browser.get("/?_task=mail").header("Location").equals(Optional.of("/?_task=login&_ended")),
                PROMISED.minus(Duration.between(since, Instant.now())));
    }

    /** Asks until it is so; fails when the time is over. */
    private static void await(BooleanSupplier isSo, Duration patience) {
        Instant until = Instant.now().plus(patience);
        while (!isSo.getAsBoolean()) {
            assertThat(Instant.now()).as("still not so after " + patience).isBefore(until);
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private static int login(String mailbox, String token) {
        return Wire.get(other.port(), Visitor.loginTarget(mailbox, token, "&direct=1"))
                .status();
    }

    private static void command(String input, String... words) {
        RunningPostern.Finished command =
                database.node(RunningPostern.empty(), "postern").option(words).run(input);
        assertThat(command.exitCode()).as(command.err()).isZero();
    }

    // Faults

    @Test
    void databaseDown_everyDoorSaysSo_nothingIsConsumed_andAllWorksAfterwards() throws Exception {
        HelpDesk desk = HelpDesk.demo(one.port());
        String sso = desk.issue("alice@acme.example", "sso");
        String normal = desk.issue("alice@acme.example", "normal");
        Visitor browser = new Visitor(one.port());
        browser.get(Visitor.loginTarget("alice@acme.example", desk.issue("alice@acme.example", "sso"), "&direct=1"));
        assertThat(browser.seesMailbox()).isTrue();
        assertThat(desk.call("GET", "/sso/v1/me", "").status()).isEqualTo(200);
        assertThat(Wire.get(one.port(), "/health/ready").body()).contains("\"UP\"");

        database.stop();
        try {
            Wire.Answer login = unavailable("GET", Visitor.loginTarget("alice@acme.example", sso, "&direct=1"), "");
            assertThat(login.header("Set-Cookie")).isEmpty();
            unavailable("GET", Visitor.loginTarget("alice@acme.example", sso, ""), "");
            unavailable(
                    "POST",
                    "/?_task=signin",
                    "user=alice%40acme.example&pass=" + normal,
                    "Content-Type: application/x-www-form-urlencoded");
            assertThat(unavailable("GET", desk.toolsTarget("alice@acme.example", "sso"), "")
                            .body())
                    .isEqualTo("error: temporarily unavailable\n");
            String credentials = "{\"credentials\":{\"user\":\"mail@acme.example\",\"password\":\"demo-mail\"},";
            assertThat(unavailable(
                                    "POST",
                                    "/api/generate_token",
                                    credentials + "\"user\":\"alice@acme.example\",\"reason\":\"x\"}")
                            .body())
                    .startsWith("{\"success\":false,\"error_number\":0,");
            for (String target : new String[] {
                "/sso/v1/me",
                "/sso/v1/tokens?user=alice@acme.example",
                "/sso/v1/users",
                "/sso/v1/audit",
                "/sso/v1/sessions?user=alice@acme.example"
            }) {
                Wire.Answer answer = unavailable("GET", target, "", desk.basic());
                assertThat(answer.header("Content-Type").orElse("")).startsWith("application/problem+json");
                assertThat(answer.body()).contains("\"status\":503").doesNotContain("postgres", "Exception");
            }
            unavailable(
                    "POST",
                    "/sso/v1/tokens",
                    "{\"user\":\"alice@acme.example\",\"type\":\"sso\",\"reason\":\"x\"}",
                    desk.basic(),
                    "Content-Type: application/json");
            unavailable("GET", "/sso/v1/me", "", "Authorization: Bearer demo-api-key");
            assertThat(MailClient.imap(one.imapPort(), "alice@acme.example", normal))
                    .isFalse();
            assertThat(unavailable("GET", "/health/ready", "").body()).contains("\"DOWN\"");
            assertThat(Wire.get(one.port(), "/health/live").body()).contains("\"UP\"");
            assertThat(browser.get("/?_task=mail").status()).isIn(200, 503);
            assertThat(one.log().lines().filter(line -> line.contains(" ERROR ")))
                    .hasSizeGreaterThan(5)
                    .allMatch(line -> !line.contains(sso) && !line.contains(normal));
        } finally {
            database.start();
        }

        awaitReady(one);
        awaitReady(other);
        assertThat(browser.seesMailbox()).as("the session outlived it").isTrue();
        assertThat(MailClient.imap(one.imapPort(), "alice@acme.example", normal))
                .isTrue();
        assertThat(login("alice@acme.example", sso)).as("not consumed").isEqualTo(303);
        assertThat(login("alice@acme.example", sso)).isEqualTo(403);
    }

    private static void awaitReady(RunningPostern node) {
        try {
            await(() -> Wire.get(node.port(), "/health/ready").status() == 200, Duration.ofSeconds(30));
        } catch (AssertionError e) {
            throw new AssertionError(node.threads() + node.log(), e);
        }
    }

    private static Wire.Answer unavailable(String method, String target, String body, String... headers) {
        Wire.Answer answer = Wire.once(one.port(), method, target, body, headers);
        assertThat(answer.status())
                .as(method + " " + target + "\n" + answer.whole())
                .isEqualTo(503);
        assertThat(answer.header("Retry-After").orElse("")).as(target).matches("[1-9][0-9]*");
        return answer;
    }
}
