package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Single use is exact, over any number of threads and nodes (contract, section 3). */
class SingleUseIT {
    private static final int CLIENTS = 64;
    private static final int ROUNDS = 200;
    private static final String MAILBOX = "alice@acme.example";

    @Test
    void manyAtOnce_onH2_exactlyOneSucceeds(@TempDir Path data) throws Exception {
        try (RunningPostern postern = RunningPostern.demo().data(data).start()) {
            race(List.of(postern));
            assertThat(postern.stop().exitCode()).isZero();
        }
        try (RunningPostern again = RunningPostern.demo().data(data).start()) {
            trailAgrees(HelpDesk.demo(again.port()));
        }
    }

    @Test
    void manyAtOnce_overTwoNodesOnPostgreSql_exactlyOneSucceeds(@TempDir Path data) throws Exception {
        try (PostgreSql database = new PostgreSql(data)) {
            database.create("postern");
            try (RunningPostern one =
                            database.node(RunningPostern.demo(), "postern").start();
                    RunningPostern other =
                            database.node(RunningPostern.demo(), "postern").start()) {
                race(List.of(one, other));
                assertThat(one.stop().exitCode()).isZero();
                assertThat(other.stop().exitCode()).isZero();
            }
            try (RunningPostern again =
                    database.node(RunningPostern.demo(), "postern").start()) {
                trailAgrees(HelpDesk.demo(again.port()));
            }
        }
    }

    private static void race(List<RunningPostern> nodes) throws Exception {
        List<Wire> wires = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            wires.add(new Wire(nodes.get(i % nodes.size()).port()));
        }
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        CyclicBarrier start = new CyclicBarrier(CLIENTS);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                HelpDesk desk = HelpDesk.demo(nodes.get(round % nodes.size()).port());
                String target = Visitor.loginTarget(MAILBOX, desk.issue(MAILBOX, "sso"), "&direct=1");
                List<Callable<Integer>> attempts = wires.stream()
                        .<Callable<Integer>>map(wire -> () -> {
                            wire.connect();
                            start.await();
                            return wire.send("GET", target, "").status();
                        })
                        .toList();
                List<Integer> statuses = new ArrayList<>();
                for (Future<Integer> attempt : clients.invokeAll(attempts)) {
                    statuses.add(attempt.get());
                }
                assertThat(statuses.stream().collect(Collectors.groupingBy(s -> s, Collectors.counting())))
                        .as("round " + round)
                        .containsEntry(303, 1L)
                        .containsEntry(403, CLIENTS - 1L)
                        .hasSize(2);
            }
        } finally {
            clients.shutdownNow();
            wires.forEach(Wire::close);
        }
    }

    /** Read after a stop, which writes what was folded. */
    private static void trailAgrees(HelpDesk desk) {
        List<HelpDesk.JsonRow> redeemed = desk.audit("event=redeemed&user=" + MAILBOX);
        assertThat(redeemed).hasSize(ROUNDS);
        assertThat(redeemed).extracting(row -> row.text("token_id")).doesNotHaveDuplicates();
        assertThat(desk.audit("event=refused&user=" + MAILBOX).stream()
                        .filter(row -> row.text("detail").endsWith(": used"))
                        .mapToInt(row -> Integer.parseInt(row.text("count")))
                        .sum())
                .isEqualTo(ROUNDS * (CLIENTS - 1));
    }
}
