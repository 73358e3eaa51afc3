package org.postern.core.service;

import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.Client;

/**
 * Counts wrong secrets, alike at every door, before the work is done (contract, section 7).
 *
 * <p>Three counts: an account from one network, a network, an account. Each attempt takes a place in all three; with
 * the limit reached, places that are taken by attempts still under way make the next one wait its turn, and wrong
 * attempts make it wait 1, 2, 4 … at most 900 seconds. The count of an account alone holds back only networks that were
 * wrong themselves, so that no stranger can lock anybody out. Where the network is not known, as a mail server may not tell
 * it, there is no count of it: all the world would share that. Right attempts clear the first count only. A count is
 * forgotten after 15 minutes without a wrong attempt. Counts are of this node and bounded in number. Thread-safe.
 */
public final class Throttle {
    /** Wrong attempts on one account from one network before it bites. */
    static final int PAIR_LIMIT = 10;
    /** Wrong attempts from one network, on whatever accounts, before it bites. */
    static final int NETWORK_LIMIT = 20;
    /** Wrong attempts on one account, from wherever, before it bites those who made one. */
    static final int ACCOUNT_LIMIT = 100;

    static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

    private static final int MOST_COUNTS = 100_000;
    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** What {@link #begin} answers. */
    public sealed interface Admission permits Attempt, Blocked {}

    /** Too many wrong attempts: try again after this time, which is at least a second and at most 900. */
    public record Blocked(Duration retryAfter) implements Admission {}

    private static final class Count {
        int wrong;
        int underWay;
        long blockedUntil;
        long lastWrong;

        boolean isFull(int limit) {
            return wrong < limit ? wrong + underWay >= limit : underWay > 0;
        }

        void addWrong(int limit, long now) {
            wrong++;
            lastWrong = now;
            if (wrong >= limit) {
                long seconds = Math.min(LONGEST_WAIT.toSeconds(), 1L << Math.min(wrong - limit, 20));
                blockedUntil = now + seconds * 1000;
            }
        }

        void takeBack(int limit) {
            wrong = Math.max(0, wrong - 1);
            if (wrong < limit) {
                blockedUntil = 0;
            }
        }

        /** Milliseconds still to wait; never more than the longest wait, however the clock jumps. */
        long blockedFor(long now) {
            return Math.min(Math.max(0, blockedUntil - now), LONGEST_WAIT.toMillis());
        }

        boolean isStale(long now) {
            return underWay == 0
                    && (wrong == 0 || Math.abs(now - Math.max(lastWrong, blockedUntil)) > LONGEST_WAIT.toMillis());
        }
    }

    private record Pair(String account, String network) {}

    /** Counts by key, the one touched longest ago first, so that it goes first where there are too many. */
    private static final class Counts<K> {
        private final Map<K, Count> counts = new LinkedHashMap<>(16, 0.75f, true);

        Count get(K key, long now) {
            Count count = counts.get(key);
            if (count != null && count.isStale(now)) {
                count = null;
            }
            if (count == null) {
                makeRoom();
                count = new Count();
                counts.put(key, count);
            }
            return count;
        }

        void drop(K key, Count count) {
            if (count.underWay == 0 && count.wrong == 0 && counts.get(key) == count) {
                counts.remove(key);
            }
        }

        private void makeRoom() {
            Iterator<Count> oldest = counts.values().iterator();
            while (counts.size() >= MOST_COUNTS && oldest.hasNext()) {
                if (oldest.next().underWay == 0) {
                    oldest.remove();
                }
            }
        }
    }

    private static int networkLimit(String network) {
        return network.isEmpty() ? Integer.MAX_VALUE : NETWORK_LIMIT;
    }

    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Counts<Pair> pairs = new Counts<>();
    private final Counts<String> networks = new Counts<>();
    private final Counts<String> accounts = new Counts<>();

    public Throttle(Clock clock) {
        this.clock = clock;
    }

    /**
     * Asks for a place. Where it gives an {@link Attempt}, close it: until then it counts as under way. May wait up to
     * five seconds for others to finish.
     *
     * @param account whose secret is tried: a canonical address, or empty text where what was given is none
     */
    public Admission begin(String account, Client client) {
        String network = client.network();
        Pair key = new Pair(account, network);
        long patience = TURN_NANOS;
        lock.lock();
        try {
            while (true) {
                long now = clock.millis();
                Count pair = pairs.get(key, now);
                Count net = networks.get(network, now);
                Count acct = accounts.get(account, now);
                long wait = Math.max(pair.blockedFor(now), net.blockedFor(now));
                if (pair.wrong > 0 || (net.wrong > 0 && !network.isEmpty())) {
                    wait = Math.max(wait, acct.blockedFor(now));
                }
                if (wait == 0 && !pair.isFull(PAIR_LIMIT) && !net.isFull(networkLimit(network))) {
                    return new Attempt(key, pair, net, acct);
                }
                if (wait > 0 || patience <= 0) {
                    drop(key, pair, net, acct);
                    return new Blocked(Duration.ofSeconds(Math.max(1, (wait + 999) / 1000)));
                }
                patience = changed.awaitNanos(patience);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return new Blocked(Duration.ofSeconds(1));
        } finally {
            lock.unlock();
        }
    }

    /** Takes back the last wrong attempt: what was no token turned out to be the account's own password. */
    public void takeBack(String account, Client client) {
        String network = client.network();
        Pair key = new Pair(account, network);
        lock.lock();
        try {
            long now = clock.millis();
            Count pair = pairs.get(key, now);
            Count net = networks.get(network, now);
            Count acct = accounts.get(account, now);
            if (pair.wrong == 0) {
                // It was not counted, so there is nothing to take back from the network's count either.
                drop(key, pair, net, acct);
                return;
            }
            pair.takeBack(PAIR_LIMIT);
            net.takeBack(networkLimit(network));
            acct.takeBack(ACCOUNT_LIMIT);
            drop(key, pair, net, acct);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void drop(Pair key, Count pair, Count network, Count account) {
        pairs.drop(key, pair);
        networks.drop(key.network(), network);
        accounts.drop(key.account(), account);
    }

    /** One attempt under way. Closing it without a word counts nothing; only the first word counts. */
    public final class Attempt implements Admission, AutoCloseable {
        private final Pair key;
        private final Count pair;
        private final Count network;
        private final Count account;
        private boolean open = true;

        private Attempt(Pair key, Count pair, Count network, Count account) {
            this.key = key;
            this.pair = pair;
            this.network = network;
            this.account = account;
            pair.underWay++;
            network.underWay++;
            account.underWay++;
        }

        /** The secret was right. */
        public void right() {
            end(true, false);
        }

        /** The secret was a guess, and wrong. */
        public void wrong() {
            end(false, true);
        }

        /** Neither: a fault, or a value that once was right. */
        @Override
        public void close() {
            end(false, false);
        }

        private void end(boolean right, boolean wrong) {
            lock.lock();
            try {
                if (!open) {
                    return;
                }
                open = false;
                pair.underWay--;
                network.underWay--;
                account.underWay--;
                if (wrong) {
                    long now = clock.millis();
                    pair.addWrong(PAIR_LIMIT, now);
                    network.addWrong(networkLimit(key.network()), now);
                    account.addWrong(ACCOUNT_LIMIT, now);
                }
                if (right) {
                    pair.wrong = 0;
                    pair.blockedUntil = 0;
                }
                drop(key, pair, network, account);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
