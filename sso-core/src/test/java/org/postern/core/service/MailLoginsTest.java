package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.Secret;
import org.postern.core.SetClock;
import org.postern.core.spi.Backend;

/** A mail server that asks first, and tries the mailbox's own password next: most of what it asks about is no token. */
class MailLoginsTest {
    private static final String ALICE = "alice@acme.example";
    private static final Client PHONE = new Client("192.0.2.7", "");

    private final SetClock clock = SetClock.atNoon();
    private final Backend backend = Acme.backend();
    private final Postern postern = new Postern(Acme.settings(Map.of()), backend, clock);
    private final Administrator company = backend.directory()
            .administrator(Acme.address("company@acme.example"))
            .orElseThrow();
    private final MailLogins logins = postern.mailLogins();

    private MailLogins.Check ask(String user, Secret secret, Client client) {
        return logins.checkFirst(user, secret, Channel.IMAP, client);
    }

    private Issuance.Issued issue(String type) {
        return issue(ALICE, type);
    }

    private Issuance.Issued issue(String user, String type) {
        return (Issuance.Issued) postern.tokens()
                .issue(company, new IssueRequest(user, type, Secret.of(""), "T", "", "", false, false, false, PHONE));
    }

    private List<AuditEvent> trail() {
        return postern
                .audit()
                .read(
                        company,
                        new AuditTrail.Wanted(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        200,
                        Optional.empty())
                .items()
                .stream()
                .filter(e -> e.type() != AuditEvent.Type.ISSUED)
                .toList();
    }

    @Test
    void ownPassword_leavesNoRow_andHoldsNobodyBack() {
        for (int i = 0; i < 500; i++) {
            assertThat(ask(ALICE, Acme.password(ALICE), PHONE)).isInstanceOf(MailLogins.Check.Refused.class);
        }
        assertThat(trail()).isEmpty();
        assertThat(ask(ALICE, issue("normal").value(), PHONE)).isInstanceOf(MailLogins.Check.Accepted.class);
        assertThat(postern.activity().counted(Channel.IMAP, Activity.Outcome.UNKNOWN))
                .isEqualTo(500);
        assertThat(postern.activity().counted(Channel.IMAP, Activity.Outcome.REFUSED))
                .isZero();
    }

    /** Support works behind the same address as the owner's telephone. */
    @Test
    void ownPassword_besideALiveToken_countsOnce() {
        Secret token = issue("normal").value();
        for (int i = 0; i < 500; i++) {
            assertThat(ask(ALICE, Acme.password(ALICE), PHONE)).isInstanceOf(MailLogins.Check.Refused.class);
            assertThat(ask(ALICE, token, PHONE)).isInstanceOf(MailLogins.Check.Accepted.class);
        }
        assertThat(trail().stream().filter(e -> e.type() == AuditEvent.Type.REFUSED))
                .hasSize(1);
    }

    /** A telephone that logs in each minute of a day leaves two rows an hour. */
    @Test
    void telephoneThatPolls_doesNotDrownTheTrail() {
        Secret token = issue("normal").value();
        for (int minute = 0; minute < 24 * 60 - 1; minute++) {
            assertThat(ask(ALICE, token, PHONE)).isInstanceOf(MailLogins.Check.Accepted.class);
            clock.advance(Duration.ofMinutes(1));
            postern.audit().flush();
        }
        postern.audit().close();
        assertThat(trail()).hasSizeLessThanOrEqualTo(50);
        assertThat(trail().stream().mapToInt(AuditEvent::count).sum()).isEqualTo(24 * 60 - 1);
    }

    @Test
    void guesses_atALiveToken_areThrottledAndTold() {
        issue("normal");
        int guesses = 0;
        while (guesses < 100
                && !(ask(ALICE, Secret.of("guess-" + guesses), PHONE) instanceof MailLogins.Check.Throttled)) {
            guesses++;
        }
        assertThat(guesses).isBetween(5, 20);
        assertThat(ask(ALICE, issue("normal").value(), new Client("198.51.100.1", "")))
                .as("no lock-out")
                .isInstanceOf(MailLogins.Check.Accepted.class);
        clock.advance(Duration.ofMinutes(2));
        postern.audit().flush();
        assertThat(trail().stream()
                        .filter(e -> e.type() == AuditEvent.Type.REFUSED)
                        .mapToInt(AuditEvent::count)
                        .sum())
                .isGreaterThanOrEqualTo(guesses);
    }

    /** A webmail's sessions come from one address all, where strangers type what they like. */
    @Test
    void wrongTries_neverEndTheMailOfAnOpenSession() {
        Redemption redeemed = postern.tokens()
                .redeem(new LoginAttempt(ALICE, issue("sso").value(), Channel.LOGIN_URL, false, "", PHONE));
        Secret credential = ((Redemption.Redeemed) redeemed).credential();
        issue("normal");
        for (int i = 0; i < 100; i++) {
            ask(ALICE, Secret.of("guess-" + i), PHONE);
            ask(ALICE, Secret.of("pss_" + i), PHONE);
        }
        assertThat(ask(ALICE, issue("normal").value(), PHONE)).isInstanceOf(MailLogins.Check.Throttled.class);
        assertThat(ask(ALICE, credential, PHONE)).isInstanceOf(MailLogins.Check.Accepted.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sso", "sso_admin", "admin_only"})
    void tokenOfAnotherType_isRefused_andTold(String type) {
        Issuance.Issued issued = issue("postmaster@acme.example", type);

        assertThat(ask("postmaster@acme.example", issued.value(), PHONE)).isInstanceOf(MailLogins.Check.Refused.class);
        assertThat(trail()).extracting(AuditEvent::detail).containsExactly("imap: wrong_type");
        assertThat(postern.activity().counted(Channel.IMAP, Activity.Outcome.REFUSED))
                .isEqualTo(1);
    }

    @Test
    void revokedToken_isRefused_andTold_andNoGuess() {
        Issuance.Issued issued = issue("normal");
        postern.tokens().revoke(Actor.of(company, PHONE), issued.token().id());
        for (int i = 0; i < 50; i++) {
            assertThat(ask(ALICE, issued.value(), PHONE)).isInstanceOf(MailLogins.Check.Refused.class);
        }
        assertThat(trail()).extracting(AuditEvent::detail).contains("imap: revoked");
        assertThat(ask(ALICE, issue("normal").value(), PHONE)).isInstanceOf(MailLogins.Check.Accepted.class);
    }

    /** For a mail server without passwords of its own: what once was a token is no guess there either. */
    @Test
    void deadToken_whereOwnPasswordsAreCheckedToo_isNoGuess() {
        Issuance.Issued issued = issue("normal");
        postern.tokens().revoke(Actor.of(company, PHONE), issued.token().id());
        for (int i = 0; i < 50; i++) {
            assertThat(logins.check(ALICE, issued.value(), Channel.SMTP, PHONE))
                    .isInstanceOf(MailLogins.Check.Refused.class);
        }
        assertThat(logins.check(ALICE, Acme.password(ALICE), Channel.SMTP, PHONE))
                .isInstanceOf(MailLogins.Check.Accepted.class);
        assertThat(trail().stream().map(AuditEvent::detail).distinct())
                .contains("smtp: revoked")
                .doesNotContain("smtp: unknown");
        int wrong = 0;
        while (wrong < 100
                && !(logins.check(ALICE, Secret.of("wrong-" + wrong), Channel.SMTP, PHONE)
                        instanceof MailLogins.Check.Throttled)) {
            wrong++;
        }
        assertThat(wrong).isBetween(5, 20);
    }

    /** Mail servers have users that are no addresses. */
    @ParameterizedTest
    @ValueSource(strings = {"alice", "", "root", "alice@", "a b@acme.example", "alice@acme.example\n"})
    void userThatIsNoAddress_isNobodysGuess(String user) {
        for (int i = 0; i < 100; i++) {
            assertThat(ask(user, Secret.of("guess-" + i), PHONE)).isInstanceOf(MailLogins.Check.Refused.class);
        }
        assertThat(trail()).isEmpty();
        assertThat(ask(ALICE, Secret.of(""), PHONE)).isInstanceOf(MailLogins.Check.Refused.class);
        assertThat(ask(ALICE, issue("normal").value(), PHONE)).isInstanceOf(MailLogins.Check.Accepted.class);
    }

    @Test
    void credentialOfASession_opensAsLongAsItIsOpen() {
        Issuance.Issued issued = issue("sso");
        Redemption.Redeemed opened = (Redemption.Redeemed)
                postern.tokens().redeem(new LoginAttempt(ALICE, issued.value(), Channel.LOGIN_URL, false, "", PHONE));
        assertThat(ask(ALICE, opened.credential(), PHONE)).isInstanceOf(MailLogins.Check.Accepted.class);
        assertThat(ask("bob@acme.example", opened.credential(), PHONE)).isInstanceOf(MailLogins.Check.Refused.class);

        postern.tokens().revoke(Actor.of(company, PHONE), issued.token().id());
        assertThat(ask(ALICE, opened.credential(), PHONE)).isInstanceOf(MailLogins.Check.Refused.class);
    }
}
