package org.postern.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.SetClock;
import org.postern.core.UnavailableException;

/** While LDAP hangs, one look-up in a while waits for it, and all others go by what was seen. */
class LdapHangsTest {
    private static final MailboxAddress ALICE = Acme.address("alice@acme.example");
    private static final MailboxAddress BOB = Acme.address("bob@acme.example");
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final int CALLERS = 32;

    private final SetClock clock = SetClock.atNoon();

    private LdapMailboxes mailboxes(String urls, String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(List.of("sso.ldap.timeout", TIMEOUT.toString()));
        return new LdapMailboxes(
                TestLdap.at(urls, all.toArray(String[]::new)).directory().ldap().orElseThrow(), domain -> true, clock);
    }

    private static String plain(ScriptedServer server) {
        return "ldap://127.0.0.1:" + server.port();
    }

    private record Look(Optional<LdapMailbox> seen, boolean fault, Duration took) {}

    /** What {@link #CALLERS} are told who ask at once, in turn of one who was seen and one who never was. */
    private static List<Look> all(LdapMailboxes mailboxes) throws Exception {
        CyclicBarrier start = new CyclicBarrier(CALLERS);
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Callable<Look>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                MailboxAddress address = i % 2 == 0 ? ALICE : BOB;
                callers.add(() -> {
                    start.await();
                    long began = System.nanoTime();
                    try {
                        Optional<LdapMailbox> seen = mailboxes.find(address);
                        return new Look(seen, false, Duration.ofNanos(System.nanoTime() - began));
                    } catch (UnavailableException fault) {
                        return new Look(Optional.empty(), true, Duration.ofNanos(System.nanoTime() - began));
                    }
                });
            }
            List<Look> looks = new ArrayList<>();
            for (Future<Look> look : threads.invokeAll(callers)) {
                looks.add(look.get());
            }
            return looks;
        } finally {
            threads.shutdownNow();
        }
    }

    private static void assertByWhatWasSeen(List<Look> looks) {
        assertThat(looks).filteredOn(look -> look.seen().isPresent()).hasSize(CALLERS / 2);
        assertThat(looks).filteredOn(Look::fault).hasSize(CALLERS / 2);
    }

    private static long waited(List<Look> looks) {
        return looks.stream()
                .filter(look -> look.took().compareTo(TIMEOUT) >= 0)
                .count();
    }

    @Test
    void aHang_costsOneTimeOut_andThenOneForOneCallerInAWhile() throws Exception {
        try (TestLdap ldap = new TestLdap()) {
            ldap.add("alice", Map.of("mail", ALICE.toString(), "cn", "Alice"));
            Relay relay = new Relay(ldap);
            try (ScriptedServer server = relay.server;
                    LdapMailboxes mailboxes = mailboxes(plain(server))) {
                assertThat(mailboxes.find(ALICE)).isPresent();
                relay.hangs = true;

                List<Look> first = all(mailboxes);
                assertByWhatWasSeen(first);
                assertThat(first).allMatch(look -> look.took().compareTo(TIMEOUT.multipliedBy(2)) < 0);
                for (int i = 0; i < 3; i++) {
                    List<Look> next = all(mailboxes);
                    assertByWhatWasSeen(next);
                    assertThat(waited(next)).isZero();
                }
                assertThatThrownBy(() -> mailboxes.open(ALICE, Secret.of("x")))
                        .isInstanceOf(UnavailableException.class);
                assertThatThrownBy(() -> mailboxes.search(Set.of(ALICE.domain()), "", 10, Optional.empty()))
                        .isInstanceOf(UnavailableException.class);

                clock.advance(LdapServers.PAUSE);
                List<Look> later = all(mailboxes);
                assertByWhatWasSeen(later);
                assertThat(waited(later)).isEqualTo(1);

                relay.hangs = false;
                ldap.set("alice", "cn", "Alice again");
                assertThat(mailboxes.find(ALICE)).map(m -> m.mailbox().name()).contains("Alice");
                clock.advance(LdapServers.PAUSE);
                assertThat(mailboxes.find(ALICE)).map(m -> m.mailbox().name()).contains("Alice again");
                assertThat(mailboxes.find(BOB)).isEmpty();
            }
        }
    }

    /** A search for text may be slow by itself: then look-ups go on. */
    @Test
    void searchWithoutAnswer_stopsNoLookUp() {
        try (TestLdap ldap = new TestLdap()) {
            ldap.add("alice", Map.of("mail", ALICE.toString(), "cn", "Alice"));
            ldap.hangOn("(mail=*@acme.example)");
            try (LdapMailboxes mailboxes = mailboxes("ldap://127.0.0.1:" + ldap.port())) {
                assertThatThrownBy(() -> mailboxes.search(Set.of(ALICE.domain()), "", 10, Optional.empty()))
                        .isInstanceOf(UnavailableException.class);
                ldap.set("alice", "cn", "Alice now");
                assertThat(mailboxes.find(ALICE)).map(m -> m.mailbox().name()).contains("Alice now");
            }
        }
    }

    /** Whatever it hangs in, and with one after the other, the answer comes in time; and hanging ends. */
    @ParameterizedTest
    @ValueSource(strings = {"ldap://127.0.0.1", "ldap://127.0.0.1 ldap://127.0.0.1", "ldaps://localhost", "starttls"})
    void lookUp_takesOneTimeOutInAll(String kind) {
        boolean startTls = kind.equals("starttls");
        try (ScriptedServer hanging = startTls ? startsTls() : ScriptedServer.silent();
                LdapMailboxes mailboxes = mailboxes(
                        (startTls ? "ldap://[::ffff:127.0.0.1]" : kind)
                                .replaceAll("(?= |$)", ":" + hanging.port())
                                .replace(' ', ','),
                        "sso.ldap.connections",
                        "1")) {
            long patience = System.nanoTime() + 20 * TIMEOUT.toNanos();
            int tries = 0;
            int connections = 0;
            while (connections < 3) {
                long began = System.nanoTime();
                assertThatThrownBy(() -> mailboxes.find(ALICE)).isInstanceOf(UnavailableException.class);
                long now = System.nanoTime();
                assertThat(Duration.ofNanos(now - began)).isLessThan(TIMEOUT.multipliedBy(2));
                assertThat(now).as("after " + tries + " tries").isLessThan(patience);
                clock.advance(LdapServers.PAUSE);
                connections = hanging.connections();
                tries++;
            }
        }
    }

    /** Says yes to StartTLS, and then nothing. */
    private static ScriptedServer startsTls() {
        return new ScriptedServer(connection -> {
            byte[] request = new byte[1024];
            assertThat(connection.getInputStream().read(request)).isPositive();
            assertThat(request[0]).isEqualTo((byte) 0x30);
            // LDAPMessage { messageID, ExtendedResponse { success, "", "" } }
            connection.getOutputStream().write(new byte[] {
                0x30, 0x0c, 0x02, 0x01, request[4], 0x78, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00
            });
        });
    }

    @Test
    void lookUp_asItIsWithoutASetting_isShorterThanDovecotsPatience() throws IOException {
        Duration timeout = Acme.settings(Map.of(
                        "sso.directory", "ldap", "sso.ldap.urls", "ldap://127.0.0.1", "sso.ldap.base", TestLdap.BASE))
                .directory()
                .ldap()
                .orElseThrow()
                .timeout();
        String script = Files.readString(Path.of("../integrations/dovecot/postern.lua"));
        Matcher patience =
                Pattern.compile("request_absolute_timeout_msecs = ([0-9]+)").matcher(script);
        assertThat(patience.find()).isTrue();
        assertThat(timeout).isLessThanOrEqualTo(Duration.ofMillis(Long.parseLong(patience.group(1)) - 500));
    }
}
