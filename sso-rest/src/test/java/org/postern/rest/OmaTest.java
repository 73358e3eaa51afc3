package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.AuditEvent;
import org.postern.core.Channel;
import org.postern.core.LoginToken;
import org.postern.core.Secret;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Redemption;

/** Contract, section 5: what the clients in the field send, and every byte that they match. */
class OmaTest {
    private static final String UUID_PATTERN = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    private static final String CREDENTIALS =
            "\"credentials\":{\"user\":\"mail@acme.example\",\"password\":\"demo-mail\"}";
    private static final String ISSUE = CREDENTIALS + ",\"user\":\"alice@acme.example\",\"reason\":\"T-1\"";

    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    /** A call whose answer is the API's: status 200, and an id that the trail knows. */
    private String call(String method, String fields) {
        HttpResponse<String> answer = server.send("POST", "/api/" + method, "{" + fields + "}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        Matcher audit =
                Pattern.compile(", \"audit\":\"(" + UUID_PATTERN + ")\"}$").matcher(answer.body());
        assertThat(audit.find()).as(answer.body()).isTrue();
        assertThat(server.wholeTrail()).extracting(AuditEvent::id).contains(UUID.fromString(audit.group(1)));
        return answer.body();
    }

    private static String error(int number, String text) {
        return "\\{\"success\":false,\"error_number\":" + number + ",\"error\":\"" + text + "\", \"audit\":\""
                + UUID_PATTERN + "\"}";
    }

    private LoginToken issued(String user) {
        return server.backend
                .tokens()
                .tokens(Acme.address(user), Optional.empty(), 1, Optional.empty())
                .items()
                .get(0);
    }

    @Test
    void generateToken_isAnsweredByteForByte() {
        assertThat(call("generate_token", ISSUE))
                .matches("\\{\"success\":true,\"duration\":24,\"token\":\"[0-9a-f]{32}\", \"audit\":\"" + UUID_PATTERN
                        + "\"}");
        assertThat(issued(Server.ALICE).type().apiName()).isEqualTo("normal");
        assertThat(issued(Server.ALICE).reason()).isEqualTo("T-1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "duration":48         | 48
            "duration":"48"       | 48
            "duration":""         | 24
            "duration":null       | 24
            "duration":744        | 744
            "duration":745        | 744
            "duration":99999999999999999999999999 | 744
            "attributes":{"duration":"8"} | 8
            "duration":"","attributes":{"duration":8} | 8
            """)
    void generateToken_durationIsInHours(String field, long hours) {
        assertThat(call("generate_token", ISSUE + "," + field)).contains("\"duration\":" + hours + ",");
        LoginToken token = issued(Server.ALICE);
        assertThat(Duration.between(token.issuedAt(), token.expiresAt())).isEqualTo(Duration.ofHours(hours));
    }

    @ParameterizedTest
    @CsvSource({
        "session,false,normal",
        "'',false,normal",
        "session,true,normal_admin",
        "sso,false,sso",
        "sso,true,sso_admin",
        "oma,false,admin_only",
        "oma,true,admin_only"
    })
    void generateToken_typesAreTheFive(String type, boolean oma, String expected) {
        call(
                "generate_token",
                "\"credentials\":{\"user\":\"company@acme.example\",\"password\":\"demo-company\"},"
                        + "\"user\":\"postmaster@acme.example\",\"reason\":\"T\",\"type\":\"" + type + "\",\"oma\":"
                        + oma);
        assertThat(issued("postmaster@acme.example").type().apiName()).isEqualTo(expected);
    }

    @Test
    void generateToken_everythingUnderAttributes_isTaken() {
        assertThat(
                        call(
                                "generate_token",
                                CREDENTIALS
                                        + ",\"attributes\":{\"user\":\"alice@acme.example\",\"reason\":\"T\",\"token\":\"correct horse\",\"type\":\"sso\"}"))
                .startsWith("{\"success\":true,\"duration\":24,\"token\":\"correct horse\", \"audit\":\"");
        assertThat(issued(Server.ALICE).type().apiName()).isEqualTo("sso");
    }

    @Test
    void generateToken_valueWithQuotes_isEscaped() {
        assertThat(call("generate_token", ISSUE + ",\"token\":\"a\\\"b\\\\c\\u00e4defgh\""))
                .contains("\"token\":\"a\\\"b\\\\cädefgh\", \"audit\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "user":"alice@acme.example","reason":"T"                                          | 1 | Invalid credentials supplied in request
            "credentials":{},"user":"alice@acme.example"                                      | 1 | Invalid credentials supplied in request
            "credentials":"x"                                                                 | 1 | Invalid credentials supplied in request
            "credentials":{"user":["mail@acme.example"],"password":"demo-mail"}               | 1 | Invalid credentials supplied in request
            "credentials":{"user":"mail@acme.example","password":"wrong"}                     | 1 | Invalid credentials supplied in request
            "credentials":{"user":"alice@acme.example","password":"demo-alice"}               | 1 | Invalid credentials supplied in request
            "credentials":{"user":"mail@acme.example","token":"demo-mail"}                    | 1 | Invalid credentials supplied in request
            ME                                                                                | 5 | Request badly formatted: user is missing
            ME,"user":"","reason":"T"                                                         | 5 | Request badly formatted: user is missing
            ME,"user":"alice@acme.example"                                                    | 5 | Request badly formatted: reason is missing
            ME,"user":"alice@acme.example","reason":"  "                                      | 5 | Request badly formatted: reason is missing
            ME,"user":{"x":1},"reason":"T"                                                    | 6 | One or more attributes badly formatted: user
            ME,"user":"nobody@acme.example","reason":"T"                                      | 2 | The requested object does not exist
            ME,"user":"suspended@acme.example","reason":"T"                                   | 2 | The requested object does not exist
            ME,"user":"alice","reason":"T"                                                    | 2 | The requested object does not exist
            ME,"user":"dave@globex.example","reason":"T"                                      | 4 | Requestor lacks permission to perform the requested operation
            ME,"user":"postmaster@acme.example","reason":"T"                                  | 4 | Requestor lacks permission to perform the requested operation
            ME,"user":"alice@acme.example","reason":"T","type":"oma"                          | 4 | Requestor lacks permission to perform the requested operation
            ME,"user":"alice@acme.example","reason":"T","duration":0                          | 6 | One or more attributes badly formatted: duration
            ME,"user":"alice@acme.example","reason":"T","duration":-1                         | 6 | One or more attributes badly formatted: duration
            ME,"user":"alice@acme.example","reason":"T","duration":1.5                        | 6 | One or more attributes badly formatted: duration
            ME,"user":"alice@acme.example","reason":"T","duration":"24h"                      | 6 | One or more attributes badly formatted: duration
            ME,"user":"alice@acme.example","reason":"T","duration":[24]                       | 6 | One or more attributes badly formatted: duration
            ME,"user":"alice@acme.example","reason":"T","type":"normal"                       | 6 | One or more attributes badly formatted: type
            ME,"user":"alice@acme.example","reason":"T","token":"short"                       | 6 | One or more attributes badly formatted: token
            ME,"user":"alice@acme.example","reason":"a\\nb"                                   | 6 | One or more attributes badly formatted: reason
            ME,"user":"alice@acme.example","reason":"T","oma":"maybe"                         | 6 | One or more attributes badly formatted: oma
            """)
    void generateToken_badRequest_isNumbered(String fields, int number, String text) {
        assertThat(callAnonymous("generate_token", fields.replace("ME", CREDENTIALS)))
                .matches(error(number, text));
        assertThat(server.tokens()).isZero();
    }

    /** As call, for requests whose row has no domain, so that no administrator's trail shows it. */
    private String callAnonymous(String method, String fields) {
        return fields.contains("acme.example\",\"password\"") || fields.contains("acme.example\",\"token\"")
                ? call(method, fields)
                : server.send("POST", "/api/" + method, "{" + fields + "}").body();
    }

    @Test
    void generateToken_valueThatIsLive_isSeven() {
        call("generate_token", ISSUE + ",\"token\":\"correct horse\"");
        assertThat(call("generate_token", ISSUE + ",\"token\":\"correct horse\""))
                .matches(error(7, "An object with this name already exists"));
    }

    @Test
    void authenticate_withoutSession_saysYes() {
        assertThat(call("authenticate", CREDENTIALS))
                .matches("\\{\"success\":true, \"audit\":\"" + UUID_PATTERN + "\"}");
    }

    @Test
    void authenticate_session_worksAsCredentialsUntilItsEnd() {
        String answer = call("authenticate", CREDENTIALS + ",\"generate_session_token\":true");
        assertThat(answer)
                .matches(
                        "\\{\"success\":true,\"session_token_duration\":10800,\"session_token\":\"[0-9a-f]{32}\", \"audit\":\""
                                + UUID_PATTERN + "\"}");
        String token = answer.replaceAll(".*\"session_token\":\"([^\"]*)\".*", "$1");
        String byToken = "\"credentials\":{\"user\":\"mail@acme.example\",\"token\":\"" + token
                + "\"},\"user\":\"alice@acme.example\",\"reason\":\"T\"";
        assertThat(call("generate_token", byToken)).startsWith("{\"success\":true,");
        server.clock.advance(Duration.ofHours(3));
        assertThat(call("generate_token", byToken)).matches(error(1, "Invalid credentials supplied in request"));
    }

    @ParameterizedTest
    @CsvSource({"60,60", "'\"86400\"',86400", "1,1", "'\"\"',10800"})
    void authenticate_sessionDuration_isInSeconds(String given, long seconds) {
        assertThat(call(
                        "authenticate",
                        CREDENTIALS + ",\"generate_session_token\":\"true\",\"session_token_duration\":" + given))
                .contains("\"session_token_duration\":" + seconds + ",");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "86401", "-1", "1.5", "\"x\"", "99999999999999999999", "true", "[]"})
    void authenticate_badSessionDuration_isSix(String given) {
        assertThat(call(
                        "authenticate",
                        CREDENTIALS + ",\"generate_session_token\":1,\"session_token_duration\":" + given))
                .matches(error(6, "One or more attributes badly formatted: session_token_duration"));
    }

    @Test
    void authenticate_chosenValue_isTheSessionsOwn() {
        String chosen = CREDENTIALS + ",\"generate_session_token\":true,\"token\":\"my own session\"";
        assertThat(call("authenticate", chosen)).contains("\"session_token\":\"my own session\", \"audit\"");
        assertThat(call("authenticate", chosen)).matches(error(7, "An object with this name already exists"));
        assertThat(call("authenticate", CREDENTIALS + ",\"generate_session_token\":true,\"token\":\"short\""))
                .matches(error(6, "One or more attributes badly formatted: token"));
        // The PHP toolkit sends credentials.token where it was given a token.
        assertThat(call(
                        "generate_token",
                        "\"credentials\":{\"user\":\"mail@acme.example\",\"password\":\"\",\"token\":\"my own session\"},"
                                + "\"attributes\":{\"user\":\"alice@acme.example\",\"reason\":\"T\"}"))
                .startsWith("{\"success\":true,");
    }

    @Test
    void logoutUser_endsHisTokenSessions() {
        String answer = call("generate_token", ISSUE);
        String token = answer.replaceAll(".*\"token\":\"([^\"]*)\".*", "$1");
        var redeemed = (Redemption.Redeemed) server.postern
                .tokens()
                .redeem(new LoginAttempt(Server.ALICE, Secret.of(token), Channel.LOGIN_URL, false, "", Server.CLIENT));
        assertThat(call("logout_user", CREDENTIALS + ",\"user\":\"alice@acme.example\""))
                .matches("\\{\"success\":true, \"audit\":\"" + UUID_PATTERN + "\"}");
        assertThat(server.backend
                        .tokens()
                        .session(redeemed.session().id())
                        .orElseThrow()
                        .endedAt())
                .isPresent();
        assertThat(call("logout_user", CREDENTIALS + ",\"user\":\"alice@acme.example\""))
                .startsWith("{\"success\":true, ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ME                                   | 5 | Request badly formatted: user is missing
            ME,"user":"dave@globex.example"      | 4 | Requestor lacks permission to perform the requested operation
            ME,"user":"postmaster@acme.example"  | 4 | Requestor lacks permission to perform the requested operation
            ME,"user":"nobody@acme.example"      | 2 | The requested object does not exist
            """)
    void logoutUser_badRequest_isNumbered(String fields, int number, String text) {
        assertThat(call("logout_user", fields.replace("ME", CREDENTIALS))).matches(error(number, text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "[{}]",
                "\"x\"",
                "1",
                "true",
                "{",
                "}",
                "{}x",
                "{} {}",
                "{'user':1}",
                "{\"user\":\"a\",\"user\":\"b\"}",
                "<xml/>",
                "user=alice"
            })
    void bodyThatIsNoJsonObject_is400(String body) {
        HttpResponse<String> answer = server.send("POST", "/api/generate_token", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .isEqualTo("{\"success\":false,\"error_number\":5,\"error\":\"Request badly formatted\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "get_user", "Generate_token", "generate_token/x", "generate_token%20"})
    void unknownMethod_is404(String method) {
        HttpResponse<String> answer = server.send("POST", "/api/" + method, "{" + ISSUE + "}");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(server.tokens()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Content-Type: application/json\r\n",
                "Content-Type: text/plain\r\nContent-Encoding: UTF-8\r\n",
                "Content-Type: application/x-www-form-urlencoded\r\n",
                "Content-Type: multipart/form-data\r\n",
                "Content-Type: nonsense\r\nContent-Encoding: gzip\r\n",
                "Content-Type: application/json; charset=utf-7\r\nAccept: text/xml\r\n",
                "Content-Type: application/json; charset=\r\nAccept: nonsense\r\n",
                "Content-Type: ;;;\r\nTE: deflate,gzip;q=0.3\r\n",
                "Content-Type: a\r\nContent-Type: b\r\n"
            })
    void body_isReadWhateverTheHeadersSay(String headers) throws IOException {
        String body = "{" + ISSUE + ",\"unknown\":{\"deep\":[1,2]},\"_audit\":1}";
        String answer = server.raw("POST /api//generate_token HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers
                + "Content-Length: " + body.length() + "\r\n\r\n" + body);
        assertThat(answer)
                .startsWith("HTTP/1.1 200 ")
                .contains("\r\n\r\n{\"success\":true,\"duration\":24,\"token\":\"");
    }

    @Test
    void get_isNoCall() {
        assertThat(server.get("/api/generate_token").statusCode()).isEqualTo(405);
    }

    @Test
    void bodyThatIsTooLong_is413() {
        assertThat(server.send("POST", "/api/generate_token", "{\"x\":\"" + "a".repeat(70_000) + "\"}")
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void authenticate_bySession_givesNoneThatOutlivesIt() {
        String start =
                call("authenticate", CREDENTIALS + ",\"generate_session_token\":true,\"session_token_duration\":3600");
        String token = start.replaceAll(".*\"session_token\":\"([^\"]*)\".*", "$1");
        server.clock.advance(Duration.ofMinutes(10));
        assertThat(call(
                        "authenticate",
                        "\"credentials\":{\"user\":\"mail@acme.example\",\"token\":\"" + token
                                + "\"},\"generate_session_token\":true,\"session_token_duration\":86400"))
                .contains("\"session_token_duration\":3000,");
    }
}
