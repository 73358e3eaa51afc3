package org.postern.store;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.spi.TokenStore;
import org.postern.core.spi.TokenStoreContract;

class H2TokenStoreTest extends TokenStoreContract {
    @TempDir
    static Path folder;

    private static SqlBackend backend;

    @BeforeAll
    static void openBackend() {
        backend = new SqlBackendProvider().openSql(TestSettings.h2(folder));
    }

    @AfterAll
    static void closeBackend() {
        backend.close();
    }

    @Override
    protected TokenStore store() {
        return backend.tokens();
    }
}
