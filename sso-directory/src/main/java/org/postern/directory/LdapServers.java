package org.postern.directory;

import com.unboundid.ldap.sdk.BindRequest;
import com.unboundid.ldap.sdk.FailoverServerSet;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.PostConnectProcessor;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.ServerSet;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.SingleServerSet;
import com.unboundid.ldap.sdk.StartTLSPostConnectProcessor;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Settings;

/**
 * The LDAP servers, asked in their order: the next one where one cannot be reached. Those that search and those that try
 * passwords are connections of their own, so that nothing is ever searched as somebody else. Thread-safe.
 */
final class LdapServers implements AutoCloseable {
    /** A bind that ends so was refused; whatever else is no answer. */
    private static final Set<ResultCode> REFUSED = Set.of(
            ResultCode.INVALID_CREDENTIALS,
            ResultCode.INAPPROPRIATE_AUTHENTICATION,
            ResultCode.INSUFFICIENT_ACCESS_RIGHTS,
            ResultCode.NO_SUCH_OBJECT,
            ResultCode.CONSTRAINT_VIOLATION,
            ResultCode.UNWILLING_TO_PERFORM);

    /** After so long on another than the preferred server, the preferred one is tried again. */
    private static final long FAILOVER_MILLIS = 60_000;

    /** After a look-up without an answer, so long nobody waits for another. */
    static final Duration PAUSE = Duration.ofSeconds(5);

