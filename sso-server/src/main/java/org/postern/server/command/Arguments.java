package org.postern.server.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.core.MailboxAddress;

/** A command's arguments: words, and options with a value or, where they may be given again, several. */
final class Arguments {
    private final List<String> words = new ArrayList<>();
    private final Map<String, List<String>> options = new LinkedHashMap<>();

    private Arguments() {}

    /**
     * @param known the options that the command takes
     * @param repeatable those among them that may be given more than once
     * @throws UsageException at the first that is wrong
     */
    static Arguments parse(List<String> args, Set<String> known, Set<String> repeatable) throws UsageException {
        Arguments parsed = new Arguments();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (!arg.startsWith("-")) {
                parsed.words.add(arg);
                continue;
            }
            int equals = arg.indexOf('=');
            String name = equals < 0 ? arg : arg.substring(0, equals);
            if (!known.contains(name)) {
                throw new UsageException(name.replaceAll("\\p{C}", "?") + ": there is no such option here");
            }
            if (equals < 0 && i + 1 == args.size()) {
                throw new UsageException(name + ": a value is missing");
            }
            List<String> values = parsed.options.computeIfAbsent(name, n -> new ArrayList<>());
            values.add(equals < 0 ? args.get(++i) : arg.substring(equals + 1));
            if (values.size() > 1 && !repeatable.contains(name)) {
                throw new UsageException(name + ": given twice");
            }
        }
        return parsed;
    }

    /** The one word that the command takes. */
    String word(String what) throws UsageException {
        if (words.size() != 1) {
            throw new UsageException(
                    words.isEmpty() ? what + " is missing" : "too many words: one " + what + " is enough");
        }
        return words.get(0);
    }

    void noWords() throws UsageException {
        if (!words.isEmpty()) {
            throw new UsageException("this command takes no words");
        }
    }

    MailboxAddress address() throws UsageException {
        String text = word("ADDRESS");
        return MailboxAddress.parse(text)
                .orElseThrow(() -> new UsageException("this is no mail address, written as local@domain"));
    }

    Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name)).map(values -> values.get(0));
    }

    String needed(String name) throws UsageException {
        return option(name).orElseThrow(() -> new UsageException(name + " is missing"));
    }

    List<String> all(String name) {
        return options.getOrDefault(name, List.of());
    }
}
