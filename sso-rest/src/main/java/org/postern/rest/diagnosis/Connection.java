package org.postern.rest.diagnosis;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * A connection to a server that speaks in lines. Each line is bounded, each answer has its time, and everything goes
 * into the trace. For one thread; {@link Lifeline} may close it from another.
 */
final class Connection implements Closeable {
    private static final int MOST_LINE_BYTES = 8_192;
    private static final int MOST_LINES = 500;

    private final Target target;
    private final Attempt attempt;
    private final Trace trace;
    private final Socket raw;
    private final byte[] buffer = new byte[MOST_LINE_BYTES];
    private Socket socket;
    private int from;
    private int to;
    private boolean secure;
    private long answerBy;
    private int linesLeft;

    private Connection(Target target, Attempt attempt, Trace trace, Socket raw) {
        this.target = target;
        this.attempt = attempt;
        this.trace = trace;
        this.raw = raw;
        this.socket = raw;
        awaitAnswer();
    }

    /** Looks the host up, connects, and secures the connection at once where the target wants that. */
    static Connection open(Target target, Attempt attempt, Trace trace) throws IOException, Halt {
        List<InetAddress> addresses = trace.step(Finding.Step.Name.LOOKUP, () -> {
            List<InetAddress> found = List.of(InetAddress.getAllByName(target.host()));
            found.forEach(a -> trace.got(a.getHostAddress()));
            return found;
        });
        Connection connection = trace.step(
                Finding.Step.Name.CONNECT,
                () -> new Connection(target, attempt, trace, connect(addresses, target.port(), attempt.life())));
        try {
            if (target.secureAtOnce()) {
                connection.secure(Finding.Step.Name.TLS);
            }
            return connection;
        } catch (IOException | Halt | RuntimeException failed) {
            connection.close();
            throw failed;
        }
    }

    private static Socket connect(List<InetAddress> addresses, int port, Lifeline life) throws IOException {
        IOException last = new ConnectException("no address");
        long until = life.answerBy();
        for (InetAddress address : addresses) {
            Socket socket = new Socket();
            life.hold(socket);
            try {
                socket.connect(new InetSocketAddress(address, port), Lifeline.millisUntil(until));
                socket.setTcpNoDelay(true);
                return socket;
            } catch (IOException next) {
                life.release(socket);
                last = next;
            }
        }
        throw last;
    }

    void secure(Finding.Step.Name step) throws IOException, Halt {
        trace.step(step, () -> {
            if (from < to) {
                // Lines that came before the handshake would be taken for the server's own after it.
                throw new Halt(Verdict.UNEXPECTED);
            }
            raw.setSoTimeout(Lifeline.millisUntil(attempt.life().answerBy()));
            SSLSocket tls = attempt.trust().over(raw, target.host(), target.port(), trace::certificate);
            tls.startHandshake();
            SSLSession session = tls.getSession();
            trace.tls(session.getProtocol(), session.getCipherSuite());
            socket = tls;
            secure = true;
            return tls;
        });
    }

    boolean isSecure() {
        return secure;
    }

    /** The last place before a secret is sent: only where nobody can listen. */
    void requireSafe() throws Halt {
        if (!secure && !attempt.here().test(raw.getInetAddress())) {
            throw new Halt(Verdict.NO_TLS);
        }
    }

    /** Whether it is of any use to secure this connection: it goes to another host. */
    boolean isElsewhere() {
        return !attempt.here().test(raw.getInetAddress());
    }

    InetAddress local() {
        return raw.getLocalAddress();
    }

    /** Sends a line; the trace shows it as it is, masked. */
    void send(String line) throws IOException {
        send(line, line);
    }

    /** @param shown what the trace says of it */
    void send(String line, String shown) throws IOException {
        if (line.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
            throw new IllegalArgumentException("more than a line");
        }
        trace.sent(shown);
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        awaitAnswer();
    }

    private void awaitAnswer() {
        answerBy = attempt.life().answerBy();
        linesLeft = MOST_LINES;
    }

    /** The next line of the answer, without its end. */
    String line() throws IOException, Halt {
        if (linesLeft-- <= 0) {
            throw new Halt(Verdict.UNEXPECTED);
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = read(); b != '\n'; b = read()) {
            line.write(b);
            if (line.size() > MOST_LINE_BYTES) {
                trace.got("(a line without an end)");
                throw new Halt(Verdict.UNEXPECTED);
            }
        }
        String text = line.toString(StandardCharsets.UTF_8);
        String whole = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        trace.got(whole);
        return whole;
    }

    private int read() throws IOException {
        if (from == to) {
            raw.setSoTimeout(Lifeline.millisUntil(answerBy));
            from = 0;
            to = Math.max(0, socket.getInputStream().read(buffer));
            if (to == 0) {
                throw new EOFException("the connection was closed");
            }
        }
        return buffer[from++] & 0xff;
    }

    @Override
    public void close() {
        attempt.life().release(raw);
    }
}
