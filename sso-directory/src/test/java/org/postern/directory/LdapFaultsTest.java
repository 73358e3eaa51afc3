package org.postern.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.core.Acme;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.SetClock;
import org.postern.core.TestCertificate;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;

/** What an LDAP server does not say is a fault, within its time, and never "not there" or "wrong". */
class LdapFaultsTest {
    private static final MailboxAddress ALICE = Acme.address("alice@acme.example");
    private static final Secret PASSWORD = Secret.of("alice's own");
    private static final Map<String, TestCertificate> CERTIFICATES = new ConcurrentHashMap<>();

    private static TestLdap withAlice() {
        TestLdap ldap = new TestLdap();
        alice(ldap);
        return ldap;
    }

    private static void alice(TestLdap ldap) {
        ldap.add("alice", Map.of("mail", ALICE.toString(), "cn", "Alice", "userPassword", PASSWORD.reveal()));
    }

    private static LdapMailboxes mailboxes(Settings settings) {
        return new LdapMailboxes(settings.directory().ldap().orElseThrow(), domain -> true, Clock.systemUTC());
    }

    private static void everythingIsAFault(LdapMailboxes mailboxes) {
        for (ThrowingCallable question : List.<ThrowingCallable>of(
                () -> mailboxes.find(ALICE),
                () -> mailboxes.open(ALICE, PASSWORD),
                () -> mailboxes.open(ALICE, Secret.of("wrong")),
                () -> mailboxes.closedAmong(Set.of(ALICE)),
                () -> mailboxes.search(Set.of(ALICE.domain()), "", 10, Optional.empty()))) {
            long start = System.nanoTime();
            assertThatThrownBy(question)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageNotContaining(PASSWORD.reveal())
                    .hasMessageNotContaining(TestLdap.ACCOUNT_PASSWORD);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void serverThatIsDown() {
        TestLdap ldap = withAlice();
        try (LdapMailboxes mailboxes = mailboxes(ldap.settings("sso.ldap.grace", "PT0S"))) {
            assertThat(mailboxes.find(ALICE)).isPresent();
            assertThat(mailboxes.open(ALICE, PASSWORD)).isTrue();
            ldap.stop();
            everythingIsAFault(mailboxes);
        }
    }

    @Test
    void serverThatHangs() {
        try (ScriptedServer hanging = ScriptedServer.silent();
                LdapMailboxes mailboxes = mailboxes(TestLdap.at("ldap://127.0.0.1:" + hanging.port()))) {
            everythingIsAFault(mailboxes);
        }
    }

    /** The first bytes of an answer, and then the end. */
    @Test
    void serverThatClosesInTheMiddleOfAnAnswer() {
        try (ScriptedServer cut = new ScriptedServer(connection -> {
                    assertThat(connection.getInputStream().read()).isEqualTo(0x30);
                    connection.getOutputStream().write(new byte[] {0x30, 0x0c, 0x02, 0x01});
                    connection.close();
                });
                LdapMailboxes mailboxes = mailboxes(TestLdap.at("ldap://127.0.0.1:" + cut.port()))) {
            everythingIsAFault(mailboxes);
        }
    }

    @Test
    void serverThatSpeaksSomethingElse() {
        try (ScriptedServer web = new ScriptedServer(connection -> {
                    ScriptedServer.say(connection, "HTTP/1.1 400 Bad Request");
                    connection.close();
                });
                LdapMailboxes mailboxes = mailboxes(TestLdap.at("ldap://127.0.0.1:" + web.port()))) {
            everythingIsAFault(mailboxes);
        }
    }

    @Test
    void accountThatIsRefused_andBaseThatIsNotThere() {
        try (TestLdap ldap = withAlice();
                LdapMailboxes wrong = mailboxes(ldap.settings("sso.ldap.password", "wrong"));
                LdapMailboxes elsewhere = mailboxes(ldap.settings("sso.ldap.base", "ou=nobody,dc=example"))) {
            everythingIsAFault(wrong);
            everythingIsAFault(elsewhere);
        }
    }

    @Test
    void serverThatWasRestarted_isUsedAgain_atOnce() {
        try (TestLdap ldap = withAlice();
                LdapMailboxes mailboxes = mailboxes(ldap.settings("sso.ldap.grace", "PT0S"))) {
            // Its port is the system's choice, so this one keeps the connections and loses them.
            for (int i = 0; i < 3; i++) {
                assertThat(mailboxes.find(ALICE)).isPresent();
                assertThat(mailboxes.open(ALICE, PASSWORD)).isTrue();
                ldap.dropConnections();
            }
        }
    }

    @Test
    void firstServerThatIsDown_theSecondAnswers() {
        TestLdap first = withAlice();
        try (TestLdap second = withAlice();
                LdapMailboxes mailboxes = mailboxes(TestLdap.at(
                        "ldap://127.0.0.1:" + first.port() + ", ldap://127.0.0.1:" + second.port(),
                        "sso.ldap.grace",
                        "PT0S",
                        "sso.ldap.timeout",
                        "PT5S"))) {
            second.set("alice", "cn", "Alice of the second");
            assertThat(mailboxes.find(ALICE)).map(m -> m.mailbox().name()).contains("Alice");
            first.stop();
            assertThat(mailboxes.find(ALICE)).map(m -> m.mailbox().name()).contains("Alice of the second");
            assertThat(mailboxes.open(ALICE, PASSWORD)).isTrue();
            assertThat(mailboxes.open(ALICE, Secret.of("wrong"))).isFalse();
        }
    }

    @Test
    void twoEntriesWithOneAddress_areAFault() {
        try (TestLdap ldap = withAlice();
                LdapMailboxes mailboxes = mailboxes(ldap.settings("sso.ldap.grace", "PT0S"))) {
            ldap.add("mallory", Map.of("mail", "ALICE@acme.example", "userPassword", "mallory's"));
            assertThatThrownBy(() -> mailboxes.find(ALICE)).isInstanceOf(UnavailableException.class);
            assertThatThrownBy(() -> mailboxes.open(ALICE, Secret.of("mallory's")))
                    .isInstanceOf(UnavailableException.class);
        }
    }

    // The grace

    @Test
    void whileNobodyAnswers_whatWasSeenCounts_forTheGraceAlone() {
        SetClock clock = SetClock.atNoon();
        TestLdap ldap = withAlice();
        MailboxAddress nobody = Acme.address("nobody@acme.example");
        MailboxAddress bob = Acme.address("bob@acme.example");
        try (LdapMailboxes mailboxes = new LdapMailboxes(
                ldap.settings("sso.ldap.grace", "PT5M").directory().ldap().orElseThrow(), domain -> true, clock)) {
            Optional<LdapMailbox> alice = mailboxes.find(ALICE);
            assertThat(mailboxes.find(nobody)).isEmpty();
            ldap.stop();
            clock.advance(Duration.ofSeconds(299));
            assertThat(mailboxes.find(ALICE)).isPresent().isEqualTo(alice);
            assertThat(mailboxes.find(nobody)).isEmpty();
            assertThatThrownBy(() -> mailboxes.find(bob)).isInstanceOf(UnavailableException.class);
            assertThatThrownBy(() -> mailboxes.open(ALICE, PASSWORD)).isInstanceOf(UnavailableException.class);
            clock.advance(Duration.ofSeconds(2));
            assertThatThrownBy(() -> mailboxes.find(ALICE)).isInstanceOf(UnavailableException.class);
        }
    }

    @Test
    void suspensionThatThePollSaw_countsInTheGraceToo() {
        TestLdap ldap = withAlice();
        MailboxAddress bob = Acme.address("bob@acme.example");
        ldap.add("bob", Map.of("mail", bob.toString()));
        try (LdapMailboxes mailboxes = mailboxes(ldap.settings())) {
            assertThat(mailboxes.find(ALICE)).map(m -> m.mailbox().suspended()).contains(false);
            assertThat(mailboxes.find(bob)).isPresent();
            ldap.set("alice", "employeeType", "suspended");
            ldap.set("bob", "mail", "");
            assertThat(mailboxes.closedAmong(Set.of(ALICE, bob))).containsExactlyInAnyOrder(ALICE, bob);
            ldap.stop();
            assertThat(mailboxes.find(ALICE)).map(m -> m.mailbox().suspended()).contains(true);
            assertThat(mailboxes.find(bob)).isEmpty();
        }
    }

    // TLS

    @ParameterizedTest
    @CsvSource({
        "ldaps, localhost, localhost, true, true",
        "ldaps, other.example, localhost, true, false",
        "ldaps, localhost, localhost, false, false",
        "ldap, other.example, [::ffff:127.0.0.1], true, false",
        "ldap, 127.0.0.1, [::ffff:127.0.0.1], true, true",
        "ldap, 127.0.0.1, [::ffff:127.0.0.1], false, false"
    })
    void tls_goesOnlyToWhoProvesHisName(String scheme, String name, String host, boolean trusted, boolean works)
            throws Exception {
        TestCertificate certificate = CERTIFICATES.computeIfAbsent(name, TestCertificate::of);
        try (TestLdap ldap = new TestLdap(certificate.server())) {
            alice(ldap);
            int port = scheme.equals("ldaps") ? ldap.securePort() : ldap.port();
            Settings settings = TestLdap.at(scheme + "://" + host + ":" + port, "sso.ldap.grace", "PT0S");
            SSLContext trust = trusted ? certificate.client() : SSLContext.getDefault();
            try (LdapMailboxes mailboxes = new LdapMailboxes(
                    settings.directory().ldap().orElseThrow(), domain -> true, Clock.systemUTC(), trust)) {
                if (works) {
                    assertThat(mailboxes.find(ALICE)).isPresent();
                    assertThat(mailboxes.open(ALICE, PASSWORD)).isTrue();
                } else {
                    everythingIsAFault(mailboxes);
                }
            }
        }
    }

    /** Elsewhere, nothing is said to a server that has no TLS: neither the account's password nor anybody's. */
    @Test
    void elsewhere_withoutTls_isAFault() {
        try (TestLdap ldap = withAlice();
                LdapMailboxes mailboxes = mailboxes(TestLdap.at("ldap://[::ffff:127.0.0.1]:" + ldap.port()))) {
            everythingIsAFault(mailboxes);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sso.ldap.filter|(objectClass=*",
                "sso.ldap.filter|(mail=*",
                "sso.ldap.suspended|(a=b)(c=d)",
                "sso.ldap.suspended|(userAccountControl:1.2.840.113556.1.4.803:=2)",
                "sso.ldap.suspended|(accountExpires<=133500000000000000)",
                "sso.ldap.suspended|(&(employeeType=suspended)(!(shadowExpire>=20000)))",
                "sso.ldap.suspended|(employeeType~=suspended)",
                "sso.ldap.base|people"
            })
    void badSettings_stopTheStart(String name, String value) {
        assertThatThrownBy(() -> mailboxes(TestLdap.at("ldap://127.0.0.1:389", name, value)))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith(name + ": ");
    }
}
