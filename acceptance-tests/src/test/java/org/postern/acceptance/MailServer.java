package org.postern.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real mail server of Debian's, in a folder of its own and on free ports of loopback, with the files of
 * {@code integrations/} in which an operator's lines are set as their pages say.
 */
final class MailServer implements AutoCloseable {
    private static final Path INTEGRATIONS = Path.of("..", "integrations");
    static final String DOVEADM_KEY = "the-doveadm-key-of-the-test";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path folder;
    private final Process process;
    final int imap;
    final int pop3;
    final int smtp;
    /** Of doveadm's HTTP API; 0 where there is none. */
    final int doveadm;

    private MailServer(Path folder, List<String> command, int imap, int pop3, int smtp, int doveadm) {
        this.folder = folder;
        this.doveadm = doveadm;
        this.imap = imap;
        this.pop3 = pop3;
        this.smtp = smtp;
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
    private static String edited(String file, Map<String, String> lines) throws IOException {
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
    static MailServer dovecot(Path folder, String passdb, int postern) {
        return dovecot(folder, passdb, postern, "");
    }

    /** The same, which takes a password from nginx in every token's place. */
    static MailServer dovecotBehindNginx(Path folder, int postern, String password) {
        try {
            return dovecot(
                    folder,
                    "lua",
                    postern,
                    edited("nginx/dovecot-behind.conf", Map.of("the-password-of-the-proxy", password)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MailServer dovecot(Path folder, String passdb, int postern, String first) {
        try {
            open(folder);
            Path home = Files.createDirectories(folder.resolve("home"));
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.writeString(folder.resolve("postern.key"), "demo-mail-key\n");
            Files.writeString(
                    folder.resolve("postern.lua"),
                    edited(
                            "dovecot/postern.lua",
                            Map.of(
                                    "http://127.0.0.1:8080/", "http://127.0.0.1:" + postern + "/",
                                    "/etc/dovecot/postern.key", folder + "/postern.key")));
            Files.writeString(
                    folder.resolve("postern-oauth2.conf.ext"),
                    edited(
                            "dovecot/postern-oauth2.conf.ext",
                            Map.of(
                                    "http://127.0.0.1:8080/",
                                    "http://127.0.0.1:" + postern + "/",
                                    "the-mail-key",
                                    "demo-mail-key")));
            Files.writeString(
                    folder.resolve("postern.conf"),
                    edited("dovecot/postern-" + passdb + ".conf", Map.of("/etc/dovecot/", folder + "/")));
            Files.writeString(
                    folder.resolve("passwd"),
                    "alice@acme.example:{PLAIN}demo-alice\nbob@acme.example:{PLAIN}demo-bob\nplain:{PLAIN}demo-plain\n");
            int imap = RunningPostern.freePort();
            int pop3 = RunningPostern.freePort();
            int smtp = RunningPostern.freePort();
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
                    "ssl = no",
                    "disable_plaintext_auth = no",
                    "auth_mechanisms = plain login cram-md5",
                    "auth_failure_delay = 0",
                    "mail_location = maildir:~/Maildir",
                    "first_valid_uid = 500",
                    "hostname = localhost",
                    "submission_relay_host = 127.0.0.1",
                    "submission_relay_port = " + lmtp,
                    first,
                    "!include " + folder + "/postern.conf",
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
                    listener("imap-login", "imap", imap, "imaps"),
                    listener("pop3-login", "pop3", pop3, "pop3s"),
                    listener("submission-login", "submission", smtp, "submissions"),
                    listener("lmtp", "lmtp", lmtp, ""),
                    // Else every attempt from an address that failed once is held back, the next test's too.
                    "service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}");
            Files.write(folder.resolve("dovecot.conf"), lines);
            return new MailServer(
                    folder,
                    List.of("/usr/sbin/dovecot", "-F", "-c", folder + "/dovecot.conf"),
                    imap,
                    pop3,
                    smtp,
                    doveadm);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String listener(String service, String protocol, int port, String secure) {
        return "service " + service + " {\n  inet_listener " + protocol + " {\n    port = " + port + "\n  }\n"
                + (secure.isEmpty() ? "" : "  inet_listener " + secure + " {\n    port = 0\n  }\n") + "}";
    }

    /**
     * Postfix, which asks at Postern's auth port, or at any other that speaks its protocol; it takes mail from whoever is
     * logged in, and throws it away.
     */
    static MailServer postfix(Path folder, int authPort) {
        try {
            open(folder);
            int smtp = RunningPostern.freePort();
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
                            edited(
                                    "postfix/postern-main.cf",
                                    Map.of("inet:127.0.0.1:12345", "inet:127.0.0.1:" + authPort))));
            Files.writeString(
                    folder.resolve("master.cf"),
                    String.join(
                            "\n",
                            "127.0.0.1:" + smtp + " inet n - n - - smtpd",
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
                    0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** nginx, which asks Postern where to send whom. */
    static MailServer nginx(Path folder, int postern) {
        try {
            open(folder);
            int imap = RunningPostern.freePort();
            int pop3 = RunningPostern.freePort();
            int smtp = RunningPostern.freePort();
            String mail = edited(
                    "nginx/postern-mail.conf",
                    Map.of(
                            "127.0.0.1:8080/", "127.0.0.1:" + postern + "/",
                            "the-mail-key;", "demo-mail-key;",
                            "listen 143;", "listen 127.0.0.1:" + imap + ";",
                            "listen 110;", "listen 127.0.0.1:" + pop3 + ";",
                            "listen 587;", "listen 127.0.0.1:" + smtp + ";"));
            Files.writeString(
                    folder.resolve("nginx.conf"),
                    "load_module /usr/lib/nginx/modules/ngx_mail_module.so;\ndaemon off;\npid " + folder
                            + "/pid;\nerror_log " + folder + "/nginx.log info;\nevents {\n}\n" + mail);
            return new MailServer(
                    folder,
                    List.of("/usr/sbin/nginx", "-p", folder.toString(), "-c", folder + "/nginx.conf"),
                    imap,
                    pop3,
                    smtp,
                    0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it wrote. */
    String log() {
        StringBuilder text = new StringBuilder();
        for (String name : List.of("out", "dovecot.log", "nginx.log", "postfix.log")) {
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
