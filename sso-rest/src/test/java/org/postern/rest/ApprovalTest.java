package org.postern.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.path.json.JsonPath;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.AuditEvent;
import org.postern.core.Channel;
import org.postern.core.Secret;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.MailLogins;
import org.postern.core.service.Redemption;
import org.postern.core.service.Refusal;

/** A company whose tokens work only once a second administrator, or the mailbox's owner, approved them. */
class ApprovalTest {
    private Server server = server("administrator");

    private static Server server(String approver) {
        return new Server(Map.of(
                "sso.companies", "acme", "sso.company.acme.name", "Acme", "sso.company.acme.approval", approver));
    }

    private void approvedBy(String approver) {
        server.close();
        server = server(approver);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private record Request(String id, Secret value) {}

    private Request ask(String admin, String user, String type) {
        HttpResponse<String> answer = server.as(
                admin,
                "POST",
                "/sso/v1/tokens",
                "{\"user\":\"" + user + "\",\"type\":\"" + type + "\",\"reason\":\"Ticket 4711\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        JsonPath json = JsonPath.from(answer.body());
        assertThat(json.getString("state")).isEqualTo("pending");
        return new Request(json.getString("id"), Secret.of(json.getString("token")));
    }

    private int approve(String admin, Request request) {
        return server.as(admin, "POST", "/sso/v1/tokens/" + request.id() + "/approval", "")
                .statusCode();
    }

    private Redemption redeem(String user, Secret value) {
        return server.postern
                .tokens()
                .redeem(new LoginAttempt(user, value, Channel.LOGIN_URL, false, "", Server.CLIENT));
    }

    private MailLogins.Check imap(String user, Secret value) {
        return server.postern.mailLogins().check(user, value, Channel.IMAP, Server.CLIENT);
    }

    private List<String> waiting(String admin) {
        return JsonPath.from(server.as(admin, "GET", "/sso/v1/tokens?state=pending", "")
                        .body())
                .getList("items.id");
    }

    private List<String> trail(AuditEvent.Type type) {
        return server.trail().stream()
                .filter(e -> e.type() == type)
                .map(e -> e.administrator().orElseThrow() + ": " + e.detail())
                .toList();
    }

    @Test
    void pendingToken_opensNothing_untilASecondAdministratorApproved() {
        Request request = ask(Server.MAIL, Server.ALICE, "normal");
        assertThat(redeem(Server.ALICE, request.value())).isEqualTo(new Redemption.Refused(Refusal.NOT_APPROVED));
        assertThat(imap(Server.ALICE, request.value())).isInstanceOf(MailLogins.Check.Refused.class);
        assertThat(waiting(Server.DOMAIN)).containsExactly(request.id());

        assertThat(approve(Server.MAIL, request)).as("his own").isEqualTo(403);
        assertThat(approve(Server.DOMAIN, request)).isEqualTo(200);
        assertThat(approve(Server.COMPANY, request)).as("a second time").isEqualTo(409);

        assertThat(waiting(Server.DOMAIN)).isEmpty();
        assertThat(redeem(Server.ALICE, request.value())).isInstanceOf(Redemption.Redeemed.class);
        assertThat(imap(Server.ALICE, request.value())).isInstanceOf(MailLogins.Check.Accepted.class);
        assertThat(trail(AuditEvent.Type.ISSUED)).containsExactly(Server.MAIL + ": waits for a second administrator");
        assertThat(trail(AuditEvent.Type.APPROVED)).containsExactly(Server.DOMAIN + ": issued by " + Server.MAIL);
    }

    @ParameterizedTest
    @CsvSource({
        // He could not issue it himself.
        "domain@acme.example, postmaster@acme.example, normal_admin, mail@acme.example, 403",
        "company@acme.example, postmaster@acme.example, admin_only, domain@acme.example, 403",
        // It is not in his domains.
        "company@acme.example, carol@acme-labs.example, normal, mail@acme.example, 404",
        "mail@acme.example, alice@acme.example, normal, company@globex.example, 404",
        "mail@acme.example, alice@acme.example, normal, company@acme.example, 200"
    })
    void approval_isHisToGiveWhoCouldHaveIssued(String issuer, String user, String type, String other, int status) {
        Request request = ask(issuer, user, type);

        assertThat(approve(other, request)).isEqualTo(status);
        boolean opens = redeem(user, request.value()) instanceof Redemption.Redeemed;
        assertThat(opens).isEqualTo(status == 200);
        assertThat(refusedApprovals(request))
                .isEqualTo(status == 403 ? List.of(other + ": approval: could not issue it") : List.of());
    }

    /** What the trail tells of those who tried to approve this and may not. */
    private List<String> refusedApprovals(Request request) {
        return server.wholeTrail().stream()
                .filter(e -> e.type() == AuditEvent.Type.ISSUE_REFUSED
                        && e.tokenId()
                                .filter(id -> id.toString().equals(request.id()))
                                .isPresent())
                .map(e -> e.administrator().orElseThrow() + ": " + e.detail())
                .toList();
    }

    @Test
    void apiKeyOfTheIssuer_isTheIssuer() {
        server.backend
                .directory()
                .editor()
                .orElseThrow()
                .addApiKey(Acme.address(Server.MAIL), Secret.of("api-key-of-mail"));
        Request request = ask(Server.MAIL, Server.ALICE, "sso");

        HttpResponse<String> answer = server.send(
                "POST", "/sso/v1/tokens/" + request.id() + "/approval", "", "Authorization", "Bearer api-key-of-mail");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(redeem(Server.ALICE, request.value())).isInstanceOf(Redemption.Refused.class);
        assertThat(refusedApprovals(request)).containsExactly(Server.MAIL + ": approval: own request");
    }

    @Test
    void refusedRequest_isRevoked_andExpiredOne_isNotApprovedAnyMore() {
        Request refused = ask(Server.MAIL, Server.ALICE, "sso");
        assertThat(server.as(Server.DOMAIN, "DELETE", "/sso/v1/tokens/" + refused.id(), "")
                        .statusCode())
                .isEqualTo(204);
        assertThat(approve(Server.COMPANY, refused)).isEqualTo(409);

        Request late = ask(Server.MAIL, Server.ALICE, "sso");
        server.clock.advance(Duration.ofHours(24));
        assertThat(waiting(Server.DOMAIN)).isEmpty();
        assertThat(approve(Server.DOMAIN, late)).isEqualTo(409);
        assertThat(redeem(Server.ALICE, late.value())).isEqualTo(new Redemption.Refused(Refusal.EXPIRED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tools/sso", "/api/generate_token"})
    void otherDoors_issueTokensThatWaitToo(String door) {
        HttpResponse<String> answer = door.startsWith("/tools")
                ? server.get(door + "?admin=" + Server.MAIL + "&pass=demo-mail&user=" + Server.ALICE)
                : server.send(
                        "POST",
                        door,
                        "{\"credentials\":{\"user\":\"" + Server.MAIL + "\",\"password\":\"demo-mail\"},\"user\":\""
                                + Server.ALICE + "\",\"reason\":\"Ticket 4711\"}");
        assertThat(answer.body()).containsPattern("success: token generated|\"success\":true");
        String value = answer.body().replaceAll("(?s).*(?:token: \\[|\"token\":\")([0-9a-f]{32}).*", "$1");

        assertThat(redeem(Server.ALICE, Secret.of(value))).isEqualTo(new Redemption.Refused(Refusal.NOT_APPROVED));
        assertThat(waiting(Server.MAIL)).hasSize(1);
    }

    @Test
    void ownersApproval_isNoAdministratorsToGive() {
        approvedBy("owner");
        Request request = ask(Server.MAIL, Server.ALICE, "sso");
        for (String admin : List.of(Server.MAIL, Server.DOMAIN, Server.COMPANY)) {
            assertThat(approve(admin, request)).as(admin).isEqualTo(403);
        }
        assertThat(refusedApprovals(request)).hasSize(3).allMatch(row -> row.endsWith("approval: the owner's to give"));
        var approvals = server.postern.approvals();
        var id = UUID.fromString(request.id());
        var bob = Acme.address("bob@acme.example");
        var alice = Acme.address(Server.ALICE);
        assertThat(approvals.grant(bob, id, Server.CLIENT)).as("another's").isFalse();
        assertThat(approvals.awaiting(bob, 10, Optional.empty()).items()).isEmpty();
        assertThat(approvals.grant(alice, id, Server.CLIENT)).isTrue();
        assertThat(approvals.grant(alice, id, Server.CLIENT)).as("twice").isFalse();

        assertThat(redeem(Server.ALICE, request.value())).isInstanceOf(Redemption.Redeemed.class);
        assertThat(trail(AuditEvent.Type.APPROVED)).containsExactly(Server.MAIL + ": by owner");
    }

    @Test
    void ownerRefuses_andTheTokenIsRevoked() {
        approvedBy("owner");
        Request request = ask(Server.MAIL, Server.ALICE, "sso");
        var alice = Acme.address(Server.ALICE);

        assertThat(server.postern.approvals().refuse(alice, UUID.fromString(request.id()), Server.CLIENT))
                .isTrue();

        assertThat(redeem(Server.ALICE, request.value())).isEqualTo(new Redemption.Refused(Refusal.REVOKED));
        assertThat(trail(AuditEvent.Type.APPROVAL_REFUSED)).hasSize(1);
    }
}
