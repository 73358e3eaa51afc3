package org.postern.rest;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.ws.rs.core.Application;
import java.io.IOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.glassfish.jersey.CommonProperties;
import org.glassfish.jersey.jackson.JacksonFeature;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;
import org.postern.core.MailboxAddress;
import org.postern.core.remote.NodeEndpoint;
import org.postern.core.service.Postern;
import org.postern.core.settings.Setting;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;
import org.postern.rest.diagnosis.Diagnoses;

/**
 * The product over HTTP: {@code /tools/sso}, the OMA calls, {@code /sso/v1}, their description, the console that uses it,
 * health and metrics. Put it into a web application with {@link #register}. Thread-safe.
 */
public final class PosternRest {
    private static final String[] MAPPINGS = {
        "/api/*", "/sso/*", "/openapi", "/openapi.yaml", "/openapi.json", "/metrics"
    };

    static final MailboxAddress NOBODY =
            MailboxAddress.parse("nobody@postern.invalid").orElseThrow();
    private static final long HEAD_START_MILLIS = 700;

    private final Postern postern;
    private final Diagnoses diagnoses;
    private final IssueCounts issued = new IssueCounts();

    public PosternRest(Postern postern) {
        this(postern, postern.settings().diagnose());
    }

    /** @param diagnose what a diagnosis tries, where the program knows more than its settings say */
    public PosternRest(Postern postern, Settings.Diagnose diagnose) {
        this(postern, new Diagnoses(diagnose, postern.settings().http().webmailUrl()));
    }

    private PosternRest(Postern postern, Diagnoses diagnoses) {
        this.postern = postern;
        this.diagnoses = diagnoses;
    }

    /**
     * Registers the servlets, while the context starts. {@code /tools/sso}, {@code /console} and {@code /health} answer at
     * once; everything else is started by its first request, or beside the console's first page. Call it before a login
     * filter is added, which would refuse {@code /api//method}.
     *
     * @throws IllegalStateException where a servlet of that name is there already
     */
    public void register(ServletContext context) {
        context.addFilter("postern-oma", new OneSlash())
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/api/*");
        add(context, "postern-tools", new ToolsServlet(postern, issued), "/tools/sso");
        Optional<AuthPort> port = authPort();
        Servlet mail = new OnDemand(() -> new MailServlet(postern), () -> port.ifPresent(AuthPort::close));
        add(context, "postern-mail", mail, "/sso/mail/*").setLoadOnStartup(1);
        add(context, "postern-health", new HealthServlet(postern.backend()), "/health/*");
        OnDemand api =
                new OnDemand(() -> new RestServlet(config(), postern.settings().http()));
        add(context, "postern-rest", api, MAPPINGS).setLoadOnStartup(1);
        add(context, "postern-console", new ConsoleServlet(() -> beginLists(api)), "/console/*");
    }

    /**
     * The first list costs the store much more than those after it: this is one, of a mailbox that nobody has. It gives the
     * page, which waits for the API, the time to be there first.
     */
    private void beginLists(OnDemand api) {
        api.begin();
        try {
            Thread.sleep(HEAD_START_MILLIS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return;
        }
        postern.backend().tokens().tokens(NOBODY, Optional.empty(), 1, Optional.empty());
    }

    /** Listens from now on, where a port is set. */
    private Optional<AuthPort> authPort() {
        if (postern.settings().mail().auth().port() == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AuthPort(
                    postern.mailLogins(),
                    postern.settings().mail(),
                    postern.settings().http().plain()));
        } catch (IOException taken) {
            throw new SettingsException(Setting.AUTH_PORT.key(), "cannot be listened at: " + taken.getMessage());
        }
    }

    private static ServletRegistration.Dynamic add(
            ServletContext context, String name, Servlet servlet, String... mappings) {
        ServletRegistration.Dynamic registration = context.addServlet(name, servlet);
        if (registration == null) {
            throw new IllegalStateException("there is a servlet " + name + " already");
        }
        Set<String> taken = registration.addMapping(mappings);
        if (!taken.isEmpty()) {
            throw new IllegalStateException("the web application has mapped " + taken + " already");
        }
        return registration;
    }

    /** The resources alone, without {@code /tools/sso}, for tests of what there is. */
    Application application() {
        return config();
    }

    private ResourceConfig config() {
        Json json = new Json();
        ResourceConfig config = new ResourceConfig();
        // Nothing is searched for on the class path: what is registered here is all.
        config.addProperties(Map.of(
                CommonProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true,
                CommonProperties.METAINF_SERVICES_LOOKUP_DISABLE, true,
                CommonProperties.MOXY_JSON_FEATURE_DISABLE, true,
                CommonProperties.PROVIDER_DEFAULT_DISABLE, "ALL",
                ServerProperties.WADL_FEATURE_DISABLE, true,
                ServerProperties.BV_FEATURE_DISABLE, true,
                ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true,
                ServerProperties.RESPONSE_SET_STATUS_OVER_SEND_ERROR, true));
        config.register(json);
        config.register(JacksonFeature.withoutExceptionMappers());
        config.register(new StrictText());
        config.register(new Problems());
        config.register(new Gate(postern.administrators()));
        Map<Class<?>, Object> resources = new LinkedHashMap<>();
        for (Object resource : List.of(
                new OmaResource(postern, issued, json),
                new TokensResource(postern, issued),
                new UsersResource(postern.mailboxes(), postern.tokens()),
                new DiagnosisResource(postern, diagnoses, issued, json),
                new SessionsResource(postern.sessions()),
                new AuditResource(postern.audit(), json),
                new OverviewResource(postern.audit()),
                new MeResource(postern),
                new NodeResource(
                        new NodeEndpoint(postern.tokens(), postern.settings().node(), postern.clock())),
                new OpenApiResource(json),
                new MetricsResource(
                        issued, postern.activity(), postern.settings().http().metricsAddresses()))) {
            resources.put(resource.getClass(), resource);
            config.register(resource.getClass());
        }
        config.register(new Instances(resources));
        return config;
    }
}
