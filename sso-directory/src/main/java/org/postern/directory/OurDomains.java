package org.postern.directory;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postern.core.DomainName;
import org.postern.core.spi.MailDirectory;

/**
 * Which domains are the product's. That one is counts for a minute, since the poll asks for that of each open session
 * every two seconds, and nothing takes a domain away. Thread-safe.
 */
final class OurDomains {
    private static final long LIFE = Duration.ofMinutes(1).toMillis();
    private static final int MOST = 10_000;

    private final MailDirectory own;
    private final Clock clock;
    private final Map<DomainName, Long> ours = new LinkedHashMap<>(16, 0.75f, true);

    OurDomains(MailDirectory own, Clock clock) {
        this.own = own;
        this.clock = clock;
    }

    boolean contains(DomainName domain) {
        if (isRemembered(domain)) {
            return true;
        }
        long now = clock.millis();
        boolean there = own.companyOf(domain).isPresent();
        if (there) {
            remember(domain, now);
        }
        return there;
    }

    private synchronized boolean isRemembered(DomainName domain) {
        @Nullable Long since = ours.get(domain);
        return since != null && Math.abs(clock.millis() - since) < LIFE;
    }

    private synchronized void remember(DomainName domain, long now) {
        ours.put(domain, now);
        if (ours.size() > MOST) {
            ours.remove(ours.keySet().iterator().next());
        }
    }
}
