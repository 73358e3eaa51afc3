package org.postern.rest;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postern.core.Secret;

/** What the header {@code Authorization} shows (RFC 7617, RFC 6750). */
sealed interface Credentials {
    record None() implements Credentials {}

    record Basic(String user, Secret password) implements Credentials {}

    record Bearer(Secret key) implements Credentials {}

    /** Something, but nothing that can be read, or more than one thing. */
    record Unreadable() implements Credentials {}

    static Credentials of(@Nullable List<String> headers) {
        if (headers == null || headers.stream().allMatch(String::isBlank)) {
            return new None();
        }
        String header = headers.get(0);
        int space = header.indexOf(' ');
        if (headers.size() > 1 || space < 0) {
            return new Unreadable();
        }
        String scheme = header.substring(0, space);
        String rest = header.substring(space).strip();
        if (scheme.equalsIgnoreCase("Basic")) {
            return basic(rest);
        }
        boolean key = scheme.equalsIgnoreCase("Bearer")
                && !rest.isEmpty()
                && rest.chars().allMatch(c -> c > 0x20 && c < 0x7f);
        return key ? new Bearer(Secret.of(rest)) : new Unreadable();
    }

    private static Credentials basic(String encoded) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getDecoder().decode(encoded)))
                    .toString();
            int colon = text.indexOf(':');
            return colon < 0 || text.chars().anyMatch(Character::isISOControl)
                    ? new Unreadable()
                    : new Basic(text.substring(0, colon), Secret.of(text.substring(colon + 1)));
        } catch (IllegalArgumentException | CharacterCodingException unreadable) {
            return new Unreadable();
        }
    }
}
