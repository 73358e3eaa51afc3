package org.postern.core;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A name and a value of a query string or a form body: {@code application/x-www-form-urlencoded} of the WHATWG URL
 * standard, without its leniency. Only {@code &} separates, every escape is whole, all text is UTF-8. Immutable and
 * thread-safe.
 *
 * @param name empty where it cannot be decoded
 * @param value empty text where there is no {@code =}; empty where it cannot be decoded
 */
public record FormPair(Optional<String> name, Optional<String> value) {
    /** Whether both could be decoded. */
    public boolean isWhole() {
        return name.isPresent() && value.isPresent();
    }

    /** The bytes of a raw query string. What is not ASCII stands in no URI: it becomes what cannot be decoded. */
    public static byte[] bytes(String query) {
        byte[] bytes = new byte[query.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = query.charAt(i);
            bytes[i] = c < 0x80 ? (byte) c : (byte) 0xff;
        }
        return bytes;
    }

    /**
     * Reads the pairs of a part, in order, as long as {@code more} wants another one.
     *
     * @param part bytes as they came over the wire
     * @return whether all were read
     */
    public static boolean read(byte[] part, Predicate<FormPair> more) {
        int start = 0;
        for (int i = 0; i <= part.length; i++) {
            if (i == part.length || part[i] == '&') {
                if (i > start && !more.test(pair(part, start, i))) {
                    return false;
                }
                start = i + 1;
            }
        }
        return true;
    }

    private static FormPair pair(byte[] part, int start, int end) {
        int equals = start;
        while (equals < end && part[equals] != '=') {
            equals++;
        }
        return new FormPair(
                decode(part, start, equals), equals < end ? decode(part, equals + 1, end) : Optional.of(""));
    }

    private static Optional<String> decode(byte[] text, int start, int end) {
        byte[] bytes = new byte[end - start];
        int length = 0;
        for (int i = start; i < end; i++) {
            if (text[i] == '%') {
                int high = i + 2 < end ? Character.digit(text[i + 1], 16) : -1;
                int low = i + 2 < end ? Character.digit(text[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                bytes[length++] = (byte) (high * 16 + low);
                i += 2;
            } else {
                bytes[length++] = text[i] == '+' ? (byte) ' ' : text[i];
            }
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString());
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }
}
