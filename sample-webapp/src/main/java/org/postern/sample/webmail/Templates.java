package org.postern.sample.webmail;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collections;
import java.util.EnumMap;
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
        for (SessionLocale locale : SessionLocale.values()) {
            texts.put(locale, Texts.in(locale, ZoneId.systemDefault()));
        }
    }

    /** The texts for this request: the visitor's language, or what his browser wants. */
    Texts texts(HttpServletRequest request, Optional<Visitor> visitor) {
        return texts(visitor.map(Visitor::locale).orElseGet(() -> wish(request)));
    }

    Texts texts(SessionLocale locale) {
        return java.util.Objects.requireNonNull(texts.get(locale));
    }

    /** Each language's name in itself. */
    Map<SessionLocale, String> languages() {
        Map<SessionLocale, String> names = new EnumMap<>(SessionLocale.class);
        texts.forEach((locale, own) -> names.put(locale, own.get("language")));
        return names;
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

    Frame frame(HttpServletRequest request, Optional<Visitor> visitor, String title, String tab) {
        Brand brand = brand(request);
        String base = request.getContextPath();
        Texts own = texts(request, visitor);
        return new Frame(
                own,
                assets,
                title,
                base,
                new Frame.BrandView(
                        brand.name(),
                        brand.color().map(color -> base + assets.address(Assets.styleOf(brand))),
                        brand.logo().map(logo -> base + logo)),
                tab,
                visitor.map(v -> user(v, base)),
                now());
    }

    private static Frame.User user(Visitor visitor, String base) {
        return new Frame.User(
                visitor.mailbox().toString(),
                visitor.mail(),
                visitor.admin(),
                visitor.readOnly(),
                visitor.standard(),
                visitor.asked(),
                visitor.csrfToken(),
                base + "/?_task=logout&" + Csrf.FIELD + '=' + visitor.csrfToken(),
                visitor.support());
    }

    /** Writes a page. */
    void write(HttpServletResponse response, int status, String template, Map<String, Object> model)
            throws IOException {
        Guard.protectPage(response);
        send(response, status, template, model);
    }

    /** Writes what has its own headers. */
    void send(HttpServletResponse response, int status, String template, Map<String, Object> model) throws IOException {
        Utf8ByteOutput page = new Utf8ByteOutput();
        engine.render(template + ".jte", model, page);
        response.setStatus(status);
        response.setContentType("text/html");
        response.setCharacterEncoding("UTF-8");
        response.setContentLength(page.getContentLength());
        page.writeTo(response.getOutputStream());
    }
}
