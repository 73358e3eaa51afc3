package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.SetClock;
import org.postern.core.spi.AuditCounts;
import org.postern.core.spi.Backend;

/** The days and hours of an overview, and that floods count in full. */
class OverviewTest {
    private static final ZoneId ATHENS = ZoneId.of("Europe/Athens");

    private final SetClock clock = SetClock.atNoon();
    private final Backend backend = Acme.backend();
    private final Postern postern = new Postern(Acme.settings(Map.of()), backend, clock);

    private Administrator admin(String address) {
        return backend.directory().administrator(Acme.address(address)).orElseThrow();
    }

    private static List<Long> hours(List<Instant> edges) {
        return IntStream.range(1, edges.size())
                .mapToObj(i -> Duration.between(edges.get(i - 1), edges.get(i)).toHours())
                .toList();
    }

    /** The clocks of Athens went forward on 29 March 2026 and back on 25 October. */
    @ParameterizedTest
    @CsvSource({
        "2026-03-31T22:30:00Z, 23, 2026-03-25T22:00:00Z, 2026-04-01T21:00:00Z",
        "2026-10-27T12:00:00Z, 25, 2026-10-20T21:00:00Z, 2026-10-27T22:00:00Z"
    })
    void week_whereTheClocksChange_hasADayOf(Instant now, long odd, Instant since, Instant until) {
        List<Instant> edges = Overview.Period.WEEK.edges(now, ATHENS);

        assertThat(hours(edges)).hasSize(7).containsOnlyOnce(odd).containsOnly(24L, odd);
        assertThat(edges).startsWith(since).endsWith(until);
    }

    @ParameterizedTest
    @CsvSource({
        "Asia/Kolkata, 2026-06-01T12:00:00Z, 2026-06-01T12:30:00Z",
        "Asia/Kolkata, 2026-06-01T12:30:00Z, 2026-06-01T13:30:00Z",
        "UTC, 2026-06-01T12:59:59.999Z, 2026-06-01T13:00:00Z",
        // Half an hour comes twice there.
        "Australia/Lord_Howe, 2026-04-04T15:15:00Z, 2026-04-04T15:30:00Z",
        "Europe/Athens, 2026-03-29T01:30:00Z, 2026-03-29T02:00:00Z",
        "UTC, 1960-06-01T12:10:00Z, 1960-06-01T13:00:00Z"
    })
    void day_is24HoursAndEndsWithTheOneThatRuns(String zone, Instant now, Instant until) {
        List<Instant> edges = Overview.Period.DAY.edges(now, ZoneId.of(zone));

        assertThat(hours(edges)).hasSize(24).containsOnly(1L);
        assertThat(edges).endsWith(until);
    }

    @ParameterizedTest
    @EnumSource(Overview.Period.class)
    void everyPeriod_atEveryHourInEveryZone_isOneThatCanBeAsked(Overview.Period period) {
        for (String name : ZoneId.getAvailableZoneIds()) {
            ZoneId zone = ZoneId.of(name);
            for (int hour = 0; hour < 24 * 366; hour += 173) {
                clock.set(Instant.parse("2026-01-01T00:29:59Z").plus(Duration.ofHours(hour)));
                Overview overview = overview("mail@acme.example", period, zone);
                assertThat(overview.edges().get(overview.edges().size() - 2))
                        .as(name)
                        .isBeforeOrEqualTo(clock.instant());
                assertThat(overview.edges())
                        .as(name)
                        .last()
                        .satisfies(end -> assertThat(end).isAfter(clock.instant()));
            }
        }
    }

    /** Samoa had no 30 December 2011. */
    @Test
    void week_withADayThatWasLeftOut_hasSixDays() {
        List<Instant> edges =
                Overview.Period.WEEK.edges(Instant.parse("2012-01-02T00:00:00Z"), ZoneId.of("Pacific/Apia"));

        assertThat(hours(edges)).hasSize(6).containsOnly(24L);
    }

    private Overview overview(String reader, Overview.Period period, ZoneId zone) {
        return ((Answer.Given<Overview>) postern.audit().overview(admin(reader), period, zone, Optional.empty()))
                .value();
    }

    @Test
    void flood_countsInFull_onceItsMinuteIsOver() {
        for (int i = 0; i < 5000; i++) {
            postern.audit()
                    .fold(AuditEvent.of(AuditEvent.Type.REFUSED, clock.instant(), new Client("192.0.2.1", ""))
                            .about(Acme.address("alice@acme.example"))
                            .because("imap: unknown"));
        }
        clock.advance(Duration.ofMinutes(2));
        postern.audit().flush();

        AuditCounts counts =
                overview("mail@acme.example", Overview.Period.DAY, ATHENS).counts();
        assertThat(counts.refusals())
                .containsExactly(new AuditCounts.Refusals(AuditEvent.Type.REFUSED, "unknown", 5000));
        assertThat(overview("company@globex.example", Overview.Period.DAY, ATHENS)
                        .counts()
                        .refusals())
                .isEmpty();
    }

    @Test
    void domain_thatIsNotHis_isDenied() {
        Administrator mail = admin("mail@acme.example");

        for (String domain : List.of("globex.example", "acme-labs.example", "nobody.example", "sub.acme.example")) {
            assertThat(postern.audit().overview(mail, Overview.Period.DAY, ATHENS, Optional.of(Acme.domain(domain))))
                    .as(domain)
                    .isInstanceOf(Answer.Denied.class);
        }
        assertThat(postern.audit()
                        .overview(mail, Overview.Period.DAY, ATHENS, Optional.of(Acme.domain("acme.example"))))
                .isInstanceOf(Answer.Given.class);
    }
}
