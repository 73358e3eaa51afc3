package org.postern.container;

import com.example.webmail.ContainerLogin;
import com.example.webmail.Webmail;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.postern.filter.SsoFilter;

/**
 * Somebody else's webmail in the container of this run, with login tokens: a WAR of its own classes to which the jars
 * and two settings were added, or, where a container reads no WAR, the same by calls; and the issuing service beside it.
 */
final class ForeignHost implements AutoCloseable {
    private static final String ISSUER_URL = "sso.issuer.url";
    private static final String NODE_KEY = "sso.node.key";

    final IssuingService issuing;
    private final Container container = Container.ofThisRun();

    /** @param folder an empty one, for the WAR */
    ForeignHost(Path folder) throws Exception {
        this(folder, new IssuingService());
    }

    ForeignHost(Path folder, IssuingService issuing) throws Exception {
        this.issuing = issuing;
        container.knows("bob@acme.example", "bobs-own");
        if (container instanceof UndertowServlet) {
            byCalls();
        } else {
            container.startWholeWar("/", war(folder));
        }
    }

    private Path war(Path folder) throws Exception {
        String settings = """
                sso.issuer.url=%s
                sso.node.key=%s
                """.formatted(issuing.url(), IssuingService.KEY);
        return new ExplodedWar(folder)
                .descriptor(Webmail.class.getResource("web.xml"))
                .classes(Webmail.class, ContainerLogin.class)
                .libraryOf(SsoFilter.class)
                .libraryOf(org.postern.core.LoginUrl.class)
                .librariesNamed("microprofile-config-api", "smallrye-", "jboss-logging", "asm-")
                .file("WEB-INF/classes/META-INF/microprofile-config.properties", settings)
                .root();
    }

    private void byCalls() throws Exception {
        System.setProperty(ISSUER_URL, issuing.url());
        System.setProperty(NODE_KEY, IssuingService.KEY);
        container.start("/", context -> {
            new SsoFilter().addTo(context);
            context.addServlet("webmail", new Webmail()).addMapping("/*");
            context.addServlet("container-login", new ContainerLogin()).addMapping("/container-login");
        });
    }

    /** A visitor with a cookie jar, who follows redirects. */
    Browser browser() {
        return new Browser(container.port());
    }

    Raw raw() {
        return new Raw(container.port());
    }

    @Override
    public void close() {
        container.close();
        issuing.close();
        System.clearProperty(ISSUER_URL);
        System.clearProperty(NODE_KEY);
        // It keeps the properties' names, for each class loader.
        ConfigProviderResolver resolver = ConfigProviderResolver.instance();
        resolver.releaseConfig(resolver.getConfig());
    }

    /** What a person's browser does of itself. */
    static final class Browser {
        private final HttpClient client = HttpClient.newBuilder()
                .cookieHandler(new CookieManager())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        private final int port;

        Browser(int port) {
            this.port = port;
        }

        HttpResponse<String> get(String path, String... headers) throws Exception {
            return send(request(path, headers).GET());
        }

        /** Sends a form; its fields are names and values in turn. */
        HttpResponse<String> post(String path, String... fields) throws Exception {
            StringBuilder form = new StringBuilder();
            for (int i = 0; i < fields.length; i += 2) {
                form.append(fields[i])
                        .append('=')
                        .append(encoded(fields[i + 1]))
                        .append('&');
            }
            return send(request(path, "Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form.toString())));
        }

        /** Opens the login URL. */
        HttpResponse<String> logIn(String user, String token) throws Exception {
            return get(Site.LOGIN + "&direct=1&user=" + encoded(user) + "&pass=" + encoded(token));
        }

        private HttpRequest.Builder request(String path, String... headers) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
            return headers.length == 0 ? request : request.headers(headers);
        }

        private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }
    }
}
