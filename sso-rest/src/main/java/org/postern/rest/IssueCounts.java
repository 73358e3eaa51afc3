package org.postern.rest;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.postern.core.service.Issuance;

/** Counts what came of issuing, by door. Thread-safe. */
final class IssueCounts {
    private final LongAdder[] issued = adders();
    private final LongAdder[] refused = adders();

    private static LongAdder[] adders() {
        return Stream.generate(LongAdder::new).limit(Door.values().length).toArray(LongAdder[]::new);
    }

    /** Counts, and hands on what it got. */
    Issuance count(Door door, Issuance issuance) {
        (issuance instanceof Issuance.Issued ? issued : refused)[door.ordinal()].increment();
        return issuance;
    }

    long issued(Door door) {
        return issued[door.ordinal()].sum();
    }

    long refused(Door door) {
        return refused[door.ordinal()].sum();
    }
}
