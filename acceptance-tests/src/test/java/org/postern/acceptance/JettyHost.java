package org.postern.acceptance;

import java.nio.file.Path;
import org.eclipse.jetty.ee10.annotations.AnnotationConfiguration;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Jetty 12 with a WAR in it, as a process of its own, deployed twice: {@code WAR PORT FOLDER}. */
final class JettyHost {
    private JettyHost() {}

    public static void main(String[] args) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(args[1]));
        server.addConnector(connector);
        WebAppContext webapp = new WebAppContext();
        webapp.addConfiguration(new AnnotationConfiguration());
        webapp.setContextPath("/");
        webapp.setWar(args[0]);
        webapp.setTempDirectory(Path.of(args[2], "work").toFile());
        webapp.setThrowUnavailableOnStartupException(true);
        server.setHandler(webapp);
        server.start();
        webapp.stop();
        webapp.start();
        System.out.println("ready on " + webapp.getServletContext().getServerInfo());
        server.join();
    }
}
