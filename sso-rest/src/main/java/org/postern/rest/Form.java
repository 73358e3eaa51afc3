package org.postern.rest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The parameters of a query string, of a form, or of both together ({@code application/x-www-form-urlencoded}), decoded
 * strictly as UTF-8. The container's own parameters are never asked: it repairs, and it hides what came twice. Immutable
 * and thread-safe.
 */
final class Form {
    /** What stands for a value that cannot be decoded: text that is good for no field. */
    static final String MALFORMED = "\0";

    private static final int MOST = 100;

    private final Map<String, String> values = new LinkedHashMap<>();
    private boolean duplicate;
    private boolean crowded;

    private Form() {}

    /** The parameters of these parts together, each as it came over the wire. */
    static Form parse(byte[]... parts) {
        Form form = new Form();
        for (byte[] part : parts) {
            form.add(part);
        }
        return form;
    }

    /** The bytes of a raw query string. What is not ASCII stands in no URI: it becomes what cannot be decoded. */
    static byte[] bytes(String query) {
        byte[] bytes = new byte[query.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = query.charAt(i);
            bytes[i] = c < 0x80 ? (byte) c : (byte) 0xff;
        }
        return bytes;
    }

    private void add(byte[] part) {
        int start = 0;
        for (int i = 0; i <= part.length && !crowded; i++) {
            if (i == part.length || part[i] == '&') {
                if (i > start) {
                    addPair(part, start, i);
                }
                start = i + 1;
            }
        }
    }

    private void addPair(byte[] part, int start, int end) {
        int equals = start;
        while (equals < end && part[equals] != '=') {
            equals++;
        }
        String name = decode(part, start, equals);
        String value = equals < end ? decode(part, equals + 1, end) : "";
        if (values.size() >= MOST) {
            crowded = true;
        } else if (values.putIfAbsent(name, value) != null) {
            duplicate = true;
        }
    }

    private static String decode(byte[] text, int start, int end) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(end - start);
        for (int i = start; i < end; i++) {
            if (text[i] == '+') {
                bytes.write(' ');
            } else if (text[i] != '%') {
                bytes.write(text[i]);
            } else {
                int high = i + 2 < end ? Character.digit(text[i + 1], 16) : -1;
                int low = i + 2 < end ? Character.digit(text[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    return MALFORMED;
                }
                bytes.write(high << 4 | low);
                i += 2;
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return MALFORMED;
        }
    }

    /** Whether a name stands there twice. */
    boolean hasDuplicate() {
        return duplicate;
    }

    /** Whether there are more parameters than any request needs; the others were not read. */
    boolean isCrowded() {
        return crowded;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** The value, or empty text where there is none. */
    String get(String name) {
        return values.getOrDefault(name, "");
    }

    Set<String> names() {
        return values.keySet();
    }
}
