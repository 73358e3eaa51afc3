package org.postern.core;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a secret becomes at rest: {@code HMAC-SHA-256(key, address ‖ NUL ‖ secret)}, 32 bytes (contract, section 3).
 * Made by {@link TokenKeys} alone. Immutable and thread-safe.
 */
public final class TokenDigest {
    private final byte[] bytes;

    TokenDigest(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of the 32 bytes, for the store. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenDigest d && Arrays.equals(d.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The first four bytes in hex: enough to tell two apart in a debugger, too few to be of use. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes, 0, 4) + "…";
    }
}
