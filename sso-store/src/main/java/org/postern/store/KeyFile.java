package org.postern.store;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.postern.core.TokenKeys;
import org.postern.core.TokenLife;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Setting;
import org.postern.core.settings.SettingsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of the token digests in a file of the data folder, {@code token.keys}: one line for each, newest first, with
 * the moment at which it was made. The file is made when the keys are first asked for, readable by its owner only
 * (contract, section 3). Safe for many threads and processes at once.
 *
 * <p>All methods throw {@link SettingsException}, whose message says what to do, where the file is readable by others
 * or is not as this class wrote it, and {@link UnavailableException} where it cannot be read or written.
 */
public final class KeyFile {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);
    static final String NAME = "token.keys";
    private static final String HEADER =
            "# Postern: the keys of the token digests, newest first. Keep this file secret.";
    private static final int KEY_BYTES = 32;

    /**
     * How long a key opens tokens after a newer one was made: a day longer than a token can live, for nodes that took over
     * the newer key a little later. It stays in the file, for the audit trail that was chained under it.
     */
    private static final Duration KEPT = TokenLife.MAX.plusDays(1);

    private static final class Key {
        private final Instant made;
        private final byte[] bytes;

        Key(Instant made, byte[] bytes) {
            this.made = made;
            this.bytes = bytes;
        }

        String line() {
            return made + " " + Base64.getEncoder().encodeToString(bytes);
        }
    }

    private final PrivateFile file;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** @param dataFolder made, with its parents, where it is not there */
    public KeyFile(Path dataFolder, Clock clock) {
        this.file = new PrivateFile(new DataFolder(dataFolder), NAME);
        this.clock = clock;
    }

    /** The keys, newest first: at least one, each of 32 bytes or more. */
    public List<byte[]> keys() {
        return existing().orElseGet(() -> inUse(file.locked(() -> read().orElseGet(this::writeFirst))));
    }

    /** The keys that ever were, newest first; none where there is no file. */
    List<byte[]> everyKey() {
        return read().orElse(List.of()).stream().map(key -> key.bytes).toList();
    }

    /** The keys as they are; empty where there is no file. */
    Optional<List<byte[]>> existing() {
        return read().map(this::inUse);
    }

    /** The keys that may open a token. A key was used until the next newer one was made. */
    private List<byte[]> inUse(List<Key> keys) {
        Instant oldest = clock.instant().minus(KEPT);
        int count = 1;
        while (count < keys.size() && !keys.get(count - 1).made.isBefore(oldest)) {
            count++;
        }
        return keys.subList(0, count).stream().map(key -> key.bytes).toList();
    }

    private List<Key> writeFirst() {
        LOG.info("Making the key file {}", file.path());
        return write(List.of(newKey()));
    }

    /**
     * Puts a new key in front. Older ones open tokens for as long as a token made under them can live: 31 days, and one
     * more.
     *
     * @return how many keys open tokens now
     */
    public int rotate() {
        return inUse(file.locked(() -> {
                    List<Key> keys = new ArrayList<>(List.of(newKey()));
                    keys.addAll(read().orElse(List.of()));
                    return write(keys);
                }))
                .size();
    }

    private Key newKey() {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        return new Key(clock.instant().truncatedTo(ChronoUnit.SECONDS), bytes);
    }

    private Optional<List<Key>> read() {
        if (file.isOpenToOthers()) {
            throw bad("is open to others: chmod 600 it, and rotate the keys if somebody may have read it");
        }
        return file.lines().map(lines -> {
            List<Key> keys = lines.stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> key(line.strip()))
                    .toList();
            if (keys.isEmpty()) {
                throw bad(
                        "holds no key: restore it from a backup, or remove it, which ends all tokens and leaves the audit trail unverifiable");
            }
            return keys;
        });
    }

    private Key key(String line) {
        int space = line.indexOf(' ');
        try {
            byte[] bytes = Base64.getDecoder().decode(line.substring(space + 1));
            if (space > 0 && bytes.length >= TokenKeys.MIN_BYTES) {
                return new Key(Instant.parse(line.substring(0, space)), bytes);
            }
        } catch (DateTimeException | IllegalArgumentException malformed) {
            // told below, without the line
        }
        throw bad(
                "is malformed: restore it from a backup, or remove it, which ends all tokens and leaves the audit trail unverifiable");
    }

    private SettingsException bad(String problem) {
        return new SettingsException(Setting.DATA.key(), "the key file " + file.path() + " " + problem);
    }

    private List<Key> write(List<Key> keys) {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        keys.forEach(key -> text.append(key.line()).append('\n'));
        file.replace(text.toString());
        return keys;
    }
}
