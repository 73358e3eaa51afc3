package org.postern.store;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postern.core.TokenDigest;
import org.postern.core.spi.AuditPeriod;

/**
 * PostgreSQL: one round trip for what decides, and a partition for each week of tokens and of the audit trail. Not for
 * each day: a look-up by digest would lock 132 tables and indexes and a look at the audit trail over 1,600, of which a
 * server as it comes has room for some 7,000 in all.
 */
final class PostgreSqlDialect implements Dialect {
    private static final Partitioned TOKENS = new Partitioned("login_token", "expires_at", 5, Optional.empty());
    private static final Partitioned AUDIT = new Partitioned("audit_event", "happened_at", 1, Optional.of("domain"));

    /** So that neither a new partition nor a dropped one keeps logins waiting behind a long query. */
    private static final String BRIEFLY = "set local lock_timeout = '1s'";

    /**
     * The planner guesses many groups too many, and would sort them on disk where they take more memory than this; they
     * take a fraction of it. For the same mistake it would not let workers group. And what is best for one domain is not
     * for a thousand.
     */
    private static final String BY_HASH = "select set_config('work_mem', '256MB', true),"
            + " set_config('parallel_tuple_cost', '0.01', true), set_config('plan_cache_mode', 'force_custom_plan', true)";

    /** Any number of our own: nodes that make partitions do so one after another. */
    private static final long PARTITIONS_LOCK = 0x706f_7374_6572_6eL;

    /** The week for which the partitions are there, as far as this node knows. */
    private volatile @Nullable LocalDate prepared;

    @Override
    public String migrations() {
        return "db/postgresql";
    }

    @Override
    public String productName() {
        return "PostgreSQL";
    }

    @Override
    public int[] leastVersion() {
        return new int[] {14, 0};
    }

    @Override
    public String url(Database.Access access) {
        return access.url();
    }

    @Override
    public String driver() {
        return "org.postgresql.Driver";
    }

    @Override
    public boolean accepts(String url) {
        return org.postgresql.Driver.parseURL(url, null) != null;
    }

    /** The socket's timeout only counts where the server's own cannot: it is gone without a word. */
    @Override
    public Map<String, String> driverProperties(Duration timeout) {
        long seconds = Math.max(1, timeout.plusMillis(999).toSeconds());
        return Map.of(
                "connectTimeout", String.valueOf(seconds),
                "loginTimeout", String.valueOf(seconds),
                "socketTimeout", String.valueOf(seconds + 1),
                "tcpKeepAlive", "true",
                "ApplicationName", "postern",
                "logServerErrorDetail", "false",
                "assumeMinServerVersion", "12");
    }

    /**
     * Generic plans: with a partition for each of some ten weeks, planning each statement anew, as PostgreSQL would choose,
     * takes longer than running it. Measured at 16 threads: 8,300 redemptions a second instead of 4,400. Compiling plans
     * never pays here: it takes longer than the longest list.
     */
    @Override
    public String sessionSetup(Duration timeout) {
        long millis = timeout.toMillis();
        return "select set_config('statement_timeout', '" + millis + "', false),"
                + " set_config('idle_in_transaction_session_timeout', '" + 2 * millis + "', false),"
                + " set_config('plan_cache_mode', 'force_generic_plan', false),"
                + " set_config('jit', 'off', false)";
    }

    /**
     * For lists the plan is all: with or without an index for a rare text, in one partition or in a year's. The first list
     * may take longer to be put into SQL than a transaction that changes something may be idle.
     */
    @Override
    public Optional<String> planningOfLists() {
        return Optional.of("select set_config('plan_cache_mode', 'force_custom_plan', true)"
                + " || set_config('idle_in_transaction_session_timeout', '60s', true)");
    }

    @Override
    public Optional<String> unsuitable(Connection connection) throws SQLException {
        Command encoding = Command.of("select current_setting('server_encoding') as encoding");
        return encoding.first(connection, row -> row.text("encoding"))
                .filter(e -> !e.equals("UTF8"))
                .map(e -> "the database must have the encoding UTF8, and not " + e);
    }

    @Override
    public int idleConnections(int pool) {
        return pool;
    }

