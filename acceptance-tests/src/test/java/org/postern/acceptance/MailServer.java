package org.postern.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real mail server of Debian's, in a folder of its own and on free ports of loopback, with the files of
 * {@code integrations/} in which an operator's lines are set as their pages say.
 */
public final class MailServer implements AutoCloseable {
    private static final Path INTEGRATIONS = Path.of("..", "integrations");
    static final String DOVEADM_KEY = "the-doveadm-key-of-the-test";
    /** What nginx logs in with behind itself. */
    static final String PROXY = "the-proxy-opens-every-mailbox";

    /** The own password of Exim's user {@code plain}: it means something to shells, to forms and to Exim. */
    static final String ODD_PASSWORD = "}{yes}$auth1 ${run{/bin/false}}\\N%41&a=b+c\"'`:,;€";

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String EXIM_USER = "Debian-exim";

    private final Path folder;
    private final Process process;
    /** The port of IMAP. */
    public final int imap;

    final int pop3;
    /** The port of submission. */
    public final int smtp;
    /** The ports that speak TLS from the first byte; none where the server has no certificate. */
    final Secure secure;
    /** Of doveadm's HTTP API, or where nginx's mail proxy asks; 0 where there is none. */
    final int http;

    /** Ports that speak TLS from the first byte. */
    record Secure(int imap, int pop3, int smtp) {
        static final Secure NONE = new Secure(0, 0, 0);

        static Secure free() {
            return new Secure(RunningPostern.freePort(), RunningPostern.freePort(), RunningPostern.freePort());
        }
    }

    /** A certificate for {@code localhost} and 127.0.0.1 that signs itself, and its key. */
    record Certificate(Path file, Path key) {
        static Certificate made(Path folder) {
            Certificate made = new Certificate(open(folder).resolve("cert.pem"), folder.resolve("key.pem"));
            Tool.run(
                            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
                                    + " -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -out "
                                    + made.file + " -keyout " + made.key,
                            "")
                    .isFine();
            return made;
        }
    }

