package org.postern.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.EagerContentHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The embedded server: one application at the root, no deployment, no scan. */
public final class WebServer {
    private static final int MOST_THREADS = 64;
    private static final int FEWEST_THREADS = 4;
    private static final int IDLE_MILLIS = 30_000;
    private static final int STOP_MILLIS = 10_000;
    private static final int SESSION_SECONDS = 30 * 60;
    private static final int HEADER_BYTES = 16 * 1024;
    private static final int FORM_BYTES = 1024 * 1024;
    private static final int READ_AHEAD_BYTES = 128 * 1024;
    private static final int FORM_FIELDS = 100;
    private static final int BACKLOG = 128;

    private final ServerSocketChannel socket;
    private final Server server = new Server(new QueuedThreadPool(MOST_THREADS, FEWEST_THREADS, IDLE_MILLIS));

    private WebServer(ServerSocketChannel socket) {
        this.socket = socket;
    }

    /**
     * Takes the port, so that it is known before the application is put together; browsers that come meanwhile wait.
     *
     * @param address an IP address of this host; empty for all that it has
     * @param port 0 for any free one
     */
    public static WebServer listen(String address, int port) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        try {
            socket.bind(
                    address.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(address, port), BACKLOG);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return new WebServer(socket);
    }

    /** The port that it has. */
    public int port() throws IOException {
        return ((InetSocketAddress) socket.getLocalAddress()).getPort();
    }

    /**
     * Puts the application together and serves it.
     *
     * @throws Exception whatever keeps the application or the server from starting
     */
    public void start(WebApplication application, Supplier<IssuingService> service) throws Exception {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        // OMA clients call /api//method; the login filter refuses every other empty segment.
        http.setUriCompliance(UriCompliance.DEFAULT.with("postern", UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT));
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.setShutdownIdleTimeout(STOP_MILLIS / 2);
        connector.open(socket);
        server.addConnector(connector);

        ServletContextHandler context = new ServletContextHandler(ServletContextHandler.SESSIONS);
        context.setContextPath("/");
        context.getSessionHandler().setMaxInactiveInterval(SESSION_SECONDS);
        context.getServletHandler().setDecodeAmbiguousURIs(true);
        context.setMaxFormContentSize(FORM_BYTES);
        context.setMaxFormKeys(FORM_FIELDS);
        ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
        errors.addErrorPage(HttpStatus.BAD_REQUEST_400, 599, application.errorPath());
        errors.setShowStacks(false);
        context.setErrorHandler(errors);
        context.addEventListener(application.over(service));
        GracefulHandler graceful = new GracefulHandler();
        // Whoever sends his form slowly keeps no thread waiting: it is read before one is taken.
        graceful.setHandler(new EagerContentHandler(
                context, new EagerContentHandler.RetainedContentLoaderFactory(READ_AHEAD_BYTES, 0, false)));
        server.setHandler(graceful);
        server.setErrorHandler(new BareErrors());
        server.setStopTimeout(STOP_MILLIS);
        server.start();
    }

    /** Takes no more work, and returns when what runs has finished, or after ten seconds. */
    public void stop() throws Exception {
        server.stop();
        socket.close();
    }

    void join() throws InterruptedException {
        server.join();
    }
}
