package org.postern.sample.mail;

import jakarta.mail.Address;
import jakarta.mail.Flags;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** A message's header as single lines of text, however broken it is. */
final class Headers {
    private static final int MOST_CHARACTERS = 1000;
    private static final int MOST_ADDRESSES = 50;

    private interface Look<T> {
        @Nullable
        T look() throws MessagingException;
    }

    private final Message message;

    Headers(Message message) {
        this.message = message;
    }

    String subject() {
        return look(message::getSubject).map(Headers::line).orElse("");
    }

    Optional<Instant> date() {
        return look(message::getSentDate)
                .or(() -> look(message::getReceivedDate))
                .map(Date::toInstant);
    }

    /** The first sender's name, or his address. */
    String sender() {
        return look(message::getFrom)
                .filter(from -> from.length > 0)
                .map(from -> shortest(from[0]))
                .orElse("");
    }

    /** The first recipient's name, or his address: what a list of sent messages shows. */
    String recipient() {
        return look(() -> message.getRecipients(Message.RecipientType.TO))
                .filter(to -> to.length > 0)
                .map(to -> shortest(to[0]))
                .orElse("");
    }

    boolean isUnread() {
        return look(() -> message.isSet(Flags.Flag.SEEN)).filter(seen -> !seen).isPresent();
    }

    boolean isAnswered() {
        return look(() -> message.isSet(Flags.Flag.ANSWERED)).orElse(false);
    }

    Letter.Origin origin() {
        return new Letter.Origin(
                look(message::getReplyTo).map(Headers::addresses).orElse(""),
                single("Message-ID"),
                single("References"));
    }

    private String single(String name) {
        return look(() -> message.getHeader(name))
                .filter(h -> h.length > 0)
                .map(h -> line(h[0]))
                .orElse("");
    }

    String from() {
        return look(message::getFrom).map(Headers::addresses).orElse("");
    }

    String recipients(Message.RecipientType type) {
        return look(() -> message.getRecipients(type)).map(Headers::addresses).orElse("");
    }

    private static <T> Optional<T> look(Look<T> look) {
        try {
            return Optional.ofNullable(look.look());
        } catch (MessagingException | RuntimeException broken) {
            return Optional.empty();
        }
    }

    private static String shortest(Address address) {
        if (address instanceof InternetAddress internet && internet.getPersonal() != null) {
            String name = line(internet.getPersonal());
            if (!name.isBlank()) {
                return name;
            }
        }
        return full(address);
    }

    private static String addresses(Address[] addresses) {
        StringJoiner joined = new StringJoiner(", ");
        for (int i = 0; i < Math.min(addresses.length, MOST_ADDRESSES); i++) {
            joined.add(full(addresses[i]));
        }
        return addresses.length > MOST_ADDRESSES ? joined + ", …" : joined.toString();
    }

    /** With the name in quotes only where it could not be read back without. */
    private static String full(Address address) {
        if (!(address instanceof InternetAddress internet)) {
            return line(address.toString());
        }
        String name = internet.getPersonal();
        boolean plain = name != null && !name.isBlank() && !name.matches(".*[\"(),:;<>@\\[\\]\\\\].*");
        return line(plain ? name + " <" + internet.getAddress() + '>' : internet.toUnicodeString());
    }

    /** Decoded, in one line, without what would turn its direction or hide. */
    static String line(String raw) {
        String text = raw;
        try {
            text = MimeUtility.decodeText(MimeUtility.unfold(raw));
        } catch (UnsupportedEncodingException | RuntimeException unknown) {
            // as it came
        }
        StringBuilder line = new StringBuilder(Math.min(text.length(), MOST_CHARACTERS));
        for (int i = 0; i < text.length() && line.length() < MOST_CHARACTERS; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int type = Character.getType(c);
            boolean joiner = c == 0x200c || c == 0x200d;
            if (Character.isWhitespace(c) || Character.isISOControl(c)) {
                line.append(' ');
            } else if ((type != Character.FORMAT || joiner) && type != Character.SURROGATE) {
                line.appendCodePoint(c);
            }
        }
        return line.toString().strip();
    }
}
