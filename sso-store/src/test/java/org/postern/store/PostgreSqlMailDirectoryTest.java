package org.postern.store;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.settings.Settings;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.MailDirectoryContract;

/** Two nodes on one database. */
class PostgreSqlMailDirectoryTest extends MailDirectoryContract {
    @TempDir
    static Path folder;

    private static SqlBackend first;
    private static SqlBackend second;

    @BeforeAll
    static void openBackends() {
        Settings settings = TestSettings.postgres(TestPostgres.newDatabase(), folder, "sso.demo", "true");
        first = new SqlBackendProvider().openSql(settings);
        second = new SqlBackendProvider().openSql(settings);
    }

    @AfterAll
    static void closeBackends() {
        first.close();
        second.close();
    }

    @Override
    protected MailDirectory directory() {
        return first.directory();
    }

    @Override
    protected MailDirectory otherNode() {
        return second.directory();
    }
}
