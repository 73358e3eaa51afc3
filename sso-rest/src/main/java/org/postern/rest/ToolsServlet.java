package org.postern.rest;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.ClientErrorException;
import java.io.IOException;
import java.util.Collections;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.FormPair;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;
import org.postern.core.service.Administrators;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.Postern;
import org.postern.core.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /tools/sso}: issues a token by URL (contract, section 4). A plain servlet, so that the first script does not
 * wait for the start of everything else, and so that the query is decoded here and nowhere before. Thread-safe.
 */
final class ToolsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(ToolsServlet.class);

    @SuppressWarnings("serial") // servlets are never serialized
    private final transient Postern postern;

    private final transient Settings.Http settings;
    private final transient IssueCounts issued;

    ToolsServlet(Postern postern, IssueCounts issued) {
        this.postern = postern;
        this.settings = postern.settings().http();
        this.issued = issued;
    }

    /** An answer. Only those that the contract's table names have a line that starts with {@code error:}. */
    private record Reply(int status, String text, String retryAfter) {
        static Reply line(String line) {
            return new Reply(200, line + '\n', "");
        }

        static Reply failed(int status, String line) {
            return new Reply(status, line + '\n', "");
        }
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Answers.protect(response);
        if (!isAllowed(request.getMethod())) {
            response.setHeader("Allow", settings.toolsGet() ? "GET, POST" : "POST");
            send(response, Reply.failed(405, "method not allowed"));
            return;
        }
        Caller caller = Caller.of(request, settings);
        if (!caller.maySendSecrets()) {
            send(response, Reply.failed(403, "HTTPS is required"));
            return;
        }
        send(response, answerOrFault(request, caller));
    }

    private Reply answerOrFault(HttpServletRequest request, Caller caller) throws IOException {
        try {
            return answer(request, caller);
        } catch (UnavailableException fault) {
            LOG.error("/tools/sso cannot answer: {}", fault.getMessage());
            return new Reply(503, "error: temporarily unavailable\n", Integer.toString(Answers.RETRY_SECONDS));
        } catch (RuntimeException bug) {
            LOG.error("/tools/sso failed", bug);
            return Reply.failed(500, "internal error");
        }
    }

    private boolean isAllowed(String method) {
        return method.equals("POST") || (method.equals("GET") && settings.toolsGet());
    }

    private Reply answer(HttpServletRequest request, Caller caller) throws IOException {
        byte[] body = new byte[0];
        if (request.getMethod().equals("POST")) {
            try {
                body = Body.of(request);
            } catch (ClientErrorException ended) {
                int status = ended.getResponse().getStatus();
                return Reply.failed(status, status == 413 ? "too large" : "the request ended early");
            }
            if (body.length > 0 && !Form.isForm(request.getHeader("Content-Type"))) {
                return Reply.failed(415, "must be " + Form.TYPE + " in UTF-8");
            }
        }
        Form form = Form.parse(FormPair.bytes(caller.query()), body);
        if (form.isCrowded()) {
            return Reply.failed(400, "too many parameters");
        }
        Credentials credentials = Credentials.of(Collections.list(request.getHeaders("Authorization")));
        if (credentials instanceof Credentials.Basic && CrossSite.is(request::getHeader)) {
            return Reply.failed(403, "a page of another site does not act with a browser's password");
        }
        return issue(form, credentials, caller);
    }

    private Reply issue(Form form, Credentials credentials, Caller caller) {
        boolean named = form.has("admin") || form.has("pass");
        if (form.hasDuplicate() || (named && !(credentials instanceof Credentials.None))) {
            return Reply.line("error: duplicate parameter");
        }
        String admin = form.get("admin");
        Secret password = Secret.of(form.get("pass"));
        if (credentials instanceof Credentials.Basic basic) {
            admin = basic.user();
            password = basic.password();
        }
        Administrators.Login login = postern.administrators().byPassword(admin, password, caller.client());
        if (login instanceof Administrators.Login.Throttled throttled) {
            return new Reply(429, "error: too many attempts\n", Answers.seconds(throttled.retryAfter()));
        }
        if (!(login instanceof Administrators.Login.Accepted accepted)) {
            return Reply.line("error: failed to save token");
        }
        return issue(form, accepted.administrator(), caller);
    }

    private Reply issue(Form form, Administrator administrator, Caller caller) {
        if (form.get("user").isEmpty()) {
            postern.audit()
                    .fold(AuditEvent.of(
                                    AuditEvent.Type.ISSUE_REFUSED,
                                    postern.clock().instant(),
                                    caller.client())
                            .by(administrator.address())
                            .because("missing user"));
            return Reply.line("error: missing user");
        }
        IssueRequest request = new IssueRequest(
                form.get("user"),
                form.get("type"),
                Secret.of(form.get("token")),
                form.get("reason"),
                form.get("life"),
                form.get("locale"),
                false,
                false,
                false,
                caller.client());
        Issuance issuance = issued.count(Door.TOOLS, postern.tokens().issue(administrator, request));
        if (issuance instanceof Issuance.Issued token) {
            return Reply.line(
                    "success: token generated\ntoken: [" + token.value().reveal() + "]\nexpires: ["
                            + token.token().expiresAt().getEpochSecond() + "]");
        }
        if (issuance instanceof Issuance.Invalid invalid) {
            return Reply.line(
                    "error: invalid " + invalid.fields().get(0).field().apiName());
        }
        if (issuance instanceof Issuance.AlreadyLive) {
            return Reply.line("error: invalid token");
        }
        return Reply.line(
                issuance instanceof Issuance.Denied ? "error: permission denied" : "error: user does not exist");
    }

    private static void send(HttpServletResponse response, Reply reply) throws IOException {
        if (!reply.retryAfter().isEmpty()) {
            response.setHeader("Retry-After", reply.retryAfter());
        }
        Answers.send(response, reply.status(), "text/plain; charset=utf-8", reply.text());
    }
}