    private final Settings.Ldap settings;
    private final Breaker breaker;
    private final Semaphore searching;
    private final Semaphore binding;
    private final LDAPConnectionPool searches;
    private final LDAPConnectionPool binds;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "postern-ldap");
        thread.setDaemon(true);
        return thread;
    });

    /** Connects nowhere yet. */
    LdapServers(Settings.Ldap settings, SSLContext tls, Clock clock) {
        this.settings = settings;
        this.breaker = new Breaker(clock, settings.timeout().compareTo(PAUSE) > 0 ? settings.timeout() : PAUSE);
        this.searching = new Semaphore(settings.connections(), true);
        this.binding = new Semaphore(settings.connections(), true);
        @Nullable
        BindRequest account = settings.user().isEmpty()
                ? null
                : new SimpleBindRequest(settings.user(), settings.password().reveal());
        this.searches = pool(tls, account);
        this.binds = pool(tls, null);
    }

    private LDAPConnectionPool pool(SSLContext tls, @Nullable BindRequest account) {
        List<ServerSet> servers =
                settings.urls().stream().map(url -> server(url, tls, account)).toList();
        FailoverServerSet inOrder = new FailoverServerSet(servers);
        inOrder.setMaxFailoverConnectionAgeMillis(FAILOVER_MILLIS);
        try {
            LDAPConnectionPool pool = new LDAPConnectionPool(inOrder, account, 0, settings.connections());
            // A server that was restarted has closed them all.
            pool.setRetryFailedOperationsDueToInvalidConnections(true);
            return pool;
        } catch (LDAPException e) {
            throw new IllegalStateException("nothing was connected yet", e);
        }
    }

    private ServerSet server(URI url, SSLContext tls, @Nullable BindRequest account) {
        boolean secure = url.getScheme().equals("ldaps");
        String host = url.getHost().replaceAll("[\\[\\]]", "");
        int port = url.getPort() >= 0 ? url.getPort() : secure ? 636 : 389;
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        int servers = settings.urls().size();
        // So that one that hangs, with a connection to it and without, leaves time for the next.
        int millis = (int) settings.timeout().toMillis() / (servers == 1 ? 1 : servers + 1);
        options.setConnectTimeoutMillis(millis);
        options.setResponseTimeoutMillis(millis);
        options.setAbandonOnTimeout(true);
        options.setFollowReferrals(false);
        options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true));
        NamedTls named = new NamedTls(tls.getSocketFactory(), host, millis);
        @Nullable
        PostConnectProcessor startTls = secure || Host.isHere(url) ? null : new StartTLSPostConnectProcessor(named);
        return new SingleServerSet(host, port, secure ? named : SocketFactory.getDefault(), options, account, startTls);
    }

    private interface Question<T> {
        T ask() throws LDAPException;
    }

    /**
     * Asks in a thread of its own, which keeps its place until it is done: connecting, TLS, logging in and every server
     * in turn have time-outs of their own, and whoever asks waits for all of them together no longer than one, at most
     * half of it for a place.
     *
     * @throws LDAPException where there was an answer, and it was none to the question
     */
    private <T> T ask(Semaphore places, Runnable admission, Question<T> question) throws LDAPException {
        long patience = settings.timeout().toNanos();
        long end = System.nanoTime() + patience;
        try {
            if (!places.tryAcquire(patience / 2, TimeUnit.NANOSECONDS)) {
                throw new UnavailableException("too much is being asked of the LDAP servers at once");
            }
        } catch (InterruptedException stopping) {
            throw stopped(stopping);
        }
        Future<T> answer;
        try {
            // Only now: whoever waited for a place may know more by then.
            admission.run();
            answer = threads.submit(() -> {
                try {
                    return askTwice(question);
                } finally {
                    places.release();
                }
            });
        } catch (RejectedExecutionException stopping) {
            places.release();
            throw stopped(stopping);
        } catch (RuntimeException | Error notAsked) {
            places.release();
            throw notAsked;
        }
        try {
            return answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException fault) {
            if (fault.getCause() instanceof LDAPException ldap) {
                throw ldap;
            }
            throw new UnavailableException("the LDAP servers cannot be asked", fault);
        } catch (TimeoutException late) {
            throw new LDAPException(ResultCode.TIMEOUT, "no answer in time", late);
        } catch (InterruptedException stopping) {
            throw stopped(stopping);
        }
    }

    private static UnavailableException stopped(Exception why) {
        if (why instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new UnavailableException("stopped while asking the LDAP servers", why);
    }

    private static UnavailableException fault(LDAPException why) {
        return new UnavailableException("the LDAP servers do not answer: " + why.getResultCode(), why);
    }

    /** The pool tries again by itself, but not where the connection goes just as it is taken. */
    private static <T> T askTwice(Question<T> question) throws LDAPException {
        try {
            return question.ask();
        } catch (LDAPException gone) {
            if (gone.getResultCode().equals(ResultCode.SERVER_DOWN)) {
                return question.ask();
            }
            throw gone;
        }
    }

    /** The entries that a look-up finds, which is to be quick: after one without an answer, others fail at once. */
    List<SearchResultEntry> find(SearchRequest request) {
        try {
            List<SearchResultEntry> found = ask(
                    searching, breaker::admit, () -> searches.search(request).getSearchEntries());
            breaker.answered();
            return found;
        } catch (LDAPException e) {
            if (e.getResultCode().isConnectionUsable()) {
                breaker.answered();
            } else {
                breaker.unanswered();
            }
            throw fault(e);
        }
    }

    /** The entries that a search finds; some of them, where there are more than the request, or the server, allows. */
    List<SearchResultEntry> search(SearchRequest request) {
        request.setResponseTimeoutMillis(settings.timeout().toMillis());
        try {
            List<SearchResultEntry> found = ask(searching, breaker::admit, () -> {
                try {
                    return searches.search(request).getSearchEntries();
                } catch (LDAPSearchException e) {
                    if (e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)) {
                        return e.getSearchEntries();
                    }
                    throw e;
                }
            });
            breaker.answered();
            return found;
        } catch (LDAPException e) {
            // It may be slow by itself, which tells nothing of look-ups.
            throw fault(e);
        }
    }

    /** Whether this password is the entry's: never an empty one, which would be an anonymous bind and succeed. */
    boolean bind(String dn, Secret password) {
        if (dn.isEmpty() || password.isEmpty()) {
            return false;
        }
        SimpleBindRequest request = new SimpleBindRequest(dn, password.reveal());
        // How long it takes depends on the password's hash.
        request.setResponseTimeoutMillis(settings.timeout().toMillis());
        try {
            return ask(
                    binding, () -> {}, () -> binds.bind(request).getResultCode().equals(ResultCode.SUCCESS));
        } catch (LDAPException e) {
            if (REFUSED.contains(e.getResultCode())) {
                return false;
            }
            throw fault(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        searches.close();
        binds.close();
    }
}
