package org.postern.container;

import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;

/** Tomcat, 10.1 or 11: what they share is enough for both. */
final class TomcatEmbedded implements Container {
    private final Tomcat tomcat = new Tomcat();
    private final Path base;
    private Context context;

    TomcatEmbedded() {
        try {
            base = Files.createTempDirectory("postern-tomcat");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        tomcat.setBaseDir(base.toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
    }

    @Override
    public void start(String contextPath, Application application) throws Exception {
        context = tomcat.addContext(contextPathOf(contextPath), null);
        context.addServletContainerInitializer((classes, starting) -> application.configure(starting), Set.of());
        serve();
    }

    @Override
    public void startWar(String contextPath, Path war) throws Exception {
        StandardContext webapp = webapp(contextPath, war);
        webapp.setDelegate(true);
        serve();
    }

    @Override
    public void startWholeWar(String contextPath, Path war) throws Exception {
        StandardContext webapp = webapp(contextPath, war);
        webapp.setParentClassLoader(new ContainerClasses());
        serve();
    }

    @Override
    public void knows(String user, String password) {
        tomcat.addUser(user, password);
    }

    private StandardContext webapp(String contextPath, Path war) {
        // The defaults would want a JSP engine.
        tomcat.setAddDefaultWebXmlToWebapp(false);
        StandardContext webapp = (StandardContext) tomcat.addWebapp(contextPathOf(contextPath), war.toString());
        webapp.setFailCtxIfServletStartFails(true);
        ((StandardJarScanner) webapp.getJarScanner()).setScanClassPath(false);
        Tomcat.addServlet(webapp, "default", new DefaultServlet()).setOverridable(true);
        webapp.addServletMappingDecoded("/", "default");
        context = webapp;
        return webapp;
    }

    /** Tomcat's name for the root is the empty string. */
    private static String contextPathOf(String path) {
        return path.equals("/") ? "" : path;
    }

    private void serve() throws LifecycleException {
        tomcat.start();
        if (!context.getState().isAvailable()) {
            throw new IllegalStateException("the application did not start; see the log");
        }
    }

    private ServletContext servletContext() {
        return context.getServletContext();
    }

    @Override
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public String serverInfo() {
        return servletContext().getServerInfo();
    }

    @Override
    public String servletVersion() {
        return servletContext().getMajorVersion() + "." + servletContext().getMinorVersion();
    }

    @Override
    public void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
        List<Path> files;
        try (Stream<Path> walk = Files.walk(base)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
