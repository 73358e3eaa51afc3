package org.postern.store;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Instant;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.postern.core.KeyedHash;

/** The records that hold a chain of audit rows together. Each has a keyed hash over all that it says. */
sealed interface ChainRecord {
    byte[] content();

    Bytes hash();

    default boolean isHashedBy(KeyedHash key) {
        return hash().equals(Bytes.of(key.of(content())));
    }

    /** The key of one chain: made of the trail's key, and of no use for another chain. */
    static KeyedHash chainKey(KeyedHash trailKey, long chain, Bytes nonce) {
        return trailKey.derived(new Content("chain").number(chain).bytes(nonce).bytes());
    }

    /**
     * The beginning of a chain. Chains are numbered from 1 without a gap.
     *
     * @param heads the last sealed number of each chain that got further since the opening before this one
     * @param unsealed how many rows without a chain there were: those from before there were chains
     */
    record Opening(long chain, Bytes nonce, Instant openedAt, Bytes heads, long unsealed, Bytes hash)
            implements ChainRecord {
        static final String COLUMNS = "chain, nonce, opened_at, heads, unsealed, hash";

        static Opening hashed(
                KeyedHash key, long chain, Bytes nonce, Instant openedAt, Map<Long, Long> heads, long unsealed) {
            Bytes packed = packed(heads);
            byte[] content = content(chain, nonce, openedAt, packed, unsealed);
            return new Opening(chain, nonce, openedAt, packed, unsealed, Bytes.of(key.of(content)));
        }

        static Opening read(Row row) throws SQLException {
            return new Opening(
                    row.longNumber("chain"),
                    row.bytes("nonce"),
                    row.time("opened_at"),
                    row.bytes("heads"),
                    row.longNumber("unsealed"),
                    row.bytes("hash"));
        }

        Insert insert() {
            return new Insert(
                    "audit_chain",
                    COLUMNS + ", finished",
                    p -> p.number(chain)
                            .bytes(nonce)
                            .time(openedAt)
                            .bytes(heads)
                            .number(unsealed)
                            .bytes(hash)
                            .flag(false));
        }

        private static Bytes packed(Map<Long, Long> heads) {
            ByteBuffer bytes = ByteBuffer.allocate(heads.size() * 2 * Long.BYTES);
            new TreeMap<>(heads).forEach((chain, number) -> bytes.putLong(chain).putLong(number));
            return Bytes.of(bytes.array());
        }

        Map<Long, Long> headsByChain() {
            Map<Long, Long> byChain = new TreeMap<>();
            ByteBuffer bytes = ByteBuffer.wrap(heads.toArray());
            while (bytes.remaining() >= 2 * Long.BYTES) {
                byChain.put(bytes.getLong(), bytes.getLong());
            }
            return byChain;
        }

        @Override
        public byte[] content() {
            return content(chain, nonce, openedAt, heads, unsealed);
        }

        private static byte[] content(long chain, Bytes nonce, Instant openedAt, Bytes heads, long unsealed) {
            return new Content("opening")
                    .number(chain)
                    .bytes(nonce)
                    .time(openedAt)
                    .bytes(heads)
                    .number(unsealed)
                    .bytes();
        }
    }

    /**
     * Vouches for the rows with the numbers from {@code first} to {@code last}.
     *
     * @param missing which of them, counted from {@code first}, belong to no row: their statements came too late for a
     *     single use, say
     * @param earliest no row of these is from before that moment
     * @param latest no row of these is from after it
     * @param rows SHA-256 of the hashes of the rows, in order
     * @param previous the hash of the seal or the opening before this one
     */
    record Seal(
            long chain,
            long first,
            long last,
            BitSet missing,
            Instant earliest,
            Instant latest,
            Bytes rows,
            Bytes previous,
            Bytes hash)
            implements ChainRecord {
        static final String COLUMNS =
                "chain, first_number, last_number, missing, earliest, latest, rows_hash, previous, hash";

        Seal hashedBy(KeyedHash key) {
            return new Seal(chain, first, last, missing, earliest, latest, rows, previous, Bytes.of(key.of(content())));
        }

        static Seal read(Row row) throws SQLException {
            return new Seal(
                    row.longNumber("chain"),
                    row.longNumber("first_number"),
                    row.longNumber("last_number"),
                    BitSet.valueOf(row.bytes("missing").toArray()),
                    row.time("earliest"),
                    row.time("latest"),
                    row.bytes("rows_hash"),
                    row.bytes("previous"),
                    row.bytes("hash"));
        }

        Insert insert() {
            return new Insert(
                    "audit_seal",
                    COLUMNS,
                    p -> p.number(chain)
                            .number(first)
                            .number(last)
                            .bytes(Bytes.of(missing.toByteArray()))
                            .time(earliest)
                            .time(latest)
                            .bytes(rows)
                            .bytes(previous)
                            .bytes(hash));
        }

        boolean isMissing(long number) {
            return missing.get((int) (number - first));
        }

        @Override
        public byte[] content() {
            return new Content("seal")
                    .number(chain)
                    .number(first)
                    .number(last)
                    .bytes(Bytes.of(missing.toByteArray()))
                    .time(earliest)
                    .time(latest)
                    .bytes(rows)
                    .bytes(previous)
                    .bytes();
        }
    }

    /**
     * Says that rows of a chain went because they were too old.
     *
     * @param before rows from before that moment may be gone
     * @param last the seals up to this number are gone
     * @param link the hash of the last of them, which the next one continues
     */
    record Purged(long chain, Instant before, long last, Bytes link, Bytes hash) implements ChainRecord {
        static final String COLUMNS = "chain, purged_before, last_number, link, hash";

        Purged hashedBy(KeyedHash key) {
            return new Purged(chain, before, last, link, Bytes.of(key.of(content())));
        }

        static Purged read(Row row) throws SQLException {
            return new Purged(
                    row.longNumber("chain"),
                    row.time("purged_before"),
                    row.longNumber("last_number"),
                    row.bytes("link"),
                    row.bytes("hash"));
        }

        Insert insert() {
            return new Insert(
                    "audit_purge",
                    COLUMNS,
                    p -> p.number(chain).time(before).number(last).bytes(link).bytes(hash));
        }

        @Override
        public byte[] content() {
            return new Content("purged")
                    .number(chain)
                    .time(before)
                    .number(last)
                    .bytes(link)
                    .bytes();
        }
    }
}
