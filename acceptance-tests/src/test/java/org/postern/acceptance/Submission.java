package org.postern.acceptance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A connection to a mail server's submission, in bytes that no client would send: line by line, over STARTTLS with whatever
 * certificate comes. For one thread.
 */
final class Submission implements AutoCloseable {
    private static final SSLContext ANYBODY = anybody();

    private Socket socket;
    private BufferedReader in;

    /** Without TLS, after {@code EHLO}. */
    Submission(int port) throws IOException {
        use(new Socket(InetAddress.getLoopbackAddress(), port));
        answer();
    }

    /** After STARTTLS and {@code EHLO}. */
    static Submission secure(int port) throws IOException {
        Submission submission = new Submission(port);
        submission.say("EHLO client.example");
        if (!submission.say("STARTTLS").startsWith("220")) {
            throw new IOException("no STARTTLS");
        }
        submission.use(ANYBODY.getSocketFactory().createSocket(submission.socket, "mail.test", port, true));
        submission.say("EHLO client.example");
        return submission;
    }

    private void use(Socket next) throws IOException {
        socket = next;
        socket.setSoTimeout(20_000);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    /** The answer to one line: all of it, with {@code \n} between its lines. */
    String say(String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return answer();
    }

    private String answer() throws IOException {
        List<String> lines = new ArrayList<>();
        String line;
        do {
            line = in.readLine();
            if (line == null) {
                throw new IOException("the mail server hung up");
            }
            lines.add(line);
        } while (line.length() > 3 && line.charAt(3) == '-');
        return String.join("\n", lines);
    }

    /** What comes of AUTH PLAIN. */
    static String plain(int port, byte[] user, byte[] password) throws IOException {
        byte[] response = new byte[user.length + password.length + 2];
        System.arraycopy(user, 0, response, 1, user.length);
        System.arraycopy(password, 0, response, user.length + 2, password.length);
        try (Submission submission = secure(port)) {
            return submission.say("AUTH PLAIN " + base64(response));
        }
    }

    static String plain(int port, String user, String password) throws IOException {
        return plain(port, user.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8));
    }

    /** What comes of AUTH LOGIN. */
    static String login(int port, byte[] user, byte[] password) throws IOException {
        try (Submission submission = secure(port)) {
            submission.say("AUTH LOGIN");
            submission.say(base64(user));
            return submission.say(base64(password));
        }
    }

    static String login(int port, String user, String password) throws IOException {
        return login(port, user.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static SSLContext anybody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // The certificate is one that the test has made.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
