package org.postern.container;

import jakarta.servlet.ServletContext;
import java.nio.file.Path;
import org.eclipse.jetty.ee.webapp.WebAppClassLoader;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.security.ConstraintSecurityHandler;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.security.authentication.BasicAuthenticator;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.security.Credential;

/** Jetty 12 with its EE 11 side; the two sides share no class, so each has its own adapter. */
final class JettyEe11 implements Container {
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);
    private final UserStore users = new UserStore();
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
        WebAppContext webapp = webapp(contextPath, war);
        webapp.setParentLoaderPriority(true);
        serve(webapp);
    }

    @Override
    public void startWholeWar(String contextPath, Path war) throws Exception {
        WebAppContext webapp = webapp(contextPath, war);
        webapp.setClassLoader(new WebAppClassLoader(new ContainerClasses(), webapp));
        serve(webapp);
    }

    private static WebAppContext webapp(String contextPath, Path war) {
        WebAppContext webapp = new WebAppContext();
        webapp.setContextPath(contextPath);
        webapp.setWar(war.toString());
        webapp.setThrowUnavailableOnStartupException(true);
        return webapp;
    }

    @Override
    public void knows(String user, String password) {
        users.addUser(user, Credential.getCredential(password), new String[0]);
    }

    private void serve(ServletContextHandler handler) throws Exception {
        HashLoginService service = new HashLoginService("own");
        service.setUserStore(users);
        ConstraintSecurityHandler security = new ConstraintSecurityHandler();
        security.setLoginService(service);
        security.setAuthenticator(new BasicAuthenticator());
        handler.setSecurityHandler(security);
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
