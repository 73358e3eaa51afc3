package org.postern.store;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postern.core.KeyedHash;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Setting;
import org.postern.core.spi.AuditCheck;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chains this process's audit rows, seals what it wrote, and what a process that died left unsealed; keeps the chains
 * true where old rows are purged. Thread-safe.
 *
 * <p>Each process has a chain of its own, begun with its first row, so that none waits for another. A row gets its number
 * and its hash before it is written; a seal says later which numbers have rows.
 */
final class AuditSeals {
    private static final Logger LOG = LoggerFactory.getLogger(AuditSeals.class);

    /** A chain that has unsealed rows twice this long is nobody's any more: who lives seals every few seconds. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final int NONCE_BYTES = 16;

    private final Database database;
    private final Supplier<List<byte[]>> everyKey;
    private final TrailHeads heads;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final ReentrantLock opening = new ReentrantLock();
    private final Set<AuditChain> retired = new HashSet<>();
    private Map<Long, Remainder> remainders = Map.of();
    private Instant looked = Instant.EPOCH;
    private Instant purgedBefore = Instant.EPOCH;
    private volatile KeyedHash newest;
    private volatile @Nullable AuditChain current;

    /** What a chain has beyond its last seal. */
    private record Remainder(long sealed, long written) {}

    /**
     * @param newestKey under which chains are begun
     * @param everyKey all keys that are still there, also those that open no token any more
     */
    AuditSeals(Database database, byte[] newestKey, Supplier<List<byte[]>> everyKey, TrailHeads heads, Clock clock) {
        this.database = database;
        this.newest = trailKey(newestKey);
        this.everyKey = everyKey;
        this.heads = heads;
        this.clock = clock;
    }

    private static KeyedHash trailKey(byte[] tokenKey) {
        return new KeyedHash(tokenKey).derived("postern audit trail");
    }

    private List<KeyedHash> keys() {
        List<KeyedHash> keys = new ArrayList<>(List.of(newest));
        everyKey.get().forEach(k -> keys.add(trailKey(k)));
        return keys;
    }

    /** Takes over a rotated key: a new chain is begun under it. */
    synchronized void use(byte[] newestKey) {
        KeyedHash key = trailKey(newestKey);
        byte[] same = {1};
        if (!Arrays.equals(key.of(same), newest.of(same))) {
            newest = key;
            retire();
        }
    }

    private synchronized void retire() {
        AuditChain chain = current;
        if (chain != null) {
            retired.add(chain);
            current = null;
        }
    }

    /**
     * Does work that writes rows of the trail.
     *
     * @throws UnavailableException also where there is no chain and none can be begun: what cannot be told is not done
     */
    <T> T linked(Function<AuditChain.Link, T> work) {
        AuditChain.Link link = chain().link();
        boolean answered = false;
        try {
            T result = work.apply(link);
            answered = true;
            return result;
        } finally {
            link.end(answered);
        }
    }

