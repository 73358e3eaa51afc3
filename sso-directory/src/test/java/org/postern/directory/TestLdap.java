package org.postern.directory;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSearchRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldif.LDIFException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.postern.core.Acme;
import org.postern.core.settings.Settings;

/** An LDAP server in memory, on a free port of loopback, with people below {@code ou=people,dc=example}. */
final class TestLdap implements AutoCloseable {
    static final String BASE = "ou=people,dc=example";
    static final String ACCOUNT = "cn=postern,dc=example";
    static final String ACCOUNT_PASSWORD = "search-for-me";

    private final InMemoryDirectoryServer server;
    private final AtomicInteger searches = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String hangingFilter = "";

    /** Plain LDAP alone. */
    TestLdap() {
        this(null);
    }

    /** @param tls whose certificate is shown, by {@code ldaps} and by StartTLS */
    TestLdap(@Nullable SSLContext tls) {
        try {
            InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example");
            config.addAdditionalBindCredentials(ACCOUNT, ACCOUNT_PASSWORD);
            config.setAuthenticationRequiredOperationTypes(
                    com.unboundid.ldap.sdk.OperationType.SEARCH, com.unboundid.ldap.sdk.OperationType.MODIFY);
            config.setSchema(null);
            config.addInMemoryOperationInterceptor(new Watch());
            InetAddress here = InetAddress.getLoopbackAddress();
            if (tls == null) {
                config.setListenerConfigs(InMemoryListenerConfig.createLDAPConfig("ldap", here, 0, null));
            } else {
                config.setListenerConfigs(
                        InMemoryListenerConfig.createLDAPConfig("ldap", here, 0, tls.getSocketFactory()),
                        InMemoryListenerConfig.createLDAPSConfig(
                                "ldaps", here, 0, tls.getServerSocketFactory(), tls.getSocketFactory()));
            }
            server = new InMemoryDirectoryServer(config);
            server.add("dn: dc=example", "objectClass: domain", "dc: example");
            server.add("dn: " + BASE, "objectClass: organizationalUnit", "ou: people");
            server.startListening();
        } catch (LDAPException | LDIFException e) {
            throw new AssertionError(e);
        }
    }

    int port() {
        return server.getListenPort("ldap");
    }

    int securePort() {
        return server.getListenPort("ldaps");
    }

    /** Adds a person with these attributes; returns whether there was none of this uid. */
    boolean add(String uid, Map<String, String> attributes) {
        return add(
                uid,
                attributes.entrySet().stream()
                        .map(a -> new Attribute(a.getKey(), a.getValue()))
                        .toArray(Attribute[]::new));
    }

    boolean add(String uid, Attribute... attributes) {
        try {
            Entry entry = new Entry(
                    new RDN("uid", uid) + "," + BASE,
                    new Attribute("objectClass", "inetOrgPerson"),
                    new Attribute("uid", uid));
            for (Attribute attribute : attributes) {
                entry.addAttribute(attribute);
            }
            server.add(entry);
            return true;
        } catch (LDAPException e) {
            if (e.getResultCode().equals(ResultCode.ENTRY_ALREADY_EXISTS)) {
                return false;
            }
            throw new AssertionError(e);
        }
    }

    /** Sets an attribute; an empty value takes it away. Returns whether there is such a person. */
    boolean set(String uid, String attribute, String value) {
        return set(uid, value.isEmpty() ? new Attribute(attribute) : new Attribute(attribute, value));
    }

    boolean set(String uid, Attribute attribute) {
        try {
            server.modify(
                    new RDN("uid", uid) + "," + BASE,
                    new Modification(ModificationType.REPLACE, attribute.getName(), attribute.getRawValues()));
            return true;
        } catch (LDAPException e) {
            if (e.getResultCode().equals(ResultCode.NO_SUCH_OBJECT)) {
                return false;
            }
            throw new AssertionError(e);
        }
    }

    /** From now on a search whose filter has this part gets no answer, as long as this server runs. */
    void hangOn(String part) {
        hangingFilter = part;
    }

    /** How many searches there were. */
    int searches() {
        return searches.get();
    }

    private final class Watch extends InMemoryOperationInterceptor {
        @Override
        public void processSearchRequest(InMemoryInterceptedSearchRequest request) throws LDAPException {
            searches.incrementAndGet();
            String part = hangingFilter;
            if (!part.isEmpty() && request.getRequest().getFilter().toString().contains(part)) {
                try {
                    closed.await();
                } catch (InterruptedException stopping) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    void stop() {
        closed.countDown();
        server.shutDown(true);
    }

    /** Closes what is connected, and goes on listening. */
    void dropConnections() {
        server.closeAllConnections(false);
    }

    Settings settings(String... more) {
        return at("ldap://127.0.0.1:" + port(), more);
    }

    /** @param more names and values, after the other */
    static Settings at(String urls, String... more) {
        Map<String, String> all = new HashMap<>(Map.of(
                "sso.directory", "ldap",
                "sso.ldap.urls", urls,
                "sso.ldap.user", ACCOUNT,
                "sso.ldap.password", ACCOUNT_PASSWORD,
                "sso.ldap.base", BASE,
                "sso.ldap.suspended", "(employeeType=suspended)",
                "sso.ldap.timeout", "PT1S"));
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return Acme.settings(all);
    }

    @Override
    public void close() {
        stop();
    }
}
