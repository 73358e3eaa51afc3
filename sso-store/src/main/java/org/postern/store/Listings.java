package org.postern.store;

import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hibernate.JDBCException;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.Transaction;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.query.SelectionQuery;
import org.jspecify.annotations.Nullable;
import org.postern.core.Approver;
import org.postern.core.AuditEvent;
import org.postern.core.DomainName;
import org.postern.core.LoginToken;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.TimeOrderedId;
import org.postern.core.TokenSession;
import org.postern.core.UnavailableException;
import org.postern.core.Visit;
import org.postern.core.spi.AuditQuery;

/**
 * What people look at, lists and searches and the audit trail, through Hibernate. It starts when the first list is asked
 * for: that takes some seconds, which no login and no revocation waits for. Only reads. Thread-safe.
 *
 * <p>Lists of one mailbox or domain are ordered by it too, which changes nothing: H2 reads an index backwards only where
 * the order names all of its columns, and would sort every row of the mailbox otherwise.
 */
final class Listings implements AutoCloseable {
    /** How many mailboxes are looked at in their order before all are: in PostgreSQL some ten milliseconds' worth. */
    private static final int FIRST = 20_000;

    private static final String LIVE = " and t.revokedAt is null and t.expiresAt > :now"
            + " and (t.approval = 'none' or t.approvedAt is not null)"
            + " and (t.uses = 0 or t.sessionType in ('normal', 'normal_admin'))";

    private final Database database;
    private @Nullable SessionFactory started;
    private boolean closed;

    Listings(Database database) {
        this.database = database;
    }

    /** Whether Hibernate runs. */
    synchronized boolean isStarted() {
        return started != null;
    }

    Page<LoginToken> tokens(MailboxAddress mailbox, Optional<Instant> liveAt, int limit, Optional<String> after) {
        Question<TokenRow> question = Question.inHql(TokenRow.class, "from TokenRow t where t.mailbox = :mailbox");
        question.with("mailbox", mailbox.toString());
        liveAt.ifPresent(now -> question.and(LIVE).with("now", Parameters.stored(now)));
        after.ifPresent(a -> question.and(" and t.id < :after").with("after", position(a)));
        question.and(" order by t.mailbox desc, t.id desc");
        return page(question, limit, TokenRow::token, t -> t.id().toString());
    }

    /**
     * The newest of each domain, then the newest of them all: one query for all domains together would have to sort
     * every token there is.
     */
    Page<LoginToken> tokens(Set<DomainName> domains, int limit, Optional<String> after) {
        Optional<UUID> position = after.map(Listings::position);
        List<LoginToken> newest = questions(domains, limit + 1, position).stream()
                .flatMap(question -> rows(question, limit + 1, TokenRow::token).stream())
                .sorted(Comparator.comparing(LoginToken::id, TimeOrderedId.NEWEST_FIRST))
                .limit(limit + 1L)
                .toList();
        return Page.of(newest, limit, t -> t.id().toString());
    }

    private List<Question<TokenRow>> questions(Set<DomainName> domains, int most, Optional<UUID> after) {
        if (database.dialect().hasPlanner()) {
            Question<TokenRow> question = Question.inSql(
                    TokenRow.class,
                    "select t.* from unnest(cast(:domains as text[])) as d(name) cross join lateral"
                            // Not "=": the planner would take the index of ids, and look through all other domains.
                            + " (select * from login_token where domain >= d.name and domain <= d.name");
            question.with("domains", names(domains));
            after.ifPresent(a -> question.and(" and id < :after").with("after", a));
            question.and(" order by domain desc, id desc limit " + most + ") as t order by t.id desc");
            return List.of(question);
        }
        return Arrays.stream(names(domains)).map(name -> inDomain(name, after)).toList();
    }

    private static Question<TokenRow> inDomain(String domain, Optional<UUID> after) {
        Question<TokenRow> question =
                Question.inSql(TokenRow.class, "select * from login_token t where t.domain = :domain");
        question.with("domain", domain);
        after.ifPresent(a -> question.and(" and t.id < :after").with("after", a));
        return question.and(" order by t.domain desc, t.id desc");
    }

    /** Few wait at any time, so that those of a mailbox are found among those of its domain. */
    Page<LoginToken> pending(
            MailboxAddress mailbox, Optional<Approver> approver, Instant now, int limit, Optional<String> after) {
        Question<TokenRow> question = waiting(Set.of(mailbox.domain()), now, after)
                .and(" and t.mailbox = :mailbox")
                .with("mailbox", mailbox.toString());
        approver.ifPresent(a -> question.and(" and t.approval = :approver").with("approver", a.apiName()));
        return page(question.and(" order by t.id desc"), limit, TokenRow::token, t -> t.id().toString());
    }

