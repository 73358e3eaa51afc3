package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.AuditEvent;
import org.postern.core.Channel;
import org.postern.core.Secret;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Redemption;

/** Contract, section 6: every row of its table, and what goes wrong. */
class ApiTest {
    private static final String TOKENS = "/sso/v1/tokens";
    private static final String ALICE_SSO = "{\"user\":\"alice@acme.example\",\"type\":\"sso\",\"reason\":\"T-1\"}";
    private static final String RFC_3339_UTC = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\\.[0-9]+)?Z";

    private final Server server = new Server(Map.of("sso.public-url", "https://mail.acme.example"));

    @AfterEach
    void stop() {
        server.close();
    }

    private static JsonNode json(HttpResponse<String> answer) {
        try {
            return new ObjectMapper().readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    private JsonNode issue(String body) {
        HttpResponse<String> answer = server.as(Server.MAIL, "POST", TOKENS, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return json(answer);
    }

    private static JsonNode problem(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = json(answer);
        assertThat(problem.get("type").isTextual()).isTrue();
        assertThat(problem.get("title").asText()).isNotEmpty();
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("detail").asText()).isNotEmpty();
        return problem;
    }

    private static List<String> fields(JsonNode problem) {
        List<String> fields = new ArrayList<>();
        problem.path("errors").forEach(e -> {
            assertThat(e.get("message").asText()).isNotEmpty();
            fields.add(e.get("field").asText());
        });
        return fields;
    }

    private Redemption.Redeemed redeem(JsonNode issued) {
        return (Redemption.Redeemed) server.postern
                .tokens()
                .redeem(new LoginAttempt(
                        issued.get("user").asText(),
                        Secret.of(issued.get("token").asText()),
                        Channel.LOGIN_URL,
                        false,
                        "",
                        Server.CLIENT));
    }

    @Test
    void issue_goodRequest_is201WithEverythingAndItsLocation() {
        HttpResponse<String> answer = server.as(
                Server.MAIL,
                "POST",
                TOKENS,
                "{\"user\":\"Alice@ACME.example\",\"type\":\"sso\",\"reason\":\"T-1\",\"life\":7200,\"locale\":\"de\",\"confirm\":true,"
                        + "\"read_only\":true}");
        assertThat(answer.statusCode()).isEqualTo(201);
        JsonNode token = json(answer);
        assertThat(answer.headers().firstValue("Location"))
                .contains("/sso/v1/tokens/" + token.get("id").asText());
        assertThat(token.get("user").asText()).isEqualTo("alice@acme.example");
        assertThat(token.get("type").asText()).isEqualTo("sso");
        assertThat(token.get("token").asText()).matches("[0-9a-f]{32}");
        assertThat(token.get("reason").asText()).isEqualTo("T-1");
        assertThat(token.get("locale").asText()).isEqualTo("de");
        assertThat(token.get("confirm").asBoolean()).isTrue();
        assertThat(token.get("read_only").asBoolean()).isTrue();
        assertThat(token.get("issued_by").asText()).isEqualTo("mail@acme.example");
        assertThat(token.get("issued_at").asText()).isEqualTo("2026-06-01T12:00:00Z");
        assertThat(token.get("expires_at").asText()).isEqualTo("2026-06-01T14:00:00Z");
        assertThat(token.get("login_url").asText())
                .isEqualTo("https://mail.acme.example/?_task=login&_action=login&user=alice%40acme.example&pass="
                        + token.get("token").asText());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            60                               | 60
            "60"                             | 60
            null                             | 86400
            ""                               | 86400
            2678401                          | 2678400
            123456789012345678901234567890   | 2678400
            """)
    void issue_lifeAsNumberOrText_isTaken(String life, long seconds) {
        JsonNode token = issue(ALICE_SSO.replace("}", ",\"life\":" + life + "}"));
        assertThat(Duration.between(
                        java.time.Instant.parse(token.get("issued_at").asText()),
                        java.time.Instant.parse(token.get("expires_at").asText())))
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                                        | user,type
            {"user":"","type":""}                                                     | user,type
            {"user":"alice@acme.example","reason":"T"}                                | type
            {"user":"alice@acme.example","type":"sso"}                                | reason
            {"user":"alice@acme.example","type":"sso","reason":" "}                   | reason
            {"user":"alice@acme.example","type":"SSO","reason":"T"}                   | type
            {"user":"alice@acme.example","type":"sso","reason":"T","life":0}          | life
            {"user":"alice@acme.example","type":"sso","reason":"T","life":-5}         | life
            {"user":"alice@acme.example","type":"sso","reason":"T","life":1.5}        | life
            {"user":"alice@acme.example","type":"sso","reason":"T","life":1e3}        | life
            {"user":"alice@acme.example","type":"sso","reason":"T","life":true}       | life
            {"user":"alice@acme.example","type":"sso","reason":"T","life":[60]}       | life
            {"user":"alice@acme.example","type":"sso","reason":"T","life":"+60"}      | life
            {"user":"alice@acme.example","type":"sso","reason":"T","locale":"xx"}     | locale
            {"user":"alice@acme.example","type":"sso","reason":"T","token":"short"}   | token
            {"user":"alice@acme.example","type":"x","reason":"","life":"x","locale":"x","token":"x"} | life,locale,type,token,reason
            {"user":"alice@acme.example","type":"sso","reason":"T","lief":60}         | lief
            {"user":"alice@acme.example","type":"sso","reason":"T","User":"x"}        | User
            {"user":5,"type":"sso","reason":"T"}                                      | user
            {"user":["alice@acme.example"],"type":"sso","reason":"T"}                 | user
            {"user":"alice@acme.example","type":"sso","reason":"T","confirm":"yes"}   | confirm
            {"user":"alice@acme.example","type":"sso","reason":"T","confirm":1}       | confirm
            {"user":"alice@acme.example","type":"sso","reason":"T","read_only":"yes"} | read_only
            {"user":"alice@acme.example","type":"sso","reason":"T","read_only":1}     | read_only
            {"user":"alice@acme.example","type":"sso","reason":"T","readOnly":true}   | readOnly
            """)
    void issue_badInput_is400AndNamesTheFields(String body, String fields) {
        JsonNode problem = problem(server.as(Server.MAIL, "POST", TOKENS, body), 400);
        assertThat(String.join(",", fields(problem))).isEqualTo(fields);
        assertThat(server.tokens()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"null", "[]", "1", "\"x\"", "{", "{}{}", "{\"user\":\"a\",\"user\":\"b\"}", "{'user':1}", "NaN"})
    void issue_bodyThatIsNoJsonObject_is400(String body) {
        problem(server.as(Server.MAIL, "POST", TOKENS, body), 400);
    }

    @Test
    void issue_emptyBody_is400() {
        problem(
                server.send(
                        "POST",
                        TOKENS,
                        "",
                        "Authorization",
                        Server.basic(Server.MAIL),
                        "Content-Type",
                        "application/json"),
                400);
    }

    @ParameterizedTest
    @CsvSource({
        "dave@globex.example,sso,403",
        "nobody@globex.example,sso,403",
        "carol@acme-labs.example,sso,403",
        "postmaster@acme.example,sso,403",
        "alice@acme.example,sso_admin,403",
        "nobody@acme.example,sso,404",
        "suspended@acme.example,sso,404",
        "alice,sso,404",
        "'alice@acme.example,bob@acme.example',sso,404"
    })
    void issue_outsideHisPowers_isRefused(String user, String type, int status) {
        problem(
                server.as(
                        Server.MAIL,
                        "POST",
                        TOKENS,
                        "{\"user\":\"" + user + "\",\"type\":\"" + type + "\",\"reason\":\"T\"}"),
                status);
        assertThat(server.tokens()).isZero();
    }

    @Test
    void issue_valueThatIsLive_is409() {
        String body = ALICE_SSO.replace("}", ",\"token\":\"correct horse\"}");
        assertThat(issue(body).get("token").asText()).isEqualTo("correct horse");
        problem(server.as(Server.MAIL, "POST", TOKENS, body), 409);
    }

    @Test
    void tokens_listedNewestFirstWithoutTheirValues() {
        JsonNode first = issue(ALICE_SSO);
        server.clock.advance(Duration.ofSeconds(1));
        JsonNode second = issue(ALICE_SSO.replace("sso", "normal"));
        redeem(first);
        HttpResponse<String> answer = server.as(Server.MAIL, "GET", TOKENS + "?user=alice@acme.example", "");
        JsonNode page = json(answer);
        assertThat(page.get("next").isNull()).isTrue();
        assertThat(page.get("items")).hasSize(2);
        assertThat(page.get("items").get(0).get("id")).isEqualTo(second.get("id"));
        JsonNode used = page.get("items").get(1);
        assertThat(used.get("id")).isEqualTo(first.get("id"));
        assertThat(used.get("state").asText()).isEqualTo("used");
        assertThat(used.get("uses").asInt()).isEqualTo(1);
        assertThat(used.get("last_used_at").asText()).matches(RFC_3339_UTC);
        assertThat(page.get("items").get(0).get("last_used_at").isNull()).isTrue();
        assertThat(answer.body())
                .doesNotContain(first.get("token").asText(), second.get("token").asText(), "\"token\"", "login_url");
        JsonNode live = json(server.as(Server.MAIL, "GET", TOKENS + "?user=alice@acme.example&state=live", ""));
        assertThat(live.get("items")).hasSize(1);
    }

    @Test
    void tokens_statesAreTheFour() {
        issue(ALICE_SSO.replace("}", ",\"life\":60}"));
        JsonNode revoked = issue(ALICE_SSO);
        server.as(Server.MAIL, "DELETE", TOKENS + "/" + revoked.get("id").asText(), "");
        redeem(issue(ALICE_SSO));
        server.clock.advance(Duration.ofSeconds(60));
        issue(ALICE_SSO);
        List<String> states = new ArrayList<>();
        json(server.as(Server.MAIL, "GET", TOKENS + "?user=alice@acme.example&state=all", ""))
                .get("items")
                .forEach(t -> states.add(t.get("state").asText()));
        assertThat(states).containsExactlyInAnyOrder("live", "used", "revoked", "expired");
    }

    @Test
    void lists_pagedByCursor_giveEverythingOnce() {
        for (int i = 0; i < 7; i++) {
            issue(ALICE_SSO);
        }
        List<String> seen = new ArrayList<>();
        String next = "";
        int pages = 0;
        do {
            JsonNode page = json(server.as(Server.MAIL, "GET", TOKENS + "?user=alice@acme.example&limit=3" + next, ""));
            page.get("items").forEach(t -> seen.add(t.get("id").asText()));
            next = page.get("next").isNull()
                    ? ""
                    : "&cursor=" + page.get("next").asText();
            pages++;
        } while (!next.isEmpty());
        assertThat(pages).isEqualTo(3);
        assertThat(seen).hasSize(7);
        assertThat(new HashSet<>(seen)).hasSize(7);
    }

    /** Every list: 50 where nothing is said, 200 where they are asked for, and the rest behind the cursor. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sso/v1/tokens?user=alice@acme.example",
                "/sso/v1/sessions?user=alice@acme.example",
                "/sso/v1/users?q=many",
                "/sso/v1/audit?event=issued"
            })
    void lists_withoutALimit_haveFiftyItems(String path) {
        var editor = server.backend.directory().editor().orElseThrow();
        for (int i = 0; i < 201; i++) {
            if (path.contains("users")) {
                editor.createMailbox(
                        Acme.address("many" + i + "@acme.example"),
                        "",
                        Secret.of("demo-many"),
                        java.util.Optional.empty());
            } else {
                redeem(issue(ALICE_SSO));
            }
            server.clock.advance(Duration.ofMillis(1));
        }
        List<String> seen = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        for (String limit : List.of("", "&limit=200")) {
            String cursor = "";
            do {
                JsonNode page = json(server.as(Server.MAIL, "GET", path + limit + cursor, ""));
                page.get("items")
                        .forEach(item -> seen.add(item.elements().next().asText()));
                sizes.add(page.get("items").size());
                cursor = page.get("next").isNull()
                        ? ""
                        : "&cursor=" + page.get("next").asText();
            } while (!cursor.isEmpty());
        }
        assertThat(sizes).containsExactly(50, 50, 50, 50, 1, 200, 1);
        assertThat(new HashSet<>(seen)).hasSize(201);
        assertThat(seen.subList(0, 201)).isEqualTo(seen.subList(201, 402));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sso/v1/tokens?user=alice@acme.example&cursor=x",
                "/sso/v1/tokens?user=alice@acme.example&cursor=%00",
                "/sso/v1/tokens?user=alice@acme.example&cursor=MQ",
                "/sso/v1/tokens?user=alice@acme.example&cursor=%F0%9F%92%A9",
                "/sso/v1/sessions?user=alice@acme.example&cursor=x",
                "/sso/v1/audit?cursor=MQ",
                "/sso/v1/tokens?user=alice@acme.example&limit=0",
                "/sso/v1/tokens?user=alice@acme.example&limit=201",
                "/sso/v1/tokens?user=alice@acme.example&limit=-1",
                "/sso/v1/tokens?user=alice@acme.example&limit=99999999999",
                "/sso/v1/tokens?user=alice@acme.example&limit=x",
                "/sso/v1/tokens?user=alice@acme.example&state=dead",
                "/sso/v1/tokens?user=alice@acme.example&stat=live",
                "/sso/v1/tokens?user=alice@acme.example&user=bob@acme.example",
                "/sso/v1/tokens",
                "/sso/v1/tokens?user=",
                "/sso/v1/sessions",
                "/sso/v1/users?q=%00",
                "/sso/v1/users?q=%FF",
                "/sso/v1/me?x=1",
                "/sso/v1/audit?since=yesterday",
                "/sso/v1/audit?since=2026-06-01",
                "/sso/v1/audit?since=2026-06-01T12:00:00",
                "/sso/v1/audit?until=%2B999999999-01-01T00:00:00Z",
                "/sso/v1/audit?until=2026-13-01T00:00:00Z",
                "/sso/v1/audit?event=nothing",
                "/sso/v1/audit?user=*",
                "/sso/v1/audit?admin=x"
            })
    void badQuery_is400(String path) {
        problem(server.as(Server.MAIL, "GET", path, ""), 400);
    }

    @Test
    void token_oneById_isShownToThoseWhoControlIt() {
        String path = TOKENS + "/" + issue(ALICE_SSO).get("id").asText();
        assertThat(json(server.as(Server.DOMAIN, "GET", path, "")).get("state").asText())
                .isEqualTo("live");
        problem(server.as("company@globex.example", "GET", path, ""), 404);
        problem(server.as(Server.MAIL, "GET", TOKENS + "/" + UUID.randomUUID(), ""), 404);
        problem(server.as(Server.MAIL, "GET", TOKENS + "/x", ""), 404);
        problem(server.as(Server.MAIL, "GET", TOKENS + "/1-1-1-1-1", ""), 404);
    }

    @Test
    void revoke_isIdempotentAndEndsItsSessions() {
        JsonNode token = issue(ALICE_SSO);
        Redemption.Redeemed redeemed = redeem(token);
        String path = TOKENS + "/" + token.get("id").asText();
        problem(server.as("company@globex.example", "DELETE", path, ""), 404);
        assertThat(server.as(Server.MAIL, "DELETE", path, "").statusCode()).isEqualTo(204);
        assertThat(server.as(Server.MAIL, "DELETE", path, "").statusCode()).isEqualTo(204);
        assertThat(json(server.as(Server.MAIL, "GET", path, "")).get("state").asText())
                .isEqualTo("revoked");
        assertThat(server.postern
                        .tokens()
                        .closedAmong(List.of(redeemed.session().id())))
                .containsExactly(redeemed.session().id());
        assertThat(server.trail())
                .filteredOn(e -> e.type() == AuditEvent.Type.REVOKED)
                .hasSize(1);
        problem(server.as(Server.MAIL, "DELETE", TOKENS + "/" + UUID.randomUUID(), ""), 404);
    }

    @Test
    void revoke_higherMailboxsToken_is403() {
        JsonNode token = json(server.as(
                Server.DOMAIN,
                "POST",
                TOKENS,
                "{\"user\":\"postmaster@acme.example\",\"type\":\"sso_admin\",\"reason\":\"T\"}"));
        String path = TOKENS + "/" + token.get("id").asText();
        assertThat(server.as(Server.MAIL, "GET", path, "").statusCode()).isEqualTo(200);
        problem(server.as(Server.MAIL, "DELETE", path, ""), 403);
    }

    @Test
    void users_searchAndOne_showWhatIsUnderControl() {
        JsonNode all = json(server.as(Server.MAIL, "GET", "/sso/v1/users", ""));
        assertThat(all.get("items").findValuesAsText("address"))
                .contains("alice@acme.example", "bob@acme.example")
                .doesNotContain("dave@globex.example", "carol@acme-labs.example");
        assertThat(json(server.as(Server.MAIL, "GET", "/sso/v1/users?q=BOB", ""))
                        .get("items")
                        .findValuesAsText("address"))
                .containsExactly("bob@acme.example");
        assertThat(json(server.as(Server.MAIL, "GET", "/sso/v1/users?q=%25", ""))
                        .get("items"))
                .isEmpty();
        for (String spelling : List.of("bob@acme.example", "bob%40acme.example", "BOB%40Acme.Example")) {
            JsonNode bob = json(server.as(Server.MAIL, "GET", "/sso/v1/users/" + spelling, ""));
            assertThat(bob.get("address").asText()).isEqualTo("bob@acme.example");
            assertThat(bob.get("status").asText()).isEqualTo("active");
            assertThat(bob.get("locale").asText()).isEqualTo("de");
            assertThat(bob.get("role").isNull()).isTrue();
        }
        assertThat(json(server.as(Server.MAIL, "GET", "/sso/v1/users/suspended@acme.example", ""))
                        .get("status")
                        .asText())
                .isEqualTo("suspended");
        assertThat(json(server.as(Server.MAIL, "GET", "/sso/v1/users/postmaster@acme.example", ""))
                        .get("role")
                        .asText())
                .isEqualTo("domain");
        problem(server.as(Server.MAIL, "GET", "/sso/v1/users/dave@globex.example", ""), 403);
        problem(server.as(Server.MAIL, "GET", "/sso/v1/users/nobody@globex.example", ""), 403);
        problem(server.as(Server.MAIL, "GET", "/sso/v1/users/nobody@acme.example", ""), 404);
    }

    @Test
    void passwordCheck_tellsAuditsAndThrottles() {
        String path = "/sso/v1/users/alice@acme.example/password-check";
        assertThat(server.as(Server.MAIL, "POST", path, "{\"password\":\"demo-alice\"}")
                        .body())
                .isEqualTo("{\"valid\":true}");
        assertThat(server.as(Server.MAIL, "POST", path, "{\"password\":\"\"}").body())
                .isEqualTo("{\"valid\":false}");
        assertThat(server.trail())
                .filteredOn(e -> e.type() == AuditEvent.Type.PASSWORD_CHECKED)
                .hasSize(2);
        assertThat(fields(problem(server.as(Server.MAIL, "POST", path, "{}"), 400)))
                .containsExactly("password");
        problem(server.as(Server.MAIL, "POST", path.replace("acme", "globex"), "{\"password\":\"x\"}"), 403);
        problem(server.as(Server.MAIL, "POST", path.replace("alice", "nobody"), "{\"password\":\"x\"}"), 404);
        problem(server.as(Server.MAIL, "POST", path.replace("alice", "postmaster"), "{\"password\":\"x\"}"), 403);
        HttpResponse<String> last = null;
        for (int i = 0; i < 25; i++) {
            last = server.as(Server.MAIL, "POST", path, "{\"password\":\"guess-" + i + "\"}");
        }
        problem(last, 429);
        assertThat(last.headers().firstValue("Retry-After").orElse("")).matches("[1-9][0-9]*");
    }

    @ParameterizedTest
    @CsvSource({
        "/sso/v1/tokens?user=alice@acme.example, issued_at",
        "/sso/v1/sessions?user=alice@acme.example, started_at",
        "/sso/v1/audit?event=redeemed, time"
    })
    void lists_areNewestFirst(String path, String time) {
        for (int i = 0; i < 3; i++) {
            redeem(issue(ALICE_SSO));
            server.clock.advance(Duration.ofSeconds(1));
        }
        assertThat(json(server.as(Server.MAIL, "GET", path, "")).get("items").findValuesAsText(time))
                .containsExactly("2026-06-01T12:00:02Z", "2026-06-01T12:00:01Z", "2026-06-01T12:00:00Z");
    }

    /** What a row of the trail has to tell, by the names that a script finds. */
    @Test
    void audit_row_tellsAllOfARedemption() {
        JsonNode issued = issue(ALICE_SSO);
        redeem(issued);
        JsonNode row = json(server.as(Server.MAIL, "GET", "/sso/v1/audit?event=redeemed", ""))
                .get("items")
                .get(0);
        assertThat(row.get("id").asText()).isNotEmpty();
        assertThat(row.get("time").asText()).isEqualTo("2026-06-01T12:00:00Z");
        assertThat(row.get("event").asText()).isEqualTo("redeemed");
        assertThat(row.get("user").asText()).isEqualTo("alice@acme.example");
        assertThat(row.get("admin").asText()).isEqualTo("mail@acme.example");
        assertThat(row.get("token_id")).isEqualTo(issued.get("id"));
        assertThat(row.get("type").asText()).isEqualTo("sso");
        assertThat(row.get("reason").asText()).isEqualTo("T-1");
        assertThat(row.get("client").asText()).isEqualTo("127.0.0.1");
        assertThat(row.get("user_agent").asText()).isEqualTo("test");
        assertThat(row.get("detail").asText()).isEqualTo("login_url");
    }

    @Test
    void sessions_listedAndEnded() {
        Redemption.Redeemed redeemed = redeem(issue(ALICE_SSO));
        JsonNode page = json(server.as(Server.MAIL, "GET", "/sso/v1/sessions?user=alice@acme.example", ""));
        assertThat(page.get("items")).hasSize(1);
        JsonNode session = page.get("items").get(0);
        assertThat(session.get("id").asText()).isEqualTo(redeemed.session().id().toString());
        assertThat(session.get("started_at").asText()).matches(RFC_3339_UTC);
        assertThat(session.get("client").asText()).isEqualTo("127.0.0.1");
        String path = "/sso/v1/sessions/" + session.get("id").asText();
        problem(server.as("company@globex.example", "DELETE", path, ""), 404);
        assertThat(server.as(Server.MAIL, "DELETE", path, "").statusCode()).isEqualTo(204);
        assertThat(server.as(Server.MAIL, "DELETE", path, "").statusCode()).isEqualTo(204);
        problem(server.as(Server.MAIL, "DELETE", "/sso/v1/sessions/" + UUID.randomUUID(), ""), 404);
        assertThat(json(server.as(Server.MAIL, "GET", "/sso/v1/sessions?user=alice@acme.example", ""))
                        .get("items"))
                .isEmpty();
        problem(server.as(Server.MAIL, "GET", "/sso/v1/sessions?user=dave@globex.example", ""), 403);
        problem(server.as(Server.MAIL, "GET", "/sso/v1/sessions?user=nobody@acme.example", ""), 404);
    }

    @Test
    void readOnlyToken_isToldAsOne_andSoIsItsSession() {
        JsonNode readOnly =
                issue("{\"user\":\"alice@acme.example\",\"type\":\"sso\",\"reason\":\"T-1\",\"read_only\":true}");
        assertThat(json(server.as(
                                Server.MAIL,
                                "GET",
                                TOKENS + "/" + readOnly.get("id").asText(),
                                ""))
                        .get("read_only")
                        .isBoolean())
                .isTrue();
        redeem(readOnly);
        server.clock.advance(Duration.ofSeconds(1));
        JsonNode other = issue(ALICE_SSO);
        assertThat(other.get("read_only").asBoolean(true)).as("the default").isFalse();
        redeem(other);
        for (String list : List.of(TOKENS, "/sso/v1/sessions")) {
            JsonNode items = json(server.as(Server.MAIL, "GET", list + "?user=alice@acme.example", ""))
                    .get("items");
            assertThat(items).hasSize(2);
            assertThat(items.get(0).get("read_only").asBoolean(true)).as(list).isFalse();
            assertThat(items.get(1).get("read_only").asBoolean(false)).as(list).isTrue();
        }
    }

    @Test
    void audit_readFilteredAndPaged() {
        issue(ALICE_SSO);
        server.clock.advance(Duration.ofHours(1));
        issue(ALICE_SSO.replace("alice", "bob"));
        JsonNode all = json(server.as(Server.MAIL, "GET", "/sso/v1/audit", ""));
        assertThat(all.get("items").findValuesAsText("event")).contains("issued", "admin_login");
        JsonNode newest = all.get("items").get(0);
        assertThat(newest.get("event").asText()).isIn("issued", "admin_login");
        assertThat(newest.get("time").asText()).isEqualTo("2026-06-01T13:00:00Z");
        assertThat(count("?event=issued")).isEqualTo(2);
        assertThat(count("?user=bob@acme.example")).isEqualTo(1);
        assertThat(count("?admin=mail@acme.example&event=issued")).isEqualTo(2);
        assertThat(count("?admin=domain@acme.example")).isZero();
        assertThat(count("?event=issued&since=2026-06-01T13:00:00Z")).isEqualTo(1);
        assertThat(count("?event=issued&until=2026-06-01T15:00:00%2B02:00")).isEqualTo(1);
        assertThat(count("?limit=1")).isEqualTo(1);
        assertThat(json(server.as("company@globex.example", "GET", "/sso/v1/audit", ""))
                        .get("items")
                        .findValuesAsText("admin"))
                .containsOnly("company@globex.example");
    }

    private int count(String query) {
        return json(server.as(Server.MAIL, "GET", "/sso/v1/audit" + query, ""))
                .get("items")
                .size();
    }

    private String export(String type, String query) {
        HttpResponse<String> answer =
                server.get("/sso/v1/audit" + query, "Authorization", Server.basic(Server.COMPANY), "Accept", type);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(type);
        assertThat(answer.headers().firstValue("Content-Disposition").orElse(""))
                .startsWith("attachment; filename=");
        return answer.body();
    }

    @Test
    void audit_export_isTheWholeTrail() throws Exception {
        for (int i = 0; i < 1_203; i++) {
            server.postern
                    .audit()
                    .write(AuditEvent.of(AuditEvent.Type.ISSUE_REFUSED, server.clock.instant(), Server.CLIENT)
                            .about(Acme.address(Server.ALICE)));
        }
        String ndjson = export("application/x-ndjson", "?event=issue_refused");
        List<String> lines = ndjson.lines().toList();
        assertThat(lines).hasSize(1_203);
        for (String line : lines) {
            assertThat(new ObjectMapper().readTree(line).get("user").asText()).isEqualTo(Server.ALICE);
        }
        assertThat(export("text/csv", "?event=issue_refused").split("\r\n")).hasSize(1_204);
        assertThat(export("text/csv", "?event=expired"))
                .isEqualTo("time,event,user,admin,token_id,type,reason,client,user_agent,detail,count,id\r\n");
        problem(
                server.get("/sso/v1/audit?limit=1", "Authorization", Server.basic(Server.MAIL), "Accept", "text/csv"),
                400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=HYPERLINK(\\\"https://evil.example\\\")",
                "+1+1",
                "-2+3",
                "@SUM(A1)",
                "=cmd|' /C calc'!A0",
                "a,b;\\\"c\\\""
            })
    void audit_csv_runsNoFormula(String reason) {
        issue(ALICE_SSO.replace("T-1", reason));
        String csv = export("text/csv", "?event=issued");
        String cell = csv.split("\r\n", 2)[1];
        String plain = reason.replace("\\\"", "\"");
        boolean formula = "=+-@".indexOf(plain.charAt(0)) >= 0;
        String expected = (formula ? "'" : "") + plain.replace("\"", "\"\"");
        assertThat(cell).contains(expected);
        assertThat(cell).doesNotContain(",=", ",+", ",-", ",@", "\"=", "\"+", "\"-", "\"@");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/*",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "application/json, text/csv;q=0.1"
            })
    void audit_whereEverythingIsTaken_isAPageOfJson(String accept) {
        HttpResponse<String> answer =
                server.get("/sso/v1/audit?limit=1", "Authorization", Server.basic(Server.MAIL), "Accept", accept);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    }

    @Test
    void audit_typeThatIsNotToBeHad_is406() {
        problem(
                server.get("/sso/v1/audit", "Authorization", Server.basic(Server.MAIL), "Accept", "application/pdf"),
                406);
    }

    @Test
    void me_tellsWhoIAm() {
        assertThat(server.as(Server.MAIL, "GET", "/sso/v1/me", "").body())
                .isEqualTo(
                        "{\"address\":\"mail@acme.example\",\"role\":\"mail\",\"company\":\"Acme\",\"domains\":[\"acme.example\"]}");
        assertThat(json(server.as(Server.COMPANY, "GET", "/sso/v1/me", "")).get("domains"))
                .hasSize(2);
        assertThat(json(server.get("/sso/v1/me", "Authorization", "Bearer demo-api-key"))
                        .get("address")
                        .asText())
                .isEqualTo("mail@acme.example");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | /sso/v1/tokens?user=alice@acme.example
            POST   | /sso/v1/tokens
            GET    | /sso/v1/tokens/019e830e-1a00-7322-8a4c-4dda27a29185
            DELETE | /sso/v1/tokens/019e830e-1a00-7322-8a4c-4dda27a29185
            GET    | /sso/v1/users
            GET    | /sso/v1/users/alice@acme.example
            POST   | /sso/v1/users/alice@acme.example/password-check
            GET    | /sso/v1/sessions?user=alice@acme.example
            DELETE | /sso/v1/sessions/019e830e-1a00-7322-8a4c-4dda27a29185
            GET    | /sso/v1/audit
            GET    | /sso/v1/overview
            GET    | /sso/v1/me
            POST   | /sso/v1/session
            GET    | /sso/v1/session
            DELETE | /sso/v1/session
            """)
    void everyCall_withoutCredentials_is401(String method, String path) {
        for (String header : List.of(
                "X-Nothing: 1",
                "Authorization: Basic",
                "Authorization: Basic !!!",
                "Authorization: Basic bm9jb2xvbg==",
                "Authorization: Basic YTpiAA==",
                "Authorization: Digest x",
                "Authorization: Bearer wrong-key",
                "Authorization: " + Server.basic(Server.MAIL, "wrong"),
                "Authorization: " + Server.basic(Server.ALICE),
                "Cookie: postern-console=x",
                "Cookie: postern-console="
                        + java.util.Base64.getUrlEncoder()
                                .encodeToString(
                                        "mail@acme.example x".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                "Cookie: JSESSIONID=1")) {
            String[] nameAndValue = header.split(": ", 2);
            HttpResponse<String> answer = server.send(
                    method,
                    path,
                    method.equals("POST") ? "{}" : "",
                    nameAndValue[0],
                    nameAndValue[1],
                    "Content-Type",
                    "application/json");
            problem(answer, 401);
            assertThat(answer.headers().allValues("WWW-Authenticate"))
                    .containsExactly("Basic realm=\"Postern\", charset=\"UTF-8\"", "Bearer realm=\"Postern\"");
            server.clock.advance(Duration.ofMinutes(16));
        }
    }

    @Test
    void unauthorizedScript_isNotChallengedWithADialog() {
        HttpResponse<String> answer = server.get("/sso/v1/me", "Sec-Fetch-Mode", "cors");
        problem(answer, 401);
        assertThat(answer.headers().allValues("WWW-Authenticate")).containsExactly("Bearer realm=\"Postern\"");
    }

    @Test
    void console_session_needsItsCsrfValueForEveryChange() {
        HttpResponse<String> start = server.as(Server.MAIL, "POST", "/sso/v1/session", "");
        assertThat(start.statusCode()).isEqualTo(200);
        String setCookie = start.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(setCookie)
                .startsWith("postern-console=")
                .contains("HttpOnly", "SameSite=Strict", "Path=/")
                .doesNotContain("Domain", "Max-Age", "demo-mail");
        String cookie = setCookie.substring(0, setCookie.indexOf(';'));
        String csrf = json(start).get("csrf").asText();
        assertThat(setCookie).doesNotContain(csrf);
        assertThat(json(start).get("role").asText()).isEqualTo("mail");

        assertThat(server.get("/sso/v1/me", "Cookie", cookie).statusCode()).isEqualTo(200);
        assertThat(json(server.get("/sso/v1/session", "Cookie", cookie))
                        .get("csrf")
                        .asText())
                .isEqualTo(csrf);
        for (String wrong : List.of("", "x", csrf + "x", csrf.toUpperCase(java.util.Locale.ROOT))) {
            problem(
                    server.send(
                            "POST",
                            TOKENS,
                            ALICE_SSO,
                            "Cookie",
                            cookie,
                            "Content-Type",
                            "application/json",
                            "X-CSRF-Token",
                            wrong),
                    403);
        }
        problem(server.send("POST", TOKENS, ALICE_SSO, "Cookie", cookie, "Content-Type", "application/json"), 403);
        problem(server.send("DELETE", "/sso/v1/session", "", "Cookie", cookie), 403);
        assertThat(server.tokens()).isZero();
        assertThat(server.send(
                                "POST",
                                TOKENS,
                                ALICE_SSO,
                                "Cookie",
                                cookie,
                                "Content-Type",
                                "application/json",
                                "X-CSRF-Token",
                                csrf)
                        .statusCode())
                .isEqualTo(201);
        // An administrator's cookie issues nothing by URL.
        assertThat(server.get("/tools/sso?user=alice@acme.example", "Cookie", cookie)
                        .body())
                .isEqualTo("error: failed to save token\n");

        HttpResponse<String> end = server.send("DELETE", "/sso/v1/session", "", "Cookie", cookie, "X-CSRF-Token", csrf);
        assertThat(end.statusCode()).isEqualTo(204);
        assertThat(end.headers().firstValue("Set-Cookie").orElse("")).contains("postern-console=", "Max-Age=0");
        HttpResponse<String> over = server.get("/sso/v1/me", "Cookie", cookie);
        problem(over, 401);
        assertThat(over.headers().firstValue("Set-Cookie").orElse("")).contains("postern-console=", "Max-Age=0");
    }

    @Test
    void console_sessionEndsByTimeAndWithThePassword() {
        String cookie = server.as(Server.MAIL, "POST", "/sso/v1/session", "")
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow()
                .replaceAll(";.*", "");
        assertThat(server.get("/sso/v1/me", "Cookie", cookie).statusCode()).isEqualTo(200);
        server.backend
                .directory()
                .editor()
                .orElseThrow()
                .setPassword(Acme.address(Server.MAIL), Secret.of("another one"));
        problem(server.get("/sso/v1/me", "Cookie", cookie), 401);
        String second = server.as(Server.DOMAIN, "POST", "/sso/v1/session", "")
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow()
                .replaceAll(";.*", "");
        server.clock.advance(Duration.ofHours(8));
        problem(server.get("/sso/v1/me", "Cookie", second), 401);
    }

    @Test
    void console_apiKeyOrCookie_startsNoSession() {
        problem(server.send("POST", "/sso/v1/session", "", "Authorization", "Bearer demo-api-key"), 401);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/sso/v1/nothing,404",
        "GET,/sso/v1,404",
        "GET,/sso/,404",
        "PUT,/sso/v1/tokens,405",
        "PATCH,/sso/v1/me,405",
        "DELETE,/sso/v1/audit,405",
        "POST,/sso/v1/overview,405",
        "POST,/sso/v1/sessions,405",
        "TRACE,/sso/v1/me,405"
    })
    void addressOrMethodThatIsNone_isAProblem(String method, String path, int status) {
        HttpResponse<String> answer = server.as(Server.MAIL, method, path, "");
        problem(answer, status);
        assertThat(answer.headers().firstValue("Allow").isPresent()).isEqualTo(status == 405);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"})
    void bodyOfAnotherType_is415(String type) {
        problem(
                server.send(
                        "POST", TOKENS, ALICE_SSO, "Authorization", Server.basic(Server.MAIL), "Content-Type", type),
                415);
        assertThat(server.tokens()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", ";;", "application/json; charset=utf-7", "application/json; charset="})
    void contentTypeThatIsNone_isNoServerError(String type) {
        assertThat(server.send(
                                "POST",
                                TOKENS,
                                ALICE_SSO,
                                "Authorization",
                                Server.basic(Server.MAIL),
                                "Content-Type",
                                type)
                        .statusCode())
                .isIn(201, 400, 415);
    }

    @Test
    void bodyThatIsTooLong_is413() {
        problem(server.as(Server.MAIL, "POST", TOKENS, "{\"reason\":\"" + "a".repeat(70_000) + "\"}"), 413);
    }

    @ParameterizedTest
    @ValueSource(strings = {TOKENS, "/sso/v1/me", "/api/generate_token", "/openapi", "/metrics", "/sso/v1/nothing"})
    void options_tellNothingAndDoNothing(String path) {
        HttpResponse<String> answer = server.send("OPTIONS", path, "", "Origin", "https://evil.example");
        assertThat(answer.statusCode()).isIn(200, 204, 404);
        assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
    }

    @Test
    void webApplicationBelowAPath_isReachedThere() {
        try (Server below = new Server("/webmail")) {
            HttpResponse<String> answer = below.as(Server.MAIL, "POST", "/webmail" + TOKENS, ALICE_SSO);
            assertThat(answer.statusCode()).isEqualTo(201);
            String location = answer.headers().firstValue("Location").orElse("");
            assertThat(location).startsWith("/webmail/sso/v1/tokens/");
            assertThat(below.as(Server.MAIL, "GET", location, "").statusCode()).isEqualTo(200);
            assertThat(below.send("POST", "/webmail/api//authenticate", "{}").body())
                    .startsWith("{\"success\":false,\"error_number\":1,");
            assertThat(below.get("/webmail/tools/sso").body()).isEqualTo("error: failed to save token\n");
            assertThat(below.get("/webmail/health/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void everyAnswer_isProtected() {
        for (HttpResponse<String> answer : List.of(
                server.get("/sso/v1/me"),
                server.as(Server.MAIL, "GET", "/sso/v1/me", ""),
                server.as(Server.MAIL, "POST", TOKENS, ALICE_SSO),
                server.get("/sso/v1/nothing"),
                server.get("/health/live"),
                server.get("/metrics"),
                server.get("/openapi"),
                server.get("/api/x"),
                server.send("POST", "/api/x", "{}"),
                server.get("/tools/sso"))) {
            assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
            assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
            assertThat(answer.headers().firstValue("Server")).isEmpty();
        }
    }

    /** A browser sends the password that it keeps with what a page of another site makes it send. */
    @ParameterizedTest
    @CsvSource({
        "Sec-Fetch-Site,cross-site",
        "Sec-Fetch-Site,same-site",
        "Origin,https://evil.example",
        "Origin,null",
        "Origin,http://127.0.0.1"
    })
    void basic_fromAPageOfAnotherSite_changesNothing(String header, String value) {
        for (String path :
                List.of(TOKENS, TOKENS + "/01a21e0e-a889-777c-9bc3-d6628fc00b0b/approval", "/sso/v1/session")) {
            HttpResponse<String> answer = server.as(Server.COMPANY, "POST", path, ALICE_SSO, header, value);
            problem(answer, 403);
            assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
        }
        assertThat(server.tokens()).isZero();
        assertThat(server.as(Server.MAIL, "GET", "/tools/sso?user=alice@acme.example", "", header, value)
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.tokens()).isZero();
        assertThat(server.as(Server.COMPANY, "GET", "/sso/v1/me", "", header, value)
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"same-origin", "none"})
    void basic_fromAPageOfOnesOwn_orByHand_isTaken(String site) {
        assertThat(server.as(Server.MAIL, "POST", "/sso/v1/session", "", "Sec-Fetch-Site", site, "Origin", "null")
                        .statusCode())
                .isEqualTo(200);
    }

    /** One of them ends when idle, the other lives as long as its program wants: neither is worth the other. */
    @Test
    void console_sessionAndOmaSession_areNotEachOther() {
        String cookie = server.as(Server.MAIL, "POST", "/sso/v1/session", "")
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow()
                .replaceAll(";.*", "");
        String pair = new String(
                java.util.Base64.getUrlDecoder().decode(cookie.substring(cookie.indexOf('=') + 1)),
                java.nio.charset.StandardCharsets.UTF_8);
        assertThat(server.get("/sso/v1/me", "Cookie", cookie).statusCode()).isEqualTo(200);
        String byValue = "{\"credentials\":{\"user\":\"mail@acme.example\",\"token\":\""
                + pair.substring(pair.indexOf(' ') + 1) + "\"},\"generate_session_token\":true}";
        assertThat(server.send("POST", "/api/authenticate", byValue).body()).contains("\"success\":false");

        String oma = server.send(
                        "POST",
                        "/api/authenticate",
                        "{\"credentials\":{\"user\":\"mail@acme.example\",\"password\":\"demo-mail\"},"
                                + "\"generate_session_token\":true,\"token\":\"my own session\"}")
                .body();
        assertThat(oma).contains("\"session_token\":\"my own session\"");
        String forged = "postern-console="
                + java.util.Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(
                                "mail@acme.example my own session".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        problem(server.get("/sso/v1/me", "Cookie", forged), 401);
    }
}
