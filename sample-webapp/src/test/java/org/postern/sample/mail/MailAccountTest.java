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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.core.Secret;

/** An account at a server that does not do what it is asked. */
class MailAccountTest {
    /** A server that answers everything well but one command. */
    private static final class Server implements AutoCloseable {
        private static final Pattern RANGE = Pattern.compile("(\\d+):(\\d+)");
        private static final String MESSAGE = " FLAGS () INTERNALDATE \"03-Nov-2026 10:00:00 +0000\" RFC822.SIZE 99"
                + " ENVELOPE (NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL) BODY[HEADER.FIELDS (SUBJECT)] {2}\r\n\r\n)";

        final List<String> commands = new CopyOnWriteArrayList<>();
        private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        private final String command;
        private final String answer;
        private final int messages;

        Server(String command, String answer) throws IOException {
            this(command, answer, 3);
        }

        Server(String command, String answer, int messages) throws IOException {
            this.command = command;
            this.answer = answer;
            this.messages = messages;
            start(this::accept);
        }

        private static void start(Runnable work) {
            Thread thread = new Thread(work, "imap");
            thread.setDaemon(true);
            thread.start();
        }

        URI uri() {
            return URI.create("imap://127.0.0.1:" + socket.getLocalPort());
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = socket.accept();
                    start(() -> serve(client));
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        private void serve(Socket socket) {
            try (Socket client = socket) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
                send(client, "* OK ready");
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    String[] words = line.split(" ", 3);
                    commands.add(line);
                    answer(client, words[0], words[1].toUpperCase(Locale.ROOT), line);
                }
            } catch (IOException gone) {
                // whoever wanted something of it sees that
            }
        }

        private void answer(Socket client, String tag, String asked, String line) throws IOException {
            if (asked.equals(command)) {
                if (answer.isEmpty()) {
                    client.close();
                } else {
                    send(client, tag + ' ' + answer);
                }
                return;
            }
            switch (asked) {
                case "FETCH" -> {
                    Matcher range = RANGE.matcher(line);
                    if (range.find()) {
                        int last = Integer.parseInt(range.group(2));
                        for (int i = Integer.parseInt(range.group(1)); i <= last; i++) {
                            send(client, "* " + i + " FETCH (UID " + i + MESSAGE);
                        }
                    }
                }
                case "CAPABILITY" -> send(client, "* CAPABILITY IMAP4rev1");
                case "EXAMINE", "SELECT" ->
                    send(client, "* " + messages + " EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x");
                case "LIST" -> send(client, "* LIST () \"/\" INBOX");
                case "UID" -> send(client, "* 1 FETCH (UID 1)");
                case "SEARCH" ->
                    send(
                            client,
                            IntStream.rangeClosed(1, messages)
                                    .mapToObj(Integer::toString)
                                    .collect(Collectors.joining(" ", "* SEARCH ", "")));
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

    @ParameterizedTest
    @CsvSource({"STORE, NO [OVERQUOTA] full, NOT_DONE", "STORE, '', DOWN", "SELECT, NO not now, NOT_DONE"})
    void mark_whereTheServerDoesOtherwise_saysWhatHappened(String command, String answer, MailException.Kind kind)
            throws Exception {
        try (Server server = new Server(command, answer);
                MailAccount account = open(server, false)) {
            MailException fault = catchThrowableOfType(
                    MailException.class, () -> account.mark("INBOX", List.of(new MessageId(7, 1)), true));

            assertThat(fault.kind()).isEqualTo(kind);
            assertThat(fault.story()).doesNotContain("\n").contains(answer.replaceAll("^\\S+ ", ""));
        }
    }

    /** A server that hangs must not hold every thread: with all places taken it is down at once. */
    @Test
    void open_whereAllPlacesAreTaken_isDownUntilOneIsFree() throws Exception {
        List<MailAccount> accounts = new ArrayList<>();
        try (Server imap = new Server("", "")) {
            MailServer server = new MailServer(imap.uri());
            MailException full = null;
            while (full == null && accounts.size() < 64) {
                try {
                    accounts.add(server.open("alice@acme.example", Secret.of("secret"), false));
                } catch (MailException down) {
                    full = down;
                }
            }
            assertThat(accounts).hasSize(32);
            assertThat(full).isNotNull();

            accounts.remove(0).close();
            accounts.add(server.open("alice@acme.example", Secret.of("secret"), false));
        } finally {
            accounts.forEach(MailAccount::close);
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

    /** However many there are: one page of them is asked for, in one command, after one search by the server. */
    @ParameterizedTest
    @CsvSource({
        "'', false, 1, 49951:50000, ''",
        "'', false, 1000, 1:50, ''",
        "two words, false, 1, 49951:50000, OR SUBJECT two HEADER From two OR SUBJECT words HEADER From words",
        "word, true, 500, 25001:25050, OR SUBJECT word OR HEADER To word HEADER Cc word"
    })
    void list_ofALargeFolder_asksForOnePageAlone(String words, boolean sent, int page, String range, String search)
            throws Exception {
        try (Server server = new Server("", "", 50_000);
                MailAccount account = open(server, false)) {
            server.commands.clear();

            Letter.Listing listing = account.list("INBOX", words, page, sent);

            assertThat(listing.total()).isEqualTo(50_000);
            List<String> commands = server.commands.stream()
                    .map(c -> c.replaceFirst("^\\S+ ", "").replaceFirst("(?<=FETCH \\S{1,20}) .*", ""))
                    .toList();
            List<String> expected = new ArrayList<>(List.of("EXAMINE INBOX"));
            if (!search.isEmpty()) {
                expected.add("SEARCH " + search + " ALL");
            }
            expected.add("FETCH " + range);
            assertThat(commands).isEqualTo(expected);
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
