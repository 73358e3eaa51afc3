package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens as passwords at Dovecot and nginx from Debian's packages, with the very files of {@code integrations/}. */
class MailServersIT {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";
    private static final String PROXY = MailServer.PROXY;

    @TempDir
    private static Path folder;

    private static MailServer.Certificate certificate;
    private static RunningPostern postern;
    private static int authPort;
    private static HelpDesk desk;
    private static MailServer lua;
    private static MailServer oauth2;
    private static MailServer behind;
    private static MailServer nginx;
    private static MailServer postfix;

    @BeforeAll
    static void start() throws IOException {
        folder.toFile().setExecutable(true, false);
        folder.toFile().setReadable(true, false);
        int port = RunningPostern.freePort();
        authPort = RunningPostern.freePort();
        behind = MailServer.dovecotBehindNginx(made("behind"));
        lua = MailServer.dovecot(made("lua"), "lua", port);
        oauth2 = MailServer.dovecot(made("oauth2"), "oauth2", port);
        postern = RunningPostern.demo()
                .port(port)
                .setting("sso.mail.nginx.imap", "127.0.0.1:" + behind.imap)
                .setting("sso.mail.nginx.pop3", "127.0.0.1:" + behind.pop3)
                .setting("sso.mail.nginx.smtp", "127.0.0.1:" + behind.smtp)
                .setting("sso.mail.nginx.password", PROXY)
                .setting("sso.mail.doveadm.urls", "http://127.0.0.1:" + lua.http + ",http://127.0.0.1:" + oauth2.http)
                .setting("sso.mail.auth.port", String.valueOf(authPort))
                .setting("sso.mail.doveadm.key", MailServer.DOVEADM_KEY)
                .start();
        desk = HelpDesk.demo(port);
        certificate = MailServer.Certificate.made(made("certificate"));
        nginx = MailServer.nginx(made("nginx"), port, certificate, "on", behind);
        postfix = MailServer.postfix(made("postfix"), authPort);
    }

    private static Path made(String name) throws IOException {
        return Files.createDirectory(folder.resolve(name));
    }

    @AfterAll
    static void stop() {
        postfix.close();
        nginx.close();
        behind.close();
        lua.close();
        oauth2.close();
        postern.close();
    }

    private static MailServer dovecot(String passdb) {
        return passdb.equals("lua") ? lua : oauth2;
    }

