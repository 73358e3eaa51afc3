package org.postern.core;

import java.time.Duration;
import java.util.Optional;

/** The life of a token: how its text becomes a duration (contract, section 3). */
public final class TokenLife {
    /** 86,400 seconds. */
    public static final Duration DEFAULT = Duration.ofDays(1);
    /** 2,678,400 seconds: whatever is longer becomes this. */
    public static final Duration MAX = Duration.ofDays(31);

    private TokenLife() {}

    /** The life that {@code seconds} names; empty where it is no number, or zero. Never throws, however long it is. */
    public static Optional<Duration> parse(String seconds) {
        int start = 0;
        for (int i = 0; i < seconds.length(); i++) {
            char c = seconds.charAt(i);
            if (c < '0' || c > '9') {
                return Optional.empty();
            }
            if (c == '0' && start == i) {
                start++;
            }
        }
        String digits = seconds.substring(start);
        if (digits.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(digits.length() > 7 ? MAX : capped(Duration.ofSeconds(Integer.parseInt(digits))));
    }

    private static Duration capped(Duration life) {
        return life.compareTo(MAX) > 0 ? MAX : life;
    }
}
