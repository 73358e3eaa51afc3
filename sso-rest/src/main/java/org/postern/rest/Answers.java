package org.postern.rest;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What every answer has, whatever door it leaves by. */
final class Answers {
    /** Seconds after which a client may ask again when something could not answer. */
    static final int RETRY_SECONDS = 5;

    private Answers() {}

    static void protect(HttpServletResponse response) {
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    }

    /** Sends a whole answer. The type is sent as it stands: no container adds a charset. */
    static void send(HttpServletResponse response, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setHeader("Content-Type", type);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    /** The value of {@code Retry-After}: whole seconds, at least one. */
    static String seconds(Duration wait) {
        return Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()));
    }
}
