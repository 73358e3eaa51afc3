package org.postern.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postern.core.AuditEvent;
import org.postern.core.KeyedHash;
import org.postern.core.TimeOrderedId;
import org.postern.core.Visit;
import org.postern.core.spi.AuditPeriod;

/** An audit event as its row holds it: the columns both ways, and the keyed hash over them. */
record StoredEvent(
        UUID id,
        Instant time,
        String event,
        @Nullable String domain,
        @Nullable String visited,
        @Nullable String mailbox,
        @Nullable String administrator,
        @Nullable UUID tokenId,
        @Nullable String sessionType,
        String reason,
        String clientAddress,
        String userAgent,
        String detail,
        int times) {

    static final String COLUMNS = "id, happened_at, event, domain, visited, mailbox, administrator, token_id,"
            + " session_type, reason, client_address, user_agent, detail, times";

    /**
     * What counts are made of, of each row that counts; to be bound: what {@code bucket} has, and {@link #ofPeriod}. Names
     * no column and no event but those of the index {@code audit_event_counts}, in which a period is a stretch of ids.
     *
     * @param bucket the number, from 0, of a row's bucket
     */
    static String counted(String bucket) {
        return "select event, " + bucket + " as bucket, session_type, administrator, detail, times"
                + " from audit_event where domain = any (?) and id >= ? and id < ?"
                + " and happened_at >= ? and happened_at < ?"
                + " and event in ('issued', 'redeemed', 'refused', 'issue_refused')";
    }

    static void ofPeriod(AuditPeriod period, Parameters parameters) throws SQLException {
        parameters
                .names(period.domains())
                .id(TimeOrderedId.lowest(period.since()))
                .id(TimeOrderedId.lowest(period.until().plusMillis(1)))
                .time(period.since())
                .time(period.until());
    }

    static StoredEvent of(AuditEvent event) {
        return new StoredEvent(
                event.id(),
                Parameters.stored(event.time()),
                event.type().apiName(),
                text(event.domain()),
                text(Visit.of(event).map(Visit::mailbox)),
                text(event.mailbox()),
                text(event.administrator()),
                event.tokenId().orElse(null),
                event.sessionType().map(t -> t.apiName()).orElse(null),
                StorableText.of(event.reason()),
                StorableText.of(event.client().address()),
                StorableText.of(event.client().userAgent()),
                StorableText.of(event.detail()),
                event.count());
    }

    private static @Nullable String text(Optional<?> value) {
        return value.map(v -> StorableText.of(v.toString())).orElse(null);
    }

    static StoredEvent read(Row row) throws SQLException {
        return new StoredEvent(
                row.id("id"),
                row.time("happened_at"),
                row.text("event"),
                row.textIfAny("domain").orElse(null),
                row.textIfAny("visited").orElse(null),
                row.textIfAny("mailbox").orElse(null),
                row.textIfAny("administrator").orElse(null),
                row.idIfAny("token_id").orElse(null),
                row.textIfAny("session_type").orElse(null),
                row.text("reason"),
                row.text("client_address"),
                row.text("user_agent"),
                row.text("detail"),
                row.number("times"));
    }

    /** The hash of this row at its place in a chain. */
    Bytes hash(KeyedHash key, long chain, long number) {
        return Bytes.of(key.of(new Content("event")
                .number(chain)
                .number(number)
                .id(id)
                .time(time)
                .text(event)
                .text(domain)
                .text(visited)
                .text(mailbox)
                .text(administrator)
                .id(tokenId)
                .text(sessionType)
                .text(reason)
                .text(clientAddress)
                .text(userAgent)
                .text(detail)
                .number(times)
                .bytes()));
    }

    Insert insert(long chain, long number, Bytes hash) {
        return new Insert(
                "audit_event",
                COLUMNS + ", chain, chain_number, chain_hash",
                p -> p.id(id)
                        .time(time)
                        .text(event)
                        .name(Optional.ofNullable(domain))
                        .name(Optional.ofNullable(visited))
                        .name(Optional.ofNullable(mailbox))
                        .name(Optional.ofNullable(administrator))
                        .id(Optional.ofNullable(tokenId))
                        .name(Optional.ofNullable(sessionType))
                        .text(reason)
                        .text(clientAddress)
                        .text(userAgent)
                        .text(detail)
                        .number(times)
                        .number(chain)
                        .number(number)
                        .bytes(hash));
    }
}
