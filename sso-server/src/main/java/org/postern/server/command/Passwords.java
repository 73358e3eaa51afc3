package org.postern.server.command;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.postern.core.Secret;

/**
 * Where a new password comes from: never from an argument, which every user of the machine could read. A terminal asks
 * for it; another standard input gives its first line; with neither, one is made and printed once.
 */
final class Passwords {
    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static final int LENGTH = 20;

    private final InputStream in;
    private final PrintStream out;
    private final @Nullable Console console;

    Passwords(InputStream in, PrintStream out, @Nullable Console console) {
        this.in = in;
        this.out = out;
        this.console = console;
    }

    Secret ask() throws UsageException {
        if (console != null) {
            return ask(console);
        }
        Secret given = firstLine();
        return given.isEmpty() ? made() : given;
    }

    private Secret ask(Console terminal) throws UsageException {
        Secret first = Secret.of(text(terminal.readPassword("Password (empty: make one): ")));
        if (first.isEmpty()) {
            return made();
        }
        if (!first.equals(Secret.of(text(terminal.readPassword("Once more: "))))) {
            throw new UsageException("the two passwords are not the same");
        }
        return first;
    }

    private static String text(char @Nullable [] typed) {
        return typed == null ? "" : new String(typed);
    }

    private Secret firstLine() throws UsageException {
        try {
            String line = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
            return Secret.of(line == null ? "" : line);
        } catch (IOException unreadable) {
            throw new UsageException("the standard input cannot be read");
        }
    }

    private Secret made() {
        Secret made = random();
        out.println("password: " + made.reveal());
        return made;
    }

    /** Letters and digits that cannot be mistaken for each other; about 116 bits. */
    static Secret random() {
        SecureRandom random = new SecureRandom();
        StringBuilder text = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return Secret.of(text.toString());
    }
}
