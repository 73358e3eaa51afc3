package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every journey, with the log at TRACE; then no secret stands anywhere but where it was shown once, to whom it belongs
 * (contract, sections 3, 6, 7 and 11).
 */
class SecretsIT {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";
    private static final String JSON = "Content-Type: application/json";
    private static final String ADMIN_PASSWORD = "Adm-iE7Zq1hFr8";
    private static final String ALICE_PASSWORD = "Ali-xT4nW9pKd2";
    private static final String NEW_PASSWORD = "New-cV6mB3sLg5";

    /** What must not be found, by what it is. */
    private final Map<String, String> secrets = new LinkedHashMap<>();
    /** Where it must not be found: what was answered, by what was asked. */
    private final List<String> answers = new ArrayList<>();

    private RunningPostern postern;
    private HelpDesk desk;
    private int guesses;

    @Test
    void allJourneys_atTrace_leaveNoSecretBehind(@TempDir Path data, @TempDir Path logs) throws Exception {
        RunningPostern.demo().data(data).start().close();
        command(data, ADMIN_PASSWORD, "admin", "password", "mail@acme.example");
        command(data, ALICE_PASSWORD, "mailbox", "password", ALICE);
        String apiKey = command(data, "", "apikey", "create", "mail@acme.example")
                .out()
                .strip()
                .replaceFirst("^api key: ", "");
        secret("the administrator's password", ADMIN_PASSWORD);
        secret("the mailbox's password", ALICE_PASSWORD);
        secret("the API key", apiKey);

        Path log = logs.resolve("trace.log");
        Path config = Path.of(SecretsIT.class.getResource("/everything.xml").toURI());
        int imap = RunningPostern.freePort();
        try (Relay relay = new Relay(imap)) {
            postern = RunningPostern.demo()
                    .data(data)
                    .option("--imap-port", Integer.toString(imap))
                    .setting("sso.imap.url", "imap://127.0.0.1:" + relay.port())
                    .setting("logback.configurationFile", config.toString())
                    .setting("trace.file", log.toString())
                    .setting("sso.mail.key", "Mai-oP2wQ8yHj6")
                    .setting("sso.login.aliases", "/mail")
                    .start();
            secret("the mail key", "Mai-oP2wQ8yHj6");
            desk = new HelpDesk(postern.port(), "mail@acme.example", ADMIN_PASSWORD);

            issueByEveryDoor(apiKey);
            redeemByEveryDoor();
            logInToMail();
            guessAtEveryDoor();
            useTheOwnersSession();
            useTheConsole();
            secretsOfSessions(relay);
            readEverything();

            noSecretIn("the answers", String.join("\n\n", answers));
            noSecretInFiles(data);
            String output = postern.log() + postern.startLines().replace(postern.link(), "");
            assertThat(postern.stop().exitCode()).isZero();
            noSecretIn("the output", output);
        } finally {
            postern.close();
        }
        noSecretInFiles(data);
        String trace = Files.readString(log);
        assertThat(trace).as("the log tells everything").contains(" TRACE ", " DEBUG ", "event=redeemed");
        noSecretIn("the log", trace);
        keyFileIsClosed(data, trace);
        assertThat(secrets).hasSizeGreaterThan(40);
    }

    private RunningPostern.Finished command(Path data, String input, String... words) {
        RunningPostern.Finished command =
                RunningPostern.empty().data(data).option(words).run(input);
        assertThat(command.exitCode()).as(command.err()).isZero();
        return command;
    }

    private String secret(String name, String value) {
        assertThat(value).as(name).hasSizeGreaterThan(7);
        assertThat(secrets.put(name, value)).as(name).isNull();
        return value;
    }

    /** A value that is wrong everywhere, and a secret all the same: of another site, or mistyped. */
    private String guess() {
        guesses++;
        return secret("guess " + guesses, "Gue-" + guesses + "-sZ5bN7vXq");
    }

    private Wire.Answer seen(Wire.Answer answer) {
        answers.add(answer.status() + "\n"
                + String.join(
                        "\n",
                        answer.headers().stream()
                                .filter(h -> !h.startsWith("Set-Cookie:"))
                                .toList())
                + "\n" + answer.body());
        return answer;
    }

    private Visitor visitor() {
        return new Visitor(postern.port()).shownTo(this::seen);
    }