    Page<LoginToken> pending(Set<DomainName> domains, Instant now, int limit, Optional<String> after) {
        Question<TokenRow> question = waiting(domains, now, after).and(" order by t.id desc");
        return page(question, limit, TokenRow::token, t -> t.id().toString());
    }

    private static Question<TokenRow> waiting(Set<DomainName> domains, Instant now, Optional<String> after) {
        Question<TokenRow> question = Question.inSql(
                TokenRow.class,
                "select * from login_token t where t.waiting = true and t.domain = any (:domains)"
                        + " and t.revoked_at is null and t.expires_at > :now");
        question.with("domains", names(domains)).with("now", Parameters.stored(now));
        after.ifPresent(a -> question.and(" and t.id < :after").with("after", position(a)));
        return question;
    }

    /** Two lists, each newest first, merged. */
    Page<Visit> visits(MailboxAddress mailbox, Instant now, int limit, Optional<String> after) {
        Question<SessionRow> sessions =
                Question.inHql(SessionRow.class, "from SessionRow v where v.mailbox = :mailbox");
        Question<AuditRow> logins =
                Question.inSql(AuditRow.class, "select * from audit_event v where v.visited = :mailbox");
        for (Question<?> question : List.of(sessions, logins)) {
            question.with("mailbox", mailbox.toString());
            after.ifPresent(a -> question.and(" and v.id < :after").with("after", position(a)));
        }
        sessions.and(" order by v.mailbox desc, v.id desc");
        logins.and(" order by v.visited desc, v.id desc");
        List<Visit> visits = Stream.concat(
                        rows(sessions, limit + 1, row -> Visit.of(row.session(), now)).stream(),
                        rows(logins, limit + 1, row -> Visit.of(row.event())).stream()
                                .flatMap(Optional::stream))
                .sorted(Comparator.comparing(Visit::id, TimeOrderedId.NEWEST_FIRST))
                .limit(limit + 1L)
                .toList();
        return Page.of(visits, limit, v -> v.id().toString());
    }

    Page<TokenSession> sessions(MailboxAddress mailbox, Instant now, int limit, Optional<String> after) {
        Question<SessionRow> question = Question.inHql(
                SessionRow.class,
                "from SessionRow s where s.mailbox = :mailbox and s.endedAt is null and s.endsAt > :now");
        question.with("mailbox", mailbox.toString()).with("now", Parameters.stored(now));
        after.ifPresent(a -> question.and(" and s.id < :after").with("after", position(a)));
        question.and(" order by s.id desc");
        return page(question, limit, SessionRow::session, s -> s.id().toString());
    }

    /**
     * One stretch of time after the other until the page is full. What happens often is found in the newest hours; what
     * is rare has few rows, which an index finds in any stretch. Asked for all at once, no plan suits both.
     */
    Page<AuditEvent> audit(AuditQuery query, int limit, Optional<String> after) {
        Optional<UUID> position = after.map(Listings::position);
        if (query.mailbox().filter(m -> !query.domains().contains(m.domain())).isPresent()) {
            return new Page<>(List.of(), Optional.empty());
        }
        Iterator<Stretch> stretches = database.dialect().hasPlanner()
                ? Stretch.before(position, query)
                : List.of(Stretch.ALWAYS).iterator();
        List<AuditEvent> found = new ArrayList<>();
        while (found.size() <= limit && stretches.hasNext()) {
            Question<AuditRow> question = audit(query, position, stretches.next());
            found.addAll(rows(question, limit + 1 - found.size(), AuditRow::event));
        }
        return Page.of(found, limit, e -> e.id().toString());
    }

