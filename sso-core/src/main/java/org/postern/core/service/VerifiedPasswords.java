package org.postern.core.service;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;

/**
 * Checks passwords, and remembers for a minute which were right, so that a script that issues a thousand tokens, or a
 * mail program that logs in a thousand times, does not pay a thousand slow hashes. Thread-safe.
 *
 * <p>What is remembered is an HMAC of address and password under a key of this process, together with the directory's
 * version of the password: as soon as that differs, the memory is worth nothing. Of equal checks at the same time only
 * one does the work. At most 1,000 are remembered, the ones used longest ago go first.
 */
final class VerifiedPasswords {
    private static final int MOST = 1_000;
    private static final Duration LIFE = Duration.ofMinutes(1);
    private static final String HMAC = "HmacSHA256";

    private record Memory(String version, long since) {}

    private final Function<MailboxAddress, Optional<String>> versions;
    private final BiPredicate<MailboxAddress, Secret> passwords;
    private final Clock clock;
    private final SecretKeySpec key;
    private final Map<String, Memory> memories = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, CompletableFuture<Boolean>> underWay = new ConcurrentHashMap<>();

    /** @param versions and {@code passwords} are the directory's, of one kind of password */
    VerifiedPasswords(
            Function<MailboxAddress, Optional<String>> versions,
            BiPredicate<MailboxAddress, Secret> passwords,
            Clock clock,
            SecureRandom random) {
        this.versions = versions;
        this.passwords = passwords;
        this.clock = clock;
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        key = new SecretKeySpec(bytes, HMAC);
    }

    boolean isRight(MailboxAddress account, Secret password) {
        String name = name(account, password);
        Optional<String> version = versions.apply(account);
        if (version.isPresent() && isRemembered(name, version.get())) {
            return true;
        }
        if (!checkOnce(name, account, password)) {
            return false;
        }
        // The version was read before the check: a change in between makes the memory worthless, never wrong.
        version.ifPresent(v -> remember(name, v));
        return true;
    }

    private boolean checkOnce(String name, MailboxAddress account, Secret password) {
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        CompletableFuture<Boolean> other = underWay.putIfAbsent(name, mine);
        if (other != null) {
            return join(other);
        }
        try {
            boolean right = passwords.test(account, password);
            mine.complete(right);
            return right;
        } catch (RuntimeException | Error fault) {
            mine.completeExceptionally(fault);
            throw fault;
        } finally {
            underWay.remove(name);
        }
    }

    private static boolean join(CompletableFuture<Boolean> other) {
        try {
            return other.join();
        } catch (CompletionException fault) {
            throw new UnavailableException("the password could not be checked", fault);
        }
    }

    private synchronized boolean isRemembered(String name, String version) {
        Memory memory = memories.get(name);
        return memory != null
                && memory.version().equals(version)
                && Math.abs(clock.millis() - memory.since()) < LIFE.toMillis();
    }

    private synchronized void remember(String name, String version) {
        memories.put(name, new Memory(version, clock.millis()));
        if (memories.size() > MOST) {
            memories.remove(memories.keySet().iterator().next());
        }
    }

    private String name(MailboxAddress account, Secret password) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            byte[] text = (account + "\0" + password.reveal()).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(mac.doFinal(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }
}
