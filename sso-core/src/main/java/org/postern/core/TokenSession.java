package org.postern.core;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A webmail session that a token opened, as the store keeps it so that it can be listed and ended from anywhere.
 *
 * @param id its public id, time-ordered
 * @param reason the token's reason
 * @param readOnly it may look at the mailbox and change nothing: the token, or the company, wanted it so at redemption
 * @param endsAt the first moment at which it is over in any case
 * @param endedAt when it was ended before that, if it was
 */
public record TokenSession(
        UUID id,
        UUID tokenId,
        MailboxAddress mailbox,
        SessionType type,
        MailboxAddress issuer,
        String reason,
        Optional<SessionLocale> locale,
        boolean readOnly,
        Instant startedAt,
        Instant endsAt,
        Optional<Instant> endedAt,
        Client client) {

    public boolean isOpen(Instant now) {
        return endedAt.isEmpty() && now.isBefore(endsAt);
    }
}
