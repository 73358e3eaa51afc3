package org.postern.filter;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The parameters of a login, read strictly from its query and its form body, in this order
 * ({@code application/x-www-form-urlencoded} of the WHATWG URL standard, without its leniency): {@code &} separates,
 * every escape is whole, every value is UTF-8. Immutable and thread-safe.
 */
final class FormFields {
    private static final int MAX_FIELDS = 100;

    record Field(String name, String value) {}

    private final List<Field> fields;

    private FormFields(List<Field> fields) {
        this.fields = fields;
    }

    /**
     * The fields of both.
     *
     * @param query raw; a character outside ASCII was decoded by somebody already, and is refused
     * @param body bytes as they came
     * @return empty where anything is malformed, or there are too many
     */
    static Optional<FormFields> parse(String query, byte[] body) {
        List<Field> fields = new ArrayList<>();
        try {
            if (query.chars().anyMatch(c -> c >= 0x80)) {
                return Optional.empty();
            }
            read(query, fields);
            read(new String(body, StandardCharsets.ISO_8859_1), fields);
        } catch (CharacterCodingException malformed) {
            return Optional.empty();
        }
        return fields.size() > MAX_FIELDS ? Optional.empty() : Optional.of(new FormFields(List.copyOf(fields)));
    }

    private static void read(String text, List<Field> fields) throws CharacterCodingException {
        int start = 0;
        while (start <= text.length() && fields.size() <= MAX_FIELDS) {
            int separator = text.indexOf('&', start);
            int end = separator < 0 ? text.length() : separator;
            if (end > start) {
                int equals = text.indexOf('=', start);
                int nameEnd = equals < 0 || equals > end ? end : equals;
                String name = decode(text.substring(start, nameEnd));
                fields.add(new Field(name, nameEnd == end ? "" : decode(text.substring(nameEnd + 1, end))));
            }
            start = end + 1;
        }
    }

    /** Characters are bytes here. */
    private static String decode(String raw) throws CharacterCodingException {
        byte[] bytes = new byte[raw.length()];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                int high = i + 2 < raw.length() ? hex(raw.charAt(i + 1)) : -1;
                int low = i + 2 < raw.length() ? hex(raw.charAt(i + 2)) : -1;
                if (high < 0 || low < 0) {
                    throw new CharacterCodingException();
                }
                bytes[length++] = (byte) (high * 16 + low);
                i += 2;
            } else {
                bytes[length++] = (byte) (c == '+' ? ' ' : c);
            }
        }
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, 0, length))
                .toString();
    }

    /** ASCII digits only. */
    private static int hex(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    List<Field> all() {
        return fields;
    }

    /** How many fields have one of these names. */
    long count(Set<String> names) {
        return fields.stream().filter(f -> names.contains(f.name())).count();
    }

    /** The first value under one of these names; empty text where there is none. */
    String value(Set<String> names) {
        return fields.stream()
                .filter(f -> names.contains(f.name()))
                .map(Field::value)
                .findFirst()
                .orElse("");
    }

    String value(String name) {
        return value(Set.of(name));
    }
}
