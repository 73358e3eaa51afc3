package org.postern.store;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.MailDirectoryContract;

class H2MailDirectoryTest extends MailDirectoryContract {
    @TempDir
    static Path folder;

    private static SqlBackend backend;

    @BeforeAll
    static void openBackend() {
        backend = new SqlBackendProvider().openSql(TestSettings.h2(folder, "sso.demo", "true"));
    }

    @AfterAll
    static void closeBackend() {
        backend.close();
    }

    @Override
    protected MailDirectory directory() {
        return backend.directory();
    }
}
