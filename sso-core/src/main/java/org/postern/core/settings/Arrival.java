package org.postern.core.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.postern.core.IpLiteral;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a request came here: from which address, and whether over TLS all the way (contract, sections 7 and 10). The one
 * place where a forwarded header counts, and only from a trusted proxy. Immutable and thread-safe.
 *
 * @param address the address that counts as the client's, an IP literal: the socket's, or the last one that the trusted
 *     proxies did not add themselves
 * @param secure whether what the client sent was encrypted on its way to the first machine that is trusted
 * @param forwarded whether a trusted proxy said so, or the request came through one that is not trusted: then it is
 *     not from this host, whatever the address
 */
public record Arrival(String address, boolean secure, boolean forwarded) {
    private static final Logger LOG = LoggerFactory.getLogger(Arrival.class);
    private static final int MOST_HOPS = 50;
    private static final List<String> PROXY_HEADERS = List.of("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded");
    private static final AtomicBoolean WARNED = new AtomicBoolean();

    /**
     * Judges a request.
     *
     * @param socketAddress the other end of the connection
     * @param socketSecure whether the connection is TLS
     * @param headers gives every header of a name, in order; an empty list where there is none
     */
    public static Arrival of(
            Settings.Http settings,
            String socketAddress,
            boolean socketSecure,
            Function<String, List<String>> headers) {
        AddressList trusted = settings.trustedProxies();
        if (!trusted.contains(socketAddress)) {
            return new Arrival(socketAddress, socketSecure, isUnknownProxy(socketAddress, headers));
        }
        List<String> protocols = entries(headers.apply("X-Forwarded-Proto"));
        boolean secure = protocols.isEmpty() ? socketSecure : protocols.stream().allMatch("https"::equalsIgnoreCase);
        return new Arrival(
                client(socketAddress, entries(headers.apply("X-Forwarded-For")), trusted),
                secure,
                !protocols.isEmpty());
    }

    /** A proxy on this host that nobody named: what comes through it does not come from this host. */
    private static boolean isUnknownProxy(String socketAddress, Function<String, List<String>> headers) {
        boolean proxy = AddressList.isLoopback(socketAddress)
                && PROXY_HEADERS.stream().anyMatch(h -> !headers.apply(h).isEmpty());
        if (proxy && WARNED.compareAndSet(false, true)) {
            LOG.warn(
                    "A proxy on this host forwards requests, but {} does not name {}: every client looks like that"
                            + " address, and secrets that come this way are refused",
                    Setting.TRUSTED_PROXIES.key(),
                    socketAddress);
        }
        return proxy;
    }

    /** From right to left: each hop was written by the one after it, so the first stranger is the last that is known. */
    private static String client(String socketAddress, List<String> hops, AddressList trusted) {
        String known = socketAddress;
        for (int i = hops.size() - 1; i >= 0 && hops.size() - i <= MOST_HOPS; i--) {
            String hop = withoutPort(hops.get(i));
            if (IpLiteral.bytes(hop).length == 0) {
                return known;
            }
            known = hop;
            if (!trusted.contains(hop)) {
                return known;
            }
        }
        return known;
    }

    private static List<String> entries(List<String> headers) {
        List<String> entries = new ArrayList<>();
        for (String header : headers) {
            for (String entry : header.split(",", -1)) {
                if (!entry.isBlank()) {
                    entries.add(entry.strip());
                }
            }
        }
        return entries;
    }

    /** Some proxies write {@code 192.0.2.1:4711} and {@code [2001:db8::1]:4711}. */
    private static String withoutPort(String hop) {
        if (hop.startsWith("[")) {
            int end = hop.indexOf(']');
            return end < 0 ? hop : hop.substring(1, end);
        }
        int colon = hop.indexOf(':');
        return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
    }

    /** Whether credentials and tokens may come this way: over TLS, from this host, or where the settings allow it. */
    public boolean maySendSecrets(Settings.Http settings) {
        return secure || settings.plain() || (!forwarded && AddressList.isLoopback(address));
    }
}
