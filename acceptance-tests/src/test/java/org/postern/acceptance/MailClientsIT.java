package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tokens in the programs that people and scripts use, with and without TLS: through Dovecot, through nginx's mail proxy,
 * which has the certificate then, and at a Postfix that offers AUTH over TLS alone. The clients check the certificate.
 */
class MailClientsIT {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";
    private static final String ADMIN = "postmaster@acme.example";
    private static final String PROXY = MailServer.PROXY;

    @TempDir
    private static Path folder;

    private static MailServer.Certificate certificate;
    private static RunningPostern postern;
    private static HelpDesk desk;
    private static HelpDesk company;
    private static MailServer dovecot;
    private static Relay webmail;
    private static MailServer behind;
    private static MailServer nginx;
    private static MailServer postfix;

    @BeforeAll
    static void start() throws IOException {
        folder.toFile().setExecutable(true, false);
        folder.toFile().setReadable(true, false);
        certificate = MailServer.Certificate.made(made("certificate"));
        int port = RunningPostern.freePort();
        int authPort = RunningPostern.freePort();
        dovecot = MailServer.dovecot(made("dovecot"), "lua", "http://127.0.0.1:" + port, certificate);
        behind = MailServer.dovecotBehindNginx(made("behind"));
        webmail = new Relay(dovecot.imap);
        postern = RunningPostern.demo()
                .setting("sso.imap.url", "imap://127.0.0.1:" + webmail.port())
                .port(port)
                .setting("sso.mail.nginx.imap", "127.0.0.1:" + behind.imap)
                .setting("sso.mail.nginx.pop3", "127.0.0.1:" + behind.pop3)
                .setting("sso.mail.nginx.smtp", "127.0.0.1:" + behind.smtp)
                .setting("sso.mail.nginx.password", PROXY)
                .setting("sso.mail.auth.port", String.valueOf(authPort))
                .setting("sso.mail.doveadm.urls", "http://127.0.0.1:" + dovecot.http)
                .setting("sso.mail.doveadm.key", MailServer.DOVEADM_KEY)
                .start();
        desk = HelpDesk.demo(port);
        company = new HelpDesk(port, "company@acme.example", "demo-company");
        nginx = MailServer.nginx(made("nginx"), port, certificate, "only", behind);
        postfix = MailServer.postfix(made("postfix"), authPort, certificate);
    }

    private static Path made(String name) throws IOException {
        return Files.createDirectory(folder.resolve(name));
    }

    @AfterAll
    static void stop() throws IOException {
        webmail.close();
        postfix.close();
        nginx.close();
        behind.close();
        dovecot.close();
        postern.close();
    }

    private static MailServer server(String name) {
        return switch (name) {
            case "dovecot" -> dovecot;
            case "nginx" -> nginx;
            default -> postfix;
        };
    }

    /** The ways into a server, as the script names them, with their ports. */
    private static List<String> ways(String name) {
        MailServer server = server(name);
        List<String> ways = new ArrayList<>(List.of(
                "smtp-starttls-plain=" + server.smtp,
                "smtp-starttls-login=" + server.smtp,
                "smtps-plain=" + server.secure.smtp(),
                "smtps-login=" + server.secure.smtp()));
        if (server != postfix) {
            ways.addAll(List.of(
                    "imap-starttls=" + server.imap,
                    "imap-starttls-plain=" + server.imap,
                    "imaps=" + server.secure.imap(),
                    "pop3-starttls=" + server.pop3,
                    "pop3s=" + server.secure.pop3()));
        }
        if (server == dovecot) {
            ways.addAll(List.of(
                    "imap=" + server.imap,
                    "imap-plain=" + server.imap,
                    "pop3=" + server.pop3,
                    "smtp-plain=" + server.smtp,
                    "smtp-login=" + server.smtp));
        } else {
            ways.add("TLS only");
        }
        return ways;
    }

