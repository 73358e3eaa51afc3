package org.postern.core.service;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.postern.core.spi.AuditCounts;

/**
 * What happened of late in an administrator's domains. Immutable.
 *
 * @param edges where the buckets of {@code counts} meet; the last one ends after now
 */
public record Overview(List<Instant> edges, AuditCounts counts) {
    public Overview {
        edges = List.copyOf(edges);
    }

    /** How far back it goes, and in which steps. */
    public enum Period {
        /** 24 hours, the one that runs being the last. */
        DAY(24),
        /** Seven days of a zone, today being the last. A day may have 23 or 25 hours. */
        WEEK(7),
        /** Thirty days likewise. */
        MONTH(30);

        private static final long HOUR = Duration.ofHours(1).toSeconds();

        private final int buckets;

        Period(int buckets) {
            this.buckets = buckets;
        }

        public String apiName() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Period> parse(String name) {
            return List.of(values()).stream()
                    .filter(p -> p.apiName().equals(name))
                    .findFirst();
        }

        /** Where the buckets meet, seen at {@code now} in a zone. A day that a zone left out has no bucket. */
        public List<Instant> edges(Instant now, ZoneId zone) {
            IntStream steps = IntStream.rangeClosed(1 - buckets, 1);
            if (this == DAY) {
                Instant hour = startOfHour(now, zone);
                return steps.mapToObj(i -> hour.plusSeconds(i * HOUR)).toList();
            }
            LocalDate today = LocalDate.ofInstant(now, zone);
            return steps.mapToObj(i -> today.plusDays(i).atStartOfDay(zone).toInstant())
                    .distinct()
                    .toList();
        }

        private static Instant startOfHour(Instant now, ZoneId zone) {
            long offset = zone.getRules().getOffset(now).getTotalSeconds();
            return Instant.ofEpochSecond(now.getEpochSecond() - Math.floorMod(now.getEpochSecond() + offset, HOUR));
        }
    }
}
