package org.postern.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The adapters themselves: that each run meets the container it is named after, alone, and that it does what is asked. */
class ContainerTest {
    private static final String NAME = System.getProperty("container", "jetty-ee10");

    /** One class of each container. */
    private static final Map<String, String> SERVERS = Map.of(
            "jetty-ee10", "org.eclipse.jetty.ee10.servlet.ServletContextHandler",
            "jetty-ee11", "org.eclipse.jetty.ee11.servlet.ServletContextHandler",
            "tomcat", "org.apache.catalina.startup.Tomcat",
            "undertow", "io.undertow.servlet.api.DeploymentInfo");

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void aFilterAndAServletRegisteredByCallsAnswer() throws Exception {
        try (Container container = Container.ofThisRun()) {
            container.start("/mail", context -> {
                context.setInitParameter("greeting", "hello");
                context.addServlet("greeting", new Greeting()).addMapping("/greeting");
                context.addFilter("mark", new Mark())
                        .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
            });

            assertGreeting(container, "/mail/greeting");
        }
    }

    @Test
    void itIsTheContainerThisRunIsNamedAfter() throws Exception {
        assumeTrue(System.getProperty("container") != null, "only the build says which container it is");
        String version = System.getProperty("container.version");
        try (Container container = Container.ofThisRun()) {
            container.start("/", context -> {});

            assertThat(container.serverInfo().toLowerCase(Locale.ROOT))
                    .contains(NAME.replaceFirst("-.*", ""))
                    .contains(version.toLowerCase(Locale.ROOT));
            assertThat(container.servletVersion())
                    .isEqualTo(List.of("jetty-ee11", "tomcat-11").contains(NAME) ? "6.1" : "6.0");
        }
    }

    @Test
    void noOtherContainerIsOnTheClassPath() {
        assumeTrue(System.getProperty("container") != null, "an IDE puts all of them on the class path");
        SERVERS.forEach((name, server) -> {
            if (!NAME.startsWith(name)) {
                assertThatThrownBy(() -> Class.forName(server))
                        .as("%s beside %s", name, NAME)
                        .isInstanceOf(ClassNotFoundException.class);
            }
        });
    }

    @Test
    @Tag("descriptors")
    void itReadsTheWebXmlOfAWar(@TempDir Path folder) throws Exception {
        Path war = new ExplodedWar(folder)
                .webXml(parameter() + filter() + servlet())
                .root();
        try (Container container = startWar("/mail", war)) {
            assertGreeting(container, "/mail/greeting");
        }
    }

    @Test
    @Tag("descriptors")
    void itReadsTheWebFragmentOfALibrary(@TempDir Path folder) throws Exception {
        Path war = new ExplodedWar(folder)
                .webXml(parameter() + servlet())
                .fragment("mark.jar", "<name>mark</name>" + filter())
                .root();
        try (Container container = startWar("/", war)) {
            assertGreeting(container, "/greeting");
        }
    }

    private static Container startWar(String contextPath, Path war) throws Exception {
        Container container = Container.ofThisRun();
        container.startWar(contextPath, war);
        return container;
    }

    private void assertGreeting(Container container, String path) throws IOException, InterruptedException {
        URI uri = container.uri(path);
        HttpResponse<String> answer =
                client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("X-Mark")).contains("passed");
        assertThat(answer.body()).isEqualTo("hello");
    }

    private static String parameter() {
        return "<context-param><param-name>greeting</param-name><param-value>hello</param-value></context-param>";
    }

    private static String servlet() {
        return "<servlet><servlet-name>greeting</servlet-name><servlet-class>" + Greeting.class.getName()
                + "</servlet-class></servlet><servlet-mapping><servlet-name>greeting</servlet-name>"
                + "<url-pattern>/greeting</url-pattern></servlet-mapping>";
    }

    private static String filter() {
        return "<filter><filter-name>mark</filter-name><filter-class>" + Mark.class.getName()
                + "</filter-class></filter><filter-mapping><filter-name>mark</filter-name>"
                + "<url-pattern>/*</url-pattern></filter-mapping>";
    }

    /** Says the context parameter {@code greeting}. */
    public static final class Greeting extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(getServletContext().getInitParameter("greeting"));
        }
    }

    /** Marks every answer it let through. */
    public static final class Mark extends HttpFilter {
        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            response.setHeader("X-Mark", "passed");
            chain.doFilter(request, response);
        }
    }
}
