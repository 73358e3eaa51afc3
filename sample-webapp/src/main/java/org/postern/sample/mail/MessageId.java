package org.postern.sample.mail;

import java.io.Serializable;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a message within its folder for good: its UID, and the folder's UIDVALIDITY, without which a UID may mean
 * another message tomorrow (RFC 9051, 2.3.1.1).
 */
public record MessageId(long validity, long uid) implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final Pattern FORM = Pattern.compile("([0-9]{1,10})-([0-9]{1,10})");

    /** Reads what {@link #toString} wrote. */
    public static Optional<MessageId> parse(@Nullable String text) {
        Matcher form = FORM.matcher(text == null ? "" : text);
        return form.matches()
                ? Optional.of(new MessageId(Long.parseLong(form.group(1)), Long.parseLong(form.group(2))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return validity + "-" + uid;
    }
}
