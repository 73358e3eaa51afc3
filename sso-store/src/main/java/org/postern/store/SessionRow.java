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
import org.postern.core.Client;
import org.postern.core.MailboxAddress;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.TokenSession;

/** A row of {@code token_session} for Hibernate, less its credential. Filled by it alone. */
@Entity
@Immutable
@Table(name = "token_session")
@SuppressWarnings("NullAway.Init")
class SessionRow {
    @Id
    private UUID id;

    @Column(name = "token_id")
    private UUID tokenId;

    private String mailbox;

    @Column(name = "session_type")
    private String sessionType;

    private String issuer;
    private String reason;
    private @Nullable String locale;

    @Column(name = "read_only")
    private boolean readOnly;

    @Column(name = "started_at")
    private Instant startedAt;

    @Column(name = "ends_at")
    private Instant endsAt;

    @Column(name = "ended_at")
    private @Nullable Instant endedAt;

    @Column(name = "client_address")
    private String clientAddress;

    @Column(name = "user_agent")
    private String userAgent;

    protected SessionRow() {}

    TokenSession session() {
        return new TokenSession(
                id,
                tokenId,
                Row.parsed(MailboxAddress::parse, mailbox),
                Row.parsed(SessionType::parse, sessionType),
                Row.parsed(MailboxAddress::parse, issuer),
                reason,
                Optional.ofNullable(locale).map(l -> Row.parsed(SessionLocale::parse, l)),
                readOnly,
                startedAt,
                endsAt,
                Optional.ofNullable(endedAt),
                new Client(clientAddress, userAgent));
    }
}
