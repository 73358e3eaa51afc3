package org.postern.sample.mail;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A message that is being written: what its writer typed, as he typed it.
 *
 * @param original the message that it answers or hands on, if any
 * @param kept the paths of those of its attachments that go with it
 */
public record Draft(
        String to,
        String cc,
        String bcc,
        String subject,
        String text,
        @Nullable About original,
        List<String> kept) implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Nothing yet. */
    public static final Draft EMPTY = new Draft("", "", "", "", "", null, List.of());

    private static final int MOST_QUOTED = 64 * 1024;

    /**
     * Why a message is written.
     *
     * @param mailbox in which the other message lies
     */
    public record About(String mailbox, String folder, MessageId id, boolean forwarded) implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** Who gets the answer. */
    public enum Answer {
        SENDER,
        ALL
    }

    /**
     * An answer.
     *
     * @param own the writer's address, which gets none
     * @param intro the line above what is quoted
     */
    public static Draft reply(Letter letter, String folder, Answer answer, String own, String intro) {
        Map<String, InternetAddress> to = addresses(letter.origin().replyTo());
        if (to.keySet().equals(java.util.Set.of(own))) {
            to = addresses(letter.to());
        }
        Map<String, InternetAddress> cc = new LinkedHashMap<>();
        if (answer == Answer.ALL) {
            cc.putAll(addresses(letter.to()));
            cc.putAll(addresses(letter.cc()));
            cc.keySet().removeAll(to.keySet());
            cc.remove(own);
        }
        String quoted = text(letter)
                .lines()
                .map(line -> line.startsWith(">") ? ">" + line : "> " + line)
                .collect(Collectors.joining("\n"));
        return new Draft(
                joined(to),
                // Who is left out must be known to the writer: what stands there is no address, so it is not sent.
                joined(cc) + (answer == Answer.ALL && (letter.to() + letter.cc()).contains(", …") ? ", …" : ""),
                "",
                prefixed("Re: ", letter.subject()),
                "\n\n" + intro + "\n" + quoted + "\n",
                new About(own, folder, letter.id(), false),
                List.of());
    }

    /** The message with its attachments, for somebody else. */
    public static Draft forward(Letter letter, String folder, String own, String intro) {
        return new Draft(
                "",
                "",
                "",
                prefixed("Fwd: ", letter.subject()),
                "\n\n" + intro + "\n\n" + text(letter) + "\n",
                new About(own, folder, letter.id(), true),
                letter.attachments().stream().map(Letter.Attachment::path).toList());
    }

    private static String text(Letter letter) {
        String text = letter.sections().stream()
                .map(Letter.Section::text)
                .collect(Collectors.joining("\n"))
                .strip();
        return text.length() > MOST_QUOTED ? text.substring(0, MOST_QUOTED) + " …" : text;
    }

    private static String prefixed(String prefix, String subject) {
        return subject.regionMatches(true, 0, prefix, 0, prefix.length()) ? subject : prefix + subject;
    }

    /** By address in lower case, in their order; what is no address is left out. */
    private static Map<String, InternetAddress> addresses(String list) {
        Map<String, InternetAddress> found = new LinkedHashMap<>();
        try {
            for (InternetAddress address : InternetAddress.parseHeader(list, false)) {
                if (String.valueOf(address.getAddress()).matches("[^\\s\"<>(),;:\\\\@]+@[^@]+")) {
                    found.put(address.getAddress().toLowerCase(java.util.Locale.ROOT), address);
                }
            }
        } catch (AddressException broken) {
            // then nobody is suggested
        }
        return found;
    }

    private static String joined(Map<String, InternetAddress> addresses) {
        return addresses.values().stream().map(InternetAddress::toUnicodeString).collect(Collectors.joining(", "));
    }

    /** The message that it answers or hands on. */
    public Optional<About> about() {
        return Optional.ofNullable(original);
    }

    /** For the writer with this address: a message in somebody else's mailbox is not his to answer or hand on. */
    public Draft forWriter(String own) {
        return about().filter(a -> !a.mailbox().equals(own)).isEmpty() ? this : withoutOriginal();
    }

    /** The same, where the other message is gone. */
    public Draft withoutOriginal() {
        return new Draft(to, cc, bcc, subject, text, null, List.of());
    }

    /** Whether there is anything in it. */
    public boolean isEmpty() {
        return Stream.of(to, cc, bcc, subject, text).allMatch(String::isBlank);
    }
}
