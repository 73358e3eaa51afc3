package org.postern.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.core.TokenDigest;
import org.postern.core.spi.AuditPeriod;

/** Where the two databases differ. Thread-safe. */
sealed interface Dialect permits H2Dialect, PostgreSqlDialect {
    static Dialect of(String url) {
        return url.startsWith("jdbc:postgresql:") ? new PostgreSqlDialect() : new H2Dialect();
    }

    /** The folder of migrations on the class path. */
    String migrations();

    /** The database's name for itself. */
    String productName();

    /** The oldest version whose SQL may be used: major and minor number. */
    int[] leastVersion();

    /** The URL with what the product's promises need. */
    String url(Database.Access access);

    /** The driver's class. The list of drivers that the JVM keeps is one for all web applications, and often too old. */
    String driver();

    /** Whether the driver can make anything of a URL. */
    boolean accepts(String url);

    Map<String, String> driverProperties(Duration timeout);

    /** What a new connection is told. */
    String sessionSetup(Duration timeout);

    /** What a transaction that only reads a list is told first, if anything: it asks for one text. */
    Optional<String> planningOfLists();

    /** Why a database cannot be used at all, if it cannot: looked at before the schema is made. */
    Optional<String> unsuitable(Connection connection) throws SQLException;

    int idleConnections(int pool);

    /** Whether nobody may change anything while somebody else does. */
    boolean oneWriter();

    /**
     * Runs a statement and, where it touched a row, writes these rows; all in one transaction.
     *
     * @return whether it touched a row
     */
    boolean decide(Database database, Command decisive, List<Insert> then);

    /**
     * Changes rows and returns columns of just those that this call changed. To be used in a transaction.
     *
     * @param columns none that the change assigns
     */
    <T> List<T> changed(Connection connection, Update update, String columns, Row.Reader<T> reader) throws SQLException;

    /** Keeps others that want to keep one of these values waiting until the transaction ends. */
    void holdValues(Connection connection, List<TokenDigest> values) throws SQLException;

    /** Whether arrays can be read as tables, and the plan for them goes by what the tables hold. */
    boolean hasPlanner();

    /**
     * The rows of a period that counts are made of, grouped: event, bucket from 0, session type, administrator, detail and
     * how many they stand for. What a group's rows differ in is null, and in another group.
     */
    <T> List<T> counted(Database database, AuditPeriod period, Row.Reader<T> reader);

    /** Makes room for the weeks to come, where the database wants that. Does no harm when called often. */
    void preparePartitions(Database database, Instant now);

    /** Removes tokens that expired before a moment, {@code batch} at most unless whole partitions go; returns how many. */
    int purgeTokens(Database database, Instant before, int batch);

    /** Removes audit rows from before a moment, likewise. */
    int purgeAudit(Database database, Instant before, int batch);
}
