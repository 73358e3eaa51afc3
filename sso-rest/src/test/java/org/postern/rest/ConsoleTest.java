package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.AuditEvent;
import org.postern.core.Role;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.TokenState;
import org.postern.rest.diagnosis.Finding;
import org.postern.rest.diagnosis.Verdict;

/** The console's files: how they are served, and that every text is there in every language and none is left over. */
class ConsoleTest {
    private static final Path FILES = Path.of("src/main/resources/org/postern/rest/console");
    private static final Pattern NAMED = Pattern.compile("\\bt(?:\\(|\\([^'`]*\\? )'([a-z][a-z0-9.-]*)'");

    private static Map<String, String> texts(String code) {
        try {
            return new ObjectMapper()
                    .readValue(
                            FILES.resolve("texts/" + code + ".json").toFile(),
                            new TypeReference<LinkedHashMap<String, String>>() {});
        } catch (IOException unreadable) {
            throw new AssertionError(code, unreadable);
        }
    }

    private static List<String> values(String text) {
        return Pattern.compile("\\{\\w+}")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @EnumSource(SessionLocale.class)
    void everyLanguage_hasTheSameTexts(SessionLocale locale) {
        Map<String, String> english = texts("en");
        Map<String, String> own = texts(locale.code());

        assertThat(List.copyOf(own.keySet())).isEqualTo(List.copyOf(english.keySet()));
        own.forEach((key, text) -> {
            assertThat(text).as(key).isNotBlank().doesNotContain("  ", "'", "\"", "<");
            assertThat(values(text)).as(key).isEqualTo(values(String.valueOf(english.get(key))));
        });
    }

    @Test
    void everyTextThatTheScriptsName_isThere() throws IOException {
        Set<String> named = new TreeSet<>();
        try (Stream<Path> scripts = Files.list(FILES)) {
            for (Path script : scripts.filter(f -> f.toString().endsWith(".js")).toList()) {
                NAMED.matcher(Files.readString(script))
                        .results()
                        .map(m -> m.group(1))
                        .forEach(named::add);
            }
        }

        assertThat(named).hasSizeGreaterThan(60);
        assertThat(texts("en").keySet()).containsAll(named);
    }

    @Test
    void everyName_thatTheApiUses_hasAText() {
        Set<String> keys = texts("en").keySet();

        assertThat(keys).containsAll(names("event.", AuditEvent.Type.values(), AuditEvent.Type::apiName));
        assertThat(keys).containsAll(names("type.", SessionType.values(), SessionType::apiName));
        assertThat(keys).containsAll(names("state.", TokenState.values(), TokenState::apiName));
        assertThat(keys).containsAll(names("role.", Role.values(), Role::apiName));
        assertThat(keys).containsAll(names("verdict.", Verdict.values(), Verdict::apiName));
        assertThat(keys).containsAll(names("grade.", Verdict.Grade.values(), Verdict.Grade::apiName));
        assertThat(keys).containsAll(names("step.", Finding.Step.Name.values(), Finding.Step.Name::apiName));
        List<Verdict> toBeActedOn = new ArrayList<>(List.of(Verdict.values()));
        toBeActedOn.remove(Verdict.FINE);
        assertThat(keys)
                .containsAll(names("verdict.", toBeActedOn.toArray(Verdict[]::new), v -> v.apiName() + ".more"));
    }

    private static <T> Set<String> names(String prefix, T[] values, java.util.function.Function<T, String> name) {
        return Stream.of(values).map(v -> prefix + name.apply(v)).collect(Collectors.toSet());
    }

    private static HttpResponse<String> get(Server server, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url(path)));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void files_areServedUnderTheirPolicy_andOnlyOnceSent() throws Exception {
        try (Server server = new Server()) {
            HttpResponse<String> page = get(server, "/console/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=utf-8");
            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'none'; script-src 'self'; style-src 'self'")
                    .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'")
                    .doesNotContain("unsafe", "*");
            assertThat(page.body()).doesNotContainPattern("<script(?![^>]*src=)|<style| on[a-z]+=| style=");
            String tag = page.headers().firstValue("ETag").orElseThrow();
            assertThat(get(server, "/console/", "If-None-Match", tag).statusCode())
                    .isEqualTo(304);
            HttpResponse<String> script = get(server, "/console/preact.js");
            assertThat(script.headers().firstValue("Content-Type")).contains("text/javascript;charset=utf-8");
            assertThat(get(server, "/console").headers().firstValue("Location")).contains("/console/");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/nothing.js",
                "/console/texts/xx.json",
                "/console/texts/",
                "/console/texts",
                "/console/openapi.yaml",
                "/console/ConsoleServlet.class",
                "/console/..%2fopenapi.yaml",
                "/console/%2e%2e/openapi.yaml",
                "/console/texts/..%5cen.json",
                "/console/index.html%00.js"
            })
    void whatIsNoFileOfTheConsole_isNotThere(String path) throws Exception {
        try (Server server = new Server()) {
            assertThat(get(server, path).statusCode()).isIn(400, 404);
        }
    }
}
