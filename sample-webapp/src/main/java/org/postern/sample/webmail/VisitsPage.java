package org.postern.sample.webmail;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.postern.core.Page;
import org.postern.core.Visit;
import org.postern.core.service.Postern;

/** Who opened my mailbox: everybody who came with a token. It shows what the audit trail has, and hides nothing. */
record VisitsPage(Postern postern) {
    private static final int PAGE = 50;

    void show(Exchange exchange) throws IOException {
        Optional<Page<Visit>> page = exchange.listed(
                after -> postern.sessions().visits(exchange.visitor().mailbox(), PAGE, after));
        if (page.isPresent()) {
            String next = page.get().next().orElse("");
            exchange.page("visits", "visits", Map.of("visits", page.get().items(), "next", next));
        }
    }
}
