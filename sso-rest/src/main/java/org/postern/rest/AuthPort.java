package org.postern.rest;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.core.UnavailableException;
import org.postern.core.service.MailLogins;
import org.postern.core.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TCP port at which Postfix and Exim ask whether a password is right (contract, section 9): a thread for each
 * connection, of which there are as many as a mail server has processes, and an end to their number. Thread-safe.
 */
final class AuthPort implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuthPort.class);
    /** Of a line; a password of 1,024 bytes is far below it. */
    private static final int MOST_BYTES = 16_384;

    private static final int MOST_CONNECTIONS = 500;
    /** Postfix keeps a connection for as long as a process of its lives. */
    private static final Duration IDLE = Duration.ofMinutes(10);

    private static final long PAUSE_MILLIS = 100;

    private final MailLogins logins;
    private final Settings.Mail settings;
    private final boolean plain;
    private final ServerSocket listener;
    private final Semaphore places = new Semaphore(MOST_CONNECTIONS);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger number = new AtomicInteger();
    private final SecureRandom random = new SecureRandom();
    private final Seldom warnings = new Seldom();
    private final Seldom strangers = new Seldom();

    /**
     * Listens from now on.
     *
     * @param plain whether others than this host may ask, over a protocol without encryption
     * @throws IOException where the port cannot be had
     */
    AuthPort(MailLogins logins, Settings.Mail settings, boolean plain) throws IOException {
        this.logins = logins;
        this.settings = settings;
        this.plain = plain;
        listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(
                InetAddress.getByName(settings.auth().address()),
                settings.auth().port()));
        daemon("postern-auth", this::accept).start();
    }

    /** The one that the system chose where the settings have 0. */
    int port() {
        return listener.getLocalPort();
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                if (mayAsk(socket) && places.tryAcquire()) {
                    open.add(socket);
                    start(socket);
                } else {
                    socket.close();
                }
            } catch (IOException closed) {
                waitAfter(closed);
            }
        }
    }

    private void start(Socket socket) throws IOException {
        try {
            daemon("postern-auth-" + number.incrementAndGet(), () -> serve(socket))
                    .start();
        } catch (OutOfMemoryError noThread) {
            open.remove(socket);
            places.release();
            socket.close();
            throw new IOException("there is no thread for it", noThread);
        }
    }

    /** Where there are no more file descriptors it fails at once, again and again. */
    private void waitAfter(IOException failed) {
        if (listener.isClosed()) {
            return;
        }
        if (warnings.isTime()) {
            LOG.warn("a mail server's connection could not be taken: {}", failed.getMessage());
        }
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean mayAsk(Socket socket) {
        InetAddress peer = socket.getInetAddress();
        boolean may = settings.addresses().contains(peer.getHostAddress()) && (plain || peer.isLoopbackAddress());
        if (!may && strangers.isTime()) {
            LOG.warn(
                    "a mail server at {} was refused at the auth port: its address is not in sso.mail.addresses, or it is"
                            + " another host and sso.http.plain is off",
                    peer.getHostAddress());
        }
        if (may && places.availablePermits() == 0 && warnings.isTime()) {
            LOG.warn(
                    "a mail server at {} was refused at the auth port: there are {} connections",
                    peer.getHostAddress(),
                    MOST_CONNECTIONS);
        }
        return may;
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setSoTimeout((int) IDLE.toMillis());
            socket.setTcpNoDelay(true);
            byte[] cookie = new byte[16];
            random.nextBytes(cookie);
            say(socket, AuthConversation.greeting(number.get(), HexFormat.of().formatHex(cookie)));
            AuthConversation conversation =
                    new AuthConversation(logins, socket.getInetAddress().getHostAddress());
            InputStream in = new BufferedInputStream(socket.getInputStream());
            try {
                for (Optional<String> line = line(in); line.isPresent(); line = line(in)) {
                    Optional<String> answer = conversation.answer(line.get());
                    if (answer.isPresent()) {
                        say(socket, List.of(answer.get()));
                    }
                }
            } catch (UnavailableException fault) {
                // Postfix makes 535 of FAIL with temp, and 454 of a connection that ends.
                LOG.error("cannot answer a mail server: {}", fault.getMessage());
            }
        } catch (IOException | IllegalArgumentException gone) {
            LOG.debug("a mail server's connection ended: {}", gone.getMessage());
        } catch (RuntimeException bug) {
            LOG.error("a mail server's question failed", bug);
        } finally {
            open.remove(socket);
            places.release();
        }
    }

    /** A line without its end; empty at the end of all. */
    private static Optional<String> line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return Optional.empty();
            }
            if (line.size() == MOST_BYTES) {
                throw new IOException("a line that is too long");
            }
            line.write(b);
        }
        return Optional.of(line.toString(StandardCharsets.ISO_8859_1));
    }

    private static void say(Socket socket, List<String> lines) throws IOException {
        socket.getOutputStream().write((String.join("\n", lines) + '\n').getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException already) {
            LOG.debug("closing the auth port: {}", already.getMessage());
        }
    }
}
