package org.postern.core.service;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.core.AuditEvent;
import org.postern.core.MailboxAddress;
import org.postern.core.spi.TokenStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the audit trail's rows that change nothing else, folds floods of them into counted rows, and logs every row on
 * {@code org.postern.audit} (contract, section 11). Thread-safe.
 *
 * <p>Of events alike (type, mailbox, network, detail) the first five in a minute get a row of their own, and of one
 * type the first thousand; the others are counted, and the count is written when the minute is over.
 */
public final class AuditTrail {
    private static final Logger LOG = LoggerFactory.getLogger("org.postern.audit");
    private static final int ROWS_ALIKE = 5;
    private static final int ROWS_OF_TYPE = 1000;
    private static final int MOST_KINDS = 10_000;
    private static final long MINUTE = 60_000;

    private record Kind(AuditEvent.Type type, Optional<MailboxAddress> mailbox, String network, String detail) {
        static Kind of(AuditEvent e) {
            return new Kind(e.type(), e.mailbox(), e.client().network(), e.detail());
        }

        static Kind rest(AuditEvent.Type type) {
            return new Kind(type, Optional.empty(), "", "flood");
        }
    }

    private static final class Tally {
        int rows;
        int folded;
        Optional<AuditEvent> last = Optional.empty();
    }

    private final TokenStore store;
    private final Clock clock;
    private final Map<Kind, Tally> tallies = new HashMap<>();
    private long minuteEnds;

    public AuditTrail(TokenStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Writes a row that must not be folded. */
    public void write(AuditEvent event) {
        store.append(List.of(event));
        log(event);
    }

    /** Writes the row now, or counts it where many alike came before it. */
    public void fold(AuditEvent event) {
        List<AuditEvent> due = new ArrayList<>(due());
        admit(event).ifPresent(due::add);
        write(due);
    }

    /** Writes the counts of a minute that is over; called now and then. */
    public void flush() {
        write(due());
    }

    /** Writes all counts, however young. */
    public void close() {
        write(takeAll());
    }

    private void write(List<AuditEvent> events) {
        if (!events.isEmpty()) {
            store.append(events);
            events.forEach(AuditTrail::log);
        }
    }

    /** The row to write now, with what it tells of; empty where it is folded into a later row. */
    synchronized Optional<AuditEvent> admit(AuditEvent event) {
        Tally rest = tallies.computeIfAbsent(Kind.rest(event.type()), k -> new Tally());
        Kind kind = Kind.of(event);
        boolean crowded = rest.rows >= ROWS_OF_TYPE || tallies.size() >= MOST_KINDS && !tallies.containsKey(kind);
        Tally tally = crowded ? rest : tallies.computeIfAbsent(kind, k -> new Tally());
        if (!crowded && tally.rows < ROWS_ALIKE) {
            tally.rows++;
            rest.rows++;
            return Optional.of(event);
        }
        tally.folded++;
        tally.last = Optional.of(crowded ? stranger(event) : event);
        return Optional.empty();
    }

    /** A row for a crowd that has no mailbox and no client in common. */
    private static AuditEvent stranger(AuditEvent event) {
        return AuditEvent.of(event.type(), event.time(), new org.postern.core.Client("", ""))
                .because("flood");
    }

    private synchronized List<AuditEvent> due() {
        long now = clock.millis();
        if (now < minuteEnds && minuteEnds - now <= MINUTE) {
            return List.of();
        }
        minuteEnds = now + MINUTE;
        return takeAll();
    }

    private synchronized List<AuditEvent> takeAll() {
        Collection<Tally> all = tallies.values();
        List<AuditEvent> rows = new ArrayList<>();
        for (Tally tally : all) {
            tally.last.ifPresent(e -> rows.add(e.times(tally.folded)));
        }
        tallies.clear();
        return rows;
    }

    /** Logs a row that is written: here, or by the store together with what it tells of. */
    static void log(AuditEvent e) {
        if (!LOG.isInfoEnabled()) {
            return;
        }
        StringBuilder line =
                new StringBuilder(200).append("event=").append(e.type().apiName());
        e.mailbox().ifPresent(m -> field(line, "mailbox", m.toString()));
        e.administrator().ifPresent(a -> field(line, "administrator", a.toString()));
        e.tokenId().ifPresent(t -> field(line, "token", t.toString()));
        e.sessionType().ifPresent(t -> field(line, "type", t.apiName()));
        field(line, "reason", e.reason());
        field(line, "client", e.client().address());
        field(line, "agent", e.client().userAgent());
        field(line, "detail", e.detail());
        if (e.count() > 1) {
            field(line, "count", Integer.toString(e.count()));
        }
        LOG.info("{}", line);
    }

    /** One field, quoted, with whatever could end the line or the quotes escaped. */
    private static void field(StringBuilder line, String name, String value) {
        if (value.isEmpty()) {
            return;
        }
        line.append(' ').append(name).append("=\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c < 0x20 || c >= 0x7f && c < 0xa0 || isInvisible(c)) {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        line.append('"');
    }

    private static boolean isInvisible(char c) {
        int type = Character.getType(c);
        return type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.FORMAT
                || type == Character.SURROGATE && !Character.isSurrogate(c);
    }
}
