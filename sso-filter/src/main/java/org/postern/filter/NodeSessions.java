package org.postern.filter;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postern.core.Client;
import org.postern.core.UnavailableException;
import org.postern.core.service.WebmailLogins;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions that this node has seen, and which of them are over. A request asks memory alone; a background poll asks
 * the {@link WebmailLogins} what was ended elsewhere, and a timer ends each session at its time. Thread-safe.
 */
final class NodeSessions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeSessions.class);
    private static final int BATCH = 500;
    private static final int MOST_UNTOLD = 10_000;

    private record Untold(UUID session, String why, Client client) {}

    private final WebmailLogins logins;
    private final Clock clock;
    private final List<WebmailSessionListener> listeners;
    private final ConcurrentMap<UUID, OpenSession> sessions = new ConcurrentHashMap<>();
    private final Queue<Untold> untold = new ConcurrentLinkedQueue<>();
    private final ScheduledThreadPoolExecutor timer;
    private final HttpServletRequest noRequest;
    private volatile boolean faulty;
    private volatile boolean closed;

    NodeSessions(WebmailLogins logins, Clock clock, List<WebmailSessionListener> listeners) {
        this.logins = logins;
        this.clock = clock;
        this.listeners = List.copyOf(listeners);
        // Two threads: a poll that waits for an answer holds up no session's end.
        timer = new ScheduledThreadPoolExecutor(2, task -> {
            Thread thread = new Thread(task, "postern-sessions");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        noRequest = (HttpServletRequest) Proxy.newProxyInstance(
                HttpServletRequest.class.getClassLoader(), new Class<?>[] {HttpServletRequest.class}, (p, m, a) -> {
                    throw new IllegalStateException("the request is over");
                });
    }

    void startPolling(Duration pause) {
        var unused =
                timer.scheduleWithFixedDelay(this::poll, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What a wrapper without a request points to. */
    HttpServletRequest noRequest() {
        return noRequest;
    }

    /** Keeps a session that was opened here just now, or came here from elsewhere. */
    OpenSession open(WebmailSession session) {
        OpenSession fresh = new OpenSession(session, this);
        OpenSession present = sessions.putIfAbsent(session.id(), fresh);
        if (present != null) {
            return present;
        }
        try {
            long left = session.end().toEpochMilli() - clock.millis();
            fresh.endsBy(timer.schedule(() -> close(fresh, "its time was over"), left, TimeUnit.MILLISECONDS));
        } catch (RejectedExecutionException stopping) {
            LOG.debug("the node stops");
        }
        tell(listener -> listener.opened(session));
        return fresh;
    }

    /**
     * What this node knows of a session that a request carries. One that it does not know, from another node or from
     * before a restart, is asked about once.
     *
     * @throws UnavailableException where it is unknown and nobody can tell
     */
    OpenSession of(WebmailSession session) {
        OpenSession known = sessions.get(session.id());
        return known != null ? known : adopt(session);
    }

    private OpenSession adopt(WebmailSession session) {
        boolean over = !clock.instant().isBefore(session.end())
                || !logins.closedAmong(Set.of(session.id())).isEmpty();
        if (over) {
            OpenSession dead = new OpenSession(session, this);
            dead.finish();
            return dead;
        }
        return open(session);
    }

    /** What is known, without asking anybody. */
    boolean isOpen(WebmailSession session) {
        OpenSession known = sessions.get(session.id());
        return known != null && !known.isOver();
    }

    /** Ends a session here and at the issuing service; where that cannot be told now, later. */
    void end(WebmailSession session, String why, Client client) {
        OpenSession known = sessions.get(session.id());
        if (known != null ? close(known, why) : !closed) {
            tellEnd(new Untold(session.id(), why, client));
        }
    }

    /** The container let the session go: it timed out, or the host invalidated it. Does not wait for anybody. */
    void unbound(UUID session) {
        OpenSession known = sessions.remove(session);
        if (known != null && close(known, "closed by the webmail")) {
            later(new Untold(session, "closed by the webmail", Client.NOBODY));
        }
    }

    /** A session that was redeemed and then could not be opened. */
    void abandon(UUID session, Client client) {
        tellEnd(new Untold(session, "could not be opened", client));
    }

    private boolean close(OpenSession session, String why) {
        if (!session.finish()) {
            return false;
        }
        tell(listener -> listener.closed(session.webmail(), why));
        return true;
    }

    private void tell(Consumer<WebmailSessionListener> event) {
        for (WebmailSessionListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException fault) {
                LOG.error("a session listener failed: {}", listener.getClass().getName(), fault);
            }
        }
    }

    private void later(Untold end) {
        if (closed) {
            lastWord(end);
            return;
        }
        if (untold.size() < MOST_UNTOLD) {
            untold.add(end);
            try {
                timer.execute(this::tellUntold);
            } catch (RejectedExecutionException stopping) {
                LOG.debug("the node stops");
            }
        }
    }

    /** A container that stops lets go of its sessions after the filter; the store may be closed by then. */
    private void lastWord(Untold end) {
        try {
            logins.end(end.session(), end.why(), end.client());
        } catch (RuntimeException gone) {
            LOG.debug("session {} ends with the node, untold", end.session());
        }
    }

    private void tellEnd(Untold end) {
        try {
            logins.end(end.session(), end.why(), end.client());
        } catch (RuntimeException fault) {
            LOG.error("cannot end session {} now; trying again: {}", end.session(), String.valueOf(fault));
            untold.add(end);
        }
    }

    private void tellUntold() {
        for (Untold end = untold.poll(); end != null; end = untold.poll()) {
            try {
                logins.end(end.session(), end.why(), end.client());
            } catch (RuntimeException fault) {
                untold.add(end);
                note(fault);
                return;
            }
        }
    }

    /** Asks which sessions were ended elsewhere. In a fault all of them stay, and it is logged once. */
    void poll() {
        try {
            tellUntold();
            List<UUID> batch = new ArrayList<>(BATCH);
            long now = clock.millis();
            for (OpenSession session : sessions.values()) {
                if (session.webmail().end().toEpochMilli() <= now) {
                    close(session, "its time was over");
                    sessions.remove(session.webmail().id(), session);
                } else if (!session.isOver()) {
                    batch.add(session.webmail().id());
                    if (batch.size() == BATCH) {
                        ask(batch);
                        batch.clear();
                    }
                }
            }
            if (!batch.isEmpty()) {
                ask(batch);
            }
            if (faulty && untold.isEmpty()) {
                faulty = false;
                LOG.info("the issuing service answers again");
            }
        } catch (RuntimeException | Error fault) {
            note(fault);
        }
    }

    private void ask(List<UUID> batch) {
        for (UUID id : logins.closedAmong(List.copyOf(batch))) {
            @Nullable OpenSession session = sessions.get(id);
            if (session != null) {
                close(session, "ended elsewhere");
            }
        }
    }

    private void note(Throwable fault) {
        if (!faulty) {
            faulty = true;
            if (fault instanceof UnavailableException) {
                LOG.error("cannot ask which sessions are over; they stay: {}", fault.getMessage());
            } else {
                LOG.error("cannot ask which sessions are over; they stay", fault);
            }
        }
    }

    /** Stops asking; tells what is still to be told, once. */
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        tellUntold();
    }
}
