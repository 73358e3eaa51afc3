package org.postern.directory;

import java.time.Clock;
import java.time.Duration;
import org.postern.core.UnavailableException;

/**
 * Keeps questions from servers that just gave no answer: for a pause they fail at once, then one is let through to try
 * again, and the others wait for another pause. So a hang costs one question's patience in each. Thread-safe.
 */
final class Breaker {
    private final Clock clock;
    private final long pause;
    private boolean open;
    private long since;

    Breaker(Clock clock, Duration pause) {
        this.clock = clock;
        this.pause = pause.toMillis();
    }

    /** @throws UnavailableException where there was no answer a moment ago, or somebody else is trying again */
    synchronized void admit() {
        if (open) {
            long now = clock.millis();
            if (Math.abs(now - since) < pause) {
                throw new UnavailableException("the LDAP servers did not answer a moment ago");
            }
            since = now;
        }
    }

    synchronized void answered() {
        open = false;
    }

    synchronized void unanswered() {
        open = true;
        since = clock.millis();
    }
}
