package org.postern.acceptance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Logs in to a mail server as the simplest of mail clients does. */
final class MailClient implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    private MailClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    /** Whether this opens the mailbox over IMAP. */
    static boolean imap(int port, String user, String password) throws IOException {
        try (MailClient client = new MailClient(port)) {
            client.in.readLine();
            client.say("a LOGIN \"" + user + "\" \"" + password + "\"");
            return client.answerTo("a ").startsWith("a OK");
        }
    }

    /** Logs in over IMAP, opens the inbox and waits for new mail. */
    static MailClient idle(int port, String user, String password) throws IOException {
        MailClient client = new MailClient(port);
        client.in.readLine();
        client.say("a LOGIN \"" + user + "\" \"" + password + "\"");
        client.require("a OK", client.answerTo("a "));
        client.say("b SELECT INBOX");
        client.require("b OK", client.answerTo("b "));
        client.say("c IDLE");
        client.require("+", client.in.readLine());
        return client;
    }

    /** Logs in over POP3 and stays. */
    static MailClient pop3Open(int port, String user, String password) throws IOException {
        MailClient client = new MailClient(port);
        client.in.readLine();
        client.say("USER " + user);
        client.in.readLine();
        client.say("PASS " + password);
        client.require("+OK", client.in.readLine());
        return client;
    }

    private void require(String start, String answer) throws IOException {
        if (!answer.startsWith(start)) {
            close();
            throw new IOException("the mail server says " + answer);
        }
    }

    /** Whether the server ends the connection within this time. */
    boolean isEnded(java.time.Duration patience) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < end) {
            socket.setSoTimeout((int) Math.max(1, (end - System.nanoTime()) / 1_000_000));
            try {
                String line = in.readLine();
                if (line == null) {
                    return true;
                }
            } catch (java.net.SocketTimeoutException still) {
                return false;
            }
        }
        return false;
    }

    static boolean pop3(int port, String user, String password) throws IOException {
        try (MailClient client = new MailClient(port)) {
            client.in.readLine();
            client.say("USER " + user);
            client.in.readLine();
            client.say("PASS " + password);
            return client.in.readLine().startsWith("+OK");
        }
    }

    static boolean smtpPlain(int port, String user, String password) throws IOException {
        try (MailClient client = smtp(port)) {
            return client.authPlain(user, password).startsWith("235");
        }
    }

    /** By AUTH, which carries any byte (RFC 5034). */
    static boolean pop3Plain(int port, String user, String password) throws IOException {
        try (MailClient client = new MailClient(port)) {
            client.in.readLine();
            client.say("AUTH PLAIN " + base64("\0" + user + "\0" + password));
            return client.in.readLine().startsWith("+OK");
        }
    }

    /** By AUTHENTICATE, which carries any byte (RFC 9051, section 6.2.2). */
    static boolean imapPlain(int port, String user, String password) throws IOException {
        try (MailClient client = new MailClient(port)) {
            client.in.readLine();
            client.say("a AUTHENTICATE PLAIN");
            client.in.readLine();
            client.say(base64("\0" + user + "\0" + password));
            return client.answerTo("a ").startsWith("a OK");
        }
    }

    /** Greets over SMTP and stays. */
    static MailClient smtp(int port) throws IOException {
        MailClient client = new MailClient(port);
        client.ehlo();
        return client;
    }

    /** What SMTP says to a login. */
    String authPlain(String user, String password) throws IOException {
        say("AUTH PLAIN " + base64("\0" + user + "\0" + password));
        return in.readLine();
    }

    static boolean smtpLogin(int port, String user, String password) throws IOException {
        try (MailClient client = new MailClient(port)) {
            client.ehlo();
            client.say("AUTH LOGIN");
            client.in.readLine();
            client.say(base64(user));
            client.in.readLine();
            client.say(base64(password));
            return client.in.readLine().startsWith("235");
        }
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private void ehlo() throws IOException {
        in.readLine();
        say("EHLO client.example");
        answerTo("250 ");
    }

    private void say(String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    private String answerTo(String start) throws IOException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith(start)) {
                return line;
            }
        }
        throw new IOException("the mail server hung up");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
