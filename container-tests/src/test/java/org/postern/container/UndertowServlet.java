package org.postern.container;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.security.idm.Account;
import io.undertow.security.idm.Credential;
import io.undertow.security.idm.IdentityManager;
import io.undertow.security.idm.PasswordCredential;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.LoginConfig;
import io.undertow.servlet.api.ServletContainer;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.Principal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Undertow's servlet part, without a host around it. */
final class UndertowServlet implements Container {
    private record User(Principal getPrincipal) implements Account {
        @Override
        public Set<String> getRoles() {
            return Set.of();
        }
    }

    private static final class Users implements IdentityManager {
        final Map<String, String> passwords = new HashMap<>();

        @Override
        public Account verify(Account account) {
            return account;
        }

        @Override
        public Account verify(String user, Credential credential) {
            return credential instanceof PasswordCredential password
                            && new String(password.getPassword()).equals(passwords.get(user))
                    ? new User(() -> user)
                    : null;
        }

        @Override
        public Account verify(Credential credential) {
            return null;
        }
    }

    private final Users users = new Users();
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
                .setLoginConfig(new LoginConfig("BASIC", "own"))
                .setIdentityManager(users)
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

    @Override
    public void startWholeWar(String contextPath, Path war) {
        startWar(contextPath, war);
    }

    @Override
    public void knows(String user, String password) {
        users.passwords.put(user, password);
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
