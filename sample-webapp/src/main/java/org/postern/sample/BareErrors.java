package org.postern.sample;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** The answers to what is so broken that it does not reach the application: a status and its name, nothing of what came. */
final class BareErrors extends ErrorHandler {
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Type", "text/html;charset=utf-8",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
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

    @Override
    public ByteBuffer badMessageError(int status, @Nullable String reason, HttpFields.Mutable fields) {
        HEADERS.forEach(fields::put);
        return ByteBuffer.wrap(page(status).getBytes(StandardCharsets.UTF_8));
    }

    private static String page(int code) {
        String name = code + " " + HttpStatus.getMessage(code);
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>" + name
                + "</title></head>\n<body><main><h1>" + name + "</h1></main></body>\n</html>\n";
    }
}
