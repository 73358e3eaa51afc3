package org.postern.core;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The rule for a token value that a person chooses (contract, section 3): 8 to 128 printable characters without white
 * space at either end, not a common password, not the mailbox's or the administrator's address or a part of it.
 * Immutable and thread-safe.
 */
public final class ChosenToken {
    /** The start of every session credential; a token may not look like one. */
    public static final String CREDENTIAL_PREFIX = "pss_";

    private static final int MIN = 8;
    private static final int MAX = 128;

    private final Set<String> common;

    public ChosenToken() {
        common = readCommon();
    }

    private static Set<String> readCommon() {
        try (InputStream in = ChosenToken.class.getResourceAsStream("common-passwords.txt")) {
            if (in == null) {
                throw new IllegalStateException("common-passwords.txt is missing from the jar");
            }
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is wrong with this value, in words for the administrator; empty where it is good. */
    public Optional<String> objection(Secret value, MailboxAddress mailbox, MailboxAddress administrator) {
        String text = value.reveal();
        int length = text.codePointCount(0, text.length());
        if (length < MIN || length > MAX) {
            return Optional.of("must have " + MIN + " to " + MAX + " characters");
        }
        if (!text.codePoints().allMatch(ChosenToken::isPrintable)) {
            return Optional.of("must be printable characters only");
        }
        if (isSpace(text.codePointAt(0)) || isSpace(text.codePointBefore(text.length()))) {
            return Optional.of("must not start or end with white space");
        }
        if (text.startsWith(CREDENTIAL_PREFIX)) {
            return Optional.of("must not start with " + CREDENTIAL_PREFIX);
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (common.contains(lower) || text.codePoints().distinct().count() < 3) {
            return Optional.of("must not be a common password");
        }
        if (isPartOf(lower, mailbox) || isPartOf(lower, administrator)) {
            return Optional.of("must not be an address or a part of one");
        }
        return Optional.empty();
    }

    private static boolean isPartOf(String lower, MailboxAddress address) {
        return address.toString().contains(lower);
    }

    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
