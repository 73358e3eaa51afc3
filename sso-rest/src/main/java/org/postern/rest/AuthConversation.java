package org.postern.rest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.Secret;
import org.postern.core.service.MailLogins;

/**
 * One connection's side of Dovecot's authentication protocol for clients, version 1.1, with the mechanisms PLAIN (RFC 4616)
 * and LOGIN. Lines come in, lines go out. Not thread-safe.
 */
final class AuthConversation {
    /** What waits for more on one connection, at most. */
    static final int MOST_BEGUN = 100;

    private static final String ID = "[0-9]{1,10}";

    /**
     * What was begun, and waits for more.
     *
     * @param user what LOGIN has been told already
     */
    private record Begun(boolean login, Channel protocol, Client client, Optional<String> user) {}

    private final MailLogins logins;
    private final String peer;
    /** Postfix does not say what was given up: the oldest goes. */
    private final Map<String, Begun> begun = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Begun> eldest) {
            return size() > MOST_BEGUN;
        }
    };

    /** @param peer the mail server's address literal */
    AuthConversation(MailLogins logins, String peer) {
        this.logins = logins;
        this.peer = peer;
    }

    /**
     * What is said first.
     *
     * @param number this connection's
     * @param cookie 16 bytes in hex, with which a master process would ask about it
     */
    static List<String> greeting(int number, String cookie) {
        return List.of(
                "VERSION\t1\t1",
                "MECH\tPLAIN\tplaintext",
                "MECH\tLOGIN\tplaintext",
                "SPID\t" + ProcessHandle.current().pid(),
                "CUID\t" + number,
                "COOKIE\t" + cookie,
                "DONE");
    }

    /**
     * What to answer, if anything.
     *
     * @throws IllegalArgumentException where this is no line of the protocol: the connection is to end
     * @throws org.postern.core.UnavailableException on a fault: the connection is to end
     */
    Optional<String> answer(String line) {
        String[] parts = line.split("\t", -1);
        return switch (parts[0]) {
            case "VERSION" -> {
                if (parts.length < 2 || !parts[1].equals("1")) {
                    throw new IllegalArgumentException("another version of the protocol");
                }
                yield Optional.empty();
            }
            case "AUTH" -> Optional.of(begin(parts));
            case "CONT" -> Optional.of(goOn(parts));
            case "CANCEL" -> {
                begun.remove(parts.length > 1 ? parts[1] : "");
                yield Optional.empty();
            }
            default -> Optional.empty(); // CPID, and what later versions say
        };
    }

    private String begin(String... parts) {
        if (parts.length < 3 || !parts[1].matches(ID)) {
            throw new IllegalArgumentException("AUTH without an id");
        }
        String id = parts[1];
        Map<String, String> said = new HashMap<>();
        for (int i = 3; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            said.putIfAbsent(
                    equals < 0 ? parts[i] : parts[i].substring(0, equals),
                    equals < 0 ? "" : parts[i].substring(equals + 1));
        }
        Optional<Channel> protocol = MailQuestion.channel(said.getOrDefault("service", ""));
        boolean login = parts[2].equals("LOGIN");
        if ((!login && !parts[2].equals("PLAIN")) || protocol.isEmpty() || begun.containsKey(id)) {
            return "FAIL\t" + id;
        }
        Client client = MailQuestion.client(said.getOrDefault("rip", ""), peer);
        Begun request = new Begun(login, protocol.get(), client, Optional.empty());
        String response = said.get("resp");
        if (response != null) {
            return respond(id, request, response);
        }
        begun.put(id, request);
        return "CONT\t" + id + '\t' + (login ? encoded("Username:") : "");
    }

    private String goOn(String... parts) {
        if (parts.length < 3 || !parts[1].matches(ID)) {
            throw new IllegalArgumentException("CONT without an id");
        }
        Begun request = begun.remove(parts[1]);
        return request == null ? "FAIL\t" + parts[1] : respond(parts[1], request, parts[2]);
    }

    private String respond(String id, Begun request, String response) {
        Optional<String> text = decoded(response);
        if (text.isEmpty()) {
            return "FAIL\t" + id;
        }
        if (!request.login()) {
            String[] said = text.get().split("\0", -1);
            // Nobody acts for another one here.
            boolean plain = said.length == 3 && (said[0].isEmpty() || said[0].equals(said[1]));
            return plain ? check(id, request, said[1], said[2]) : "FAIL\t" + id;
        }
        if (request.user().isPresent()) {
            return check(id, request, request.user().get(), text.get());
        }
        begun.put(id, new Begun(true, request.protocol(), request.client(), text));
        return "CONT\t" + id + '\t' + encoded("Password:");
    }

    private String check(String id, Begun request, String user, String password) {
        return logins.check(user, Secret.of(password), request.protocol(), request.client())
                        instanceof MailLogins.Check.Accepted accepted
                ? "OK\t" + id + "\tuser=" + accepted.mailbox()
                : "FAIL\t" + id;
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Optional<String> decoded(String base64) {
        try {
            return StrictText.utf8(ByteBuffer.wrap(Base64.getDecoder().decode(base64)));
        } catch (IllegalArgumentException noBase64) {
            return Optional.empty();
        }
    }
}
