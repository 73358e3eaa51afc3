package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.acceptance.PostgreSql;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/**
 * Texts that want to be more than text, each as the name of a mailbox, as the reason of a token and as the user agent of
 * who used it: on every page of the console, in its exports, and in the owner's webmail they are read as they were
 * written.
 */
class HostileTextIT {
    private static final List<String> TEXTS = List.of(
            "<script>postern(1)</script>",
            "\"><script src=//evil.example/x.js></script>",
            "<img src=x onerror=postern(1)>",
            "'><img src=x onerror=postern(1)>",
            "</title></textarea></select></style></script><svg/onload=postern(1)>",
            "<iframe srcdoc='<script>parent.postern(1)</script>'></iframe>",
            "<a href=\"javascript:postern(1)\">Click</a>",
            "<base href=//evil.example/><form action=/x><input name=token>",
            "<style>*{display:none}</style>",
            "<!--",
            "]]><![CDATA[",
            "&lt;b&gt;&amp;&#60;script&#62;&#0;",
            "{user}{when}{n}",
            "${7*7} #{7*7} {{7*7}} <%= 7*7 %>",
            "__proto__",
            "constructor",
            "$&$1$`$'",
            "\\u003cscript\\u003e \\x3c \\n \\\\",
            "%3Cscript%3E %00 %0d%0a",
            "' or '1'='1' -- ; drop table audit_event",
            "a,b;c\"d\"\"e'f",
            "\"",
            "=HYPERLINK(\"https://evil.example\",\"Click\")",
            "=cmd|' /C calc'!A0",
            "+1+1",
            "-2+3",
            "@SUM(A1:A9)",
            "＝1+1",
            "{\"event\":\"forged\"}",
            "null",
            "true",
            "0",
            "-1e999",
            "event: done data: {}",
            "2026-01-01T00:00:00.000Z INFO org.postern.audit event=forged",
            "x\" event=forged mailbox=\"",
            "W".repeat(400),
            "a ".repeat(200).strip(),
            "x" + "\u0300".repeat(60),
            "abc \u202e<gpj.exe> \u2066def",
            "\u05d0\u05d1\u05d2 \u0627\u0644\u0639 abc 123",
            "\ud83d\ude00\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
            "ﬁ ß İ ı ſ K Å");

    /** What is no text at all, and so no reason. */
    private static final List<String> NO_TEXTS =
            List.of("a\u0000b", "a\u001b[31mb", "a\r\nb", "a\nevent=forged", "a\u0085b", "a\u2028b", "a\ud800b");

    private static final String BASIC = "Authorization: Basic "
            + Base64.getEncoder().encodeToString("mail@acme.example:demo-mail".getBytes(StandardCharsets.UTF_8));

    /** Elements and attributes that no page of the console has, but what a text would like to be. */
    private static final String MORE_THAN_TEXT = """
            const ours = [...document.querySelectorAll('script')].every(s => s.src.startsWith(location.origin));
            const wrong = [...document.querySelectorAll('main :is(script,img,iframe,style,base,textarea,object,embed,form[action]),'
                + 'title ~ title,[onerror],[onload],[onclick],a[href^="javascript" i],a[href*="evil"]')].map(e => e.outerHTML);
            if (!ours) wrong.push('a script from elsewhere');
            if (getComputedStyle(document.querySelector('main')).display === 'none') wrong.push('the page is hidden');
            if (document.documentElement.scrollWidth > innerWidth) wrong.push('wider than the window');
            if (document.documentElement.outerHTML.includes('\\u0000')) wrong.push('a NUL');
            return wrong;""";

    /** Opens one row after the other; returns what they hold, and what of it is more than text. */
    private static final String EACH_ROW = """
            const done = arguments[0];
            (async () => {
              const held = [];
              const drawn = async wanted => {
                while (Boolean(document.querySelector('#audit tr.open')) !== wanted) await new Promise(requestAnimationFrame);
              };
              for (const button of document.querySelectorAll('#audit .plain')) {
                button.click();
                await drawn(true);
                held.push(...[...document.querySelectorAll('#audit tr.open dd')].map(e => e.textContent));
                if (document.querySelector('#audit tr.open dd :not(bdi)')) held.push('more than text');
                button.click();
                await drawn(false);
              }
              done(held);
            })();""";

    private static PostgreSql database;
    private static RunningPostern postern;
    private static Browser browser;
    private static Console console;

    private static String mailbox(int i) {
        return "h" + (10 + i) + "@acme.example";
    }

