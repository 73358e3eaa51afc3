package org.postern.filter;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.Serializable;
import java.security.Principal;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.postern.core.Client;

/**
 * What this node knows of a session: whether it is over, and a request wrapper to use again, so that a request within
 * the session allocates nothing. One wrapper is kept; simultaneous requests of one session make their own. Thread-safe.
 */
final class OpenSession {
    /** Who the session's user is. */
    private record Mailbox(String getName) implements Principal, Serializable {
        @Override
        public String toString() {
            return getName;
        }
    }

    private final WebmailSession webmail;
    private final NodeSessions node;
    private final Principal principal;
    private final AtomicReference<@Nullable SessionRequest> spare = new AtomicReference<>();
    private volatile boolean over;
    private volatile @Nullable Future<?> timer;

    OpenSession(WebmailSession webmail, NodeSessions node) {
        this.webmail = webmail;
        this.node = node;
        this.principal = new Mailbox(webmail.mailbox());
    }

    WebmailSession webmail() {
        return webmail;
    }

    Principal principal() {
        return principal;
    }

    boolean isOver() {
        return over;
    }

    void endsBy(Future<?> timer) {
        this.timer = timer;
        if (over) {
            timer.cancel(false);
        }
    }

    /** Returns whether this call ended it. */
    boolean finish() {
        synchronized (this) {
            if (over) {
                return false;
            }
            over = true;
        }
        spare.set(null);
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
        return true;
    }

    void loggedOut() {
        node.end(webmail, "logout", Client.NOBODY);
    }

    SessionRequest wrap(HttpServletRequest request) {
        SessionRequest wrapper = spare.get() == null ? null : spare.getAndSet(null);
        if (wrapper == null) {
            return new SessionRequest(request, this);
        }
        wrapper.setRequest(request);
        return wrapper;
    }

    /** Takes a wrapper back when the chain has returned, unless it may still be in use (async, an upgraded connection). */
    void takeBack(SessionRequest wrapper, HttpServletRequest request, HttpServletResponse response) {
        if (over
                || wrapper.outlivesChain()
                || request.isAsyncStarted()
                || response.getStatus() == HttpServletResponse.SC_SWITCHING_PROTOCOLS) {
            return;
        }
        wrapper.setRequest(node.noRequest());
        spare.lazySet(wrapper);
    }
}
