package org.postern.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.core.Acme;

/** Contract, sections 7 and 10: whose address counts, and over which connections secrets may come. */
class PeerTest {
    private static final Map<String, String> PROXIES =
            Map.of("sso.http.trusted-proxies", "10.0.0.0/8, 127.0.0.1, 2001:db8::/32");

    private static HttpServletRequest request(String socket, boolean tls, String forwardedFor, String proto) {
        HttpServletRequest request = mock(HttpServletRequest.class);
        when(request.getRemoteAddr()).thenReturn(socket);
        when(request.isSecure()).thenReturn(tls);
        when(request.getHeaders(anyString())).thenAnswer(i -> Collections.emptyEnumeration());
        lines(request, "X-Forwarded-For", forwardedFor);
        lines(request, "X-Forwarded-Proto", proto);
        return request;
    }

    private static void lines(HttpServletRequest request, String name, String value) {
        if (value != null) {
            when(request.getHeaders(name)).thenAnswer(i -> Collections.enumeration(List.of(value.split("\\|", -1))));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 198.51.100.7, 192.0.2.1",
        "10.0.0.1, , 10.0.0.1",
        "10.0.0.1, 198.51.100.7, 198.51.100.7",
        "10.0.0.1, '203.0.113.9, 198.51.100.7', 198.51.100.7",
        "10.0.0.1, '203.0.113.9, 198.51.100.7, 10.2.3.4', 198.51.100.7",
        "10.0.0.1, '203.0.113.9|198.51.100.7|10.2.3.4', 198.51.100.7",
        "10.0.0.1, '10.1.1.1, 10.2.2.2', 10.1.1.1",
        "10.0.0.1, 'evil, 10.2.2.2', 10.2.2.2",
        "10.0.0.1, 'evil', 10.0.0.1",
        "10.0.0.1, '198.51.100.7,', 198.51.100.7",
        "10.0.0.1, '198.51.100.7:4711', 198.51.100.7",
        "10.0.0.1, '[2a00::1]:4711', 2a00::1",
        "2001:db8::1, 2a00::1, 2a00::1",
        "127.0.0.1, 127.0.0.1, 127.0.0.1"
    })
    void address_isTheSocketsUnlessATrustedProxySaysOtherwise(String socket, String forwardedFor, String wanted) {
        Peer peer = new Peer(Acme.settings(PROXIES).http());
        assertThat(peer.client(request(socket, false, forwardedFor, null)).address())
                .isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, true, , , true",
        "192.0.2.1, false, , , false",
        "192.0.2.1, false, , https, false",
        "192.0.2.1, false, 127.0.0.1, https, false",
        "127.0.0.1, false, , , true",
        "::1, false, , , true",
        "10.0.0.1, false, 198.51.100.7, https, true",
        "10.0.0.1, false, 198.51.100.7, http, false",
        "10.0.0.1, true, 198.51.100.7, http, false",
        "10.0.0.1, true, 198.51.100.7, , true",
        "10.0.0.1, false, 198.51.100.7, , false",
        "10.0.0.1, false, 198.51.100.7, 'https, http', false",
        "10.0.0.1, false, 198.51.100.7, 'http|https', false",
        "127.0.0.1, false, 198.51.100.7, http, false"
    })
    void secrets_comeOverTlsOrFromThisMachine(
            String socket, boolean tls, String forwardedFor, String proto, boolean wanted) {
        Peer peer = new Peer(Acme.settings(PROXIES).http());
        assertThat(peer.mayBringSecrets(request(socket, tls, forwardedFor, proto)))
                .isEqualTo(wanted);
    }

    @Test
    void secrets_mayComeInTheOpen_whereTheOperatorSaysSo() {
        Peer peer = new Peer(Acme.settings(Map.of("sso.http.plain", "true")).http());
        assertThat(peer.mayBringSecrets(request("192.0.2.1", false, null, null)))
                .isTrue();
    }
}
