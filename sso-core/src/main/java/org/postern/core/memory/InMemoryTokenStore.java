package org.postern.core.memory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postern.core.AdminSession;
import org.postern.core.Approval;
import org.postern.core.Approver;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.DomainName;
import org.postern.core.Ending;
import org.postern.core.LoginToken;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.TimeOrderedId;
import org.postern.core.TokenDigest;
import org.postern.core.TokenSession;
import org.postern.core.TokenState;
import org.postern.core.Visit;
import org.postern.core.spi.AuditCounts;
import org.postern.core.spi.AuditLog;
import org.postern.core.spi.AuditPeriod;
import org.postern.core.spi.AuditQuery;
import org.postern.core.spi.TokenStore;

/**
 * The reference token store: every method is one step under one lock. Nothing outlives the object, and lists by mailbox
 * look at every row. Thread-safe.
 */
public final class InMemoryTokenStore implements TokenStore {
    private static final Comparator<LoginToken> ISSUED = Comparator.comparing(LoginToken::issuedAt)
            .thenComparing(LoginToken::id, TimeOrderedId.NEWEST_FIRST.reversed());

    /** @param noted whether the audit trail knows that it expired */
    private record TokenRow(LoginToken token, TokenDigest value, boolean noted) {
        TokenRow with(LoginToken changed) {
            return new TokenRow(changed, value, noted);
        }
    }

    private record SessionRow(TokenSession session, TokenDigest credential) {}

    private final NavigableMap<UUID, TokenRow> tokens = new TreeMap<>(TimeOrderedId.NEWEST_FIRST);
    private final Map<TokenDigest, List<UUID>> tokensByValue = new HashMap<>();
    private final NavigableMap<UUID, SessionRow> sessions = new TreeMap<>(TimeOrderedId.NEWEST_FIRST);
    private final Map<TokenDigest, UUID> sessionsByCredential = new HashMap<>();
    private final Map<TokenDigest, AdminSession> adminSessions = new HashMap<>();
    private final NavigableMap<UUID, AuditEvent> audit = new TreeMap<>(TimeOrderedId.NEWEST_FIRST);

    public InMemoryTokenStore() {}

    @Override
    public synchronized boolean issue(LoginToken token, List<TokenDigest> value, boolean chosen, AuditEvent issued) {
        if (withValue(value).anyMatch(t -> !t.state(token.issuedAt()).isOver())) {
            return false;
        }
        TokenDigest newest = value.get(0);
        tokens.put(token.id(), new TokenRow(token, newest, false));
        tokensByValue.computeIfAbsent(newest, v -> new ArrayList<>()).add(token.id());
        write(issued);
        return true;
    }

    @Override
    public synchronized Optional<LoginToken> find(List<TokenDigest> value, Instant now) {
        return withValue(value)
                .max(Comparator.comparing((LoginToken t) -> !t.state(now).isOver())
                        .thenComparing(ISSUED));
    }

    @Override
    public synchronized AtMail findAtMail(MailboxAddress mailbox, List<TokenDigest> value, Instant now) {
        boolean anyLive = tokens.keySet().stream()
                .flatMap(id -> token(id).stream())
                .anyMatch(t -> t.mailbox().equals(mailbox) && isLive(t, now));
        return new AtMail(find(value, now), anyLive);
    }

    private Stream<LoginToken> withValue(List<TokenDigest> value) {
        return value.stream()
                .flatMap(v -> tokensByValue.getOrDefault(v, List.of()).stream())
                .flatMap(id -> token(id).stream());
    }

    private static boolean isLive(LoginToken token, Instant now) {
        return token.state(now) == TokenState.LIVE;
    }

    @Override
    public synchronized boolean redeem(
            LoginToken token, TokenSession session, List<TokenDigest> credential, AuditEvent redeemed) {
        TokenDigest newest = credential.get(0);
        if (!countUse(token.id(), session.startedAt(), 0)) {
            return false;
        }
        sessions.put(session.id(), new SessionRow(session, newest));
        sessionsByCredential.put(newest, session.id());
        write(redeemed);
        return true;
    }

    @Override
    public synchronized boolean use(LoginToken token, Instant now, Optional<AuditEvent> event) {
        boolean live = countUse(token.id(), now, 1);
        if (live) {
            event.ifPresent(this::write);
        }
        return live;
    }

