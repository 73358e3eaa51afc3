package org.postern.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;

/**
 * Hashes passwords with Argon2id (RFC 9106) and verifies them, a few at a time: one for each core, so that no number of
 * callers takes more memory than that. What is kept is the usual text, {@code $argon2id$v=19$m=…,t=…,p=…$salt$hash}.
 * Thread-safe.
 */
final class Passwords {
    /** @param memory in KiB */
    record Cost(int memory, int passes, int lanes) {
        /** OWASP's least for Argon2id. */
        static final Cost FULL = new Cost(19_456, 2, 1);

        /** For the demo, whose passwords are known to everybody: hashing them well would only make it slow. */
        static final Cost DEMO = new Cost(64, 1, 1);
    }

    private static final int SALT = 16;
    private static final int HASH = 32;
    private static final Pattern ENCODED =
            Pattern.compile("\\$argon2id\\$v=19\\$m=([0-9]{1,7}),t=([0-9]{1,3}),p=([0-9]{1,2})"
                    + "\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

    private final Cost cost;
    private final Duration patience;
    private final Semaphore room;
    private final SecureRandom random = new SecureRandom();
    private final String nobody;

    /** @param patience how long a caller waits for room */
    Passwords(Cost cost, int atOnce, Duration patience) {
        this.cost = cost;
        this.patience = patience;
        this.room = new Semaphore(atOnce, true);
        this.nobody = encode(cost, bytes(SALT), bytes(HASH));
    }

    /** What is kept of an account that is not there: verifying it costs as much as any other, and nothing matches. */
    String nobody() {
        return nobody;
    }

    /** What to keep of a password. */
    String hash(Secret password) {
        byte[] salt = bytes(SALT);
        return encode(cost, salt, argon2(cost, salt, HASH, password));
    }

    /** Whether what is kept is of this password. */
    boolean verify(String kept, Secret password) {
        Matcher m = ENCODED.matcher(kept);
        if (!m.matches()) {
            throw new UnavailableException("a password in the database is no Argon2id hash");
        }
        Cost itsCost =
                new Cost(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), Integer.parseInt(m.group(3)));
        byte[] hash = decode(m.group(5));
        return MessageDigest.isEqual(hash, argon2(itsCost, decode(m.group(4)), hash.length, password));
    }

    private byte[] argon2(Cost itsCost, byte[] salt, int length, Secret password) {
        enter();
        try {
            Argon2BytesGenerator generator = new Argon2BytesGenerator();
            generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                    .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                    .withMemoryAsKB(itsCost.memory())
                    .withIterations(itsCost.passes())
                    .withParallelism(itsCost.lanes())
                    .withSalt(salt)
                    .build());
            byte[] hash = new byte[length];
            generator.generateBytes(password.reveal().getBytes(StandardCharsets.UTF_8), hash);
            return hash;
        } finally {
            room.release();
        }
    }

    private void enter() {
        try {
            if (!room.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new UnavailableException("too many passwords are being checked at once");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted while waiting to check a password", e);
        }
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String encode(Cost cost, byte[] salt, byte[] hash) {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + cost.memory() + ",t=" + cost.passes() + ",p=" + cost.lanes() + '$'
                + base64.encodeToString(salt) + '$' + base64.encodeToString(hash);
    }

    private static byte[] decode(String base64) {
        return Base64.getDecoder().decode(base64);
    }
}
