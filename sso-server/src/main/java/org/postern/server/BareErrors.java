package org.postern.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** The answers to what is so broken that it does not reach the application: a status and its name, nothing of what came. */
final class BareErrors extends ErrorHandler {
    private static final String STYLE = """
            :root{color-scheme:light dark;--ink:#171b21;--ground:#f6f7f9;--card:#fff;--line:#e1e5ea}
            @media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--ground:#121519;--card:#1a1e24;--line:#2e353e}}
            body{margin:0;padding:min(18vh,9rem) 1rem 2rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);\
            background:var(--ground)}
            main{max-width:22rem;margin:0 auto;padding:2rem;text-align:center;background:var(--card);\
            border:1px solid var(--line);border-radius:12px}
            h1{font-size:1.25rem;margin:0}
            """;

    private static final Map<String, String> HEADERS = Map.of(
            "Content-Type", "text/html;charset=utf-8",
            "Content-Security-Policy",
                    "default-src 'none'; style-src 'sha256-" + sha256(STYLE) + "'; frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Cache-Control", "no-store");

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        HEADERS.forEach((name, value) -> response.getHeaders().put(name, value));
        Content.Sink.write(response, true, page(code), callback);
    }

    private static String page(int code) {
        String name = code + " " + HttpStatus.getMessage(code);
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + name
                + "</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>" + STYLE
                + "</style>\n</head>\n<body><main><h1>" + name + "</h1></main></body>\n</html>\n";
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
