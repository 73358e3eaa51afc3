package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.AuditEvent;
import org.postern.core.LoginToken;

/** Contract, section 4: every line of its table, and their order. */
class ToolsTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String ME = "admin=mail%40acme.example&pass=demo-mail";
    private static final String ISSUE = ME + "&user=alice%40acme.example";

    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    private String line(String query) {
        HttpResponse<String> answer = server.get("/tools/sso?" + query);
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    private LoginToken issued(String user) {
        return server.backend
                .tokens()
                .tokens(Acme.address(user), Optional.empty(), 1, Optional.empty())
                .items()
                .get(0);
    }

    @Test
    void get_goodRequest_isAnsweredByteForByte() throws IOException {
        String answer = server.raw(
                "GET /tools/sso?" + ISSUE + "&life=7200&locale=de HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        String head = answer.substring(0, answer.indexOf("\r\n\r\n"));
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        assertThat(head).startsWith("HTTP/1.1 200 ");
        assertThat(head).containsIgnoringCase("content-type: text/plain;charset=utf-8");
        assertThat(head).containsIgnoringCase("cache-control: no-store");
        assertThat(head).containsIgnoringCase("x-content-type-options: nosniff");
        assertThat(head.toLowerCase(java.util.Locale.ROOT)).doesNotContain("set-cookie", "access-control");
        long expires = server.clock.instant().plusSeconds(7200).getEpochSecond();
        assertThat(body)
                .matches("success: token generated\ntoken: \\[[0-9a-f]{32}\\]\nexpires: \\[" + expires + "\\]\n");
    }

    @Test
    void get_withoutLife_lastsADay() {
        line(ISSUE);
        LoginToken token = issued(Server.ALICE);
        assertThat(Duration.between(token.issuedAt(), token.expiresAt())).isEqualTo(Duration.ofDays(1));
        assertThat(token.type().apiName()).isEqualTo("normal");
    }

    @Test
    void get_moreThanTheHostedServiceKnows_isTaken() {
        assertThat(line(ISSUE + "&type=sso&token=a+good+passphrase&reason=T%C3%A4st%204711&locale=PT-br"))
                .startsWith("success: token generated\ntoken: [a good passphrase]\n");
        LoginToken token = issued(Server.ALICE);
        assertThat(token.type().apiName()).isEqualTo("sso");
        assertThat(token.reason()).isEqualTo("Täst 4711");
        assertThat(token.locale().orElseThrow().code()).isEqualTo("pt_BR");
    }

    @Test
    void post_form_isTaken() {
        HttpResponse<String> answer = server.send("POST", "/tools/sso", ISSUE, "Content-Type", FORM);
        assertThat(answer.body()).startsWith("success: token generated\n");
        assertThat(server.send(
                                "POST",
                                "/tools/sso?" + ME,
                                "user=alice@acme.example",
                                "Content-Type",
                                FORM + "; charset=UTF-8")
                        .body())
                .startsWith("success: token generated\n");
        assertThat(server.send("POST", "/tools/sso?" + ISSUE, "").body()).startsWith("success: token generated\n");
    }

    @Test
    void basicCredentials_standForAdminAndPass() {
        assertThat(server.get("/tools/sso?user=alice%40acme.example", "Authorization", Server.basic(Server.MAIL))
                        .body())
                .startsWith("success: token generated\n");
        assertThat(server.get("/tools/sso?user=alice%40acme.example", "Authorization", Server.basic(Server.MAIL, "no"))
                        .body())
                .isEqualTo("error: failed to save token\n");
    }

    @Test
    void emptyAuthorization_isNone() {
        assertThat(server.get("/tools/sso?" + ISSUE, "Authorization", "").body())
                .startsWith("success");
    }

    @Test
    void basicCredentialsBesideParameters_areADuplicate() {
        assertThat(server.get("/tools/sso?" + ISSUE, "Authorization", Server.basic(Server.MAIL))
                        .body())
                .isEqualTo("error: duplicate parameter\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            admin=mail@acme.example&pass=wrong&user=alice@acme.example         | failed to save token
            admin=nobody@acme.example&pass=x&user=alice@acme.example           | failed to save token
            admin=alice@acme.example&pass=demo-alice&user=alice@acme.example   | failed to save token
            admin=mail&pass=demo-mail&user=alice@acme.example                  | failed to save token
            user=alice@acme.example                                            | failed to save token
            admin=mail@acme.example&pass=&user=alice@acme.example              | failed to save token
            pass=demo-mail                                                     | failed to save token
            user=alice@acme.example&life=-1                                    | failed to save token
            ME                                                                 | missing user
            ME&user=                                                           | missing user
            ME&life=x                                                          | missing user
            ME&user=dave@globex.example                                        | permission denied
            ME&user=nobody@globex.example                                      | permission denied
            ME&user=nobody@unknown.example                                     | permission denied
            ME&user=carol@acme-labs.example                                    | permission denied
            ME&user=alice@acme.example.evil.example                            | permission denied
            ME&user=alice@evilacme.example                                     | permission denied
            ME&user=postmaster@acme.example                                    | permission denied
            ME&user=alice@acme.example&type=normal_admin                       | permission denied
            ME&user=dave@globex.example&life=x                                 | permission denied
            ME&user=nobody@acme.example                                        | user does not exist
            ME&user=suspended@acme.example                                     | user does not exist
            ME&user=alice                                                      | user does not exist
            ME&user=alice*mail@acme.example                                    | user does not exist
            ME&user=nobody@acme.example&life=x                                 | user does not exist
            ME&user=alice@acme.example&life=0                                  | invalid life
            ME&user=alice@acme.example&life=-1                                 | invalid life
            ME&user=alice@acme.example&life=%2B7200                            | invalid life
            ME&user=alice@acme.example&life=+7200                              | invalid life
            ME&user=alice@acme.example&life=7200.0                             | invalid life
            ME&user=alice@acme.example&life=%EF%BC%97%EF%BC%92                 | invalid life
            ME&user=alice@acme.example&life=0x10                               | invalid life
            ME&user=alice@acme.example&life=x&locale=x&type=x&token=x          | invalid life
            ME&user=alice@acme.example&locale=xx                               | invalid locale
            ME&user=alice@acme.example&locale=../../etc/passwd                 | invalid locale
            ME&user=alice@acme.example&locale=x&type=x&token=x                 | invalid locale
            ME&user=alice@acme.example&type=Normal                             | invalid type
            ME&user=alice@acme.example&type=x&token=x                          | invalid type
            ME&user=alice@acme.example&token=short                             | invalid token
            ME&user=alice@acme.example&token=password123                       | invalid token
            ME&user=alice@acme.example&token=alice@acme.example                | invalid token
            ME&user=alice@acme.example&token=%20leading-space                  | invalid token
            ME&user=alice@acme.example&token=line%0Abreak-in-it                | invalid token
            ME&user=alice@acme.example&token=%FF%FEnot-utf-8                   | invalid token
            ME&user=alice@acme.example&token=short&reason=two%0Alines          | invalid token
            ME&user=alice@acme.example&reason=two%0D%0Alines                   | invalid reason
            ME&user=alice@acme.example&reason=%C3%28                           | invalid reason
            """)
    void badInput_isNamedAndNothingIsIssued(String query, String error) {
        assertThat(line(query.replace("ME", ME))).isEqualTo("error: " + error + "\n");
        assertThat(server.tokens()).isZero();
    }

    @Test
    void emptyParameters_areAbsent() {
        assertThat(line(ISSUE + "&life=&locale=&type=&token=&reason="))
                .matches("success: token generated\ntoken: \\[[0-9a-f]{32}\\]\nexpires: \\[[0-9]+\\]\n");
        LoginToken token = issued(Server.ALICE);
        assertThat(Duration.between(token.issuedAt(), token.expiresAt())).isEqualTo(Duration.ofDays(1));
        assertThat(token.type().apiName()).isEqualTo("normal");
        assertThat(token.locale()).isEmpty();
        assertThat(token.reason()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ISSUE + "&user=alice%40acme.example",
                ISSUE + "&life=1&life=1",
                ISSUE + "&life=1&%6cife=2",
                ISSUE + "&locale=&locale=",
                ISSUE + "&unknown=1&unknown=1",
                "admin=x&admin=y",
                "pass=&pass",
                "user=nobody@nowhere&user="
            })
    void parameterTwice_isToldBeforeAnythingElse(String query) {
        assertThat(line(query)).isEqualTo("error: duplicate parameter\n");
        assertThat(server.tokens()).isZero();
        assertThat(server.trail()).isEmpty();
    }

    @Test
    void parameterInQueryAndBody_isADuplicate() {
        assertThat(server.send("POST", "/tools/sso?" + ISSUE, "life=60", "Content-Type", FORM)
                        .body())
                .startsWith("success");
        assertThat(server.send("POST", "/tools/sso?" + ISSUE + "&life=60", "life=60", "Content-Type", FORM)
                        .body())
                .isEqualTo("error: duplicate parameter\n");
        assertThat(server.send("POST", "/tools/sso?" + ME, ISSUE, "Content-Type", FORM)
                        .body())
                .isEqualTo("error: duplicate parameter\n");
        assertThat(server.tokens()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"life,%zz", "life,7%", "locale,%e", "type,%80", "token,%C3%28aaaaaaaaaaa", "reason,%ED%A0%80"})
    void valueThatCannotBeDecoded_isBadInput(String name, String value) throws IOException {
        String answer = server.raw("GET /tools/sso?" + ISSUE + "&" + name + "=" + value
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nerror: invalid " + name + "\n");
        assertThat(server.tokens()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2678401", "99999999", "9223372036854775808", "00000000000000000000000002678400"})
    void longLife_isCapped(String life) {
        line(ISSUE + "&life=" + life);
        LoginToken token = issued(Server.ALICE);
        assertThat(Duration.between(token.issuedAt(), token.expiresAt())).isEqualTo(Duration.ofDays(31));
    }

    @Test
    void lifeOfThousandsOfDigits_isCapped() {
        assertThat(server.send("POST", "/tools/sso", ISSUE + "&life=" + "9".repeat(20_000), "Content-Type", FORM)
                        .body())
                .startsWith("success");
    }

    @Test
    void chosenValueThatIsLive_isRefused() {
        assertThat(line(ISSUE + "&token=correct+horse")).startsWith("success");
        assertThat(line(ISSUE + "&token=correct+horse")).isEqualTo("error: invalid token\n");
        assertThat(line(ISSUE.replace("alice", "bob") + "&token=correct+horse")).startsWith("success");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "get"})
    void otherMethod_isRefusedAndDoesNothing(String method) throws IOException {
        String answer =
                server.raw(method + " /tools/sso?" + ISSUE + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 405 ").containsIgnoringCase("allow: GET, POST\r\n");
        assertThat(answer).doesNotContain("error:", "success:");
        assertThat(server.tokens()).isZero();
    }

    @Test
    void methodOverride_countsForNothing() {
        assertThat(server.get("/tools/sso?" + ME, "X-HTTP-Method-Override", "DELETE")
                        .body())
                .isEqualTo("error: missing user\n");
    }

    @Test
    void get_switchedOff_isRefused() {
        try (Server noGet = new Server(Map.of("sso.tools.get", "false"))) {
            HttpResponse<String> answer = noGet.get("/tools/sso?" + ISSUE);
            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(answer.headers().firstValue("Allow")).contains("POST");
            assertThat(noGet.tokens()).isZero();
            assertThat(noGet.send("POST", "/tools/sso", ISSUE, "Content-Type", FORM)
                            .body())
                    .startsWith("success");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "text/plain",
                "multipart/form-data; boundary=x",
                "application/x-www-form-urlencoded; charset=iso-8859-1",
                "application/x-www-form-urlencoded; charset=utf-7",
                "nonsense"
            })
    void post_ofAnotherType_isRefused(String type) {
        assertThat(server.send("POST", "/tools/sso", ISSUE, "Content-Type", type)
                        .statusCode())
                .isEqualTo(415);
        assertThat(server.tokens()).isZero();
    }

    @Test
    void post_tooLong_isRefused() {
        assertThat(server.send("POST", "/tools/sso", ISSUE + "&x=" + "a".repeat(70_000), "Content-Type", FORM)
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void thousandsOfParameters_areRefused() {
        StringBuilder many = new StringBuilder(ISSUE);
        for (int i = 0; i < 5_000; i++) {
            many.append("&p").append(i).append('=');
        }
        assertThat(server.send("POST", "/tools/sso", many.toString(), "Content-Type", FORM)
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void plusAndPercentInThePassword_areDecodedOnce() {
        server.backend
                .directory()
                .editor()
                .orElseThrow()
                .setPassword(Acme.address(Server.MAIL), org.postern.core.Secret.of("a b+c%20d&=ü"));
        String encoded = URLEncoder.encode("a b+c%20d&=ü", StandardCharsets.UTF_8);
        assertThat(line("admin=mail@acme.example&pass=" + encoded + "&user=alice@acme.example"))
                .startsWith("success");
        assertThat(line("admin=mail@acme.example&pass=" + URLEncoder.encode(encoded, StandardCharsets.UTF_8)
                        + "&user=alice@acme.example"))
                .isEqualTo("error: failed to save token\n");
    }

    @Test
    void everyOutcome_isInTheTrail() {
        line(ISSUE);
        line(ME);
        line(ME + "&user=nobody@acme.example");
        line("admin=mail@acme.example&pass=wrong");
        assertThat(server.trail())
                .extracting(AuditEvent::type)
                .containsExactlyInAnyOrder(
                        AuditEvent.Type.ADMIN_LOGIN,
                        AuditEvent.Type.ISSUED,
                        AuditEvent.Type.ISSUE_REFUSED,
                        AuditEvent.Type.ISSUE_REFUSED,
                        AuditEvent.Type.ADMIN_LOGIN_REFUSED);
    }
}
