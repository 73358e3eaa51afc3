package org.postern.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.SQLExceptionOverride;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Setting;
import org.postern.core.settings.SettingsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool of connections, and the one place where an {@link SQLException} becomes an {@link UnavailableException}.
 * Thread-safe.
 */
final class Database implements AutoCloseable {
    /** What is done on a connection. */
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Where a database is and how it is used. */
    record Access(String url, String user, Secret password, int pool, Duration timeout) {}

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final int TRIES = 4;

    private final HikariDataSource pool;
    private final Dialect dialect;
    private final Lock writer = new ReentrantLock();
    private final AtomicBoolean trying = new AtomicBoolean();
    private volatile boolean waitedInVain;
    private volatile boolean closing;

    private Database(HikariDataSource pool, Dialect dialect) {
        this.pool = pool;
        this.dialect = dialect;
    }

    /**
     * Opens the pool and its first connection.
     *
     * @throws UnavailableException where that cannot be had, a little after the timeout at the latest
     */
    static Database open(Access access) {
        Dialect dialect = Dialect.of(access.url());
        HikariConfig config = new HikariConfig();
        config.setPoolName("postern-store");
        config.setDriverClassName(dialect.driver());
        config.setJdbcUrl(dialect.url(access));
        config.setUsername(access.user());
        config.setPassword(access.password().reveal());
        config.setMaximumPoolSize(access.pool());
        config.setMinimumIdle(dialect.idleConnections(access.pool()));
        config.setConnectionTimeout(access.timeout().toMillis());
        config.setValidationTimeout(Math.max(250, access.timeout().toMillis() / 2));
        config.setInitializationFailTimeout(1);
        config.setExceptionOverride(new Eviction());
        // The statements are written for this level; a server may have another default.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setConnectionInitSql(dialect.sessionSetup(access.timeout()));
        // What is not accepted is said by the driver alone, and as a RuntimeException by the pool.
        if (!dialect.accepts(config.getJdbcUrl())) {
            throw new SettingsException(Setting.DATABASE_URL.key(), "is no URL that the database's driver takes");
        }
        dialect.driverProperties(access.timeout()).forEach(config::addDataSourceProperty);
        try {
            return new Database(new HikariDataSource(config), dialect);
        } catch (HikariPool.PoolInitializationException e) {
            throw e.getCause() instanceof SQLException sql
                    ? Faults.of(sql)
                    : new UnavailableException("the database cannot be opened", e);
        }
    }

    DataSource dataSource() {
        return pool;
    }

    /** How long a caller waits for the database. */
    Duration patience() {
        return Duration.ofMillis(pool.getConnectionTimeout());
    }

    Dialect dialect() {
        return dialect;
    }

    /** Changes something by one statement. */
    <T> T write(Work<T> work) {
        return alone(() -> call(work));
    }

    /** Only reads, or changes something by one statement in a database that takes many writers. */
    <T> T call(Work<T> work) {
        return tries(() -> {
            try (Connection connection = connection()) {
                return work.on(connection);
            }
        });
    }

    /** Does all of it or nothing. May be run again after a collision with others, so it must have no other effect. */
    <T> T transaction(Work<T> work) {
        return alone(() -> tries(() -> {
            try (Connection connection = connection()) {
                connection.setAutoCommit(false);
                boolean done = false;
                try {
                    T result = work.on(connection);
                    connection.commit();
                    done = true;
                    return result;
                } finally {
                    if (!done) {
                        rollBack(connection);
                    }
                }
            }
        }));
    }

    private <T> T alone(Supplier<T> work) {
        if (!dialect.oneWriter()) {
            return work.get();
        }
        try {
            if (!writer.tryLock(pool.getConnectionTimeout(), TimeUnit.MILLISECONDS)) {
                throw new UnavailableException("the database is busy");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("the work was stopped", stopping);
        }
        try {
            return work.get();
        } finally {
            writer.unlock();
        }
    }

    /**
     * While the database is down, one caller at a time waits for it and all others are told so at once: else the threads
     * of the server, each waiting for the timeout, would be missing for everything that needs no database.
     */
    private Connection connection() throws SQLException {
        if (closing) {
            throw new UnavailableException("the store is closed");
        }
        if (!isDown()) {
            return waitForConnection();
        }
        if (!trying.compareAndSet(false, true)) {
            throw new UnavailableException("the database cannot be reached");
        }
        try {
            return waitForConnection();
        } finally {
            trying.set(false);
        }
    }

    private boolean isDown() {
        return waitedInVain && pool.getHikariPoolMXBean().getTotalConnections() == 0;
    }

    private Connection waitForConnection() throws SQLException {
        try {
            Connection connection = pool.getConnection();
            waitedInVain = false;
            return connection;
        } catch (SQLTransientConnectionException e) {
            waitedInVain = true;
            throw e;
        }
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException lost) {
            // The connection is gone and the transaction with it; the first exception is the one that counts.
        }
    }

    /** Which connections the pool gives up, beside those that it knows to be broken. */
    private static final class Eviction implements SQLExceptionOverride {
        @java.lang.Override
        public SQLExceptionOverride.Override adjudicate(SQLException e) {
            return Faults.isClosedDatabase(e)
                    ? SQLExceptionOverride.Override.MUST_EVICT
                    : SQLExceptionOverride.Override.CONTINUE_EVICT;
        }
    }

    private interface Attempt<T> {
        T make() throws SQLException;
    }

    private static <T> T tries(Attempt<T> attempt) {
        for (int left = TRIES - 1; ; left--) {
            try {
                return attempt.make();
            } catch (SQLException e) {
                if (left == 0 || !Faults.isCollision(e)) {
                    throw Faults.of(e);
                }
            }
        }
    }

    /** Takes no more work and waits for what runs; the pool itself would cut it off. No longer than the timeout. */
    @Override
    public void close() {
        closing = true;
        long deadline = System.nanoTime() + pool.getConnectionTimeout() * 1_000_000;
        HikariPoolMXBean state = pool.getHikariPoolMXBean();
        try {
            while (state != null && state.getActiveConnections() > 0 && System.nanoTime() < deadline) {
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pool.close();
        forgetDrivers();
    }

    /** The JVM's list of drivers would hold a web application's class loader for ever. The pool needs no list. */
    private static void forgetDrivers() {
        ClassLoader own = Database.class.getClassLoader();
        if (own == ClassLoader.getSystemClassLoader()) {
            return;
        }
        for (Driver driver : DriverManager.drivers().toList()) {
            if (driver.getClass().getClassLoader() == own) {
                try {
                    DriverManager.deregisterDriver(driver);
                } catch (SQLException e) {
                    LOG.warn(
                            "The driver {} stays in the JVM's list",
                            driver.getClass().getName(),
                            e);
                }
            }
        }
    }
}
