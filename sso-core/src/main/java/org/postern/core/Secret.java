package org.postern.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A password, a token's value, a key: text that must not be seen. Its {@link #toString} is redacted, so that no log
 * line, message or dump shows it by accident; {@link #reveal} is the one way to the text, and easy to search for.
 * Equality takes the same time for every text of one length. Immutable and thread-safe. Not serializable by intent.
 */
public final class Secret {
    private final String text;

    private Secret(String text) {
        this.text = text;
    }

    public static Secret of(String text) {
        return new Secret(text);
    }

    /** The secret itself. Every caller is a place to review. */
    public String reveal() {
        return text;
    }

    public boolean isEmpty() {
        return text.isEmpty();
    }

    /** The number of UTF-16 units. */
    public int length() {
        return text.length();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret s
                && MessageDigest.isEqual(
                        s.text.getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8));
    }

    /** The same for every secret: a hash code is no place for one. */
    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return "***";
    }
}
