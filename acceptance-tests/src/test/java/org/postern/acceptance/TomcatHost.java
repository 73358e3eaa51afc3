package org.postern.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.core.JreMemoryLeakPreventionListener;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;

/** Tomcat 10.1 with a WAR in it, as a process of its own, deployed twice: {@code WAR PORT FOLDER}. */
final class TomcatHost {
    private TomcatHost() {}

    public static void main(String[] args) throws Exception {
        Files.createDirectories(Path.of(args[2], "webapps"));
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(args[2]);
        tomcat.setPort(Integer.parseInt(args[1]));
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        // The defaults would want a JSP engine.
        tomcat.setAddDefaultWebXmlToWebapp(false);
        // As in Tomcat's own server.xml: it fills the JVM's list of drivers before there is an application.
        tomcat.getServer().addLifecycleListener(new JreMemoryLeakPreventionListener());
        // An application is started when it has its default servlet, not before.
        StandardHost host = (StandardHost) tomcat.getHost();
        host.setStartChildren(false);
        tomcat.start();
        host.removeChild(deploy(tomcat, args[0]));
        StandardContext webapp = deploy(tomcat, args[0]);
        System.out.println("ready on " + webapp.getServletContext().getServerInfo());
        tomcat.getServer().await();
    }

    private static StandardContext deploy(Tomcat tomcat, String war) {
        StandardContext webapp = (StandardContext) tomcat.addWebapp("", war);
        Tomcat.addServlet(webapp, "default", new DefaultServlet()).setOverridable(true);
        webapp.addServletMappingDecoded("/", "default");
        webapp.setFailCtxIfServletStartFails(true);
        try {
            webapp.start();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
        if (!webapp.getState().isAvailable()) {
            throw new IllegalStateException("the application did not start");
        }
        return webapp;
    }
}
