package org.postern.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.Acme;
import org.postern.core.Client;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.Postern;
import org.postern.core.spi.Backend;
import org.postern.filter.SsoFilter;

/** Every way by which the filter gets into a webmail, and where it finds what it works with. */
class DeploymentTest {
    private static final String ALICE = "alice@acme.example";

    /** What a webmail's own composition does: it opens the product while it starts. */
    public static final class Composition implements ServletContextListener {
        static final AtomicReference<Postern> POSTERN = new AtomicReference<>();

        @Override
        public void contextInitialized(ServletContextEvent event) {
            Postern postern = new Postern(Acme.settings(Map.of()), Acme.backend(), Clock.systemUTC());
            POSTERN.set(postern);
            event.getServletContext().setAttribute(Postern.class.getName(), postern);
        }
    }

    /** A filter of the webmail's own, named in its web.xml: reads parameters, and remembers whom it saw. */
    public static final class Early implements Filter {
        static final AtomicReference<String> USER = new AtomicReference<>("");

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            request.setAttribute("early", request.getParameter("user"));
            USER.set(String.valueOf(((HttpServletRequest) request).getRemoteUser()));
            chain.doFilter(request, response);
        }
    }

    private final java.util.List<String> set = new java.util.ArrayList<>();

    private void set(String name, String value) {
        System.setProperty(name, value);
        set.add(name);
    }

    @AfterEach
    void forget() {
        set.forEach(System::clearProperty);
        // It keeps the properties' names, for each class loader.
        ConfigProviderResolver resolver = ConfigProviderResolver.instance();
        resolver.releaseConfig(resolver.getConfig());
    }

    private static String servlet() {
        return "<servlet><servlet-name>host</servlet-name><servlet-class>" + HostServlet.class.getName()
                + "</servlet-class><async-supported>true</async-supported></servlet><servlet-mapping>"
                + "<servlet-name>host</servlet-name><url-pattern>/*</url-pattern></servlet-mapping>";
    }

    private static String listener() {
        return "<listener><listener-class>" + Composition.class.getName() + "</listener-class></listener>";
    }

    private static String early() {
        return "<filter><filter-name>early</filter-name><filter-class>" + Early.class.getName()
                + "</filter-class><async-supported>true</async-supported></filter><filter-mapping>"
                + "<filter-name>early</filter-name><url-pattern>/*</url-pattern></filter-mapping>";
    }

    private static String filter() {
        return "<filter><filter-name>login-tokens</filter-name><filter-class>" + SsoFilter.class.getName()
                + "</filter-class><async-supported>true</async-supported></filter><filter-mapping>"
                + "<filter-name>login-tokens</filter-name><url-pattern>/*</url-pattern></filter-mapping>";
    }

    /** A webmail whose libraries hold the filter's jar. */
    private static Path withTheJar(Path folder, String webXml) throws IOException {
        return new ExplodedWar(folder).webXml(webXml).libraryOf(SsoFilter.class).root();
    }

    private static void withoutArguments(Container container) throws Exception {
        container.start("/", context -> {
            new SsoFilter().addTo(context);
            context.addServlet("host", new HostServlet()).addMapping("/*");
        });
    }

    private static String token(Backend backend, String type) {
        Postern issuing = new Postern(Acme.settings(Map.of()), backend, Clock.systemUTC());
        Issuance issuance = issuing.tokens()
                .issue(
                        backend.directory()
                                .administrator(Acme.address("mail@acme.example"))
                                .orElseThrow(),
                        new IssueRequest(
                                ALICE,
                                type,
                                Secret.of(""),
                                "",
                                "",
                                "",
                                false,
                                false,
                                false,
                                new Client("192.0.2.1", "t")));
        return ((Issuance.Issued) issuance).value().reveal();
    }

    private static Raw.Answer login(Container container, String token) throws Exception {
        return new Raw(container.port()).get(Site.LOGIN + "&user=" + ALICE + "&pass=" + token + "&direct=1");
    }

    private static void assertLogsIn(Container container, String token) throws Exception {
        Raw.Answer answer = login(container, token);
        assertThat(answer.status()).isEqualTo(303);
        assertThat(new Raw(container.port())
                        .get("/", "Cookie: " + answer.sessionCookie().orElseThrow())
                        .body())
                .contains("user=" + ALICE);
        assertThat(login(container, token).body()).contains("refusal=refused");
    }

    @Test
    @Tag("descriptors")
    void jarAlone_bringsTheFilter_andASafeCookie(@TempDir Path folder) throws Exception {
        set("sso.public-url", "https://mail.acme.example");
        Path war = withTheJar(folder, listener() + servlet());
        try (Container container = Container.ofThisRun()) {
            container.startWar("/", war);
            Backend backend = Composition.POSTERN.get().backend();

            assertLogsIn(container, token(backend, "sso"));
            assertThat(login(container, token(backend, "sso")).setCookie().orElseThrow())
                    .startsWith("__Host-webmail=")
                    .containsIgnoringCase("HttpOnly")
                    .contains("Path=/", "Secure", "SameSite=Lax")
                    .doesNotContain("Domain");
        }
    }

    @Test
    @Tag("descriptors")
    void jarAlone_standsBeforeTheFiltersOfWebXml(@TempDir Path folder) throws Exception {
        Path war = withTheJar(folder, listener() + early() + servlet());
        try (Container container = Container.ofThisRun()) {
            container.startWar("/", war);
            String token = token(Composition.POSTERN.get().backend(), "sso");
            Raw raw = new Raw(container.port());
            Raw.Answer login = raw.post(Site.LOGIN, "user=" + ALICE + "&pass=" + token + "&direct=1");
            assertThat(login.status()).isEqualTo(303);
            raw.get("/", "Cookie: " + login.sessionCookie().orElseThrow());
            assertThat(Early.USER).hasValue(ALICE);
        }
    }

    @Test
    @Tag("descriptors")
    void filterThatComesLate_leavesTheHostItsForm(@TempDir Path folder) throws Exception {
        Path war = new ExplodedWar(folder)
                .webXml(listener() + early() + filter() + servlet())
                .root();
        try (Container container = Container.ofThisRun()) {
            container.startWar("/", war);
            Raw.Answer answer = new Raw(container.port()).post(Site.LOGIN, "user=" + ALICE + "&pass=own");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("param.user=" + ALICE, "param.pass=own");
        }
    }

    @Test
    @Tag("descriptors")
    void twoApplicationsOfOneHost_haveCookiesOfTheirOwn(@TempDir Path folder) throws Exception {
        set("sso.public-url", "https://mail.acme.example");
        Path war = withTheJar(folder, listener() + servlet());
        try (Container container = Container.ofThisRun()) {
            container.startWar("/mail/b", war);
            String token = token(Composition.POSTERN.get().backend(), "sso");
            Raw.Answer login = new Raw(container.port())
                    .get("/mail/b" + Site.LOGIN + "&user=" + ALICE + "&pass=" + token + "&direct=1");
            assertThat(login.setCookie().orElseThrow()).startsWith("__Host-webmail-mail-b=");
        }
    }

    @Test
    void filterThatOpensTheStore_handsItToTheApplication() throws Exception {
        try (Container container = Container.ofThisRun()) {
            ServletContext[] contexts = new ServletContext[1];
            container.start("/", context -> {
                contexts[0] = context;
                new SsoFilter().addTo(context);
                context.addServlet("host", new HostServlet()).addMapping("/*");
            });
            Postern postern = (Postern) contexts[0].getAttribute(Postern.class.getName());
            assertThat(postern.backend()).isSameAs(InMemoryProvider.OPENED.get());
        }
    }

    @Test
    @Tag("descriptors")
    void webXml_namesTheFilter(@TempDir Path folder) throws Exception {
        Path war = new ExplodedWar(folder)
                .webXml(listener() + filter() + servlet())
                .root();
        try (Container container = Container.ofThisRun()) {
            container.startWar("/", war);
            assertLogsIn(container, token(Composition.POSTERN.get().backend(), "sso"));
        }
    }

    @Test
    @Tag("descriptors")
    void jarAndWebXmlTogether_areOneFilter(@TempDir Path folder) throws Exception {
        Path war = withTheJar(folder, listener() + filter() + servlet());
        try (Container container = Container.ofThisRun()) {
            container.startWar("/", war);
            assertLogsIn(container, token(Composition.POSTERN.get().backend(), "sso"));
        }
    }

    @Test
    void filterThatIsGivenNothing_opensTheStoreOnTheClassPath_andClosesIt() throws Exception {
        set("sso.session.poll", "PT1S");
        Backend backend;
        try (Container container = Container.ofThisRun()) {
            withoutArguments(container);
            backend = InMemoryProvider.OPENED.get();
            assertLogsIn(container, token(backend, "sso"));
            backend.ping();
        }
        assertThatThrownBy(backend::ping).isInstanceOf(UnavailableException.class);
    }

    @Test
    void filterWithAnIssuingService_asksIt() throws Exception {
        try (IssuingService issuing = new IssuingService();
                Container container = Container.ofThisRun()) {
            set("sso.issuer.url", issuing.url());
            set("sso.node.key", IssuingService.KEY);
            withoutArguments(container);
            assertLogsIn(container, token(issuing.backend, "sso"));

            issuing.falls();
            Raw.Answer fault = login(container, token(issuing.backend, "sso"));
            assertThat(fault.status()).isEqualTo(503);
            assertThat(fault.header("Retry-After")).isPresent();
        }
    }

    @Test
    void switchedOff_everyRequestPassesUntouched() throws Exception {
        set("sso.enabled", "false");
        try (Container container = Container.ofThisRun()) {
            withoutArguments(container);
            Raw raw = new Raw(container.port());
            assertThat(login(container, "any-token").body()).contains("refusal=null", "param.pass=any-token");
            assertThat(raw.send("PUT", Site.LOGIN + "&user=" + ALICE + "&user=x&pass=y", "")
                            .body())
                    .contains("refusal=null");
            assertThat(raw.post(Site.LOGIN, "a=b", "X-Act: body").body()).isEqualTo("a=b");
        }
    }

    @Test
    void badSetting_stopsTheStart() {
        set("sso.sesion.poll", "PT1S");
        try (Container container = Container.ofThisRun()) {
            assertThatThrownBy(() -> {
                        withoutArguments(container);
                        int status = login(container, "x").status();
                        throw new IllegalStateException("started, and answers " + status);
                    })
                    .satisfiesAnyOf(
                            e -> assertThat(e).hasStackTraceContaining("sso.sesion.poll: there is no such setting"),
                            e -> assertThat(e).hasMessage("the application did not start; see the log"));
        }
    }

    @Test
    void publicUrlOverTls_makesTheCookieOneOfThisHostAlone() throws Exception {
        try (Site site = new Site("/web", Map.of("sso.public-url", "https://mail.acme.example"))) {
            Raw.Answer answer = site.raw.get(site.url(ALICE, site.token(ALICE, "sso")));
            assertThat(answer.setCookie().orElseThrow())
                    .startsWith("__Host-")
                    .containsIgnoringCase("Secure")
                    .containsIgnoringCase("HttpOnly")
                    .containsPattern("(?i)path=/(;|$)")
                    .doesNotContainIgnoringCase("Domain");
            assertThat(site.seen(answer.sessionCookie().orElseThrow())).contains("user=" + ALICE);
        }
    }
}
