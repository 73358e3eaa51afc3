package org.postern.core.spi;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.postern.core.AuditEvent;
import org.postern.core.Channel;
import org.postern.core.MailboxAddress;
import org.postern.core.SessionType;

/**
 * How many tokens were issued, redeemed and refused in an {@link AuditPeriod}, as the audit trail tells it. A row that
 * stands for many counts as many. Immutable.
 *
 * @param buckets one for each of the period, in its order
 * @param types by session type; one of which nothing was issued or redeemed is missing
 * @param administrators at most {@link #MOST_ADMINISTRATORS}: who issued most comes first, then whose tokens were
 *     redeemed most, then by address
 * @param others how many administrators there are besides
 * @param ofOthers what all of those did together
 * @param refusals by event and reason, the most frequent first
 */
public record AuditCounts(
        List<Bucket> buckets,
        Map<SessionType, Tokens> types,
        List<ByAdministrator> administrators,
        int others,
        Tokens ofOthers,
        List<Refusals> refusals) {
    /** How many administrators are named. */
    public static final int MOST_ADMINISTRATORS = 10;

    /**
     * What happened in one bucket.
     *
     * @param refused attempts to get in by a token, and calls, that were refused
     * @param issueRefused tokens that somebody asked for and did not get
     */
    public record Bucket(long issued, long redeemed, long refused, long issueRefused) {}

    /** How many tokens were issued, and how often one was redeemed. */
    public record Tokens(long issued, long redeemed) {
        private Tokens plus(Tokens more) {
            return new Tokens(issued + more.issued, redeemed + more.redeemed);
        }
    }

    /** What an administrator issued, and what was redeemed of his. */
    public record ByAdministrator(MailboxAddress administrator, Tokens tokens) {}

    /**
     * Refusals alike.
     *
     * @param event {@code REFUSED} or {@code ISSUE_REFUSED}
     * @param reason as the trail's detail has it, without the channel in front of it
     */
    public record Refusals(AuditEvent.Type event, String reason, long count) {}

    public AuditCounts {
        buckets = List.copyOf(buckets);
        types = Map.copyOf(types);
        administrators = List.copyOf(administrators);
        refusals = List.copyOf(refusals);
    }

    /** Adds up rows, or groups of rows. Not thread-safe. */
    public static final class Sum {
        private record Reason(AuditEvent.Type event, String reason) {}

        private static final Comparator<ByAdministrator> MOST_ACTIVE = Comparator.comparing(
                        (ByAdministrator a) -> a.tokens().issued())
                .thenComparing(a -> a.tokens().redeemed())
                .reversed()
                .thenComparing(a -> a.administrator().toString());
        private static final Comparator<Refusals> MOST_FREQUENT = Comparator.comparing(Refusals::count)
                .reversed()
                .thenComparing(Refusals::event)
                .thenComparing(Refusals::reason);

        private final List<Map<AuditEvent.Type, Long>> buckets = new ArrayList<>();
        private final Map<SessionType, Tokens> types = new EnumMap<>(SessionType.class);
        private final Map<MailboxAddress, Tokens> administrators = new HashMap<>();
        private final Map<Reason, Long> refusals = new HashMap<>();

        public Sum(AuditPeriod period) {
            Stream.generate(() -> new EnumMap<AuditEvent.Type, Long>(AuditEvent.Type.class))
                    .limit(period.edges().size() - 1L)
                    .forEach(buckets::add);
        }

        /**
         * Adds rows that are alike in what is given; what they differ in is empty, and added by another call.
         *
         * @param bucket from 0
         * @param count what the rows stand for, together
         * @throws IndexOutOfBoundsException where there is no such bucket
         */
        public void add(
                AuditEvent.Type event,
                OptionalInt bucket,
                Optional<SessionType> type,
                Optional<MailboxAddress> administrator,
                Optional<String> detail,
                long count) {
            bucket.ifPresent(b -> buckets.get(b).merge(event, count, Long::sum));
            if (event == AuditEvent.Type.ISSUED || event == AuditEvent.Type.REDEEMED) {
                Tokens tokens = event == AuditEvent.Type.ISSUED ? new Tokens(count, 0) : new Tokens(0, count);
                type.ifPresent(t -> types.merge(t, tokens, Tokens::plus));
                administrator.ifPresent(a -> administrators.merge(a, tokens, Tokens::plus));
            }
            if (event == AuditEvent.Type.REFUSED || event == AuditEvent.Type.ISSUE_REFUSED) {
                detail.ifPresent(d -> refusals.merge(new Reason(event, reason(d)), count, Long::sum));
            }
        }

        private static String reason(String detail) {
            int colon = detail.indexOf(": ");
            String before = colon < 0 ? "" : detail.substring(0, colon);
            boolean isChannel =
                    Stream.of(Channel.values()).map(Channel::apiName).anyMatch(before::equals);
            return isChannel ? detail.substring(colon + 2) : detail;
        }

        public AuditCounts counts() {
            List<ByAdministrator> active = administrators.entrySet().stream()
                    .map(e -> new ByAdministrator(e.getKey(), e.getValue()))
                    .sorted(MOST_ACTIVE)
                    .toList();
            int named = Math.min(active.size(), MOST_ADMINISTRATORS);
            return new AuditCounts(
                    buckets.stream().map(Sum::bucket).toList(),
                    types,
                    active.subList(0, named),
                    active.size() - named,
                    active.stream().skip(named).map(ByAdministrator::tokens).reduce(new Tokens(0, 0), Tokens::plus),
                    refusals.entrySet().stream()
                            .map(e ->
                                    new Refusals(e.getKey().event(), e.getKey().reason(), e.getValue()))
                            .sorted(MOST_FREQUENT)
                            .toList());
        }

        private static Bucket bucket(Map<AuditEvent.Type, Long> events) {
            return new Bucket(
                    events.getOrDefault(AuditEvent.Type.ISSUED, 0L),
                    events.getOrDefault(AuditEvent.Type.REDEEMED, 0L),
                    events.getOrDefault(AuditEvent.Type.REFUSED, 0L),
                    events.getOrDefault(AuditEvent.Type.ISSUE_REFUSED, 0L));
        }
    }
}