    private AuditChain chain() {
        AuditChain chain = current;
        if (chain != null) {
            return chain;
        }
        try {
            if (!opening.tryLock(database.patience().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new UnavailableException("the audit trail cannot be begun");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("the work was stopped", stopping);
        }
        try {
            chain = current;
            if (chain == null) {
                chain = open(newest);
                current = chain;
            }
            return chain;
        } finally {
            opening.unlock();
        }
    }

    /** @param before the newest chain there was */
    private record Begun(ChainRecord.Opening opened, Optional<ChainRecord.Opening> before) {}

    /** Where two begin a chain at once, one of them tries again. */
    private AuditChain open(KeyedHash key) {
        byte[] bytes = new byte[NONCE_BYTES];
        random.nextBytes(bytes);
        Bytes nonce = Bytes.of(bytes);
        Begun begun = database.write(connection -> {
            List<ChainRecord.Opening> all = openings(connection);
            Optional<ChainRecord.Opening> before =
                    all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
            long chain = before.map(o -> o.chain() + 1).orElse(1L);
            long unsealed = chain > 1
                    ? 0
                    : Command.of("select count(*) as n from audit_event where chain is null")
                            .first(connection, row -> row.longNumber("n"))
                            .orElseThrow();
            ChainRecord.Opening next = ChainRecord.Opening.hashed(
                    key, chain, nonce, Parameters.stored(clock.instant()), newHeads(connection, all), unsealed);
            try {
                next.insert().command().run(connection);
            } catch (SQLException e) {
                throw Faults.isTwin(e) ? new SQLException("another chain was begun", Faults.COLLISION) : e;
            }
            return new Begun(next, before);
        });
        ChainRecord.Opening opened = begun.opened();
        heads.begun(opened.chain());
        begun.before().filter(o -> !o.isHashedBy(key)).ifPresent(this::tellOfOtherKeys);
        KeyedHash chainKey = ChainRecord.chainKey(key, opened.chain(), nonce);
        return new AuditChain(opened.chain(), chainKey, 1, opened.hash());
    }

    /** Nodes with different keys refuse each other's tokens, and neither could say why. */
    private void tellOfOtherKeys(ChainRecord.Opening before) {
        if (chainKey(before, keys()).isEmpty()) {
            LOG.error(
                    "Who began the audit trail's chain {} on {} had a key that this node does not have. If that is another"
                            + " node, each refuses the other's tokens: give both the same {}. If the key was taken"
                            + " away, audit verify still needs it",
                    before.chain(),
                    before.openedAt(),
                    Setting.KEYS.key());
        }
    }

    static List<ChainRecord.Opening> openings(Connection connection) throws SQLException {
        return Command.of("select " + ChainRecord.Opening.COLUMNS + " from audit_chain order by chain")
                .list(connection, ChainRecord.Opening::read);
    }

    private static Map<Long, Long> newHeads(Connection connection, List<ChainRecord.Opening> before)
            throws SQLException {
        Map<Long, Long> known = new HashMap<>();
        before.forEach(o -> o.headsByChain().forEach((chain, number) -> known.merge(chain, number, Math::max)));
        Map<Long, Long> heads = new HashMap<>();
        for (Map.Entry<Long, Long> head : Command.of(
                        "select c.chain, coalesce((select max(s.last_number) from audit_seal s where s.chain = c.chain), 0)"
                                + " as sealed from audit_chain c")
                .list(connection, row -> Map.entry(row.longNumber("chain"), row.longNumber("sealed")))) {
            if (head.getValue() > known.getOrDefault(head.getKey(), 0L)) {
                heads.put(head.getKey(), head.getValue());
            }
        }
        return heads;
    }

    /** Seals what was written, by this process or by one that is gone; called now and then. */
    synchronized void seal() {
        sealOwn();
        if (!looked.plus(PATIENCE).isAfter(clock.instant())) {
            lookAfterOthers();
            looked = clock.instant();
        }
    }

    private synchronized void sealOwn() {
        retired.removeIf(chain -> switch (seal(chain)) {
            case DONE -> finish(chain);
            case REST -> false;
            case LOST -> true;
        });
        AuditChain chain = current;
        if (chain != null && seal(chain) == Outcome.LOST) {
            LOG.warn("another node took this one for dead and sealed its chain; a new one is begun");
            current = null;
        }
    }

    private enum Outcome {
        /** Nothing is left without a seal. */
        DONE,
        /** Rows that are being written have none yet. */
        REST,
        /** There is another's seal for the same numbers. */
        LOST
    }

    private Outcome seal(AuditChain chain) {
        List<UUID> unsure = chain.unsure();
        if (!unsure.isEmpty()) {
            Command there = new Command("select id from audit_event where id = any (?)", p -> p.ids(unsure));
            chain.resolve(unsure, Set.copyOf(database.call(c -> there.list(c, row -> row.id("id")))));
        }
        Optional<ChainRecord.Seal> next = chain.seal();
        Optional<TrailHead> reached = Optional.empty();
        while (next.isPresent()) {
            if (!write(next.get())) {
                return Outcome.LOST;
            }
            chain.sealed(next.get());
            reached = next.map(TrailHead::of);
            next = chain.seal();
        }
        reached.ifPresent(heads::keep);
        return chain.isSealed() ? Outcome.DONE : Outcome.REST;
    }

    /** @return whether the seal is in the database: not where there is another for its numbers */
    private boolean write(ChainRecord.Seal seal) {
        return database.write(connection -> {
            try {
                return seal.insert().command().run(connection) > 0;
            } catch (SQLException e) {
                if (!Faults.isTwin(e)) {
                    throw e;
                }
                Command same = new Command(
                        "select 1 from audit_seal where chain = ? and hash = ?",
                        p -> p.number(seal.chain()).bytes(seal.hash()));
                // The answer to an earlier try was lost.
                return same.first(connection, row -> row).isPresent();
            }
        });
    }

    private boolean finish(AuditChain chain) {
        Command finished =
                new Command("update audit_chain set finished = true where chain = ?", p -> p.number(chain.id()));
        return database.write(finished::run) >= 0;
    }

    /** Seals the rest of chains whose process is gone. */
    private void lookAfterOthers() {
        Set<Long> own = new HashSet<>(retired.stream().map(AuditChain::id).toList());
        AuditChain mine = current;
        if (mine != null) {
            own.add(mine.id());
        }
        Map<Long, Remainder> before = remainders;
        Map<Long, Remainder> now = new HashMap<>();
        database
                .call(c -> Command.of("select c.chain, coalesce("
                                + "(select max(s.last_number) from audit_seal s where s.chain = c.chain),"
                                + " (select p.last_number from audit_purge p where p.chain = c.chain), 0) as sealed,"
                                + " coalesce((select max(e.chain_number) from audit_event e where e.chain = c.chain), 0)"
                                + " as written from audit_chain c where c.finished = false")
                        .list(c, row -> {
                            Remainder rest = new Remainder(row.longNumber("sealed"), row.longNumber("written"));
                            return Map.entry(row.longNumber("chain"), rest);
                        }))
                .stream()
                .filter(e -> !own.contains(e.getKey())
                        && e.getValue().written() > e.getValue().sealed())
                .forEach(e -> now.put(e.getKey(), e.getValue()));
        remainders = now;
        now.forEach((chain, rest) -> {
            if (rest.equals(before.get(chain))) {
                adopt(chain, rest.sealed());
            }
        });
    }

    private void adopt(long id, long sealed) {
        List<KeyedHash> keys = keys();
        ChainRecord.Opening opened = database.call(AuditSeals::openings).stream()
                .filter(o -> o.chain() == id)
                .findFirst()
                .orElseThrow();
        Optional<KeyedHash> key = chainKey(opened, keys);
        if (key.isEmpty()) {
            LOG.warn("the rest of chain {} of the audit trail cannot be sealed: its key is not there", id);
            return;
        }
        ChainReader reader = new ChainReader(database, id);
        Bytes previous = reader.lastSeal()
                .map(ChainRecord.Seal::hash)
                .or(() -> reader.purged().map(ChainRecord.Purged::link))
                .orElse(opened.hash());
        AuditChain chain = new AuditChain(id, key.get(), sealed + 1, previous);
        int count = 0;
        for (ChainReader.Linked row : reader.rows(sealed)) {
            if (row.isHashedBy(key.get(), id)) {
                chain.found(row);
                count++;
            }
        }
        if (count > 0 && seal(chain) == Outcome.DONE) {
            LOG.info("sealed {} rows of the audit trail that a stopped process had left", count);
        }
    }

    /** The key of a chain, by the key under which its opening is hashed. */
    static Optional<KeyedHash> chainKey(ChainRecord.Opening opened, List<KeyedHash> keys) {
        return keys.stream()
                .filter(opened::isHashedBy)
                .findFirst()
                .map(key -> ChainRecord.chainKey(key, opened.chain(), opened.nonce()));
    }

    /** Says in each chain that rows from before a moment go; to be called before they do. */
    synchronized void purging(Instant before) {
        if (!before.isAfter(purgedBefore)) {
            return;
        }
        sealOwn();
        Instant stored = Parameters.stored(before);
        List<KeyedHash> keys = keys();
        for (ChainRecord.Opening opened : database.call(AuditSeals::openings)) {
            chainKey(opened, keys).ifPresent(key -> purging(opened, key, stored));
        }
        purgedBefore = before;
    }

    private void purging(ChainRecord.Opening opened, KeyedHash key, Instant before) {
        long chain = opened.chain();
        ChainReader reader = new ChainReader(database, chain);
        Optional<ChainRecord.Purged> earlier = reader.purged();
        long last = earlier.map(ChainRecord.Purged::last).orElse(0L);
        Bytes link = earlier.map(ChainRecord.Purged::link).orElse(opened.hash());
        boolean some = false;
        for (ChainRecord.Seal seal : reader.seals(last)) {
            if (!seal.latest().isBefore(before)) {
                some |= seal.earliest().isBefore(before);
                break;
            }
            some = true;
            last = seal.last();
            link = seal.hash();
        }
        if (!some || earlier.filter(e -> !e.before().isBefore(before)).isPresent()) {
            return;
        }
        long end = last;
        ChainRecord.Purged purged = new ChainRecord.Purged(chain, before, end, link, Bytes.NONE).hashedBy(key);
        database.transaction(connection -> {
            new Command("select chain from audit_chain where chain = ? for update", p -> p.number(chain))
                    .list(connection, row -> row);
            new Command("delete from audit_purge where chain = ?", p -> p.number(chain)).run(connection);
            purged.insert().command().run(connection);
            return new Command(
                            "delete from audit_seal where chain = ? and last_number <= ?",
                            p -> p.number(chain).number(end))
                    .run(connection);
        });
    }

    /** @throws IllegalArgumentException where one of {@code elsewhere} is no head */
    AuditCheck check(Collection<String> elsewhere) {
        Set<TrailHead> wanted = new LinkedHashSet<>(heads.kept());
        elsewhere.forEach(head -> wanted.add(TrailHead.parse(head)));
        return new AuditVerification(database, keys(), wanted).check();
    }

    /** Seals what is there, for the last time. Where the database is away, another process does it later. */
    synchronized void close() {
        retire();
        try {
            sealOwn();
        } catch (UnavailableException e) {
            LOG.warn("the audit trail's last rows are not sealed yet: {}", e.getMessage());
        }
    }
}
