package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.postern.core.Acme;
import org.postern.core.Client;
import org.postern.core.Secret;
import org.postern.core.SetClock;
import org.postern.core.TokenKeys;
import org.postern.core.spi.Backend;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.TokenStore;

/** Who is this administrator: passwords are slow to check, and a script must not pay for that each time. */
class AdministratorsTest {
    private static final String MAIL = "mail@acme.example";
    private static final Client CLIENT = new Client("192.0.2.1", "test");

    private final SetClock clock = SetClock.atNoon();
    private final AtomicInteger hashes = new AtomicInteger();
    private final Backend backend = new CountingBackend(Acme.backend(), hashes);
    private final Postern postern = new Postern(Acme.settings(Map.of()), backend, clock);
    private final Administrators administrators = postern.administrators();

    private boolean login(String password) {
        return administrators.byPassword(MAIL, Secret.of(password), CLIENT) instanceof Administrators.Login.Accepted;
    }

    @Test
    void thousandLoginsInAMinute_payOneHash() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(login("demo-mail")).isTrue();
        }
        assertThat(hashes).hasValue(1);
        clock.advance(Duration.ofSeconds(61));
        assertThat(login("demo-mail")).isTrue();
        assertThat(hashes).hasValue(2);
    }

    @Test
    void loginsAtOnce_payOneHash() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(32);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            all.add(pool.submit(() -> {
                start.await();
                return login("demo-mail");
            }));
        }
        start.countDown();
        for (Future<Boolean> one : all) {
            assertThat(one.get()).isTrue();
        }
        pool.shutdown();
        assertThat(hashes).as("one, or a few where a thread came late").hasValueLessThanOrEqualTo(3);
    }

    @Test
    void changedPassword_endsTheMemoryAtOnce() {
        assertThat(login("demo-mail")).isTrue();
        backend.directory().editor().orElseThrow().setPassword(Acme.address(MAIL), Secret.of("another one"));
        assertThat(login("demo-mail")).isFalse();
        assertThat(login("another one")).isTrue();
    }

    @Test
    void wrongPassword_isNeverRemembered() {
        assertThat(login("wrong")).isFalse();
        assertThat(login("wrong")).isFalse();
        assertThat(hashes).hasValue(2);
    }

    @Test
    void mailboxThatIsNoAdministrator_isRefusedLikeAWrongPassword() {
        assertThat(administrators.byPassword("alice@acme.example", Secret.of("demo-alice"), CLIENT))
                .isInstanceOf(Administrators.Login.Refused.class);
        assertThat(administrators.byPassword("nobody@acme.example", Secret.of("x"), CLIENT))
                .isInstanceOf(Administrators.Login.Refused.class);
    }

    @Test
    void endedSession_isKnownNoMore() {
        var administrator = ((Administrators.Login.Accepted)
                        administrators.byPassword(MAIL, Secret.of("demo-mail"), CLIENT))
                .administrator();
        var started = (Administrators.Start.Started)
                administrators.startSession(administrator, Secret.of(""), Duration.ofHours(1), CLIENT);
        assertThat(administrators.bySession(MAIL, started.value(), CLIENT))
                .isInstanceOf(Administrators.Login.Accepted.class);
        administrators.endSession(administrator.address(), started.value());
        administrators.endSession(administrator.address(), started.value());
        assertThat(administrators.bySession(MAIL, started.value(), CLIENT))
                .isInstanceOf(Administrators.Login.Refused.class);
    }

    @Test
    void takenRole_countsAtOnce() {
        assertThat(login("demo-mail")).isTrue();
        backend.directory().editor().orElseThrow().removeAdministrator(Acme.address(MAIL));
        assertThat(login("demo-mail")).isFalse();
    }

    @Test
    void suspendedMailbox_hasNoPowerAsAnAdministrator() {
        String postmaster = "postmaster@acme.example";
        assertThat(administrators.byPassword(postmaster, Secret.of("demo-postmaster"), CLIENT))
                .isInstanceOf(Administrators.Login.Accepted.class);
        backend.directory().editor().orElseThrow().setSuspended(Acme.address(postmaster), true);
        assertThat(administrators.byPassword(postmaster, Secret.of("demo-postmaster"), CLIENT))
                .isInstanceOf(Administrators.Login.Refused.class);
    }

    @Test
    void wrongPasswords_areThrottledBeforeTheWork() {
        int tries = 0;
        while (tries < 100
                && administrators.byPassword(MAIL, Secret.of("wrong" + tries), CLIENT)
                        instanceof Administrators.Login.Refused) {
            tries++;
        }
        assertThat(tries).isBetween(5, 20);
        assertThat(hashes).hasValue(tries);
        assertThat(administrators.byPassword(MAIL, Secret.of("demo-mail"), new Client("192.0.2.2", "")))
                .isInstanceOf(Administrators.Login.Accepted.class);
    }

    @Test
    void apiKey_isItsAdministrators() {
        assertThat(administrators.byApiKey(Secret.of("demo-api-key"), CLIENT))
                .isInstanceOfSatisfying(
                        Administrators.Login.Accepted.class,
                        a -> assertThat(a.administrator().address()).hasToString(MAIL));
        assertThat(administrators.byApiKey(Secret.of("demo-api-kez"), CLIENT))
                .isInstanceOf(Administrators.Login.Refused.class);
    }

    @Test
    void session_worksUntilItEndsOrThePasswordChanges() {
        var admin = backend.directory().administrator(Acme.address(MAIL)).orElseThrow();
        var started = (Administrators.Start.Started)
                administrators.startSession(admin, Secret.of(""), Duration.ofHours(3), CLIENT);
        assertThat(administrators.bySession(MAIL, started.value(), CLIENT))
                .isInstanceOf(Administrators.Login.Accepted.class);
        assertThat(administrators.bySession("company@acme.example", started.value(), CLIENT))
                .isInstanceOf(Administrators.Login.Refused.class);
        clock.advance(Duration.ofHours(3));
        assertThat(administrators.bySession(MAIL, started.value(), CLIENT))
                .isInstanceOf(Administrators.Login.Refused.class);
        var second = (Administrators.Start.Started)
                administrators.startSession(admin, Secret.of("chosen value 1"), Duration.ofHours(3), CLIENT);
        assertThat(administrators.startSession(admin, Secret.of("chosen value 1"), Duration.ofHours(3), CLIENT))
                .isInstanceOf(Administrators.Start.AlreadyLive.class);
        assertThat(administrators.startSession(admin, Secret.of("password"), Duration.ofHours(3), CLIENT))
                .isInstanceOf(Administrators.Start.BadValue.class);
        backend.directory().editor().orElseThrow().setPassword(Acme.address(MAIL), Secret.of("another one"));
        assertThat(administrators.bySession(MAIL, second.value(), CLIENT))
                .isInstanceOf(Administrators.Login.Refused.class);
    }

    /** Counts the passwords that are checked. */
    private record CountingBackend(Backend inner, AtomicInteger hashes) implements Backend {
        @Override
        public TokenStore tokens() {
            return inner.tokens();
        }

        @Override
        public MailDirectory directory() {
            return (MailDirectory) Proxy.newProxyInstance(
                    MailDirectory.class.getClassLoader(),
                    new Class<?>[] {MailDirectory.class},
                    (proxy, method, args) -> {
                        if (method.getName().equals("checkPassword")) {
                            hashes.incrementAndGet();
                        }
                        try {
                            return method.invoke(inner.directory(), args);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Override
        public TokenKeys keys() {
            return inner.keys();
        }

        @Override
        public void refreshKeys() {}

        @Override
        public void ping() {}

        @Override
        public void close() {}
    }
}
