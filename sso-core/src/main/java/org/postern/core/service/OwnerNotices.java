package org.postern.core.service;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.postern.core.Mailbox;
import org.postern.core.Visit;
import org.postern.core.spi.OwnerNotice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands visits to whoever tells the owners, off the way of the login: one thread, which starts with the first visit, and
 * a queue that has an end. What cannot be handed over is an ERROR line, and never a failed login. Thread-safe.
 */
final class OwnerNotices implements AutoCloseable {
    static final int MOST_WAITING = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(OwnerNotices.class);
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    private final List<OwnerNotice> listeners = new CopyOnWriteArrayList<>();
    private final ThreadPoolExecutor worker;
    private final Duration lastWords;

    OwnerNotices() {
        this(LAST_WORDS);
    }

    /** @param lastWords how long {@link #close} waits for what is still to be told */
    OwnerNotices(Duration lastWords) {
        this.lastWords = lastWords;
        worker = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), task -> {
            Thread thread = new Thread(task, "postern-notices");
            thread.setDaemon(true);
            return thread;
        });
    }

    void add(OwnerNotice listener) {
        listeners.add(listener);
    }

    void opened(Mailbox mailbox, Visit visit) {
        if (listeners.isEmpty()) {
            LOG.error("The owner of {} is not told of visit {}: nobody sends notices", mailbox.address(), visit.id());
            return;
        }
        try {
            worker.execute(() -> tell(mailbox, visit));
        } catch (RejectedExecutionException full) {
            LOG.error(
                    "The owner of {} is not told of visit {}: {}",
                    mailbox.address(),
                    visit.id(),
                    worker.isShutdown() ? "the service stops" : "too many notices wait");
        } catch (RuntimeException | Error noThread) {
            LOG.error("The owner of {} is not told of visit {}", mailbox.address(), visit.id(), noThread);
        }
    }

    private void tell(Mailbox mailbox, Visit visit) {
        for (OwnerNotice listener : listeners) {
            try {
                listener.opened(mailbox, visit);
            } catch (RuntimeException | Error fault) {
                LOG.error("The owner of {} is not told of visit {}", mailbox.address(), visit.id(), fault);
            }
        }
    }

    /** Tells what is still to be told, for a while. */
    @Override
    public void close() {
        worker.shutdown();
        try {
            if (!worker.awaitTermination(lastWords.toMillis(), TimeUnit.MILLISECONDS)) {
                int left = worker.shutdownNow().size();
                LOG.error("The service stops; owners are not told of {} visits, nor perhaps of one more", left);
            }
        } catch (InterruptedException stopping) {
            LOG.error(
                    "The service stops; owners are not told of {} visits",
                    worker.shutdownNow().size());
            Thread.currentThread().interrupt();
        }
    }
}
