package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postern.core.settings.Brand;
import org.postern.core.settings.Settings;

/** The brands' colours as style sheets: no page of ours has a style of its own. */
@SuppressWarnings("serial") // no servlet is ever serialized
public final class BrandStyle extends HttpServlet {
    static final String PATH = "/brand/";
    /** Where the servlet belongs. */
    public static final String PATTERN = PATH + "*";

    private final Map<String, String> sheets;

    public BrandStyle(Settings settings) {
        sheets = settings.brands().stream()
                .filter(brand -> brand.color().isPresent())
                .collect(Collectors.toUnmodifiableMap(brand -> '/' + brand.id() + ".css", BrandStyle::sheet));
    }

    private static String sheet(Brand brand) {
        return ":root{--brand:" + brand.color().orElseThrow() + "}\n";
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String sheet = find(request.getPathInfo());
        if (sheet == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        byte[] bytes = sheet.getBytes(StandardCharsets.UTF_8);
        response.setHeader("Cache-Control", "public, max-age=300");
        response.setContentType("text/css;charset=utf-8");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    private @Nullable String find(@Nullable String path) {
        return path == null ? null : sheets.get(path);
    }
}
