package org.postern.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.util.Optional;
import org.postern.core.Secret;

/**
 * The body of an OMA call, as the clients in the field write it (contract, section 5): numbers may be text, empty text
 * is absent, and fields may be nested under {@code attributes}. Immutable and thread-safe.
 */
final class OmaCall {
    /** A field that is there and cannot be used. */
    static final class BadField extends Exception {
        private static final long serialVersionUID = 1L;

        private final String field;

        BadField(String field) {
            super(field, null, false, false);
            this.field = field;
        }

        String field() {
            return field;
        }
    }

    private final JsonNode root;

    private OmaCall(JsonNode root) {
        this.root = root;
    }

    /** The call that a body is; empty where the body is no JSON object in UTF-8. */
    static Optional<OmaCall> parse(byte[] body, ObjectReader json) throws IOException {
        if (!StrictText.isUtf8(body)) {
            return Optional.empty();
        }
        try {
            JsonNode root = json.readTree(body);
            return root != null && root.isObject() ? Optional.of(new OmaCall(root)) : Optional.empty();
        } catch (JsonProcessingException noJson) {
            return Optional.empty();
        }
    }

    /** The field's text, or empty text where there is none. */
    String text(String field) throws BadField {
        String text = text(root.path(field), field);
        return text.isEmpty() ? text(root.path("attributes").path(field), field) : text;
    }

    private static String text(JsonNode value, String field) throws BadField {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isValueNode()) {
            throw new BadField(field);
        }
        return value.asText();
    }

    boolean flag(String field) throws BadField {
        return switch (text(field)) {
            case "true", "1" -> true;
            case "", "false", "0" -> false;
            default -> throw new BadField(field);
        };
    }

    /** A part of the credentials; what cannot be used is as good as absent. */
    private String credential(String field) {
        JsonNode value = root.path("credentials").path(field);
        return value.isValueNode() && !value.isNull() ? value.asText() : "";
    }

    String user() {
        return credential("user");
    }

    Secret password() {
        return Secret.of(credential("password"));
    }

    /** The value of a session that {@code authenticate} started. */
    Secret sessionToken() {
        return Secret.of(credential("token"));
    }
}
