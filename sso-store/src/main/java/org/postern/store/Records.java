package org.postern.store;

import java.sql.SQLException;
import org.postern.core.Approval;
import org.postern.core.Client;
import org.postern.core.LoginToken;
import org.postern.core.TokenDigest;
import org.postern.core.TokenSession;

/** How tokens and sessions stand in their tables: the columns, and both ways. */
final class Records {
    static final String TOKEN_COLUMNS = "id, mailbox, session_type, issuer, reason, locale, confirm, read_only,"
            + " approval, approved_by, approved_at, issued_at, expires_at, uses, mail_uses, last_used_at, revoked_at";
    static final String SESSION_COLUMNS =
            "id, token_id, mailbox, session_type, issuer, reason, locale, read_only, started_at,"
                    + " ends_at, ended_at, client_address, user_agent";

    private Records() {}

    static Insert token(LoginToken token, TokenDigest value) {
        return new Insert(
                "login_token",
                "digest, expiry_noted, domain, waiting, " + TOKEN_COLUMNS,
                p -> p.bytes(value.bytes())
                        .flag(false)
                        .name(token.mailbox().domain())
                        .flag(token.approval().isMissing())
                        .id(token.id())
                        .name(token.mailbox())
                        .text(token.type().apiName())
                        .name(token.issuer())
                        .text(token.reason())
                        .name(token.locale().map(l -> l.code()))
                        .flag(token.confirm())
                        .flag(token.readOnly())
                        .text(token.approval().approver().apiName())
                        .name(token.approval().by())
                        .time(token.approval().at())
                        .time(token.issuedAt())
                        .time(token.expiresAt())
                        .number(token.uses())
                        .number(token.mailUses())
                        .time(token.lastUsedAt())
                        .time(token.revokedAt()));
    }

    static LoginToken token(Row row) throws SQLException {
        return new LoginToken(
                row.id("id"),
                row.address("mailbox"),
                row.sessionType(),
                row.address("issuer"),
                row.text("reason"),
                row.locale(),
                row.flag("confirm"),
                row.flag("read_only"),
                new Approval(row.approver(), row.addressIfAny("approved_by"), row.timeIfAny("approved_at")),
                row.time("issued_at"),
                row.time("expires_at"),
                row.number("uses"),
                row.number("mail_uses"),
                row.timeIfAny("last_used_at"),
                row.timeIfAny("revoked_at"));
    }

    static Insert session(TokenSession session, TokenDigest credential) {
        return new Insert(
                "token_session",
                "credential, " + SESSION_COLUMNS,
                p -> p.bytes(credential.bytes())
                        .id(session.id())
                        .id(session.tokenId())
                        .name(session.mailbox())
                        .text(session.type().apiName())
                        .name(session.issuer())
                        .text(session.reason())
                        .name(session.locale().map(l -> l.code()))
                        .flag(session.readOnly())
                        .time(session.startedAt())
                        .time(session.endsAt())
                        .time(session.endedAt())
                        .text(session.client().address())
                        .text(session.client().userAgent()));
    }

    static TokenSession session(Row row) throws SQLException {
        return new TokenSession(
                row.id("id"),
                row.id("token_id"),
                row.address("mailbox"),
                row.sessionType(),
                row.address("issuer"),
                row.text("reason"),
                row.locale(),
                row.flag("read_only"),
                row.time("started_at"),
                row.time("ends_at"),
                row.timeIfAny("ended_at"),
                new Client(row.text("client_address"), row.text("user_agent")));
    }
}
