package org.postern.sample.webmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postern.core.SessionLocale;

class TextsTest {
    private static final Pattern KEY = Pattern.compile("frame\\.t\\(\"([a-z0-9.-]+)\"");

    private static Set<String> keys(String file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = new InputStreamReader(TextsTest.class.getResourceAsStream(file), StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        return new TreeSet<>(properties.stringPropertyNames());
    }

    @Test
    void german_saysEverythingThatEnglishSays() throws IOException {
        assertThat(keys("texts_de.properties")).isEqualTo(keys("texts.properties"));
    }

    @Test
    void templates_useOnlyTextsThatAreThere() throws IOException {
        Set<String> used = new TreeSet<>();
        try (Stream<Path> templates = Files.list(Path.of("src/main/jte"))) {
            for (Path template :
                    templates.filter(t -> t.toString().endsWith(".jte")).toList()) {
                KEY.matcher(Files.readString(template)).results().forEach(m -> used.add(m.group(1)));
            }
        }

        assertThat(used).hasSizeGreaterThan(30);
        assertThat(keys("texts.properties")).containsAll(used);
    }

    @ParameterizedTest
    @EnumSource(SessionLocale.class)
    void in_everyLanguage_saysHonestlyWhichOneItIs(SessionLocale locale) {
        Texts texts = Texts.in(locale, ZoneId.of("UTC"));

        assertThat(texts.lang()).isEqualTo(locale == SessionLocale.DE ? "de" : "en");
        assertThat(texts.get("login.button")).isEqualTo(locale == SessionLocale.DE ? "Anmelden" : "Log in");
    }

    @Test
    void duration_isToldToTheMinute() {
        Texts texts = Texts.in(SessionLocale.EN, ZoneId.of("UTC"));

        assertThat(texts.duration(Duration.ofSeconds(59))).isEqualTo("less than a minute");
        assertThat(texts.duration(Duration.ofSeconds(-5))).isEqualTo("less than a minute");
        assertThat(texts.duration(Duration.ofMinutes(59))).isEqualTo("59 min");
        assertThat(texts.duration(Duration.ofMinutes(432))).isEqualTo("7 h 12 min");
    }
}
