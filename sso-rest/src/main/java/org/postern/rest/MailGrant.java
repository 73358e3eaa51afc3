package org.postern.rest;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.ClientErrorException;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.postern.core.Secret;
import org.postern.core.service.MailLogins;

/**
 * {@code POST /sso/mail/token}: the password grant of OAuth 2.0 (RFC 6749, section 4.3), as Dovecot's {@code oauth2} passdb
 * asks for it. What it answers as {@code access_token} opens nothing. Thread-safe.
 */
final class MailGrant {
    private static final int SECONDS = 60;

    private final MailLogins logins;
    private final Json json;

    MailGrant(MailLogins logins, Json json) {
        this.logins = logins;
        this.json = json;
    }

    /** @param secret what the client shows for itself: in the form, or as HTTP Basic */
    record Request(Form form, Secret secret) {
        static Request of(HttpServletRequest request) throws IOException {
            if (!Form.isForm(request.getContentType())) {
                throw new ClientErrorException(415);
            }
            Form form = Form.strict(Body.of(request));
            return Credentials.of(Collections.list(request.getHeaders("Authorization")))
                            instanceof Credentials.Basic basic
                    ? new Request(form, basic.password())
                    : new Request(form, Secret.of(form.get("client_secret")));
        }
    }

    void answer(Request asked, HttpServletResponse response, Caller caller) throws IOException {
        Form form = asked.form();
        if (!form.get("grant_type").equals("password")) {
            send(response, 400, Map.of("error", "unsupported_grant_type"));
            return;
        }
        if (!form.has("username") || !form.has("password")) {
            send(response, 400, Map.of("error", "invalid_request"));
            return;
        }
        Optional<MailLogins.Check.Accepted> accepted = MailQuestion.of(
                        form.get("username"), form.get("password"), form.get("protocol"), form.get("client_ip"), caller)
                .askedOf(logins);
        if (accepted.isEmpty()) {
            send(response, 400, Map.of("error", "invalid_grant"));
            return;
        }
        Map<String, Object> granted = new LinkedHashMap<>();
        granted.put("access_token", UUID.randomUUID().toString());
        granted.put("token_type", "Bearer");
        granted.put("expires_in", SECONDS);
        granted.put("username", accepted.get().mailbox().toString());
        granted.put("active", true);
        send(response, 200, granted);
    }

    void refuseClient(HttpServletResponse response) throws IOException {
        send(response, 401, Map.of("error", "invalid_client"));
    }

    private void send(HttpServletResponse response, int status, Map<String, Object> answer) throws IOException {
        Answers.send(response, status, "application/json", json.mapper().writeValueAsString(answer));
    }
}