    @BeforeAll
    static void everyTextEverywhere(@TempDir Path cluster) throws Exception {
        database = new PostgreSql(cluster);
        database.create("hostile");
        postern = database.node(RunningPostern.demo(), "hostile").start();
        browser = Browser.open();
        console = new Console(postern, browser);
        try (Connection connection = database.connect("hostile")) {
            for (int i = 0; i < TEXTS.size(); i++) {
                name(connection, mailbox(i), TEXTS.get(i));
            }
        }
        for (int i = 0; i < TEXTS.size(); i++) {
            use(mailbox(i), TEXTS.get(i));
        }
    }

    private static void name(Connection connection, String address, String name) throws SQLException {
        for (String sql : List.of(
                "insert into account select ?, password, gen_random_uuid() from account where address = 'bob@acme.example'",
                "insert into mailbox select ?, domain, ?, lower(?), false, locale from mailbox where address = 'bob@acme.example'")) {
            try (PreparedStatement insert = connection.prepareStatement(sql)) {
                insert.setString(1, address);
                if (sql.contains("into mailbox")) {
                    insert.setString(2, name);
                    insert.setString(3, name);
                }
                assertThat(insert.executeUpdate()).isEqualTo(1);
            }
        }
    }

    /** One token issued and redeemed, one login refused, one password checked: each by a program of this name. */
    private static void use(String user, String text) {
        String agent = "User-Agent: " + (agent(text) ? text : "none");
        Wire.Answer issued = issue(user, text, agent);
        assertThat(issued.status()).as(text + issued.whole()).isEqualTo(201);
        assertThat(JsonPath.from(issued.body()).getString("reason")).isEqualTo(text);
        String token = JsonPath.from(issued.body()).getString("token");
        for (int expected : List.of(303, 403)) {
            assertThat(Wire.get(
                                    postern.port(),
                                    "/?_task=login&_action=login&direct=1&user=" + Wire.encode(user) + "&pass=" + token,
                                    agent)
                            .status())
                    .isEqualTo(expected);
        }
        assertThat(call("/sso/v1/users/" + user + "/password-check", "{\"password\":\"demo-bob\"}", agent)
                        .status())
                .isEqualTo(200);
    }

