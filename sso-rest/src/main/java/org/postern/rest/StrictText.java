package org.postern.rest;

import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Refuses a body that is no UTF-8: the JSON parser would repair it. Thread-safe. */
final class StrictText implements ReaderInterceptor {
    @Override
    public Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
        byte[] body = context.getInputStream().readAllBytes();
        if (!isUtf8(body)) {
            throw Problem.exception(400, "The body must be UTF-8.");
        }
        context.setInputStream(new ByteArrayInputStream(body));
        return context.proceed();
    }

    static boolean isUtf8(byte[] text) {
        return utf8(ByteBuffer.wrap(text)).isPresent();
    }

    /** The text; empty where it is none. */
    static Optional<String> utf8(ByteBuffer text) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(text).toString());
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }
}
