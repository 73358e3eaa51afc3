package org.postern.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.postern.core.TokenKeys;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Setting;
import org.postern.core.settings.Settings;
import org.postern.core.spi.Backend;
import org.postern.core.spi.BackendProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the backend on H2 in the data folder, or on the database that {@code sso.database.url} names, brings its schema
 * up to date, and reads the keys. Found by {@link java.util.ServiceLoader}. Thread-safe.
 */
public final class SqlBackendProvider implements BackendProvider {
    private static final Logger LOG = LoggerFactory.getLogger(SqlBackendProvider.class);
    private static final Duration PASSWORD_PATIENCE = Duration.ofSeconds(2);

    private final Clock clock;

    public SqlBackendProvider() {
        this(Clock.systemUTC());
    }

    /** @param clock dates new keys and the first partitions; all other times come with the calls */
    SqlBackendProvider(Clock clock) {
        this.clock = clock;
    }

    /**
     * @throws org.postern.core.settings.SettingsException where the data folder or its key file cannot be used as it is
     */
    @Override
    public Backend open(Settings settings) {
        String url = settings.database().url();
        try {
            return openSql(settings);
        } catch (UnavailableException fault) {
            throw url.isEmpty()
                    ? fault
                    : new UnavailableException(
                            Setting.DATABASE_URL.key() + ", "
                                    + settings.database().place() + ": " + fault.getMessage(),
                            fault);
        }
    }

    /** Whether these settings may name a store that is there: not, where they name a folder that has nothing of one. */
    public static boolean mayBeThere(Settings.Database settings) {
        Path folder = Path.of(settings.data());
        return !settings.url().isEmpty()
                || !settings.keys().isEmpty()
                || Files.exists(folder.resolve(KeyFile.NAME))
                || Files.exists(folder.resolve(DataFolder.DATABASE + ".mv.db"));
    }

    @Override
    public boolean standsBack() {
        return true;
    }

    SqlBackend openSql(Settings settings) {
        Settings.Database wanted = settings.database();
        KeyFile file = new KeyFile(Path.of(wanted.data()), clock);
        boolean inFile = wanted.keys().isEmpty();
        boolean newKeys = inFile && file.existing().isEmpty();
        // Before the database: a key file that must not be used is no reason to touch it.
        List<byte[]> newestFirst = inFile ? file.keys() : wanted.keys();
        TokenKeys keys = new TokenKeys(newestFirst);
        if (inFile && !wanted.url().isEmpty()) {
            LOG.warn(
                    "The token keys are this node's own: tokens that it issues are refused by any other node. With more"
                            + " than one, give all the same {}",
                    Setting.KEYS.key());
        }
        Database.Access access = access(wanted);
        Database database = Database.open(access);
        boolean opened = false;
        try {
            if (Migrations.run(database, access)) {
                LOG.info("The database has the newest schema now");
            }
            preparePartitions(database);
            if (newKeys && holdsTokens(database)) {
                LOG.error(
                        "There was no key file, though the database holds live tokens: with the new keys none of them"
                                + " works. Stop, and put {} of the data folder back",
                        KeyFile.NAME);
            }
            Passwords.Cost cost = settings.demo().on() ? Passwords.Cost.DEMO : Passwords.Cost.FULL;
            int cores = Runtime.getRuntime().availableProcessors();
            SqlBackend backend = new SqlBackend(
                    database,
                    new Passwords(cost, cores, PASSWORD_PATIENCE),
                    keys,
                    inFile ? file::existing : () -> Optional.of(wanted.keys()),
                    new AuditSeals(
                            database,
                            newestFirst.get(0),
                            inFile ? file::everyKey : wanted::keys,
                            new TrailHeads(new DataFolder(Path.of(wanted.data()))),
                            clock));
            opened = true;
            return backend;
        } finally {
            if (!opened) {
                database.close();
            }
        }
    }

    private boolean holdsTokens(Database database) {
        Command live = new Command(
                "select id from login_token where expires_at > ? and revoked_at is null limit 1",
                p -> p.time(clock.instant()));
        return !database.call(c -> live.list(c, row -> row.id("id"))).isEmpty();
    }

    private static Database.Access access(Settings.Database wanted) {
        return wanted.url().isEmpty()
                ? new Database.Access(
                        new DataFolder(Path.of(wanted.data())).make().databaseUrl(),
                        wanted.user(),
                        wanted.password(),
                        wanted.pool(),
                        wanted.timeout())
                : new Database.Access(wanted.url(), wanted.user(), wanted.password(), wanted.pool(), wanted.timeout());
    }

    private void preparePartitions(Database database) {
        try {
            database.dialect().preparePartitions(database, clock.instant());
        } catch (UnavailableException e) {
            LOG.warn("The partitions of the coming weeks are not there yet: {}", e.getMessage());
        }
    }
}