    @Override
    public boolean oneWriter() {
        return false;
    }

    @Override
    public boolean decide(Database database, Command decisive, List<Insert> then) {
        if (then.isEmpty()) {
            return database.call(decisive::run) > 0;
        }
        StringBuilder sql =
                new StringBuilder("with decided as (").append(decisive.sql()).append(" returning 1)");
        int last = then.size() - 1;
        for (int i = 0; i < last; i++) {
            sql.append(", row")
                    .append(i)
                    .append(" as (")
                    .append(then.get(i).forEachOf("decided"))
                    .append(')');
        }
        sql.append(' ').append(then.get(last).forEachOf("decided"));
        Command all = new Command(sql.toString(), p -> {
            decisive.binding().bind(p);
            for (Insert row : then) {
                row.binding().bind(p);
            }
        });
        return database.call(all::run) > 0;
    }

    @Override
    public <T> List<T> changed(Connection connection, Update update, String columns, Row.Reader<T> reader)
            throws SQLException {
        Command command = update.command();
        return new Command(command.sql() + " returning " + columns, command.binding()).list(connection, reader);
    }

    @Override
    public void holdValues(Connection connection, List<TokenDigest> values) throws SQLException {
        long[] locks = values.stream()
                .mapToLong(v -> ByteBuffer.wrap(v.bytes()).getLong())
                .sorted()
                .toArray();
        for (long lock : locks) {
            hold(connection, lock);
        }
    }

    private static void hold(Connection connection, long lock) throws SQLException {
        Command.of("select pg_advisory_xact_lock(" + lock + ")").list(connection, row -> row);
    }

    /**
     * A table with a partition for each week of one of its columns, from Monday in UTC, and one for all other times.
     *
     * @param ahead how many weeks after this one must be there: for tokens, as long as one can live
     * @param list a column that is asked for with a thousand values at once: the planner compares each of them with each
     *     frequent value it knows, so it is to know few
     */
    private record Partitioned(String table, String column, int ahead, Optional<String> list) {
        private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;

        static LocalDate weekOf(Instant now) {
            return LocalDate.ofInstant(now, ZoneOffset.UTC).with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        }

        String partition(LocalDate week) {
            return table + '_' + DAY.format(week);
        }

        String rest() {
            return table + "_default";
        }

        /** The weeks that have a partition. */
        Set<LocalDate> weeks(Connection connection) throws SQLException {
            Command names = Command.of("select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
                    + " where i.inhparent = '" + table + "'::regclass");
            Set<LocalDate> weeks = new HashSet<>();
            for (String name : names.list(connection, row -> row.text("relname"))) {
                week(name).ifPresent(weeks::add);
            }
            return weeks;
        }

        private Optional<LocalDate> week(String name) {
            String suffix = name.substring(Math.min(name.length(), table.length() + 1));
            return suffix.matches("[0-9]{8}") ? Optional.of(LocalDate.parse(suffix, DAY)) : Optional.empty();
        }

        List<LocalDate> missing(Connection connection, LocalDate thisWeek) throws SQLException {
            Set<LocalDate> there = weeks(connection);
            List<LocalDate> missing = new ArrayList<>();
            for (int i = 0; i <= ahead; i++) {
                if (!there.contains(thisWeek.plusWeeks(i))) {
                    missing.add(thisWeek.plusWeeks(i));
                }
            }
            return missing;
        }

        /** Makes the partition beside the table and takes it in, with the rows that came too early for it. */
        void add(Connection connection, LocalDate week) throws SQLException {
            String from = "'" + week + " 00:00:00+00'";
            String to = "'" + week.plusWeeks(1) + " 00:00:00+00'";
            run(connection, "create table " + partition(week) + " (like " + table + " including all)");
            if (list.isPresent()) {
                String fewStatistics = " alter column " + list.get() + " set statistics 10";
                run(connection, "alter table " + partition(week) + fewStatistics);
            }
            run(
                    connection,
                    "with early as (delete from " + rest() + " where " + column + " >= " + from + " and " + column
                            + " < " + to + " returning *) insert into " + partition(week) + " select * from early");
            run(
                    connection,
                    "alter table " + table + " attach partition " + partition(week) + " for values from (" + from
                            + ") to (" + to + ")");
        }

