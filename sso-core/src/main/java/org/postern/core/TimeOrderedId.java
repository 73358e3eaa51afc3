package org.postern.core;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;

/** UUIDs of version 7 (RFC 9562, section 5.7): ordered by the millisecond in which they were made, else random. */
public final class TimeOrderedId {
    /** The order of lists: newest first. As bytes, where {@link UUID#compareTo} compares signed numbers. */
    public static final Comparator<UUID> NEWEST_FIRST = ((Comparator<UUID>)
                    (a, b) -> Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits()))
            .thenComparing((a, b) -> Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits()))
            .reversed();

    private static final SecureRandom RANDOM = new SecureRandom();

    private TimeOrderedId() {}

    public static UUID next(Instant now) {
        long high = now.toEpochMilli() << 16 | 0x7000 | RANDOM.nextInt(0x1000);
        long low = RANDOM.nextLong() >>> 2 | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** One that comes before all that are made in the millisecond of {@code time}, or later; there is none before 1970. */
    public static UUID lowest(Instant time) {
        return new UUID(Math.max(0, time.toEpochMilli()) << 16, 0);
    }

    /** The moment in which {@code id} was made, in milliseconds: what {@link #next} was told. */
    public static Instant time(UUID id) {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }
}