    @Override
    public synchronized boolean useFirst(LoginToken token, Instant now, AuditEvent event) {
        boolean unused = token(token.id()).filter(t -> t.mailUses() == 0).isPresent();
        return unused && use(token, now, Optional.of(event));
    }

    private boolean countUse(UUID id, Instant now, int atMailServer) {
        TokenRow row = tokens.get(id);
        if (row == null || !isLive(row.token(), now)) {
            return false;
        }
        tokens.put(id, row.with(used(row.token(), now, atMailServer)));
        return true;
    }

    @Override
    public synchronized boolean approve(LoginToken token, MailboxAddress by, Instant now, AuditEvent approved) {
        TokenRow row = tokens.get(token.id());
        if (row == null || row.token().state(now) != TokenState.PENDING) {
            return false;
        }
        tokens.put(token.id(), row.with(approved(row.token(), by, now)));
        write(approved);
        return true;
    }

    @Override
    public synchronized boolean refuse(UUID token, Ending ending) {
        TokenRow row = tokens.get(token);
        if (row == null || row.token().state(ending.at()) != TokenState.PENDING) {
            return false;
        }
        write(ending.refused(row.token()));
        tokens.put(token, row.with(revoked(row.token(), ending.at())));
        return true;
    }

    @Override
    public synchronized Optional<TokenSession> findSession(List<TokenDigest> credential) {
        return credential.stream()
                .flatMap(c -> Optional.ofNullable(sessionsByCredential.get(c)).stream())
                .findFirst()
                .flatMap(this::session);
    }

    @Override
    public synchronized Optional<LoginToken> token(UUID id) {
        return Optional.ofNullable(tokens.get(id)).map(TokenRow::token);
    }

    @Override
    public synchronized Page<LoginToken> tokens(
            MailboxAddress mailbox, Optional<Instant> liveAt, int limit, Optional<String> after) {
        return page(
                tokens,
                TokenRow::token,
                t -> t.mailbox().equals(mailbox)
                        && liveAt.filter(now -> !isLive(t, now)).isEmpty(),
                LoginToken::id,
                limit,
                after);
    }

    @Override
    public synchronized Page<LoginToken> tokens(Set<DomainName> domains, int limit, Optional<String> after) {
        return page(tokens, TokenRow::token, t -> domains.contains(t.mailbox().domain()), LoginToken::id, limit, after);
    }

    @Override
    public synchronized Page<LoginToken> pending(
            MailboxAddress mailbox, Optional<Approver> approver, Instant now, int limit, Optional<String> after) {
        return pending(
                t -> t.mailbox().equals(mailbox)
                        && approver.filter(a -> t.approval().approver() != a).isEmpty(),
                now,
                limit,
                after);
    }

    @Override
    public synchronized Page<LoginToken> pending(
            Set<DomainName> domains, Instant now, int limit, Optional<String> after) {
        return pending(t -> domains.contains(t.mailbox().domain()), now, limit, after);
    }

    private Page<LoginToken> pending(Predicate<LoginToken> wanted, Instant now, int limit, Optional<String> after) {
        return page(
                tokens,
                TokenRow::token,
                wanted.and(t -> t.state(now) == TokenState.PENDING),
                LoginToken::id,
                limit,
                after);
    }

    @Override
    public synchronized Optional<TokenSession> session(UUID id) {
        return Optional.ofNullable(sessions.get(id)).map(SessionRow::session);
    }

    @Override
    public synchronized Page<TokenSession> sessions(
            MailboxAddress mailbox, Instant now, int limit, Optional<String> after) {
        return page(
                sessions,
                SessionRow::session,
                s -> s.mailbox().equals(mailbox) && s.isOpen(now),
                TokenSession::id,
                limit,
                after);
    }

    @Override
    public synchronized Page<Visit> visits(MailboxAddress mailbox, Instant now, int limit, Optional<String> after) {
        NavigableMap<UUID, Visit> visits = new TreeMap<>(TimeOrderedId.NEWEST_FIRST);
        sessions.values().forEach(row -> visits.put(row.session().id(), Visit.of(row.session(), now)));
        audit.values().forEach(e -> Visit.of(e).ifPresent(visit -> visits.put(visit.id(), visit)));
        return page(visits, v -> v, v -> v.mailbox().equals(mailbox), Visit::id, limit, after);
    }

