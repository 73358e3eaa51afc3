package org.postern.filter;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import org.postern.core.SessionLocale;
import org.postern.core.settings.Brand;
import org.postern.core.settings.Settings;

/**
 * The few answers that the filter gives itself: small pages that need no script, in the eleven languages, under the
 * brand of the host name where that is configured. Nothing that a request brought is shown. Thread-safe.
 */
final class Pages {
    private static final String POLICY = "default-src 'none'; img-src 'self'; form-action 'self'; base-uri 'none';"
            + " frame-ancestors 'none'; style-src 'sha256-";
    private static final String STYLE =
            ":root{color-scheme:light dark;--ink:#1c1c1e;--page:#f6f7f9;--card:#fff;--line:#dfe3e8}"
                    + "@media(prefers-color-scheme:dark){:root{--ink:#ececf0;--page:#14171b;--card:#1d2127;--line:#333942}}"
                    + "body{font:1rem/1.5 system-ui,sans-serif;margin:0;color:var(--ink);background:var(--page)}"
                    + "main{max-width:22rem;margin:15vh auto 0;padding:2rem 1.5rem;text-align:center;background:var(--card);"
                    + "border:1px solid var(--line);border-top:4px solid COLOR;border-radius:.5rem}"
                    + "@media(max-width:27rem){main{margin:10vh 1rem 0}}"
                    + "img{max-width:16rem;max-height:6rem}h1{font-size:1.5rem;margin:.5rem 0}a{color:inherit}"
                    + "button{font:inherit;font-weight:600;border:0;border-radius:.5rem;padding:.65rem 1.5rem;"
                    + "color:var(--card);background:var(--ink);cursor:pointer}"
                    + ":focus-visible{outline:3px solid;outline-offset:2px}";
    private static final String PLAIN_COLOR = "#1c1c1e";

    private final Settings settings;
    private final String contextPath;
    private final Texts texts = new Texts();

    Pages(Settings settings, String contextPath) {
        this.settings = settings;
        this.contextPath = contextPath;
    }

    Brand brand(HttpServletRequest request) {
        String host = request.getServerName();
        return host == null ? Brand.NEUTRAL : settings.brand(host);
    }

    /** The language of a page outside a session. */
    static SessionLocale language(HttpServletRequest request) {
        return wishes(request).orElse(SessionLocale.EN);
    }

    /** What the browser wants; the container's own default does not count. */
    static Optional<SessionLocale> wishes(HttpServletRequest request) {
        return request.getHeader("Accept-Language") == null
                ? Optional.empty()
                : SessionLocale.match(Collections.list(request.getLocales()));
    }

    /** The logo page: moves on by itself. */
    void movesOn(HttpServletRequest request, HttpServletResponse response, SessionLocale locale, String text, String to)
            throws IOException {
        page(request, response, 200, locale, text, to, link(to, texts.get(locale, "continue")));
    }

    /** Asks for one click, and posts these fields. */
    void asks(
            HttpServletRequest request,
            HttpServletResponse response,
            SessionLocale locale,
            String text,
            String button,
            String action,
            Map<String, String> fields)
            throws IOException {
        StringBuilder form = new StringBuilder("<form method=\"post\" autocomplete=\"off\" action=\"")
                .append(escape(action))
                .append("\">");
        fields.forEach((name, value) -> form.append("<input type=\"hidden\" name=\"")
                .append(escape(name))
                .append("\" value=\"")
                .append(escape(value))
                .append("\">"));
        form.append("<button>").append(escape(texts.get(locale, button))).append("</button></form>");
        page(request, response, 200, locale, text, "", form.toString());
    }

    void refuses(HttpServletRequest request, HttpServletResponse response, int status, String text) throws IOException {
        page(request, response, status, language(request), text, "", "");
    }

    void refuses(HttpServletRequest request, HttpServletResponse response, int status, String text, Duration retryAfter)
            throws IOException {
        long seconds = Math.max(1, retryAfter.plusMillis(999).toSeconds());
        response.setHeader("Retry-After", Long.toString(seconds));
        refuses(request, response, status, text);
    }

    /** 303, to a path of ours or to a checked URL. */
    static void redirect(HttpServletResponse response, String to) {
        guard(response);
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Location", to);
        response.setContentLength(0);
    }

    private static void guard(HttpServletResponse response) {
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
    }

    private static String link(String to, String text) {
        return "<p><a href=\"" + escape(to) + "\">" + escape(text) + "</a></p>";
    }

    private void page(
            HttpServletRequest request,
            HttpServletResponse response,
            int status,
            SessionLocale locale,
            String text,
            String refresh,
            String rest)
            throws IOException {
        Brand brand = brand(request);
        String style = STYLE.replace("COLOR", brand.color().orElse(PLAIN_COLOR));
        StringBuilder html = new StringBuilder(1500)
                .append("<!DOCTYPE html>\n<html lang=\"")
                .append(locale.languageTag())
                .append("\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
                .append(escape(brand.name()))
                .append("</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<meta name=\"robots\" content=\"noindex\">\n");
        if (!refresh.isEmpty()) {
            html.append("<meta http-equiv=\"refresh\" content=\"1; url=")
                    .append(escape(refresh))
                    .append("\">\n");
        }
        html.append("<style>").append(style).append("</style>\n</head>\n<body>\n<main>\n");
        brand.logo()
                .ifPresent(logo -> html.append("<img src=\"")
                        .append(escape(contextPath + logo))
                        .append("\" alt=\"\">\n"));
        html.append("<h1>")
                .append(escape(brand.name()))
                .append("</h1>\n<p>")
                .append(escape(texts.get(locale, text)))
                .append("</p>\n")
                .append(rest)
                .append("\n</main>\n</body>\n</html>\n");
        guard(response);
        response.setHeader("Content-Security-Policy", POLICY + sha256(style) + "'");
        response.setStatus(status);
        response.setContentType("text/html");
        response.setCharacterEncoding("UTF-8");
        byte[] bytes = html.toString().getBytes(StandardCharsets.UTF_8);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String escape(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                // A line end in an attribute is changed by browsers unless it is written so.
                case '\r' -> safe.append("&#13;");
                case '\n' -> safe.append("&#10;");
                default -> safe.append(c);
            }
        }
        return safe.toString();
    }
}
