package org.postern.filter;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;
import org.postern.core.SessionLocale;

/** The texts of the filter's own pages in the eleven languages. */
final class Texts {
    private final Map<SessionLocale, Properties> languages = new EnumMap<>(SessionLocale.class);

    Texts() {
        for (SessionLocale locale : SessionLocale.values()) {
            languages.put(locale, load("texts_" + locale.code() + ".properties"));
        }
    }

    private static Properties load(String name) {
        try (InputStream file = Texts.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException("the jar lacks " + name);
            }
            Properties texts = new Properties();
            texts.load(new InputStreamReader(file, StandardCharsets.UTF_8));
            return texts;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    String get(SessionLocale locale, String key) {
        Properties language = languages.get(locale);
        String text = language == null ? null : language.getProperty(key);
        if (text == null) {
            throw new IllegalStateException("no text " + key + " in " + locale.code());
        }
        return text;
    }
}
