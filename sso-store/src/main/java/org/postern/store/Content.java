package org.postern.store;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The values of a row as bytes for a keyed hash: each says where it ends, so no two rows have the same bytes. */
final class Content {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);

    /** @param what the kind of row, so that one of another kind has no such bytes */
    Content(String what) {
        text(what);
    }

    Content number(long number) {
        bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
        return this;
    }

    /** A missing value is another than an empty one. */
    Content text(@Nullable String text) {
        return text == null ? number(-1) : some(text.getBytes(StandardCharsets.UTF_8));
    }

    Content id(@Nullable UUID id) {
        return text(id == null ? null : id.toString());
    }

    Content time(Instant time) {
        return number(time.getEpochSecond()).number(time.getNano());
    }

    Content bytes(Bytes some) {
        return some(some.toArray());
    }

    private Content some(byte[] some) {
        number(some.length);
        bytes.writeBytes(some);
        return this;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
