package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code java -jar}: options, settings, commands, start and stop (contract, sections 4, 10 and 12). */
class StartIT {
    private static RunningPostern demo;

    @BeforeAll
    static void start() {
        demo = RunningPostern.demo().start();
    }

    @AfterAll
    static void stop() {
        demo.close();
    }

    // The demo

    @Test
    void demo_link_opensAlicesMailbox() {
        Visitor browser = new Visitor(demo.port());

        Wire.Answer logo = browser.get(Visitor.target(demo.link()));
        assertThat(logo.status()).isEqualTo(200);
        assertThat(logo.body()).contains("/assets/logo.svg");
        assertThat(logo.header("Referrer-Policy")).contains("no-referrer");
        Wire.Answer mailbox = browser.get(Visitor.next(logo).orElseThrow());

        assertThat(mailbox.status()).isEqualTo(200);
        assertThat(mailbox.body()).contains("alice@acme.example");
        assertThat(new Visitor(demo.port()).follow(Visitor.target(demo.link())).status())
                .as("the link works once")
                .isEqualTo(403);
    }

    @Test
    void demo_wgetLine_issuesATokenThatOpensTheMailbox() throws Exception {
        assertThat(demo.wgetLine()).startsWith("wget -q -O - ");
        String answer = shell(demo.wgetLine());

        assertThat(answer).matches("success: token generated\ntoken: \\[[0-9a-f]{32}]\nexpires: \\[[0-9]{10}]\n");
        Visitor browser = new Visitor(demo.port());
        browser.follow(Visitor.loginTarget("alice@acme.example", HelpDesk.tokenIn(answer), ""));
        assertThat(browser.seesMailbox()).isTrue();
    }

    @Test
    void tools_byPostAndByBasic_issueToo() throws Exception {
        String url = demo.address() + "/tools/sso";
        List<String> commands = List.of(
                "wget -q -O - --post-data='admin=mail%40acme.example&pass=demo-mail&user=bob%40acme.example' " + url,
                "wget -q -O - --auth-no-challenge --user=mail@acme.example --password=demo-mail '" + url
                        + "?user=bob@acme.example'",
                "curl -s -u mail@acme.example:demo-mail -d user=bob@acme.example -d type=sso " + url);
        for (String command : commands) {
            assertThat(shell(command)).as(command).startsWith("success: token generated\ntoken: [");
        }
    }

    @Test
    void demo_isReachedFromThisMachineAlone() {
        for (int port : List.of(demo.port(), demo.imapPort(), demo.pop3Port(), demo.smtpPort())) {
            assertThatThrownBy(() -> connect("127.0.0.2", port))
                    .as("port " + port)
                    .isInstanceOf(ConnectException.class);
        }
        assertThat(demo.startLines()).contains("127.0.0.1 only");
    }

    @Test
    void secondProcess_onTheSameDataFolder_isRefusedClearly() {
        RunningPostern.Finished second = RunningPostern.demo().data(demo.data()).run();

        assertThat(second.exitCode()).isNotZero();
        assertThat(second.err().lines())
                .singleElement()
                .asString()
                .contains("data folder")
                .contains("another process");
        assertThat(second.err()).doesNotContain("\tat ");
        assertThat(Wire.get(demo.port(), "/health/ready").status()).isEqualTo(200);
    }

    @Test
    void command_whileTheServerRuns_saysThatTheDatabaseIsInUse() {
        RunningPostern.Finished command = RunningPostern.empty()
                .data(demo.data())
                .option("mailbox", "suspend", "zoe@globex.example")
                .run();

        assertThat(command.exitCode()).isEqualTo(1);
        assertThat(command.err()).contains("running server").doesNotContain("\tat ");
    }

