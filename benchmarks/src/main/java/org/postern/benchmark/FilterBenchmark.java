package org.postern.benchmark;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.postern.core.settings.Settings;
import org.postern.filter.SsoFilter;
import org.postern.filter.WebmailSession;

/**
 * What the filter costs a request that is no login: beside the empty chain, without a session, and within an open one.
 * The promise is 25 ns and no allocation; run with {@code -prof gc}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FilterBenchmark {
    /** A request as a container holds it: everything is there already, and reading it is free. */
    private static final class Request extends HttpServletRequestWrapper {
        private final String method;
        private final String uri;
        private final String query;
        private final HttpSession session;

        Request(String method, String uri, String query, HttpSession session) {
            super(blank(HttpServletRequest.class, Map.of()));
            this.method = method;
            this.uri = uri;
            this.query = query;
            this.session = session;
        }

        @Override
        public DispatcherType getDispatcherType() {
            return DispatcherType.REQUEST;
        }

        @Override
        public String getMethod() {
            return method;
        }

        @Override
        public String getRequestURI() {
            return uri;
        }

        @Override
        public String getQueryString() {
            return query;
        }

        @Override
        public HttpSession getSession(boolean create) {
            return session;
        }

        @Override
        public boolean isAsyncStarted() {
            return false;
        }
    }

    private static final class Response extends HttpServletResponseWrapper {
        Response() {
            super(blank(HttpServletResponse.class, Map.of()));
        }

        @Override
        public int getStatus() {
            return 200;
        }
    }

    private final Request stranger = new Request("GET", "/mail/inbox/list", "_task=mail&_mbox=INBOX&_page=2", null);
    private final Request withoutQuery = new Request("GET", "/skins/standard/app.css", null, null);
    private final Request form = new Request("POST", "/mail/search", null, null);
    private final Response response = new Response();
    private final FilterChain chain = (request, answer) -> {
        count((HttpServletRequest) request);
    };
    private SsoFilter filter;
    private Request user;
    private Request userAtRoot;
    private long passed;

    private void count(HttpServletRequest request) {
        passed += request.getRequestURI().length();
    }

    @Setup
    public void start() throws ServletException, IOException {
        Settings settings =
                Settings.from(ConfigProviderResolver.instance().getBuilder().build());
        filter = new SsoFilter(new EveryLogin(), settings, Clock.systemUTC());
        filter.init(config());
        Session session = new Session(new ConcurrentHashMap<>());
        filter.doFilter(login(session), blank(HttpServletResponse.class, Map.of()), chain);
        if (session.getAttribute(WebmailSession.ATTRIBUTE) == null) {
            throw new IllegalStateException("the login failed: there is no session to measure");
        }
        user = new Request("GET", "/mail/inbox/list", "_task=mail&_mbox=INBOX&_page=2", session);
        userAtRoot = new Request("GET", "/", "_task=mail&_mbox=INBOX&_page=2", session);
    }

    @TearDown
    public void stop() {
        filter.destroy();
    }

    private static HttpServletRequest login(Session session) {
        return blank(
                HttpServletRequest.class,
                Map.of(
                        "getDispatcherType", DispatcherType.REQUEST,
                        "getMethod", "GET",
                        "getRequestURI", "/",
                        "getQueryString", "_task=login&_action=login&user=alice@acme.example&pass=secret&direct=1",
                        "getRemoteAddr", "127.0.0.1",
                        "getHeaders", Collections.emptyEnumeration(),
                        "getSession", session));
    }

    private static FilterConfig config() {
        ServletContext context = blank(
                ServletContext.class,
                Map.of("getContextPath", "", "getClassLoader", FilterBenchmark.class.getClassLoader()));
        return blank(FilterConfig.class, Map.of("getServletContext", context, "getFilterName", "filter"));
    }

    /** Answers with these values by method name, and else with nothing. */
    private static <T> T blank(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                FilterBenchmark.class.getClassLoader(), new Class<?>[] {type}, (p, method, arguments) -> {
                    Object answer = answers.get(method.getName());
                    Class<?> wanted = method.getReturnType();
                    return answer != null || !wanted.isPrimitive() || wanted == void.class
                            ? answer
                            : Array.get(Array.newInstance(wanted, 1), 0);
                }));
    }

    @Benchmark
    public long emptyChain() throws IOException, ServletException {
        chain.doFilter(stranger, response);
        return passed;
    }

    @Benchmark
    public long withoutSession() throws IOException, ServletException {
        filter.doFilter(stranger, response, chain);
        return passed;
    }

    @Benchmark
    public long withoutQuery() throws IOException, ServletException {
        filter.doFilter(withoutQuery, response, chain);
        return passed;
    }

    /** The one that gets a wrapper: the host may hand what was typed to {@code login()}. */
    @Benchmark
    public long formWithoutSession() throws IOException, ServletException {
        filter.doFilter(form, response, chain);
        return passed;
    }

    @Benchmark
    public long openSession() throws IOException, ServletException {
        filter.doFilter(user, response, chain);
        return passed;
    }

    /** Where the login URL lies too, so that the query is looked at. */
    @Benchmark
    public long openSessionAtLoginPath() throws IOException, ServletException {
        filter.doFilter(userAtRoot, response, chain);
        return passed;
    }
}
