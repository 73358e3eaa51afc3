package org.postern.rest;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one warning a minute through: whoever may not ask shall not fill the log. Thread-safe. */
final class Seldom {
    private static final long EVERY = Duration.ofMinutes(1).toNanos();

    private final AtomicLong last = new AtomicLong(System.nanoTime() - EVERY);

    /** Whether it is time for one; then it is not again for a minute. */
    boolean isTime() {
        long now = System.nanoTime();
        long before = last.get();
        return now - before >= EVERY && last.compareAndSet(before, now);
    }
}
