package org.postern.core.spi;

import org.postern.core.TokenKeys;

/** A store, a directory and the keys, opened together and closed together. */
public interface Backend extends AutoCloseable {
    TokenStore tokens();

    MailDirectory directory();

    TokenKeys keys();

    /** Takes over keys that were rotated since; called now and then. Where it fails the old keys stay. */
    void refreshKeys();

    /** Returns when the backend answers; throws {@link org.postern.core.UnavailableException} when it does not. */
    void ping();

    /** Finishes what runs and lets everything go. */
    @Override
    void close();
}
