package org.postern.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.TokenKeys;
import org.postern.core.UnavailableException;

/** What an IMAP server says to a login is the answer; what it does not say is none. */
class ImapPasswordsTest {
    private static final MailboxAddress ALICE = Acme.address("alice@acme.example");
    private static final TokenKeys KEYS = new TokenKeys(List.of(new byte[32]));
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static ImapPasswords at(ScriptedServer server) {
        return new ImapPasswords(URI.create("imap://127.0.0.1:" + server.port()), KEYS, PATIENCE);
    }

    /** An IMAP server that answers each login so, where it has the tag for {@code TAG}; empty: it closes. */
    private static ScriptedServer answering(String answer, List<String> logins) {
        return new ScriptedServer(connection -> {
            try (Socket closed = connection;
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII))) {
                ScriptedServer.say(closed, "* OK ready");
                String line;
                while ((line = in.readLine()) != null) {
                    String tag = line.split(" ", 2)[0];
                    if (line.contains("CAPABILITY")) {
                        ScriptedServer.say(closed, "* CAPABILITY IMAP4rev1 AUTH=PLAIN");
                        ScriptedServer.say(closed, tag + " OK done");
                    } else if (line.contains("AUTHENTICATE")) {
                        ScriptedServer.say(closed, "+ ");
                        logins.add(new String(Base64.getDecoder().decode(in.readLine()), StandardCharsets.UTF_8));
                        if (answer.isEmpty()) {
                            return;
                        }
                        ScriptedServer.say(closed, answer.replace("TAG", tag));
                    } else {
                        ScriptedServer.say(closed, tag + " OK done");
                    }
                }
            }
        });
    }

    @Test
    void ok_isRight_andOneLoginGoesOverTheWire() {
        List<String> logins = new CopyOnWriteArrayList<>();
        try (ScriptedServer server = answering("TAG OK welcome", logins)) {
            for (String password : List.of("pässwörd \uD83D\uDC0E", "\"quoted\\", "line\r\nb LOGOUT", "{5}", " ")) {
                logins.clear();
                assertThat(at(server).open(ALICE, Secret.of(password))).isTrue();
                assertThat(logins).hasSize(1);
                assertThat(logins.get(0)).endsWith("\0alice@acme.example\0" + password);
            }
        }
    }

    /** The mail library would send each character's low byte: a wrong password could pass for the right one. */
    @Test
    void notAscii_whereOnlyTheCommandLoginIsThere_isAFault() {
        List<String> told = new CopyOnWriteArrayList<>();
        try (ScriptedServer server = new ScriptedServer(connection -> {
            try (Socket closed = connection;
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII))) {
                ScriptedServer.say(closed, "* OK [CAPABILITY IMAP4rev1] ready");
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    told.add(line);
                    ScriptedServer.say(closed, line.split(" ", 2)[0] + " OK done");
                }
            }
        })) {
            assertThat(at(server).open(ALICE, Secret.of("B%;"))).isTrue();
            assertThat(told).anyMatch(line -> line.contains(" LOGIN "));
            told.clear();
            assertThatThrownBy(() -> at(server).open(ALICE, Secret.of("\u0142%;")))
                    .isInstanceOf(UnavailableException.class);
            assertThat(told).noneMatch(line -> line.contains(" LOGIN "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TAG NO [AUTHENTICATIONFAILED] wrong", "TAG NO wrong", "TAG NO [EXPIRED] old"})
    void no_isWrong(String answer) {
        try (ScriptedServer server = answering(answer, new CopyOnWriteArrayList<>())) {
            assertThat(at(server).open(ALICE, Secret.of("a password"))).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TAG NO [UNAVAILABLE] Temporary authentication failure.",
                "TAG NO [LIMIT] too many",
                "TAG NO [INUSE] later",
                "* BYE going down",
                ""
            })
    void noAnswer_isAFault_neverAWrongPassword(String answer) {
        try (ScriptedServer server = answering(answer, new CopyOnWriteArrayList<>())) {
            assertThatThrownBy(() -> at(server).open(ALICE, Secret.of("a password")))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageNotContaining("a password");
        }
    }

    @Test
    void serverThatIsDownOrHangs_isAFault_inTime() {
        ScriptedServer gone = ScriptedServer.silent();
        ImapPasswords down = at(gone);
        gone.close();
        assertThatThrownBy(() -> down.open(ALICE, Secret.of("x"))).isInstanceOf(UnavailableException.class);
        try (ScriptedServer hanging = ScriptedServer.silent()) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> at(hanging).open(ALICE, Secret.of("x"))).isInstanceOf(UnavailableException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PATIENCE.multipliedBy(3));
        }
    }

    /** By the address of the same host that no rule calls this host: there, nothing is sent without TLS. */
    @Test
    void elsewhere_withoutTls_thePasswordIsNeverSent() {
        List<String> logins = new CopyOnWriteArrayList<>();
        try (ScriptedServer server = answering("TAG OK welcome", logins)) {
            URI elsewhere = URI.create("imap://[::ffff:127.0.0.1]:" + server.port());
            assertThatThrownBy(() -> new ImapPasswords(elsewhere, KEYS, PATIENCE).open(ALICE, Secret.of("x")))
                    .isInstanceOf(UnavailableException.class);
            assertThat(server.connections()).isEqualTo(1);
            assertThat(logins).isEmpty();
        }
    }

    @Test
    void whatIsAsked_isKnownWhileItIs_andNotAfter() {
        List<Boolean> seen = new CopyOnWriteArrayList<>();
        ImapPasswords[] passwords = new ImapPasswords[1];
        try (ScriptedServer server = new ScriptedServer(connection -> {
            seen.add(passwords[0].isAskingAbout(ALICE, Secret.of("secret")));
            seen.add(passwords[0].isAskingAbout(ALICE, Secret.of("another")));
            seen.add(passwords[0].isAskingAbout(Acme.address("bob@acme.example"), Secret.of("secret")));
            connection.close();
        })) {
            passwords[0] = at(server);
            assertThatThrownBy(() -> passwords[0].open(ALICE, Secret.of("secret")))
                    .isInstanceOf(UnavailableException.class);
            assertThat(seen).startsWith(true, false, false);
            assertThat(passwords[0].isAskingAbout(ALICE, Secret.of("secret"))).isFalse();
        }
    }

    /** Whoever stands between says before TLS that all is well: then nobody looked at the password. */
    @ParameterizedTest
    @ValueSource(strings = {"* PREAUTH [CAPABILITY IMAP4rev1] welcome, whoever you are", "* PREAUTH welcome"})
    void preauth_isNoAnswer(String greeting) {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            try (Socket closed = connection;
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII))) {
                ScriptedServer.say(closed, greeting);
                String line;
                while ((line = in.readLine()) != null) {
                    ScriptedServer.say(closed, line.split(" ", 2)[0] + " OK done");
                }
            }
        })) {
            assertThatThrownBy(() -> at(server).open(ALICE, Secret.of("whatever")))
                    .isInstanceOf(UnavailableException.class);
        }
    }
}
