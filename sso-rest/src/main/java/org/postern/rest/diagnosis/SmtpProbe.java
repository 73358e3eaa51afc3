package org.postern.rest.diagnosis;

import java.io.IOException;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.postern.rest.diagnosis.Finding.Step.Name;

/** Submission (RFC 6409): up to the recipient, who is the mailbox itself; no mail is sent. */
record SmtpProbe(Target target) implements Probe {
    private static final int READY = 220;
    private static final int BYE = 221;
    private static final int SIGNED_IN = 235;
    private static final int OK = 250;
    private static final int GO_ON = 334;
    private static final int CLOSING = 421;

    @Override
    public void run(Attempt attempt, Trace trace) throws IOException, Halt {
        try (Connection connection = Connection.open(target, attempt, trace)) {
            trace.step(Name.GREETING, () -> expect(reply(connection), READY));
            Set<String> can = hello(connection, trace);
            if (connection.isElsewhere() && !connection.isSecure()) {
                if (!can.contains("STARTTLS")) {
                    throw new Halt(Verdict.NO_TLS);
                }
                trace.step(Name.STARTTLS, () -> {
                    if (command(connection, "STARTTLS").code() != READY) {
                        throw new Halt(Verdict.NO_TLS);
                    }
                    return true;
                });
                connection.secure(Name.TLS);
                can = hello(connection, trace);
            }
            boolean plain = can.stream().anyMatch(c -> c.matches("AUTH[ =](.* )?PLAIN( .*)?"));
            trace.step(Name.LOGIN, () -> login(connection, attempt, plain));
            trace.step(Name.SUBMISSION, () -> {
                accepted(command(connection, "MAIL FROM:<" + attempt.user() + '>'));
                accepted(command(connection, "RCPT TO:<" + attempt.user() + '>'));
                return expect(command(connection, "RSET"), OK);
            });
            trace.step(Name.LOGOUT, () -> expect(command(connection, "QUIT"), BYE));
        }
    }

    private static Set<String> hello(Connection connection, Trace trace) throws IOException, Halt {
        return trace.step(Name.CAPABILITIES, () -> {
            String literal = (connection.local() instanceof Inet6Address ? "[IPv6:" : "[")
                    + connection.local().getHostAddress().replaceAll("%.*", "")
                    + ']';
            Reply reply = expect(command(connection, "EHLO " + literal), OK);
            Set<String> names = new TreeSet<>();
            reply.texts().stream().skip(1).map(t -> t.toUpperCase(Locale.ROOT)).forEach(names::add);
            trace.capabilities(names);
            return names;
        });
    }

    private static Reply login(Connection connection, Attempt attempt, boolean plain) throws IOException, Halt {
        connection.requireSafe();
        Reply reply;
        if (plain) {
            reply = command(connection, "AUTH PLAIN");
            reply = reply.code() == GO_ON
                    ? secret(connection, Mask.saslPlain(attempt.user(), attempt.secret()))
                    : reply;
        } else {
            reply = command(connection, "AUTH LOGIN");
            reply = reply.code() == GO_ON ? command(connection, Mask.base64(attempt.user())) : reply;
            reply = reply.code() == GO_ON
                    ? secret(connection, Mask.base64(attempt.secret().reveal()))
                    : reply;
        }
        if (reply.code() == SIGNED_IN) {
            return reply;
        }
        if (reply.code() == CLOSING) {
            throw new Halt(Verdict.THROTTLED);
        }
        boolean permanent = reply.code() >= 500 && reply.code() != 502 && reply.code() != 504;
        throw new Halt(permanent ? Verdict.LOGIN_REFUSED : Verdict.UNEXPECTED);
    }

    private static Reply secret(Connection connection, String line) throws IOException, Halt {
        connection.send(line, "***");
        return reply(connection);
    }

    /** 452 and 552 (RFC 5321), X.2.2 (RFC 3463): there is no room. */
    private static Reply accepted(Reply reply) throws Halt {
        boolean full = reply.code() == 452
                || reply.code() == 552
                || (reply.code() >= 400 && reply.texts().get(0).matches("[45]\\.2\\.2 .*"));
        if (full) {
            throw new Halt(Verdict.MAILBOX_FULL);
        }
        return expect(reply, OK);
    }

    private static Reply command(Connection connection, String line) throws IOException, Halt {
        connection.send(line);
        return reply(connection);
    }

    private static Reply expect(Reply reply, int code) throws Halt {
        if (reply.code() == CLOSING) {
            throw new Halt(Verdict.THROTTLED);
        }
        if (reply.code() != code) {
            throw new Halt(Verdict.UNEXPECTED);
        }
        return reply;
    }

    private static Reply reply(Connection connection) throws IOException, Halt {
        List<String> texts = new ArrayList<>();
        while (true) {
            String line = connection.line();
            if (!line.matches("(?s)[2-5][0-9]{2}(?:[ -].*)?")) {
                throw new Halt(Verdict.UNEXPECTED);
            }
            texts.add(line.length() > 4 ? line.substring(4) : "");
            if (line.length() == 3 || line.charAt(3) == ' ') {
                return new Reply(Integer.parseInt(line.substring(0, 3)), texts);
            }
        }
    }

    private record Reply(int code, List<String> texts) {}
}
