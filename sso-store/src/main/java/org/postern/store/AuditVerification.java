package org.postern.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postern.core.KeyedHash;
import org.postern.core.spi.AuditCheck;
import org.postern.core.spi.AuditCheck.Finding;
import org.postern.core.spi.AuditCheck.Kind;

/** One look through the whole audit trail, chain by chain, in constant memory. Nodes may write meanwhile. */
final class AuditVerification {
    private final Database database;
    private final List<KeyedHash> keys;
    private final List<TrailHead> wanted;
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> heads = new ArrayList<>();
    private final Map<Long, Long> sealedUpTo = new TreeMap<>();
    private long intact;
    private long pending;
    private long faults;
    private Optional<Instant> purged = Optional.empty();

    /** @param wanted what must be in the trail */
    AuditVerification(Database database, List<KeyedHash> keys, Collection<TrailHead> wanted) {
        this.database = database;
        this.keys = keys;
        this.wanted = List.copyOf(wanted);
    }

    AuditCheck check() {
        List<ChainRecord.Opening> openings = database.call(AuditSeals::openings);
        long next = 1;
        for (ChainRecord.Opening opened : openings) {
            for (; next < opened.chain(); next++) {
                fault(Kind.CHAIN_BROKEN, "the opening of chain " + next + " is not there");
            }
            check(opened);
            next = opened.chain() + 1;
        }
        strangers(openings);
        for (ChainRecord.Opening opened : openings) {
            opened.headsByChain().forEach((chain, number) -> mustReach(opened, chain, number));
        }
        wanted.stream()
                .filter(head -> !sealedUpTo.containsKey(head.chain()))
                .forEach(head -> fault(Kind.REMOVED, "the head " + head + ": there is no such chain"));
        return new AuditCheck(intact, pending, unsealed(openings), purged, faults, List.copyOf(findings), heads);
    }

    private void fault(Kind kind, String what) {
        faults++;
        if (findings.size() < AuditCheck.MOST_FINDINGS) {
            findings.add(new Finding(kind, what));
        }
    }

    private void mustReach(ChainRecord.Opening opened, long chain, long number) {
        long end = sealedUpTo.getOrDefault(chain, 0L);
        if (end < number) {
            fault(
                    Kind.REMOVED,
                    "chain " + chain + " ends with number " + end + ", though it went up to " + number + " when chain "
                            + opened.chain() + " was begun on " + opened.openedAt());
        }
    }

    /** What belongs to chains that were never begun. */
    private void strangers(List<ChainRecord.Opening> openings) {
        TreeSet<Long> known = new TreeSet<>();
        openings.forEach(o -> known.add(o.chain()));
        for (String table : List.of("audit_event", "audit_seal", "audit_purge")) {
            Optional<Long> chain = lowest(table, Command.of("chain is not null"));
            while (chain.isPresent()) {
                long id = chain.get();
                if (!known.contains(id)) {
                    fault(Kind.CHAIN_BROKEN, table + " holds rows of chain " + id + ", which was never begun");
                }
                chain = lowest(table, new Command("chain > ?", p -> p.number(id)));
            }
        }
    }

    private Optional<Long> lowest(String table, Command where) {
        Command lowest =
                new Command("select min(chain) as chain from " + table + " where " + where.sql(), where.binding());
        return database.call(c -> lowest.first(c, row -> row.textIfAny("chain")))
                .flatMap(t -> t.map(Long::valueOf));
    }

    /** Rows from before there were chains: their number is all that the first opening says of them. */
    private long unsealed(List<ChainRecord.Opening> openings) {
        long there = database.call(c -> Command.of("select count(*) as n from audit_event where chain is null")
                        .first(c, row -> row.longNumber("n")))
                .orElseThrow();
        long stated = openings.isEmpty() ? 0 : openings.get(0).unsealed();
        if (there > stated) {
            fault(Kind.ADDED, (there - stated) + " rows are in no chain, and not from before the first chain");
        } else if (there < stated && purged.isEmpty()) {
            fault(Kind.REMOVED, (stated - there) + " of the " + stated + " rows from before the first chain");
        }
        return there;
    }

