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
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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

    private final Settings.Ldap settings;
    private final Semaphore places;
    private final LDAPConnectionPool searches;
    private final LDAPConnectionPool binds;

    /** Connects nowhere yet. */
    LdapServers(Settings.Ldap settings, SSLContext tls) {
        this.settings = settings;
        this.places = new Semaphore(settings.connections(), true);
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
        int millis = (int) settings.timeout().toMillis();
        options.setConnectTimeoutMillis(millis);
        options.setResponseTimeoutMillis(millis);
        options.setAbandonOnTimeout(true);
        options.setFollowReferrals(false);
        options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true));
        @Nullable
        PostConnectProcessor startTls = secure || Host.isHere(url)
                ? null
                : new StartTLSPostConnectProcessor(new NamedTls(tls.getSocketFactory(), host));
        return new SingleServerSet(
                host, port, secure ? tls.getSocketFactory() : SocketFactory.getDefault(), options, account, startTls);
    }

    private interface Question<T> {
        T ask() throws LDAPException;
    }

    private <T> T ask(Question<T> question) {
        try {
            if (!places.tryAcquire(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new UnavailableException("too much is being asked of the LDAP servers at once");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("stopped while waiting for the LDAP servers", stopping);
        }
        try {
            return askTwice(question);
        } catch (LDAPException fault) {
            throw new UnavailableException("the LDAP servers do not answer: " + fault.getResultCode(), fault);
        } finally {
            places.release();
        }
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

    /**
     * The entries that a search finds.
     *
     * @param partly whether some of them do, where there are more than the request, or the server, allows
     */
    List<SearchResultEntry> search(SearchRequest request, boolean partly) {
        return ask(() -> {
            try {
                return searches.search(request).getSearchEntries();
            } catch (LDAPSearchException e) {
                if (partly && e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)) {
                    return e.getSearchEntries();
                }
                throw e;
            }
        });
    }

    /** Whether this password is the entry's: never an empty one, which would be an anonymous bind and succeed. */
    boolean bind(String dn, Secret password) {
        if (dn.isEmpty() || password.isEmpty()) {
            return false;
        }
        return ask(() -> {
            try {
                return binds.bind(dn, password.reveal()).getResultCode().equals(ResultCode.SUCCESS);
            } catch (LDAPException e) {
                if (REFUSED.contains(e.getResultCode())) {
                    return false;
                }
                throw e;
            }
        });
    }

    @Override
    public void close() {
        searches.close();
        binds.close();
    }
}
