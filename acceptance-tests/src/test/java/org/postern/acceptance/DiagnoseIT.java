package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.path.json.JsonPath;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A diagnosis of the demo, whose servers are all well. */
class DiagnoseIT {
    private static final String ALICE = "alice@acme.example";

    @Test
    void everyServiceOfTheDemo_isFine_andNothingIsLeft() {
        try (RunningPostern postern = RunningPostern.demo().start()) {
            HelpDesk desk = HelpDesk.demo(postern.port());
            Wire.Answer answer =
                    desk.call("POST", "/sso/v1/users/" + ALICE + "/diagnosis", "{\"reason\":\"Ticket 4711\"}");

            assertThat(answer.status()).as(answer.whole()).isEqualTo(200);
            JsonPath report = JsonPath.from(answer.body());
            assertThat(report.getList("services.verdict")).as(answer.body()).containsOnly("fine");
            assertThat(report.getList("services.service")).containsExactly("imap", "pop3", "smtp", "webmail");
            assertThat(report.getInt("services[0].messages")).isPositive();
            List<String> events = desk.audit("user=" + ALICE).stream()
                    .filter(row -> row.text("reason").equals("Ticket 4711"))
                    .map(row -> row.text("event"))
                    .toList();
            assertThat(events).contains("issued", "mail_login", "redeemed", "session_ended", "revoked");
            assertThat(desk.get("/sso/v1/sessions?user=" + ALICE).getList("items"))
                    .isEmpty();
            assertThat(desk.get("/sso/v1/tokens?state=live&user=" + ALICE).getList("items.reason"))
                    .doesNotContain("Ticket 4711");
        }
    }
}
