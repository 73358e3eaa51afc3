package org.postern.core.service;

import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import org.postern.core.Client;

/**
 * What a webmail host asks: the part of the product that the filter needs, in the same process or over HTTP.
 * Implementations are thread-safe; every method throws {@link org.postern.core.UnavailableException} on a fault.
 */
public interface WebmailLogins {
    /** Redeems a token. Of many simultaneous calls for a single-use token, one is told {@code Redeemed}. */
    Redemption redeem(LoginAttempt attempt);

    /** Says that a refused secret was the mailbox's own password, so that it does not count as a guess. */
    void passwordAccepted(String user, Client client);

    /**
     * Says that nobody can tell now whether a refused secret is the mailbox's own password: it does not count as a guess
     * either, unless the mailbox has a live token, at which it may be one.
     */
    void passwordUnchecked(String user, Client client);

    /**
     * Ends a session, its mail credential with it.
     *
     * @param why a few words for the audit trail, such as {@code logout}
     */
    void end(UUID session, String why, Client client);

    /** Those among these sessions that are over: ended from elsewhere, their token revoked, their mailbox suspended. */
    Set<UUID> closedAmong(Collection<UUID> sessions);
}