    private void check(ChainRecord.Opening opened) {
        Optional<KeyedHash> key = AuditSeals.chainKey(opened, keys);
        if (key.isEmpty()) {
            sealedUpTo.put(opened.chain(), Long.MAX_VALUE);
            fault(
                    Kind.KEY_MISSING,
                    "no key is that of chain " + opened.chain() + ", begun on " + opened.openedAt()
                            + ": the key is lost, or the chain's opening was changed");
            return;
        }
        ChainReader reader = new ChainReader(database, opened.chain());
        Optional<ChainRecord.Purged> before;
        Walk walk;
        do {
            // Where rows were purged meanwhile, they are no missing ones.
            before = reader.purged();
            walk = new Walk(opened, key.get(), reader, before);
            walk.go();
        } while (!walk.found.isEmpty() && !reader.purged().equals(before));
        walk.tell();
    }

    /** The way along one chain: its seals and its rows, side by side. */
    private final class Walk {
        private final long chain;
        private final KeyedHash key;
        private final ChainReader reader;
        private final Optional<ChainRecord.Purged> gone;
        private final List<Finding> found = new ArrayList<>();
        private final long start;
        private final long lastSealed;
        private final Iterator<ChainReader.Linked> rows;
        private final List<TrailHead> expected = new ArrayList<>();
        private ChainReader.@Nullable Linked row;
        private ChainRecord.@Nullable Seal last;
        private Bytes previous;
        private long next;
        private long good;
        private long young;

        Walk(ChainRecord.Opening opened, KeyedHash key, ChainReader reader, Optional<ChainRecord.Purged> purgedRecord) {
            this.chain = opened.chain();
            this.key = key;
            this.reader = reader;
            this.gone = purgedRecord.filter(p -> p.isHashedBy(key));
            this.previous = gone.map(ChainRecord.Purged::link).orElse(opened.hash());
            this.start = gone.map(ChainRecord.Purged::last).orElse(0L);
            this.next = start + 1;
            if (gone.isEmpty() && purgedRecord.isPresent()) {
                find(Kind.CHAIN_BROKEN, "what was purged of chain " + chain + " was changed");
            }
            // What is sealed by now is in the database by now: no row of it can be missed by looking too early.
            Optional<ChainRecord.Seal> end = reader.lastSeal();
            this.lastSealed = end.map(ChainRecord.Seal::last).orElse(start);
            this.rows = reader.rows(0).iterator();
            wanted.stream()
                    .filter(h -> h.chain() == chain && h.number() > start)
                    .forEach(expected::add);
        }

        private void find(Kind kind, String what) {
            found.add(new Finding(kind, what));
        }

        void go() {
            advance();
            for (ChainRecord.Seal seal : reader.seals(start)) {
                if (seal.last() > lastSealed) {
                    break;
                }
                if (!seal.isHashedBy(key)) {
                    find(
                            Kind.CHAIN_BROKEN,
                            "the seal of numbers " + seal.first() + " to " + seal.last() + " of chain " + chain
                                    + " was changed");
                } else if (seal.first() < next) {
                    find(Kind.CHAIN_BROKEN, "there are two seals of number " + seal.first() + " of chain " + chain);
                } else {
                    follow(seal);
                }
            }
            unvouched(Long.MAX_VALUE);
            long placeless = reader.placeless();
            if (placeless > 0) {
                find(Kind.ADDED, placeless + " rows claim to be of chain " + chain + " and have no number in it");
            }
            expected.forEach(head -> find(Kind.REMOVED, "the head " + head + " is not in the trail"));
        }

