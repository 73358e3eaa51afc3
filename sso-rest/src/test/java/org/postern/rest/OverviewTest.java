package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.Channel;
import org.postern.core.Secret;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Refusal;

/** {@code /sso/v1/overview}: the numbers are those of what was done, and of one's own domains. */
class OverviewTest {
    private static final String OVERVIEW = "/sso/v1/overview";

    private final Server server = new Server(Map.of());

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

    private JsonNode overview(String admin, String query) {
        HttpResponse<String> answer = server.as(admin, "GET", OVERVIEW + query, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer);
    }

    private HttpResponse<String> issue(String admin, String user, String type, String more) {
        return server.as(
                admin,
                "POST",
                "/sso/v1/tokens",
                "{\"user\":\"" + user + "\",\"type\":\"" + type + "\",\"reason\":\"T-1\"" + more + "}");
    }

    private void login(String user, String token) {
        server.postern
                .tokens()
                .redeem(new LoginAttempt(user, Secret.of(token), Channel.LOGIN_URL, false, "", Server.CLIENT));
    }

    private static List<String> lines(JsonNode list) {
        List<String> lines = new ArrayList<>();
        for (JsonNode item : list) {
            List<String> values = new ArrayList<>();
            item.forEach(value -> values.add(value.asText()));
            lines.add(String.join(" ", values));
        }
        return lines;
    }

    @Test
    void overview_isWhatWasDone() {
        String token =
                json(issue(Server.MAIL, Server.ALICE, "sso", "")).get("token").asText();
        login(Server.ALICE, token);
        login(Server.ALICE, token);
        server.clock.set(Instant.parse("2026-06-01T21:30:00Z"));
        String normal = json(issue(Server.DOMAIN, Server.ALICE, "normal", ""))
                .get("token")
                .asText();
        login(Server.ALICE, normal);
        login(Server.ALICE, normal);
        login(Server.ALICE, "no such token");
        issue(Server.MAIL, "dave@globex.example", "sso", "");
        issue(Server.MAIL, "postmaster@acme.example", "sso", "");
        issue(Server.COMPANY, "carol@acme-labs.example", "sso", "");

        JsonNode week = overview(Server.MAIL, "?period=week&zone=Europe/Athens");
        assertThat(week.get("period").asText()).isEqualTo("week");
        assertThat(week.get("zone").asText()).isEqualTo("Europe/Athens");
        assertThat(week.get("since").asText()).isEqualTo("2026-05-26T21:00:00Z");
        assertThat(week.get("until").asText()).isEqualTo("2026-06-02T21:00:00Z");
        assertThat(lines(week.get("buckets")))
                .hasSize(7)
                .endsWith("2026-05-31T21:00:00Z 1 1 1 0", "2026-06-01T21:00:00Z 1 2 1 1");
        assertThat(week.get("issued").asInt()).isEqualTo(2);
        assertThat(week.get("redeemed").asInt()).isEqualTo(3);
        assertThat(week.get("refused").asInt()).isEqualTo(2);
        assertThat(week.get("issue_refused").asInt()).isEqualTo(1);
        assertThat(lines(week.get("types")))
                .containsExactly("normal 1 2", "normal_admin 0 0", "sso 1 1", "sso_admin 0 0", "admin_only 0 0");
        assertThat(lines(week.get("administrators")))
                .containsExactly("domain@acme.example 1 2", "mail@acme.example 1 1");
        assertThat(lines(week.get("refusals")))
                .containsExactly("issue_refused never upward 1", "refused unknown 1", "refused used 1");

        // In the zone of whoever says nothing it is still the first of June.
        assertThat(lines(overview(Server.MAIL, "").get("buckets"))).hasSize(7).endsWith("2026-06-01T00:00:00Z 2 3 2 1");
        assertThat(lines(overview(Server.MAIL, "?period=month").get("buckets")))
                .hasSize(30)
                .startsWith("2026-05-03T00:00:00Z 0 0 0 0");
        assertThat(lines(overview(Server.MAIL, "?period=day").get("buckets")))
                .hasSize(24)
                .startsWith("2026-05-31T22:00:00Z 0 0 0 0")
                .contains("2026-06-01T12:00:00Z 1 1 1 0")
                .endsWith("2026-06-01T21:00:00Z 1 2 1 1");
    }

    @Test
    void overview_isOfOnesOwnDomainsAlone() {
        issue(Server.COMPANY, "carol@acme-labs.example", "sso", "");
        issue(Server.COMPANY, Server.ALICE, "sso", "");
        issue("company@globex.example", "dave@globex.example", "sso", "");

        assertThat(overview(Server.COMPANY, "").get("issued").asInt()).isEqualTo(2);
        assertThat(overview(Server.COMPANY, "?domain=acme-labs.example")
                        .get("issued")
                        .asInt())
                .isEqualTo(1);
        assertThat(overview(Server.COMPANY, "?domain=ACME.example")
                        .get("issued")
                        .asInt())
                .isEqualTo(1);
        assertThat(overview(Server.DOMAIN, "").get("issued").asInt()).isEqualTo(1);
        assertThat(overview(Server.MAIL, "").get("issued").asInt()).isEqualTo(1);
        assertThat(lines(overview("company@globex.example", "").get("administrators")))
                .containsExactly("company@globex.example 1 0");
    }

