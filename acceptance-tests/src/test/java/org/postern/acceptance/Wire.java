package org.postern.acceptance;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One HTTP/1.1 connection as it is on the wire: what a test sends is sent, byte for byte, and no client repairs it or
 * follows anything. Stays open for the next request where the server lets it. For one thread.
 */
public final class Wire implements AutoCloseable {
    /** What came back. */
    public record Answer(int status, List<String> headers, String body) {
        public Optional<String> header(String name) {
            return all(name).stream().findFirst();
        }

        public List<String> all(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(h -> h.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(h -> h.substring(start.length()).strip())
                    .toList();
        }

        /** Everything, as one text to search in. */
        public String whole() {
            return status + "\n" + String.join("\n", headers) + "\n\n" + body;
        }
    }

    private final int port;
    private Socket socket;
    private InputStream in;

    public Wire(int port) {
        this.port = port;
    }

    public static Answer get(int port, String target, String... headers) {
        return once(port, "GET", target, "", headers);
    }

    /** Posts a form. */
    public static Answer post(int port, String target, String form, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Content-Type: application/x-www-form-urlencoded");
        return once(port, "POST", target, form, all.toArray(String[]::new));
    }

    /** One request on a connection of its own. */
    public static Answer once(int port, String method, String target, String body, String... headers) {
        try (Wire wire = new Wire(port)) {
            List<String> all = new ArrayList<>(List.of(headers));
            all.add("Connection: close");
            return wire.send(method, target, body, all.toArray(String[]::new));
        } catch (IOException e) {
            throw new AssertionError(method + " " + target + " got no answer", e);
        }
    }

    public static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /** Sends a request with these header lines; a {@code Host} among them replaces the ordinary one. */
    public Answer send(String method, String target, String body, String... headers) throws IOException {
        StringBuilder head =
                new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        if (List.of(headers).stream().noneMatch(h -> h.startsWith("Host:"))) {
            head.append("Host: 127.0.0.1:").append(port).append("\r\n");
        }
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        if (content.length > 0 || method.equals("POST")) {
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        all.write(content);
        return exchange(all.toByteArray(), method.equals("HEAD"));
    }

    /** Sends these bytes and reads one answer. */
    public Answer exchange(byte[] request) throws IOException {
        return exchange(request, false);
    }

    private Answer exchange(byte[] request, boolean head) throws IOException {
        connect();
        try {
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
        } catch (IOException closedEarly) {
            // The answer may be there all the same.
        }
        return read(head);
    }

    /** Connects, if it is not connected. */
    public void connect() throws IOException {
        if (socket == null) {
            socket = new Socket();
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
            socket.setSoTimeout(60_000);
            in = new BufferedInputStream(socket.getInputStream());
        }
    }

    private Answer read(boolean head) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            lines.add(line);
        }
        if (lines.isEmpty()) {
            throw new EOFException("an empty answer");
        }
        int status = Integer.parseInt(lines.get(0).split(" ", 3)[1]);
        Answer bare = new Answer(status, List.copyOf(lines.subList(1, lines.size())), "");
        byte[] body = new byte[0];
        if (!head && status >= 200 && status != 204 && status != 304) {
            body = body(bare);
        }
        if (bare.header("Connection").filter("close"::equalsIgnoreCase).isPresent()) {
            close();
        }
        return new Answer(status, bare.headers(), new String(body, StandardCharsets.UTF_8));
    }

    private byte[] body(Answer bare) throws IOException {
        Optional<String> length = bare.header("Content-Length");
        if (length.isPresent()) {
            return exactly(Integer.parseInt(length.get()));
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        if (bare.header("Transfer-Encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
            for (int size = chunk(); size > 0; size = chunk()) {
                whole.write(exactly(size));
                line();
            }
            while (!line().isEmpty()) {
                // a trailer
            }
        } else {
            in.transferTo(whole);
            close();
        }
        return whole.toByteArray();
    }

    private int chunk() throws IOException {
        return Integer.parseInt(line().replaceFirst(";.*", "").strip(), 16);
    }

    private byte[] exactly(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the answer ends after " + bytes.length + " of " + size + " bytes");
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the answer ends after: " + line.toString(StandardCharsets.ISO_8859_1));
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException gone) {
            // That is what was wanted.
        }
        socket = null;
    }
}
