package org.postern.rest;

import com.fasterxml.jackson.databind.ObjectWriter;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.Page;
import org.postern.core.UnavailableException;
import org.postern.core.service.AuditTrail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /sso/v1/audit}: the audit trail, in pages or as one export. Thread-safe. */
@Authenticated
@Path("sso/v1/audit")
final class AuditResource {
    private static final Logger LOG = LoggerFactory.getLogger(AuditResource.class);
    private static final String CSV = "text/csv";
    private static final String NDJSON = "application/x-ndjson";
    /** Whoever takes everything gets JSON. */
    private static final String WHERE_ASKED_FOR = ";qs=0.5";
    /** What starts a formula, also in full width. */
    private static final String FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20";

    private static final int EXPORT_PAGE = 500;
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader(
                    "time",
                    "event",
                    "user",
                    "admin",
                    "token_id",
                    "type",
                    "reason",
                    "client",
                    "user_agent",
                    "detail",
                    "count",
                    "id")
            .get();

    private final AuditTrail trail;
    private final ObjectWriter json;

    AuditResource(AuditTrail trail, Json json) {
        this.trail = trail;
        this.json = json.mapper().writerFor(Views.Event.class);
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Views.ListOf<Views.Event> list(@Context ContainerRequestContext request) {
        Query query = Query.of(request, "user", "admin", "event", "since", "until", "limit", "cursor");
        AuditTrail.Wanted wanted = wanted(query);
        return Views.ListOf.of(
                query.page((limit, after) -> trail.read(Caller.administrator(request), wanted, limit, after)),
                Views.Event::of);
    }

    @GET
    @Produces(CSV + WHERE_ASKED_FOR)
    public Response csv(@Context ContainerRequestContext request) {
        return export(request, CSV + ";charset=utf-8", "audit.csv", (out, pages) -> {
            CSVPrinter printer = new CSVPrinter(out, FORMAT);
            for (List<AuditEvent> page = pages.first(); !page.isEmpty(); page = pages.next()) {
                for (AuditEvent event : page) {
                    printer.printRecord(cells(Views.Event.of(event)));
                }
                printer.flush();
            }
        });
    }

    @GET
    @Produces(NDJSON + WHERE_ASKED_FOR)
    public Response ndjson(@Context ContainerRequestContext request) {
        return export(request, NDJSON, "audit.ndjson", (out, pages) -> {
            for (List<AuditEvent> page = pages.first(); !page.isEmpty(); page = pages.next()) {
                for (AuditEvent event : page) {
                    out.write(json.writeValueAsString(Views.Event.of(event)));
                    out.write('\n');
                }
                out.flush();
            }
        });
    }

    private static AuditTrail.Wanted wanted(Query query) {
        return new AuditTrail.Wanted(
                query.address("user"),
                query.address("admin"),
                query.oneOf("event", AuditEvent.Type::parse),
                query.time("since"),
                query.time("until"));
    }

    private interface Printer {
        void print(Writer out, Pages pages) throws IOException;
    }

    /** The whole trail, a page at a time. */
    private final class Pages {
        private final Administrator reader;
        private final AuditTrail.Wanted wanted;
        private Page<AuditEvent> page;

        Pages(Administrator reader, AuditTrail.Wanted wanted) {
            this.reader = reader;
            this.wanted = wanted;
            this.page = trail.read(reader, wanted, EXPORT_PAGE, Optional.empty());
        }

        List<AuditEvent> first() {
            return page.items();
        }

        /** No rows: that was all. */
        List<AuditEvent> next() {
            if (page.next().isEmpty()) {
                return List.of();
            }
            page = trail.read(reader, wanted, EXPORT_PAGE, page.next());
            return page.items();
        }
    }

    /** The first page is read before the answer begins: a fault then still is a 503. Later, it breaks the connection. */
    private Response export(ContainerRequestContext request, String type, String file, Printer printer) {
        Query query = Query.of(request, "user", "admin", "event", "since", "until");
        Pages pages = new Pages(Caller.administrator(request), wanted(query));
        StreamingOutput body = (OutputStream out) -> {
            Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
            try {
                printer.print(writer, pages);
                writer.flush();
            } catch (UnavailableException fault) {
                LOG.error("an export of the audit trail broke off: {}", fault.getMessage());
                request.setProperty(RestServlet.BROKEN, true);
            }
        };
        return Response.ok(body, type)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + file + '"')
                .build();
    }

    private static Object[] cells(Views.Event e) {
        return new Object[] {
            e.time(),
            e.event(),
            cell(e.user()),
            cell(e.admin()),
            cell(e.tokenId()),
            cell(e.type()),
            cell(e.reason()),
            cell(e.client()),
            cell(e.userAgent()),
            cell(e.detail()),
            e.count(),
            e.id()
        };
    }

    /** Text that a spreadsheet would run as a formula gets an apostrophe (OWASP, CSV injection). */
    private static String cell(@Nullable Object value) {
        String text = Objects.toString(value, "");
        return !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? '\'' + text : text;
    }
}