    private String issued(String name, Wire.Answer answer) {
        Matcher matcher =
                Pattern.compile("token: \\[([^]]+)]|\"token\":\"([^\"]+)\"").matcher(answer.body());
        assertThat(matcher.find()).as(name + ": " + answer.whole()).isTrue();
        return secret(name, matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
    }

    private String byTools(String name, String type) {
        return issued(name, Wire.get(postern.port(), desk.toolsTarget(ALICE, type)));
    }

    // The journeys

    private void issueByEveryDoor(String apiKey) {
        String form = "admin=mail%40acme.example&pass=" + ADMIN_PASSWORD + "&user=" + ALICE;
        issued("by GET", Wire.get(postern.port(), "/tools/sso?" + form));
        issued("by POST", Wire.post(postern.port(), "/tools/sso", form));
        issued("by Basic", Wire.get(postern.port(), "/tools/sso?user=" + ALICE, desk.basic()));
        issued(
                "chosen, by POST",
                Wire.post(
                        postern.port(),
                        "/tools/sso",
                        form + "&token=" + secret("chosen 1", "Cho-1-hY8kR4tMw") + "&reason=Ticket"));
        secrets.remove("chosen, by POST");
        String body = "{\"user\":\"" + ALICE + "\",\"type\":\"normal\",\"reason\":\"Ticket\"";
        issued("by API", desk.call("POST", "/sso/v1/tokens", body + "}"));
        issued(
                "by API key",
                Wire.once(
                        postern.port(), "POST", "/sso/v1/tokens", body + "}", "Authorization: Bearer " + apiKey, JSON));
        String chosen = secret("chosen 2", "Cho-2-hY8kR4tMw");
        desk.call("POST", "/sso/v1/tokens", body + ",\"token\":\"" + chosen + "\"}");
        assertThat(seen(desk.call("POST", "/sso/v1/tokens", body + ",\"token\":\"" + chosen + "\"}"))
                        .status())
                .isEqualTo(409);
        String bad = secret("with a space", "Spa-1-hY8kR4tMw");
        assertThat(seen(desk.call("POST", "/sso/v1/tokens", body + ",\"token\":\"" + bad + " \"}"))
                        .status())
                .isEqualTo(400);
        assertThat(seen(desk.call("POST", "/sso/v1/tokens", body + ",\"tokn\":\"" + guess() + "\"}"))
                        .status())
                .isEqualTo(400);
        seen(desk.call("POST", "/sso/v1/tokens", "{\"token\":\"" + guess() + "\", broken"));

        String credentials =
                "{\"credentials\":{\"user\":\"mail@acme.example\",\"password\":\"" + ADMIN_PASSWORD + "\"}";
        String oma = ",\"user\":\"" + ALICE + "\",\"reason\":\"Ticket\"";
        issued("by OMA", oma("generate_token", credentials + oma + "}"));
        oma("generate_token", credentials + oma + ",\"token\":\"" + secret("chosen 3", "Cho-3-hY8kR4tMw") + "\"}");
        String session = secret("OMA session", "Oma-1-hY8kR4tMw");
        seen(oma(
                "generate_token",
                credentials + oma + ",\"token\":\"" + secret("with a space 2", "Spa-2-hY8kR4tMw") + " \"}"));
        oma("authenticate", credentials + ",\"generate_session_token\":true,\"token\":\"" + session + "\"}");
        Wire.Answer made = oma("authenticate", credentials + ",\"generate_session_token\":true}");
        Matcher value = Pattern.compile("\"session_token\":\"([^\"]+)\"").matcher(made.body());
        assertThat(value.find()).as(made.body()).isTrue();
        secret("OMA session, made", value.group(1));
        String bySession = "{\"credentials\":{\"user\":\"mail@acme.example\",\"token\":\"" + session + "\"}";
        issued("by OMA session", oma("generate_token", bySession + oma + "}"));
        assertThat(seen(oma("logout_user", bySession + ",\"user\":\"" + ALICE + "\"}"))
                        .body())
                .startsWith("{\"success\":true");
        seen(oma("generate_token", "{\"credentials\":{\"user\":\"mail@acme.example\",\"token\":\"" + guess() + "\"}}"));
        seen(oma("no_such_method", bySession + "}"));
        seen(oma("generate_token", "{\"credentials\": \"" + guess()));
    }

    private Wire.Answer oma(String method, String body) {
        return Wire.once(postern.port(), "POST", "/api/" + method, body, JSON);
    }

    private void redeemByEveryDoor() {
        Visitor direct = visitor();
        Wire.Answer answer = direct.get(Visitor.loginTarget(
                ALICE,
                byTools("redeemed with a target", "sso"),
                "&direct=1&logout_redirect=https%3A%2F%2Fdesk.example%2Fdone"));
        assertThat(answer.header("Location")).contains("/?_task=mail");
        cookie("session 1", direct);
        String page = direct.get("/?_task=mail").body();
        assertThat(page).contains("id=\"messages\"");
        String letter = Jsoup.parse(page).selectFirst(".message-link").attr("href");
        assertThat(direct.get(letter).body()).contains("id=\"message\"");
        direct.get("/?_task=visits");
        direct.get("/?_task=write");
        direct.get("/?_task=settings");
        String logout = Jsoup.parse(page).selectFirst("#logout").attr("href");
        assertThat(direct.get(logout).header("Location")).contains("https://desk.example/done");

        Visitor logo = visitor();
        assertThat(logo.follow(Visitor.loginTarget(ALICE, byTools("redeemed by logo page", "normal"), ""))
                        .status())
                .isEqualTo(200);
        cookie("session 2", logo);
        Visitor dropped = visitor();
        dropped.get(Visitor.loginTarget(
                ALICE,
                byTools("redeemed with a dropped target", "sso"),
                "&direct=1&logout_redirect=//evil.example/&locale=xx"));
        Visitor posted = visitor();
        posted.post("/?_task=login&_action=login", "_user=" + ALICE + "&_pass=" + byTools("redeemed by POST", "sso"));
        assertThat(posted.seesMailbox()).isTrue();
        Visitor alias = visitor();
        alias.get("/mail?user=" + ALICE + "&pass=" + byTools("redeemed by alias", "sso"));
        assertThat(alias.seesMailbox()).isTrue();
        Visitor form = visitor();
        form.post("/?_task=signin", "user=" + ALICE + "&pass=" + byTools("redeemed by form", "normal"));
        assertThat(form.seesMailbox()).isTrue();
        cookie("session 3", form);

        var confirmed = desk.call(
                "POST",
                "/sso/v1/tokens",
                "{\"user\":\"" + ALICE + "\",\"type\":\"sso\",\"reason\":\"x\",\"confirm\":true}");
        String token = issued("to be confirmed", confirmed);
        // The page that asks for the click has to hold the token.
        Visitor browser = new Visitor(postern.port());
        assertThat(browser.get(Visitor.loginTarget(ALICE, token, "")).body()).contains("<form");
        browser.shownTo(this::seen).post("/?_task=login&_action=login", "user=" + ALICE + "&pass=" + token);
        assertThat(browser.seesMailbox()).isTrue();

        String twice = byTools("given twice", "sso");
        assertThat(visitor()
                        .get(Visitor.loginTarget(ALICE, twice, "&pass=" + twice))
                        .status())
                .isEqualTo(400);
        visitor().send("HEAD", Visitor.loginTarget(ALICE, twice, ""), "");
        visitor().send("PUT", Visitor.loginTarget(ALICE, twice, ""), "");
        visitor().with("Purpose: prefetch").get(Visitor.loginTarget(ALICE, twice, ""));
        visitor().get("//" + Visitor.loginTarget(ALICE, twice, "").substring(1));
        visitor().get("/;x" + Visitor.loginTarget(ALICE, twice, "").substring(1));
    }

    private void logInToMail() throws IOException {
        String token = byTools("used over mail", "normal");
        String single = byTools("not for mail", "sso");
        assertThat(MailClient.imap(postern.imapPort(), ALICE, token)).isTrue();
        assertThat(MailClient.pop3(postern.pop3Port(), ALICE, token)).isTrue();
        assertThat(MailClient.smtpPlain(postern.smtpPort(), ALICE, token)).isTrue();
        assertThat(MailClient.smtpLogin(postern.smtpPort(), ALICE, token)).isTrue();
        assertThat(MailClient.imap(postern.imapPort(), ALICE, single)).isFalse();
        assertThat(MailClient.imap(postern.imapPort(), ALICE, ALICE_PASSWORD)).isTrue();
        assertThat(MailClient.pop3(postern.pop3Port(), BOB, guess())).isFalse();
        String check = "{\"user\":\"" + ALICE + "\",\"password\":\"" + token
                + "\",\"protocol\":\"imap\",\"client_ip\":\"192.0.2.1\"}";
        for (String door : List.of("/sso/mail/check", "/sso/mail/token", "/sso/mail/nginx")) {
            seen(Wire.once(postern.port(), "POST", door, check, JSON, "Authorization: Bearer Mai-oP2wQ8yHj6"));
            seen(Wire.once(postern.port(), "POST", door, check, JSON, "Authorization: Bearer " + guess()));
        }
    }

    private void guessAtEveryDoor() {
        seen(Wire.get(postern.port(), "/tools/sso?admin=mail%40acme.example&user=" + ALICE + "&pass=" + guess()));
        // Somebody mistakes one field for the other.
        seen(Wire.get(postern.port(), "/tools/sso?admin=" + guess() + "&user=" + ALICE + "&pass=mail"));
        seen(Wire.get(postern.port(), desk.toolsTarget(guess(), "sso")));
        seen(Wire.get(postern.port(), desk.toolsTarget(ALICE, "sso") + "&life=" + guess()));
        seen(Wire.get(postern.port(), desk.toolsTarget(ALICE, guess())));
        visitor().get(Visitor.loginTarget(BOB, guess(), ""));
        // The form shows what stood in the field for the address to whoever sent it, and to nobody else.
        new Visitor(postern.port()).get(Visitor.loginTarget(guess(), ALICE, ""));
        visitor().get(Visitor.loginTarget(BOB, ALICE_PASSWORD, ""));
        visitor().post("/?_task=signin", "user=" + BOB + "&pass=" + guess());
        visitor().get("/" + guess() + "?pass=" + guess());
        visitor().get("/?_task=" + guess());
        seen(desk.call("GET", "/sso/v1/users/" + guess(), ""));
        seen(desk.call("GET", "/sso/v1/tokens/" + guess(), ""));
        seen(desk.call("GET", "/sso/v1/tokens?user=" + ALICE + "&state=" + guess(), ""));
        seen(desk.call("GET", "/sso/v1/audit?cursor=" + guess(), ""));
        seen(Wire.get(postern.port(), "/sso/v1/me", "Authorization: Bearer " + guess()));
        seen(Wire.get(postern.port(), "/sso/v1/me", "Authorization: Basic " + guess()));
        seen(Wire.get(postern.port(), "/sso/v1/me", "Authorization: " + guess()));
        String check = "/sso/v1/users/" + ALICE + "/password-check";
        assertThat(seen(desk.call("POST", check, "{\"password\":\"" + ALICE_PASSWORD + "\"}"))
                        .body())
                .contains("true");
        assertThat(seen(desk.call("POST", check, "{\"password\":\"" + guess() + "\"}"))
                        .body())
                .contains("false");
    }

    private void useTheOwnersSession() {
        Visitor owner = visitor();
        owner.post("/?_task=signin", "user=" + ALICE + "&pass=" + ALICE_PASSWORD);
        assertThat(owner.seesMailbox()).isTrue();
        cookie("the owner's session", owner);
        String csrf = Jsoup.parse(owner.get("/?_task=settings").body())
                .selectFirst("input[name=_token]")
                .attr("value");
        secret("the new password", NEW_PASSWORD);
        String change = "_token=" + csrf + "&new=" + NEW_PASSWORD + "&again=" + NEW_PASSWORD + "&old=";
        owner.post("/?_task=settings", change + guess());
        assertThat(owner.post("/?_task=settings", change + ALICE_PASSWORD).status())
                .isEqualTo(200);
        cookie("the owner's session, after the change", owner);
        assertThat(owner.seesMailbox()).isTrue();
        Wire.Answer out = owner.get(Jsoup.parse(owner.get("/?_task=mail").body())
                .selectFirst("#logout")
                .attr("href"));
        assertThat(out.status()).isEqualTo(303);
    }

    private void useTheConsole() {
        Visitor console = new Visitor(postern.port());
        Wire.Answer start = console.send("POST", "/sso/v1/session", "", desk.basic());
        assertThat(start.status()).as(start.whole()).isEqualTo(200);
        cookie("the console's session", console);
        console.shownTo(this::seen);
        String id = new HelpDesk.JsonRow(
                        console.get("/sso/v1/tokens?user=" + BOB + "&state=all").body())
                .text("id");
        assertThat(id).isEmpty();
        issued(
                "by console",
                Wire.once(
                        postern.port(),
                        "POST",
                        "/sso/v1/tokens",
                        "{\"user\":\"" + BOB + "\",\"type\":\"sso\",\"reason\":\"x\"}",
                        JSON,
                        "Cookie: "
                                + String.join(
                                        "; ",
                                        console.cookies().entrySet().stream()
                                                .map(Object::toString)
                                                .toList()),
                        "X-CSRF-Token: " + new HelpDesk.JsonRow(start.body()).text("csrf")));
        console.send("DELETE", "/sso/v1/session", "", "X-CSRF-Token: " + guess());
    }

    private void cookie(String name, Visitor visitor) {
        String value = visitor.cookies().values().stream()
                .filter(v -> v.length() > 15)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "no session cookie: " + visitor.cookies().keySet()));
        // Jetty's ids end with the name of the node, which is none.
        secret("cookie of " + name, value.replaceFirst("\\.node0$", ""));
    }

    /** What the webmail logs in with at the mail server. */
    private void secretsOfSessions(Relay relay) {
        Matcher login = Pattern.compile("LOGIN \\S+ \"?([^\"\r\n ]+)\"?\r\n").matcher(relay.said());
        int sessions = 0;
        while (login.find()) {
            if (!secrets.containsValue(login.group(1))) {
                sessions++;
                secret("session credential " + sessions, login.group(1));
            }
        }
        assertThat(sessions).as(relay.said()).isGreaterThan(5);
    }

    private void readEverything() {
        for (String target : List.of(
                "/sso/v1/audit?limit=200",
                "/sso/v1/tokens?user=" + ALICE + "&state=all",
                "/sso/v1/sessions?user=" + ALICE,
                "/sso/v1/users",
                "/sso/v1/users/" + ALICE,
                "/sso/v1/me",
                "/openapi",
                "/openapi.json",
                "/health/ready",
                "/metrics")) {
            Wire.Answer answer = seen(desk.call("GET", target, ""));
            assertThat(answer.status()).as(target + answer.whole()).isEqualTo(200);
        }
        Wire.Answer csv = seen(desk.call("GET", "/sso/v1/audit", "", "Accept: text/csv"));
        assertThat(csv.body()).contains(",redeemed,", ",refused,", ",issue_refused,", ",admin_login_refused,");
        seen(desk.call("GET", "/sso/v1/audit", "", "Accept: application/x-ndjson"));
        visitor().get("/");
    }

    // The search

    private void noSecretIn(String where, String text) {
        secrets.forEach((name, value) -> {
            for (String form : List.of(value, MailClient.base64(value))) {
                int at = text.indexOf(form);
                assertThat(at)
                        .as(() -> name + " stands in " + where + ": …"
                                + text.substring(Math.max(0, at - 300), Math.min(text.length(), at + 100)) + "…")
                        .isNegative();
            }
        });
    }

    /** The program's own jars aside. */
    private void noSecretInFiles(Path data) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(data)) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(data.resolve("program")))
                    .toList();
        }
        assertThat(files).extracting(file -> file.getFileName().toString()).anyMatch(name -> name.endsWith(".db"));
        for (Path file : files) {
            String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
            noSecretIn(file.toString(), bytes);
            noSecretIn(file + " in UTF-16", bytes.replace("\0", ""));
        }
    }

    private void keyFileIsClosed(Path data, String trace) throws IOException {
        Path file = data.resolve("token.keys");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        int keys = 0;
        for (String line : Files.readAllLines(file)) {
            for (String word : line.split("[\\s,]+", -1)) {
                if (word.length() > 40) {
                    keys++;
                    assertThat(trace).doesNotContain(word);
                    assertThat(String.join("\n", answers)).doesNotContain(word);
                }
            }
        }
        assertThat(keys).isPositive();
    }
}
