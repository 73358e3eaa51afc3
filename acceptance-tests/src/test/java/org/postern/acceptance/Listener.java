package org.postern.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands in Postern's place: keeps each request as it was on the wire, and gives one and the same answer to all. A request
 * is whatever comes until the other side ends the connection, which it does as soon as it has the answer.
 */
final class Listener implements AutoCloseable {
    private static final Pattern LENGTH =
            Pattern.compile("(?s)^(.*\r\nContent-Length: ([0-9]+)(?:\r\n.*?)?\r\n\r\n)(.*)$");

    private final ServerSocket listening;
    private final byte[] answer;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** @param answer all of it, with the status line */
    Listener(String answer) throws IOException {
        this.answer = answer.getBytes(StandardCharsets.UTF_8);
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::listen, "listener");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listening.getLocalPort();
    }

    /** What came so far, each byte as one character; waits until there are as many as this. */
    List<String> requests(int count) {
        long end = System.nanoTime() + 10_000_000_000L;
        while (requests.size() < count && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        return List.copyOf(requests);
    }

    private void listen() {
        while (!listening.isClosed()) {
            try (Socket socket = listening.accept()) {
                socket.setSoTimeout(10_000);
                ByteArrayOutputStream said = new ByteArrayOutputStream();
                InputStream in = socket.getInputStream();
                byte[] buffer = new byte[8192];
                int n = 1;
                while (n > 0 && !isWhole(said)) {
                    n = in.read(buffer);
                    said.write(buffer, 0, Math.max(0, n));
                }
                socket.getOutputStream().write(answer);
                socket.shutdownOutput();
                in.transferTo(said);
                requests.add(said.toString(StandardCharsets.ISO_8859_1));
            } catch (IOException over) {
                // The other side hung up, or the test is over.
            }
        }
    }

    private static boolean isWhole(ByteArrayOutputStream said) {
        Matcher matcher = LENGTH.matcher(said.toString(StandardCharsets.ISO_8859_1));
        return matcher.matches() && matcher.group(3).length() >= Integer.parseInt(matcher.group(2));
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
