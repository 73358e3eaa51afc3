package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.postern.core.Page;
import org.postern.core.Visit;
import org.postern.core.service.Postern;

/** Who opened my mailbox: everybody who came with a token. It shows what the audit trail has, and hides nothing. */
public final class VisitsPage {
    private static final int PAGE = 50;

    /**
     * A visit in words.
     *
     * @param lasted how long, or that it is still open; empty at a mail server
     */
    public record Row(
            String issuer,
            String reason,
            String type,
            Instant start,
            String lasted,
            boolean open,
            boolean readOnly,
            String way,
            String address) {}

    private final Postern postern;

    VisitsPage(Postern postern) {
        this.postern = postern;
    }

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
                Map.of(
                        "rows",
                                page.items().stream()
                                        .map(v -> row(v, exchange.texts()))
                                        .toList(),
                        "next", page.next().orElse("")));
    }

    private static Row row(Visit visit, Texts texts) {
        boolean web = visit.protocol().isEmpty();
        String way =
                visit.protocol().map(p -> p.name().toUpperCase(Locale.ROOT)).orElse("Webmail");
        return new Row(
                visit.issuer().toString(),
                visit.reason(),
                texts.get("type." + visit.type().apiName()),
                visit.startedAt(),
                web ? visit.lasted().map(texts::duration).orElseGet(() -> texts.get("visits.open")) : "",
                web && visit.endedAt().isEmpty(),
                visit.readOnly(),
                visit.count() > 1 ? way + " × " + texts.number(visit.count()) : way,
                visit.client().address());
    }
}
