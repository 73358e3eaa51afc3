package org.postern.filter;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postern.core.SessionLocale;

class TextsTest {
    private static final Path FILES = Path.of("src/main/resources/org/postern/filter");
    private static final Pattern LITERAL = Pattern.compile("\"([a-z_]+)\"");
    private static final Pattern CALL = Pattern.compile("texts\\s*\\.get\\([^,()]+,\\s*\"(\\w+)\"\\)");

    private static List<String> lines(SessionLocale locale) {
        try {
            return Files.readAllLines(FILES.resolve("texts_" + locale.code() + ".properties"));
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static List<String> keys(SessionLocale locale) {
        return lines(locale).stream().map(line -> line.replaceFirst("=.*", "")).toList();
    }

    private static Map<String, String> all(SessionLocale locale) {
        return lines(locale).stream()
                .map(line -> line.split("=", 2))
                .collect(toMap(line -> line[0], line -> line[1], (a, b) -> a + b, TreeMap::new));
    }

    private static Set<String> found(Pattern pattern) throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                pattern.matcher(Files.readString(file)).results().forEach(m -> found.add(m.group(1)));
            }
        }
        return found;
    }

    @Test
    void files_areThoseOfTheElevenLanguages() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith("texts")))
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(SessionLocale.values())
                            .map(locale -> "texts_" + locale.code() + ".properties")
                            .toList());
        }
    }

    @ParameterizedTest
    @EnumSource(SessionLocale.class)
    void everyLanguage_hasTheKeysOfEnglishInItsOrder(SessionLocale locale) {
        assertThat(keys(locale)).isEqualTo(keys(SessionLocale.EN)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(SessionLocale.class)
    void noText_isEmptyOrHasBlanksAroundOrAPlaceholder(SessionLocale locale) {
        assertThat(all(locale).values())
                .allSatisfy(
                        text -> assertThat(text).isNotEmpty().doesNotMatch("[\\s\\p{Z}].*|.*[\\s\\p{Z}]|.*[{}\\\\].*"));
    }

    @ParameterizedTest
    @EnumSource(value = SessionLocale.class, mode = EXCLUDE, names = "EN")
    void noText_isEnglishByMistake(SessionLocale locale) {
        Map<String, String> english = all(SessionLocale.EN);

        all(locale).forEach((key, text) -> assertThat(text).as(key).isNotEqualTo(english.get(key)));
    }

    @ParameterizedTest
    @EnumSource(SessionLocale.class)
    void get_ofEveryLanguage_readsItsFileAsUtf8(SessionLocale locale) {
        Texts texts = new Texts();

        all(locale).forEach((key, text) -> assertThat(texts.get(locale, key)).isEqualTo(text));
        assertThatThrownBy(() -> texts.get(locale, "nothing")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void everyKeyInCode_isThere_andNoneIsUnused() throws IOException {
        Set<String> keys = new TreeSet<>(keys(SessionLocale.EN));

        assertThat(found(CALL)).isNotEmpty();
        assertThat(keys).containsAll(found(CALL));
        assertThat(found(LITERAL)).containsAll(keys);
    }

    @Test
    void french_keepsItsHighPunctuationOnTheLineOfTheWord() {
        assertThat(all(SessionLocale.FR).values())
                .allSatisfy(text -> assertThat(text).doesNotMatch(".*(?<![\\u00a0\\u202f])[:;?!»].*"));
    }
}
