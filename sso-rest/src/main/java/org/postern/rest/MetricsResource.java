package org.postern.rest;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postern.core.Channel;
import org.postern.core.service.Activity;
import org.postern.core.settings.AddressList;

/**
 * {@code /metrics} in the text format of Prometheus, for the addresses of {@code sso.metrics.addresses}. The labels are
 * doors, channels and outcomes: no name, no address, no secret. Thread-safe.
 */
@Path("metrics")
final class MetricsResource {
    private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final IssueCounts issued;
    private final Activity activity;
    private final AddressList readers;
    private @Nullable PrometheusMeterRegistry registry;

    MetricsResource(IssueCounts issued, Activity activity, AddressList readers) {
        this.issued = issued;
        this.activity = activity;
        this.readers = readers;
    }

    @GET
    public Response scrape(@Context ContainerRequestContext request) {
        if (!readers.contains(Caller.of(request).arrival().address())) {
            throw Problem.exception(403, "Metrics are not for this address: see the setting sso.metrics.addresses.");
        }
        return Response.ok(registry().scrape(), TYPE).build();
    }

    /** Made for the first reader: a product that nobody watches does not pay for it. */
    private synchronized PrometheusMeterRegistry registry() {
        if (registry == null) {
            registry = made();
        }
        return registry;
    }

    private PrometheusMeterRegistry made() {
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ClassLoaderMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        for (Door door : Door.values()) {
            issues(meters, door, "issued", true);
            issues(meters, door, "refused", false);
        }
        for (Channel channel : Channel.values()) {
            for (Activity.Outcome outcome : Activity.Outcome.values()) {
                FunctionCounter.builder("postern.secrets", activity, a -> a.counted(channel, outcome))
                        .description("Tokens and other secrets that were presented")
                        .tag("channel", channel.apiName())
                        .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                        .register(meters);
            }
        }
        return meters;
    }

    private void issues(PrometheusMeterRegistry meters, Door door, String outcome, boolean good) {
        FunctionCounter.builder("postern.issues", issued, i -> good ? i.issued(door) : i.refused(door))
                .description("Requests for a token by an administrator")
                .tag("door", door.label())
                .tag("outcome", outcome)
                .register(meters);
    }
}