    /** What Python's own clients say to these pairs of user and password, by every way. */
    private static List<String> python(List<String> ways, String... pairs) {
        List<String> words = new ArrayList<>(List.of(
                "python3",
                Path.of("src/test/resources/mail_clients.py").toString(),
                certificate.file().toString()));
        words.addAll(ways);
        return Tool.run(words, String.join("\n", pairs)).isFine().said().lines().toList();
    }

    private static String expired(String user) {
        var issued = desk.call(
                "POST",
                "/sso/v1/tokens",
                "{\"user\":\"" + user + "\",\"type\":\"normal\",\"reason\":\"Lives a second\",\"life\":1}");
        assertThat(issued.status()).as(issued.whole()).isEqualTo(201);
        var json = io.restassured.path.json.JsonPath.from(issued.body());
        awaitState(json.getString("id"), "expired");
        return json.getString("token");
    }

    private static void awaitState(String id, String state) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!desk.get("/sso/v1/tokens/" + id).getString("state").equals(state)) {
            assertThat(System.nanoTime()).as(state).isLessThan(end);
        }
    }

    private static String revoked(String user) {
        var issued = desk.issueByApi(user, "normal", "To be revoked");
        revoke(issued.getString("id"));
        return issued.getString("token");
    }

    private static void revoke(String id) {
        assertThat(desk.call("DELETE", "/sso/v1/tokens/" + id, "").status()).isEqualTo(204);
    }

    /** By the domain administrator's own page of the webmail. */
    private static void suspended(String user, boolean suspended) {
        Visitor visitor = new Visitor(postern.port());
        visitor.follow(Visitor.loginTarget(ADMIN, company.issue(ADMIN, "admin_only"), "&direct=1"));
        String page = "/?_task=admin&_user=" + Wire.encode(user);
        String csrf = Jsoup.parse(visitor.get(page).body())
                .selectFirst("input[name=_token]")
                .val();
        Wire.Answer answer =
                visitor.post(page, "_token=" + Wire.encode(csrf) + "&_do=" + (suspended ? "suspend" : "resume"));
        assertThat(answer.status()).as(answer.whole()).isEqualTo(200);
    }

    /** The whole table, by every way into each server. */
    @ParameterizedTest
    @ValueSource(strings = {"dovecot", "nginx", "postfix"})
    void tokenAndOwnPassword_areTaken_andEverythingElseIsRefused(String name) {
        String token = desk.issueByApi(ALICE, "normal", "Every way").getString("token");
        String withAdmin =
                company.issueByApi(ADMIN, "normal_admin", "Every way").getString("token");
        List<String> in = List.of(ALICE + '\t' + token, ADMIN + '\t' + withAdmin, ALICE + "\tdemo-alice");
        List<String> out = List.of(
                ALICE + "\twrong",
                BOB + '\t' + token,
                ALICE + '\t' + expired(ALICE),
                ALICE + '\t' + revoked(ALICE),
                ALICE + '\t' + desk.issue(ALICE, "sso"),
                ADMIN + '\t' + company.issue(ADMIN, "sso_admin"),
                ADMIN + '\t' + company.issue(ADMIN, "admin_only"));
        List<String> ways = ways(name);
        List<String> all = new ArrayList<>(in);
        all.addAll(out);

        List<String> said = python(ways, all.toArray(String[]::new));

        List<String> expected = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            for (String way : ways) {
                if (way.contains("=")) {
                    expected.add(i + " " + way.replaceFirst("=.*", "") + (i < in.size() ? " yes" : " no"));
                }
            }
        }
        assertThat(said).as(server(name).log()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(server(name).log()).doesNotContain(token, withAdmin);
    }

    private static Tool curl(String user, String password, String url, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "curl",
                "-sS",
                "--max-time",
                "30",
                "--cacert",
                certificate.file().toString()));
        words.addAll(List.of(more));
        words.addAll(List.of("--login-options", "AUTH=PLAIN", "-u", user + ':' + password, url));
        return Tool.run(words, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dovecot", "nginx"})
    void curl_takesTheTokenOverTls_andNothingWithoutTheCertificate(String name) {
        MailServer server = server(name);
        String token = desk.issueByApi(ALICE, "normal", "curl").getString("token");

        for (String way : List.of(
                "imaps://localhost:" + server.secure.imap(),
                "imap://localhost:" + server.imap,
                "pop3s://localhost:" + server.secure.pop3(),
                "pop3://localhost:" + server.pop3)) {
            curl(ALICE, token, way, "--ssl-reqd").isFine();
            assertThat(curl(ALICE, "wrong", way, "--ssl-reqd").exitCode())
                    .as(way)
                    .isEqualTo(67);
            assertThat(Tool.run(List.of("curl", "-sS", "--ssl-reqd", "-u", ALICE + ':' + token, way), "")
                            .exitCode())
                    .as("the certificate is checked")
                    .isEqualTo(60);
        }
    }

    private static Tool swaks(MailServer server, String mechanism, boolean fromTheFirstByte, String password) {
        return Tool.run(
                List.of(
                        "swaks",
                        "--server",
                        "localhost",
                        "--port",
                        String.valueOf(fromTheFirstByte ? server.secure.smtp() : server.smtp),
                        fromTheFirstByte ? "--tls-on-connect" : "--tls",
                        "--tls-verify",
                        "--tls-ca-path",
                        certificate.file().toString(),
                        "--auth",
                        mechanism,
                        "--auth-user",
                        ALICE,
                        "--auth-password",
                        password,
                        "--from",
                        ALICE,
                        "--to",
                        "somebody@example.com",
                        "--timeout",
                        "30",
                        "--silent",
                        "2"),
                "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "LOGIN"})
    void swaks_sendsByToken_atPostfixOverTlsAlone(String mechanism) {
        String token = desk.issueByApi(ALICE, "normal", "swaks").getString("token");

        for (boolean fromTheFirstByte : List.of(true, false)) {
            swaks(postfix, mechanism, fromTheFirstByte, token).isFine();
            assertThat(swaks(postfix, mechanism, fromTheFirstByte, "wrong").exitCode())
                    .isEqualTo(28);
        }
        assertThat(Tool.run(
                                "swaks --server localhost --port " + postfix.smtp + " --auth " + mechanism
                                        + " --auth-user " + ALICE + " --auth-password " + token
                                        + " --quit-after AUTH --timeout 30",
                                "")
                        .said())
                .contains("Host did not advertise authentication")
                .doesNotContain("AUTH PLAIN", "AUTH LOGIN");
    }

    /** What cannot be compared is refused, and says so, where a client insists on it. */
    @ParameterizedTest
    @ValueSource(strings = {"dovecot", "nginx", "postfix"})
    void cramMd5_isRefused(String name) {
        String token = desk.issueByApi(ALICE, "normal", "CRAM-MD5").getString("token");

        Tool tried = swaks(server(name), "CRAM-MD5", true, token);
        assertThat(tried.exitCode()).as(tried.toString()).isEqualTo(28);
    }

    private static Path privately(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dovecot", "nginx"})
    void fetchmail_looksIntoTheMailbox(String name) throws IOException {
        MailServer server = server(name);
        String token = desk.issueByApi(ALICE, "normal", "fetchmail").getString("token");
        for (String way : List.of(
                "protocol imap port " + server.secure.imap() + " %s ssl",
                "protocol imap port " + server.imap + " %s sslproto 'auto'",
                "protocol pop3 port " + server.secure.pop3() + " %s ssl",
                "protocol pop3 port " + server.pop3 + " %s sslproto 'auto'")) {
            for (String password : List.of(token, "wrong")) {
                Path settings = privately(
                        "fetchmailrc",
                        "poll localhost "
                                + way.formatted("auth password user \"" + ALICE + "\" password \"" + password + "\"")
                                + " sslcertck sslcertfile " + certificate.file() + "\n");
                Tool tried = Tool.run(
                        "env HOME=" + folder + " fetchmail --check --nosyslog --pidfile " + folder
                                + "/fetchmail.pid -f " + settings,
                        "");
                // 1: there is no mail, or nothing new; 3: it was not let in.
                assertThat(tried.exitCode()).as(tried.toString()).isEqualTo(password.equals(token) ? 1 : 3);
            }
        }
    }

    @Test
    void mutt_sendsByToken() throws IOException {
        String token = desk.issueByApi(ALICE, "normal", "mutt").getString("token");
        for (MailServer server : List.of(nginx, postfix)) {
            for (String password : List.of(token, "wrong")) {
                if (server == nginx && password.equals(token)) {
                    continue; // behind it nobody takes mail on
                }
                Path settings = privately(
                        "muttrc",
                        String.join(
                                "\n",
                                "set smtp_url=\"smtps://alice%40acme.example@localhost:" + server.secure.smtp() + "\"",
                                "set smtp_pass=\"" + password + "\"",
                                "set smtp_authenticators=\"plain:login\"",
                                "set certificate_file=\"" + certificate.file() + "\"",
                                "set ssl_ca_certificates_file=\"" + certificate.file() + "\"",
                                "set from=\"" + ALICE + "\"",
                                "set copy=no",
                                ""));
                Tool tried = Tool.run(
                        "env HOME=" + folder + " mutt -n -F " + settings + " -s A_letter -- somebody@example.com",
                        "Text\n");
                assertThat(tried.exitCode() == 0).as(tried.toString()).isEqualTo(password.equals(token));
            }
        }
    }

    private static List<String> withSuspended(String name, String pair) {
        return python(ways(name), pair).stream()
                .map(line -> line.replaceFirst(".* ", ""))
                .distinct()
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dovecot", "nginx", "postfix"})
    void suspendedMailboxsToken_isRefused_untilItIsResumed(String name) {
        String token = desk.issueByApi(BOB, "normal", "Suspended meanwhile").getString("token");
        suspended(BOB, true);
        try {
            assertThat(withSuspended(name, BOB + '\t' + token)).containsExactly("no");
        } finally {
            suspended(BOB, false);
        }
        assertThat(withSuspended(name, BOB + '\t' + token)).containsExactly("yes");
    }

    private interface Open extends AutoCloseable {
        boolean isEnded(Duration patience) throws Exception;

        @Override
        void close() throws IOException;
    }

    private static Open open(String client, String password) throws Exception {
        if (client.equals("fetchmail")) {
            return Fetchmail.idle(folder, certificate, dovecot.secure.imap(), ALICE, password);
        }
        MailClient made = client.equals("imap")
                ? MailClient.idle(dovecot.imap, ALICE, password)
                : MailClient.pop3Open(dovecot.pop3, ALICE, password);
        return new Open() {
            @Override
            public boolean isEnded(Duration patience) throws IOException {
                return made.isEnded(patience);
            }

            @Override
            public void close() throws IOException {
                made.close();
            }
        };
    }

    private static void endsWithin5Seconds(Open open, Runnable end) throws Exception {
        long begin = System.nanoTime();
        end.run();
        assertThat(open.isEnded(Duration.ofSeconds(10))).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"imap", "pop3", "fetchmail"})
    void revoking_endsWhatAClientHasOpen_andRefusesTheNextLogin(String client) throws Exception {
        var issued = desk.issueByApi(ALICE, "normal", "Open while it is revoked");
        String token = issued.getString("token");
        try (Open open = open(client, token)) {
            endsWithin5Seconds(open, () -> revoke(issued.getString("id")));
        }
        assertThat(MailClient.imap(dovecot.imap, ALICE, token)).isFalse();
    }

    /** Not within five seconds: it is looked for every ten. */
    @Test
    void expiry_endsWhatTheTokenOpened() throws Exception {
        var issued = desk.call(
                "POST",
                "/sso/v1/tokens",
                "{\"user\":\"" + ALICE + "\",\"type\":\"normal\",\"reason\":\"Short\",\"life\":5}");
        String token = io.restassured.path.json.JsonPath.from(issued.body()).getString("token");
        try (Open open = open("imap", token)) {
            assertThat(open.isEnded(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(MailClient.imap(dovecot.imap, ALICE, token)).isFalse();
    }

    /** What the webmail last logged in with. */
    private static String credential() {
        Matcher login =
                Pattern.compile("AUTHENTICATE PLAIN\\s+([A-Za-z0-9+/=]+)").matcher(webmail.said());
        String last = "";
        while (login.find()) {
            last = new String(Base64.getDecoder().decode(login.group(1)), StandardCharsets.UTF_8);
        }
        last = last.replaceFirst("(?s).*\0", "");
        assertThat(last).as(webmail.said()).startsWith("pss_");
        return last;
    }

    @ParameterizedTest
    @ValueSource(strings = {"logout", "session", "token"})
    void sessionsOwnCredential_endsWithIt(String by) throws Exception {
        var issued = desk.issueByApi(ALICE, "normal", "Webmail");
        Visitor visitor = new Visitor(postern.port()).with("Sec-Fetch-Site: none");
        visitor.follow(Visitor.loginTarget(ALICE, issued.getString("token"), "&direct=1"));
        assertThat(visitor.seesMailbox()).isTrue();
        String credential = credential();

        try (Open open = open("imap", credential)) {
            endsWithin5Seconds(open, () -> {
                switch (by) {
                    case "logout" -> visitor.get("/?_task=logout");
                    case "token" -> revoke(issued.getString("id"));
                    default -> {
                        String id = desk.get("/sso/v1/sessions?user=" + ALICE).getString("items[0].id");
                        assertThat(desk.call("DELETE", "/sso/v1/sessions/" + id, "")
                                        .status())
                                .isEqualTo(204);
                    }
                }
            });
        }
        assertThat(MailClient.imap(dovecot.imap, ALICE, credential)).isFalse();
    }

    /** fetchmail that has looked into the mailbox and waits there for new mail. */
    private record Fetchmail(Process process) implements Open {
        static Fetchmail idle(Path folder, MailServer.Certificate certificate, int port, String user, String password)
                throws IOException {
            Path settings = privately(
                    "idlerc",
                    "poll localhost protocol imap port " + port + " auth password user \"" + user + "\" password \""
                            + password + "\" ssl sslcertck sslcertfile " + certificate.file() + " keep idle mda cat\n");
            Process process = new ProcessBuilder(
                            "fetchmail",
                            "-v",
                            "--nosyslog",
                            "--pidfile",
                            folder + "/idle.pid",
                            "-f",
                            settings.toString())
                    .redirectErrorStream(true)
                    .start();
            var said = process.inputReader();
            StringBuilder all = new StringBuilder();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                all.append(line).append('\n');
                if (line.matches("fetchmail: IMAP> \\S+ IDLE")) {
                    return new Fetchmail(process);
                }
            }
            throw new AssertionError(all);
        }

        @Override
        public boolean isEnded(Duration patience) throws InterruptedException {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** Postern behind TLS: Dovecot's client proves who answers by {@code ssl_client_ca_file}. */
    @ParameterizedTest
    @ValueSource(strings = {"lua", "oauth2"})
    void dovecotAsksOverHttps(String passdb, @TempDir Path own) throws IOException {
        own.toFile().setExecutable(true, false);
        own.toFile().setReadable(true, false);
        int port = RunningPostern.freePort();
        String tls = "  server {\n    access_log off;\n    listen 127.0.0.1:" + port
                + " ssl;\n    ssl_certificate " + certificate.file() + ";\n    ssl_certificate_key "
                + certificate.key() + ";\n    location /sso/mail/ {\n      proxy_pass http://127.0.0.1:"
                + postern.port() + ";\n    }\n  }\n";
        String token = desk.issueByApi(ALICE, "normal", "Over HTTPS").getString("token");
        try (MailServer proxy = MailServer.nginx(
                        Files.createDirectory(own.resolve("proxy")), postern.port(), certificate, "on", behind, tls);
                MailServer server = MailServer.dovecot(
                        Files.createDirectory(own.resolve("dovecot")),
                        passdb,
                        "https://localhost:" + port,
                        certificate)) {
            assertThat(MailClient.imap(server.imap, ALICE, token))
                    .as(server.log() + proxy.log())
                    .isTrue();
            assertThat(MailClient.imap(server.imap, ALICE, "demo-alice")).isTrue();
        }
    }
}
