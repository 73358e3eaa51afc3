package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An administrator who uses the product's own API with his password. */
final class HelpDesk {
    private static final Pattern TOKEN = Pattern.compile("token: \\[([^]]+)]");

    private final int port;
    private final String admin;
    private final String password;

    HelpDesk(int port, String admin, String password) {
        this.port = port;
        this.admin = admin;
        this.password = password;
    }

    /** The demo's help desk. */
    static HelpDesk demo(int port) {
        return new HelpDesk(port, "mail@acme.example", "demo-mail");
    }

    String basic() {
        String pair = admin + ':' + password;
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /** The target of a request to {@code /tools/sso}. */
    String toolsTarget(String user, String type) {
        return "/tools/sso?admin=" + Wire.encode(admin) + "&pass=" + Wire.encode(password) + "&user="
                + Wire.encode(user) + "&type=" + type;
    }

    /** Issues by URL; answers the value. */
    String issue(String user, String type) {
        return tokenIn(Wire.get(port, toolsTarget(user, type)).body());
    }

    /** The value in an answer of {@code /tools/sso}, taken as scripts take it. */
    static String tokenIn(String answer) {
        Matcher matcher = TOKEN.matcher(answer);
        assertThat(matcher.find()).as("no token in: " + answer).isTrue();
        return matcher.group(1);
    }

    /** Issues by the API; answers what it says. */
    JsonPath issueByApi(String user, String type, String reason) {
        String body = "{\"user\":\"" + user + "\",\"type\":\"" + type + "\",\"reason\":\"" + reason + "\"}";
        Wire.Answer answer = call("POST", "/sso/v1/tokens", body);
        assertThat(answer.status()).as(answer.whole()).isEqualTo(201);
        return JsonPath.from(answer.body());
    }

    Wire.Answer call(String method, String target, String body, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add(basic());
        if (!body.isEmpty()) {
            all.add("Content-Type: application/json");
        }
        return Wire.once(port, method, target, body, all.toArray(String[]::new));
    }

    JsonPath get(String target) {
        Wire.Answer answer = call("GET", target, "");
        assertThat(answer.status()).as(answer.whole()).isEqualTo(200);
        return JsonPath.from(answer.body());
    }

    /** All audit rows that the query wants, of all pages. */
    List<JsonRow> audit(String query) {
        Wire.Answer answer = call("GET", "/sso/v1/audit?" + query, "", "Accept: application/x-ndjson");
        assertThat(answer.status()).as(answer.whole()).isEqualTo(200);
        return answer.body()
                .lines()
                .filter(line -> !line.isBlank())
                .map(JsonRow::new)
                .toList();
    }

    /** One flat JSON object of an export, in the order of its fields; only what tests ask for is parsed. */
    record JsonRow(String line) {
        String text(String field) {
            Matcher matcher = Pattern.compile("\"" + field + "\":(?:\"([^\"]*)\"|([0-9]+))")
                    .matcher(line);
            if (!matcher.find()) {
                return "";
            }
            return matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        }
    }
}
