package org.postern.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.DomainName;
import org.postern.core.MailboxAddress;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SetClock;
import org.postern.core.UnavailableException;
import org.postern.core.memory.InMemoryBackend;
import org.postern.core.service.Administrators;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.MailLogins;
import org.postern.core.service.Postern;
import org.postern.core.service.Redemption;
import org.postern.core.settings.Settings;
import org.postern.core.spi.DirectoryEditor;

/** What an outage of LDAP ends, and what it does not. */
class OutageTest {
    private static final Client CLIENT = new Client("192.0.2.1", "test");
    private static final DomainName ACME = Acme.domain("acme.example");
    private static final Secret PASSWORD = Secret.of("of his own");
    private static final Secret API_KEY = Secret.of("an-api-key-of-the-desk");

    private final SetClock clock = SetClock.atNoon();
    private final TestLdap ldap = new TestLdap();
    private final Relay relay = new Relay(ldap);
    private final InMemoryBackend store = new InMemoryBackend();
    private final Settings settings =
            TestLdap.at("ldap://127.0.0.1:" + relay.server.port(), "sso.ldap.timeout", "PT0.25S");
    private Postern postern = node();

    /** Another one over the same store and the same LDAP, which has seen nothing yet. */
    private Postern node() {
        return new Postern(settings, new OperatorDirectoryProvider(clock).over(store, settings), clock);
    }

    @BeforeEach
    void people() {
        DirectoryEditor editor = postern.backend().directory().editor().orElseThrow();
        editor.createCompany("Acme");
        editor.createDomain("Acme", ACME);
        for (String uid : List.of("desk", "erika", "frank", "gone", "late", "never")) {
            ldap.add(uid, Map.of("mail", uid + "@acme.example", "cn", uid));
        }
        for (String address : List.of("desk@acme.example", "never@acme.example", "desk@elsewhere.example")) {
            editor.createAdministrator(Acme.address(address), Role.MAIL, "Acme", Set.of(ACME), Optional.of(PASSWORD));
        }
        editor.addApiKey(Acme.address("desk@acme.example"), API_KEY);
    }

    @AfterEach
    void stop() {
        postern.close();
        relay.server.close();
        ldap.close();
    }

    private Redemption.Redeemed session(String user) {
        Administrator issuer = postern.backend()
                .directory()
                .administrator(Acme.address("desk@elsewhere.example"))
                .orElseThrow();
        Issuance.Issued issued = (Issuance.Issued) postern.tokens()
                .issue(issuer, new IssueRequest(user, "", Secret.of(""), "T-1", "", "", true, false, false, CLIENT));
        return (Redemption.Redeemed)
                postern.tokens().redeem(new LoginAttempt(user, issued.value(), Channel.LOGIN_URL, false, "", CLIENT));
    }

    private static UUID id(Redemption.Redeemed session) {
        return session.session().id();
    }

    private MailLogins.Check atMail(Redemption.Redeemed session) {
        MailboxAddress user = session.session().mailbox();
        return postern.mailLogins().check(user.toString(), session.credential(), Channel.IMAP, CLIENT);
    }

    @Test
    void sessions_thatWereEndedStayEnded_andLiveOnesStay() {
        Redemption.Redeemed live = session("erika@acme.example");
        Redemption.Redeemed ended = session("frank@acme.example");
        Redemption.Redeemed revoked = session("frank@acme.example");
        Redemption.Redeemed suspended = session("gone@acme.example");
        Redemption.Redeemed unseen = session("late@acme.example");
        List<UUID> all = List.of(id(live), id(ended), id(revoked), id(suspended), id(unseen));
        postern.tokens().end(id(ended), "logout", CLIENT);
        ldap.set("gone", "employeeType", "suspended");
        assertThat(postern.tokens().closedAmong(all)).containsExactlyInAnyOrder(id(ended), id(suspended));

        relay.hangs = true;
        ldap.set("late", "employeeType", "suspended");
        postern.tokens().revoke(revoked.session().tokenId());
        for (int i = 0; i < 3; i++) {
            assertThat(postern.tokens().closedAmong(all))
                    .containsExactlyInAnyOrder(id(ended), id(suspended), id(revoked));
            clock.advance(Duration.ofSeconds(2));
        }
        assertThat(atMail(live)).isInstanceOf(MailLogins.Check.Accepted.class);
        assertThat(atMail(unseen)).as("nobody saw it").isInstanceOf(MailLogins.Check.Accepted.class);
        for (Redemption.Redeemed over : List.of(ended, suspended, revoked)) {
            assertThat(atMail(over)).isInstanceOf(MailLogins.Check.Refused.class);
        }
        try (Postern fresh = node()) {
            assertThat(fresh.tokens().closedAmong(all))
                    .as("a node that has seen nothing")
                    .containsExactlyInAnyOrder(id(ended), id(suspended), id(revoked));
        }

        clock.advance(Duration.ofMinutes(5));
        assertThat(postern.tokens().closedAmong(all)).as("over the grace").doesNotContain(id(live), id(unseen));
        assertThatThrownBy(() -> atMail(live)).isInstanceOf(UnavailableException.class);
        assertThat(atMail(ended)).isInstanceOf(MailLogins.Check.Refused.class);

        relay.hangs = false;
        clock.advance(LdapServers.PAUSE);
        assertThat(postern.tokens().closedAmong(all))
                .containsExactlyInAnyOrder(id(ended), id(suspended), id(revoked), id(unseen));
        assertThat(atMail(live)).isInstanceOf(MailLogins.Check.Accepted.class);
    }

    private Administrators.Login byPassword(String address) {
        return postern.administrators().byPassword(address, PASSWORD, CLIENT);
    }

    /** Postern knows his password and his key; whether he is suspended, LDAP does: by what was seen of him, for the grace. */
    @Test
    void administrator_whoseMailboxWasSeen_logsIn() {
        assertThat(byPassword("desk@acme.example")).isInstanceOf(Administrators.Login.Accepted.class);
        relay.hangs = true;
        clock.advance(Duration.ofMinutes(4));
        assertThat(byPassword("desk@acme.example")).isInstanceOf(Administrators.Login.Accepted.class);
        assertThat(postern.administrators().byApiKey(API_KEY, CLIENT))
                .isInstanceOf(Administrators.Login.Accepted.class);
        assertThat(byPassword("desk@elsewhere.example")).isInstanceOf(Administrators.Login.Accepted.class);
        assertThatThrownBy(() -> byPassword("never@acme.example")).isInstanceOf(UnavailableException.class);
        clock.advance(Duration.ofMinutes(1));
        assertThatThrownBy(() -> byPassword("desk@acme.example")).isInstanceOf(UnavailableException.class);
        assertThat(byPassword("desk@elsewhere.example")).isInstanceOf(Administrators.Login.Accepted.class);
    }
}