    @ParameterizedTest
    @CsvSource({
        "mail@acme.example, acme-labs.example",
        "mail@acme.example, globex.example",
        "domain@acme.example, acme-labs.example",
        "company@acme.example, globex.example",
        "company@acme.example, nobody.example",
        "company@acme.example, sub.acme.example"
    })
    void domain_thatIsNotHis_is403(String admin, String domain) {
        HttpResponse<String> answer = server.as(admin, "GET", OVERVIEW + "?domain=" + domain, "");
        assertThat(answer.statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "period=year",
                "period=DAY",
                "period=day&period=week",
                "period=%FF",
                "zone=Europe/Nowhere",
                "zone=europe/athens",
                "zone=%2B02:00",
                "zone=UTC%2B2",
                "zone=Z",
                "zone=../../etc/passwd",
                "zone=%00",
                "domain=*",
                "domain=@acme.example",
                "since=2026-01-01T00:00:00Z",
                "limit=10"
            })
    void badQuery_is400AndNamesTheParameter(String query) {
        HttpResponse<String> answer = server.as(Server.MAIL, "GET", OVERVIEW + "?" + query, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(json(answer).path("errors").findValuesAsText("field"))
                .isEqualTo(query.contains("&") ? List.of() : List.of(query.replaceFirst("=.*", "")));
    }

    @Test
    void manyAdministrators_areTenByNameAndTheOthersTogether() {
        var editor = server.backend.directory().editor().orElseThrow();
        for (int i = 0; i < 12; i++) {
            String address = "desk" + i + "@acme.example";
            editor.createAdministrator(
                    Acme.address(address),
                    org.postern.core.Role.MAIL,
                    "Acme",
                    java.util.Set.of(Acme.domain("acme.example")),
                    java.util.Optional.of(Secret.of("demo-desk" + i)));
            for (int n = 0; n <= i; n++) {
                assertThat(issue(address, Server.ALICE, "sso", "").statusCode()).isEqualTo(201);
            }
        }

        JsonNode month = overview(Server.MAIL, "?period=month");
        assertThat(month.get("administrators")).hasSize(10);
        assertThat(lines(month.get("administrators"))).startsWith("desk11@acme.example 12 0");
        assertThat(month.get("other_administrators").toString()).isEqualTo("{\"count\":2,\"issued\":3,\"redeemed\":0}");
    }

    /** Each reason there is for not issuing is given once, and has words in the console; so have those for refusing. */
    @Test
    void everyReason_hasWordsInTheConsole() throws Exception {
        issue(Server.MAIL, "dave@globex.example", "sso", "");
        issue(Server.MAIL, "alice", "sso", "");
        issue(Server.MAIL, "nobody@acme.example", "sso", "");
        issue(Server.MAIL, "postmaster@acme.example", "sso", "");
        issue(Server.MAIL, "suspended@acme.example", "sso", "");
        issue(Server.MAIL, Server.ALICE, "sso_admin", "");
        issue(Server.MAIL, Server.ALICE, "sso", ",\"life\":0");
        issue(Server.MAIL, Server.ALICE, "sso", ",\"locale\":\"xx\"");
        issue(Server.MAIL, Server.ALICE, "nothing", "");
        issue(Server.MAIL, Server.ALICE, "sso", ",\"token\":\"short\"");
        server.as(
                Server.MAIL,
                "POST",
                "/sso/v1/tokens",
                "{\"user\":\"" + Server.ALICE + "\",\"type\":\"sso\",\"reason\":\"\"}");
        issue(Server.MAIL, Server.ALICE, "sso", ",\"token\":\"chosen-value-77\"");
        issue(Server.MAIL, Server.ALICE, "sso", ",\"token\":\"chosen-value-77\"");
        server.send("GET", "/tools/sso?admin=mail%40acme.example&pass=demo-mail", "");

        List<String> given = new ArrayList<>();
        for (String admin : List.of(Server.MAIL, "company@globex.example")) {
            overview(admin, "")
                    .get("refusals")
                    .forEach(r -> given.add(r.get("reason").asText()));
        }
        assertThat(given)
                .contains(
                        "foreign domain",
                        "unknown mailbox",
                        "never upward",
                        "suspended",
                        "session type",
                        "invalid life",
                        "invalid locale",
                        "invalid type",
                        "invalid token",
                        "invalid reason",
                        "value is live already",
                        "missing user");
        JsonNode texts = new ObjectMapper()
                .readTree(Files.readString(
                        Path.of("src/main/resources/org/postern/rest/console/texts/en.json"), StandardCharsets.UTF_8));
        assertThat(given)
                .allSatisfy(reason -> assertThat(texts.has("issue_refused." + reason.replace(' ', '_')))
                        .as(reason)
                        .isTrue());
        assertThat(Stream.concat(
                        Stream.of(Refusal.values()).map(Refusal::apiName), Stream.of("too_many_attempts", "oma")))
                .allSatisfy(reason ->
                        assertThat(texts.has("refused." + reason)).as(reason).isTrue());
    }
}
