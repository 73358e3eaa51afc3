package org.postern.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.AuditEvent;
import org.postern.core.LoginToken;
import org.postern.core.SessionType;
import org.postern.core.settings.SettingsException;

/** Contract, section 3: the embedded default's keys, readable by their owner only, and their rotation. */
class KeyFileTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final int THREADS = 8;

    @TempDir
    Path temp;

    private Path folder() {
        return temp.resolve("deep").resolve("data");
    }

    private KeyFile at(Instant now) {
        return new KeyFile(folder(), Clock.fixed(now, ZoneOffset.UTC));
    }

    private Path file() {
        return folder().resolve("token.keys");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void keys_firstTime_makesFolderAndFileForTheOwnerOnly() throws Exception {
        List<byte[]> keys = at(NOW).keys();
        assertThat(keys).hasSize(1);
        assertThat(keys.get(0)).hasSize(32);
        assertThat(permissions(folder())).isEqualTo("rwx------");
        try (var files = Files.list(folder())) {
            assertThat(files)
                    .isNotEmpty()
                    .allSatisfy(f -> assertThat(permissions(f)).isEqualTo("rw-------"));
        }
    }

    @Test
    void keys_again_areTheSame() {
        assertThat(at(NOW).keys().get(0))
                .isEqualTo(at(NOW.plusSeconds(9)).keys().get(0));
    }

    @Test
    void keys_ofTwoFolders_differ() {
        KeyFile other = new KeyFile(temp.resolve("other"), Clock.systemUTC());
        assertThat(at(NOW).keys().get(0)).isNotEqualTo(other.keys().get(0));
    }

    @Test
    void keys_firstTimeByManyAtOnce_areOne() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        CyclicBarrier start = new CyclicBarrier(THREADS);
        try {
            List<Future<byte[]>> asked = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                asked.add(threads.submit(() -> {
                    start.await();
                    return at(NOW).keys().get(0);
                }));
            }
            byte[] kept = asked.get(0).get();
            for (Future<byte[]> one : asked) {
                assertThat(one.get()).isEqualTo(kept);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Where root runs the command, the service that runs as another user still reads its keys. */
    @Test
    void rotate_leavesTheFileToItsOwner() throws IOException {
        at(NOW).keys();
        Path file = file();
        try {
            UserPrincipal another =
                    file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
            Files.setOwner(file, another);
        } catch (FileSystemException notRoot) {
            assertThat(Files.getOwner(file).getName()).isEqualTo(System.getProperty("user.name"));
        }
        UserPrincipal owner = Files.getOwner(file);

        at(NOW).rotate();

        assertThat(Files.getOwner(file)).isEqualTo(owner);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void rotate_byManyAtOnce_losesNone() throws Exception {
        at(NOW).keys();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        CyclicBarrier start = new CyclicBarrier(THREADS);
        try {
            List<Future<Integer>> asked = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                asked.add(threads.submit(() -> {
                    start.await();
                    return at(NOW).rotate();
                }));
            }
            for (Future<Integer> one : asked) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(at(NOW).keys()).hasSize(THREADS + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw-rw-", "rw--w----", "rwx--x---"})
    void keys_openToOthers_areRefused(String permissions) throws Exception {
        at(NOW).keys();
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(permissions));
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> at(NOW).keys())
                .withMessageStartingWith("sso.data: the key file " + file() + " is open to others: chmod 600 it");
        assertThatExceptionOfType(SettingsException.class).isThrownBy(() -> at(NOW).rotate());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n# nothing\n",
                "x",
                "2026-11-24T12:00:00Z",
                "2026-11-24T12:00:00Z AAAA",
                "2026-11-24T12:00:00Z ????????????????????????????????????????????",
                "yesterday AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
            })
    void keys_malformed_areRefusedAndNeverReplaced(String text) throws Exception {
        at(NOW).keys();
        Files.writeString(file(), text);
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> at(NOW).keys())
                .withMessageContaining(file().toString())
                .satisfies(
                        e -> assertThat(e.getMessage()).doesNotContain("AAAA").doesNotContain("\n"));
        assertThatExceptionOfType(SettingsException.class).isThrownBy(() -> at(NOW).rotate());
        assertThat(file()).hasContent(text);
    }

    @Test
    void rotate_putsANewKeyInFront_andKeepsTheOldOnesForAsLongAsTokensLive() throws Exception {
        byte[] first = at(NOW).keys().get(0);
        Instant second = NOW.plus(Duration.ofDays(100));
        assertThat(at(second).rotate()).isEqualTo(2);
        assertThat(at(second).keys().get(1)).isEqualTo(first);
        assertThat(permissions(file())).isEqualTo("rw-------");

        // The first key made tokens until the second one came: 31 days later the last of them is gone.
        assertThat(at(second.plus(Duration.ofDays(31))).rotate()).isEqualTo(3);
        assertThat(at(second).keys().get(2)).isEqualTo(first);
        assertThat(at(second.plus(Duration.ofDays(33))).rotate()).isEqualTo(3);
        KeyFile later = at(second.plus(Duration.ofDays(33)));
        assertThat(later.keys()).hasSize(3).noneSatisfy(key -> assertThat(key).isEqualTo(first));
        assertThat(at(second.plus(Duration.ofDays(400))).keys()).hasSize(1);
        // The audit trail that was chained under it is still there.
        assertThat(later.everyKey()).hasSize(4).last().isEqualTo(first);
    }

    @Test
    void rotate_underARunningBackend_oldTokensWorkAndNewOnesUseTheNewKey() {
        Samples samples = Samples.fresh();
        try (SqlBackend backend = new SqlBackendProvider().openSql(TestSettings.h2(folder()))) {
            LoginToken old = samples.issue(backend, SessionType.SSO, "old secret");
            new KeyFile(folder(), Clock.systemUTC()).rotate();
            backend.refreshKeys();
            assertThat(samples.value(backend, "old secret")).hasSize(2);
            assertThat(backend.tokens().find(samples.value(backend, "old secret"), Samples.NOW))
                    .contains(old);
            assertThat(samples.redeem(backend, old)).isTrue();

            LoginToken young = samples.issue(backend, SessionType.SSO, "new secret");
            assertThat(backend.tokens()
                            .find(samples.value(backend, "new secret").subList(0, 1), Samples.NOW))
                    .contains(young);
            assertThat(samples.count(backend, AuditEvent.Type.REDEEMED)).isOne();
        }
    }

    @Test
    void refreshKeys_brokenFile_keepsTheKeys() throws Exception {
        Samples samples = Samples.fresh();
        try (SqlBackend backend = new SqlBackendProvider().openSql(TestSettings.h2(folder()))) {
            LoginToken token = samples.issue(backend, SessionType.SSO, "secret");
            Files.writeString(file(), "rubbish");
            backend.refreshKeys();
            assertThat(backend.tokens().find(samples.value(backend, "secret"), Samples.NOW))
                    .contains(token);
        }
    }

    @Test
    void refreshKeys_fileGone_keepsTheKeysAndMakesNone() throws Exception {
        Samples samples = Samples.fresh();
        try (SqlBackend backend = new SqlBackendProvider().openSql(TestSettings.h2(folder()))) {
            LoginToken token = samples.issue(backend, SessionType.SSO, "secret");
            Files.delete(file());
            backend.refreshKeys();
            assertThat(file()).doesNotExist();
            assertThat(backend.tokens().find(samples.value(backend, "secret"), Samples.NOW))
                    .contains(token);
        }
    }

    @Test
    void open_keysInTheSettings_makesNoFile() throws Exception {
        String keys = "dGhlIGZpcnN0IGtleSBoYXMgMzIgYnl0ZXMgb3Igc28=,dGhlIHNlY29uZCBrZXkgaGFzIDMyIGJ5dGVzIGFsc28=";
        try (SqlBackend backend = new SqlBackendProvider().openSql(TestSettings.h2(folder(), "sso.keys", keys))) {
            assertThat(Samples.fresh().value(backend, "secret")).hasSize(2);
            backend.refreshKeys();
            assertThat(Samples.fresh().value(backend, "secret")).hasSize(2);
        }
        assertThat(file()).doesNotExist();
    }

    @Test
    void open_keyFileOpenToOthers_isRefusedBeforeTheDatabaseIsTouched() throws Exception {
        at(NOW).keys();
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> new SqlBackendProvider().open(TestSettings.h2(folder())));
        assertThat(folder().resolve("postern.mv.db")).doesNotExist();
    }
}
