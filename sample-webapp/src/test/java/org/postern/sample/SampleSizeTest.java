package org.postern.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The sample is an example: whoever embeds Postern reads it in an hour. */
class SampleSizeTest {
    private static final int MOST_LINES = 3_000;

    @Test
    void sample_staysBelowThreeThousandLinesOfCode() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            long lines = files.filter(f -> f.toString().endsWith(".java"))
                    .mapToLong(SampleSizeTest::linesOfCode)
                    .sum();

            assertThat(lines).isBetween(1_000L, MOST_LINES - 1L);
        }
    }

    /** Without comments, imports and blank lines. */
    private static long linesOfCode(Path file) {
        try {
            return Files.readString(file)
                    .replaceAll("(?s)/\\*.*?\\*/", "")
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.matches("(?://|import |package ).*"))
                    .count();
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
