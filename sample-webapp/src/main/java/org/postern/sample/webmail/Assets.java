package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.postern.core.settings.Brand;
import org.postern.core.settings.Settings;

/**
 * The pages' style sheets, scripts and pictures, from memory, and the brands' colours as style sheets. Their addresses
 * carry a digest, so that browsers may keep them forever; without it they ask each time whether theirs is the newest.
 */
@SuppressWarnings("serial") // no servlet is ever serialized
public final class Assets extends HttpServlet {
    private static final String PATH = "/assets/";
    /** Where the servlet belongs. */
    public static final String PATTERN = PATH + "*";

    private static final String FOREVER = "public, max-age=31536000, immutable";
    private static final List<String> FILES = List.of(
            "style.css", "letter.css", "app.js", "htmx.min.js", "icon.svg", "logo.svg", "acme.svg", "globex.svg");

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Asset(byte[] bytes, byte[] zipped, String type, String digest) {}

    private final Map<String, Asset> assets = new HashMap<>();

    public Assets(Settings settings) {
        FILES.forEach(name -> assets.put(name, asset(name, load(name))));
        for (Brand brand : settings.brands()) {
            brand.color()
                    .map(color -> ":root{--brand:" + color + "}\n")
                    .ifPresent(sheet ->
                            assets.put(styleOf(brand), asset(styleOf(brand), sheet.getBytes(StandardCharsets.UTF_8))));
        }
    }

    /** The name of a brand's style sheet. */
    static String styleOf(Brand brand) {
        return "brand-" + brand.id() + ".css";
    }

    private static byte[] load(String name) {
        try (InputStream in = Assets.class.getResourceAsStream("assets/" + name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Asset asset(String name, byte[] bytes) {
        String type = name.endsWith(".css")
                ? "text/css;charset=utf-8"
                : name.endsWith(".js") ? "text/javascript;charset=utf-8" : "image/svg+xml";
        try (ByteArrayOutputStream zipped = new ByteArrayOutputStream()) {
            try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
                zip.write(bytes);
            }
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new Asset(bytes, zipped.toByteArray(), type, HexFormat.of().formatHex(digest, 0, 8));
        } catch (IOException | NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The address of an asset, below the context path. */
    String address(String name) {
        Asset asset = assets.get(name);
        if (asset == null) {
            throw new IllegalArgumentException(name);
        }
        return PATH + name + "?v=" + asset.digest();
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Asset asset = find(request.getPathInfo());
        if (asset == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        String tag = '"' + asset.digest() + '"';
        boolean current = ("v=" + asset.digest()).equals(request.getQueryString());
        response.setHeader("Cache-Control", current ? FOREVER : "no-cache");
        response.setHeader("ETag", tag);
        response.setHeader("Vary", "Accept-Encoding");
        if (tag.equals(request.getHeader("If-None-Match"))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        String encodings = request.getHeader("Accept-Encoding");
        boolean zip = encodings != null && encodings.matches("(?i)(?:.*,)?\\s*gzip\\s*(?:,.*)?");
        if (zip) {
            response.setHeader("Content-Encoding", "gzip");
        }
        byte[] bytes = zip ? asset.zipped() : asset.bytes();
        response.setContentType(asset.type());
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    private @Nullable Asset find(@Nullable String path) {
        return path == null || path.isEmpty() ? null : assets.get(path.substring(1));
    }
}
