package org.postern.rest;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.postern.core.service.Issuance;

/** Counts what came of issuing, by door. Thread-safe. */
final class IssueCounts {
    private final Map<Door, LongAdder> issued = new ConcurrentHashMap<>();
    private final Map<Door, LongAdder> refused = new ConcurrentHashMap<>();

    private static LongAdder adder(Map<Door, LongAdder> counts, Door door) {
        return counts.computeIfAbsent(door, d -> new LongAdder());
    }

    /** Counts, and hands on what it got. */
    Issuance count(Door door, Issuance issuance) {
        adder(issuance instanceof Issuance.Issued ? issued : refused, door).increment();
        return issuance;
    }

    long issued(Door door) {
        return adder(issued, door).sum();
    }

    long refused(Door door) {
        return adder(refused, door).sum();
    }
}
