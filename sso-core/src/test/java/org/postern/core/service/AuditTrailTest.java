package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.Secret;
import org.postern.core.SetClock;
import org.postern.core.spi.Backend;

/** Contract, sections 5 (the id in an answer is found again) and 11 (floods are folded). */
class AuditTrailTest {
    private static final Client CLIENT = new Client("192.0.2.1", "test");

    private final SetClock clock = SetClock.atNoon();
    private final Backend backend = Acme.backend();
    private final Postern postern = new Postern(Acme.settings(Map.of()), backend, clock);
    private final Administrator company = backend.directory()
            .administrator(Acme.address("company@acme.example"))
            .orElseThrow();

    private Map<UUID, AuditEvent> rows() {
        var everything = new AuditTrail.Wanted(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        Map<UUID, AuditEvent> rows = new java.util.HashMap<>();
        postern.audit()
                .read(company, everything, 1_000, Optional.empty())
                .items()
                .forEach(e -> rows.put(e.id(), e));
        return rows;
    }

    private Issuance issue(String user, String life, String token) {
        return postern.tokens()
                .issue(company, new IssueRequest(user, "", Secret.of(token), "T-1", life, "", false, false, CLIENT));
    }

    @Test
    void issue_whateverComesOfIt_namesItsRow() {
        List<Issuance> all = List.of(
                issue("alice@acme.example", "", "correct horse"),
                issue("alice@acme.example", "", "correct horse"),
                issue("nobody@acme.example", "", ""),
                issue("alice@acme.example", "-1", ""));
        assertThat(rows().keySet())
                .containsAll(all.stream().map(Issuance::audit).toList());
    }

    @Test
    void fold_aFlood_namesTheRowThatCountsIt() {
        List<UUID> told = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            told.add(issue("nobody@acme.example", "", "").audit());
        }
        clock.advance(Duration.ofSeconds(61));
        postern.audit().flush();
        Map<UUID, AuditEvent> rows = rows();
        Set<UUID> ids = new HashSet<>(told);
        assertThat(rows.keySet()).isEqualTo(ids);
        assertThat(rows).hasSize(6);
        assertThat(rows.values().stream().mapToInt(AuditEvent::count).sum()).isEqualTo(100);
    }
}
