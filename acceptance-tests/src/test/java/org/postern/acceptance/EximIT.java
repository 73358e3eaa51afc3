package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens as passwords at Debian's Exim, with the very files of {@code integrations/exim}. */
class EximIT {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";
    /** Has no token in any test, so that no wrong password is a guess at one. */
    private static final String CAROL = "carol@acme-labs.example";

    private static final String IN = "235 ";
    private static final String WRONG = "535 ";
    private static final String TEMPORARY = "435 ";

    @TempDir
    private static Path folder;

    private static RunningPostern postern;
    private static HelpDesk desk;
    private static HelpDesk company;
    private static MailServer exim;
    /** What must not be in Exim's log. */
    private static final List<String> SECRETS = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        folder.toFile().setExecutable(true, false);
        folder.toFile().setReadable(true, false);
        postern = RunningPostern.demo().start();
        desk = HelpDesk.demo(postern.port());
        company = new HelpDesk(postern.port(), "company@acme.example", "demo-company");
        exim = MailServer.exim(Files.createDirectory(folder.resolve("exim")), postern.port());
    }

    @AfterAll
    static void stop() throws IOException {
        bothAnswer(exim, IN, ALICE, "demo-alice");
        String log = exim.log() + postern.log();
        exim.close();
        postern.close();

        assertThat(log).contains("postern_plain", "postern_login");
        for (String secret : SECRETS) {
            assertThat(log).doesNotContain(secret, base64(secret));
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String secret(String value) {
        SECRETS.add(value);
        return value;
    }

    private static void bothAnswer(MailServer server, String start, String user, String password) throws IOException {
        assertThat(Submission.plain(server.smtp, user, password))
                .as(server.log())
                .startsWith(start);
        assertThat(Submission.login(server.smtp, user, password))
                .as(server.log())
                .startsWith(start);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "LOGIN"})
    void exim_takesALetterByTokenAndByPassword(String mechanism) throws Exception {
        String token = secret(desk.issue(ALICE, "normal"));
        for (String password : List.of(token, "demo-alice")) {
            int before = exim.queue().size();
            Swaks sent = Swaks.send(exim.smtp, mechanism, ALICE, password, "-tls");
            assertThat(sent.exit()).as(sent.said() + exim.log()).isZero();
            assertThat(exim.queue()).hasSize(before + 1);
        }
        assertThat(exim.queue()).allMatch(envelope -> envelope.contains("-auth_id " + ALICE + '\n'));
        assertThat(Swaks.send(exim.smtp, mechanism, ALICE, "wrong", "-tls").said())
                .contains("<~* 535 ");
        assertThat(Swaks.send(exim.smtp, mechanism, BOB, token, "-tls").said()).contains("<~* 535 ");
    }

    @Test
    void letterWithoutALogin_isRefused() throws IOException {
        try (Submission submission = Submission.secure(exim.smtp)) {
            assertThat(submission.say("MAIL FROM:<" + ALICE + ">")).startsWith("250 ");
            assertThat(submission.say("RCPT TO:<somebody@example.com>")).startsWith("550 ");
        }
    }

    @Test
    void whatIsNoLiveToken_isRefused_andTheOwnPasswordStillIn() throws Exception {
        bothAnswer(exim, WRONG, ALICE, secret(desk.issue(ALICE, "sso")));
        bothAnswer(
                exim, WRONG, "postmaster@acme.example", secret(company.issue("postmaster@acme.example", "admin_only")));
        bothAnswer(exim, WRONG, ALICE, "");
        bothAnswer(exim, WRONG, "", "demo-alice");
        bothAnswer(exim, WRONG, "nobody@acme.example", "demo-alice");

        var revoked = desk.issueByApi(ALICE, "normal", "To be revoked");
        String token = secret(revoked.getString("token"));
        bothAnswer(exim, IN, ALICE, token);
        bothAnswer(exim, IN, "Alice@ACME.example", token);
        assertThat(desk.call("DELETE", "/sso/v1/tokens/" + revoked.getString("id"), "")
                        .status())
                .isEqualTo(204);
        bothAnswer(exim, WRONG, ALICE, token);
        bothAnswer(exim, IN, ALICE, "demo-alice");
    }

    @Test
    void expiredToken_isRefused() throws Exception {
        String body = "{\"user\":\"" + ALICE + "\",\"type\":\"normal\",\"reason\":\"Short\",\"life\":1}";
        Wire.Answer issued = desk.call("POST", "/sso/v1/tokens", body);
        assertThat(issued.status()).as(issued.whole()).isEqualTo(201);
        var token = io.restassured.path.json.JsonPath.from(issued.body());
        String id = token.getString("id");
        while (!desk.get("/sso/v1/tokens/" + id).getString("state").equals("expired")) {
            Thread.sleep(100);
        }
        bothAnswer(exim, WRONG, ALICE, secret(token.getString("token")));
    }

    @Test
    void suspendedMailboxsToken_isRefused() throws Exception {
        String mailbox = "suspended@acme.example";
        Visitor administrator = new Visitor(postern.port());
        administrator.follow(Visitor.loginTarget(
                "postmaster@acme.example", secret(company.issue("postmaster@acme.example", "admin_only")), ""));
        press(administrator, mailbox, "#resume");
        String token = secret(desk.issue(mailbox, "normal"));
        bothAnswer(exim, IN, mailbox, token);

        press(administrator, mailbox, "#suspend");
        bothAnswer(exim, WRONG, mailbox, token);
    }

    /** A button on the mailbox's page in the domain administrator's tab. */
    private static void press(Visitor administrator, String mailbox, String button) {
        String target = "/?_task=admin&_user=" + Wire.encode(mailbox);
        Wire.Answer page = administrator.get(target);
        Element form = Jsoup.parse(page.body()).selectFirst("form:has(" + button + ")");
        assertThat(form).as(page.whole()).isNotNull();
        String fields = form.select("input[name], button" + button + "[name]").stream()
                .map(field -> Wire.encode(field.attr("name")) + '=' + Wire.encode(field.val()))
                .collect(Collectors.joining("&"));
        Wire.Answer done = administrator.post(target, fields);
        assertThat(done.status()).as(fields + done.whole()).isIn(200, 303);
    }

    /** The row has the client's address as Exim knows it, and the protocol. */
    @Test
    void login_standsInTheTrail() throws Exception {
        String token = secret(desk.issueByApi(BOB, "normal", "Told by Exim").getString("token"));
        bothAnswer(exim, IN, BOB, token);

        assertThat(desk.audit("user=" + BOB + "&event=mail_login").stream()
                        .map(row -> row.text("detail") + ' ' + row.text("client")))
                .contains("smtp 127.0.0.1");
    }

    @Test
    void challengeMechanisms_areNotOffered_andRefused() throws Exception {
        String token = secret(desk.issue(ALICE, "normal"));
        assertThat(Swaks.send(exim.smtp, "CRAM-MD5", ALICE, token, "-tls").exit())
                .as("is not offered")
                .isEqualTo(28);
        try (Submission submission = Submission.secure(exim.smtp)) {
            assertThat(submission.say("EHLO client.example")).contains("AUTH PLAIN LOGIN");
            assertThat(submission.say("AUTH CRAM-MD5")).startsWith("504 ");
        }
    }

    @Test
    void withoutTls_nothingIsOffered() throws Exception {
        String token = secret(desk.issue(ALICE, "normal"));
        try (Submission submission = new Submission(exim.smtp)) {
            assertThat(submission.say("EHLO client.example"))
                    .contains("STARTTLS")
                    .doesNotContain("AUTH");
            assertThat(submission.say("AUTH LOGIN")).startsWith("503 ");
        }
        assertThat(Swaks.send(exim.smtp, "PLAIN", ALICE, token).exit()).isEqualTo(28);
    }

    @Test
    void oddTokens_arriveAsTheyWereTyped() throws Exception {
        for (String odd : List.of(
                "a+b c%d&e=@ok",
                "%41%42 %zz+%",
                "ümläut €uro 😀",
                "tab\"quote\\back",
                "\\x41\\n\\N$auth1",
                "}{yes}{${run{/bin/false}}")) {
            String json = odd.replace("\\", "\\\\").replace("\"", "\\\"");
            var issued = desk.call(
                    "POST",
                    "/sso/v1/tokens",
                    "{\"user\":\"" + ALICE + "\",\"type\":\"normal\",\"reason\":\"odd\",\"token\":\"" + json + "\"}");
            assertThat(issued.status()).as(odd + issued.whole()).isEqualTo(201);
            bothAnswer(exim, IN, ALICE, odd);
        }
        bothAnswer(exim, IN, "plain", MailServer.ODD_PASSWORD);
        bothAnswer(exim, WRONG, "plain", MailServer.ODD_PASSWORD + ' ');
    }

    private static List<byte[]> hostile() {
        List<byte[]> all = new ArrayList<>();
        for (String text : List.of(
                "x&user=" + ALICE + "&password=demo",
                "x\r\nX-Auth-Key: demo-mail-key\r\n\r\n",
                "x\r\n\r\nPOST /sso/mail/check HTTP/1.0\r\nContent-Length: 0\r\n\r\n",
                "\"result\":\"ok\"",
                "HTTP/1.0 200 OK\r\n\r\n{\"result\":\"ok\"}",
                "}{yes}{yes}}",
                "}}}}yes",
                "${if eq{1}{1}{yes}}",
                "${run{/bin/touch MARKER}}",
                "${readfile{/etc/passwd}}",
                "$auth1$auth2$1$2",
                "\\N\\x41\\n\\r\\t\\\\",
                "\\",
                "\\\\x25",
                "%",
                "%25%26%0d%0a",
                "+ +",
                "=&=&=",
                "a\tb\tc",
                "'; touch MARKER; '",
                "`touch MARKER`",
                "*",
                "*:*",
                ":",
                "yes",
                "true",
                "1",
                "ümläut €uro 😀",
                "x".repeat(3_000))) {
            all.add(text.replace("MARKER", folder.resolve("marker").toString()).getBytes(StandardCharsets.UTF_8));
        }
        for (int b = 1; b < 256; b++) {
            all.add(new byte[] {'a', (byte) b, 'b'});
        }
        Random random = new Random(20_261_128);
        for (int i = 0; i < 30; i++) {
            byte[] bytes = new byte[1 + random.nextInt(300)];
            for (int k = 0; k < bytes.length; k++) {
                bytes[k] = (byte) (1 + random.nextInt(255));
            }
            all.add(bytes);
        }
        return all;
    }

    /** Each byte but NUL, as user and as password, is on the wire what a form makes of it, and nothing besides. */
    @Test
    void hostilePasswords_areOneValueOfOneForm(@TempDir Path mute) throws IOException {
        open(mute);
        try (Listener listener = new Listener("HTTP/1.1 403 Forbidden\r\n\r\n{\"result\":\"no\"}");
                MailServer server = MailServer.exim(mute, listener.port())) {
            List<byte[]> hostile = hostile();
            for (int i = 0; i < hostile.size(); i++) {
                byte[] password = hostile.get(i);
                byte[] user = hostile.get((i * 7 + 3) % hostile.size());
                String answer = i % 2 == 0
                        ? Submission.plain(server.smtp, user, password)
                        : Submission.login(server.smtp, user, password);
                assertThat(answer)
                        .as(new String(password, StandardCharsets.ISO_8859_1))
                        .startsWith(WRONG);
                assertThat(listener.requests(i + 1)).hasSize(i + 1);
                assertThat(decoded(listener.requests(i + 1).get(i), listener.port()))
                        .isEqualTo(
                                "protocol=smtp&client_ip=127.0.0.1&user=" + form(user) + "&password=" + form(password));
            }
        }
        assertThat(folder.resolve("marker")).doesNotExist();
    }

    /** The body, each of whose values is read and written anew. */
    private static String decoded(String request, int port) {
        String[] parts = request.split("\r\n\r\n", -1);
        assertThat(parts).hasSize(2);
        assertThat(parts[0])
                .isEqualTo("POST /sso/mail/check HTTP/1.0\r\nHost: 127.0.0.1:" + port
                        + "\r\nAuthorization: Bearer demo-mail-key\r\nContent-Type: application/x-www-form-urlencoded"
                        + "\r\nContent-Length: " + parts[1].length());
        List<String> fields = new ArrayList<>();
        for (String field : parts[1].split("&", -1)) {
            String[] pair = field.split("=", -1);
            assertThat(pair).hasSize(2);
            fields.add(pair[0]
                    + '='
                    + form(java.net.URLDecoder.decode(pair[1], StandardCharsets.ISO_8859_1)
                            .getBytes(StandardCharsets.ISO_8859_1)));
        }
        return String.join("&", fields);
    }

    private static String form(byte[] value) {
        return URLEncoder.encode(new String(value, StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
    }

    @Test
    void hostilePasswords_openNothing_andHoldNobodyUp() throws IOException {
        List<byte[]> hostile = hostile();
        for (int i = 0; i < hostile.size(); i += 3) {
            byte[] password = hostile.get(i);
            assertThat(Submission.plain(exim.smtp, CAROL.getBytes(StandardCharsets.UTF_8), password))
                    .as(new String(password, StandardCharsets.ISO_8859_1))
                    .startsWith(WRONG);
            assertThat(Submission.login(exim.smtp, password, "demo-alice".getBytes(StandardCharsets.UTF_8)))
                    .as(new String(password, StandardCharsets.ISO_8859_1))
                    .startsWith(WRONG);
        }
        assertThat(folder.resolve("marker")).doesNotExist();
        bothAnswer(exim, IN, ALICE, "demo-alice");
    }

    private static void open(Path path) {
        path.toFile().setExecutable(true, false);
        path.toFile().setReadable(true, false);
    }

    /** Whoever has a token is to come again; the letters of the others are taken. */
    private static void takesOwnPasswordsOnly(MailServer server) throws Exception {
        Swaks sent = Swaks.send(server.smtp, "PLAIN", ALICE, "demo-alice", "-tls");
        assertThat(sent.exit()).as(sent.said() + server.log()).isZero();
        long begin = System.nanoTime();
        assertThat(Submission.plain(server.smtp, ALICE, "demo-alice")).startsWith(IN);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
        assertThat(server.queue()).singleElement().asString().contains("-auth_id " + ALICE + '\n');
        bothAnswer(server, IN, ALICE, "demo-alice");
        bothAnswer(server, TEMPORARY, ALICE, "9c31fee7d811695f59f1e3c313642cf3");
        assertThat(server.log())
                .contains("login tokens cannot be checked")
                .doesNotContain("9c31fee7d811695f59f1e3c313642cf3", base64("9c31fee7d811695f59f1e3c313642cf3"));
    }

    @Test
    void posternDown_ownPasswordsWork_andATokenIsToComeAgain(@TempDir Path down) throws Exception {
        open(down);
        try (MailServer server = MailServer.exim(down, RunningPostern.freePort())) {
            takesOwnPasswordsOnly(server);
        }
    }

    @Test
    void posternHanging_ownPasswordsWorkWithin3Seconds_andATokenIsToComeAgain(@TempDir Path hanging) throws Exception {
        open(hanging);
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                MailServer server = MailServer.exim(hanging, silent.getLocalPort())) {
            takesOwnPasswordsOnly(server);
            long begin = System.nanoTime();
            assertThat(Submission.plain(server.smtp, ALICE, "demo-alice")).startsWith(IN);
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .as("it was asked")
                    .isGreaterThan(Duration.ofMillis(1_500));
        }
    }

    /** Whatever is neither of the two answers lets nobody in, and refuses nobody for good. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 401 Unauthorized\r\n\r\n",
                "HTTP/1.1 403 Forbidden\r\n\r\n<h1>The proxy forbids it</h1>",
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n\r\n{\"result\":\"ok\"}",
                "HTTP/1.1 503 Service Unavailable\r\n\r\n{\"result\":\"no\"}",
                "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n{\"result\":\"no\"}",
                "HTTP/1.1 200 OK\r\n\r\n<h1>Welcome</h1>",
                "HTTP/1.1 200 OK\r\n\r\n{\"result\":\"ok\",\"user\":\"bob@acme.example\"}",
                "HTTP/1.1 200 OK\r\n\r\n{\"result\":\"ok\"}",
                "HTTP/1.1 200 OK\r\n\r\nYou asked {\"result\":\"ok\",\"user\":\"alice@acme.example\"}",
                "yes",
                "220 smtp.example ESMTP\r\n"
            })
    void oddAnswers_letNobodyIn_andRefuseNobody(String answer, @TempDir Path odd) throws Exception {
        open(odd);
        try (Listener listener = new Listener(answer);
                MailServer server = MailServer.exim(odd, listener.port())) {
            takesOwnPasswordsOnly(server);
            assertThat(listener.requests(6)).hasSize(6);
            long begin = System.nanoTime();
            assertThat(Submission.plain(server.smtp, ALICE, "no token")).startsWith(TEMPORARY);
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .as("it did not wait for more")
                    .isLessThan(Duration.ofMillis(1_500));
        }
    }

    /** The other way: a Dovecot on the same host that asks Postern. */
    @Test
    void throughDovecot_tokensAndPasswordsOpen(@TempDir Path both) throws Exception {
        open(both);
        String token =
                secret(desk.issueByApi(ALICE, "normal", "Through Dovecot").getString("token"));
        try (MailServer dovecot =
                        MailServer.dovecot(Files.createDirectory(both.resolve("dovecot")), "lua", postern.port());
                MailServer server = MailServer.eximBefore(Files.createDirectory(both.resolve("exim")), dovecot)) {
            bothAnswer(server, IN, ALICE, token);
            bothAnswer(server, IN, ALICE, "demo-alice");
            bothAnswer(server, WRONG, BOB, token);
            bothAnswer(server, WRONG, ALICE, "wrong");
            assertThat(server.log() + dovecot.log()).doesNotContain(token, base64(token), "demo-alice");
        }
        try (MailServer dovecot = MailServer.dovecot(
                        Files.createDirectory(both.resolve("alone")), "lua", RunningPostern.freePort());
                MailServer server = MailServer.eximBefore(Files.createDirectory(both.resolve("exim-2")), dovecot)) {
            bothAnswer(server, IN, ALICE, "demo-alice");
            bothAnswer(server, WRONG, ALICE, token);
        }
    }
}
