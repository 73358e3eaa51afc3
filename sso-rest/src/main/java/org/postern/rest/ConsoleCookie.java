package org.postern.rest;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.NewCookie;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;

/**
 * The console's session as the browser keeps it: a cookie of its own beside the webmail's, so that an administrator who
 * opens a login URL in the next tab stays an administrator in this one. The session itself is the store's, so that it is
 * known on every node and over with the password's change.
 */
record ConsoleCookie(String user, Secret value) {
    private static final String NAME = "postern-console";
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    static Optional<ConsoleCookie> of(ContainerRequestContext request) {
        return Optional.ofNullable(request.getCookies()
                        .get(name(Caller.of(request).arrival().secure())))
                .map(Cookie::getValue)
                .flatMap(ConsoleCookie::decode);
    }

    private static Optional<ConsoleCookie> decode(String cookie) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cookie), StandardCharsets.UTF_8);
            int space = text.indexOf(' ');
            return space < 0
                    ? Optional.empty()
                    : Optional.of(new ConsoleCookie(text.substring(0, space), Secret.of(text.substring(space + 1))));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    private static String name(boolean secure) {
        return secure ? "__Host-" + NAME : NAME;
    }

    static NewCookie started(MailboxAddress administrator, Secret value, boolean secure) {
        byte[] text = (administrator + " " + value.reveal()).getBytes(StandardCharsets.UTF_8);
        return cookie(secure).value(ENCODER.encodeToString(text)).build();
    }

    static NewCookie ended(boolean secure) {
        return cookie(secure).value("").maxAge(0).build();
    }

    private static NewCookie.Builder cookie(boolean secure) {
        return new NewCookie.Builder(name(secure))
                .path("/")
                .secure(secure)
                .httpOnly(true)
                .sameSite(NewCookie.SameSite.STRICT);
    }

    String csrf() {
        return csrf(value);
    }

    /** What the console shows with every change: derived from the session's value, which scripts cannot read. */
    static String csrf(Secret value) {
        try {
            byte[] text = ("csrf " + value.reveal()).getBytes(StandardCharsets.UTF_8);
            return ENCODER.encodeToString(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
