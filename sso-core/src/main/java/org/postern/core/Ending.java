package org.postern.core;

import java.time.Instant;
import java.util.Optional;

/**
 * Who ends tokens or sessions, when and why: what the rows of the audit trail about it are made of.
 *
 * @param by the administrator who does it; empty where the owner, the user or the product itself does
 * @param why a few words, for example {@code logout} or {@code password changed}
 */
public record Ending(Instant at, Optional<MailboxAddress> by, Client client, String why) {
    public AuditEvent revoked(LoginToken token) {
        return made(AuditEvent.of(AuditEvent.Type.REVOKED, at, client).about(token));
    }

    /** Instead of {@link #revoked} for a token that waited for an approval, and was refused it. */
    public AuditEvent refused(LoginToken token) {
        return made(AuditEvent.of(AuditEvent.Type.APPROVAL_REFUSED, at, client).about(token));
    }

    public AuditEvent ended(TokenSession session) {
        return made(AuditEvent.of(AuditEvent.Type.SESSION_ENDED, at, client).about(session));
    }

    private AuditEvent made(AuditEvent event) {
        return by.map(event::by).orElse(event).because(why);
    }
}
