package org.postern.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
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

    /** As the version before {@code readOnly} wrote it: a session in a container's store outlives an update. */
    private static final String OLDER = "rO0ABXNyACFvcmcucG9zdGVybi5maWx0ZXIuV2VibWFpbFNlc3Npb24AAAAAAAAAAQIADEwACmNy"
            + "ZWRlbnRpYWx0ACNMb3JnL3Bvc3Rlcm4vZmlsdGVyL01haWxDcmVkZW50aWFsO0wACWNzcmZUb2tl"
            + "bnQAEkxqYXZhL2xhbmcvU3RyaW5nO0wAA2VuZHQAE0xqYXZhL3RpbWUvSW5zdGFudDtMAAJpZHQA"
            + "EExqYXZhL3V0aWwvVVVJRDtMAAZpc3N1ZXJxAH4AAkwABmxvY2FsZXQAIExvcmcvcG9zdGVybi9j"
            + "b3JlL1Nlc3Npb25Mb2NhbGU7TAAHbWFpbGJveHEAfgACTAAGcmVhc29ucQB+AAJMAAVzdGFydHEA"
            + "fgADTAAHdG9rZW5JZHEAfgAETAAEdHlwZXQAHkxvcmcvcG9zdGVybi9jb3JlL1Nlc3Npb25UeXBl"
            + "O0wAEHdlYm1haWxJbnRlcmZhY2V0ACVMb3JnL3Bvc3Rlcm4vZmlsdGVyL1dlYm1haWxJbnRlcmZh"
            + "Y2U7eHBzcgAhb3JnLnBvc3Rlcm4uZmlsdGVyLk1haWxDcmVkZW50aWFsAAAAAAAAAAECAAFMAAR0"
            + "ZXh0cQB+AAJ4cHQADnRoZS1jcmVkZW50aWFsdAAOdGhlLWNzcmYtdG9rZW5zcgANamF2YS50aW1l"
            + "LlNlcpVdhLobIkiyDAAAeHB3DQIAAAAAah3kwAAAAAB4c3IADmphdmEudXRpbC5VVUlEvJkD95ht"
            + "hS8CAAJKAAxsZWFzdFNpZ0JpdHNKAAttb3N0U2lnQml0c3hwgAAAAAAAAAEBlyhuHABwAHQAEW1h"
            + "aWxAYWNtZS5leGFtcGxlfnIAHm9yZy5wb3N0ZXJuLmNvcmUuU2Vzc2lvbkxvY2FsZQAAAAAAAAAA"
            + "EgAAeHIADmphdmEubGFuZy5FbnVtAAAAAAAAAAASAAB4cHQAAkRFdAASYWxpY2VAYWNtZS5leGFt"
            + "cGxldAAGdGlja2V0c3EAfgANdw0CAAAAAGoddEAAAAAAeHNxAH4AD4AAAAAAAAACAZcobhwAcAB+"
            + "cgAcb3JnLnBvc3Rlcm4uY29yZS5TZXNzaW9uVHlwZQAAAAAAAAAAEgAAeHEAfgATdAAGTk9STUFM"
            + "fnIAI29yZy5wb3N0ZXJuLmZpbHRlci5XZWJtYWlsSW50ZXJmYWNlAAAAAAAAAAASAAB4cQB+ABN0"
            + "AAhTVEFOREFSRA==";

    @Test
    void sessionOfAnOlderVersion_isReadStill_andMayWrite() throws Exception {
        byte[] older = Base64.getDecoder().decode(OLDER);
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(older))) {
            WebmailSession read = (WebmailSession) in.readObject();
            assertThat(read.mailbox()).isEqualTo("alice@acme.example");
            assertThat(read.reason()).isEqualTo("ticket");
            assertThat(read.readOnly()).isFalse();
            assertThat(read.credential().secret().reveal()).isEqualTo("the-credential");
            assertThat(read.end()).isEqualTo(Instant.parse("2026-06-01T20:00:00Z"));
        }
    }

    @Test
    void readOnlySession_staysOne() throws Exception {
        WebmailSession s = session;
        WebmailSession readOnly = new WebmailSession(
                s.id(),
                s.mailbox(),
                s.locale(),
                s.type(),
                s.webmailInterface(),
                s.tokenId(),
                s.issuer(),
                s.reason(),
                true,
                s.start(),
                s.end(),
                s.credential(),
                s.csrfToken());
        assertThat(copy(readOnly)).isEqualTo(readOnly).isNotEqualTo(session);
        assertThat(readOnly.with(WebmailInterface.BASIC).readOnly()).isTrue();
        assertThat(session.with(WebmailInterface.BASIC).readOnly()).isFalse();
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
