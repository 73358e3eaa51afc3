package org.postern.core.spi;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a look through the whole audit trail found (contract, section 11). The trail is whole where there is no fault.
 *
 * @param intact how many rows are as they were written, by their keyed hash
 * @param pending how many of these are too young to be counted by a seal: that one of them is missing cannot be told yet
 * @param unsealed how many rows are from before the trail was chained: nothing can be told of them but their number
 * @param purged the moment before which rows were removed as too old, if there were any
 * @param faults how many faults there are
 * @param findings what is wrong, {@link #MOST_FINDINGS} at most
 * @param heads the last seal of each chain as {@code chain:number:hash}: who keeps these elsewhere can tell later that
 *     nothing of what they stand for was cut off
 */
public record AuditCheck(
        long intact,
        long pending,
        long unsealed,
        Optional<Instant> purged,
        long faults,
        List<Finding> findings,
        List<String> heads) {

    /** How many findings are kept; more are only counted. */
    public static final int MOST_FINDINGS = 1_000;

    /** What can be wrong. */
    public enum Kind {
        /** A row is not as it was written. */
        CHANGED,
        /** Rows that were written are not there. */
        REMOVED,
        /** A row was not written by this product, or not by a node that chains its rows. */
        ADDED,
        /** The records that chain the rows are not as they were written. */
        CHAIN_BROKEN,
        /** The key under which rows were chained is not among the keys. */
        KEY_MISSING
    }

    /**
     * One fault.
     *
     * @param what which row, or which numbers of which chain; in English, no secret in it
     */
    public record Finding(Kind kind, String what) {}

    /** Whether there is no fault. */
    public boolean whole() {
        return faults == 0;
    }
}
