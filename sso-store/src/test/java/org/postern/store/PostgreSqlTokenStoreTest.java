package org.postern.store;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.settings.Settings;
import org.postern.core.spi.TokenStore;
import org.postern.core.spi.TokenStoreContract;

/** Two nodes on one database. */
class PostgreSqlTokenStoreTest extends TokenStoreContract {
    @TempDir
    static Path folder;

    private static SqlBackend first;
    private static SqlBackend second;

    @BeforeAll
    static void openBackends() {
        Settings settings = TestSettings.postgres(TestPostgres.newDatabase(), folder);
        first = new SqlBackendProvider().openSql(settings);
        second = new SqlBackendProvider().openSql(settings);
    }

    @AfterAll
    static void closeBackends() {
        first.close();
        second.close();
    }

    @Override
    protected TokenStore store() {
        return first.tokens();
    }

    @Override
    protected TokenStore otherNode() {
        return second.tokens();
    }
}
