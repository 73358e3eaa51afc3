package org.postern.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.postern.core.Acme;
import org.postern.core.MailboxAddress;
import org.postern.core.SetClock;
import org.postern.core.memory.InMemoryBackend;
import org.postern.core.spi.DirectoryEditor;
import org.postern.core.spi.MailDirectory;

/** Every two seconds, each node asks whether the mailboxes of its sessions are still open. */
class PollTest {
    private static final int SESSIONS = 1_000;
    private static final int DOMAINS = 250;

    private final SetClock clock = SetClock.atNoon();
    private final InMemoryBackend store = new InMemoryBackend();
    private final AtomicInteger questions = new AtomicInteger();

    private MailDirectory counted(MailDirectory directory) {
        return (MailDirectory) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {MailDirectory.class}, (proxy, method, arguments) -> {
                    questions.incrementAndGet();
                    try {
                        return method.invoke(directory, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @Test
    void aThousandSessions_costAQuestionForEachDomainAMinute_andTenSearches() {
        DirectoryEditor editor = store.directory().editor().orElseThrow();
        editor.createCompany("Acme");
        for (int i = 0; i < DOMAINS; i++) {
            editor.createDomain("Acme", Acme.domain("d" + i + ".example"));
        }
        Set<MailboxAddress> open = new HashSet<>();
        for (int i = 0; i < SESSIONS; i++) {
            open.add(Acme.address("user" + i + "@d" + i % DOMAINS + ".example"));
        }
        MailDirectory own = counted(store.directory());
        OurDomains ours = new OurDomains(own, clock);
        try (TestLdap ldap = new TestLdap();
                OperatorDirectory directory = new OperatorDirectory(
                        own,
                        ours,
                        Optional.of(new LdapMailboxes(
                                ldap.settings().directory().ldap().orElseThrow(), ours::containedOfLate, clock)),
                        Optional.empty(),
                        new LiveSecrets(store.tokens(), store.keys(), clock))) {
            assertThat(directory.closedAmong(open)).isEqualTo(open);
            assertThat(questions).hasValue(DOMAINS);
            assertThat(ldap.searches()).isEqualTo(10);

            for (int seconds = 0; seconds < 58; seconds += 2) {
                clock.advance(Duration.ofSeconds(2));
                directory.closedAmong(open);
            }
            assertThat(questions).hasValue(DOMAINS);

            clock.advance(Duration.ofSeconds(2));
            directory.closedAmong(open);
            assertThat(questions).hasValue(2 * DOMAINS);
        }
    }

    /** What is made now counts now; and what is none stays none. */
    @Test
    void domainThatIsMade_isOursAtOnce() {
        OurDomains ours = new OurDomains(store.directory(), clock);
        DirectoryEditor editor = store.directory().editor().orElseThrow();
        editor.createCompany("Acme");
        assertThat(ours.contains(Acme.domain("acme.example"))).isFalse();
        editor.createDomain("Acme", Acme.domain("acme.example"));
        assertThat(ours.contains(Acme.domain("acme.example"))).isTrue();
        assertThat(ours.contains(Acme.domain("sub.acme.example"))).isFalse();
    }
}
