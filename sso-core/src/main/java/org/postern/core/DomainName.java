package org.postern.core;

import java.net.IDN;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A mail domain in its one canonical form: IDNA A-labels, lower case, no trailing dot (contract, section 2; RFC 5890).
 *
 * <p>Two spellings of a domain are equal exactly when their canonical forms are. Anything that would have to be
 * repaired to become a domain is refused. Immutable and thread-safe.
 */
public final class DomainName implements Comparable<DomainName> {
    private static final int MAX_LENGTH = 253;
    private static final Pattern LABELS =
            Pattern.compile("(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern NUMERIC_END = Pattern.compile("(?:.*\\.)?[0-9]+");

    private final String ascii;

    private DomainName(String ascii) {
        this.ascii = ascii;
    }

    /** The domain that {@code text} names, or empty where it names none. Never throws. */
    public static Optional<DomainName> parse(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Optional<String> lower = lowerCase(text);
        return lower.flatMap(DomainName::toAscii)
                .filter(ascii -> ascii.length() <= MAX_LENGTH
                        && LABELS.matcher(ascii).matches()
                        && !NUMERIC_END.matcher(ascii).matches())
                .map(DomainName::new);
    }

    /** Lower case by code point; refused where a letter outside ASCII would fall into it (the Kelvin sign, dotted I). */
    private static Optional<String> lowerCase(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int l = Character.toLowerCase(c);
            if (c >= 0x80 && l < 0x80) {
                return Optional.empty();
            }
            lower.appendCodePoint(l);
        }
        return Optional.of(lower.toString());
    }

    /** A-labels, only where they lead back to the very same text: what IDNA would have to map is no name of ours. */
    private static Optional<String> toAscii(String lower) {
        if (lower.chars().allMatch(c -> c < 0x80)) {
            return Optional.of(lower);
        }
        try {
            String ascii = IDN.toASCII(lower, IDN.USE_STD3_ASCII_RULES);
            return IDN.toUnicode(ascii, IDN.USE_STD3_ASCII_RULES).equals(lower) ? Optional.of(ascii) : Optional.empty();
        } catch (IllegalArgumentException notADomain) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(DomainName other) {
        return ascii.compareTo(other.ascii);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DomainName d && d.ascii.equals(ascii);
    }

    @Override
    public int hashCode() {
        return ascii.hashCode();
    }

    /** The canonical form. */
    @Override
    public String toString() {
        return ascii;
    }
}
