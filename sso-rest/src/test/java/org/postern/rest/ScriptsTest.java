package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Channel;
import org.postern.core.Secret;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Redemption;

/** Contract, sections 4 and 5, with the programs that old scripts use, and the patterns that clients match. */
class ScriptsTest {
    private static final String CREDENTIALS =
            "\"credentials\":{\"user\":\"mail@acme.example\",\"password\":\"demo-mail\"}";

    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(command));
        Process process = new ProcessBuilder(all)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }

    private void assertOpens(String token) {
        assertThat(server.postern
                        .tokens()
                        .redeem(new LoginAttempt(
                                Server.ALICE, Secret.of(token), Channel.LOGIN_URL, false, "", Server.CLIENT)))
                .isInstanceOf(Redemption.Redeemed.class);
    }

    private static String match(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group(1);
    }

    @Test
    void wget_quietToStandardOutput_givesTheToken() throws Exception {
        String url = server.url("/tools/sso?admin=mail@acme.example&pass=demo-mail&user=alice@acme.example&life=7200");
        String out = run("wget", "-q", "-O", "-", url);
        assertThat(out.lines()).hasSize(3);
        assertOpens(match("token: \\[(.+?)\\]", out));
        assertThat(run("sh", "-c", "wget -q -O - '" + url + "' | sed -n 's/^token: \\[\\(.*\\)\\]$/\\1/p'")
                        .strip())
                .matches("[0-9a-f]{32}");
    }

    @Test
    void wget_error_isSeenByTheScript() throws Exception {
        assertThat(run(
                        "wget",
                        "-q",
                        "-O",
                        "-",
                        server.url("/tools/sso?admin=mail@acme.example&pass=no&user=alice@acme.example")))
                .isEqualTo("error: failed to save token\n");
    }

    @Test
    void wget_passwordOutOfTheUrl_works() throws Exception {
        assertThat(run(
                        "wget",
                        "-q",
                        "-O",
                        "-",
                        "--auth-no-challenge",
                        "--http-user=mail@acme.example",
                        "--http-password=demo-mail",
                        server.url("/tools/sso?user=alice@acme.example")))
                .startsWith("success: token generated\n");
        assertThat(run(
                        "wget",
                        "-q",
                        "-O",
                        "-",
                        "--post-data",
                        "admin=mail%40acme.example&pass=demo-mail&user=alice%40acme.example",
                        server.url("/tools/sso")))
                .startsWith("success: token generated\n");
    }

    @Test
    void curl_allWays_work() throws Exception {
        String url = server.url("/tools/sso");
        assertThat(run("curl", "-s", "-u", "mail@acme.example:demo-mail", url + "?user=alice%40acme.example"))
                .startsWith("success: token generated\n");
        assertThat(run(
                        "curl",
                        "-s",
                        "--data-urlencode",
                        "admin=mail@acme.example",
                        "--data-urlencode",
                        "pass=demo-mail",
                        "--data-urlencode",
                        "user=alice@acme.example",
                        "--data-urlencode",
                        "reason=Ticket 1 & 2 – ü",
                        url))
                .startsWith("success: token generated\n");
        assertThat(run(
                        "curl",
                        "-s",
                        "--http1.0",
                        "-u",
                        "mail@acme.example:demo-mail",
                        url + "?user=alice@acme.example"))
                .startsWith("success: token generated\n");
        assertThat(run("curl", "-s", "-I", "-u", "mail@acme.example:demo-mail", url + "?user=alice@acme.example"))
                .startsWith("HTTP/1.1 405 ");
        assertThat(server.tokens()).isEqualTo(3);
    }

    /** The bulk generator: no Content-Type, the duration as text, a session first, and these very patterns. */
    @Test
    void oma_pythonScript_findsItsPatterns() throws Exception {
        String session = run(
                "curl",
                "-s",
                "-H",
                "Content-Type:",
                "--data-binary",
                "{" + CREDENTIALS + ",\"generate_session_token\":true}",
                server.url("/api/authenticate"));
        assertThat(session).contains("\"success\":true,");
        String sessionToken = match("\"session_token\":\"(.*?)\"", session);
        String token = run(
                "curl",
                "-s",
                "-H",
                "Content-Type:",
                "--data-binary",
                "{\"credentials\":{\"user\":\"mail@acme.example\",\"token\":\"" + sessionToken
                        + "\"},\"user\":\"alice@acme.example\",\"reason\":\"migration\",\"duration\":\"48\",\"type\":\"session\"}",
                server.url("/api/generate_token"));
        assertThat(token).contains("\"success\":true");
        assertOpens(match("\"token\":\"(.*?)\", \"audit\"", token));
        String error = run(
                "curl",
                "-s",
                "-H",
                "Content-Type:",
                "--data-binary",
                "{" + CREDENTIALS + ",\"user\":\"nobody@acme.example\",\"reason\":\"migration\"}",
                server.url("/api/generate_token"));
        assertThat(match("\"error\":\"(.*?)\", \"audit\"", error)).isEqualTo("The requested object does not exist");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Type: application/json",
                "Content-Encoding: UTF-8",
                "Content-Encoding: gzip",
                "Transfer-Encoding: chunked",
                "Expect: 100-continue",
                "Accept: text/html"
            })
    void oma_curl_whateverItSends_works(String header) throws Exception {
        assertThat(run(
                        "curl",
                        "-s",
                        "-H",
                        header,
                        "-d",
                        "{" + CREDENTIALS + ",\"attributes\":{\"user\":\"alice@acme.example\",\"reason\":\"T\"}}",
                        server.url("/api//generate_token")))
                .startsWith("{\"success\":true,\"duration\":24,\"token\":\"");
    }
}
