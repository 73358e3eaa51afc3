package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/** A demo administrator who issues what the browser then opens. */
record Desk(RunningPostern postern, String admin) {
    /** The reason of every token that a test gives no other. */
    static final String REASON = "Ticket 4711: cannot open a letter";

    /**
     * @param id of the token
     * @param url the login link with it
     */
    record Issued(String id, String token, String url) {}

    static Desk of(RunningPostern postern, String admin) {
        return new Desk(postern, admin);
    }

    /** A token of this type; {@code more} is put into the JSON behind it, each as {@code "name":value}. */
    Issued issue(String user, String type, String... more) {
        String rest = List.of(more).stream().map(m -> "," + m).collect(Collectors.joining());
        if (!rest.contains("\"reason\"")) {
            rest += ",\"reason\":\"" + REASON + "\"";
        }
        Wire.Answer answer =
                call("POST", "/sso/v1/tokens", "{\"user\":\"" + user + "\",\"type\":\"" + type + "\"" + rest + "}");
        assertThat(answer.status()).as(answer.whole()).isEqualTo(201);
        JsonPath json = JsonPath.from(answer.body());
        return new Issued(json.getString("id"), json.getString("token"), json.getString("login_url"));
    }

    void revoke(String id) {
        assertThat(call("DELETE", "/sso/v1/tokens/" + id, "").status()).isEqualTo(204);
    }

    String state(String id) {
        return JsonPath.from(call("GET", "/sso/v1/tokens/" + id, "").body()).getString("state");
    }

    Wire.Answer call(String method, String target, String body) {
        String pair = admin + ":demo-" + admin.replaceFirst("@.*", "");
        return Wire.once(
                postern.port(),
                method,
                target,
                body,
                "Authorization: Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)),
                "Content-Type: application/json");
    }

    /** The login link for a secret that was not issued here. */
    static String link(RunningPostern postern, String user, String secret, String more) {
        return postern.address() + "/?_task=login&_action=login&user=" + Wire.encode(user) + "&pass="
                + Wire.encode(secret) + more;
    }
}
