package org.postern.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postern.core.AdminSession;
import org.postern.core.Approver;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.DomainName;
import org.postern.core.Ending;
import org.postern.core.LoginToken;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.SessionType;
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
 * Tokens, sessions and the audit trail in a SQL database. What logins wait for is plain JDBC; the lists that people look
 * at come from {@link Listings}. Thread-safe.
 */
final class SqlTokenStore implements TokenStore {
    /** What makes a token live or pending; the moment is bound to it. */
    private static final String NOT_OVER =
            "revoked_at is null and (uses = 0 or session_type in ('normal', 'normal_admin')) and expires_at > ?";

    /** A pending token is not live: whatever counts a use asks for both. */
    private static final String LIVE_ONE = " where id = ? and expires_at = ? and waiting = false and " + NOT_OVER;

    private static final String COUNT_USE = "update login_token set uses = uses + 1, last_used_at = ?" + LIVE_ONE;
    private static final String COUNT_MAIL_USE =
            "update login_token set uses = uses + 1, mail_uses = mail_uses + 1, last_used_at = ?" + LIVE_ONE;
    private static final String COUNT_FIRST_MAIL_USE = COUNT_MAIL_USE + " and mail_uses = 0";
    private static final String APPROVE = "update login_token set waiting = false, approved_by = ?, approved_at = ?"
            + " where id = ? and expires_at = ? and waiting = true and " + NOT_OVER;

    /** What makes an administrator's session live; the moment is bound to it twice. */
    private static final String SESSION_LIVE = "expires_at > ? and (idle_at is null or idle_at > ?)";

    private final Database database;
    private final Listings listings;
    private final AuditSeals seals;

    SqlTokenStore(Database database, Listings listings, AuditSeals seals) {
        this.database = database;
        this.listings = listings;
        this.seals = seals;
    }

    @Override
    public boolean issue(LoginToken token, List<TokenDigest> value, boolean chosen, AuditEvent issued) {
        Insert row = Records.token(token, value.get(0));
        if (!chosen) {
            return decide(row.command(), Optional.empty(), issued);
        }
        Command twin = new Command(
                "select id from login_token where digest in (" + marks(value) + ") and " + NOT_OVER,
                p -> p.digests(value).time(token.issuedAt()));
        return keptUnless(twin, value, row, issued);
    }

    /** Writes a row under a value that somebody chose, and the event, unless there is a twin. */
    private boolean keptUnless(Command twin, List<TokenDigest> value, Insert row, AuditEvent event) {
        return !audited(connection -> {
                    database.dialect().holdValues(connection, value);
                    if (twin.first(connection, r -> r.id("id")).isPresent()) {
                        return List.of();
                    }
                    row.command().run(connection);
                    return List.of(event);
                })
                .isEmpty();
    }

    /** Runs a statement and, where it touched a row, writes what goes with it and the event; returns whether it did. */
    private boolean decide(Command decisive, Optional<Insert> with, AuditEvent event) {
        boolean done = seals.linked(link -> {
            List<Insert> rows = Stream.concat(with.stream(), link.rows(List.of(event)).stream())
                    .toList();
            boolean touched = database.dialect().decide(database, decisive, rows);
            if (!touched) {
                link.refused();
            }
            return touched;
        });
        if (done) {
            AuditLog.write(event);
        }
        return done;
    }

    /** Does work in a transaction and writes the events that it returns in the same one; returns them. */
    private List<AuditEvent> audited(Database.Work<List<AuditEvent>> work) {
        List<AuditEvent> written = seals.linked(link -> database.transaction(connection -> {
            List<AuditEvent> events = work.on(connection);
            Insert.all(connection, link.rows(events));
            return events;
        }));
        written.forEach(AuditLog::write);
        return written;
    }

    @Override
    public Optional<LoginToken> find(List<TokenDigest> value, Instant now) {
        Command withValue = new Command(
                "select " + Records.TOKEN_COLUMNS + " from login_token where digest in (" + marks(value) + ")",
                p -> p.digests(value));
        return newest(database.call(c -> withValue.list(c, Records::token)), now);
    }

    /** One statement: a mail server asks at every login, and most of what it asks about is no token. */
    @Override
    public AtMail findAtMail(MailboxAddress mailbox, List<TokenDigest> value, Instant now) {
        Command command = new Command(
                "select l.any_live, " + Records.TOKEN_COLUMNS + " from (select exists (select 1 from login_token"
                        + " where mailbox = ? and waiting = false and " + NOT_OVER + ") as any_live) l"
                        + " left join login_token t on t.digest in (" + marks(value) + ")",
                p -> p.name(mailbox).time(now).digests(value));
        List<AtMail> rows = database.call(c -> command.list(
                c,
                row -> new AtMail(
                        row.idIfAny("id").isEmpty() ? Optional.empty() : Optional.of(Records.token(row)),
                        row.flag("any_live"))));
        return new AtMail(
                newest(rows.stream().flatMap(row -> row.token().stream()).toList(), now),
                rows.get(0).anyLive());
    }

