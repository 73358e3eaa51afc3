package org.postern.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.AuditEvent;
import org.postern.core.LoginToken;
import org.postern.core.SessionType;
import org.postern.core.settings.Settings;

/** Contract, section 3: single use is exact, over any number of threads and nodes. */
class SingleUseTest {
    private static final int THREADS = 64;
    private static final int ROUNDS = 200;

    @TempDir
    Path folder;

    @Test
    void redeem_64AtOnceOnH2_oneSucceeds() throws Exception {
        try (SqlBackend node = new SqlBackendProvider().openSql(TestSettings.h2(folder))) {
            race(List.of(node));
        }
    }

    @Test
    void redeem_64AtOnceOnTwoNodesOfPostgreSql_oneSucceeds() throws Exception {
        Settings settings = TestSettings.postgres(TestPostgres.newDatabase(), folder);
        try (SqlBackend first = new SqlBackendProvider().openSql(settings);
                SqlBackend second = new SqlBackendProvider().openSql(settings)) {
            race(List.of(first, second));
        }
    }

    private static void race(List<SqlBackend> nodes) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        CyclicBarrier start = new CyclicBarrier(THREADS);
        Samples samples = Samples.fresh();
        try {
            for (int round = 0; round < ROUNDS; round++) {
                LoginToken token = samples.issue(nodes.get(0), SessionType.SSO, "secret " + round);
                List<Future<Boolean>> calls = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    SqlBackend node = nodes.get(i % nodes.size());
                    calls.add(threads.submit(() -> {
                        start.await(30, TimeUnit.SECONDS);
                        return samples.redeem(node, token);
                    }));
                }
                List<Boolean> redeemed = new ArrayList<>();
                for (Future<Boolean> call : calls) {
                    redeemed.add(call.get(60, TimeUnit.SECONDS));
                }
                assertThat(Collections.frequency(redeemed, true)).isOne();
                assertThat(samples.count(nodes.get(0), AuditEvent.Type.REDEEMED))
                        .isEqualTo(round + 1);
                assertThat(nodes.get(0).tokens().token(token.id()).orElseThrow().uses())
                        .isOne();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
