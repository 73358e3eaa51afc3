package org.postern.sample.webmail;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.postern.core.SessionLocale;
import org.postern.core.settings.Brand;
import org.postern.core.settings.Settings;

/** Makes pages from the templates in {@code src/main/jte}, which were compiled with the program. Thread-safe. */
public final class Templates {
    private static final String PACKAGE = "org.postern.sample.pages";

    private final Settings settings;
    private final Assets assets;
    private final Clock clock;
    private final Map<SessionLocale, Texts> texts = new EnumMap<>(SessionLocale.class);
    private final TemplateEngine engine =
            TemplateEngine.createPrecompiled(null, ContentType.Html, Templates.class.getClassLoader(), PACKAGE);

    public Templates(Settings settings, Assets assets, Clock clock) {
        this.settings = settings;
        this.assets = assets;
        this.clock = clock;
        ZoneId zone = ZoneId.systemDefault();
        for (SessionLocale locale : SessionLocale.values()) {
            texts.put(locale, Texts.in(locale, zone));
        }
    }

    /** The texts for this request: the visitor's language, or what his browser wants. */
    Texts texts(HttpServletRequest request, Optional<Visitor> visitor) {
        SessionLocale locale = visitor.map(Visitor::locale).orElseGet(() -> wish(request));
        Texts found = texts.get(locale);
        return found == null ? Texts.in(SessionLocale.EN, ZoneId.systemDefault()) : found;
    }

    static SessionLocale wish(HttpServletRequest request) {
        return request.getHeader("Accept-Language") == null
                ? SessionLocale.EN
                : SessionLocale.match(Collections.list(request.getLocales())).orElse(SessionLocale.EN);
    }

    Brand brand(HttpServletRequest request) {
        return settings.brand(request.getServerName());
    }

    Instant now() {
        return clock.instant();
    }

    /**
     * The frame of a page.
     *
     * @param titleKey the key of its title
     */
    Frame frame(HttpServletRequest request, Optional<Visitor> visitor, String titleKey, String tab) {
        Texts own = texts(request, visitor);
        Brand brand = brand(request);
        String base = request.getContextPath();
        return new Frame(
                own,
                own.get(titleKey),
                base,
                base + assets.address("style.css"),
                base + assets.address("icon.svg"),
                base + assets.address("back.js"),
                brand.color().map(color -> base + BrandStyle.PATH + brand.id() + ".css"),
                brand.name(),
                brand.logo().map(logo -> base + logo),
                tab,
                visitor.map(v -> user(v, own, base)));
    }

    private Frame.User user(Visitor visitor, Texts own, String base) {
        return new Frame.User(
                visitor.mailbox().toString(),
                visitor.mail(),
                visitor.admin(),
                visitor.csrfToken(),
                base + "/?_task=logout&" + Csrf.FIELD + '=' + visitor.csrfToken(),
                visitor.support()
                        .map(s -> new Frame.Support(
                                s.issuer(),
                                s.reason(),
                                own.get("type." + s.type().apiName()),
                                own.duration(Duration.between(now(), s.end())),
                                s.end().toString())));
    }

    /** Writes a page. */
    void write(HttpServletResponse response, int status, String template, Frame frame, Map<String, Object> model)
            throws IOException {
        Map<String, Object> all = new HashMap<>(model);
        all.put("frame", frame);
        Utf8ByteOutput page = new Utf8ByteOutput();
        engine.render(template + ".jte", all, page);
        Guard.protectPage(response);
        response.setStatus(status);
        response.setContentType("text/html");
        response.setCharacterEncoding("UTF-8");
        response.setContentLength(page.getContentLength());
        page.writeTo(response.getOutputStream());
    }

    /** Too many wrong attempts: says when the next one counts. */
    void tooMany(
            HttpServletRequest request, HttpServletResponse response, Optional<Visitor> visitor, Duration retryAfter)
            throws IOException {
        response.setHeader("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())));
        problem(request, response, visitor, 429);
    }

    /** A page that says what went wrong, in words that depend on the status alone, or on a key of its own. */
    void problem(
            HttpServletRequest request, HttpServletResponse response, Optional<Visitor> visitor, int status, String key)
            throws IOException {
        Texts own = texts(request, visitor);
        String general = status >= 500 ? "problem.500" : "problem.400";
        Frame frame = frame(request, visitor, "problem.title", "");
        write(
                response,
                status,
                "problem",
                frame,
                Map.of(
                        "title", own.getOr(key + ".title", general + ".title"),
                        "text", own.getOr(key + ".text", general + ".text"),
                        "status", status));
    }

    void problem(HttpServletRequest request, HttpServletResponse response, Optional<Visitor> visitor, int status)
            throws IOException {
        problem(request, response, visitor, status, "problem." + status);
    }
}