    private static List<Boolean> everywhere(MailServer server, String user, String password) throws IOException {
        return List.of(
                MailClient.imap(server.imap, user, password),
                MailClient.pop3(server.pop3, user, password),
                MailClient.smtpPlain(server.smtp, user, password),
                MailClient.smtpLogin(server.smtp, user, password));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lua", "oauth2"})
    void token_opensImapPop3AndSmtp_andTheOwnPasswordStillDoes(String passdb) throws IOException {
        MailServer server = dovecot(passdb);
        String token = desk.issue(ALICE, "normal");

        assertThat(everywhere(server, ALICE, token)).as(server.log()).containsOnly(true);
        assertThat(everywhere(server, "Alice@ACME.example", token)).containsOnly(true);
        assertThat(everywhere(server, ALICE, "demo-alice")).containsOnly(true);
        assertThat(everywhere(server, BOB, token)).containsOnly(false);
        assertThat(everywhere(server, ALICE, "wrong")).containsOnly(false);
        assertThat(MailClient.imap(server.imap, "plain", "demo-plain")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lua", "oauth2"})
    void tokenThatDoesNotOpenMail_isRefused(String passdb) throws IOException {
        MailServer server = dovecot(passdb);
        HelpDesk company = new HelpDesk(postern.port(), "company@acme.example", "demo-company");

        assertThat(everywhere(server, ALICE, desk.issue(ALICE, "sso"))).containsOnly(false);
        assertThat(everywhere(
                        server, "postmaster@acme.example", company.issue("postmaster@acme.example", "admin_only")))
                .containsOnly(false);
        var issued = desk.issueByApi(ALICE, "normal", "To be revoked");
        assertThat(MailClient.imap(server.imap, ALICE, issued.getString("token")))
                .isTrue();
        assertThat(desk.call("DELETE", "/sso/v1/tokens/" + issued.getString("id"), "")
                        .status())
                .isEqualTo(204);
        assertThat(everywhere(server, ALICE, issued.getString("token"))).containsOnly(false);
    }

    /** Whom the mail server talks to and by which protocol stands in the trail; Dovecot's oauth2 does not tell. */
    @Test
    void lua_tellsWhoAndHow() throws IOException {
        String token = desk.issueByApi(BOB, "normal", "Told by Lua").getString("token");
        assertThat(everywhere(lua, BOB, token)).containsOnly(true);

        assertThat(desk.audit("user=" + BOB + "&event=mail_login").stream()
                        .map(row -> row.text("detail") + ' ' + row.text("client")))
                .contains("imap 127.0.0.1", "pop3 127.0.0.1", "smtp 127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lua", "oauth2"})
    void posternDownOrHanging_ownPasswordsWork_within3Seconds(String passdb, @TempDir Path down, @TempDir Path hanging)
            throws IOException {
        try (MailServer server = MailServer.dovecot(down, passdb, RunningPostern.freePort())) {
            assertThat(timed(() -> everywhere(server, ALICE, "demo-alice"))).isLessThan(Duration.ofSeconds(3));
            assertThat(MailClient.imap(server.imap, ALICE, "wrong")).isFalse();
        }
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                MailServer server = MailServer.dovecot(hanging, passdb, silent.getLocalPort())) {
            Duration took = timed(() -> List.of(MailClient.imap(server.imap, ALICE, "demo-alice")));
            assertThat(took).isBetween(Duration.ofMillis(500), Duration.ofSeconds(3));
        }
    }

    /** Dovecot's HTTP client waits after each connection that failed twice as long before the next, up to a minute. */
    @Test
    void lua_posternDown_noLoginWaitsForThoseBefore(@TempDir Path own) throws IOException {
        try (MailServer server = MailServer.dovecot(own, "lua", RunningPostern.freePort())) {
            for (int login = 0; login < 8; login++) {
                assertThat(timed(() -> List.of(MailClient.imap(server.imap, ALICE, "demo-alice"))))
                        .isLessThan(Duration.ofSeconds(1));
            }
        }
    }

    /** 401 is what Postern says to a wrong key; with a page it is another program. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "lua    | 500 | ``",
                "oauth2 | 500 | ``",
                "lua    | 401 | ``",
                "oauth2 | 401 | ``",
                "lua    | 200 | ``",
                "oauth2 | 200 | ``",
                "lua    | 200 | <!DOCTYPE html><title>Welcome</title>",
                "oauth2 | 200 | <!DOCTYPE html><title>Welcome</title>",
                "lua    | 200 | {\"result\":\"ok\"}",
                "lua    | 200 | {\"result\":\"ok\",\"user\":\"bob@acme.example\"}",
                "lua    | 200 | {\"asked\":{\"result\":\"ok\",\"user\":\"alice@acme.example\"}}",
                "lua    | 200 | {\"result\":\"no\"}",
                "lua    | 403 | {\"result\":\"ok\",\"user\":\"alice@acme.example\"}",
                "oauth2 | 200 | {\"result\":\"ok\",\"user\":\"alice@acme.example\"}"
            })
    void posternAnswersNeitherYesNorNo_ownPasswordsWork_within3Seconds(
            String passdb, int status, String page, @TempDir Path own) throws IOException {
        HttpServer faulty = program(0, exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] body = page.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        try (MailServer server =
                MailServer.dovecot(own, passdb, faulty.getAddress().getPort())) {
            assertThat(timed(() -> everywhere(server, ALICE, "demo-alice"))).isLessThan(Duration.ofSeconds(3));
            assertThat(MailClient.imap(server.imap, ALICE, "wrong")).isFalse();
        } finally {
            faulty.stop(0);
        }
    }

    /** Contract, section 9: IMAP4, POP3 and SMTP, and nothing else. */
    @ParameterizedTest
    @ValueSource(strings = {"lua", "oauth2"})
    void tokenOpensMail_andNoFilterOrOtherService(String passdb) throws IOException {
        String token = desk.issueByApi(ALICE, "normal", "For mail").getString("token");
        for (String service : List.of("imap", "pop3", "smtp", "submission", "sieve", "lmtp", "doveadm", "mailbox")) {
            boolean mail = List.of("imap", "pop3", "smtp", "submission").contains(service);
            for (String client : List.of("", " -x rip=192.0.2.7", " -x rip=2001:db8::7")) {
                String test = "doveadm -c " + folder.resolve(passdb) + "/dovecot.conf auth test -x service=" + service
                        + client + " " + ALICE + " ";
                assertThat(Tool.run(test + token, "").exitCode() == 0)
                        .as(service + client)
                        .isEqualTo(mail);
                assertThat(Tool.run(test + "demo-alice", "").exitCode())
                        .as(service + client)
                        .isZero();
            }
        }
    }

    /** The server behind is given the proxy's password: it never sees the token. */
    @Test
    void nginx_sendsATokenOnAsItsOwnPassword_andTheOwnPasswordAsItIs() throws IOException {
        String token = desk.issueByApi(ALICE, "normal", "Through nginx").getString("token");

        assertThat(everywhere(nginx, ALICE, token))
                .as(nginx.log() + behind.log())
                .containsOnly(true);
        assertThat(everywhere(nginx, ALICE, "demo-alice")).as(nginx.log()).containsOnly(true);
        assertThat(everywhere(nginx, ALICE, "wrong")).containsOnly(false);
        assertThat(everywhere(nginx, BOB, token)).containsOnly(false);
        assertThat(everywhere(nginx, ALICE, desk.issue(ALICE, "sso"))).containsOnly(false);
        assertThat(nginx.log() + behind.log()).doesNotContain(token, PROXY);
    }

    /** What stands at Postern's port in its place; 401 is what Postern says to a wrong key, with more it is another program. */
    private static AutoCloseable inPlaceOfPostern(String how, int port) throws IOException {
        if (how.equals("down")) {
            return () -> {};
        }
        if (how.equals("hanging")) {
            return new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        }
        HttpServer faulty = program(port, exchange -> {
            if (how.endsWith("of another program")) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"" + "x".repeat(2_000) + '"');
                exchange.getResponseHeaders().set("Set-Cookie", "x".repeat(1_000));
            }
            byte[] page = "<!DOCTYPE html>".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(Integer.parseInt(how.replaceFirst(" .*", "")), page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        return () -> faulty.stop(0);
    }

    /** Some other program than Postern; at any port where {@code port} is 0. */
    private static HttpServer program(int port, HttpHandler answer) throws IOException {
        HttpServer program = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        program.createContext("/", answer);
        program.start();
        return program;
    }

    @ParameterizedTest
    @CsvSource({
        "down, 502",
        "hanging, 504",
        "500, 500",
        "401, 401",
        "401 of another program, 401",
        "410, 410",
        "200, 200",
        "200 of another program, 200",
        "302, 302",
        "999, 999"
    })
    void nginx_posternDoesNotAnswer_ownPasswordsWork_within3Seconds_andTokensAsSoonAsItDoes(
            String how, String told, @TempDir Path own) throws Exception {
        String token = desk.issueByApi(ALICE, "normal", "Postern is " + how).getString("token");
        int port = RunningPostern.freePort();
        try (MailServer server = MailServer.nginx(own, port, certificate, "on", behind)) {
            AutoCloseable inItsPlace = inPlaceOfPostern(how, port);
            try {
                assertThat(timed(() -> atOnce(server, ALICE, "demo-alice")))
                        .as(server.log())
                        .isLessThan(Duration.ofSeconds(3));
                assertThat(atOnce(server, ALICE, "wrong", token)).containsOnly(false);
                assertThat(server.log()).contains("Postern says " + told + ", so nginx says OK: imap, 127.0.0.1");
            } finally {
                inItsPlace.close();
            }
            try (Relay back = new Relay(port, postern.port())) {
                assertThat(everywhere(server, ALICE, token))
                        .as(back.said() + server.log())
                        .containsOnly(true);
            }
            assertThat(server.log()).doesNotContain(token, "demo-alice", "demo-mail-key", PROXY);
        }
    }

    /** As {@link #everywhere}, by all ways and with all passwords at the same time. */
    private static List<Boolean> atOnce(MailServer server, String user, String... passwords) throws IOException {
        List<Callable<Boolean>> logins = new ArrayList<>();
        for (String password : passwords) {
            logins.add(() -> MailClient.imap(server.imap, user, password));
            logins.add(() -> MailClient.pop3(server.pop3, user, password));
            logins.add(() -> MailClient.smtpPlain(server.smtp, user, password));
            logins.add(() -> MailClient.smtpLogin(server.smtp, user, password));
        }
        ExecutorService clients = Executors.newFixedThreadPool(logins.size());
        try {
            List<Boolean> tried = new ArrayList<>();
            for (Future<Boolean> each : clients.invokeAll(logins)) {
                tried.add(each.get());
            }
            return tried;
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        } finally {
            clients.shutdownNow();
        }
    }

    private static Wire.Answer askedAsNginxDoes(String password, String method, String... more) {
        List<String> headers = new ArrayList<>(List.of(
                "Auth-Method: " + method, "Auth-User: " + ALICE, "Auth-Pass: " + password, "Auth-Protocol: imap"));
        headers.addAll(List.of(more));
        return Wire.get(nginx.http, "/sso/mail/nginx", headers.toArray(String[]::new));
    }

    /** Every user of the host may ask there. */
    @Test
    void nginx_whoDoesNotKnowTheMailKey_isToldNothingOfATokenNorThePassword() {
        String token = desk.issueByApi(ALICE, "normal", "Asked by another user").getString("token");

        Wire.Answer known = askedAsNginxDoes(token, "plain", "X-Auth-Key: demo-mail-key");
        assertThat(known.all("Auth-Pass")).containsExactly(PROXY);
        assertThat(known.whole().length()).as("nginx reads 1,024 bytes").isLessThan(500);

        Wire.Answer unknown = askedAsNginxDoes(token, "plain");
        assertThat(unknown.headers())
                .contains("Auth-Status: OK", "Auth-Server: 127.0.0.1", "Auth-Port: " + behind.imap)
                .noneMatch(header -> header.startsWith("Auth-User") || header.startsWith("Auth-Pass"))
                .hasSize(askedAsNginxDoes("wrong", "plain").headers().size());
    }

    /** Else nginx would send on who never showed a password. */
    @ParameterizedTest
    @ValueSource(strings = {"none", "cram-md5", "apop", "external", ""})
    void nginx_posternDoesNotAnswer_onlyAPasswordGoesOn(String method) {
        assertThat(askedAsNginxDoes("x", method).all("Auth-Status")).containsExactly("Use PLAIN or LOGIN");
    }

    /**
     * The server behind takes nginx's word for who the client is: with a line's end in his name he could tell it another
     * address, and with a NUL at its end nginx's own password was no longer the one that is kept from him.
     */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void nginx_saysNoMoreToTheServerBehindThanANameAndAPassword(boolean posternAnswers, @TempDir Path own)
            throws Exception {
        int port = posternAnswers ? postern.port() : RunningPostern.freePort();
        try (MailServer server = MailServer.nginx(own, port, certificate, "on", behind)) {
            for (String end : List.of("\n", "\r\n", "\r")) {
                String more = end + "XCLIENT ADDR=203.0.113.77" + end + "USER ";
                assertThat(MailClient.pop3Plain(server.pop3, "nobody" + more + ALICE, "demo-alice"))
                        .as(behind.log())
                        .isFalse();
                assertThat(MailClient.pop3Plain(server.pop3, ALICE, "wrong" + more + ALICE))
                        .isFalse();
            }
            assertThat(behind.log()).doesNotContain("203.0.113.77");
            for (String password : List.of(PROXY, PROXY + '\0', PROXY + "\0more", PROXY + "\r", PROXY + "\r\nNOOP")) {
                assertThat(List.of(
                                MailClient.pop3Plain(server.pop3, ALICE, password),
                                MailClient.imapPlain(server.imap, ALICE, password),
                                MailClient.smtpPlain(server.smtp, ALICE, password),
                                MailClient.smtpLogin(server.smtp, ALICE, password)))
                        .as(password + server.log() + behind.log())
                        .containsOnly(false);
            }
            assertThat(MailClient.pop3Plain(server.pop3, ALICE, "demo-alice"))
                    .as(server.log())
                    .isTrue();
            assertThat(server.log())
                    .contains("so nginx says Invalid login or password: pop3, 127.0.0.1")
                    .doesNotContain(PROXY, "demo-alice");
        }
    }

    /** A Postern that does not have it, or has another, would let it through. */
    @Test
    void nginx_theProxysPassword_isNobodysOwn_whateverPosternSays(@TempDir Path own) throws Exception {
        HttpServer unknowing = program(0, exchange -> {
            exchange.getResponseHeaders().set("Auth-Status", "OK");
            exchange.getResponseHeaders().set("Auth-Server", "127.0.0.1");
            exchange.getResponseHeaders().set("Auth-Port", String.valueOf(behind.imap));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        try (MailServer server = MailServer.nginx(own, unknowing.getAddress().getPort(), certificate, "on", behind)) {
            assertThat(MailClient.imap(server.imap, ALICE, "demo-alice")).isTrue();
            assertThat(MailClient.imap(server.imap, ALICE, PROXY)).isFalse();
            assertThat(MailClient.imapPlain(server.imap, BOB, PROXY)).isFalse();
            assertThat(server.log())
                    .contains("Postern says 200, so nginx says Invalid login or password: imap, 127.0.0.1")
                    .doesNotContain("nginx says OK");
        } finally {
            unknowing.stop(0);
        }
    }

    @Test
    void nginx_oddTokens_arriveAsTheyWereTyped() throws Exception {
        for (String odd : List.of("a+b c%d&e=@ok", "%41%42 %zz+%", "ümläut €uro 😀", "tab\"quote\\back")) {
            var issued = desk.call(
                    "POST",
                    "/sso/v1/tokens",
                    "{\"user\":\"" + ALICE + "\",\"type\":\"normal\",\"reason\":\"odd\",\"token\":\""
                            + odd.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}");
            assertThat(issued.status()).as(odd + issued.whole()).isEqualTo(201);
            assertThat(MailClient.smtpPlain(nginx.smtp, ALICE, odd))
                    .as(odd + nginx.log())
                    .isTrue();
            assertThat(MailClient.smtpPlain(lua.smtp, ALICE, odd))
                    .as(odd + lua.log())
                    .isTrue();
            assertThat(MailClient.smtpPlain(oauth2.smtp, ALICE, odd))
                    .as(odd + oauth2.log())
                    .isTrue();
        }
    }

    /** Postfix straight at Postern's own port, with a client that sends a letter. */
    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "LOGIN"})
    void postfix_takesMailByTokenAndByPassword(String mechanism) throws Exception {
        String token = desk.issueByApi(ALICE, "normal", "Sends a letter").getString("token");

        assertThat(swaks(mechanism, ALICE, token)).as(postfix.log()).isZero();
        assertThat(swaks(mechanism, ALICE, "demo-alice")).as(postfix.log()).isZero();
        assertThat(swaks(mechanism, ALICE, "wrong")).isNotZero();
        assertThat(swaks(mechanism, BOB, token)).isNotZero();
        assertThat(swaks(mechanism, ALICE, desk.issue(ALICE, "sso"))).isNotZero();
        assertThat(swaks("CRAM-MD5", ALICE, token)).as("is not offered").isEqualTo(28);
        assertThat(postfix.log()).doesNotContain(token, "demo-alice");
    }

    @Test
    void postfixThroughDovecot_posternHanging_ownPasswordsWork_within3Seconds_andTokensAsSoonAsItAnswers(
            @TempDir Path own) throws Exception {
        String token =
                desk.issueByApi(ALICE, "normal", "Postfix through Dovecot").getString("token");
        ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        try (MailServer dovecot = MailServer.dovecot(own, "lua", silent.getLocalPort());
                MailServer server = MailServer.postfixBefore(Files.createDirectory(own.resolve("postfix")), dovecot)) {
            assertThat(timed(() -> List.of(MailClient.smtpPlain(server.smtp, ALICE, "demo-alice"))))
                    .isBetween(Duration.ofMillis(500), Duration.ofSeconds(3));
            silent.close();
            try (Relay back = new Relay(silent.getLocalPort(), postern.port())) {
                assertThat(MailClient.smtpPlain(server.smtp, ALICE, token))
                        .as(back.said() + server.log() + dovecot.log())
                        .isTrue();
            }
        }
    }

    /** Postfix asks one place alone. What its clients hear while that is away is never that the password is wrong. */
    @Test
    void postfix_posternDown_isATemporaryFailure_andEndsByItself(@TempDir Path own) throws Exception {
        Relay relay = new Relay(authPort);
        try (MailServer server = MailServer.postfix(own, relay.port())) {
            try (MailClient client = MailClient.smtp(server.smtp)) {
                relay.close();
                assertThat(client.authPlain(ALICE, "demo-alice"))
                        .as(server.log())
                        .startsWith("454 4.7.0 Temporary authentication failure");
            }
            server.endProcesses("smtpd");
            assertThat(Swaks.send(server.smtp, "PLAIN", ALICE, "demo-alice").said())
                    .contains("Remote host closed connection unexpectedly")
                    .doesNotContain("535");
            try (Relay back = new Relay(relay.port(), authPort)) {
                assertThat(Swaks.send(server.smtp, "PLAIN", ALICE, "demo-alice").exit())
                        .as(back.said() + server.log())
                        .isZero();
            }
        }
    }

    @Test
    void postfix_posternHanging_saysNothingOfThePassword_andEndsByItself(@TempDir Path own) throws Exception {
        Relay relay = new Relay(authPort);
        try (MailServer server = MailServer.postfix(own, relay.port())) {
            server.endProcesses("smtpd");
            relay.close();
            try (ServerSocket silent = new ServerSocket(relay.port(), 50, InetAddress.getLoopbackAddress())) {
                long begin = System.nanoTime();
                assertThat(Swaks.send(server.smtp, "PLAIN", ALICE, "demo-alice").said())
                        .as(silent + server.log())
                        .contains("Remote host closed connection unexpectedly")
                        .doesNotContain("535");
                assertThat(Duration.ofNanos(System.nanoTime() - begin))
                        .isBetween(Duration.ofSeconds(8), Duration.ofSeconds(15));
            }
            try (Relay back = new Relay(relay.port(), authPort)) {
                assertThat(Swaks.send(server.smtp, "PLAIN", ALICE, "demo-alice").exit())
                        .as(back.said() + server.log())
                        .isZero();
            }
        }
    }

    private static int swaks(String mechanism, String user, String password) throws IOException, InterruptedException {
        return Swaks.send(postfix.smtp, mechanism, user, password).exit();
    }

    /** A mail program that is logged in and waits for new mail. */
    private static void isEndedWithin5Seconds(String token, int port, Runnable revoke) throws IOException {
        try (MailClient phone = MailClient.idle(port, ALICE, token)) {
            long begin = System.nanoTime();
            revoke.run();
            assertThat(phone.isEnded(Duration.ofSeconds(10))).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lua", "oauth2"})
    void revoking_endsWhatTheTokenOpened(String passdb) throws IOException {
        var issued = desk.issueByApi(ALICE, "normal", "To be revoked while it is used");
        isEndedWithin5Seconds(
                issued.getString("token"),
                dovecot(passdb).imap,
                () -> assertThat(desk.call("DELETE", "/sso/v1/tokens/" + issued.getString("id"), "")
                                .status())
                        .isEqualTo(204));
    }

    /** Nobody is thrown out for a token that was never used, nor for another mailbox. */
    @Test
    void revoking_whatNobodyUsed_endsNothing() throws IOException {
        var unused = desk.issueByApi(ALICE, "normal", "Never used");
        try (MailClient phone = MailClient.idle(lua.imap, ALICE, "demo-alice")) {
            assertThat(desk.call("DELETE", "/sso/v1/tokens/" + unused.getString("id"), "")
                            .status())
                    .isEqualTo(204);
            var used = desk.issueByApi(BOB, "normal", "Of another mailbox");
            assertThat(MailClient.imap(lua.imap, BOB, used.getString("token"))).isTrue();
            assertThat(desk.call("DELETE", "/sso/v1/tokens/" + used.getString("id"), "")
                            .status())
                    .isEqualTo(204);
            assertThat(phone.isEnded(Duration.ofSeconds(2))).isFalse();
        }
    }

    private interface Login {
        List<Boolean> tried() throws IOException;
    }

    private static Duration timed(Login login) throws IOException {
        long begin = System.nanoTime();
        assertThat(login.tried()).containsOnly(true);
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Test
    void challenge_cannotCarryAToken_andIsRefused() throws Exception {
        String token = desk.issue(ALICE, "normal");
        for (String password : List.of(token, "wrong")) {
            assertThat(curl(
                            "--login-options",
                            "AUTH=CRAM-MD5",
                            "-u",
                            ALICE + ':' + password,
                            "imap://127.0.0.1:" + lua.imap))
                    .as("CRAM-MD5")
                    .isNotZero();
        }
        assertThat(curl("--login-options", "AUTH=PLAIN", "-u", ALICE + ':' + token, "imap://127.0.0.1:" + lua.imap))
                .isZero();
        assertThat(curl("--login-options", "AUTH=PLAIN", "-u", ALICE + ':' + token, "pop3://127.0.0.1:" + lua.pop3))
                .isZero();
    }

    private static int curl(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "-s", "--max-time", "20"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream out = process.getInputStream()) {
            String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(said).doesNotContain("Exception");
        }
        return process.waitFor();
    }
}
