package org.postern.rest;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.ZoneId;
import java.util.Optional;
import org.postern.core.DomainName;
import org.postern.core.service.AuditTrail;
import org.postern.core.service.Overview;

/** {@code /sso/v1/overview}: what happened of late, in numbers. Thread-safe. */
@Authenticated
@Path("sso/v1/overview")
@Produces(MediaType.APPLICATION_JSON)
final class OverviewResource {
    private static final String UTC = "UTC";

    private final AuditTrail trail;

    OverviewResource(AuditTrail trail) {
        this.trail = trail;
    }

    @GET
    public Views.Overview overview(@Context ContainerRequestContext request) {
        Query query = Query.of(request, "period", "zone", "domain");
        Overview.Period period = query.oneOf("period", Overview.Period::parse).orElse(Overview.Period.WEEK);
        String zone = query.oneOf("zone", OverviewResource::zoneName).orElse(UTC);
        Optional<DomainName> domain = query.domain("domain");
        Overview overview = Views.given(trail.overview(Caller.administrator(request), period, ZoneId.of(zone), domain));
        return Views.Overview.of(period, zone, overview);
    }

    /** A zone by its name, and no offset: an offset has no days of 23 hours. */
    private static Optional<String> zoneName(String name) {
        return ZoneId.getAvailableZoneIds().contains(name) ? Optional.of(name) : Optional.empty();
    }
}
