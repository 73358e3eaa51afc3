package org.postern.rest;

import jakarta.ws.rs.ClientErrorException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postern.core.FormPair;

/**
 * The parameters of a query string, of a form, or of both together ({@code application/x-www-form-urlencoded}), decoded
 * strictly as UTF-8. The container's own parameters are never asked: it repairs, and it hides what came twice. Immutable
 * and thread-safe.
 */
final class Form {
    /** What stands for a value that cannot be decoded: text that is good for no field. */
    static final String MALFORMED = "\0";

    static final String TYPE = "application/x-www-form-urlencoded";
    private static final int MOST = 100;

    private final Map<String, String> values = new LinkedHashMap<>();
    private boolean duplicate;
    private boolean crowded;

    private Form() {}

    /** Whether a body of this type is a form, in UTF-8 or without a word about it. */
    static boolean isForm(@Nullable String contentType) {
        String[] parts = Objects.requireNonNullElse(contentType, "")
                .toLowerCase(Locale.ROOT)
                .split(";", -1);
        if (!parts[0].strip().equals(TYPE)) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
                return false;
            }
        }
        return true;
    }

    /**
     * The parameters of a form in a body, each once.
     *
     * @throws ClientErrorException 400 where one stands there twice, or there are too many
     */
    static Form strict(byte[] body) {
        Form form = parse(body);
        if (form.duplicate || form.crowded) {
            throw new ClientErrorException(400);
        }
        return form;
    }

    /** The parameters of these parts together, each as it came over the wire. */
    static Form parse(byte[]... parts) {
        Form form = new Form();
        for (byte[] part : parts) {
            form.crowded |= !FormPair.read(part, form::add);
        }
        return form;
    }

    private boolean add(FormPair pair) {
        if (values.size() >= MOST) {
            return false;
        }
        if (values.putIfAbsent(pair.name().orElse(MALFORMED), pair.value().orElse(MALFORMED)) != null) {
            duplicate = true;
        }
        return true;
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