        /** Drops the partitions whose last row is from before a moment; returns how many rows they had. */
        int dropBefore(Connection connection, Instant before) throws SQLException {
            int rows = 0;
            for (LocalDate week : weeks(connection)) {
                if (!week.plusWeeks(1).atStartOfDay(ZoneOffset.UTC).toInstant().isAfter(before)) {
                    rows += Command.of("select count(*) as n from " + partition(week))
                            .first(connection, row -> row.number("n"))
                            .orElse(0);
                    run(connection, "drop table " + partition(week));
                }
            }
            return rows;
        }

        Command purgeRest(Instant before, int batch) {
            return new Command(
                    "delete from " + rest() + " where ctid in (select ctid from " + rest() + " where " + column
                            + " < ? limit ?)",
                    p -> p.time(before).number(batch));
        }

        private static void run(Connection connection, String sql) throws SQLException {
            Command.of(sql).run(connection);
        }
    }

    @Override
    public boolean hasPlanner() {
        return true;
    }

    /**
     * One look at the period's rows. They are grouped twice: the first time by workers, which cannot group by sets; the
     * second keeps buckets times administrators from going over the wire. The offset hides what buckets are made of: the
     * planner would take each moment for a group of its own, and have all rows brought to one process. Written as a
     * number it would keep the workers out.
     */
    @Override
    public <T> List<T> counted(Database database, AuditPeriod period, Row.Reader<T> reader) {
        Command counts = counts(period);
        return database.transaction(connection -> {
            Command.of(BY_HASH).list(connection, row -> row);
            return counts.list(connection, reader);
        });
    }

    private static Command counts(AuditPeriod period) {
        String row = StoredEvent.counted("width_bucket(happened_at, ?) - 1") + " offset '0'";
        return new Command(
                "select event, bucket, session_type, administrator, detail, cast(sum(times) as bigint) as times from ("
                        + "select event, bucket, session_type, administrator, detail, sum(times) as times from (" + row
                        + ") as row_of_trail group by event, bucket, session_type, administrator, detail) as alike"
                        + " group by grouping sets"
                        + " ((event, bucket), (event, session_type), (event, administrator), (event, detail))",
                p -> StoredEvent.ofPeriod(period, p.times(period.edges())));
    }

    @Override
    public void preparePartitions(Database database, Instant now) {
        LocalDate thisWeek = Partitioned.weekOf(now);
        if (thisWeek.equals(prepared)) {
            return;
        }
        for (Partitioned partitioned : List.of(TOKENS, AUDIT)) {
            if (!database.call(c -> partitioned.missing(c, thisWeek)).isEmpty()) {
                database.transaction(c -> prepare(c, partitioned, thisWeek));
            }
        }
        prepared = thisWeek;
    }

    private static int prepare(Connection connection, Partitioned partitioned, LocalDate thisWeek) throws SQLException {
        Partitioned.run(connection, BRIEFLY);
        hold(connection, PARTITIONS_LOCK);
        List<LocalDate> missing = partitioned.missing(connection, thisWeek);
        if (!missing.isEmpty()) {
            // No row may come into the default partition between moving those of a week and giving it its own.
            Partitioned.run(connection, "lock table " + partitioned.rest() + " in access exclusive mode");
        }
        for (LocalDate week : missing) {
            partitioned.add(connection, week);
        }
        return missing.size();
    }

    @Override
    public int purgeTokens(Database database, Instant before, int batch) {
        return purge(database, TOKENS, before, batch);
    }

    @Override
    public int purgeAudit(Database database, Instant before, int batch) {
        return purge(database, AUDIT, before, batch);
    }

    private static int purge(Database database, Partitioned partitioned, Instant before, int batch) {
        int dropped = database.transaction(connection -> {
            Partitioned.run(connection, BRIEFLY);
            hold(connection, PARTITIONS_LOCK);
            return partitioned.dropBefore(connection, before);
        });
        return dropped + database.call(partitioned.purgeRest(before, batch)::run);
    }
}
