package org.postern.core.service;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.MailboxAddress;

/** Decides which events get a row of their own, and counts the others for as long as a time goes on. Thread-safe. */
final class Folding {
    private static final int MOST_KINDS = 10_000;

    private record Kind(
            AuditEvent.Type type,
            Optional<MailboxAddress> mailbox,
            Optional<MailboxAddress> administrator,
            String network,
            String detail) {
        static Kind of(AuditEvent e) {
            return new Kind(e.type(), e.mailbox(), e.administrator(), e.client().network(), e.detail());
        }

        static Kind rest(AuditEvent.Type type) {
            return new Kind(type, Optional.empty(), Optional.empty(), "", "flood");
        }
    }

    private static final class Tally {
        int rows;
        int folded;
        Optional<AuditEvent> first = Optional.empty();
    }

    /** Where an event is told: in a row of its own, or in one that counts it. */
    record Place(UUID row, boolean isOwn) {}

    private final Clock clock;
    private final long window;
    private final int rowsAlike;
    private final int rowsOfType;
    private final Map<Kind, Tally> tallies = new HashMap<>();
    private final List<AuditEvent> unwritten = new ArrayList<>();
    private long ends;

    /**
     * @param window how long is counted into one row
     * @param rowsAlike how many events alike get a row of their own in that time
     * @param rowsOfType how many of one type
     */
    Folding(Clock clock, Duration window, int rowsAlike, int rowsOfType) {
        this.clock = clock;
        this.window = window.toMillis();
        this.rowsAlike = rowsAlike;
        this.rowsOfType = rowsOfType;
    }

    synchronized Place place(AuditEvent event, AuditEvent counted) {
        Tally rest = tallies.computeIfAbsent(Kind.rest(event.type()), k -> new Tally());
        Kind kind = Kind.of(counted);
        boolean crowded = rest.rows >= rowsOfType || (tallies.size() >= MOST_KINDS && !tallies.containsKey(kind));
        Tally tally = crowded ? rest : tallies.computeIfAbsent(kind, k -> new Tally());
        if (!crowded && tally.rows < rowsAlike) {
            tally.rows++;
            rest.rows++;
            return new Place(event.id(), true);
        }
        tally.folded++;
        AuditEvent first = tally.first.orElseGet(() -> crowded ? stranger(event) : counted);
        tally.first = Optional.of(first);
        return new Place(first.id(), false);
    }

    /** A row for a crowd that has no mailbox and no client in common. */
    private static AuditEvent stranger(AuditEvent event) {
        return AuditEvent.of(event.type(), event.time(), Client.NOBODY).because("flood");
    }

    /** Whether it is time to write what was counted; asked once, it is not for as long as counts are gathered. */
    synchronized boolean isOver() {
        long now = clock.millis();
        if (now < ends && ends - now <= window) {
            return false;
        }
        ends = now + window;
        return true;
    }

    /** The rows that count, which are the caller's to write from then on. */
    synchronized List<AuditEvent> take() {
        List<AuditEvent> rows = new ArrayList<>(unwritten);
        unwritten.clear();
        for (Tally tally : tallies.values()) {
            tally.first.ifPresent(e -> rows.add(e.times(tally.folded)));
        }
        tallies.clear();
        return rows;
    }

    /** Takes back rows that could not be written. */
    synchronized void keep(List<AuditEvent> rows) {
        rows.stream().limit(MOST_KINDS - unwritten.size()).forEach(unwritten::add);
    }
}
