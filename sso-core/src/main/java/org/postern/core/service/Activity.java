package org.postern.core.service;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.postern.core.Channel;

/** How often secrets were presented at this node since its start, and what came of it: numbers for monitoring. Thread-safe. */
public final class Activity {
    /** What came of presenting a secret. */
    public enum Outcome {
        /** A token was redeemed, or opened a mailbox at a mail server. */
        ACCEPTED,
        REFUSED,
        /** It is no token; a mail server tries the mailbox's own password next. */
        UNKNOWN,
        /** It was not looked at. */
        THROTTLED
    }

    private final Map<Channel, Map<Outcome, LongAdder>> counts = new ConcurrentHashMap<>();

    Activity() {}

    void count(Channel channel, Outcome outcome) {
        adder(channel, outcome).increment();
    }

    public long counted(Channel channel, Outcome outcome) {
        return adder(channel, outcome).sum();
    }

    private LongAdder adder(Channel channel, Outcome outcome) {
        return counts.computeIfAbsent(channel, c -> new ConcurrentHashMap<>())
                .computeIfAbsent(outcome, o -> new LongAdder());
    }
}
