package org.postern.directory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on loopback that does to each connection what a test says. It counts them, and closes them at its end. */
final class ScriptedServer implements AutoCloseable {
    interface Script {
        void talk(Socket connection) throws IOException;
    }

    private final ServerSocket listening;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    ScriptedServer(Script script) {
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(() -> {
            while (!listening.isClosed()) {
                Socket connection = listening.accept();
                // Else each answer of two lines waits for the other side's delayed acknowledgement.
                connection.setTcpNoDelay(true);
                connections.add(connection);
                daemon(() -> script.talk(connection));
            }
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException over) {
                // the connection or the server is closed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes connections and says nothing. */
    static ScriptedServer silent() {
        return new ScriptedServer(connection -> {});
    }

    int port() {
        return listening.getLocalPort();
    }

    int connections() {
        return connections.size();
    }

    static void say(Socket connection, String line) throws IOException {
        connection.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