    private static void connect(String address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 2_000);
        }
    }

    /** What the command line prints; fails where it fails. */
    private static String shell(String command) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(command).isZero();
        return out;
    }

    // Options and settings

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--prot 8080",
                "--port x",
                "--port 65536",
                "--port -1",
                "--port",
                "--port 1 --port 2",
                "--data",
                "--data=",
                "--settings /no/such/file",
                "--imap-port abc",
                "--demo=yes",
                "frobnicate --now"
            })
    void badOption_isNamedInOneLine(String line) {
        RunningPostern.Finished start =
                RunningPostern.empty().noPort().option(line.split(" ")).run();

        assertThat(start.exitCode()).isEqualTo(2);
        assertThat(start.err().lines()).singleElement().asString().startsWith(line.replaceFirst("[ =].*", ""));
        assertThat(start.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sso.prot=1",
                "sso.session.max-live=PT1H",
                "sso.session.max-life=8h",
                "sso.session.poll=PT5S",
                "sso.database.pool=0",
                "sso.http.plain=maybe",
                "sso.mail.key=short",
                "sso.http.trusted-proxies=proxy.example",
                "sso.public-url=ftp://mail.example",
                "sso.brands=Upper",
                "sso.keys=YWJj"
            })
    void badOrUnknownSetting_isNamedInOneLine(String setting) {
        String[] pair = setting.split("=", 2);
        RunningPostern.Finished start =
                RunningPostern.empty().noPort().setting(pair[0], pair[1]).run();

        assertThat(start.exitCode()).as(start.out()).isEqualTo(2);
        assertThat(start.err().lines()).singleElement().asString().startsWith(pair[0] + ": ");
        assertThat(start.err()).doesNotContain("YWJj", "short");
        assertThat(start.out()).isEmpty();
    }

    @Test
    void unknownSetting_inTheEnvironmentOrInAFile_isNamedInOneLine(@TempDir Path folder) throws IOException {
        RunningPostern.Finished fromEnvironment = RunningPostern.empty()
                .environment("SSO_SESSION_MAX_LIVE", "PT1H")
                .run();
        assertThat(fromEnvironment.exitCode()).isEqualTo(2);
        assertThat(fromEnvironment.err().lines()).singleElement().asString().startsWith("SSO_SESSION_MAX_LIVE: ");

        Path file = Files.writeString(folder.resolve("postern.properties"), "sso.sesion.max-life=PT1H\n");
        RunningPostern.Finished fromFile =
                RunningPostern.empty().option("--settings", file.toString()).run();
        assertThat(fromFile.exitCode()).isEqualTo(2);
        assertThat(fromFile.err().lines()).singleElement().asString().startsWith("sso.sesion.max-life: ");
    }

    @Test
    void everythingByEnvironment_isAsByOptions(@TempDir Path data) throws IOException {
        int port = RunningPostern.freePort();
        try (RunningPostern postern = RunningPostern.empty()
                .noPort()
                .environment("SSO_PORT", Integer.toString(port))
                .environment("SSO_ADDRESS", "127.0.0.2")
                .environment("SSO_DATA", data.toString())
                .environment("SSO_MAIL_KEY", "from-the-environment")
                .start()) {
            assertThat(postern.port()).isEqualTo(port);
            assertThat(postern.startLines()).contains("ready at http://127.0.0.2:");
            new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), port).close();
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                    .isInstanceOf(ConnectException.class);
            assertThat(data.resolve("program")).isDirectory();
        }
    }

    @Test
    void settingsFile_andFixedMailPorts_areUsed(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("postern.properties"), "sso.tools.get=false\nsso.session.max-life=PT5M\n");
        int imap = RunningPostern.freePort();
        int pop3 = RunningPostern.freePort();
        int smtp = RunningPostern.freePort();
        try (RunningPostern postern = RunningPostern.demo()
                .option("--settings", file.toString(), "--imap-port", Integer.toString(imap))
                .option("--pop3-port", Integer.toString(pop3), "--smtp-port=" + smtp)
                .start()) {
            assertThat(List.of(postern.imapPort(), postern.pop3Port(), postern.smtpPort()))
                    .containsExactly(imap, pop3, smtp);
            HelpDesk desk = HelpDesk.demo(postern.port());
            assertThat(Wire.get(postern.port(), desk.toolsTarget("alice@acme.example", "normal"))
                            .status())
                    .isEqualTo(405);
            String token =
                    desk.issueByApi("alice@acme.example", "normal", "Ticket 7").getString("token");
            for (String secret : List.of(token, "demo-alice")) {
                assertThat(MailClient.imap(imap, "alice@acme.example", secret)).isTrue();
                assertThat(MailClient.pop3(pop3, "alice@acme.example", secret)).isTrue();
                assertThat(MailClient.smtpPlain(smtp, "alice@acme.example", secret))
                        .isTrue();
            }
            new Visitor(postern.port()).get(Visitor.loginTarget("alice@acme.example", token, "&direct=1"));
            var session = desk.get("/sso/v1/sessions?user=alice@acme.example");
            assertThat(Duration.between(
                            Instant.parse(session.getString("items[0].started_at")),
                            Instant.parse(session.getString("items[0].ends_at"))))
                    .isEqualTo(Duration.ofMinutes(5));
        }
    }

    @Test
    void portInUse_isNamedInOneLine() {
        RunningPostern.Finished start = RunningPostern.empty().port(demo.port()).run();

        assertThat(start.exitCode()).isNotZero();
        assertThat(start.err().lines())
                .singleElement()
                .asString()
                .startsWith("sso.port: ")
                .contains(Integer.toString(demo.port()));
    }

    // Without the demo

    @Test
    void empty_hasNoAccount_untilACommandMakesOne(@TempDir Path data) {
        try (RunningPostern postern = RunningPostern.empty().data(data).start()) {
            assertThat(HelpDesk.demo(postern.port())
                            .call("GET", "/sso/v1/me", "")
                            .status())
                    .isEqualTo(401);
            assertThat(Wire.get(
                                    postern.port(),
                                    HelpDesk.demo(postern.port()).toolsTarget("alice@acme.example", "normal"))
                            .body())
                    .isEqualTo("error: failed to save token\n");
            Wire.Answer apiKey = Wire.get(postern.port(), "/sso/v1/me", "Authorization: Bearer demo-api-key");
            assertThat(apiKey.status()).isEqualTo(401);
            Wire.Answer signIn =
                    Wire.post(postern.port(), "/?_task=signin", "user=alice%40acme.example&pass=demo-alice");
            assertThat(signIn.status()).isEqualTo(403);
        }

        RunningPostern.Finished admin = command(
                data,
                "hd-Secret-4711",
                "admin",
                "create",
                "desk@first.example",
                "--role",
                "mail",
                "--company",
                "First",
                "--domain",
                "first.example");
        assertThat(admin.exitCode()).as(admin.err()).isZero();
        RunningPostern.Finished mailbox =
                command(data, "hd-Secret-4712", "mailbox", "create", "anna@first.example", "--locale", "de");
        assertThat(mailbox.exitCode()).as(mailbox.err()).isZero();
        assertThat(admin.out() + admin.err() + mailbox.out() + mailbox.err()).doesNotContain("hd-Secret");

        try (RunningPostern postern = RunningPostern.empty().data(data).start()) {
            HelpDesk desk = new HelpDesk(postern.port(), "desk@first.example", "hd-Secret-4711");
            String token = desk.issue("anna@first.example", "sso");
            Visitor browser = new Visitor(postern.port());
            Wire.Answer login = browser.get(Visitor.loginTarget("anna@first.example", token, "&direct=1"));
            assertThat(login.status()).isEqualTo(303);
            assertThat(login.header("Location")).contains("/?_task=mail");
            assertThat(desk.audit("user=anna@first.example"))
                    .extracting(row -> row.text("event"))
                    .contains("redeemed", "issued");
        }
    }

    @Test
    void adminCreate_withNoPasswordGiven_makesOneThatWorks(@TempDir Path data) {
        RunningPostern.Finished made = RunningPostern.empty()
                .data(data)
                .option("admin", "create", "desk@first.example", "--role", "company", "--company", "First")
                .run();
        assertThat(made.exitCode()).as(made.err()).isZero();
        String password = made.out().lines().findFirst().orElseThrow().replaceFirst("^password: ", "");

        try (RunningPostern postern = RunningPostern.empty().data(data).start()) {
            HelpDesk desk = new HelpDesk(postern.port(), "desk@first.example", password);
            assertThat(desk.get("/sso/v1/me").getString("role")).isEqualTo("company");
        }
    }

    private static RunningPostern.Finished command(Path data, String password, String... words) {
        return RunningPostern.empty().data(data).option(words).run(password);
    }

    // The end

    @Test
    void sigterm_finishesWhatRuns_takesNoMore_andExitsWithZero() throws Exception {
        try (RunningPostern postern = RunningPostern.demo().start();
                Wire running = new Wire(postern.port())) {
            String form = "admin=mail%40acme.example&pass=demo-mail&user=alice%40acme.example&type=sso";
            Wire.Answer begun = running.exchange(("POST /tools/sso HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + form.length()
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(begun.status()).as("the program waits for the body").isEqualTo(100);

            postern.terminate();
            awaitRefusal(postern.port());
            assertThat(postern.isAlive()).isTrue();
            Wire.Answer answer = running.exchange(form.getBytes(StandardCharsets.US_ASCII));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).startsWith("success: token generated\n");
            RunningPostern.Finished end = postern.awaitEnd(Duration.ofSeconds(15));
            assertThat(end.exitCode()).isZero();
            assertThat(end.err()).doesNotContain("ERROR");
            assertThat(filesIn(postern.temporaryFolder())).as("left behind").isEmpty();
        }
    }

    @Test
    void killed_leavesNothingInTheTemporaryFolder() throws IOException {
        try (RunningPostern postern = RunningPostern.demo().start()) {
            Wire.get(postern.port(), "/openapi");
            postern.kill();
            assertThat(filesIn(postern.temporaryFolder())).isEmpty();
        }
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    /** Until new connections get nothing any more, or 503. */
    private static void awaitRefusal(int port) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() < until) {
            try (Wire wire = new Wire(port)) {
                if (wire.send("GET", "/health/live", "").status() == 503) {
                    return;
                }
            } catch (IOException refused) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("still takes work after SIGTERM");
    }
}
