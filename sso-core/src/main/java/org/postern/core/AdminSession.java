package org.postern.core;

import java.time.Instant;
import java.util.Optional;

/**
 * What an administrator's program got for his password, to go on without it: the session of the OMA call {@code
 * authenticate} (contract, section 5), or the console's.
 *
 * @param passwordVersion the version of the password that was shown: the session is over when the password changes
 * @param expiresAt the first moment at which it is over in any case
 * @param idleAt the first moment at which it is over unless it is used before; empty where it may be idle
 */
public record AdminSession(
        MailboxAddress administrator, String passwordVersion, Instant expiresAt, Optional<Instant> idleAt) {

    public boolean isLive(Instant now) {
        return now.isBefore(endsAt());
    }

    /** When it is over if nobody uses it any more. */
    public Instant endsAt() {
        return idleAt.filter(expiresAt::isAfter).orElse(expiresAt);
    }
}