    @Override
    public synchronized Map<UUID, MailboxAddress> openAmong(Collection<UUID> ids, Instant now) {
        return ids.stream()
                .distinct()
                .flatMap(id -> session(id).stream())
                .filter(s -> s.isOpen(now))
                .collect(Collectors.toUnmodifiableMap(TokenSession::id, TokenSession::mailbox));
    }

    @Override
    public synchronized boolean revoke(UUID token, Ending ending) {
        TokenRow row = tokens.get(token);
        if (row == null || row.token().revokedAt().isPresent()) {
            return false;
        }
        revoke(row, ending);
        end(s -> s.tokenId().equals(token), ending);
        return true;
    }

    @Override
    public synchronized void revokeAll(MailboxAddress mailbox, Ending ending) {
        List<TokenRow> live = tokens.values().stream()
                .filter(r -> r.token().mailbox().equals(mailbox)
                        && !r.token().state(ending.at()).isOver())
                .toList();
        live.forEach(r -> revoke(r, ending));
        end(s -> s.mailbox().equals(mailbox), ending);
    }

    private void revoke(TokenRow row, Ending ending) {
        write(ending.revoked(row.token()));
        tokens.put(row.token().id(), row.with(revoked(row.token(), ending.at())));
    }

    @Override
    public synchronized boolean endSession(UUID session, Ending ending) {
        return end(s -> s.id().equals(session), ending) > 0;
    }

    @Override
    public synchronized int endSessions(MailboxAddress mailbox, Ending ending) {
        return end(s -> s.mailbox().equals(mailbox), ending);
    }

    private int end(Predicate<TokenSession> which, Ending ending) {
        List<TokenSession> open = sessions.values().stream()
                .map(SessionRow::session)
                .filter(s -> which.test(s) && s.isOpen(ending.at()))
                .toList();
        open.forEach(s -> end(s, ending));
        return open.size();
    }

    private void end(TokenSession session, Ending ending) {
        write(ending.ended(session));
        sessions.computeIfPresent(
                session.id(), (id, row) -> new SessionRow(ended(session, ending.at()), row.credential()));
    }

    @Override
    public synchronized boolean keep(AdminSession session, List<TokenDigest> value, Instant now, AuditEvent login) {
        if (findAdminSession(value, now).isPresent()) {
            return false;
        }
        adminSessions.put(value.get(0), session);
        write(login);
        return true;
    }

    @Override
    public synchronized Optional<AdminSession> findAdminSession(List<TokenDigest> value, Instant now) {
        return value.stream()
                .flatMap(v -> Optional.ofNullable(adminSessions.get(v)).stream())
                .filter(s -> s.isLive(now))
                .findFirst();
    }

    @Override
    public synchronized void use(List<TokenDigest> value, Instant now, Instant idleAt) {
        for (TokenDigest digest : value) {
            adminSessions.computeIfPresent(
                    digest,
                    (d, s) ->
                            s.isLive(now) && s.idleAt().filter(idleAt::isAfter).isPresent()
                                    ? new AdminSession(
                                            s.administrator(), s.passwordVersion(), s.expiresAt(), Optional.of(idleAt))
                                    : s);
        }
    }

    @Override
    public synchronized boolean endAdminSession(List<TokenDigest> value) {
        return adminSessions.keySet().removeAll(value);
    }

    @Override
    public synchronized void append(List<AuditEvent> events) {
        List.copyOf(events).forEach(this::write);
    }

    private void write(AuditEvent event) {
        audit.put(event.id(), event);
        AuditLog.write(event);
    }

    @Override
    public synchronized Page<AuditEvent> audit(AuditQuery query, int limit, Optional<String> after) {
        return page(audit, e -> e, query::matches, AuditEvent::id, limit, after);
    }

    @Override
    public synchronized AuditCounts count(AuditPeriod period) {
        AuditCounts.Sum sum = new AuditCounts.Sum(period);
        for (AuditEvent e : audit.values()) {
            OptionalInt bucket = period.bucketOf(e);
            if (bucket.isPresent()) {
                sum.add(e.type(), bucket, e.sessionType(), e.administrator(), Optional.of(e.detail()), e.count());
            }
        }
        return sum.counts();
    }

