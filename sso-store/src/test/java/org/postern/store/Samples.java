package org.postern.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.postern.core.Approval;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.DomainName;
import org.postern.core.Ending;
import org.postern.core.LoginToken;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.SessionType;
import org.postern.core.TimeOrderedId;
import org.postern.core.TokenDigest;
import org.postern.core.TokenSession;
import org.postern.core.spi.AuditQuery;
import org.postern.core.spi.Backend;

/** A mailbox of its own, and what happens to its tokens. */
record Samples(DomainName domain, MailboxAddress alice, MailboxAddress admin) {
    static final Instant NOW = Instant.parse("2026-11-24T12:00:00.123456Z");
    static final Client CLIENT = new Client("192.0.2.7", "Browser/1.0");

    static Samples fresh() {
        DomainName domain = DomainName.parse("d" + UUID.randomUUID().toString().replace("-", "") + ".example")
                .orElseThrow();
        return new Samples(domain, at("alice", domain), at("admin", domain));
    }

    static MailboxAddress at(String local, DomainName domain) {
        return MailboxAddress.parse(local + '@' + domain).orElseThrow();
    }

    LoginToken token(SessionType type, Instant issuedAt, Instant expiresAt, String reason) {
        return new LoginToken(
                TimeOrderedId.next(issuedAt),
                alice,
                type,
                admin,
                reason,
                Optional.empty(),
                false,
                false,
                Approval.NONE,
                issuedAt,
                expiresAt,
                0,
                0,
                Optional.empty(),
                Optional.empty());
    }

    List<TokenDigest> value(Backend backend, String secret) {
        return backend.keys().digests(alice, Secret.of(secret));
    }

    /** A token that is kept under this value, alive for an hour. */
    LoginToken issue(Backend backend, SessionType type, String secret) {
        LoginToken token = token(type, NOW, NOW.plus(Duration.ofHours(1)), "Ticket 4711");
        if (!backend.tokens().issue(token, value(backend, secret), false, issued(token))) {
            throw new AssertionError("not kept");
        }
        return token;
    }

    static AuditEvent issued(LoginToken token) {
        return AuditEvent.of(AuditEvent.Type.ISSUED, token.issuedAt(), CLIENT).about(token);
    }

    boolean redeem(Backend backend, LoginToken token) {
        return redeem(backend, token, NOW);
    }

    boolean redeem(Backend backend, LoginToken token, Instant now) {
        TokenSession session = session(token, now, CLIENT);
        AuditEvent row = AuditEvent.of(AuditEvent.Type.REDEEMED, now, CLIENT).about(token);
        return backend.tokens().redeem(token, session, value(backend, "pss_" + session.id()), row);
    }

    static TokenSession session(LoginToken token, Instant now, Client client) {
        return new TokenSession(
                TimeOrderedId.next(now),
                token.id(),
                token.mailbox(),
                token.type(),
                token.issuer(),
                token.reason(),
                Optional.empty(),
                false,
                now,
                now.plus(Duration.ofHours(8)),
                Optional.empty(),
                client);
    }

    static Ending ending(Instant at) {
        return new Ending(at, Optional.empty(), CLIENT, "test");
    }

    List<AuditEvent> trail(Backend backend) {
        AuditQuery all = new AuditQuery(
                java.util.Set.of(domain),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return backend.tokens().audit(all, 10_000, Optional.empty()).items();
    }

    long count(Backend backend, AuditEvent.Type type) {
        return trail(backend).stream().filter(e -> e.type() == type).count();
    }
}