    private Question<AuditRow> audit(AuditQuery query, Optional<UUID> after, Stretch stretch) {
        boolean planner = database.dialect().hasPlanner();
        Question<AuditRow> question = Question.inSql(
                AuditRow.class, (planner ? "select e.* from (" : "") + "select * from audit_event where ");
        if (query.mailbox().isPresent()) {
            question.and("mailbox = :mailbox")
                    .with("mailbox", query.mailbox().get().toString());
        } else {
            question.and(planner ? "domain in (select unnest(cast(:domains as text[])))" : "domain = any (:domains)")
                    .with("domains", names(query.domains()));
        }
        query.administrator()
                .ifPresent(
                        a -> question.and(" and administrator = :administrator").with("administrator", a.toString()));
        query.type().ifPresent(t -> question.and(" and event = :event").with("event", t.apiName()));
        query.since().ifPresent(s -> question.and(" and happened_at >= :since").with("since", Parameters.stored(s)));
        query.until().ifPresent(u -> question.and(" and happened_at < :until").with("until", Parameters.stored(u)));
        after.ifPresent(a -> question.and(" and id < :after").with("after", a));
        stretch.restrict(question);
        // Without the fence a planner hopes to find a page's worth soon if it goes through the ids of all domains.
        String order = query.mailbox().isPresent() ? " order by mailbox desc, id desc" : " order by id desc";
        return question.and(planner ? " offset 0) as e" + order : order);
    }

    /**
     * A stretch of time, of which a row's id and its time tell alike.
     *
     * @param from its first moment, in milliseconds; empty: whatever is older
     * @param to the first moment after it; empty: whatever is newer
     */
    private record Stretch(Optional<Instant> from, Optional<Instant> to) {
        static final Stretch ALWAYS = new Stretch(Optional.empty(), Optional.empty());

        private static final Duration SHORTEST = Duration.ofHours(1);
        private static final int GROWTH = 4;
        private static final int STEPS = 8;

        /** Each four times as long as the one before, from an hour to seven and a half years, and the rest. */
        static Iterator<Stretch> before(Optional<UUID> position, AuditQuery query) {
            Instant newest = position.map(TimeOrderedId::time)
                    .or(() -> query.until().map(Parameters::stored))
                    .orElseGet(Instant::now)
                    .truncatedTo(ChronoUnit.MILLIS);
            Optional<Instant> oldest = query.since().map(Parameters::stored);
            List<Stretch> stretches = new ArrayList<>();
            Optional<Instant> to = Optional.empty();
            Duration length = SHORTEST;
            for (int i = 0; i < STEPS; i++, length = length.multipliedBy(GROWTH)) {
                Instant from = newest.minus(length);
                if (oldest.filter(from::isBefore).isPresent()) {
                    break;
                }
                stretches.add(new Stretch(Optional.of(from), to));
                to = Optional.of(from);
            }
            stretches.add(new Stretch(Optional.empty(), to));
            return stretches.iterator();
        }

        void restrict(Question<AuditRow> question) {
            from.ifPresent(f -> question.and(" and happened_at >= :from and id >= :lowest")
                    .with("from", Parameters.stored(f))
                    .with("lowest", TimeOrderedId.lowest(f)));
            to.ifPresent(t -> question.and(" and happened_at < :to and id < :highest")
                    .with("to", Parameters.stored(t))
                    .with("highest", TimeOrderedId.lowest(t)));
        }
    }

    /**
     * By address. What many have in their address or name is among the first that are looked at; only what is rare is
     * looked for everywhere, as the database finds best: in the domains, by the index of texts, or one by one.
     */
    Page<Mailbox> search(Set<DomainName> domains, String text, int limit, Optional<String> after) {
        Optional<String> position = after.map(Listings::address);
        String matching = "domain = any (:domains)"
                + (text.isEmpty() ? "" : " and (address like :text escape '!' or folded_name like :text escape '!')");
        String rest = position.isPresent() ? " address > :after" : " true";
        List<String> selections = database.dialect().hasPlanner()
                ? List.of(
                        "select * from (select * from mailbox where" + rest + " order by address limit " + FIRST
                                + ") as m where " + matching + " order by address",
                        "select * from (select * from mailbox where " + matching + " and" + rest
                                + " offset 0) as m order by address")
                : List.of("select * from mailbox where " + matching + " and" + rest + " order by address");
        List<Mailbox> found = List.of();
        for (String selection : selections) {
            Question<MailboxRow> question = Question.inSql(
                    MailboxRow.class,
                    "select m.*, a.admin_role from (" + selection + " limit " + (limit + 1)
                            + ") as m left join administrator a on a.address = m.address order by m.address");
            question.with("domains", names(domains));
            position.ifPresent(a -> question.with("after", a));
            if (!text.isEmpty()) {
                question.with("text", '%' + literally(SqlMailDirectory.folded(StorableText.of(text))) + '%');
            }
            found = rows(question, limit + 1, MailboxRow::mailbox);
            if (found.size() > limit) {
                break;
            }
        }
        return Page.of(found, limit, m -> m.address().toString());
    }

