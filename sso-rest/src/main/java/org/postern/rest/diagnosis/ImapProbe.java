package org.postern.rest.diagnosis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.rest.diagnosis.Finding.Step.Name;

/** IMAP4rev1 (RFC 3501) with QUOTA (RFC 2087). It asks how many messages there are, and for none of them. */
record ImapProbe(Target target) implements Probe {
    private static final Pattern QUOTA = Pattern.compile("(STORAGE|MESSAGE) ([0-9]{1,15}) ([0-9]{1,15})");
    private static final Pattern MESSAGES = Pattern.compile("(?i)\\* STATUS .*MESSAGES ([0-9]{1,10}).*");

    @Override
    public void run(Attempt attempt, Trace trace) throws IOException, Halt {
        try (Connection connection = Connection.open(target, attempt, trace)) {
            new Talk(connection, attempt, trace).run();
        }
    }

    private static final class Talk {
        private final Connection connection;
        private final Attempt attempt;
        private final Trace trace;
        private int tags;

        Talk(Connection connection, Attempt attempt, Trace trace) {
            this.connection = connection;
            this.attempt = attempt;
            this.trace = trace;
        }

        void run() throws IOException, Halt {
            trace.step(Name.GREETING, () -> {
                String greeting = connection.line();
                if (greeting.startsWith("* BYE")) {
                    throw new Halt(Verdict.THROTTLED);
                }
                return require(greeting.startsWith("* OK") || greeting.startsWith("* PREAUTH"));
            });
            Set<String> can = capabilities();
            if (connection.isElsewhere() && !connection.isSecure()) {
                if (!can.contains("STARTTLS")) {
                    throw new Halt(Verdict.NO_TLS);
                }
                trace.step(Name.STARTTLS, () -> {
                    if (!command("STARTTLS").ok()) {
                        throw new Halt(Verdict.NO_TLS);
                    }
                    return true;
                });
                connection.secure(Name.TLS);
                can = capabilities();
            }
            Set<String> offered = can;
            trace.step(Name.LOGIN, () -> login(offered));
            if (capabilities().contains("QUOTA")) {
                trace.step(Name.QUOTA, this::quota);
            }
            trace.step(Name.INBOX, this::inbox);
            trace.step(Name.LOGOUT, () -> command("LOGOUT"));
        }

        private Set<String> capabilities() throws IOException, Halt {
            return trace.step(Name.CAPABILITIES, () -> {
                Answer answer = command("CAPABILITY");
                Set<String> names = new TreeSet<>();
                answer.untagged().stream()
                        .filter(l -> l.toUpperCase(Locale.ROOT).startsWith("* CAPABILITY "))
                        .forEach(l -> names.addAll(
                                List.of(l.substring(13).toUpperCase(Locale.ROOT).split(" "))));
                require(answer.ok());
                trace.capabilities(names);
                return names;
            });
        }

        private Answer login(Set<String> offered) throws IOException, Halt {
            connection.requireSafe();
            Answer answer;
            if (offered.contains("AUTH=PLAIN")) {
                String tag = begin("AUTHENTICATE PLAIN", "AUTHENTICATE PLAIN");
                String next = connection.line();
                if (next.startsWith("+")) {
                    connection.send(Mask.saslPlain(attempt.user(), attempt.secret()), "***");
                    answer = answer(tag, connection.line());
                } else {
                    answer = answer(tag, next);
                }
            } else {
                require(!offered.contains("LOGINDISABLED"));
                String tag = begin(
                        "LOGIN " + quoted(attempt.user()) + ' '
                                + quoted(attempt.secret().reveal()),
                        "LOGIN " + quoted(attempt.user()) + " ***");
                answer = answer(tag, connection.line());
            }
            if (answer.ok()) {
                return answer;
            }
            String why = answer.last().toUpperCase(Locale.ROOT);
            if (why.contains("[LIMIT]") || why.contains("[INUSE]")) {
                throw new Halt(Verdict.THROTTLED);
            }
            throw new Halt(answer.no() && !why.contains("[UNAVAILABLE]") ? Verdict.LOGIN_REFUSED : Verdict.UNEXPECTED);
        }

        private static String quoted(String text) {
            return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        }

        private Answer quota() throws IOException, Halt {
            Answer answer = command("GETQUOTAROOT INBOX");
            for (String line : answer.untagged()) {
                Matcher told = QUOTA.matcher(line.toUpperCase(Locale.ROOT));
                while (line.toUpperCase(Locale.ROOT).startsWith("* QUOTA ") && told.find()) {
                    trace.quota(new Finding.Quota(
                            told.group(1), Long.parseLong(told.group(2)), Long.parseLong(told.group(3))));
                }
            }
            return answer;
        }

        private Answer inbox() throws IOException, Halt {
            Answer answer = command("STATUS INBOX (MESSAGES)");
            require(answer.ok());
            for (String line : answer.untagged()) {
                Matcher told = MESSAGES.matcher(line);
                if (told.matches()) {
                    trace.messages(Long.parseLong(told.group(1)));
                }
            }
            return answer;
        }

        private Answer command(String words) throws IOException, Halt {
            return answer(begin(words, words), connection.line());
        }

        /** Returns the command's tag. */
        private String begin(String words, String shown) throws IOException {
            String tag = "a" + ++tags;
            connection.send(tag + ' ' + words, tag + ' ' + shown);
            return tag;
        }

        private Answer answer(String tag, String first) throws IOException, Halt {
            List<String> untagged = new ArrayList<>();
            String line = first;
            while (!line.startsWith(tag + ' ')) {
                require(line.startsWith("* ") || line.startsWith("+"));
                untagged.add(line);
                line = connection.line();
            }
            return new Answer(line.substring(tag.length() + 1), untagged);
        }

        private static boolean require(boolean expected) throws Halt {
            if (!expected) {
                throw new Halt(Verdict.UNEXPECTED);
            }
            return true;
        }
    }

    /** @param last the line that ends it, without its tag */
    private record Answer(String last, List<String> untagged) {
        boolean ok() {
            return last.regionMatches(true, 0, "OK", 0, 2);
        }

        boolean no() {
            return last.regionMatches(true, 0, "NO", 0, 2);
        }
    }
}
