package org.postern.core.memory;

import java.security.SecureRandom;
import java.util.List;
import org.postern.core.TokenKeys;
import org.postern.core.UnavailableException;
import org.postern.core.spi.Backend;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.TokenStore;

/** A store and a directory in memory, empty at first. Thread-safe. */
public final class InMemoryBackend implements Backend {
    private final TokenStore tokens = new InMemoryTokenStore();
    private final MailDirectory directory = new InMemoryDirectory();
    private final TokenKeys keys;
    private volatile boolean closed;

    /** With one random key. */
    public InMemoryBackend() {
        this(new TokenKeys(List.of(randomKey())));
    }

    /** With these keys, which stay the caller's to rotate. */
    public InMemoryBackend(TokenKeys keys) {
        this.keys = keys;
    }

    private static byte[] randomKey() {
        byte[] key = new byte[TokenKeys.MIN_BYTES];
        new SecureRandom().nextBytes(key);
        return key;
    }

    @Override
    public TokenStore tokens() {
        return tokens;
    }

    @Override
    public MailDirectory directory() {
        return directory;
    }

    @Override
    public TokenKeys keys() {
        return keys;
    }

    /** Does nothing: who gave the keys rotates them. */
    @Override
    public void refreshKeys() {}

    @Override
    public void ping() {
        if (closed) {
            throw new UnavailableException("the backend is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
