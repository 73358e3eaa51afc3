package org.postern.filter;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postern.core.Client;
import org.postern.core.IpLiteral;
import org.postern.core.settings.AddressList;
import org.postern.core.settings.Settings;

/**
 * Who sent a request, and whether secrets may come that way (contract, sections 7 and 10): the socket's address, unless
 * that is a trusted proxy, which then says by {@code X-Forwarded-For} and {@code X-Forwarded-Proto} what it received.
 */
final class Peer {
    private final Settings.Http settings;

    Peer(Settings.Http settings) {
        this.settings = settings;
    }

    Client client(HttpServletRequest request) {
        String agent = request.getHeader("User-Agent");
        return new Client(address(request), agent == null ? "" : agent);
    }

    /** Over TLS, or from this machine, or where plain HTTP is allowed. */
    boolean mayBringSecrets(HttpServletRequest request) {
        return settings.plain() || isSecure(request) || AddressList.isLoopback(address(request));
    }

    private boolean isTrusted(String address) {
        return settings.trustedProxies().contains(address);
    }

    /** From right to left the first that no trusted proxy owns; where a hop is no address, the proxy that named it. */
    private String address(HttpServletRequest request) {
        String socket = text(request.getRemoteAddr());
        if (!isTrusted(socket)) {
            return socket;
        }
        String nearest = socket;
        List<String> hops = values(request, "X-Forwarded-For");
        for (int i = hops.size() - 1; i >= 0; i--) {
            String hop = withoutPort(hops.get(i));
            if (IpLiteral.bytes(hop).length == 0) {
                return nearest;
            }
            nearest = hop;
            if (!isTrusted(hop)) {
                return hop;
            }
        }
        return nearest;
    }

    private boolean isSecure(HttpServletRequest request) {
        if (isTrusted(text(request.getRemoteAddr()))) {
            List<String> schemes = values(request, "X-Forwarded-Proto");
            if (!schemes.isEmpty()) {
                return schemes.get(schemes.size() - 1).equals("https");
            }
        }
        return request.isSecure();
    }

    private static List<String> values(HttpServletRequest request, String header) {
        List<String> values = new ArrayList<>();
        for (String line : Collections.list(request.getHeaders(header))) {
            for (String value : line.split(",", -1)) {
                values.add(value.strip());
            }
        }
        return values;
    }

    /** Some proxies write a port: {@code 192.0.2.1:4711}, {@code [2001:db8::1]:4711}. */
    private static String withoutPort(String hop) {
        if (hop.startsWith("[")) {
            int end = hop.indexOf(']');
            return end < 0 ? hop : hop.substring(1, end);
        }
        int colon = hop.indexOf(':');
        return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
