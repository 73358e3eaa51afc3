package org.postern.sample.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.core.Secret;

/** An account at a server that does not do what it is asked. */
class MailAccountTest {
    /** A server that answers everything well but one command. */
    private static final class Server implements AutoCloseable {
        final List<String> commands = new CopyOnWriteArrayList<>();
        private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        private final String command;
        private final String answer;

        Server(String command, String answer) throws IOException {
            this.command = command;
            this.answer = answer;
            Thread thread = new Thread(this::serve, "imap");
            thread.setDaemon(true);
            thread.start();
        }

        URI uri() {
            return URI.create("imap://127.0.0.1:" + socket.getLocalPort());
        }

        private void serve() {
            while (!socket.isClosed()) {
                try (Socket client = socket.accept()) {
                    BufferedReader in =
                            new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
                    send(client, "* OK ready");
                    for (String line = in.readLine(); line != null; line = in.readLine()) {
                        String[] words = line.split(" ", 3);
                        commands.add(line);
                        answer(client, words[0], words[1].toUpperCase(Locale.ROOT));
                    }
                } catch (IOException gone) {
                    // the next one
                }
            }
        }

        private void answer(Socket client, String tag, String asked) throws IOException {
            if (asked.equals(command)) {
                if (answer.isEmpty()) {
                    client.close();
                } else {
                    send(client, tag + ' ' + answer);
                }
                return;
            }
            switch (asked) {
                case "FETCH" -> {}
                case "CAPABILITY" -> send(client, "* CAPABILITY IMAP4rev1");
                case "EXAMINE", "SELECT" -> send(client, "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x");
                case "LIST" -> send(client, "* LIST () \"/\" INBOX");
                case "STATUS" -> send(client, "* STATUS INBOX (MESSAGES 3 RECENT 0 UNSEEN 1 UIDNEXT 4 UIDVALIDITY 7)");
                default -> {}
            }
            send(client, tag + " OK done");
        }

        private static void send(Socket client, String line) throws IOException {
            client.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static MailAccount open(Server server, boolean readOnly) throws MailException {
        return new MailServer(server.uri()).open("alice@acme.example", Secret.of("secret"), readOnly);
    }

    @ParameterizedTest
    @CsvSource({
        "SEARCH, BAD what, NO_SEARCH",
        "SEARCH, NO [BADCHARSET] what, NO_SEARCH",
        "SEARCH, '', DOWN",
        "FETCH, '', DOWN"
    })
    void list_whereTheServerDoesOtherwise_saysWhatHappened(String command, String answer, MailException.Kind kind)
            throws Exception {
        try (Server server = new Server(command, answer);
                MailAccount account = open(server, false)) {
            MailException fault = catchThrowableOfType(
                    MailException.class, () -> account.list("INBOX", command.equals("FETCH") ? "" : "words", 1, false));

            assertThat(fault.kind()).isEqualTo(kind);
        }
    }

    @Test
    void open_wrongPassword_isRefused() throws Exception {
        try (Server server = new Server("LOGIN", "NO wrong")) {
            assertThat(catchThrowableOfType(MailException.class, () -> open(server, false))
                            .kind())
                    .isEqualTo(MailException.Kind.REFUSED);
        }
    }

    @Test
    void readOnlyAccount_neverSelects() throws Exception {
        try (Server server = new Server("", "");
                MailAccount account = open(server, true)) {
            assertThat(account.list("INBOX", "", 1, false).total()).isEqualTo(3);
            assertThat(catchThrowableOfType(MailException.class, () -> account.mark("INBOX", List.of(), true)))
                    .isNotNull();

            assertThat(server.commands).noneMatch(c -> c.contains("SELECT")).anyMatch(c -> c.contains("EXAMINE"));
        }
    }

    @Test
    void folders_areCounted() throws Exception {
        try (Server server = new Server("", "");
                MailAccount account = open(server, false)) {
            assertThat(account.folders())
                    .containsExactly(new MailFolder("INBOX", "INBOX", 0, MailFolder.Use.INBOX, true, 3, 1));
        }
    }
}