    private static Optional<LoginToken> newest(List<LoginToken> found, Instant now) {
        return found.stream()
                .max(Comparator.comparing((LoginToken t) -> !t.state(now).isOver())
                        .thenComparing(LoginToken::issuedAt)
                        .thenComparing(t -> t.id().toString()));
    }

    @Override
    public boolean redeem(LoginToken token, TokenSession session, List<TokenDigest> credential, AuditEvent redeemed) {
        Insert row = Records.session(session, credential.get(0));
        return decide(countUse(COUNT_USE, token, session.startedAt()), Optional.of(row), redeemed);
    }

    @Override
    public boolean use(LoginToken token, Instant now, Optional<AuditEvent> audit) {
        Command count = countUse(COUNT_MAIL_USE, token, now);
        return audit.isPresent()
                ? decide(count, Optional.empty(), audit.get())
                : database.dialect().decide(database, count, List.of());
    }

    @Override
    public boolean useFirst(LoginToken token, Instant now, AuditEvent audit) {
        return decide(countUse(COUNT_FIRST_MAIL_USE, token, now), Optional.empty(), audit);
    }

    private static Command countUse(String sql, LoginToken token, Instant now) {
        return new Command(
                sql, p -> p.time(now).id(token.id()).time(token.expiresAt()).time(now));
    }

    @Override
    public boolean approve(LoginToken token, MailboxAddress by, Instant now, AuditEvent approved) {
        Command approve = new Command(
                APPROVE,
                p -> p.name(by).time(now).id(token.id()).time(token.expiresAt()).time(now));
        return decide(approve, Optional.empty(), approved);
    }

    @Override
    public boolean refuse(UUID token, Ending ending) {
        Command pending = new Command(
                "id = ? and waiting = true and " + NOT_OVER, p -> p.id(token).time(ending.at()));
        return !audited(c -> revoked(c, ending, pending).stream()
                        .map(ending::refused)
                        .toList())
                .isEmpty();
    }

    @Override
    public Optional<TokenSession> findSession(List<TokenDigest> credential) {
        Command withCredential = new Command(
                "select " + Records.SESSION_COLUMNS + " from token_session where credential in (" + marks(credential)
                        + ")",
                p -> p.digests(credential));
        return database.call(c -> withCredential.first(c, Records::session));
    }

    @Override
    public Optional<LoginToken> token(UUID id) {
        Command withId =
                new Command("select " + Records.TOKEN_COLUMNS + " from login_token where id = ?", p -> p.id(id));
        return database.call(c -> withId.first(c, Records::token));
    }

    @Override
    public Page<LoginToken> tokens(
            MailboxAddress mailbox, Optional<Instant> liveAt, int limit, Optional<String> after) {
        return listings.tokens(mailbox, liveAt, limit, after);
    }

    @Override
    public Page<LoginToken> tokens(Set<DomainName> domains, int limit, Optional<String> after) {
        return listings.tokens(domains, limit, after);
    }

    @Override
    public Page<LoginToken> pending(
            MailboxAddress mailbox, Optional<Approver> approver, Instant now, int limit, Optional<String> after) {
        return listings.pending(mailbox, approver, now, limit, after);
    }

    @Override
    public Page<LoginToken> pending(Set<DomainName> domains, Instant now, int limit, Optional<String> after) {
        return listings.pending(domains, now, limit, after);
    }

    @Override
    public Optional<TokenSession> session(UUID id) {
        Command withId =
                new Command("select " + Records.SESSION_COLUMNS + " from token_session where id = ?", p -> p.id(id));
        return database.call(c -> withId.first(c, Records::session));
    }

    @Override
    public Page<TokenSession> sessions(MailboxAddress mailbox, Instant now, int limit, Optional<String> after) {
        return listings.sessions(mailbox, now, limit, after);
    }

    @Override
    public Page<Visit> visits(MailboxAddress mailbox, Instant now, int limit, Optional<String> after) {
        return listings.visits(mailbox, now, limit, after);
    }

    @Override
    public Map<UUID, MailboxAddress> openAmong(Collection<UUID> ids, Instant now) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        Command open = new Command(
                "select id, mailbox from token_session where id = any (?) and ended_at is null and ends_at > ?",
                p -> p.ids(ids).time(now));
        return database.call(c -> open.list(c, row -> Map.entry(row.id("id"), row.address("mailbox")))).stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Override
    public boolean revoke(UUID token, Ending ending) {
        Command live = new Command("id = ? and revoked_at is null", p -> p.id(token));
        return !audited(connection -> {
                    List<AuditEvent> events = revoke(connection, ending, live);
                    return events.isEmpty()
                            ? events
                            : joined(events, end(connection, ending, new Command("token_id = ?", p -> p.id(token))));
                })
                .isEmpty();
    }

