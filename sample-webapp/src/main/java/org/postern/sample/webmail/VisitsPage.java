package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.postern.core.Page;
import org.postern.core.Visit;
import org.postern.core.service.Postern;

/** Who opened my mailbox: everybody who came with a token. It shows what the audit trail has, and hides nothing. */
record VisitsPage(Postern postern) {
    private static final int PAGE = 50;

    void show(Exchange exchange) throws IOException {
        Page<Visit> page;
        try {
            page = postern.sessions().visits(exchange.visitor().mailbox(), PAGE, exchange.after());
        } catch (IllegalArgumentException noSuchPage) {
            exchange.problem(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        exchange.page(
                "visits",
                "visits",
                Map.of("visits", page.items(), "next", page.next().orElse("")));
    }
}
