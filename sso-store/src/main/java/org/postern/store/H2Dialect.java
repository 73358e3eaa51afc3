package org.postern.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.postern.core.TokenDigest;
import org.postern.core.spi.AuditPeriod;

/** H2, embedded. */
final class H2Dialect implements Dialect {
    private static final int LOCK_SLOTS = 64;

    @Override
    public String migrations() {
        return "db/h2";
    }

    @Override
    public String productName() {
        return "H2";
    }

    @Override
    public int[] leastVersion() {
        return new int[] {2, 4};
    }

    /**
     * {@code WRITE_DELAY=0}: a commit is in the file before it is answered. Without it a killed process loses what was
     * answered in its last half second. {@code TRACE_LEVEL_FILE=0}: its faults are told by whoever met them, not in a
     * file beside the database.
     */
    @Override
    public String url(Database.Access access) {
        String url = access.url();
        long timeout = access.timeout().toMillis();
        for (String option : List.of(
                "WRITE_DELAY=0",
                "DB_CLOSE_ON_EXIT=FALSE",
                "LOCK_TIMEOUT=" + timeout,
                "QUERY_CACHE_SIZE=64",
                "TRACE_LEVEL_FILE=0")) {
            String name = option.substring(0, option.indexOf('=') + 1);
            if (!url.toUpperCase(Locale.ROOT).contains(";" + name)) {
                url = url + ';' + option;
            }
        }
        return url;
    }

    @Override
    public String driver() {
        return "org.h2.Driver";
    }

    @Override
    public boolean accepts(String url) {
        return true;
    }

    @Override
    public Map<String, String> driverProperties(Duration timeout) {
        return Map.of();
    }

    @Override
    public String sessionSetup(Duration timeout) {
        return "set query_timeout " + timeout.toMillis();
    }

    @Override
    public Optional<String> planningOfLists() {
        return Optional.empty();
    }

    @Override
    public Optional<String> unsuitable(Connection connection) {
        return Optional.empty();
    }

    @Override
    public int idleConnections(int pool) {
        return 1;
    }

    /**
     * What a commit writes to the file holds what other transactions have changed by then; what would undo that may come
     * with the next commit only, so a process killed in between would keep a half of something.
     */
    @Override
    public boolean oneWriter() {
        return true;
    }

    @Override
    public boolean decide(Database database, Command decisive, List<Insert> then) {
        return database.transaction(connection -> {
            if (decisive.run(connection) == 0) {
                return false;
            }
            for (Insert row : then) {
                row.command().run(connection);
            }
            return true;
        });
    }

    /**
     * Locks the rows first. {@code select … from final table (update …)} would do it in one statement, but of several
     * at once for one row, found by a secondary index, H2 2.4.240 lets more than one have it.
     */
    @Override
    public <T> List<T> changed(Connection connection, Update update, String columns, Row.Reader<T> reader)
            throws SQLException {
        Command lock = new Command(
                "select " + columns + " from " + update.table() + " where "
                        + update.where().sql() + " for update",
                update.where().binding());
        List<T> rows = lock.list(connection, reader);
        if (!rows.isEmpty() && update.command().run(connection) != rows.size()) {
            throw new SQLException("more rows came meanwhile", Faults.COLLISION);
        }
        return rows;
    }

    @Override
    public void holdValues(Connection connection, List<TokenDigest> values) throws SQLException {
        String slots = values.stream()
                .map(v -> Math.floorMod(v.hashCode(), LOCK_SLOTS))
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        String sql = "select slot from chosen_value_lock where slot in (" + slots + ") order by slot for update";
        Command.of(sql).list(connection, row -> row.number("slot"));
    }

    @Override
    public boolean hasPlanner() {
        return false;
    }

    /** Each group in all that it has: some thousands for a month, which is no trip over the wire. */
    @Override
    public <T> List<T> counted(Database database, AuditPeriod period, Row.Reader<T> reader) {
        List<Instant> ends = period.edges().subList(1, period.edges().size());
        StringBuilder bucket = new StringBuilder("case");
        for (int i = 0; i < ends.size(); i++) {
            bucket.append(" when happened_at < ? then ").append(i);
        }
        Command counts = new Command(
                "select event, bucket, session_type, administrator, detail, sum(times) as times from ("
                        + StoredEvent.counted(bucket.append(" end").toString())
                        + ") as row_of_trail group by event, bucket, session_type, administrator, detail",
                p -> {
                    for (Instant end : ends) {
                        p.time(end);
                    }
                    StoredEvent.ofPeriod(period, p);
                });
        return database.call(connection -> counts.list(connection, reader));
    }

    @Override
    public void preparePartitions(Database database, Instant now) {}

    @Override
    public int purgeTokens(Database database, Instant before, int batch) {
        return purge(database, "login_token where expires_at < ?", before, batch);
    }

    @Override
    public int purgeAudit(Database database, Instant before, int batch) {
        return purge(database, "audit_event where happened_at < ?", before, batch);
    }

    private static int purge(Database database, String rows, Instant before, int batch) {
        return database.write(new Command(
                "delete from " + rows + " limit ?", p -> p.time(before).number(batch))::run);
    }
}
