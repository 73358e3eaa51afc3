package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Contract, section 4. */
class ToolsTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String ME = "admin=mail%40acme.example&pass=demo-mail";

    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void smoke() {
        HttpResponse<String> r = server.get("/tools/sso?" + ME + "&user=alice%40acme.example");
        System.err.println(r.headers().map() + r.body());
        for (String p : new String[] {
            "/health/live", "/health/ready", "/health", "/sso/v1/me", "/sso/v1/nothing", "/openapi", "/api/x"
        }) {
            long t = System.nanoTime();
            r = server.get(p, "Authorization", Server.basic(Server.MAIL));
            System.err.println(
                    p + r.statusCode() + r.headers().map() + r.body() + (System.nanoTime() - t) / 1_000_000 + " ms");
        }
        r = server.send(
                "POST",
                "/api//generate_token",
                "{\"credentials\":{\"user\":\"mail@acme.example\",\"password\":\"demo-mail\"},\"user\":\"alice@acme.example\",\"reason\":\"T\",\"duration\":\"48\"}",
                "Content-Type",
                "garbage",
                "Content-Encoding",
                "UTF-8");
        System.err.println(r.statusCode() + r.body());
        r = server.as(
                Server.MAIL,
                "POST",
                "/sso/v1/tokens",
                "{\"user\":\"alice@acme.example\",\"type\":\"sso\",\"reason\":\"x\",\"life\":60}");
        System.err.println(r.statusCode() + r.headers().map().toString() + r.body());
        assertThat(r.statusCode()).isEqualTo(201);
    }
}
