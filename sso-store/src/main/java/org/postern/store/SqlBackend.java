package org.postern.store;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.postern.core.TokenKeys;
import org.postern.core.UnavailableException;
import org.postern.core.settings.SettingsException;
import org.postern.core.spi.AuditCheck;
import org.postern.core.spi.Backend;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.TokenStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@link SqlBackendProvider} opens. Thread-safe. */
final class SqlBackend implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(SqlBackend.class);

    private final Database database;
    private final Listings listings;
    private final Supplier<Optional<List<byte[]>>> keySource;
    private final TokenKeys keys;
    private final AuditSeals seals;
    private final TokenStore tokens;
    private final MailDirectory directory;

    SqlBackend(
            Database database,
            Passwords passwords,
            TokenKeys keys,
            Supplier<Optional<List<byte[]>>> keySource,
            AuditSeals seals) {
        this.database = database;
        this.seals = seals;
        this.listings = new Listings(database);
        this.keySource = keySource;
        this.keys = keys;
        this.tokens = new SqlTokenStore(database, listings, seals);
        this.directory = new SqlMailDirectory(database, listings, passwords);
    }

    @Override
    public TokenStore tokens() {
        return tokens;
    }

    @Override
    public MailDirectory directory() {
        return directory;
    }

    @Override
    public TokenKeys keys() {
        return keys;
    }

    @Override
    public void refreshKeys() {
        try {
            // Never a new key in place of a file that is gone: what is in memory is all that is left of it.
            keySource.get().ifPresentOrElse(this::use, () -> LOG.warn("The keys stay: their file is gone"));
        } catch (SettingsException | UnavailableException e) {
            LOG.warn("The keys stay: {}", e.getMessage());
        }
    }

    private void use(List<byte[]> newestFirst) {
        keys.replace(newestFirst);
        seals.use(newestFirst.get(0));
    }

    @Override
    public void sealAudit() {
        seals.seal();
    }

    @Override
    public Optional<AuditCheck> checkAudit(Collection<String> heads) {
        return Optional.of(seals.check(heads));
    }

    @Override
    public void ping() {
        database.call(connection -> Command.of("select 1").first(connection, row -> row));
    }

    Database database() {
        return database;
    }

    Listings listings() {
        return listings;
    }

    @Override
    public void close() {
        seals.close();
        database.close();
        listings.close();
    }
}
