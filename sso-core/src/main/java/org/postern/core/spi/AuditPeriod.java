package org.postern.core.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.postern.core.AuditEvent;
import org.postern.core.DomainName;

/**
 * A stretch of time in buckets, and the domains of which the audit trail's rows are counted in it. Immutable.
 *
 * @param domains the domains under control of whoever asks; a row of another domain, or of none, is never counted
 * @param edges where the buckets meet, each later than the one before, in whole milliseconds: a bucket is from one edge,
 *     which is in it, to the next, which is not
 */
public record AuditPeriod(Set<DomainName> domains, List<Instant> edges) {
    /** The longest stretch: every count looks at each row of it. */
    public static final Duration LONGEST = Duration.ofDays(31);

    /** @throws IllegalArgumentException where the edges make no bucket, are out of order, or too far from each other */
    public AuditPeriod {
        domains = Set.copyOf(domains);
        edges = List.copyOf(edges);
        if (edges.size() < 2) {
            throw new IllegalArgumentException("no bucket");
        }
        for (int i = 1; i < edges.size(); i++) {
            if (!edges.get(i - 1).isBefore(edges.get(i))) {
                throw new IllegalArgumentException("edges out of order");
            }
        }
        if (Duration.between(edges.get(0), edges.get(edges.size() - 1)).compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("longer than " + LONGEST);
        }
    }

    /** The first moment that counts. */
    public Instant since() {
        return edges.get(0);
    }

    /** The first moment that counts no longer. */
    public Instant until() {
        return edges.get(edges.size() - 1);
    }

    /** The bucket, from 0, of an event that counts; empty for any other event. */
    public OptionalInt bucketOf(AuditEvent event) {
        if (event.time().isBefore(since())
                || !event.time().isBefore(until())
                || event.domain().filter(domains::contains).isEmpty()) {
            return OptionalInt.empty();
        }
        int bucket = 0;
        while (!event.time().isBefore(edges.get(bucket + 1))) {
            bucket++;
        }
        return OptionalInt.of(bucket);
    }
}
