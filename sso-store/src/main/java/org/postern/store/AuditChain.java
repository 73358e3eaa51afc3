package org.postern.store;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.postern.core.AuditEvent;
import org.postern.core.KeyedHash;

/**
 * One process's chain of audit rows: gives each row its number and its hash before it is written, hears whether it was,
 * and makes the seals. Knows no database. Thread-safe.
 */
final class AuditChain {
    /** So that no seal is a burden, however long the database was away. */
    private static final int MOST_IN_A_SEAL = 100_000;

    private enum State {
        RUNNING,
        WRITTEN,
        MISSING,
        /** The database did not answer: it may have written the row or not. */
        UNSURE
    }

    private static final class Entry {
        final UUID id;
        final Instant time;
        Bytes hash;
        State state = State.RUNNING;

        Entry(UUID id, Instant time, Bytes hash) {
            this.id = id;
            this.time = time;
            this.hash = hash;
        }

        void become(State next) {
            state = next;
            if (next == State.MISSING) {
                hash = Bytes.NONE;
            }
        }
    }

    private final long id;
    private final KeyedHash key;
    /** What has a number and no seal yet; the first has the number {@link #first}. */
    private final List<Entry> entries = new ArrayList<>();

    private long first;
    private Bytes previous;

    /** @param previous the hash of the seal before, or of the opening */
    AuditChain(long id, KeyedHash key, long first, Bytes previous) {
        this.id = id;
        this.key = key;
        this.first = first;
        this.previous = previous;
    }

    long id() {
        return id;
    }

    /** What one piece of work writes to the trail. For one thread. */
    final class Link {
        private List<Entry> rows = List.of();
        private boolean refused;

        /** The rows to write. Those asked for before were rolled back: the work is done once more. */
        List<Insert> rows(List<AuditEvent> events) {
            synchronized (AuditChain.this) {
                rows.forEach(e -> e.become(State.MISSING));
                rows = new ArrayList<>();
                List<Insert> inserts = new ArrayList<>();
                for (AuditEvent event : events) {
                    long number = first + entries.size();
                    StoredEvent stored = StoredEvent.of(event);
                    Bytes hash = stored.hash(key, id, number);
                    Entry entry = new Entry(stored.id(), stored.time(), hash);
                    entries.add(entry);
                    rows.add(entry);
                    inserts.add(stored.insert(id, number, hash));
                }
                return inserts;
            }
        }

        /** The database decided against it: nothing was written. */
        void refused() {
            refused = true;
        }

        /** @param answered whether the database said how it went */
        void end(boolean answered) {
            synchronized (AuditChain.this) {
                State end = refused ? State.MISSING : answered ? State.WRITTEN : State.UNSURE;
                rows.forEach(e -> e.become(end));
            }
        }
    }

    Link link() {
        return new Link();
    }

    /** Takes a row that is in the database already; rows come in the order of their numbers. */
    synchronized void found(ChainReader.Linked row) {
        while (first + entries.size() < row.number()) {
            Entry gap = new Entry(row.event().id(), row.event().time(), row.hash());
            gap.become(State.MISSING);
            entries.add(gap);
        }
        if (first + entries.size() == row.number()) {
            Entry entry = new Entry(row.event().id(), row.event().time(), row.hash());
            entry.become(State.WRITTEN);
            entries.add(entry);
        }
    }

    /** Rows of which nobody knows whether they were written. */
    synchronized List<UUID> unsure() {
        return entries.stream()
                .filter(e -> e.state == State.UNSURE)
                .map(e -> e.id)
                .toList();
    }

    synchronized void resolve(List<UUID> unsure, Set<UUID> written) {
        Set<UUID> asked = Set.copyOf(unsure);
        for (Entry entry : entries) {
            if (entry.state == State.UNSURE && asked.contains(entry.id)) {
                entry.become(written.contains(entry.id) ? State.WRITTEN : State.MISSING);
            }
        }
    }

    /** A seal over what is decided from the last one on; empty where there is nothing. */
    synchronized Optional<ChainRecord.Seal> seal() {
        int count = 0;
        while (count < Math.min(entries.size(), MOST_IN_A_SEAL)) {
            State state = entries.get(count).state;
            if (state == State.RUNNING || state == State.UNSURE) {
                break;
            }
            count++;
        }
        if (count == 0) {
            return Optional.empty();
        }
        RowsHash rows = new RowsHash();
        BitSet missing = new BitSet();
        Instant earliest = entries.get(0).time;
        Instant latest = earliest;
        for (int i = 0; i < count; i++) {
            Entry entry = entries.get(i);
            earliest = entry.time.isBefore(earliest) ? entry.time : earliest;
            latest = entry.time.isAfter(latest) ? entry.time : latest;
            if (entry.hash.isEmpty()) {
                missing.set(i);
            } else {
                rows.add(entry.hash);
            }
        }
        return Optional.of(new ChainRecord.Seal(
                        id, first, first + count - 1, missing, earliest, latest, rows.value(), previous, Bytes.NONE)
                .hashedBy(key));
    }

    /** The seal is in the database. */
    synchronized void sealed(ChainRecord.Seal seal) {
        entries.subList(0, (int) (seal.last() - first + 1)).clear();
        first = seal.last() + 1;
        previous = seal.hash();
    }

    /** Whether every number that was given has a seal. */
    synchronized boolean isSealed() {
        return entries.isEmpty();
    }

    /** SHA-256 over the hashes of rows, in order. */
    static final class RowsHash {
        private final MessageDigest digest;

        RowsHash() {
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        void add(Bytes hash) {
            digest.update(hash.toArray());
        }

        Bytes value() {
            return Bytes.of(digest.digest());
        }
    }
}
