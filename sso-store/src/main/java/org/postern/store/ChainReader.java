package org.postern.store;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import org.postern.core.KeyedHash;

/** Reads one chain of audit rows in the order of its numbers, page by page. */
final class ChainReader {
    private static final int PAGE = 1_000;

    /** A row at its place in a chain. */
    record Linked(StoredEvent event, long number, Bytes hash) {
        boolean isHashedBy(KeyedHash key, long chain) {
            return hash.equals(event.hash(key, chain, number));
        }
    }

    private final Database database;
    private final long chain;

    ChainReader(Database database, long chain) {
        this.database = database;
        this.chain = chain;
    }

    /** What was purged of it. */
    Optional<ChainRecord.Purged> purged() {
        Command command = new Command(
                "select " + ChainRecord.Purged.COLUMNS + " from audit_purge where chain = ?", p -> p.number(chain));
        return database.call(c -> command.first(c, ChainRecord.Purged::read));
    }

    Optional<ChainRecord.Seal> lastSeal() {
        Command command = new Command(
                "select " + ChainRecord.Seal.COLUMNS
                        + " from audit_seal where chain = ? order by first_number desc limit 1",
                p -> p.number(chain));
        return database.call(c -> command.first(c, ChainRecord.Seal::read));
    }

    /** The seals of numbers above this one. */
    Iterable<ChainRecord.Seal> seals(long above) {
        return () -> new Pages<>(after -> {
            long from = after.map(ChainRecord.Seal::first).orElse(above);
            Command command = new Command(
                    "select " + ChainRecord.Seal.COLUMNS
                            + " from audit_seal where chain = ? and first_number > ? order by first_number limit ?",
                    p -> p.number(chain).number(from).number(PAGE));
            return database.call(c -> command.list(c, ChainRecord.Seal::read));
        });
    }

    /** The rows with numbers above this one; also such as have the same number, which only others can have written. */
    Iterable<Linked> rows(long above) {
        return () -> new Pages<>(after -> {
            Command command =
                    after.map(this::rowsAfter).orElseGet(() -> rows("chain_number > ?", p -> p.number(above)));
            return database.call(c -> command.list(
                    c,
                    row -> new Linked(StoredEvent.read(row), row.longNumber("chain_number"), row.bytes("chain_hash"))));
        });
    }

    private Command rowsAfter(Linked last) {
        return rows(
                "chain_number >= ? and (chain_number, id, happened_at) > (?, ?, ?)",
                p -> p.number(last.number())
                        .number(last.number())
                        .id(last.event().id())
                        .time(last.event().time()));
    }

    private Command rows(String where, Command.Binding binding) {
        return new Command(
                "select " + StoredEvent.COLUMNS + ", chain_number, chain_hash from audit_event where chain = ? and "
                        + where + " order by chain_number, id, happened_at limit ?",
                p -> {
                    p.number(chain);
                    binding.bind(p);
                    p.number(PAGE);
                });
    }

    /** How many rows claim a place that no row has. */
    long placeless() {
        Command command = new Command(
                "select count(*) as n from audit_event where chain = ? and (chain_number is null or chain_number < 1)",
                p -> p.number(chain));
        return database.call(c -> command.first(c, row -> row.longNumber("n"))).orElseThrow();
    }

    /** Goes through pages, each of which begins after the last element of the one before. */
    private static final class Pages<T> implements Iterator<T> {
        private final Function<Optional<T>, List<T>> page;
        private List<T> items;
        private int next;

        Pages(Function<Optional<T>, List<T>> page) {
            this.page = page;
            this.items = page.apply(Optional.empty());
        }

        @Override
        public boolean hasNext() {
            if (next == items.size() && next == PAGE) {
                items = page.apply(Optional.of(items.get(next - 1)));
                next = 0;
            }
            return next < items.size();
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return items.get(next++);
        }
    }
}
