package org.postern.store;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Bytes that nobody changes: a hash, most of the time. */
final class Bytes {
    static final Bytes NONE = new Bytes(new byte[0]);

    private final byte[] bytes;

    private Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    static Bytes of(byte @Nullable [] bytes) {
        return bytes == null ? NONE : new Bytes(bytes.clone());
    }

    byte[] toArray() {
        return bytes.clone();
    }

    boolean isEmpty() {
        return bytes.length == 0;
    }

    /** The first of them, for people to compare. */
    String hex(int count) {
        return HexFormat.of().formatHex(bytes, 0, Math.min(count, bytes.length));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return hex(bytes.length);
    }
}
