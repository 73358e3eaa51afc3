package org.postern.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.MailboxAddress;
import org.postern.core.SessionType;

/** A row of {@code audit_event} for Hibernate. Filled by it alone. */
@Entity
@Immutable
@Table(name = "audit_event")
@SuppressWarnings("NullAway.Init")
class AuditRow {
    @Id
    private UUID id;

    @Column(name = "happened_at")
    private Instant happenedAt;

    private String event;
    private @Nullable String mailbox;
    private @Nullable String administrator;

    @Column(name = "token_id")
    private @Nullable UUID tokenId;

    @Column(name = "session_type")
    private @Nullable String sessionType;

    private String reason;

    @Column(name = "client_address")
    private String clientAddress;

    @Column(name = "user_agent")
    private String userAgent;

    private String detail;
    private int times;

    protected AuditRow() {}

    AuditEvent event() {
        return new AuditEvent(
                id,
                happenedAt,
                Row.parsed(AuditEvent.Type::parse, event),
                Optional.ofNullable(mailbox).map(m -> Row.parsed(MailboxAddress::parse, m)),
                Optional.ofNullable(administrator).map(a -> Row.parsed(MailboxAddress::parse, a)),
                Optional.ofNullable(tokenId),
                Optional.ofNullable(sessionType).map(t -> Row.parsed(SessionType::parse, t)),
                reason,
                new Client(clientAddress, userAgent),
                detail,
                times);
    }
}
