package org.postern.core;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The keys under which secrets are kept, newest first, and the only place where a secret becomes a {@link TokenDigest}.
 * New tokens use the newest key; a secret that is presented is looked for under each. Thread-safe.
 */
public final class TokenKeys {
    /** The shortest key that is accepted, in bytes. */
    public static final int MIN_BYTES = 32;

    private volatile List<KeyedHash> keys;

    /** @throws IllegalArgumentException where there is no key, or one is shorter than {@link #MIN_BYTES} */
    public TokenKeys(List<byte[]> newestFirst) {
        keys = hashes(newestFirst);
    }

    /** Takes over a rotated list, newest first; calls that already run finish with the old one. */
    public void replace(List<byte[]> newestFirst) {
        keys = hashes(newestFirst);
    }

    private static List<KeyedHash> hashes(List<byte[]> newestFirst) {
        if (newestFirst.isEmpty() || newestFirst.stream().anyMatch(k -> k.length < MIN_BYTES)) {
            throw new IllegalArgumentException("a token key of at least 32 bytes is needed");
        }
        return newestFirst.stream().map(KeyedHash::new).toList();
    }

    /** The digests of this secret for this mailbox, one for each key, newest key first. */
    public List<TokenDigest> digests(MailboxAddress mailbox, Secret secret) {
        byte[] text = (mailbox + "\0" + secret.reveal()).getBytes(StandardCharsets.UTF_8);
        return keys.stream().map(key -> new TokenDigest(key.of(text))).toList();
    }
}
