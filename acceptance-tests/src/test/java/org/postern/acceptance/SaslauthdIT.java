package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tokens as passwords for whatever asks Cyrus SASL's {@code saslauthd}, with the very file of {@code integrations/cyrus}
 * and a Dovecot that asks Postern.
 */
class SaslauthdIT {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private static Path folder;

    private static RunningPostern postern;
    private static HelpDesk desk;
    private static MailServer dovecot;
    private static Saslauthd saslauthd;

    @BeforeAll
    static void start() throws IOException {
        folder.toFile().setExecutable(true, false);
        folder.toFile().setReadable(true, false);
        postern = RunningPostern.demo().start();
        desk = HelpDesk.demo(postern.port());
        dovecot = MailServer.dovecot(Files.createDirectory(folder.resolve("dovecot")), "oauth2", postern.port());
        saslauthd = new Saslauthd(Files.createDirectory(folder.resolve("run")), dovecot.imap);
    }

    @AfterAll
    static void stop() {
        saslauthd.close();
        dovecot.close();
        postern.close();
    }

    /** The daemon as Debian's script starts it, but in the foreground, in a session of its own: at its end it ends its group. */
    private static final class Saslauthd implements AutoCloseable {
        private final Path run;
        private final Process process;

        Saslauthd(Path run, int imap) throws IOException {
            this.run = run;
            String settings = Files.readString(Path.of("..", "integrations", "cyrus", "saslauthd"));
            assertThat(settings).containsOnlyOnce("127.0.0.1/143").containsOnlyOnce("/var/run/saslauthd");
            Path file = Files.writeString(
                    run.resolve("settings"),
                    settings.replace("127.0.0.1/143", "127.0.0.1/" + imap)
                            .replace("/var/run/saslauthd", run.toString()));
            String start =
                    ". \"$0\" && exec setsid /usr/sbin/saslauthd -a $MECHANISMS -O $MECH_OPTIONS $OPTIONS -n $THREADS -d";
            process = new ProcessBuilder("sh", "-c", start, file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(run.resolve("out").toFile())
                    .start();
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!check("nobody", "nothing").startsWith("0: NO")) {
                if (System.nanoTime() > end || !process.isAlive()) {
                    close();
                    throw new IllegalStateException(Files.readString(run.resolve("out")));
                }
            }
        }

        /** What {@code testsaslauthd} says. */
        String check(String user, String password) throws IOException {
            return said("-u", user, "-p", password);
        }

        private String said(String... who) throws IOException {
            List<String> command = new java.util.ArrayList<>(
                    List.of("testsaslauthd", "-f", run.resolve("mux").toString(), "-s", "imap"));
            command.addAll(List.of(who));
            Process asked =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
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

    private static final String OK = "0: OK";
    private static final String NO = "0: NO";

    @Test
    void tokenAndOwnPassword_areTaken_andNothingElse() throws Exception {
        var issued = desk.issueByApi(ALICE, "normal", "By saslauthd");
        String token = issued.getString("token");

        assertThat(saslauthd.check(ALICE, token)).startsWith(OK);
        assertThat(saslauthd.said("-u", "alice", "-r", "acme.example", "-p", token))
                .startsWith(OK);
        assertThat(saslauthd.check(ALICE, "demo-alice")).startsWith(OK);
        assertThat(saslauthd.check(ALICE, "wrong")).startsWith(NO);
        assertThat(saslauthd.check(BOB, token)).startsWith(NO);
        assertThat(saslauthd.check(ALICE, desk.issue(ALICE, "sso"))).startsWith(NO);

        assertThat(saslauthd.check(ALICE, token))
                .as("the last one that was right")
                .startsWith(OK);
        assertThat(desk.call("DELETE", "/sso/v1/tokens/" + issued.getString("id"), "")
                        .status())
                .isEqualTo(204);
        assertThat(saslauthd.check(ALICE, token)).as("nothing is kept").startsWith(NO);
        assertThat(saslauthd.check(ALICE, "demo-alice")).startsWith(OK);
    }

    @Test
    void oddTokens_arriveAsTheyWereTyped() throws Exception {
        for (String odd : List.of("a+b c%d&e=@ok", "%41%42 %zz+%", "ümläut €uro 😀", "tab\"quote\\back")) {
            String json = odd.replace("\\", "\\\\").replace("\"", "\\\"");
            String body =
                    "{\"user\":\"" + BOB + "\",\"type\":\"normal\",\"reason\":\"odd\",\"token\":\"" + json + "\"}";
            assertThat(desk.call("POST", "/sso/v1/tokens", body).status()).isEqualTo(201);
            assertThat(saslauthd.check(BOB, odd)).as(odd).startsWith(OK);
        }
    }

    /** saslauthd quotes no line end. Nobody gets in as another with a password that he has of his own. */
    @Test
    void lineEnds_openNothing() throws Exception {
        assertThat(saslauthd.check("plain", "demo-plain")).startsWith(OK);
        for (String end : List.of("\r\n", "\n", "\r", "\"\r\n", "\\\r\n", "{3}\r\n", " {3+}\r\n")) {
            for (String tag : List.of("saslauthd", "C01", "*")) {
                for (String command : List.of(
                        "x" + end + tag + " LOGIN plain demo-plain" + end,
                        "x" + end + tag + " LOGIN plain demo-plain",
                        "x" + end + tag + " OK")) {
                    assertThat(saslauthd.check(ALICE, command)).as(command).startsWith(NO);
                    assertThat(saslauthd.check(command, "demo-alice"))
                            .as(command)
                            .startsWith(NO);
                }
            }
        }
    }

    @Test
    void posternDownOrHanging_ownPasswordsWork_within3Seconds(@TempDir Path down, @TempDir Path hanging)
            throws Exception {
        takesOwnPasswordsOnly(down, RunningPostern.freePort());
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            takesOwnPasswordsOnly(hanging, silent.getLocalPort());
        }
    }

    private static void takesOwnPasswordsOnly(Path folder, int port) throws IOException {
        folder.toFile().setExecutable(true, false);
        folder.toFile().setReadable(true, false);
        try (MailServer alone = MailServer.dovecot(Files.createDirectory(folder.resolve("dovecot")), "oauth2", port);
                Saslauthd without = new Saslauthd(Files.createDirectory(folder.resolve("run")), alone.imap)) {
            long begin = System.nanoTime();
            assertThat(without.check(ALICE, "demo-alice")).startsWith(OK);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
            assertThat(without.check(ALICE, "9c31fee7d811695f59f1e3c313642cf3")).startsWith(NO);
        }
    }
}
