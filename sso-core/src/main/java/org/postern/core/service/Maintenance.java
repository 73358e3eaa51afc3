package org.postern.core.service;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Settings;
import org.postern.core.spi.Backend;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done now and then: tell the trail of expired tokens and end what they opened, purge what is old, write
 * the trail's counts, seal it, take over rotated keys. Several nodes may do it at once. Thread-safe.
 */
public final class Maintenance implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);
    private static final int BATCH = 1_000;
    private static final Duration OFTEN = Duration.ofSeconds(10);
    private static final Duration SELDOM = Duration.ofHours(1);

    private final Backend backend;
    private final AuditTrail audit;
    private final MailConnections connections;
    private final Settings.Keep keep;
    private final Clock clock;
    private final ScheduledExecutorService timer;

    Maintenance(Backend backend, AuditTrail audit, MailConnections connections, Settings.Keep keep, Clock clock) {
        this.backend = backend;
        this.audit = audit;
        this.connections = connections;
        this.keep = keep;
        this.clock = clock;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "postern-maintenance");
            thread.setDaemon(true);
            return thread;
        });
    }

    void start() {
        every(OFTEN, "take over rotated keys", backend::refreshKeys);
        every(OFTEN, "write the audit trail's counts", audit::flush);
        every(OFTEN, "note expired tokens", this::noteExpired);
        every(OFTEN, "seal the audit trail", backend::sealAudit);
        every(SELDOM, "purge", this::purge);
    }

    private void every(Duration pause, String what, Runnable task) {
        var unused = timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (UnavailableException fault) {
                        LOG.warn("cannot {} now: {}", what, fault.getMessage());
                    } catch (RuntimeException | Error fault) {
                        LOG.error("cannot {}", what, fault);
                    }
                },
                OFTEN.toMillis(),
                pause.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Tells the trail, once each, of what expired, and ends what that had opened; returns how many rows it found. */
    public int noteExpired() {
        Instant now = clock.instant();
        int all = 0;
        int batch = BATCH;
        while (batch >= BATCH && !Thread.currentThread().isInterrupted()) {
            batch = backend.tokens().noteExpired(now, BATCH, connections::end);
            all += batch;
        }
        return all;
    }

    /** Removes what is older than the settings {@code sso.keep.*} say; returns how many rows went. */
    public int purge() {
        Instant now = clock.instant();
        int all = 0;
        int batch = BATCH;
        while (batch >= BATCH && !Thread.currentThread().isInterrupted()) {
            batch = backend.tokens().purge(now.minus(keep.tokens()), now.minus(keep.audit()), BATCH);
            all += batch;
        }
        return all;
    }

    /** Stops; what runs is waited for, at most five seconds. */
    @Override
    public void close() {
        timer.shutdownNow();
        try {
            if (!timer.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("maintenance still runs");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