    @Override
    public synchronized int noteExpired(Instant now, int batch, Consumer<MailboxAddress> open) {
        List<TokenRow> expired = tokens.values().stream()
                .filter(r -> !r.noted() && r.token().state(now) == TokenState.EXPIRED)
                .limit(batch)
                .toList();
        List<TokenSession> over = sessions.values().stream()
                .map(SessionRow::session)
                .filter(s -> s.endedAt().isEmpty() && !s.isOpen(now))
                .limit((long) batch - expired.size())
                .toList();
        for (TokenRow row : expired) {
            LoginToken token = row.token();
            write(AuditEvent.of(AuditEvent.Type.EXPIRED, token.expiresAt(), Client.NOBODY)
                    .about(token));
            tokens.put(token.id(), new TokenRow(token, row.value(), true));
            if (token.mailUses() > 0) {
                open.accept(token.mailbox());
            }
        }
        for (TokenSession session : over) {
            open.accept(session.mailbox());
            end(session, new Ending(session.endsAt(), Optional.empty(), Client.NOBODY, "expired"));
        }
        return expired.size() + over.size();
    }

    @Override
    public synchronized int purge(Instant tokensBefore, Instant auditBefore, int batch) {
        int gone = remove(tokens.values(), r -> r.token().expiresAt().isBefore(tokensBefore), this::forgetValue, batch);
        gone += remove(
                sessions.values(),
                r -> r.session().endsAt().isBefore(auditBefore),
                r -> sessionsByCredential.remove(r.credential()),
                batch - gone);
        gone += remove(adminSessions.values(), s -> s.expiresAt().isBefore(tokensBefore), s -> {}, batch - gone);
        gone += remove(audit.values(), e -> e.time().isBefore(auditBefore), e -> {}, batch - gone);
        return gone;
    }

    private void forgetValue(TokenRow row) {
        tokensByValue.computeIfPresent(row.value(), (value, ids) -> {
            ids.remove(row.token().id());
            return ids.isEmpty() ? null : ids;
        });
    }

    private static <R> int remove(Collection<R> rows, Predicate<R> old, Consumer<R> then, int most) {
        int gone = 0;
        for (Iterator<R> all = rows.iterator(); gone < most && all.hasNext(); ) {
            R row = all.next();
            if (old.test(row)) {
                all.remove();
                then.accept(row);
                gone++;
            }
        }
        return gone;
    }

    private static <R, T> Page<T> page(
            NavigableMap<UUID, R> rows,
            Function<R, T> item,
            Predicate<T> wanted,
            Function<T, UUID> id,
            int limit,
            Optional<String> after) {
        NavigableMap<UUID, R> rest =
                after.map(a -> rows.tailMap(position(a), false)).orElse(rows);
        List<T> found = rest.values().stream()
                .map(item)
                .filter(wanted)
                .limit(limit + 1L)
                .toList();
        return Page.of(found, limit, t -> id.apply(t).toString());
    }

    /** The id that a page ended with, exactly as {@link #page} wrote it. */
    private static UUID position(String after) {
        UUID id = UUID.fromString(after);
        if (!id.toString().equals(after)) {
            throw new IllegalArgumentException("no position in a list");
        }
        return id;
    }

    private static LoginToken used(LoginToken t, Instant now, int atMailServer) {
        return changed(t, t.approval(), t.uses() + 1, t.mailUses() + atMailServer, Optional.of(now), t.revokedAt());
    }

    private static LoginToken approved(LoginToken t, MailboxAddress by, Instant at) {
        return changed(t, t.approval().given(by, at), t.uses(), t.mailUses(), t.lastUsedAt(), t.revokedAt());
    }

    private static LoginToken revoked(LoginToken t, Instant at) {
        return changed(t, t.approval(), t.uses(), t.mailUses(), t.lastUsedAt(), Optional.of(at));
    }

    /** The token with all that can change after it was issued. */
    private static LoginToken changed(
            LoginToken t,
            Approval approval,
            int uses,
            int mailUses,
            Optional<Instant> lastUsedAt,
            Optional<Instant> revokedAt) {
        return new LoginToken(
                t.id(),
                t.mailbox(),
                t.type(),
                t.issuer(),
                t.reason(),
                t.locale(),
                t.confirm(),
                t.readOnly(),
                approval,
                t.issuedAt(),
                t.expiresAt(),
                uses,
                mailUses,
                lastUsedAt,
                revokedAt);
    }

    private static TokenSession ended(TokenSession s, Instant at) {
        return new TokenSession(
                s.id(),
                s.tokenId(),
                s.mailbox(),
                s.type(),
                s.issuer(),
                s.reason(),
                s.locale(),
                s.readOnly(),
                s.startedAt(),
                s.endsAt(),
                Optional.of(at),
                s.client());
    }
}
