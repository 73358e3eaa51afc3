package org.postern.container;

import java.net.URI;
import java.nio.file.Path;

/**
 * A servlet container that serves one application on a free port of the loopback address. Which one, the system property
 * {@code container} says; the build runs every test once for each.
 */
interface Container extends AutoCloseable {

    /** Serves what the application registers by calls: what a webmail without descriptors does. */
    void start(String contextPath, Application application) throws Exception;

    /**
     * Serves an unpacked WAR: its {@code web.xml}, and the {@code web-fragment.xml} of each of its libraries. Classes come
     * from the tests' own class path.
     *
     * @throws UnsupportedOperationException by Undertow, whose hosts read descriptors for it; such tests are tagged {@code
     *     descriptors}
     */
    void startWar(String contextPath, Path war) throws Exception;

    /**
     * Serves an unpacked WAR that brings all its classes and libraries: of the tests' own it sees none.
     *
     * @throws UnsupportedOperationException by Undertow, as above
     */
    void startWholeWar(String contextPath, Path war) throws Exception;

    /** Tells the container of a user of its own, for {@code request.login}; before it starts. */
    void knows(String user, String password);

    int port();

    /** What the container calls itself, with its version. */
    String serverInfo();

    /** The servlet version it implements, such as {@code 6.0}. */
    String servletVersion();

    void stop() throws Exception;

    /** Where a path below the host lies; the path begins with the context path. */
    default URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    @Override
    default void close() {
        try {
            stop();
        } catch (Exception e) {
            throw new IllegalStateException("the container did not stop", e);
        }
    }

    /** The container this run is for; in an IDE, where nothing says which, Jetty. */
    static Container ofThisRun() {
        String name = System.getProperty("container", "jetty-ee10");
        // One class each, so that those whose container is not on the class path are never loaded.
        return switch (name) {
            case "jetty-ee10" -> new JettyEe10();
            case "jetty-ee11" -> new JettyEe11();
            case "tomcat-10.1", "tomcat-11" -> new TomcatEmbedded();
            case "undertow" -> new UndertowServlet();
            default -> throw new IllegalArgumentException("unknown container " + name);
        };
    }
}