        private void follow(ChainRecord.Seal seal) {
            if (seal.first() > next) {
                find(
                        Kind.CHAIN_BROKEN,
                        "the seals of numbers " + next + " to " + (seal.first() - 1) + " of chain " + chain
                                + " are not there");
                unvouched(seal.first());
            } else if (!seal.previous().equals(previous)) {
                find(
                        Kind.CHAIN_BROKEN,
                        "the seal of number " + seal.first() + " of chain " + chain
                                + " does not follow the one before it");
            }
            unvouched(seal.first());
            vouched(seal);
            next = seal.last() + 1;
            previous = seal.hash();
            last = seal;
            expected.removeIf(head -> head.equals(TrailHead.of(seal)));
        }

        private void advance() {
            row = rows.hasNext() ? rows.next() : null;
        }

        /** Rows below a number for which no seal vouches: they may be too young, and their own hash must be right. */
        private void unvouched(long below) {
            while (row != null && row.number() < below) {
                ChainReader.Linked each = row;
                if (!each.isHashedBy(key, chain)) {
                    find(each.number() > next ? Kind.CHANGED : Kind.ADDED, name(each));
                } else {
                    good++;
                    young += below == Long.MAX_VALUE ? 1 : 0;
                }
                advance();
            }
        }

        private void vouched(ChainRecord.Seal seal) {
            AuditChain.RowsHash hash = new AuditChain.RowsHash();
            boolean complete = true;
            long absentFrom = 0;
            for (long number = seal.first(); number <= seal.last(); number++) {
                boolean expectsRow = !seal.isMissing(number);
                List<ChainReader.Linked> here = rowsOf(number);
                Optional<ChainReader.Linked> right =
                        here.stream().filter(r -> r.isHashedBy(key, chain)).findFirst();
                if (right.isPresent()) {
                    good++;
                    here.remove(right.get());
                }
                boolean changed = expectsRow && right.isEmpty();
                for (ChainReader.Linked wrong : here) {
                    find(changed ? Kind.CHANGED : Kind.ADDED, name(wrong));
                    changed = false;
                }
                // Still not found: no row has this number.
                if (changed && absentFrom == 0) {
                    absentFrom = number;
                } else if (!changed && absentFrom != 0) {
                    tellAbsent(seal, absentFrom, number - 1);
                    absentFrom = 0;
                }
                if (expectsRow) {
                    complete &= right.isPresent();
                    right.ifPresent(r -> hash.add(r.hash()));
                }
            }
            if (absentFrom != 0) {
                tellAbsent(seal, absentFrom, seal.last());
            }
            if (complete && !hash.value().equals(seal.rows())) {
                find(
                        Kind.CHAIN_BROKEN,
                        "rows " + seal.first() + " to " + seal.last() + " of chain " + chain
                                + " are not those that were sealed, though each is right by itself");
            }
        }

        private List<ChainReader.Linked> rowsOf(long number) {
            List<ChainReader.Linked> here = new ArrayList<>(1);
            while (row != null && row.number() == number) {
                here.add(row);
                advance();
            }
            return here;
        }

        private void tellAbsent(ChainRecord.Seal seal, long from, long to) {
            if (gone.filter(p -> seal.earliest().isBefore(p.before())).isPresent()) {
                return;
            }
            find(
                    Kind.REMOVED,
                    (from == to ? "number " + from : "numbers " + from + " to " + to) + " of chain " + chain
                            + ", written between " + seal.earliest() + " and " + seal.latest());
        }

        private String name(ChainReader.Linked each) {
            return "row " + each.event().id() + " of " + each.event().time() + " (chain " + chain + ", number "
                    + each.number() + ")";
        }

        /** Adds what it found to what is known of the trail. */
        void tell() {
            found.forEach(f -> fault(f.kind(), f.what()));
            intact += good;
            pending += young;
            ChainRecord.Seal end = last;
            sealedUpTo.put(chain, end == null ? start : end.last());
            if (end != null) {
                heads.add(TrailHead.of(end).toString());
            }
            gone.map(ChainRecord.Purged::before)
                    .filter(b -> purged.isEmpty() || b.isAfter(purged.get()))
                    .ifPresent(b -> purged = Optional.of(b));
        }
    }
}
