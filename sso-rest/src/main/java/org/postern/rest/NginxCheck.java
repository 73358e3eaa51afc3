package org.postern.rest;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.postern.core.Channel;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;
import org.postern.core.service.MailLogins;
import org.postern.core.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /sso/mail/nginx}: the header protocol of nginx's mail proxy (ngx_mail_auth_http_module). A token goes to the
 * server behind as the password that this server takes from nginx; whatever is no token goes there as it came, and that
 * server says whether it is right, also while tokens cannot be looked up. All headers together stay below the 1,024 bytes
 * that nginx reads; it heeds no status. Thread-safe.
 */
final class NginxCheck {
    private static final Logger LOG = LoggerFactory.getLogger(NginxCheck.class);
    /** From this attempt on nginx closes the connection instead of waiting for another. */
    private static final int LAST_ATTEMPT = 3;
    /** NUL, LF and CR as nginx writes them. The server behind would read another name or password, or a command of nginx's. */
    private static final Pattern ENDS = Pattern.compile("%0[0AaDd]");

    private final MailLogins logins;
    private final Settings.Nginx settings;

    NginxCheck(MailLogins logins, Settings.Nginx settings) {
        this.logins = logins;
        this.settings = settings;
    }

    void answer(HttpServletRequest request, HttpServletResponse response, Caller caller) {
        String protocol = header(request, "Auth-Protocol");
        Settings.Server behind =
                settings.servers().get(Channel.mailProtocol(protocol).orElse(Channel.MAIL));
        if (behind == null) {
            LOG.error("nginx asks for a protocol of which sso.mail.nginx names no server");
            refuse(request, response, "Temporary failure", "451 4.3.0");
            return;
        }
        String method = header(request, "Auth-Method");
        if (!method.equals("plain")) {
            // The secret of a token is kept nowhere, so no server can prove that it knows it.
            refuse(request, response, "Use PLAIN or LOGIN", "504 5.5.4");
            return;
        }
        if (ENDS.matcher(header(request, "Auth-User")).find()
                || ENDS.matcher(header(request, "Auth-Pass")).find()) {
            refuse(request, response, "Invalid login or password", "535 5.7.8");
            return;
        }
        Optional<String> secret = decoded(header(request, "Auth-Pass"));
        if (!settings.password().isEmpty()
                && secret.map(Secret::of).filter(settings.password()::equals).isPresent()) {
            LOG.error(
                    "somebody at {} logs in at nginx as {} with the password that only nginx may know,"
                            + " sso.mail.nginx.password",
                    MailQuestion.client(
                                    header(request, "Client-IP"),
                                    caller.arrival().address())
                            .address(),
                    decoded(header(request, "Auth-User"))
                            .flatMap(MailboxAddress::parse)
                            .map(MailboxAddress::toString)
                            .orElse("nobody"));
            refuse(request, response, "Invalid login or password", "535 5.7.8");
            return;
        }
        Optional<MailLogins.Check.Accepted> accepted = accepted(request, secret, protocol, caller);
        response.setHeader("Auth-Status", "OK");
        response.setHeader("Auth-Server", behind.address());
        response.setHeader("Auth-Port", Integer.toString(behind.port()));
        accepted.ifPresent(a -> {
            response.setHeader("Auth-User", a.mailbox().toString());
            if (!settings.password().isEmpty()) {
                response.setHeader("Auth-Pass", settings.password().reveal());
            }
        });
    }

    private Optional<MailLogins.Check.Accepted> accepted(
            HttpServletRequest request, Optional<String> secret, String protocol, Caller caller) {
        Optional<String> user = decoded(header(request, "Auth-User"));
        if (user.isEmpty() || secret.isEmpty()) {
            return Optional.empty();
        }
        try {
            return MailQuestion.of(user.get(), secret.get(), protocol, header(request, "Client-IP"), caller)
                    .askedOf(logins);
        } catch (UnavailableException fault) {
            LOG.error("cannot look for a token, so nginx tries it as a password: {}", fault.getMessage());
            return Optional.empty();
        }
    }

    private static void refuse(HttpServletRequest request, HttpServletResponse response, String why, String code) {
        response.setHeader("Auth-Status", why);
        response.setHeader("Auth-Error-Code", code);
        String attempt = header(request, "Auth-Login-Attempt");
        if (attempt.matches("[0-9]{1,4}") && Integer.parseInt(attempt) < LAST_ATTEMPT) {
            response.setHeader("Auth-Wait", "1");
        }
    }

    private static String header(HttpServletRequest request, String name) {
        return Objects.requireNonNullElse(request.getHeader(name), "");
    }

    /**
     * A value as nginx writes it: only the bytes 1 to 32 and the percent sign are escaped, all others stand there as they
     * are, a plus sign too. Empty where it is no text in UTF-8, which no token is.
     */
    static Optional<String> decoded(String header) {
        byte[] raw = header.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer bytes = ByteBuffer.allocate(raw.length);
        for (int i = 0; i < raw.length; i++) {
            int high = raw[i] == '%' && i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit(raw[i + 2], 16) : -1;
            if (low >= 0) {
                bytes.put((byte) (high * 16 + low));
                i += 2;
            } else {
                bytes.put(raw[i]);
            }
        }
        return StrictText.utf8(bytes.flip());
    }
}
