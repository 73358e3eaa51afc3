package org.postern.core;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * One row of the audit trail (contract, section 11). It never holds a secret, nor text that somebody typed where an
 * address belongs and that is none: it might be a password.
 *
 * @param id time-ordered: made of {@code time}, so that the order of ids is the order of time
 * @param administrator who did it; for a redemption the one who issued the token
 * @param reason the token's reason, or empty text
 * @param detail what the event type needs to be told exactly, for example why something was refused
 * @param count how many alike this row stands for; more than one where a flood was folded
 */
public record AuditEvent(
        UUID id,
        Instant time,
        Type type,
        Optional<MailboxAddress> mailbox,
        Optional<MailboxAddress> administrator,
        Optional<UUID> tokenId,
        Optional<SessionType> sessionType,
        String reason,
        Client client,
        String detail,
        int count) {

    /** What happened. */
    public enum Type {
        ISSUED,
        ISSUE_REFUSED,
        APPROVED,
        APPROVAL_REFUSED,
        REDEEMED,
        REFUSED,
        MAIL_LOGIN,
        REVOKED,
        EXPIRED,
        SESSION_ENDED,
        PASSWORD_CHECKED,
        PASSWORD_CHANGED,
        MAILBOX_SUSPENDED,
        MAILBOX_RESUMED,
        MAILBOX_LOCALE_CHANGED,
        ADMIN_LOGIN,
        ADMIN_LOGIN_REFUSED;

        public String apiName() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Type> parse(String name) {
            for (Type type : values()) {
                if (type.apiName().equals(name)) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }
    }

    /** An event that happens now, about nothing yet: give it its subject with the methods below. */
    public static AuditEvent of(Type type, Instant now, Client client) {
        return new AuditEvent(
                TimeOrderedId.next(now),
                now,
                type,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "",
                client,
                "",
                1);
    }

    /** About this token: its mailbox, issuer, type and reason. */
    public AuditEvent about(LoginToken token) {
        return new AuditEvent(
                id,
                time,
                type,
                Optional.of(token.mailbox()),
                Optional.of(token.issuer()),
                Optional.of(token.id()),
                Optional.of(token.type()),
                token.reason(),
                client,
                detail,
                count);
    }

    /** About this session: its mailbox, its token, the token's issuer, type and reason. */
    public AuditEvent about(TokenSession session) {
        return new AuditEvent(
                id,
                time,
                type,
                Optional.of(session.mailbox()),
                Optional.of(session.issuer()),
                Optional.of(session.tokenId()),
                Optional.of(session.type()),
                session.reason(),
                client,
                detail,
                count);
    }

    public AuditEvent about(MailboxAddress subject) {
        return new AuditEvent(
                id,
                time,
                type,
                Optional.of(subject),
                administrator,
                tokenId,
                sessionType,
                reason,
                client,
                detail,
                count);
    }

    public AuditEvent by(MailboxAddress who) {
        return new AuditEvent(
                id, time, type, mailbox, Optional.of(who), tokenId, sessionType, reason, client, detail, count);
    }

    public AuditEvent with(SessionType sessionType, String reason) {
        return new AuditEvent(
                id,
                time,
                type,
                mailbox,
                administrator,
                tokenId,
                Optional.of(sessionType),
                reason,
                client,
                detail,
                count);
    }

    /** Done in a session that this token opened. */
    public AuditEvent during(UUID token, SessionType sessionType, String reason) {
        return new AuditEvent(
                id,
                time,
                type,
                mailbox,
                administrator,
                Optional.of(token),
                Optional.of(sessionType),
                reason,
                client,
                detail,
                count);
    }

    public AuditEvent because(String detail) {
        return new AuditEvent(
                id, time, type, mailbox, administrator, tokenId, sessionType, reason, client, detail, count);
    }

    public AuditEvent times(int count) {
        return new AuditEvent(
                id, time, type, mailbox, administrator, tokenId, sessionType, reason, client, detail, count);
    }

    /** The domain under whose control the row falls: the mailbox's, else the administrator's. */
    public Optional<DomainName> domain() {
        return mailbox.or(() -> administrator).map(MailboxAddress::domain);
    }
}
