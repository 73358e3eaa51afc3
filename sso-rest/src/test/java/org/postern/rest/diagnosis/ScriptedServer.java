package org.postern.rest.diagnosis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.postern.core.TestCertificate;

/** A server on loopback that does what a script says with each connection, broken or not. */
final class ScriptedServer implements AutoCloseable {
    /** What happens on a connection; it is closed afterwards. */
    interface Script {
        void play(Line line) throws IOException;
    }

    /** Answers a line that a client sent; null hangs up. */
    interface Answers {
        @Nullable
        String to(String line);
    }

    private final ServerSocket listener;
    private final Script script;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    ScriptedServer(Script script) {
        this.script = script;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(this::accept, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    /** Greets, then answers line by line. */
    static ScriptedServer talking(String greeting, Answers answers) {
        return new ScriptedServer(line -> {
            line.say(greeting);
            line.answer(answers);
        });
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                Thread thread = new Thread(() -> serve(socket), "scripted-connection");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException closed) {
            // that was all
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            script.play(new Line(socket));
        } catch (IOException gone) {
            // the client had enough
        }
    }

    /** Everything that came in lines. */
    List<String> heard() {
        return heard;
    }

    URI at(String scheme) {
        return URI.create(scheme + "://localhost:" + listener.getLocalPort());
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One connection. */
    final class Line {
        private Socket socket;
        private BufferedReader in;

        Line(Socket socket) throws IOException {
            this.socket = socket;
            this.in = reader(socket);
        }

        private BufferedReader reader(Socket socket) throws IOException {
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        }

        void say(String text) throws IOException {
            raw(text + "\r\n");
        }

        void raw(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        }

        @Nullable
        String hear() throws IOException {
            String line = in.readLine();
            if (line != null) {
                heard.add(line);
            }
            return line;
        }

        void skip(long characters) throws IOException {
            in.skip(characters);
        }

        /** Until the client goes, or an answer hangs up. */
        void answer(Answers answers) throws IOException {
            for (String line = hear(); line != null; line = hear()) {
                String answer = answers.to(line);
                if (answer == null) {
                    return;
                }
                say(answer);
            }
        }

        void secure(TestCertificate certificate) throws IOException {
            SSLSocket tls = (SSLSocket) certificate.server().getSocketFactory().createSocket(socket, null, true);
            tls.setUseClientMode(false);
            tls.startHandshake();
            socket = tls;
            in = reader(tls);
        }

        /** Says nothing more until the client has gone. */
        void hang() throws IOException {
            socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        }
    }
}
