package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Client;
import org.postern.core.SetClock;

/** Contract, section 7: wrong attempts are throttled, and nobody locks another one out. */
class ThrottleTest {
    private static final String ALICE = "alice@acme.example";
    private final SetClock clock = SetClock.atNoon();
    private final Throttle throttle = new Throttle(clock);

    private static Client from(String address) {
        return new Client(address, "");
    }

    private boolean wrong(String account, Client client) {
        if (throttle.begin(account, client) instanceof Throttle.Attempt attempt) {
            attempt.wrong();
            return true;
        }
        return false;
    }

    private boolean right(String account, Client client) {
        if (throttle.begin(account, client) instanceof Throttle.Attempt attempt) {
            attempt.right();
            return true;
        }
        return false;
    }

    private int wrongUntilBlocked(String account, Client client) {
        int tries = 0;
        while (tries < 1000 && wrong(account, client)) {
            tries++;
        }
        return tries;
    }

    @Test
    void wrongAttempts_onOneAccount_biteAfterAtMostTwenty() {
        assertThat(wrongUntilBlocked(ALICE, from("192.0.2.1"))).isBetween(5, 20);
    }

    @Test
    void wrongAttempts_onManyAccountsFromOnePlace_biteAfterAtMostTwenty() {
        int tries = 0;
        while (tries < 1000 && wrong("user" + tries + "@acme.example", from("192.0.2.1"))) {
            tries++;
        }
        assertThat(tries).isBetween(5, 20);
    }

    @Test
    void wrongAttempts_fromOneIpv6Network_areCountedTogether() {
        int tries = 0;
        while (tries < 1000 && wrong(ALICE, from("2001:db8:1:2::" + Integer.toHexString(tries + 1)))) {
            tries++;
        }
        assertThat(tries).isLessThanOrEqualTo(20);
        assertThat(right(ALICE, from("2001:db8:1:3::1"))).isTrue();
    }

    @Test
    void rightSecret_fromAnAddressWithoutFailures_worksHoweverManyStrangersGuess() {
        for (int i = 0; i < 2000; i++) {
            wrong(ALICE, from("198.51." + i / 250 + "." + i % 250));
        }
        assertThat(right(ALICE, from("192.0.2.77"))).isTrue();
    }

    @Test
    void account_guessedFromManyPlaces_holdsBackThoseWhoGuessed() {
        int admitted = 0;
        for (int round = 0; round < 9; round++) {
            for (int i = 0; i < 200; i++) {
                admitted += wrong(ALICE, from("198.51.100." + i)) ? 1 : 0;
            }
        }
        // Each place gets its first try; then the account's own count holds all of them back.
        assertThat(admitted).isLessThan(320);
    }

    @Test
    void waits_growAndNeverPassFifteenMinutes() {
        Client client = from("192.0.2.1");
        wrongUntilBlocked(ALICE, client);
        Duration last = Duration.ZERO;
        for (int i = 0; i < 30; i++) {
            Throttle.Blocked blocked = (Throttle.Blocked) throttle.begin(ALICE, client);
            assertThat(blocked.retryAfter())
                    .isGreaterThanOrEqualTo(last)
                    .isBetween(Duration.ofSeconds(1), Duration.ofMinutes(15));
            last = blocked.retryAfter();
            clock.advance(last);
            assertThat(wrong(ALICE, client)).isTrue();
        }
        assertThat(last).isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void counts_areForgottenAfterFifteenQuietMinutes() {
        Client client = from("192.0.2.1");
        int first = wrongUntilBlocked(ALICE, client);
        clock.advance(Duration.ofMinutes(16));
        assertThat(wrongUntilBlocked(ALICE, client)).isEqualTo(first);
    }

    @Test
    void rightSecret_clearsItsOwnCountOnly() {
        Client client = from("192.0.2.1");
        for (int i = 0; i < 3; i++) {
            assertThat(wrong(ALICE, client)).isTrue();
            assertThat(right(ALICE, client)).isTrue();
        }
        int more = 0;
        while (more < 1000 && wrong("user" + more + "@acme.example", client)) {
            more++;
        }
        assertThat(more).as("the network still remembers three").isLessThanOrEqualTo(17);
    }

    @Test
    void takeBack_undoesTheLastWrongAttempt() {
        Client client = from("192.0.2.1");
        for (int i = 0; i < 100; i++) {
            assertThat(wrong(ALICE, client)).as("try %d", i).isTrue();
            throttle.takeBack(ALICE, client);
        }
    }

    @Test
    void takeBack_ofWhatWasNotCounted_leavesTheNetworksCount() {
        Client client = from("192.0.2.1");
        int tries = 0;
        while (tries < 200 && wrong("user" + tries + "@acme.example", client)) {
            throttle.takeBack(ALICE, client);
            tries++;
        }
        assertThat(tries).isLessThanOrEqualTo(20);
    }

    @Test
    void clockThatJumps_neverBlocksLongerThanFifteenMinutes() {
        Client client = from("192.0.2.1");
        wrongUntilBlocked(ALICE, client);
        clock.advance(Duration.ofDays(-400));
        if (throttle.begin(ALICE, client) instanceof Throttle.Blocked blocked) {
            assertThat(blocked.retryAfter()).isLessThanOrEqualTo(Duration.ofMinutes(15));
        }
        clock.advance(Duration.ofDays(4000));
        assertThat(right(ALICE, client)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 200})
    void attemptsAtOnce_areCountedBeforeTheWorkIsDone(int threads) throws Exception {
        AtomicInteger admitted = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(pool.submit(() -> {
                start.await();
                if (wrong(ALICE, from("192.0.2.1"))) {
                    admitted.incrementAndGet();
                }
                return null;
            }));
        }
        start.countDown();
        for (Future<?> one : all) {
            one.get(30, TimeUnit.SECONDS);
        }
        pool.shutdown();
        assertThat(admitted).hasValueLessThanOrEqualTo(20);
    }

    @Test
    void rightAttemptsAtOnce_areNotHeldBack() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(64);
        List<Future<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            all.add(pool.submit(() -> right(ALICE, from("192.0.2.1"))));
        }
        for (Future<Boolean> one : all) {
            assertThat(one.get(30, TimeUnit.SECONDS)).isTrue();
        }
        pool.shutdown();
    }
}
