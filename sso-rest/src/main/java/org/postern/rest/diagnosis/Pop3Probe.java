package org.postern.rest.diagnosis;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.rest.diagnosis.Finding.Step.Name;

/** POP3 (RFC 1939) with CAPA and STLS (RFC 2449, 2595). It asks how many messages there are, and for none of them. */
record Pop3Probe(Target target) implements Probe {
    private static final Pattern STAT = Pattern.compile("\\+OK ([0-9]{1,10}) .*");

    @Override
    public void run(Attempt attempt, Trace trace) throws IOException, Halt {
        try (Connection connection = Connection.open(target, attempt, trace)) {
            trace.step(Name.GREETING, () -> answer(connection, Verdict.UNEXPECTED));
            Set<String> can = capabilities(connection, trace);
            if (connection.isElsewhere() && !connection.isSecure()) {
                trace.step(Name.STARTTLS, () -> command(connection, "STLS", Verdict.NO_TLS));
                connection.secure(Name.TLS);
                can = capabilities(connection, trace);
            }
            boolean sasl = !can.contains("USER") && can.stream().anyMatch(c -> c.matches("SASL( .*)? PLAIN( .*)?"));
            trace.step(Name.LOGIN, () -> login(connection, attempt, sasl));
            trace.step(Name.INBOX, () -> {
                Matcher told = STAT.matcher(command(connection, "STAT", Verdict.UNEXPECTED) + ' ');
                if (told.matches()) {
                    trace.messages(Long.parseLong(told.group(1)));
                }
                return told;
            });
            trace.step(Name.LOGOUT, () -> command(connection, "QUIT", Verdict.UNEXPECTED));
        }
    }

    /** What it can; nothing where it does not know the question. */
    private static Set<String> capabilities(Connection connection, Trace trace) throws IOException, Halt {
        return trace.step(Name.CAPABILITIES, () -> {
            Set<String> names = new TreeSet<>();
            connection.send("CAPA");
            if (connection.line().startsWith("+OK")) {
                for (String line = connection.line(); !line.equals("."); line = connection.line()) {
                    names.add(line.toUpperCase(Locale.ROOT));
                }
            }
            trace.capabilities(names);
            return names;
        });
    }

    private static String login(Connection connection, Attempt attempt, boolean sasl) throws IOException, Halt {
        connection.requireSafe();
        if (sasl) {
            connection.send("AUTH PLAIN");
            if (!connection.line().startsWith("+")) {
                throw new Halt(Verdict.UNEXPECTED);
            }
            connection.send(Mask.saslPlain(attempt.user(), attempt.secret()), "***");
        } else {
            command(connection, "USER " + attempt.user(), Verdict.LOGIN_REFUSED);
            connection.send("PASS " + attempt.secret().reveal(), "PASS ***");
        }
        return answer(connection, Verdict.LOGIN_REFUSED);
    }

    private static String command(Connection connection, String line, Verdict refused) throws IOException, Halt {
        connection.send(line);
        return answer(connection, refused);
    }

    private static String answer(Connection connection, Verdict refused) throws IOException, Halt {
        String line = connection.line();
        if (line.startsWith("+OK")) {
            return line;
        }
        if (!line.startsWith("-ERR")) {
            throw new Halt(Verdict.UNEXPECTED);
        }
        String why = line.toUpperCase(Locale.ROOT);
        if (why.contains("[IN-USE]") || why.contains("[LOGIN-DELAY]")) {
            throw new Halt(Verdict.THROTTLED);
        }
        throw new Halt(why.contains("[SYS/") ? Verdict.UNEXPECTED : refused);
    }
}
