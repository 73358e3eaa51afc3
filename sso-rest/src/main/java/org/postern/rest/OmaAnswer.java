package org.postern.rest;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.postern.core.Secret;

/**
 * An answer to an OMA call, byte for byte as clients match it by pattern (contract, section 5): {@code success} first,
 * no space anywhere but before the last key, {@code audit}. Not thread-safe.
 */
final class OmaAnswer {
    private final StringBuilder json = new StringBuilder(160);

    private OmaAnswer(boolean success) {
        json.append("{\"success\":").append(success);
    }

    static OmaAnswer success() {
        return new OmaAnswer(true);
    }

    static OmaAnswer error(int number, String text) {
        return new OmaAnswer(false).with("error_number", number).with("error", text);
    }

    OmaAnswer with(String key, long value) {
        json.append(",\"").append(key).append("\":").append(value);
        return this;
    }

    OmaAnswer with(String key, Secret value) {
        return with(key, value.reveal());
    }

    private OmaAnswer with(String key, String value) {
        json.append(",\"").append(key).append("\":\"");
        JsonStringEncoder.getInstance().quoteAsString(value, json);
        json.append('"');
        return this;
    }

    /** The answer, with the id of the audit trail's row that tells of it. */
    Response audited(UUID audit) {
        return audited(200, audit).build();
    }

    Response.ResponseBuilder audited(int status, UUID audit) {
        json.append(", \"audit\":\"").append(audit).append('"');
        return unaudited(status);
    }

    /** The answer to what is no call, or could not be answered: the trail knows nothing of it. */
    Response.ResponseBuilder unaudited(int status) {
        byte[] body = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
        return Response.status(status)
                .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                .entity(body);
    }
}
