package org.postern.rest.diagnosis;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** How long a diagnosis may go on. When it ends, every connection that hangs on it is closed. Thread-safe. */
final class Lifeline {
    private static final Duration TICK = Duration.ofMillis(2);

    private final long end;
    private final Duration patience;
    private final Set<Closeable> held = ConcurrentHashMap.newKeySet();
    private volatile boolean over;
    private volatile boolean cancelled;

    /** @param patience how long one answer may take */
    Lifeline(Duration limit, Duration patience) {
        this.end = System.nanoTime() + limit.toNanos();
        this.patience = patience;
    }

    /** Also a moment before: sockets count whole milliseconds, and one that waited to the end is back that early. */
    boolean isOver() {
        return over || left().compareTo(TICK) < 0;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Never negative. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** The moment, in the nanoseconds of {@link System#nanoTime}, by which an answer that begins now has to be there. */
    long answerBy() {
        return System.nanoTime() + Math.min(patience.toNanos(), left().toNanos());
    }

    /** Milliseconds until then, at least one: what sockets take. */
    static int millisUntil(long moment) throws SocketTimeoutException {
        long left = (moment - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new SocketTimeoutException("no time is left");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }

    void hold(Closeable connection) {
        held.add(connection);
        if (over) {
            close(connection);
        }
    }

    void release(Closeable connection) {
        held.remove(connection);
        close(connection);
    }

    void cancel() {
        cancelled = true;
        cut();
    }

    void cut() {
        over = true;
        held.forEach(Lifeline::close);
    }

    private static void close(Closeable connection) {
        try {
            connection.close();
        } catch (IOException gone) {
            // it is closed now in any case
        }
    }
}
