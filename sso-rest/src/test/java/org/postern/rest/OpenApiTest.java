package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.core.AuditEvent;
import org.postern.core.Channel;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Overview;
import org.postern.rest.diagnosis.Verdict;

/** Contract, section 6: the description at /openapi is true. */
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Server server = new Server();
    private final JsonNode description = parse(server.get("/openapi.json").body());

    @AfterEach
    void stop() {
        server.close();
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(json, e);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /openapi             | */*                                 | application/yaml
            /openapi             | application/yaml                    | application/yaml
            /openapi             | text/html,*/*;q=0.8                 | application/yaml
            /openapi             | application/json                    | application/json
            /openapi?format=json | */*                                 | application/json
            /openapi?format=yaml | application/json                    | application/yaml
            /openapi.yaml        | application/json                    | application/yaml
            /openapi.json        | */*                                 | application/json
            """)
    void describe_comesInBothForms(String path, String accept, String type) {
        HttpResponse<String> answer = server.get(path, "Accept", accept);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(type);
        assertThat(answer.body()).startsWith(type.endsWith("json") ? "{\"openapi\":\"3.1.0\"" : "openapi: 3.1.0\n");
    }

    /** Every path and method of the servlets and resources, as {@code GET /path}. */
    private static Set<String> resources() {
        Set<String> calls = new TreeSet<>(
                List.of("GET /tools/sso", "POST /tools/sso", "GET /health", "GET /health/live", "GET /health/ready"));
        MailServlet.METHODS.forEach((call, method) -> calls.add(method + " /sso/mail" + call));
        for (Class<?> type : new PosternRest(new Server().postern).application().getClasses()) {
            Path base = type.getAnnotation(Path.class);
            if (base != null) {
                for (Method method : type.getDeclaredMethods()) {
                    for (Annotation annotation : method.getAnnotations()) {
                        HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
                        if (http != null) {
                            Path sub = method.getAnnotation(Path.class);
                            calls.add(http.value() + " " + path(base.value()) + (sub == null ? "" : path(sub.value())));
                        }
                    }
                }
            }
        }
        // The same in one form each.
        calls.removeAll(Set.of("GET /openapi.yaml", "GET /openapi.json"));
        return calls;
    }

    private static String path(String annotated) {
        return annotated.isEmpty() ? "" : "/" + annotated.replaceAll("\\{(\\w+):[^}]*}", "{$1}");
    }

    @Test
    void describe_namesEveryCallAndNoOther() {
        Set<String> described = new TreeSet<>();
        description
                .get("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(m -> {
                    if (!m.equals("parameters")) {
                        described.add(m.toUpperCase(Locale.ROOT) + " " + path.getKey());
                    }
                }));
        assertThat(described).isEqualTo(resources());
    }

    @Test
    void describe_everyReferenceLeadsSomewhere() {
        List<String> references = description.findValuesAsText("$ref");
        assertThat(references).isNotEmpty();
        for (String reference : references) {
            assertThat(description.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
        }
        List<String> ids = description.findValuesAsText("operationId");
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void describe_namesAllValues() {
        assertThat(values("SessionType"))
                .containsExactlyElementsOf(List.of(SessionType.values()).stream()
                        .map(SessionType::apiName)
                        .toList());
        assertThat(values("Locale"))
                .containsExactlyElementsOf(List.of(SessionLocale.values()).stream()
                        .map(SessionLocale::code)
                        .toList());
        assertThat(values("Verdict"))
                .containsExactlyElementsOf(
                        List.of(Verdict.values()).stream().map(Verdict::apiName).toList());
        assertThat(values("Period"))
                .containsExactlyElementsOf(List.of(Overview.Period.values()).stream()
                        .map(Overview.Period::apiName)
                        .toList());
        assertThat(values("EventType"))
                .containsExactlyElementsOf(List.of(AuditEvent.Type.values()).stream()
                        .map(AuditEvent.Type::apiName)
                        .toList());
    }

    private List<String> values(String schema) {
        List<String> values = new ArrayList<>();
        description.at("/components/schemas/" + schema + "/enum").forEach(v -> values.add(v.asText()));
        return values;
    }

    private JsonNode schema(String path, String method, String status) {
        JsonNode response = follow(
                description.get("paths").get(path).get(method).get("responses").get(status));
        return follow(response.at("/content").elements().next().get("schema"));
    }

    private JsonNode follow(JsonNode node) {
        return node.has("$ref") ? description.at(node.get("$ref").asText().substring(1)) : node;
    }

    /** Holds an answer against its schema: exactly the fields, and of the types, that are described. */
    private void assertMatches(JsonNode value, JsonNode schemaOrReference, String where) {
        JsonNode schema = follow(schemaOrReference);
        List<String> types = new ArrayList<>();
        if (schema.path("type").isArray()) {
            schema.get("type").forEach(t -> types.add(t.asText()));
        } else {
            types.add(schema.path("type").asText());
        }
        String type = value.isNull()
                ? "null"
                : value.isObject()
                        ? "object"
                        : value.isArray()
                                ? "array"
                                : value.isBoolean() ? "boolean" : value.isIntegralNumber() ? "integer" : "string";
        assertThat(types).as(where).contains(type);
        if (schema.has("enum")) {
            assertThat(schema.get("enum")).as(where).contains(value);
        }
        if (value.isObject()) {
            Set<String> described = new TreeSet<>();
            schema.get("properties").fieldNames().forEachRemaining(described::add);
            value.properties().forEach(field -> {
                assertThat(described).as(where).contains(field.getKey());
                assertMatches(
                        field.getValue(), schema.get("properties").get(field.getKey()), where + "." + field.getKey());
            });
            schema.path("required")
                    .forEach(r -> assertThat(value.has(r.asText()))
                            .as(where + "." + r)
                            .isTrue());
        }
        if (value.isArray()) {
            value.forEach(item -> assertMatches(item, schema.get("items"), where + "[]"));
        }
    }

    /** Asks as mail servers do with the examples that are described, and holds the answers against the description. */
    @Test
    void describe_examplesOfMailServersWork() {
        try (Server asked =
                new Server(Map.of("sso.mail.key", "a-mail-key-of-the-test", "sso.mail.nginx.imap", "192.0.2.1:143"))) {
            JsonNode check =
                    description.at("/paths/~1sso~1mail~1check/post/requestBody/content/application~1json/example");
            String secret = check.get("password").asText();
            assertMailAnswers(asked, check, "403", "400");
            HttpResponse<String> issued = asked.as(
                    Server.MAIL,
                    "POST",
                    "/sso/v1/tokens",
                    "{\"user\":\"alice@acme.example\",\"type\":\"normal\",\"reason\":\"T\",\"token\":\"" + secret
                            + "\"}");
            assertThat(issued.statusCode()).as(issued.body()).isEqualTo(201);
            assertMailAnswers(asked, check, "200", "200");

            JsonNode nginx = description.at("/paths/~1sso~1mail~1nginx/get");
            List<String> headers = new ArrayList<>(List.of("X-Auth-Key", "a-mail-key-of-the-test"));
            nginx.get("parameters")
                    .forEach(parameter -> headers.addAll(List.of(
                            parameter.get("name").asText(),
                            parameter.get("example").asText())));
            HttpResponse<String> sent = asked.get("/sso/mail/nginx", headers.toArray(String[]::new));
            assertThat(sent.headers().firstValue("Auth-User")).contains(Server.ALICE);
            Set<String> described = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
            nginx.at("/responses/200/headers").fieldNames().forEachRemaining(described::add);
            assertThat(described)
                    .containsAll(sent.headers().map().keySet().stream()
                            .filter(name -> name.toLowerCase(Locale.ROOT).startsWith("auth-"))
                            .toList());
        }
    }

    private void assertMailAnswers(Server asked, JsonNode check, String checked, String granted) {
        String[] headers = {"X-Auth-Key", "a-mail-key-of-the-test", "Content-Type", "application/json"};
        HttpResponse<String> verdict = asked.send("POST", "/sso/mail/check", check.toString(), headers);
        assertThat(verdict.statusCode()).hasToString(checked);
        assertMatches(parse(verdict.body()), schema("/sso/mail/check", "post", checked), "check");
        headers[3] = "application/x-www-form-urlencoded";
        String form = "grant_type=password&username=alice%40acme.example&password="
                + check.get("password").asText();
        HttpResponse<String> grant = asked.send("POST", "/sso/mail/token", form, headers);
        assertThat(grant.statusCode()).hasToString(granted);
        assertMatches(parse(grant.body()), schema("/sso/mail/token", "post", granted), "grant");
    }

    /** Calls what is described with the examples that it gives, and holds the answers against the schemas. */
    @Test
    void describe_examplesWork() {
        Map<String, String> ids = new HashMap<>();
        JsonNode request =
                description.at("/paths/~1sso~1v1~1tokens/post/requestBody/content/application~1json/example");
        HttpResponse<String> issued = server.as(Server.MAIL, "POST", "/sso/v1/tokens", request.toString());
        assertThat(issued.statusCode()).as(issued.body()).isEqualTo(201);
        assertMatches(parse(issued.body()), schema("/sso/v1/tokens", "post", "201"), "issued");
        ids.put("{id}", parse(issued.body()).get("id").asText());
        server.postern
                .tokens()
                .redeem(new LoginAttempt(
                        Server.ALICE,
                        Secret.of(parse(issued.body()).get("token").asText()),
                        Channel.LOGIN_URL,
                        false,
                        "",
                        Server.CLIENT));

        JsonNode check = description.at(
                "/paths/~1sso~1v1~1users~1{address}~1password-check/post/requestBody/content/application~1json/example");
        HttpResponse<String> checked =
                server.as(Server.MAIL, "POST", "/sso/v1/users/alice@acme.example/password-check", check.toString());
        assertThat(checked.statusCode()).isEqualTo(200);
        assertMatches(
                parse(checked.body()), schema("/sso/v1/users/{address}/password-check", "post", "200"), "checked");

        JsonNode oma = description.at("/paths/~1api~1{method}/post/requestBody/content/application~1json/example");
        HttpResponse<String> called = server.send("POST", "/api/generate_token", oma.toString());
        assertThat(called.body()).startsWith("{\"success\":true,\"duration\":48,");
        assertMatches(parse(called.body()), schema("/api/{method}", "post", "200"), "oma");
        assertMatches(
                parse(server.send("POST", "/api/generate_token", "{}").body()),
                schema("/api/{method}", "post", "200"),
                "oma refused");

        for (String path : List.of(
                "/sso/v1/tokens",
                "/sso/v1/users",
                "/sso/v1/sessions",
                "/sso/v1/audit",
                "/sso/v1/overview",
                "/sso/v1/me")) {
            String query = path.endsWith("tokens") || path.endsWith("sessions") ? "?user=alice@acme.example" : "";
            HttpResponse<String> answer = server.as(Server.MAIL, "GET", path + query, "");
            JsonNode body = parse(answer.body());
            assertThat(body.has("items") ? body.get("items").size() : 1)
                    .as(path)
                    .isPositive();
            assertMatches(body, schema(path, "get", "200"), path);
        }
        for (String path : List.of("/sso/v1/tokens/{id}", "/sso/v1/users/{address}")) {
            String address = path.replace("{id}", ids.get("{id}")).replace("{address}", "bob@acme.example");
            assertMatches(parse(server.as(Server.MAIL, "GET", address, "").body()), schema(path, "get", "200"), path);
        }
        for (String path : List.of("/health", "/health/live", "/health/ready")) {
            assertMatches(parse(server.get(path).body()), schema(path, "get", "200"), path);
        }
        assertMatches(
                parse(server.as(Server.MAIL, "POST", "/sso/v1/session", "").body()),
                schema("/sso/v1/session", "post", "200"),
                "session");
        assertMatches(
                parse(server.as(Server.MAIL, "POST", "/sso/v1/tokens", "{}").body()),
                description.at("/components/schemas/Problem"),
                "problem");
    }
}
