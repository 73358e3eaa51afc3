package org.postern.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;

class PasswordsTest {
    private final Passwords passwords = new Passwords(Passwords.Cost.DEMO, 2, Duration.ofSeconds(10));

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "correct horse \u00e4\ud83d\udc0e", "nul\0nul"})
    void verify_theSamePassword_isTrue_andNoOther(String password) {
        String kept = passwords.hash(Secret.of(password));
        assertThat(passwords.verify(kept, Secret.of(password))).isTrue();
        assertThat(passwords.verify(kept, Secret.of(password + " "))).isFalse();
        assertThat(passwords.verify(kept, Secret.of("A" + password))).isFalse();
    }

    @Test
    void verify_longPasswords_countsEveryCharacter() {
        String kept = passwords.hash(Secret.of("a".repeat(4096)));
        assertThat(passwords.verify(kept, Secret.of("a".repeat(4095)))).isFalse();
        assertThat(passwords.verify(kept, Secret.of("a".repeat(4096)))).isTrue();
    }

    @Test
    void hash_atFullCost_isWrittenAsUsual_andVerifiedByItsOwnParameters() {
        String kept = new Passwords(Passwords.Cost.FULL, 1, Duration.ofSeconds(10)).hash(Secret.of("password"));
        assertThat(kept).matches("\\$argon2id\\$v=19\\$m=19456,t=2,p=1\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}");
        assertThat(passwords.verify(kept, Secret.of("password"))).isTrue();
        assertThat(passwords.verify(kept, Secret.of("passwort"))).isFalse();
    }

    /** The reference implementation: {@code echo -n password | argon2 somesalt -id -t 2 -k 256 -p 1}. */
    @Test
    void verify_hashOfTheReferenceImplementation_isTrue() {
        String kept = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assertThat(passwords.verify(kept, Secret.of("password"))).isTrue();
        assertThat(passwords.verify(kept, Secret.of("Password"))).isFalse();
    }

    @Test
    void hash_twice_differs() {
        assertThat(passwords.hash(Secret.of("password"))).isNotEqualTo(passwords.hash(Secret.of("password")));
    }

    @Test
    void nobody_costsTheSameAndMatchesNothing() {
        Passwords full = new Passwords(Passwords.Cost.FULL, 1, Duration.ofSeconds(10));
        assertThat(full.nobody())
                .startsWith("$argon2id$v=19$m=19456,t=2,p=1$")
                .hasSameSizeAs(full.hash(Secret.of("x")));
        assertThat(passwords.verify(passwords.nobody(), Secret.of(""))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "password", "$2y$10$abc", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA"})
    void verify_whatIsNoHash_isAFaultAndNoRefusal(String kept) {
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> passwords.verify(kept, Secret.of("password")))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("$"));
    }

    @Test
    void verify_moreThanThereIsRoomFor_isAFaultAfterAMoment() throws Exception {
        Passwords busy = new Passwords(new Passwords.Cost(19_456, 20, 1), 1, Duration.ofMillis(100));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        int done = 0;
        int faults = 0;
        try {
            List<Future<String>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                calls.add(threads.submit(() -> busy.hash(Secret.of("password"))));
            }
            for (Future<String> call : calls) {
                try {
                    call.get();
                    done++;
                } catch (java.util.concurrent.ExecutionException e) {
                    assertThat(e.getCause()).isInstanceOf(UnavailableException.class);
                    faults++;
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(done).isPositive();
        assertThat(faults).isPositive();
        // Room that was given up is there again.
        assertThat(busy.hash(Secret.of("password"))).startsWith("$argon2id$");
    }
}
