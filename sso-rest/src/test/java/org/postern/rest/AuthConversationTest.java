package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.AuditEvent;

/** Dovecot's auth protocol, line by line. */
class AuthConversationTest {
    private final Server server = new Server(Map.of("sso.mail.key", "a-mail-key-of-the-test"));
    private final AuthConversation conversation = new AuthConversation(server.postern.mailLogins(), "127.0.0.1");

    @AfterEach
    void stop() {
        server.close();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private String answer(String line) {
        return conversation.answer(line).orElse("");
    }

    private String plain(String user, String password) {
        return answer("AUTH\t7\tPLAIN\tservice=smtp\tnologin\tlip=127.0.0.1\trip=192.0.2.44\tsecured\tresp="
                + base64("\0" + user + "\0" + password));
    }

    private String token(String type) {
        return JsonPath.from(server.as(
                                Server.COMPANY,
                                "POST",
                                "/sso/v1/tokens",
                                "{\"user\":\"alice@acme.example\",\"type\":\"" + type + "\",\"reason\":\"T\"}")
                        .body())
                .getString("token");
    }

    @Test
    void greeting_hasWhatPostfixWants() {
        assertThat(AuthConversation.greeting(3, "0123456789abcdef0123456789abcdef"))
                .startsWith("VERSION\t1\t1")
                .contains("MECH\tPLAIN\tplaintext", "MECH\tLOGIN\tplaintext", "CUID\t3")
                .endsWith("DONE");
        assertThat(answer("VERSION\t1\t2")).isEmpty();
        assertThat(answer("CPID\t4711")).isEmpty();
        assertThatThrownBy(() -> answer("VERSION\t2\t0")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void plain_tokenAndOwnPassword_areOk() {
        String token = token("normal");
        assertThat(plain("Alice@acme.example", token)).isEqualTo("OK\t7\tuser=alice@acme.example");
        assertThat(plain(Server.ALICE, "demo-alice")).isEqualTo("OK\t7\tuser=alice@acme.example");
        AuditEvent row = server.trail().stream()
                .filter(e -> e.type() == AuditEvent.Type.MAIL_LOGIN)
                .findFirst()
                .orElseThrow();
        assertThat(row.detail()).isEqualTo("smtp");
        assertThat(row.client().address()).isEqualTo("192.0.2.44");
    }

    @Test
    void plain_whatIsNeither_fails() {
        assertThat(plain(Server.ALICE, "wrong")).isEqualTo("FAIL\t7");
        assertThat(plain(Server.ALICE, "")).isEqualTo("FAIL\t7");
        assertThat(plain("alice", "demo-alice")).isEqualTo("FAIL\t7");
        assertThat(plain("suspended@acme.example", "demo-suspended")).isEqualTo("FAIL\t7");
        assertThat(plain(Server.ALICE, token("sso"))).isEqualTo("FAIL\t7");
    }

    @Test
    void wrongPasswords_areThrottled_andRightOnesElsewhereAreNot() {
        int wrong = 0;
        while (wrong < 50 && server.trail().stream().noneMatch(e -> e.detail().contains("too many attempts"))) {
            assertThat(plain(Server.ALICE, "wrong-" + wrong++)).isEqualTo("FAIL\t7");
        }
        assertThat(wrong).isBetween(5, 25);
        assertThat(answer("AUTH\t8\tPLAIN\tservice=smtp\trip=198.51.100.9\tresp="
                        + base64("\0" + Server.ALICE + "\0demo-alice")))
                .startsWith("OK\t8");
    }

    @Test
    void login_asksForTheOneAndTheOther() {
        assertThat(answer("AUTH\t1\tLOGIN\tservice=smtp")).isEqualTo("CONT\t1\t" + base64("Username:"));
        assertThat(answer("AUTH\t2\tLOGIN\tservice=smtp\tresp=" + base64(Server.ALICE)))
                .isEqualTo("CONT\t2\t" + base64("Password:"));
        assertThat(answer("CONT\t1\t" + base64(Server.ALICE))).isEqualTo("CONT\t1\t" + base64("Password:"));
        assertThat(answer("CONT\t2\t" + base64("demo-alice"))).isEqualTo("OK\t2\tuser=alice@acme.example");
        assertThat(answer("CONT\t1\t" + base64("wrong"))).isEqualTo("FAIL\t1");
    }

    @Test
    void plain_withoutAResponse_isAskedForIt() {
        assertThat(answer("AUTH\t1\tPLAIN\tservice=smtp")).isEqualTo("CONT\t1\t");
        assertThat(answer("CONT\t1\t" + base64("\0" + Server.ALICE + "\0demo-alice")))
                .startsWith("OK\t1");
    }

    @Test
    void actingForAnother_fails() {
        String resp = "AUTH\t1\tPLAIN\tservice=smtp\tresp=";
        assertThat(answer(resp + base64("bob@acme.example\0" + Server.ALICE + "\0demo-alice")))
                .isEqualTo("FAIL\t1");
        assertThat(answer(resp + base64(Server.ALICE + "\0" + Server.ALICE + "\0demo-alice")))
                .startsWith("OK\t1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AUTH\t1\tCRAM-MD5\tservice=smtp",
                "AUTH\t1\tplain\tservice=smtp",
                "AUTH\t1\tPLAIN\tservice=sieve\tresp=AGEAYg==",
                "AUTH\t1\tPLAIN\tservice=smtp\tresp=%%%",
                "AUTH\t1\tPLAIN\tservice=smtp\tresp=",
                "AUTH\t1\tPLAIN\tservice=smtp\tresp=AA==",
                "AUTH\t1\tPLAIN\tservice=smtp\tresp=AGEAYgBj",
                "AUTH\t1\tPLAIN\tservice=smtp\tresp=AP8A/w=="
            })
    void whatCannotBe_fails(String line) {
        assertThat(answer(line)).isEqualTo("FAIL\t1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUTH", "AUTH\t1", "AUTH\tx\tPLAIN", "AUTH\t-1\tPLAIN", "CONT\tx\tAA==", "CONT\t9", "CONT"})
    void whatIsNoLineOfTheProtocol_endsTheConnection(String line) {
        assertThatThrownBy(() -> answer(line)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Postfix does not tell what a client gave up: were that kept, strangers could have everybody refused. */
    @Test
    void whatWasGivenUp_makesRoomForWhatIsNew() {
        for (int i = 0; i < 3 * AuthConversation.MOST_BEGUN; i++) {
            assertThat(answer("AUTH\t" + i + "\tLOGIN\tservice=smtp")).startsWith("CONT");
        }
        int last = 3 * AuthConversation.MOST_BEGUN - 1;
        assertThat(answer("AUTH\t" + last + "\tLOGIN\tservice=smtp"))
                .as("the same id twice")
                .isEqualTo("FAIL\t" + last);
        assertThat(answer("CONT\t0\tAA==")).as("given up long ago").isEqualTo("FAIL\t0");
        assertThat(answer("CONT\t" + (last - AuthConversation.MOST_BEGUN + 1) + "\tYQ=="))
                .startsWith("CONT");
    }
}
