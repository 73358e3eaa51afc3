package org.postern.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.core.Acme;
import org.postern.core.Secret;

/** Contract, section 8: the record in the session, which replication carries. */
class WebmailSessionTest {
    private final WebmailSession session =
            NodeSessionsTest.session(Instant.parse("2026-06-01T12:00:00Z"), Duration.ofHours(8));

    @Test
    void session_goesOverTheWireAndComesBackEqual() throws Exception {
        SessionMemory memory = new SessionMemory(
                session.id(), Acme.address("alice@acme.example"), Secret.of("token"), "https://portal.example/");

        assertThat(copy(session)).isEqualTo(session);
        SessionMemory there = (SessionMemory) copy(memory);
        assertThat(there.openedBy(Acme.address("alice@acme.example"), Secret.of("token")))
                .isTrue();
        assertThat(there.openedBy(Acme.address("alice@acme.example"), Secret.of("Token")))
                .isFalse();
        assertThat(there.openedBy(Acme.address("bob@acme.example"), Secret.of("token")))
                .isFalse();
        assertThat(there.logoutRedirect()).contains("https://portal.example/");
    }

    private static Object copy(Object value) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        assertThat(bytes.toString(java.nio.charset.StandardCharsets.ISO_8859_1))
                .as("the link itself is not kept")
                .doesNotContain("pass=");
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }

    @Test
    void text_tellsNoSecret() {
        assertThat(session + " " + session.credential())
                .contains("alice@acme.example")
                .doesNotContain("the-credential", "the-csrf-token");
        assertThat(session.credential().secret().reveal()).isEqualTo("the-credential");
    }

    @Test
    void csrfToken_isTakenExactly() {
        assertThat(session.isCsrfToken("the-csrf-token")).isTrue();
        assertThat(session.isCsrfToken("the-csrf-tokeN")).isFalse();
        assertThat(session.isCsrfToken("")).isFalse();
    }

    @Test
    void passwordChange_isNeverAllowed() {
        assertThat(session.canChangePassword()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "BASIC | ",
                "BASIC | Lynx/2.9.0 libwww-FM/2.14",
                "BASIC | w3m/0.5.3",
                "BASIC | Links (2.29; Linux)",
                "BASIC | Dillo/3.0",
                "BASIC | Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)",
                "BASIC | Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko",
                "BASIC | Mozilla/5.0 (Windows; U; rv:1.9) Gecko/2008 Firefox/3.0",
                "BASIC | Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/49.0 Safari/537.36",
                "BASIC | Mozilla/5.0 (Macintosh) AppleWebKit/600 (KHTML, like Gecko) Version/8.0 Safari/600.1",
                "STANDARD | Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                "STANDARD | Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140",
                "STANDARD | Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
                "STANDARD | Mozilla/5.0 (iPhone) AppleWebKit/605 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
                "STANDARD | Mozilla/5.0 Chrome/99999999999999999999"
            })
    void interface_fitsTheBrowser(WebmailInterface wanted, String agent) {
        assertThat(WebmailInterface.forAgent(agent == null ? "" : agent)).isEqualTo(wanted);
    }
}
