package org.postern.core.spi;

import java.util.Collection;
import java.util.Optional;
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

    /** Seals what this node wrote to the audit trail since; called now and then. */
    default void sealAudit() {}

    /**
     * Looks through the whole audit trail for rows that were changed, removed or put in; nodes may write meanwhile.
     *
     * @param heads heads of an earlier look that must still be there
     * @return empty where this backend does not chain its rows
     * @throws IllegalArgumentException where one of {@code heads} is none
     */
    default Optional<AuditCheck> checkAudit(Collection<String> heads) {
        return Optional.empty();
    }

    /** Finishes what runs and lets everything go. */
    @Override
    void close();
}