    @Override
    public void revokeAll(MailboxAddress mailbox, Ending ending) {
        Command live =
                new Command("mailbox = ? and " + NOT_OVER, p -> p.name(mailbox).time(ending.at()));
        audited(connection -> joined(
                revoke(connection, ending, live),
                end(connection, ending, new Command("mailbox = ?", p -> p.name(mailbox)))));
    }

    private static List<AuditEvent> joined(List<AuditEvent> first, List<AuditEvent> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** Revokes the tokens of a condition; returns what is to be told of it. */
    private List<AuditEvent> revoke(Connection connection, Ending ending, Command which) throws SQLException {
        return revoked(connection, ending, which).stream().map(ending::revoked).toList();
    }

    private List<LoginToken> revoked(Connection connection, Ending ending, Command which) throws SQLException {
        Command set = new Command("revoked_at = ?, waiting = false", p -> p.time(ending.at()));
        Update update = new Update("login_token", set, which);
        return database.dialect().changed(connection, update, Records.TOKEN_COLUMNS, Records::token);
    }

    @Override
    public boolean endSession(UUID session, Ending ending) {
        return end(ending, new Command("id = ?", p -> p.id(session))) > 0;
    }

    @Override
    public int endSessions(MailboxAddress mailbox, Ending ending) {
        return end(ending, new Command("mailbox = ?", p -> p.name(mailbox)));
    }

    private int end(Ending ending, Command which) {
        return audited(c -> end(c, ending, which)).size();
    }

    /** Ends the open sessions of a condition; returns what is to be told of it. */
    private List<AuditEvent> end(Connection connection, Ending ending, Command which) throws SQLException {
        Command open = new Command("ended_at is null and ends_at > ? and " + which.sql(), p -> {
            p.time(ending.at());
            which.binding().bind(p);
        });
        Update update = new Update("token_session", new Command("ended_at = ?", p -> p.time(ending.at())), open);
        return database.dialect().changed(connection, update, Records.SESSION_COLUMNS, Records::session).stream()
                .map(ending::ended)
                .toList();
    }

    @Override
    public boolean keep(AdminSession session, List<TokenDigest> value, Instant now, AuditEvent login) {
        Command twin = new Command(
                "select id from admin_session where digest in (" + marks(value) + ") and expires_at > ?",
                p -> p.digests(value).time(now));
        Insert row = new Insert(
                "admin_session",
                "id, digest, administrator, password_version, expires_at, idle_at",
                p -> p.id(TimeOrderedId.next(now))
                        .bytes(value.get(0).bytes())
                        .name(session.administrator())
                        .text(session.passwordVersion())
                        .time(session.expiresAt())
                        .time(session.idleAt()));
        return keptUnless(twin, value, row, login);
    }

    @Override
    public Optional<AdminSession> findAdminSession(List<TokenDigest> value, Instant now) {
        Command live = new Command(
                "select administrator, password_version, expires_at, idle_at from admin_session where digest in ("
                        + marks(value) + ") and " + SESSION_LIVE,
                p -> p.digests(value).time(now).time(now));
        return database.call(c -> live.first(
                c,
                row -> new AdminSession(
                        row.address("administrator"),
                        row.text("password_version"),
                        row.time("expires_at"),
                        row.timeIfAny("idle_at"))));
    }

    @Override
    public void use(List<TokenDigest> value, Instant now, Instant idleAt) {
        Command update = new Command(
                "update admin_session set idle_at = ? where digest in (" + marks(value) + ") and idle_at < ? and "
                        + SESSION_LIVE,
                p -> p.time(idleAt).digests(value).time(idleAt).time(now).time(now));
        database.write(update::run);
    }

    @Override
    public boolean endAdminSession(List<TokenDigest> value) {
        Command delete =
                new Command("delete from admin_session where digest in (" + marks(value) + ")", p -> p.digests(value));
        return database.write(delete::run) > 0;
    }

    @Override
    public void append(List<AuditEvent> events) {
        if (events.size() == 1) {
            seals.linked(link -> database.write(link.rows(events).get(0).command()::run));
            AuditLog.write(events.get(0));
        } else if (!events.isEmpty()) {
            audited(connection -> events);
        }
    }

    @Override
    public Page<AuditEvent> audit(AuditQuery query, int limit, Optional<String> after) {
        return listings.audit(query, limit, after);
    }

    @Override
    public AuditCounts count(AuditPeriod period) {
        AuditCounts.Sum sum = new AuditCounts.Sum(period);
        for (Counted c : database.dialect().counted(database, period, Counted::read)) {
            sum.add(c.event(), c.bucket(), c.type(), c.administrator(), c.detail(), c.count());
        }
        return sum.counts();
    }

    /** A group of rows of the audit trail. */
    private record Counted(
            AuditEvent.Type event,
            OptionalInt bucket,
            Optional<SessionType> type,
            Optional<MailboxAddress> administrator,
            Optional<String> detail,
            long count) {
        static Counted read(Row row) throws SQLException {
            return new Counted(
                    Row.parsed(AuditEvent.Type::parse, row.text("event")),
                    row.numberIfAny("bucket"),
                    row.textIfAny("session_type").map(t -> Row.parsed(SessionType::parse, t)),
                    row.addressIfAny("administrator"),
                    row.textIfAny("detail"),
                    row.longNumber("times"));
        }
    }

    @Override
    public int noteExpired(Instant now, int batch, Consumer<MailboxAddress> open) {
        database.dialect().preparePartitions(database, now);
        int found = 0;
        boolean more = true;
        Set<MailboxAddress> ended = new LinkedHashSet<>();
        try {
            while (more && found < batch) {
                int limit = batch - found;
                List<UUID> due =
                        due("login_token", "expiry_noted = false and expires_at <= ?", "expires_at", now, limit);
                found += due.isEmpty()
                        ? 0
                        : audited(c -> noteTokens(c, due, ended)).size();
                more = due.size() == limit;
            }
            List<UUID> over = found < batch
                    ? due("token_session", "ended_at is null and ends_at <= ?", "ends_at", now, batch - found)
                    : List.of();
            found += over.isEmpty() ? 0 : audited(c -> endOver(c, over, ended)).size();
            return found;
        } finally {
            // Also after a fault: what was noted before it is not found again.
            ended.forEach(open);
        }
    }

    private List<UUID> due(String table, String condition, String order, Instant now, int limit) {
        Command command = new Command(
                "select id from " + table + " where " + condition + " order by " + order + " limit ?",
                p -> p.time(now).number(limit));
        return database.call(c -> command.list(c, row -> row.id("id")));
    }

    /**
     * Marks tokens whose time is over, used and revoked ones too, so that none is looked at twice; returns the rows of
     * those that expired unused. Where another node marks the same ones, each row is one node's.
     */
    private List<AuditEvent> noteTokens(Connection connection, List<UUID> due, Set<MailboxAddress> ended)
            throws SQLException {
        Command unnoted = new Command("id = any (?) and expiry_noted = false", p -> p.ids(due));
        Update mark = new Update("login_token", Command.of("expiry_noted = true, waiting = false"), unnoted);
        return database.dialect().changed(connection, mark, Records.TOKEN_COLUMNS, Records::token).stream()
                .filter(t -> t.state(t.expiresAt()) == TokenState.EXPIRED)
                .peek(t -> {
                    if (t.mailUses() > 0) {
                        ended.add(t.mailbox());
                    }
                })
                .map(t -> AuditEvent.of(AuditEvent.Type.EXPIRED, t.expiresAt(), Client.NOBODY)
                        .about(t))
                .toList();
    }

    private List<AuditEvent> endOver(Connection connection, List<UUID> over, Set<MailboxAddress> ended)
            throws SQLException {
        Command open = new Command("id = any (?) and ended_at is null", p -> p.ids(over));
        Update end = new Update("token_session", Command.of("ended_at = ends_at"), open);
        return database.dialect().changed(connection, end, Records.SESSION_COLUMNS, Records::session).stream()
                .peek(s -> ended.add(s.mailbox()))
                .map(s -> new Ending(s.endsAt(), Optional.empty(), Client.NOBODY, "expired").ended(s))
                .toList();
    }

    @Override
    public int purge(Instant tokensBefore, Instant auditBefore, int batch) {
        int gone = database.dialect().purgeTokens(database, tokensBefore, batch);
        gone += purge("token_session", "ends_at", auditBefore, batch - gone);
        gone += purge("admin_session", "expires_at", tokensBefore, batch - gone);
        if (gone >= batch) {
            return gone;
        }
        seals.purging(auditBefore);
        return gone + database.dialect().purgeAudit(database, auditBefore, batch - gone);
    }

    private int purge(String table, String column, Instant before, int batch) {
        if (batch <= 0) {
            return 0;
        }
        Command delete = new Command(
                "delete from " + table + " where id in (select id from " + table + " where " + column + " < ? limit ?)",
                p -> p.time(before).number(batch));
        return database.write(delete::run);
    }

    private static String marks(List<TokenDigest> digests) {
        return String.join(", ", Collections.nCopies(digests.size(), "?"));
    }
}
