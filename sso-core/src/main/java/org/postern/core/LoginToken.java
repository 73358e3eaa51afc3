package org.postern.core;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A login token as everybody but its issuer sees it: without its value.
 *
 * @param id its public id, time-ordered
 * @param reason why it was issued, or empty text
 * @param confirm it is redeemed only after a click, never by following a link (contract, section 7)
 * @param readOnly its sessions may look at the mailbox and change nothing; its value opens no mail server
 * @param approval without it the token does not work, if it needs one
 * @param expiresAt the first moment at which it is no longer live
 * @param uses how often it was accepted, at webmail and at mail servers
 * @param mailUses how many of its uses were at mail servers
 */
public record LoginToken(
        UUID id,
        MailboxAddress mailbox,
        SessionType type,
        MailboxAddress issuer,
        String reason,
        Optional<SessionLocale> locale,
        boolean confirm,
        boolean readOnly,
        Approval approval,
        Instant issuedAt,
        Instant expiresAt,
        int uses,
        int mailUses,
        Optional<Instant> lastUsedAt,
        Optional<Instant> revokedAt) {

    /** Revoked, used, expired and pending, in this order: the first that applies. */
    public TokenState state(Instant now) {
        if (revokedAt.isPresent()) {
            return TokenState.REVOKED;
        }
        if (type.singleUse() && uses > 0) {
            return TokenState.USED;
        }
        if (!now.isBefore(expiresAt)) {
            return TokenState.EXPIRED;
        }
        return approval.isMissing() ? TokenState.PENDING : TokenState.LIVE;
    }
}
