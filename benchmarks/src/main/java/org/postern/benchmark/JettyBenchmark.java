package org.postern.benchmark;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.postern.core.settings.Settings;
import org.postern.filter.SsoFilter;

/**
 * What the filter costs a server: requests to a small servlet in Jetty, over kept connections, without the filter and
 * with it, without a session and within an open one. The promise is less than 2 % of Jetty's throughput. A machine's
 * speed wanders by more than that within a minute, so the four take turns of some tens of milliseconds in one JVM, in an
 * order that is drawn anew, and what counts is the ratio within each round. A program of its own: run its {@code main}.
 */
public final class JettyBenchmark {
    private static final int CLIENTS = 2;
    private static final int REQUESTS = 1_000;
    private static final int WARMUP_ROUNDS = 60;
    private static final int ROUNDS = 400;
    private static final String OPEN = "/open";
    private static final String LOGIN = "/?_task=login&_action=login&user=alice@acme.example&pass=secret&direct=1";
    private static final byte[] PAGE = "x".repeat(1_000).getBytes(StandardCharsets.US_ASCII);
    private static final Pattern LENGTH = Pattern.compile("Content-Length: ([0-9]+)");
    private static final Pattern COOKIE = Pattern.compile("Set-Cookie: (JSESSIONID=[^;]+)");

    private enum Kind {
        NO_SESSION(false, false),
        FILTER_NO_SESSION(true, false),
        SESSION(false, true),
        FILTER_SESSION(true, true);

        private final boolean filter;
        private final boolean session;

        Kind(boolean filter, boolean session) {
            this.filter = filter;
            this.session = session;
        }

        /** What it is to be compared with. */
        Kind withoutFilter() {
            return session ? SESSION : NO_SESSION;
        }
    }

    private static final class Page extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (request.getRequestURI().equals(OPEN)) {
                request.getSession(true);
            }
            response.setContentType("text/html");
            response.setContentLength(PAGE.length);
            response.getOutputStream().write(PAGE);
        }
    }

    /** A server, and a kept connection to it for each client. */
    private static final class Site {
        private final Server jetty = new Server();
        private final List<Client> clients = new ArrayList<>();
        private final byte[] request;

        Site(Kind kind) throws Exception {
            ServerConnector connector = new ServerConnector(jetty, 1, 1);
            connector.setHost("127.0.0.1");
            jetty.addConnector(connector);
            ServletContextHandler context = new ServletContextHandler(ServletContextHandler.SESSIONS);
            context.setContextPath("/");
            context.addServlet(new Page(), "/");
            if (kind.filter) {
                Settings settings = Settings.from(
                        ConfigProviderResolver.instance().getBuilder().build());
                SsoFilter filter = new SsoFilter(new EveryLogin(), settings, Clock.systemUTC());
                context.addServletContainerInitializer((classes, servletContext) -> filter.addTo(servletContext));
            }
            jetty.setHandler(context);
            jetty.start();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Client(connector.getLocalPort()));
            }
            String cookie = kind.session ? login(clients.get(0), kind.filter ? LOGIN : OPEN) : "";
            request = get("/mail/inbox/list?_task=mail&_mbox=INBOX&_page=2", cookie);
        }

        private static String login(Client client, String url) throws IOException {
            String answer = client.send(get(url, ""));
            Matcher cookie = COOKIE.matcher(answer);
            if (!cookie.find()) {
                throw new IllegalStateException("the login failed: " + answer);
            }
            return "Cookie: " + cookie.group(1) + "\r\n";
        }

        private static byte[] get(String target, String cookie) {
            return ("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n"
                            + cookie + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }

        /** Requests in a second, by all clients at once. */
        double turn(ExecutorService threads) throws Exception {
            List<Callable<Void>> work = new ArrayList<>();
            for (Client client : clients) {
                work.add(() -> {
                    for (int i = 0; i < REQUESTS; i++) {
                        if (client.exchange(request) < PAGE.length) {
                            throw new IllegalStateException("no page");
                        }
                    }
                    return null;
                });
            }
            long start = System.nanoTime();
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
            return CLIENTS * REQUESTS * 1e9 / (System.nanoTime() - start);
        }

        void stop() throws Exception {
            for (Client client : clients) {
                client.close();
            }
            jetty.stop();
        }
    }

    /** A kept connection. */
    private static final class Client implements AutoCloseable {
        private final byte[] buffer = new byte[8 * 1024];
        private final Socket socket;
        private final InputStream in;

        Client(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            in = socket.getInputStream();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }

        String send(byte[] request) throws IOException {
            return new String(buffer, 0, exchange(request), StandardCharsets.US_ASCII);
        }

        /** Returns how long the answer is. */
        int exchange(byte[] request) throws IOException {
            socket.getOutputStream().write(request);
            int read = 0;
            int end = -1;
            while (end < 0 || read < end) {
                int more = in.read(buffer, read, buffer.length - read);
                if (more < 0) {
                    throw new EOFException();
                }
                read += more;
                end = end < 0 ? end(read) : end;
            }
            return read;
        }

        private int end(int read) {
            for (int i = 3; i < read; i++) {
                if (buffer[i] == '\n' && buffer[i - 2] == '\n') {
                    Matcher length = LENGTH.matcher(new String(buffer, 0, i, StandardCharsets.US_ASCII));
                    return i + 1 + (length.find() ? Integer.parseInt(length.group(1)) : 0);
                }
            }
            return -1;
        }
    }

    private JettyBenchmark() {}

    public static void main(String[] args) throws Exception {
        Map<Kind, Site> sites = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            sites.put(kind, new Site(kind));
        }
        Map<Kind, double[]> speeds = new EnumMap<>(Kind.class);
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        List<Kind> order = new ArrayList<>(List.of(Kind.values()));
        for (int round = -WARMUP_ROUNDS; round < ROUNDS; round++) {
            Collections.shuffle(order);
            for (Kind kind : order) {
                double speed = sites.get(kind).turn(threads);
                if (round >= 0) {
                    speeds.computeIfAbsent(kind, k -> new double[ROUNDS])[round] = speed;
                }
            }
        }
        threads.shutdown();
        for (Site site : sites.values()) {
            site.stop();
        }
        for (Kind kind : Kind.values()) {
            print(kind, speeds.get(kind), speeds.get(kind.withoutFilter()));
        }
    }

    private static void print(Kind kind, double[] speeds, double[] without) {
        double[] ratios = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            ratios[i] = speeds[i] / without[i];
        }
        double[] sorted = speeds.clone();
        Arrays.sort(sorted);
        Arrays.sort(ratios);
        // The order statistics between which the true median lies with 95 % (binomial, normal approximation).
        int margin = (int) Math.ceil(0.98 * Math.sqrt(ROUNDS));
        System.out.printf(
                "%-20s %8.0f requests per s   %.2f %% of without, 95 %% interval %.2f to %.2f%n",
                kind,
                sorted[ROUNDS / 2],
                100 * ratios[ROUNDS / 2],
                100 * ratios[ROUNDS / 2 - margin],
                100 * ratios[ROUNDS / 2 + margin]);
    }
}