    /** What a header can hold, and a row of the trail in whole. */
    private static boolean agent(String text) {
        return text.length() <= 300 && text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    private static Wire.Answer issue(String user, String reason, String agent) {
        return call(
                "/sso/v1/tokens",
                "{\"user\":\"" + user + "\",\"type\":\"sso\",\"reason\":\"" + escaped(reason) + "\"}",
                agent);
    }

    private static String escaped(String text) {
        return text.chars().mapToObj("\\u%04x"::formatted).collect(Collectors.joining());
    }

    private static Wire.Answer call(String target, String body, String... headers) {
        return Wire.once(
                postern.port(),
                "POST",
                target,
                body,
                Stream.concat(Stream.of(BASIC, "Content-Type: application/json"), Stream.of(headers))
                        .toArray(String[]::new));
    }

    private static Wire.Answer export(String type) {
        return Wire.get(postern.port(), "/sso/v1/audit", BASIC, "Accept: " + type);
    }

    @AfterAll
    static void stop() {
        browser.close();
        postern.close();
        database.close();
    }

    @AfterEach
    void nothingWasWrong() {
        assertThat(browser.complaints()).isEmpty();
    }

    private static void isOnlyText(String where) {
        assertThat(browser.script(MORE_THAN_TEXT)).as(where).isEqualTo(List.of());
    }

    /** The texts of these elements, whatever of them is drawn. */
    private static List<String> texts(String selector) {
        Object texts =
                browser.script("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector);
        return ((List<?>) texts).stream().map(String::valueOf).toList();
    }

    private static void allOfTheList(String rows, int most) {
        browser.await(d -> {
            if (browser.has(".more button")) {
                browser.script("document.querySelector('.more button')?.click()");
            }
            return browser.all(rows).size() >= most && !browser.has(".more button");
        });
    }

    @Test
    void noText_isNoReason() {
        for (String text : NO_TEXTS) {
            Wire.Answer answer = issue("bob@acme.example", text, "User-Agent: none");
            assertThat(answer.status()).as(escaped(text) + answer.whole()).isEqualTo(400);
        }
    }

    @Test
    void names_inTheListOfMailboxes_andOnTheirPages() {
        console.signIn("mail");
        allOfTheList("#mailboxes tbody tr", TEXTS.size() + 4);
        assertThat(texts("#mailboxes tbody td:nth-child(2)")).containsAll(TEXTS);
        isOnlyText("the list");

        for (int i = 0; i < TEXTS.size(); i++) {
            console.open(mailbox(i));
            browser.awaitElement("#tokens");
            assertThat(texts(".facts dd")).as(TEXTS.get(i)).contains(TEXTS.get(i));
            assertThat(texts("#tokens bdi")).as(TEXTS.get(i)).contains(TEXTS.get(i));
            browser.awaitElement("#sessions");
            assertThat(texts("#sessions bdi")).as(TEXTS.get(i)).contains(TEXTS.get(i));
            isOnlyText(TEXTS.get(i));
        }
    }

    @Test
    void textsThatAreSoughtFor_findThemselves() {
        console.signIn("mail");
        for (String text : TEXTS.stream().filter(HostileTextIT::agent).toList()) {
            browser.go("about:blank")
                    .go(postern.address() + "/console/#/mailboxes/"
                            + Wire.encode(text).replace("+", "%20"));
            browser.await(d -> texts("#mailboxes tbody td:nth-child(2)").contains(text));
            assertThat(browser.find("#q").getDomProperty("value")).isEqualTo(text);
            isOnlyText(text);
        }
    }

    @Test
    void reasonsAndPrograms_inTheAuditTrail_eachRowOpen() {
        console.signIn("mail");
        browser.go(postern.address() + "/console/#/audit");
        browser.awaitElement("#audit");
        allOfTheList("#audit tbody tr", TEXTS.size() * 4);
        assertThat(texts("#audit tbody td:last-child")).containsAll(TEXTS);
        isOnlyText("the trail");

        List<String> seen = ((List<?>) browser.driver().executeAsyncScript(EACH_ROW))
                .stream().map(String::valueOf).toList();
        isOnlyText("the rows");
        assertThat(seen).containsAll(TEXTS).doesNotContain("more than text");
        for (String agent : TEXTS.stream().filter(HostileTextIT::agent).toList()) {
            assertThat(seen.stream().filter(agent::equals).count()).as(agent).isGreaterThanOrEqualTo(4);
        }
    }

    @Test
    void overview_andRequests_haveNothingOfThem() {
        console.signIn("mail").overview();
        isOnlyText("the overview");
        browser.go(postern.address() + "/console/#/requests");
        browser.awaitElement(".empty");
        isOnlyText("the requests");
    }

    @Test
    void csv_hasEachTextInItsCell_andNoFormula() throws Exception {
        Wire.Answer answer = export("text/csv");
        assertThat(answer.status()).isEqualTo(200);
        List<CSVRecord> records;
        try (CSVParser parser = CSVParser.parse(
                answer.body(),
                CSVFormat.RFC4180
                        .builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .get())) {
            records = parser.getRecords();
        }
        assertThat(records).hasSizeGreaterThanOrEqualTo(TEXTS.size() * 4);
        assertThat(records).allMatch(r -> r.isConsistent() && r.size() == 12);
        assertThat(records).allMatch(r -> r.get("event").matches("[a-z_]+"));
        for (CSVRecord each : records) {
            assertThat(each.values()).noneMatch(cell -> cell.matches("(?s)[=+\\-@\t\r\uff1d].*"));
        }
        assertThat(records.stream().map(r -> r.get("reason").replaceFirst("^'(?=[=+\\-@\uff1d])", "")))
                .containsAll(TEXTS);
        assertThat(records.stream().map(r -> r.get("user_agent").replaceFirst("^'(?=[=+\\-@])", "")))
                .containsAll(TEXTS.stream().filter(HostileTextIT::agent).toList());
    }

    @Test
    void ndjson_hasOneObjectALine_andEachTextAsItIs() {
        Wire.Answer answer = export("application/x-ndjson");
        assertThat(answer.status()).isEqualTo(200);
        List<String> lines = answer.body().lines().toList();
        assertThat(lines).allMatch(line -> line.startsWith("{\"") && line.endsWith("}"));
        JsonPath rows = JsonPath.from('[' + String.join(",", lines) + ']');
        assertThat(rows.getList("event", String.class))
                .hasSameSizeAs(lines)
                .hasSizeGreaterThanOrEqualTo(TEXTS.size() * 4)
                .allMatch(event -> event.matches("[a-z_]+"));
        assertThat(rows.getList("reason", String.class)).containsAll(TEXTS);
        assertThat(rows.getList("user_agent", String.class))
                .containsAll(TEXTS.stream().filter(HostileTextIT::agent).toList());
    }

    /** The owner's page of the tokens that were issued for him, and the visitor's own line above every page. */
    @Test
    void reasons_inTheWebmail() {
        for (int i : IntStream.range(0, TEXTS.size()).filter(i -> i % 5 == 0).toArray()) {
            String text = TEXTS.get(i);
            String token = JsonPath.from(
                            issue(mailbox(i), text, "User-Agent: none").body())
                    .getString("token");
            browser.go("about:blank").forgetEverything();
            browser.go(Desk.link(postern, mailbox(i), token, "&direct=1"));
            browser.awaitElement("#support");
            assertThat(texts("#support").toString()).contains(text);
            isOnlyText("webmail, " + text);
        }
    }
}
