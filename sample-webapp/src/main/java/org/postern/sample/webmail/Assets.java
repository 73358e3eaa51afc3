package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pages' style sheet and pictures, from memory. Their addresses carry a digest, so that browsers may keep them
 * forever; without it they ask each time whether theirs is still the newest.
 */
@SuppressWarnings("serial") // no servlet is ever serialized
public final class Assets extends HttpServlet {
    private static final String PATH = "/assets/";
    /** Where the servlet belongs. */
    public static final String PATTERN = PATH + "*";

    private static final String FOREVER = "public, max-age=31536000, immutable";

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Asset(byte[] bytes, String type, String digest) {}

    private final Map<String, Asset> assets = Map.of(
            "style.css", load("style.css", "text/css;charset=utf-8"),
            "logo.svg", load("logo.svg", "image/svg+xml"),
            "icon.svg", load("icon.svg", "image/svg+xml"),
            "back.js", load("back.js", "text/javascript;charset=utf-8"));

    private static Asset load(String name, String type) {
        try (InputStream in = Assets.class.getResourceAsStream("assets/" + name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            byte[] bytes = in.readAllBytes();
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new Asset(bytes, type, HexFormat.of().formatHex(digest, 0, 8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException impossible) {
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
        if (tag.equals(request.getHeader("If-None-Match"))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        response.setContentType(asset.type());
        response.setContentLength(asset.bytes().length);
        response.getOutputStream().write(asset.bytes());
    }

    private @Nullable Asset find(@Nullable String path) {
        return path == null || path.isEmpty() ? null : assets.get(path.substring(1));
    }
}
