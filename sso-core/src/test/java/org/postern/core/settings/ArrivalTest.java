package org.postern.core.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;

/** Contract, sections 7 (client address) and 10 (plain HTTP). */
class ArrivalTest {
    private static final Settings.Http NOBODY = Acme.settings(Map.of()).http();
    private static final Settings.Http PROXIES = Acme.settings(
                    Map.of("sso.http.trusted-proxies", "10.0.0.0/8,127.0.0.1,2001:db8:1::/48"))
            .http();

    private static Arrival arrival(
            Settings.Http settings,
            String socket,
            boolean tls,
            List<String> forwardedFor,
            List<String> forwardedProto) {
        Map<String, List<String>> headers =
                Map.of("X-Forwarded-For", forwardedFor, "X-Forwarded-Proto", forwardedProto);
        return Arrival.of(settings, socket, tls, name -> headers.getOrDefault(name, List.of()));
    }

    private static Arrival through(String socket, String... forwardedFor) {
        return arrival(PROXIES, socket, false, List.of(forwardedFor), List.of());
    }

    @Test
    void of_untrustedPeer_isTheSocketWhateverItForwards() {
        Arrival arrival = arrival(NOBODY, "192.0.2.7", false, List.of("198.51.100.1"), List.of("https"));
        assertThat(arrival).isEqualTo(new Arrival("192.0.2.7", false, false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            198.51.100.1                          | 198.51.100.1
            203.0.113.9, 198.51.100.1             | 198.51.100.1
            203.0.113.9, 198.51.100.1, 10.1.1.1   | 198.51.100.1
            198.51.100.1:4711                     | 198.51.100.1
            [2001:db8:2::1]:4711, 10.1.1.1        | 2001:db8:2::1
            2001:db8:2::1,,                       | 2001:db8:2::1
            10.2.2.2, 10.1.1.1                    | 10.2.2.2
            198.51.100.1, unknown                 | 10.0.0.1
            198.51.100.1, _hidden, 10.1.1.1       | 10.1.1.1
            evil.example                          | 10.0.0.1
            198.51.100.256                        | 10.0.0.1
            """)
    void of_trustedPeer_isTheRightmostAddressThatNoTrustedProxyHas(String header, String expected) {
        assertThat(through("10.0.0.1", header).address()).isEqualTo(expected);
    }

    @Test
    void of_severalHeaders_areOneList() {
        assertThat(through("10.0.0.1", "203.0.113.9", "198.51.100.1, 10.1.1.1").address())
                .isEqualTo("198.51.100.1");
    }

    @Test
    void of_trustedPeerWithoutHeaders_isThePeer() {
        assertThat(through("10.0.0.1")).isEqualTo(new Arrival("10.0.0.1", false, false));
    }

    @ParameterizedTest
    @CsvSource({"https,true", "HTTPS,true", "http,false", "'https, http',false", "'',false", "ftp,false"})
    void of_trustedPeer_saysWhatItReceived(String protocol, boolean secure) {
        Arrival arrival = arrival(PROXIES, "10.0.0.1", false, List.of("198.51.100.1"), List.of(protocol));
        assertThat(arrival.secure()).isEqualTo(secure);
    }

    @Test
    void of_trustedPeerThatReceivedPlainHttpAndSpeaksTls_isNotSecure() {
        Arrival arrival = arrival(PROXIES, "10.0.0.1", true, List.of("198.51.100.1"), List.of("http"));
        assertThat(arrival.secure()).isFalse();
    }

    @Test
    void maySendSecrets_plainOverAProxyOnThisHost_no() {
        Arrival arrival = arrival(PROXIES, "127.0.0.1", false, List.of("unknown"), List.of("http"));
        assertThat(arrival.address()).isEqualTo("127.0.0.1");
        assertThat(arrival.maySendSecrets(PROXIES)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"})
    void maySendSecrets_plainOverAProxyOnThisHostThatIsNotTrusted_no(String header) {
        Arrival arrival =
                Arrival.of(NOBODY, "127.0.0.1", false, name -> name.equals(header) ? List.of("https") : List.of());
        assertThat(arrival.address()).isEqualTo("127.0.0.1");
        assertThat(arrival.maySendSecrets(NOBODY)).isFalse();
    }

    @Test
    void maySendSecrets_tlsOverAProxyOnThisHostThatIsNotTrusted_yes() {
        assertThat(arrival(NOBODY, "127.0.0.1", true, List.of("198.51.100.1"), List.of("https"))
                        .maySendSecrets(NOBODY))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"})
    void maySendSecrets_plainFromThisHost_yes(String loopback) {
        assertThat(new Arrival(loopback, false, false).maySendSecrets(NOBODY)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "10.0.0.1", "2001:db8::1", "", "localhost"})
    void maySendSecrets_plainFromElsewhere_onlyWhereTheSettingsAllowIt(String address) {
        Arrival plain = new Arrival(address, false, false);
        assertThat(plain.maySendSecrets(NOBODY)).isFalse();
        assertThat(plain.maySendSecrets(
                        Acme.settings(Map.of("sso.http.plain", "true")).http()))
                .isTrue();
        assertThat(new Arrival(address, true, false).maySendSecrets(NOBODY)).isTrue();
    }
}