    private static String[] names(Set<DomainName> domains) {
        return domains.stream().map(Object::toString).toArray(String[]::new);
    }

    /** Text for {@code like} with the escape {@code !}, every character of which stands for itself. */
    private static String literally(String text) {
        return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }

    private static UUID position(String after) {
        UUID id = UUID.fromString(after);
        if (!id.toString().equals(after)) {
            throw new IllegalArgumentException("no position in a list");
        }
        return id;
    }

    private static String address(String after) {
        return MailboxAddress.parse(after)
                .map(MailboxAddress::toString)
                .orElseThrow(() -> new IllegalArgumentException("no position in a list"));
    }

    /** A query in parts, and its parameters. */
    private static final class Question<R> {
        private final Class<R> row;
        private final boolean sql;
        private final StringBuilder text;
        private final Map<String, Object> parameters = new LinkedHashMap<>();

        private Question(Class<R> row, boolean sql, String start) {
            this.row = row;
            this.sql = sql;
            this.text = new StringBuilder(start);
        }

        static <R> Question<R> inHql(Class<R> row, String start) {
            return new Question<>(row, false, start);
        }

        /** For what HQL cannot say: an array of any length, where a list would have a parameter for each element. */
        static <R> Question<R> inSql(Class<R> row, String start) {
            return new Question<>(row, true, start);
        }

        Question<R> and(String part) {
            text.append(part);
            return this;
        }

        Question<R> with(String name, Object value) {
            parameters.put(name, value);
            return this;
        }

        List<R> ask(StatelessSession session, int limit) {
            SelectionQuery<R> query = sql
                    ? session.createNativeQuery(text.toString(), row)
                    : session.createSelectionQuery(text.toString(), row);
            parameters.forEach((name, value) -> {
                if (value instanceof List<?> list) {
                    query.setParameterList(name, list);
                } else {
                    query.setParameter(name, value);
                }
            });
            return query.setMaxResults(limit).getResultList();
        }
    }

    private <R, T> Page<T> page(Question<R> question, int limit, Function<R, T> item, Function<T, String> position) {
        return Page.of(rows(question, limit + 1, item), limit, position);
    }

    private <R, T> List<T> rows(Question<R> question, int most, Function<R, T> item) {
        return read(session -> question.ask(session, most).stream().map(item).toList());
    }

    private <T> T read(Function<StatelessSession, T> work) {
        try (StatelessSession session = factory().openStatelessSession()) {
            Optional<String> planning = database.dialect().planningOfLists();
            if (planning.isEmpty()) {
                return work.apply(session);
            }
            Transaction transaction = session.beginTransaction();
            session.createNativeQuery(planning.get(), String.class).getSingleResult();
            T result = work.apply(session);
            transaction.commit();
            return result;
        } catch (JDBCException e) {
            throw Faults.of(e.getSQLException());
        } catch (PersistenceException e) {
            throw new UnavailableException("the database failed", e);
        }
    }

    private synchronized SessionFactory factory() {
        if (closed) {
            throw new UnavailableException("the store is closed");
        }
        if (started == null) {
            started = start();
        }
        return started;
    }

    private SessionFactory start() {
        int[] version = database.dialect().leastVersion();
        StandardServiceRegistry registry = new StandardServiceRegistryBuilder()
                // Hibernate takes over all system properties, logs them, and some of them are our secrets.
                .clearSettings()
                .applySetting("hibernate.connection.datasource", database.dataSource())
                // Told instead of asked: starting needs no connection.
                .applySetting("hibernate.boot.allow_jdbc_metadata_access", false)
                .applySetting(
                        "jakarta.persistence.database-product-name",
                        database.dialect().productName())
                .applySetting("jakarta.persistence.database-major-version", version[0])
                .applySetting("jakarta.persistence.database-minor-version", version[1])
                .applySetting("hibernate.bytecode.use_reflection_optimizer", false)
                .applySetting("hibernate.cache.use_second_level_cache", false)
                .applySetting("hibernate.query.in_clause_parameter_padding", true)
                .applySetting("hibernate.jdbc.time_zone", "UTC")
                .applySetting("hibernate.jdbc.log.errors", false)
                .build();
        return new MetadataSources(registry)
                .addAnnotatedClasses(TokenRow.class, SessionRow.class, AuditRow.class, MailboxRow.class)
                .buildMetadata()
                .buildSessionFactory();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (started != null) {
            started.close();
            started = null;
        }
    }
}
