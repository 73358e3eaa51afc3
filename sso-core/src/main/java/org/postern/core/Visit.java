package org.postern.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Somebody other than its owner was in a mailbox, as the owner is told: a webmail session that a token opened, or a
 * token's use at a mail server. What a session's own credential did at mail servers is part of that session.
 *
 * @param id of the session, or of the audit trail's row; time-ordered
 * @param issuer who issued the token
 * @param reason why, or empty text
 * @param readOnly whether nothing could be changed
 * @param protocol of the mail server; empty for webmail
 * @param startedAt for a mail server the moment of the login
 * @param endedAt when the session was over; empty while it is open, and for a mail server
 * @param count how many logins this stands for: more than one where many alike were counted in one row
 */
public record Visit(
        UUID id,
        MailboxAddress mailbox,
        MailboxAddress issuer,
        UUID tokenId,
        SessionType type,
        String reason,
        boolean readOnly,
        Optional<Channel> protocol,
        Instant startedAt,
        Optional<Instant> endedAt,
        Client client,
        int count) {

    /** A webmail session as it stands at {@code now}. */
    public static Visit of(TokenSession session, Instant now) {
        Optional<Instant> over = session.isOpen(now) ? Optional.empty() : Optional.of(session.endsAt());
        return new Visit(
                session.id(),
                session.mailbox(),
                session.issuer(),
                session.tokenId(),
                session.type(),
                session.reason(),
                session.readOnly(),
                Optional.empty(),
                session.startedAt(),
                session.endedAt().or(() -> over),
                session.client(),
                1);
    }

    /** The use of a token at a mail server that a row of the audit trail tells of; empty where it tells of anything else. */
    public static Optional<Visit> of(AuditEvent event) {
        Optional<Channel> protocol = Channel.mailProtocol(event.detail());
        if (event.type() != AuditEvent.Type.MAIL_LOGIN
                || protocol.isEmpty()
                || event.mailbox().isEmpty()
                || event.administrator().isEmpty()
                || event.tokenId().isEmpty()
                || event.sessionType().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Visit(
                event.id(),
                event.mailbox().get(),
                event.administrator().get(),
                event.tokenId().get(),
                event.sessionType().get(),
                event.reason(),
                false,
                protocol,
                event.time(),
                Optional.empty(),
                event.client(),
                event.count()));
    }

    /** How long the session lasted; empty while it is open, and for a mail server. */
    public Optional<Duration> lasted() {
        return endedAt.map(end -> Duration.between(startedAt, end));
    }
}
