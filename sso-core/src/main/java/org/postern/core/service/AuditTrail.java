package org.postern.core.service;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
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
 * type the first thousand; the others are counted, and the count is written when the minute is over. Of logins at mail
 * servers one an hour gets a row, since a telephone logs in every minute all day long.
 */
public final class AuditTrail {
    /** The end of the detail of an attempt that was not looked at, since too many came before it. */
    static final String HELD_BACK = "too many attempts";

    private static final int ROWS_ALIKE = 5;
    private static final int ROWS_OF_TYPE = 1000;
    private static final int ROWS_OF_MAIL_LOGINS = 10_000;

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

    private final TokenStore store;
    private final MailDirectory directory;
    private final Clock clock;
    private final Folding minutely;
    /** A script shows its password or key with each call: told once, and counted. */
    private final Folding adminLogins;

    private final Folding hourly;
    private final List<Folding> foldings;

    AuditTrail(TokenStore store, MailDirectory directory, Clock clock) {
        this.store = store;
        this.directory = directory;
        this.clock = clock;
        minutely = new Folding(clock, Duration.ofMinutes(1), ROWS_ALIKE, ROWS_OF_TYPE);
        adminLogins = new Folding(clock, Duration.ofMinutes(1), 1, ROWS_OF_TYPE);
        hourly = new Folding(clock, Duration.ofHours(1), 1, ROWS_OF_MAIL_LOGINS);
        foldings = List.of(minutely, adminLogins, hourly);
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
        Folding.Place place = folding(event).place(event, counted);
        if (place.isOwn()) {
            write(event);
        }
        return place.row();
    }

    private Folding folding(AuditEvent event) {
        return switch (event.type()) {
            case MAIL_LOGIN -> hourly;
            case ADMIN_LOGIN -> adminLogins;
            default -> minutely;
        };
    }

    /** Writes the counts of a minute, or an hour, that is over; called now and then. */
    public void flush() {
        for (Folding folding : foldings) {
            if (folding.isOver()) {
                writeCounts(folding);
            }
        }
    }

    /** Writes all counts, however young. */
    public void close() {
        foldings.forEach(this::writeCounts);
    }

    /** Where the store cannot take them, the counts are kept for the next time. */
    private void writeCounts(Folding folding) {
        List<AuditEvent> rows = folding.take();
        if (rows.isEmpty()) {
            return;
        }
        try {
            store.append(rows);
        } catch (UnavailableException fault) {
            folding.keep(rows);
            throw fault;
        }
    }

    /** The row to write now, with what it tells of; empty where it is folded into a later row. */
    Optional<AuditEvent> admit(AuditEvent event) {
        return folding(event).place(event, event).isOwn() ? Optional.of(event) : Optional.empty();
    }
}
