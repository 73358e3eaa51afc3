package org.postern.core;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256 under one key (RFC 2104): 32 bytes that only who has the key can make. Thread-safe. */
public final class KeyedHash {
    private static final String HMAC = "HmacSHA256";

    private final Mac mac;

    /** @throws IllegalArgumentException where the key is empty */
    public KeyedHash(byte[] key) {
        try {
            mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }

    public byte[] of(byte[] content) {
        try {
            return ((Mac) mac.clone()).doFinal(content);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's " + HMAC + " can be cloned", e);
        }
    }

    /** The hash for another purpose, under a key that is made of this one and tells nothing of it. */
    public KeyedHash derived(byte[] purpose) {
        return new KeyedHash(of(purpose));
    }

    /** As {@link #derived(byte[])}, for a purpose with a name. */
    public KeyedHash derived(String purpose) {
        return derived(purpose.getBytes(StandardCharsets.UTF_8));
    }
}
