package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A program that was run to its end: how it ended, and what it said on both outputs. */
record Tool(List<String> words, int exitCode, String said) {
    /** Runs words that hold no space. */
    static Tool run(String words, String input) {
        return run(List.of(words.split(" ")), input);
    }

    static Tool run(List<String> words, String input) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return new Tool(words, process.waitFor(), said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Requires that it ended well. */
    Tool isFine() {
        assertThat(exitCode).as(this::toString).isZero();
        return this;
    }
}
