package org.postern.sample.mail;

import jakarta.mail.Address;
import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Message;
import jakarta.mail.UIDFolder;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A message's header as single lines of text, however broken it is. */
record Headers(Message message) {
    private static final int MOST_CHARACTERS = 900;
    private static final int MOST_RAW = 16 * 1024;
    private static final int MOST_ADDRESSES = 100;
    private static final int MOST_REFERENCES = 20;
    private static final Pattern ID = Pattern.compile("<[!-;=?-~]{1,250}>");
    private static final Pattern PLAIN_NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} '-]*");
    private static final Pattern PLAIN_ADDRESS = Pattern.compile("[^\\s\"<>(),;:\\\\\\[\\]]{1,320}");
    /** They are letters, and nothing is to be seen of them. */
    private static final String BLANKS = "\u115f\u1160\u2800\u3164\uffa0";

    String subject() {
        // Not what the library makes of it: that takes a minute for a megabyte of folded lines.
        return Parts.look(() -> message.getHeader("Subject"))
                .filter(header -> header.length > 0)
                .map(header -> header[0].substring(0, Math.min(header[0].length(), MOST_RAW)))
                .map(header -> line(decoded(header.replaceAll("[\\r\\n]+", ""))))
                .orElse("");
    }

    Optional<Instant> date() {
        return Parts.look(message::getSentDate)
                .or(() -> Parts.look(message::getReceivedDate))
                .map(Date::toInstant);
    }

    /** The first sender's name, or his address. */
    String sender() {
        return first(message::getFrom);
    }

    /** The first recipient's name, or his address: what a list of sent messages shows. */
    String recipient() {
        return first(() -> message.getRecipients(Message.RecipientType.TO));
    }

    private static String first(Parts.Look<Address[]> addresses) {
        return Parts.look(addresses)
                .filter(all -> all.length > 0)
                .map(all -> shortest(all[0]))
                .orElse("");
    }

    boolean isUnread() {
        return Parts.look(() -> message.isSet(Flags.Flag.SEEN))
                .filter(seen -> !seen)
                .isPresent();
    }

    boolean isAnswered() {
        return Parts.look(() -> message.isSet(Flags.Flag.ANSWERED)).orElse(false);
    }

    /** All that is asked for here, to be had at once. */
    static FetchProfile wanted(String... more) {
        FetchProfile wanted = new FetchProfile();
        wanted.add(FetchProfile.Item.ENVELOPE);
        wanted.add(FetchProfile.Item.FLAGS);
        wanted.add(UIDFolder.FetchProfileItem.UID);
        wanted.add("Subject");
        Stream.of(more).forEach(wanted::add);
        return wanted;
    }

    Letter.Origin origin() {
        return new Letter.Origin(
                Parts.look(message::getReplyTo).map(Headers::addresses).orElse(""),
                ids("Message-ID", 1),
                ids("References", MOST_REFERENCES));
    }

    /** The last ids in a header, with spaces between: what is none would only be broken in an answer too. */
    private String ids(String name, int most) {
        List<String> ids = Parts.look(() -> message.getHeader(name)).stream()
                .flatMap(Stream::of)
                .flatMap(header -> ID.matcher(header).results())
                .map(MatchResult::group)
                .toList();
        return String.join(" ", ids.subList(Math.max(0, ids.size() - most), ids.size()));
    }

    String from() {
        return Parts.look(message::getFrom).map(Headers::addresses).orElse("");
    }

    String recipients(Message.RecipientType type) {
        return Parts.look(() -> message.getRecipients(type))
                .map(Headers::addresses)
                .orElse("");
    }

    /** A name with an address in it would only say that it comes from somebody else. */
    private static String shortest(Address address) {
        String name = name(address);
        return name.isEmpty() || name.indexOf('@') >= 0 ? full(address) : name;
    }

    private static String name(Address address) {
        return address instanceof InternetAddress internet && internet.getPersonal() != null
                ? line(internet.getPersonal())
                : "";
    }

    private static String addresses(Address[] addresses) {
        StringJoiner joined = new StringJoiner(", ");
        for (int i = 0; i < Math.min(addresses.length, MOST_ADDRESSES); i++) {
            joined.add(full(addresses[i]));
        }
        return addresses.length > MOST_ADDRESSES ? joined + ", …" : joined.toString();
    }

    /** As it can be read again: an answer goes to this address, whatever name it gives itself. */
    private static String full(Address address) {
        String plain = line(address instanceof InternetAddress internet ? internet.getAddress() : address.toString());
        String name = name(address);
        boolean good = PLAIN_ADDRESS.matcher(plain).matches();
        if (good && PLAIN_NAME.matcher(name).matches()) {
            return name + " <" + plain + '>';
        }
        String quoted = good ? plain : '"' + plain.replaceAll("[\"\\\\]", "_") + '"';
        try {
            return name.isEmpty() ? quoted : new InternetAddress(quoted, name).toUnicodeString();
        } catch (UnsupportedEncodingException impossible) {
            return quoted;
        }
    }

    /** Without the encoding that a header needs for what is not ASCII. */
    static String decoded(String raw) {
        try {
            return MimeUtility.decodeText(raw);
        } catch (UnsupportedEncodingException | RuntimeException unknown) {
            return raw;
        }
    }

    /** In one line, without what would turn its direction or hide. */
    static String line(@Nullable String raw) {
        String text = raw == null ? "" : raw;
        StringBuilder line = new StringBuilder(Math.min(text.length(), MOST_CHARACTERS));
        for (int i = 0; i < text.length() && line.length() < MOST_CHARACTERS; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int type = Character.getType(c);
            boolean joiner = c == 0x200c || c == 0x200d;
            if (Character.isWhitespace(c) || Character.isISOControl(c) || BLANKS.indexOf(c) >= 0) {
                line.append(' ');
            } else if ((type != Character.FORMAT || joiner) && type != Character.SURROGATE) {
                line.appendCodePoint(c);
            }
        }
        return line.toString().strip();
    }
}
