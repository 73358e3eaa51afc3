package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Whether a request comes from a page of ours. */
final class Csrf {
    /** The name of the field, or of the parameter in a logout link. */
    static final String FIELD = "_token";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 16;

    private Csrf() {}

    static String newToken() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static boolean isRight(HttpServletRequest request, Visitor visitor) {
        String sent = request.getParameter(FIELD);
        return sent != null
                && MessageDigest.isEqual(
                        sent.getBytes(StandardCharsets.UTF_8),
                        visitor.csrfToken().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Whether another site sent this form. Before there is a session there is no token to ask for; browsers say it by
     * {@code Sec-Fetch-Site} or {@code Origin}, and what says neither is no browser that another site could use.
     */
    static boolean isFromElsewhere(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return !site.equals("same-origin") && !site.equals("none");
        }
        String origin = request.getHeader("Origin");
        return origin != null && !isOwn(origin, request.getHeader("Host"));
    }

    private static boolean isOwn(String origin, @Nullable String host) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return host != null && host.equalsIgnoreCase(authority);
        } catch (IllegalArgumentException bad) {
            return false;
        }
    }
}
