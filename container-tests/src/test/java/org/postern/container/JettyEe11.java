package org.postern.container;

import jakarta.servlet.ServletContext;
import java.nio.file.Path;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Jetty 12 with its EE 11 side; the two sides share no class, so each has its own adapter. */
final class JettyEe11 implements Container {
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);
    private ServletContext context;

    JettyEe11() {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
    }

    @Override
    public void start(String contextPath, Application application) throws Exception {
        ServletContextHandler handler = new ServletContextHandler(contextPath, ServletContextHandler.SESSIONS);
        handler.addServletContainerInitializer((classes, starting) -> application.configure(starting));
        serve(handler);
    }

    @Override
    public void startWar(String contextPath, Path war) throws Exception {
        WebAppContext webapp = new WebAppContext();
        webapp.setContextPath(contextPath);
        webapp.setWar(war.toString());
        webapp.setParentLoaderPriority(true);
        webapp.setThrowUnavailableOnStartupException(true);
        serve(webapp);
    }

    private void serve(ServletContextHandler handler) throws Exception {
        server.setHandler(handler);
        server.start();
        context = handler.getServletContext();
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public String serverInfo() {
        return context.getServerInfo();
    }

    @Override
    public String servletVersion() {
        return context.getMajorVersion() + "." + context.getMinorVersion();
    }

    @Override
    public void stop() throws Exception {
        server.stop();
    }
}
