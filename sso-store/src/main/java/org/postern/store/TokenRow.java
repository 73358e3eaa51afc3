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
import org.postern.core.Approval;
import org.postern.core.Approver;
import org.postern.core.LoginToken;
import org.postern.core.MailboxAddress;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;

/** A row of {@code login_token} for Hibernate, less its digest: no list has a use for that. Filled by it alone. */
@Entity
@Immutable
@Table(name = "login_token")
@SuppressWarnings("NullAway.Init")
class TokenRow {
    @Id
    private UUID id;

    private String mailbox;

    @Column(name = "session_type")
    private String sessionType;

    private String issuer;
    private String reason;
    private @Nullable String locale;
    private boolean confirm;

    @Column(name = "read_only")
    private boolean readOnly;

    private String approval;

    @Column(name = "approved_by")
    private @Nullable String approvedBy;

    @Column(name = "approved_at")
    private @Nullable Instant approvedAt;

    @Column(name = "issued_at")
    private Instant issuedAt;

    @Column(name = "expires_at")
    private Instant expiresAt;

    private int uses;

    @Column(name = "mail_uses")
    private int mailUses;

    @Column(name = "last_used_at")
    private @Nullable Instant lastUsedAt;

    @Column(name = "revoked_at")
    private @Nullable Instant revokedAt;

    protected TokenRow() {}

    LoginToken token() {
        return new LoginToken(
                id,
                Row.parsed(MailboxAddress::parse, mailbox),
                Row.parsed(SessionType::parse, sessionType),
                Row.parsed(MailboxAddress::parse, issuer),
                reason,
                Optional.ofNullable(locale).map(l -> Row.parsed(SessionLocale::parse, l)),
                confirm,
                readOnly,
                new Approval(
                        Row.parsed(Approver::parse, approval),
                        Optional.ofNullable(approvedBy).map(a -> Row.parsed(MailboxAddress::parse, a)),
                        Optional.ofNullable(approvedAt)),
                issuedAt,
                expiresAt,
                uses,
                mailUses,
                Optional.ofNullable(lastUsedAt),
                Optional.ofNullable(revokedAt));
    }
}
