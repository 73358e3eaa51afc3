package org.postern.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between the webmail and its mail server, and keeps what the webmail says. */
final class Relay implements AutoCloseable {
    private final ServerSocket listening;
    private final Thread accepting;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    Relay(int target) throws IOException {
        this(0, target);
    }

    /** @param port where it listens; 0 for a free one */
    Relay(int port, int target) throws IOException {
        this.target = target;
        listening = new ServerSocket(port, 20, InetAddress.getLoopbackAddress());
        accepting = daemon(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    String said() {
        synchronized (said) {
            return said.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                daemon(() -> copy(client, server, true));
                daemon(() -> copy(server, client, false));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void copy(Socket from, Socket to, boolean keeps) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (keeps) {
                    synchronized (said) {
                        said.write(buffer, 0, n);
                    }
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException over) {
            // One of them hung up.
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Ends what is open, too. The port is free afterwards. */
    @Override
    public void close() throws IOException {
        listening.close();
        try {
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Socket client : open) {
            client.close();
        }
    }
}
