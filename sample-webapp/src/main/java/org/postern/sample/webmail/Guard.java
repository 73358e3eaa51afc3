package org.postern.sample.webmail;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.postern.core.settings.AddressList;

/**
 * Gives every answer the headers that keep a page to itself, unless what answers knows better; and keeps the demo, whose
 * passwords everybody knows, on this machine, in whatever container it runs. Thread-safe.
 */
public record Guard(boolean thisMachineOnly) implements Filter {
    static final String POLICY =
            "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self';"
                    + " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletResponse answer = (HttpServletResponse) response;
        protect(answer);
        if (thisMachineOnly && !AddressList.isLoopback(request.getRemoteAddr())) {
            answer.sendError(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        chain.doFilter(request, response);
    }

    static void protect(HttpServletResponse response) {
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader("Cache-Control", "no-store");
    }

    /** The same for a page. Lynx knows no {@code no-store}: it showed the mailbox from its memory after the logout. */
    static void protectPage(HttpServletResponse response) {
        protect(response);
        response.setHeader("Pragma", "no-cache");
    }

    /**
     * The same for a letter's HTML, which a page of ours shows in a frame: no script runs in it, whatever it is opened
     * in, and nothing is loaded but what belongs to the letter.
     *
     * @param pictures whether the reader wants pictures from elsewhere
     */
    static void protectLetter(HttpServletResponse response, boolean pictures) {
        protectPage(response);
        response.setHeader(
                "Content-Security-Policy",
                "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src 'self'"
                        + (pictures ? " https: http:" : "")
                        + "; style-src 'self' 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'");
        response.setHeader("X-Frame-Options", "SAMEORIGIN");
    }
}