    private MailServer(Path folder, List<String> command, int imap, int pop3, int smtp, Secure secure, int http) {
        this.folder = folder;
        this.http = http;
        this.imap = imap;
        this.pop3 = pop3;
        this.smtp = smtp;
        this.secure = secure;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("out").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int port : List.of(imap, pop3, smtp)) {
            awaitPort(port);
        }
    }

    /** The folder, which the servers' own users may enter. */
    private static Path open(Path folder) {
        try {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file of {@code integrations/}, with lines set as its page says: each text in it is there exactly once. */
    public static String edited(String file, Map<String, String> lines) throws IOException {
        String text = Files.readString(INTEGRATIONS.resolve(file));
        for (Map.Entry<String, String> line : lines.entrySet()) {
            if (text.split(java.util.regex.Pattern.quote(line.getKey()), -1).length != 2) {
                throw new IllegalStateException(file + " has not one " + line.getKey());
            }
            text = text.replace(line.getKey(), line.getValue());
        }
        return text;
    }

    /**
     * Dovecot with the passdb of this name, {@code lua} or {@code oauth2}, before one that has the demo's passwords.
     *
     * @param postern where it asks
     */
    public static MailServer dovecot(Path folder, String passdb, int postern) {
        return dovecot(folder, passdb, "http://127.0.0.1:" + postern, "", Optional.empty());
    }

    /** The same with a certificate, for STARTTLS and for ports that speak TLS from the first byte. */
    static MailServer dovecot(Path folder, String passdb, String postern, Certificate certificate) {
        return dovecot(folder, passdb, postern, "", Optional.of(certificate));
    }

    /** Dovecot that asks nobody: it has the demo's passwords, and takes one from nginx in every token's place. */
    static MailServer dovecotBehindNginx(Path folder) {
        try {
            return dovecot(
                    folder,
                    "",
                    "",
                    edited("nginx/dovecot-behind.conf", Map.of("the-password-of-the-proxy", PROXY)),
                    Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MailServer dovecot(
            Path folder, String passdb, String postern, String first, Optional<Certificate> certificate) {
        try {
            open(folder);
            Path home = Files.createDirectories(folder.resolve("home"));
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
            if (!passdb.isEmpty()) {
                writePassdb(folder, passdb, postern, certificate);
            }
            Files.writeString(
                    folder.resolve("passwd"),
                    "alice@acme.example:{PLAIN}demo-alice\nbob@acme.example:{PLAIN}demo-bob\nplain:{PLAIN}demo-plain\n");
            int imap = RunningPostern.freePort();
            int pop3 = RunningPostern.freePort();
            int smtp = RunningPostern.freePort();
            Secure secure = certificate.map(c -> Secure.free()).orElse(Secure.NONE);
            int lmtp = RunningPostern.freePort();
            int doveadm = RunningPostern.freePort();
            boolean root = Files.isWritable(Path.of("/"));
            String user = System.getProperty("user.name");
            List<String> lines = List.of(
                    "base_dir = " + folder + "/run",
                    "state_dir = " + folder + "/state",
                    "log_path = " + folder + "/dovecot.log",
                    "instance_name = postern-test-" + imap,
                    "protocols = imap pop3 submission lmtp",
                    "listen = 127.0.0.1",
                    certificate
                            .map(c -> "ssl = yes\nssl_cert = <" + c.file + "\nssl_key = <" + c.key
                                    + "\nssl_client_ca_file = " + c.file)
                            .orElse("ssl = no"),
                    "disable_plaintext_auth = no",
                    "auth_mechanisms = plain login cram-md5",
                    "auth_failure_delay = 0",
                    "mail_location = maildir:~/Maildir",
                    "first_valid_uid = 500",
                    "hostname = localhost",
                    "submission_relay_host = 127.0.0.1",
                    "submission_relay_port = " + lmtp,
                    first,
                    "!include_try " + folder + "/postern.conf",
                    edited(
                            "dovecot/postern-kick.conf",
                            Map.of("the-doveadm-key", DOVEADM_KEY, "port = 8088", "port = " + doveadm)),
                    "passdb {",
                    "  driver = passwd-file",
                    "  args = " + folder + "/passwd",
                    "}",
                    "userdb {",
                    "  driver = static",
                    "  args = uid=" + (root ? "65534" : user) + " gid=65534 home=" + home + "/%Lu allow_all_users=yes",
                    "}",
                    listener("imap-login", "imap", imap, "imaps", secure.imap),
                    listener("pop3-login", "pop3", pop3, "pop3s", secure.pop3),
                    listener("submission-login", "submission", smtp, "submissions", secure.smtp),
                    listener("lmtp", "lmtp", lmtp, "", 0),
                    edited("exim/dovecot-auth.conf", Map.of()),
                    edited(
                            "postfix/dovecot-auth.conf",
                            Map.of("/var/spool/postfix/private/auth", folder + "/run/auth-postfix")),
                    // Else every attempt from an address that failed once is held back, the next test's too.
                    edited("cyrus/dovecot-saslauthd.conf", Map.of()));
            Files.write(folder.resolve("dovecot.conf"), lines);
            return new MailServer(
                    folder,
                    List.of("/usr/sbin/dovecot", "-F", "-c", folder + "/dovecot.conf"),
                    imap,
                    pop3,
                    smtp,
                    secure,
                    doveadm);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What has Dovecot ask Postern. */
    private static void writePassdb(Path folder, String passdb, String postern, Optional<Certificate> certificate)
            throws IOException {
        Files.writeString(folder.resolve("postern.key"), "demo-mail-key\n");
        Files.writeString(
                folder.resolve("postern.lua"),
                edited(
                        "dovecot/postern.lua",
                        Map.of(
                                "http://127.0.0.1:8080/", postern + "/",
                                "/etc/dovecot/postern.key", folder + "/postern.key")));
        Files.writeString(
                folder.resolve("postern-oauth2.conf.ext"),
                edited(
                                "dovecot/postern-oauth2.conf.ext",
                                Map.of("http://127.0.0.1:8080/", postern + "/", "the-mail-key", "demo-mail-key"))
                        + certificate
                                .map(c -> "tls_ca_cert_file = " + c.file + "\n")
                                .orElse(""));
        Files.writeString(
                folder.resolve("postern.conf"),
                edited("dovecot/postern-" + passdb + ".conf", Map.of("/etc/dovecot/", folder + "/")));
    }

    private static String listener(String service, String protocol, int port, String secure, int securePort) {
        return "service " + service + " {\n  inet_listener " + protocol + " {\n    port = " + port + "\n  }\n"
                + (secure.isEmpty()
                        ? ""
                        : "  inet_listener " + secure + " {\n    port = " + securePort
                                + (securePort == 0 ? "" : "\n    ssl = yes") + "\n  }\n")
                + "}";
    }

    /**
     * Postfix, which asks at Postern's auth port, or at any other that speaks its protocol; it takes mail from whoever is
     * logged in, and throws it away.
     */
    public static MailServer postfix(Path folder, int authPort) {
        return postfix(folder, RunningPostern.freePort(), authPort, Optional.empty());
    }

    /** The same at a port that somebody else knows already. */
    static MailServer postfix(Path folder, int smtp, int authPort) {
        return postfix(folder, smtp, authPort, Optional.empty());
    }

    /** The same with a certificate, which offers AUTH over TLS alone, as its page says. */
    static MailServer postfix(Path folder, int authPort, Certificate certificate) {
        return postfix(folder, RunningPostern.freePort(), authPort, Optional.of(certificate));
    }

    private static MailServer postfix(Path folder, int smtp, int authPort, Optional<Certificate> certificate) {
        return postfix(
                folder,
                smtp,
                "postfix/postern-main.cf",
                Map.of("inet:127.0.0.1:12345", "inet:127.0.0.1:" + authPort),
                certificate);
    }

    /** Postfix, which asks a Dovecot. */
    static MailServer postfixBefore(Path folder, MailServer dovecot) {
        return postfix(
                folder,
                RunningPostern.freePort(),
                "postfix/dovecot-main.cf",
                Map.of("private/auth", dovecot.folder + "/run/auth-postfix"),
                Optional.empty());
    }

    private static MailServer postfix(
            Path folder, int smtp, String file, Map<String, String> lines, Optional<Certificate> certificate) {
        try {
            open(folder);
            int smtps = certificate.map(c -> RunningPostern.freePort()).orElse(0);
            for (String name : List.of("queue", "data")) {
                Files.createDirectories(folder.resolve(name));
            }
            Files.setOwner(
                    folder.resolve("data"),
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postfix"));
            Files.writeString(
                    folder.resolve("main.cf"),
                    String.join(
                            "\n",
                            "compatibility_level = 3.6",
                            "queue_directory = " + folder + "/queue",
                            "data_directory = " + folder + "/data",
                            "maillog_file = " + folder + "/postfix.log",
                            "maillog_file_prefixes = " + folder + ", /var",
                            "inet_interfaces = 127.0.0.1",
                            "inet_protocols = ipv4",
                            "myhostname = mail.test",
                            "mydestination =",
                            "alias_maps =",
                            "local_recipient_maps =",
                            "default_transport = discard",
                            "smtpd_relay_restrictions = permit_sasl_authenticated, reject",
                            "smtpd_delay_reject = no",
                            certificate
                                    .map(c -> "smtpd_tls_security_level = may" + "\nsmtpd_tls_cert_file = " + c.file
                                            + "\nsmtpd_tls_key_file = " + c.key)
                                    .orElse(""),
                            // Else one that could not ask is started again after a minute.
                            "service_throttle_time = 1s",
                            edited(file, lines)
                                    .replace(
                                            "smtpd_tls_auth_only = yes",
                                            certificate.isPresent()
                                                    ? "smtpd_tls_auth_only = yes"
                                                    : "smtpd_tls_auth_only = no")));
            Files.writeString(
                    folder.resolve("master.cf"),
                    String.join(
                            "\n",
                            "127.0.0.1:" + smtp + " inet n - n - - smtpd\n  -o smtpd_sasl_auth_enable=yes",
                            smtps == 0
                                    ? ""
                                    : "127.0.0.1:" + smtps + " inet n - n - - smtpd\n  -o smtpd_sasl_auth_enable=yes"
                                            + "\n  -o smtpd_tls_wrappermode=yes",
                            "cleanup unix n - n - 0 cleanup",
                            "qmgr unix n - n 300 1 qmgr",
                            "rewrite unix - - n - - trivial-rewrite",
                            "bounce unix - - n - 0 bounce",
                            "defer unix - - n - 0 bounce",
                            "trace unix - - n - 0 bounce",
                            "discard unix - - n - - discard",
                            "error unix - - n - - error",
                            "anvil unix - - n - 1 anvil",
                            "proxymap unix - - n - - proxymap",
                            "tlsmgr unix - - n 1000? 1 tlsmgr",
                            "postlog unix-dgram n - n - 1 postlogd",
                            ""));
            Process check = new ProcessBuilder("/usr/sbin/postfix", "-c", folder.toString(), "check")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("check").toFile())
                    .start();
            if (check.waitFor() != 0) {
                throw new IllegalStateException(Files.readString(folder.resolve("check")));
            }
            return new MailServer(
                    folder,
                    List.of("/usr/lib/postfix/sbin/master", "-c", folder.toString(), "-d"),
                    smtp,
                    smtp,
                    smtp,
                    new Secure(0, 0, smtps),
                    0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Exim, which asks Postern and has the demo's passwords itself; it keeps in its queue whatever it takes from whoever is
     * logged in. With everything in its log that it can log.
     *
     * @param postern where it asks
     */
    static MailServer exim(Path folder, int postern) {
        try {
            Path passwords = owned(
                    Files.writeString(
                            folder.resolve("passwd"),
                            "alice@acme.example:" + crypted("demo-alice") + "\nplain:" + crypted(ODD_PASSWORD) + "\n"),
                    EXIM_USER);
            Path key = owned(Files.writeString(folder.resolve("postern.key"), "demo-mail-key\n"), EXIM_USER);
            return exim(
                    folder,
                    edited(
                            "exim/postern.conf",
                            Map.of(
                                    "= 127.0.0.1:8080",
                                    "= 127.0.0.1:" + postern,
                                    "= /etc/exim4/postern.key",
                                    "= " + key,
                                    "{/etc/exim4/passwd}",
                                    "{" + passwords + "}")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Exim, which asks a Dovecot. */
    static MailServer eximBefore(Path folder, MailServer dovecot) {
        try {
            return exim(
                    folder, edited("exim/dovecot.conf", Map.of()).replace("/run/dovecot/", dovecot.folder + "/run/"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MailServer exim(Path folder, String authenticators) throws IOException {
        Path exim = Path.of("..", "target", "debian", "exim", "usr", "sbin", "exim4")
                .toAbsolutePath()
                .normalize();
        if (!Files.isExecutable(exim)) {
            throw new IllegalStateException("no " + exim + ": ./test brings it");
        }
        open(folder);
        owned(Files.createDirectories(folder.resolve("spool")), EXIM_USER);
        owned(Files.createDirectories(folder.resolve("log")), EXIM_USER);
        run(
                folder,
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=mail.test",
                "-keyout",
                folder + "/tls.key",
                "-out",
                folder + "/tls.crt");
        owned(folder.resolve("tls.key"), EXIM_USER);
        Files.writeString(folder.resolve("authenticators.conf"), authenticators);
        int smtp = RunningPostern.freePort();
        Files.write(
                folder.resolve("exim.conf"),
                List.of(
                        "primary_hostname = mail.test",
                        "spool_directory = " + folder + "/spool",
                        "log_file_path = " + folder + "/log/%slog",
                        "pid_file_path = " + folder + "/spool/exim.pid",
                        "local_interfaces = <; [127.0.0.1]:" + smtp,
                        "tls_advertise_hosts = *",
                        "tls_certificate = " + folder + "/tls.crt",
                        "tls_privatekey = " + folder + "/tls.key",
                        "keep_environment =",
                        "log_selector = +all",
                        "queue_only = true",
                        "acl_smtp_rcpt = acl_rcpt",
                        "begin acl",
                        "acl_rcpt:",
                        "  accept authenticated = *",
                        "  deny message = authentication required",
                        "begin authenticators",
                        ".include " + folder + "/authenticators.conf"));
        return new MailServer(
                folder,
                List.of(exim.toString(), "-bdf", "-C", folder + "/exim.conf"),
                smtp,
                smtp,
                smtp,
                Secure.NONE,
                0);
    }

    /** What this user's group may read, or make files in, and nobody else. */
    private static Path owned(Path path, String user) throws IOException {
        var users = path.getFileSystem().getUserPrincipalLookupService();
        Files.getFileAttributeView(path, PosixFileAttributeView.class).setGroup(users.lookupPrincipalByGroupName(user));
        Files.setPosixFilePermissions(
                path, PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxrwx---" : "rw-r-----"));
        return path;
    }

    private static String crypted(String password) throws IOException {
        return run(Path.of("."), "openssl", "passwd", "-6", password);
    }

    private static String run(Path folder, String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command[0] + ": " + said);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return said;
    }

    /** The envelopes of the letters in Exim's queue. */
    List<String> queue() throws IOException {
        List<String> envelopes = new ArrayList<>();
        if (Files.notExists(folder.resolve("spool/input"))) {
            return envelopes; // it has taken none yet
        }
        try (Stream<Path> all = Files.walk(folder.resolve("spool/input"))) {
            for (Path each : all.filter(file -> file.toString().endsWith("-H")).toList()) {
                envelopes.add(Files.readString(each, StandardCharsets.ISO_8859_1));
            }
        }
        return envelopes;
    }

    /**
     * nginx, which asks Postern where to send whom.
     *
     * @param starttls {@code only} as in the file, or {@code on} for clients without TLS
     * @param behind where it sends everybody while Postern cannot be asked
     */
    static MailServer nginx(Path folder, int postern, Certificate certificate, String starttls, MailServer behind) {
        return nginx(folder, postern, certificate, starttls, behind, "");
    }

    /** The same with more in its {@code http}. */
    static MailServer nginx(
            Path folder, int postern, Certificate certificate, String starttls, MailServer behind, String more) {
        try {
            open(folder);
            int imap = RunningPostern.freePort();
            int pop3 = RunningPostern.freePort();
            int smtp = RunningPostern.freePort();
            int http = RunningPostern.freePort();
            Secure secure = Secure.free();
            String between = edited(
                    "nginx/postern-http.conf",
                    Map.of(
                            "192.0.2.10:143;", "127.0.0.1:" + behind.imap + ";",
                            "192.0.2.10:110;", "127.0.0.1:" + behind.pop3 + ";",
                            "192.0.2.10:587;", "127.0.0.1:" + behind.smtp + ";",
                            "listen 127.0.0.1:881;", "listen 127.0.0.1:" + http + ";",
                            "http://127.0.0.1:8080/", "http://127.0.0.1:" + postern + "/",
                            "the-password-of-the-proxy", PROXY,
                            "/var/log/nginx/", folder + "/"));
            String mail = edited(
                    "nginx/postern-mail.conf",
                    Map.ofEntries(
                            Map.entry("127.0.0.1:881/", "127.0.0.1:" + http + "/"),
                            Map.entry("the-mail-key;", "demo-mail-key;"),
                            Map.entry("/etc/ssl/certs/mail.example.com.pem", certificate.file.toString()),
                            Map.entry("/etc/ssl/private/mail.example.com.key", certificate.key.toString()),
                            Map.entry("starttls only;", "starttls " + starttls + ";"),
                            Map.entry("listen 143;", "listen 127.0.0.1:" + imap + ";"),
                            Map.entry("listen 993 ssl;", "listen 127.0.0.1:" + secure.imap + " ssl;"),
                            Map.entry("listen 110;", "listen 127.0.0.1:" + pop3 + ";"),
                            Map.entry("listen 995 ssl;", "listen 127.0.0.1:" + secure.pop3 + " ssl;"),
                            Map.entry("listen 587;", "listen 127.0.0.1:" + smtp + ";"),
                            Map.entry("listen 465 ssl;", "listen 127.0.0.1:" + secure.smtp + " ssl;")));
            Files.writeString(
                    folder.resolve("nginx.conf"),
                    "load_module /usr/lib/nginx/modules/ngx_mail_module.so;\ndaemon off;\npid " + folder
                            + "/pid;\nerror_log " + folder + "/nginx.log info;\nevents {\n}\nhttp {\n" + between + more
                            + "}\n" + mail);
            return new MailServer(
                    folder,
                    List.of("/usr/sbin/nginx", "-p", folder.toString(), "-c", folder + "/nginx.conf"),
                    imap,
                    pop3,
                    smtp,
                    secure,
                    http);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it wrote. */
    public String log() {
        StringBuilder text = new StringBuilder();
        for (String name : List.of(
                "out",
                "dovecot.log",
                "nginx.log",
                "postern.log",
                "postfix.log",
                "log/mainlog",
                "log/rejectlog",
                "log/paniclog")) {
            try {
                Path log = folder.resolve(name);
                text.append(Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return text.toString();
    }

    private void awaitPort(int port) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            try (Socket there = new Socket(InetAddress.getLoopbackAddress(), port)) {
                there.setSoTimeout(5_000);
                if (there.getInputStream().read() >= 0) {
                    return;
                }
            } catch (IOException notYet) {
                Thread.onSpinWait();
            }
        }
        close();
        throw new IllegalStateException("no mail server on " + port + ": " + log());
    }

    /** Ends those of its processes that run this program, as it does itself after some time. */
    void endProcesses(String program) {
        process.descendants()
                .filter(each -> each.info().command().orElse("").endsWith("/" + program))
                .forEach(each -> {
                    each.destroy();
                    each.onExit().join();
                });
    }

    @Override
    public void close() {
        stop();
    }

    void stop() {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }
}
