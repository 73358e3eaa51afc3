package org.postern.directory;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.postern.core.DomainName;
import org.postern.core.spi.MailDirectory;

/**
 * Which domains are the product's. That one is counts for a minute, since the poll asks for that of each open session
 * every two seconds, and nothing takes a domain away. Thread-safe.
 */
final class OurDomains {
    private static final long LIFE = Duration.ofMinutes(1).toMillis();
    private static final int MOST = 10_000;

    private record Known(boolean ours, long at) {}

    private final MailDirectory own;
    private final Clock clock;
    private final Map<DomainName, Known> known = new LinkedHashMap<>(16, 0.75f, true);

    OurDomains(MailDirectory own, Clock clock) {
        this.own = own;
        this.clock = clock;
    }

    boolean contains(DomainName domain) {
        return remembered(domain).filter(ours -> ours).orElseGet(() -> look(domain));
    }

    /** The same of a domain that nobody named, where a no counts for a minute too. */
    boolean containedOfLate(DomainName domain) {
        return remembered(domain).orElseGet(() -> look(domain));
    }

    private boolean look(DomainName domain) {
        long now = clock.millis();
        boolean ours = own.companyOf(domain).isPresent();
        remember(domain, new Known(ours, now));
        return ours;
    }

    private synchronized Optional<Boolean> remembered(DomainName domain) {
        return Optional.ofNullable(known.get(domain))
                .filter(k -> Math.abs(clock.millis() - k.at()) < LIFE)
                .map(Known::ours);
    }

    private synchronized void remember(DomainName domain, Known fact) {
        known.put(domain, fact);
        if (known.size() > MOST) {
            known.remove(known.keySet().iterator().next());
        }
    }
}
