package org.postern.rest;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.ClientErrorException;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;
import org.postern.core.service.Postern;
import org.postern.core.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /sso/mail}: mail servers ask whether a password is a token (contract, section 9). A plain servlet, since every
 * login at every mail server comes by here. Each of its three dialects is a class of its own; here is who may ask at all:
 * whoever comes from an address of {@code sso.mail.addresses} and shows the mail key. Thread-safe.
 */
final class MailServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(MailServlet.class);
    /** nginx can send headers of its own, and no {@code Authorization}. */
    private static final String KEY_HEADER = "X-Auth-Key";
    /** The calls, each with its method. */
    static final Map<String, String> METHODS = Map.of("/check", "POST", "/token", "POST", "/nginx", "GET");

    @SuppressWarnings("serial") // servlets are never serialized
    private final transient Settings.Mail settings;

    private final transient Settings.Http http;
    private final transient MailCheck check;
    private final transient MailGrant grant;
    private final transient NginxCheck nginx;
    private final transient Seldom warnings = new Seldom();
    /** Of their own: whoever knocks from anywhere shall not hide that a mail server's key is wrong. */
    private final transient Seldom strangers = new Seldom();

    MailServlet(Postern postern) {
        this.settings = postern.settings().mail();
        this.http = postern.settings().http();
        Json json = new Json();
        check = new MailCheck(postern.mailLogins(), json);
        grant = new MailGrant(postern.mailLogins(), json);
        nginx = new NginxCheck(postern.mailLogins(), settings.nginx());
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Cache-Control", "no-store");
        Caller caller = Caller.of(request, http);
        String call = Objects.requireNonNullElse(request.getPathInfo(), "");
        String method = METHODS.get(call);
        if (settings.key().isEmpty() || method == null) {
            response.setStatus(404);
            return;
        }
        if (!settings.addresses().contains(caller.arrival().address())) {
            refuse(response, caller, strangers, "its address is not in sso.mail.addresses");
            return;
        }
        if (!caller.maySendSecrets()) {
            // No 403: a mail server would take that for "no token", and nobody would notice.
            refuse(response, caller, warnings, "passwords are taken over HTTPS only");
            return;
        }
        if (!request.getMethod().equals(method)) {
            response.setStatus(405);
            response.setHeader("Allow", method);
            return;
        }
        try {
            answer(call, request, response, caller);
        } catch (ClientErrorException bad) {
            response.setStatus(bad.getResponse().getStatus());
        } catch (UnavailableException fault) {
            LOG.error("cannot answer a mail server: {}", fault.getMessage());
            response.setStatus(503);
            response.setHeader("Retry-After", Integer.toString(Answers.RETRY_SECONDS));
        } catch (RuntimeException bug) {
            LOG.error("a mail server's question failed", bug);
            response.setStatus(500);
        }
    }

    private void answer(String call, HttpServletRequest request, HttpServletResponse response, Caller caller)
            throws IOException {
        if (call.equals("/token")) {
            MailGrant.Request asked = MailGrant.Request.of(request);
            if (isKey(request) || asked.secret().equals(settings.key())) {
                grant.answer(asked, response, caller);
            } else {
                refuse(response, caller, warnings, "its client_secret is not the mail key");
                grant.refuseClient(response);
            }
        } else if (!isKey(request)) {
            refuse(response, caller, warnings, "its key is not the mail key");
        } else if (call.equals("/check")) {
            check.answer(request, response, caller);
        } else {
            nginx.answer(request, response, caller);
        }
    }

    /** Secrets are compared in constant time. */
    private boolean isKey(HttpServletRequest request) {
        String header = Objects.requireNonNullElse(request.getHeader(KEY_HEADER), "");
        return Secret.of(header).equals(settings.key())
                || (Credentials.of(Collections.list(request.getHeaders("Authorization")))
                                instanceof Credentials.Bearer bearer
                        && bearer.key().equals(settings.key()));
    }

    private static void refuse(HttpServletResponse response, Caller caller, Seldom seldom, String why) {
        if (seldom.isTime()) {
            LOG.warn("a mail server at {} was refused: {}", caller.arrival().address(), why);
        }
        response.setStatus(401);
    }
}
