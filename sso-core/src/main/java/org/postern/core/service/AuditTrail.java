package org.postern.core.service;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.DomainName;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.UnavailableException;
import org.postern.core.spi.AuditPeriod;
import org.postern.core.spi.AuditQuery;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.TokenStore;

/**
 * Writes the audit trail's rows that change nothing else, folds floods of them into counted rows, and reads the trail
 * for administrators (contract, section 11). Thread-safe.
 *
 * <p>Of events alike (type, mailbox, administrator, network, detail) the first five in a minute get a row of their own, and of one
 * type the first thousand; the others are counted, and the count is written when the minute is over.
 */
public final class AuditTrail {
    /** The end of the detail of an attempt that was not looked at, since too many came before it. */
    static final String HELD_BACK = "too many attempts";

    private static final int ROWS_ALIKE = 5;
    private static final int ROWS_OF_TYPE = 1000;
    private static final int MOST_KINDS = 10_000;
    private static final long MINUTE = 60_000;

    /**
     * Which rows somebody wants to read: all that is given must apply.
     *
     * @param since the first moment that counts
     * @param until the first moment that counts no longer
     */
    public record Wanted(
            Optional<MailboxAddress> mailbox,
            Optional<MailboxAddress> administrator,
            Optional<AuditEvent.Type> type,
            Optional<Instant> since,
            Optional<Instant> until) {}

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
    private record Place(UUID row, boolean isOwn) {}

    private final TokenStore store;
    private final MailDirectory directory;
    private final Clock clock;
    private final Map<Kind, Tally> tallies = new HashMap<>();
    private final List<AuditEvent> unwritten = new ArrayList<>();
    private long minuteEnds;

    AuditTrail(TokenStore store, MailDirectory directory, Clock clock) {
        this.store = store;
        this.directory = directory;
        this.clock = clock;
    }

    /**
     * The rows of the domains under this administrator's control, newest first.
     *
     * @throws IllegalArgumentException where {@code after} is no page's {@code next}
     */
    public Page<AuditEvent> read(Administrator reader, Wanted wanted, int limit, Optional<String> after) {
        AuditQuery query = new AuditQuery(
                directory.domainsOf(reader),
                wanted.mailbox(),
                wanted.administrator(),
                wanted.type(),
                wanted.since(),
                wanted.until());
        return store.audit(query, limit, after);
    }

    /**
     * What happened of late in the domains under this administrator's control.
     *
     * @param zone whose days count
     * @param domain only this one of his; denied where it is not his
     */
    public Answer<Overview> overview(
            Administrator reader, Overview.Period period, ZoneId zone, Optional<DomainName> domain) {
        Set<DomainName> his = directory.domainsOf(reader);
        if (domain.filter(d -> !his.contains(d)).isPresent()) {
            return new Answer.Denied<>();
        }
        List<Instant> edges = period.edges(clock.instant(), zone);
        AuditPeriod asked = new AuditPeriod(domain.map(Set::of).orElse(his), edges);
        return new Answer.Given<>(new Overview(edges, store.count(asked)));
    }

    /** Writes a row that must not be folded. */
    public void write(AuditEvent event) {
        store.append(List.of(event));
    }

    /**
     * Writes the row now, or counts it where many alike came before it.
     *
     * @return the id of the row that tells of it; a counted row comes when the minute is over
     */
    public UUID fold(AuditEvent event) {
        return fold(event, event);
    }

    /**
     * As {@link #fold}, for an attempt that was not looked at since too many came before it. Whoever is held back
     * invents addresses as he likes: his attempts are alike, whatever they name.
     */
    UUID foldHeldBack(AuditEvent event) {
        return fold(
                event, AuditEvent.of(event.type(), event.time(), event.client()).because(event.detail()));
    }

    /** @param counted what the row tells that counts this event among others alike */
    private UUID fold(AuditEvent event, AuditEvent counted) {
        flush();
        Place place = place(event, counted);
        if (place.isOwn()) {
            write(event);
        }
        return place.row();
    }

    /** Writes the counts of a minute that is over; called now and then. */
    public void flush() {
        if (isMinuteOver()) {
            writeCounts();
        }
    }

    /** Writes all counts, however young. */
    public void close() {
        writeCounts();
    }

    /** Where the store cannot take them, the counts are kept for the next time. */
    private void writeCounts() {
        List<AuditEvent> rows = takeCounts();
        if (rows.isEmpty()) {
            return;
        }
        try {
            store.append(rows);
        } catch (UnavailableException fault) {
            keep(rows);
            throw fault;
        }
    }

    /** The row to write now, with what it tells of; empty where it is folded into a later row. */
    Optional<AuditEvent> admit(AuditEvent event) {
        return place(event, event).isOwn() ? Optional.of(event) : Optional.empty();
    }

    private synchronized Place place(AuditEvent event, AuditEvent counted) {
        Tally rest = tallies.computeIfAbsent(Kind.rest(event.type()), k -> new Tally());
        Kind kind = Kind.of(counted);
        boolean crowded = rest.rows >= ROWS_OF_TYPE || (tallies.size() >= MOST_KINDS && !tallies.containsKey(kind));
        Tally tally = crowded ? rest : tallies.computeIfAbsent(kind, k -> new Tally());
        if (!crowded && tally.rows < ROWS_ALIKE) {
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
        return AuditEvent.of(event.type(), event.time(), new Client("", "")).because("flood");
    }

    private synchronized boolean isMinuteOver() {
        long now = clock.millis();
        if (now < minuteEnds && minuteEnds - now <= MINUTE) {
            return false;
        }
        minuteEnds = now + MINUTE;
        return true;
    }

    private synchronized List<AuditEvent> takeCounts() {
        List<AuditEvent> rows = new ArrayList<>(unwritten);
        unwritten.clear();
        for (Tally tally : tallies.values()) {
            tally.first.ifPresent(e -> rows.add(e.times(tally.folded)));
        }
        tallies.clear();
        return rows;
    }

    private synchronized void keep(List<AuditEvent> rows) {
        rows.stream().limit(MOST_KINDS - unwritten.size()).forEach(unwritten::add);
    }
}
