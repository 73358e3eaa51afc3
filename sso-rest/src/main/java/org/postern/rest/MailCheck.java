package org.postern.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.ClientErrorException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.postern.core.service.MailLogins;

/**
 * {@code POST /sso/mail/check}: {@code user}, {@code password}, {@code protocol} and {@code client_ip}, as JSON or as a
 * form. 200 {@code {"result":"ok"}} for what opens the mailbox, 403 {@code {"result":"no"}} for whatever else it may be.
 * Thread-safe.
 */
final class MailCheck {
    private static final String JSON = "application/json";

    private final MailLogins logins;
    private final Json json;

    MailCheck(MailLogins logins, Json json) {
        this.logins = logins;
        this.json = json;
    }

    void answer(HttpServletRequest request, HttpServletResponse response, Caller caller) throws IOException {
        Map<String, String> asked = fields(request);
        if (!asked.containsKey("user") || !asked.containsKey("password")) {
            throw new ClientErrorException(400);
        }
        Optional<MailLogins.Check.Accepted> accepted = MailQuestion.of(
                        asked.get("user"),
                        asked.get("password"),
                        asked.getOrDefault("protocol", ""),
                        asked.getOrDefault("client_ip", ""),
                        caller)
                .askedOf(logins);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("result", accepted.isPresent() ? "ok" : "no");
        accepted.ifPresent(a -> result.put("user", a.mailbox().toString()));
        if (accepted.filter(MailLogins.Check.Accepted::readOnly).isPresent()) {
            result.put("read_only", true);
        }
        Answers.send(
                response, accepted.isPresent() ? 200 : 403, JSON, json.mapper().writeValueAsString(result));
    }

    private Map<String, String> fields(HttpServletRequest request) throws IOException {
        byte[] body = Body.of(request);
        if (!Form.isForm(request.getContentType())) {
            return json(body);
        }
        Form form = Form.strict(body);
        Map<String, String> fields = new LinkedHashMap<>();
        form.names().forEach(name -> fields.put(name, form.get(name)));
        return fields;
    }

    /** What a mail server adds of its own is not looked at. */
    private Map<String, String> json(byte[] body) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        try {
            JsonNode object = json.mapper().readTree(body);
            if (!object.isObject()) {
                throw new ClientErrorException(400);
            }
            object.properties().forEach(field -> {
                if (field.getValue().isTextual()) {
                    fields.put(field.getKey(), field.getValue().asText());
                }
            });
        } catch (JsonProcessingException noJson) {
            throw new ClientErrorException(400, noJson);
        }
        return fields;
    }
}
