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
    /** The brand says one colour; what is written in it or on it takes a shade that can be read there. */
    private static final String STYLE = """
            :root{color-scheme:light dark;--brand:COLOR;--fill:var(--brand);--on:#fff;--link:var(--brand);\
            --ink:#171b21;--quiet:#5a6472;--ground:#f6f7f9;--card:#fff;--line:#e1e5ea;--tint:#e8edf4}
            @supports(color:oklch(from red l c h)){:root{--link:oklch(from var(--brand) min(l,.47) c h);\
            --tint:color-mix(in oklab,var(--brand) 10%,var(--card));\
            --on:color(from var(--fill) xyz-d65 clamp(0,(.18 - y)*1e6,.9505) clamp(0,(.18 - y)*1e6,1) \
            clamp(0,(.18 - y)*1e6,1.089))}}
            @media(prefers-color-scheme:dark){:root{--link:#9dc0ee;--ink:#e8ebef;--quiet:#a5afbb;--ground:#121519;\
            --card:#1a1e24;--line:#2e353e;--tint:#26303d}
            @supports(color:oklch(from red l c h)){:root{--fill:oklch(from var(--brand) max(l,.46) c h);\
            --link:oklch(from var(--brand) max(l,.8) min(c,.1) h);\
            --tint:color-mix(in oklab,var(--fill) 22%,var(--card))}}}
            *{box-sizing:border-box}
            body{margin:0;padding:min(18vh,9rem) 1rem 2rem;font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,\
            "Helvetica Neue",Arial,sans-serif;color:var(--ink);\
            background:radial-gradient(90rem 34rem at 50% -12rem,var(--tint),transparent) no-repeat var(--ground)}
            main{max-width:26rem;margin:0 auto;padding:2.5rem 2rem;text-align:center;background:var(--card);\
            border:1px solid var(--line);border-radius:12px;box-shadow:0 12px 32px rgb(16 24 40/.08)}
            img{display:block;margin:0 auto 1rem;height:3.5rem;max-width:100%;object-fit:contain}
            h1{font-size:1.4375rem;line-height:1.25;letter-spacing:-.015em;font-weight:680;margin:0 0 .5rem;\
            overflow-wrap:anywhere}
            p{margin:0;color:var(--quiet)}
            a{color:var(--link);font-weight:600;text-underline-offset:.18em}
            p+p,form{margin-top:1.5rem}
            button{font:inherit;font-weight:600;width:100%;border:0;border-radius:8px;padding:.65rem 1.25rem;\
            color:var(--on);background:var(--fill);cursor:pointer}
            :focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:6px}
            .on p:first-of-type::after{content:"";display:block;height:3px;margin:1.5rem auto 0;max-width:12rem;\
            border-radius:2px;background:linear-gradient(90deg,var(--tint) 35%,var(--fill) 50%,var(--tint) 65%) \
            100%/300% 100%;animation:on 1.2s linear infinite}
            @keyframes on{to{background-position:0}}
            @media(prefers-reduced-motion:reduce){.on p:first-of-type::after{animation:none}}
            """;

    private static final String PLAIN_COLOR = "#3d4754";

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
        SessionLocale locale = language(request);
        String onward = link(contextPath + settings.login().loginPage(), texts.get(locale, "continue"));
        page(request, response, status, locale, text, "", onward);
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
        // For lynx, which knows no no-store.
        response.setHeader("Pragma", "no-cache");
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
        StringBuilder html = new StringBuilder(4096)
                .append("<!DOCTYPE html>\n<html lang=\"")
                .append(locale.languageTag())
                .append("\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
                .append(escape(texts.get(locale, text)))
                .append(" · ")
                .append(escape(brand.name()))
                .append("</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<meta name=\"robots\" content=\"noindex\">\n");
        if (!refresh.isEmpty()) {
            html.append("<meta http-equiv=\"refresh\" content=\"1; url=")
                    .append(escape(refresh))
                    .append("\">\n");
        }
        html.append("<style>")
                .append(style)
                .append("</style>\n</head>\n<body>\n<main")
                .append(refresh.isEmpty() ? "" : " class=\"on\"")
                .append(">\n");
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
