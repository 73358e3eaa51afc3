package org.postern.container;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletContainer;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Set;

/** Undertow's servlet part, without a host around it. */
final class UndertowServlet implements Container {
    private DeploymentManager deployment;
    private Undertow server;

    @Override
    public void start(String contextPath, Application application) throws Exception {
        ServletContainerInitializer initializer = (classes, starting) -> application.configure(starting);
        DeploymentInfo info = new DeploymentInfo()
                .setClassLoader(Thread.currentThread().getContextClassLoader())
                .setDeploymentName("postern")
                .setContextPath(contextPath)
                .setEagerFilterInit(true)
                .addServletContainerInitializer(new ServletContainerInitializerInfo(
                        initializer.getClass(), new ImmediateInstanceFactory<>(initializer), Set.of()));
        deployment = ServletContainer.Factory.newInstance().addDeployment(info);
        deployment.deploy();
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(Handlers.path().addPrefixPath(contextPath, deployment.start()))
                .build();
        server.start();
    }

    @Override
    public void startWar(String contextPath, Path war) {
        throw new UnsupportedOperationException("Undertow by itself reads no web.xml and no web-fragment.xml");
    }

    private ServletContext servletContext() {
        return deployment.getDeployment().getServletContext();
    }

    @Override
    public int port() {
        return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
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
        if (server != null) {
            server.stop();
        }
        if (deployment != null) {
            deployment.stop();
            deployment.undeploy();
        }
    }
}
