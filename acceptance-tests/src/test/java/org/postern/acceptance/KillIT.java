package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} at any moment loses nothing whose success was answered (contract, sections 3, 10 and 11). */
class KillIT {
    private static final int ROUNDS = 10;
    private static final int CLIENTS = 8;
    private static final String MAILBOX = "alice@acme.example";

    @Test
    void killedInAStorm_onH2_losesNoAnswer(@TempDir Path data) throws Exception {
        storms(() -> RunningPostern.demo().data(data));
        trailIsWhole(RunningPostern.empty().data(data));
    }

    @Test
    void killedInAStorm_onPostgreSql_losesNoAnswer(@TempDir Path cluster, @TempDir Path data) throws Exception {
        try (PostgreSql database = new PostgreSql(cluster)) {
            database.create("postern");
            storms(() -> database.node(RunningPostern.demo(), "postern").data(data));
            trailIsWhole(database.node(RunningPostern.empty(), "postern").data(data));
        }
    }

    private static void trailIsWhole(RunningPostern.Launch command) {
        RunningPostern.Finished verified = command.option("audit", "verify").run();
        assertThat(verified.exitCode()).as(verified.toString()).isZero();
        assertThat(verified.out()).contains("the audit trail is whole");
    }

    /** What the clients know of the storms: values by the reasons that they gave, which the trail shows. */
    private static final class Known {
        /** The success was answered, nobody tried to redeem it. */
        final Map<String, String> issued = new ConcurrentHashMap<>();
        /** The redemption was answered with success. */
        final Map<String, String> redeemed = new ConcurrentHashMap<>();
        /** The redemption was asked for, and no answer came. */
        final Map<String, String> inDoubt = new ConcurrentHashMap<>();

        Set<String> reasons() {
            Set<String> all = new HashSet<>(issued.keySet());
            all.addAll(redeemed.keySet());
            all.addAll(inDoubt.keySet());
            return all;
        }
    }

    private static void storms(Supplier<RunningPostern.Launch> launch) throws Exception {
        Set<String> reasons = new HashSet<>();
        int answered = 0;
        RunningPostern postern = launch.get().start();
        try {
            for (int round = 0; round < ROUNDS; round++) {
                Known known = storm(postern, round, 60 + 14 * round);
                postern.close();
                postern = launch.get().start();
                finish(postern, known);
                reasons.addAll(known.reasons());
                answered += known.redeemed.size() + known.issued.size();
            }
            assertThat(answered).isGreaterThan(ROUNDS * 60);
            // By now each token whose value somebody was told is redeemed: once.
            HelpDesk desk = HelpDesk.demo(postern.port());
            Map<String, Long> redemptions = rows(desk, "redeemed");
            assertThat(missing(reasons, redemptions.keySet()))
                    .as("redeemed, and not in the trail")
                    .isEmpty();
            assertThat(missing(redemptions.keySet(), reasons))
                    .as("in the trail, and nobody was told the value")
                    .isEmpty();
            assertThat(redemptions.values()).containsOnly(1L);
            Map<String, Long> issues = rows(desk, "issued");
            assertThat(missing(reasons, issues.keySet()))
                    .as("issued, and not in the trail")
                    .isEmpty();
            assertThat(issues.values()).containsOnly(1L);
        } finally {
            postern.close();
        }
    }

    /** Of thousands, those few that are not there. */
    private static Set<String> missing(Set<String> from, Set<String> there) {
        Set<String> missing = new HashSet<>(from);
        missing.removeAll(there);
        return missing;
    }

    /** How many rows of the storms there are, by reason. */
    private static Map<String, Long> rows(HelpDesk desk, String event) {
        return desk.audit("event=" + event + "&user=" + MAILBOX).stream()
                .map(row -> row.text("reason"))
                .filter(reason -> reason.startsWith("storm"))
                .collect(Collectors.groupingBy(reason -> reason, Collectors.counting()));
    }

    /** Issues and redeems, kills the program after so many answers, in the middle of others. */
    private static Known storm(RunningPostern postern, int round, int answers) throws Exception {
        Known known = new Known();
        CountDownLatch enough = new CountDownLatch(answers);
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        List<Future<?>> ends = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            ends.add(clients.submit(() -> {
                try (Wire wire = new Wire(postern.port())) {
                    for (int n = 0; postern.isAlive(); n++) {
                        step(wire, postern.port(), known, "storm-" + round + "-" + client + "-" + n, n % 3 > 0);
                        enough.countDown();
                    }
                } catch (IOException died) {
                    // As it should.
                }
            }));
        }
        boolean came = enough.await(60, TimeUnit.SECONDS);
        postern.kill();
        clients.shutdown();
        for (Future<?> end : ends) {
            end.get(10, TimeUnit.SECONDS);
        }
        assertThat(came).isTrue();
        return known;
    }

    private static void step(Wire wire, int port, Known known, String reason, boolean redeems) throws IOException {
        String issue = HelpDesk.demo(port).toolsTarget(MAILBOX, "sso") + "&reason=" + reason;
        String value = HelpDesk.tokenIn(wire.send("GET", issue, "").body());
        if (redeems) {
            known.inDoubt.put(reason, value);
            assertThat(redeem(wire, value)).isEqualTo(303);
            known.redeemed.put(reason, value);
            known.inDoubt.remove(reason);
        } else {
            known.issued.put(reason, value);
        }
    }

    /** After the restart: redeems what is not redeemed yet, and what is, in vain. */
    private static void finish(RunningPostern postern, Known known) throws IOException {
        try (Wire wire = new Wire(postern.port())) {
            for (String value : known.redeemed.values()) {
                assertThat(redeem(wire, value)).as("answered as redeemed").isEqualTo(403);
            }
            for (String value : known.issued.values()) {
                assertThat(redeem(wire, value)).as("answered as issued").isEqualTo(303);
            }
            for (String value : known.inDoubt.values()) {
                assertThat(redeem(wire, value)).isIn(303, 403);
                assertThat(redeem(wire, value)).isEqualTo(403);
            }
        }
    }

    private static int redeem(Wire wire, String value) throws IOException {
        return wire.send("GET", Visitor.loginTarget(MAILBOX, value, "&direct=1"), "")
                .status();
    }
}
