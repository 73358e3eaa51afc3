package org.postern.sample.webmail;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;
import java.util.MissingResourceException;
import java.util.ResourceBundle;
import org.postern.core.SessionLocale;

/**
 * The pages' texts in one language: a bundle {@code texts_xx.properties} for each that is translated; English for the
 * others. Immutable and thread-safe.
 */
public final class Texts {
    private static final String BUNDLE = "org.postern.sample.webmail.texts";
    private static final int KIBI = 1024;
    private static final ResourceBundle.Control EXACT =
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);

    private final ResourceBundle bundle;
    private final Locale locale;
    private final ZoneId zone;

    private Texts(ResourceBundle bundle, ZoneId zone) {
        this.bundle = bundle;
        this.locale = bundle.getLocale().getLanguage().isEmpty() ? Locale.ENGLISH : bundle.getLocale();
        this.zone = zone;
    }

    /** The texts in this language, or the nearest that there is. */
    static Texts in(SessionLocale language, ZoneId zone) {
        return new Texts(
                ResourceBundle.getBundle(BUNDLE, language.locale(), Texts.class.getClassLoader(), EXACT), zone);
    }

    /** The language that they really are in, as a BCP 47 tag. */
    public String lang() {
        return locale.toLanguageTag();
    }

    /** A text, with {@code {0}}, {@code {1}} … replaced. Not escaped. */
    public String get(String key, Object... values) {
        String text = bundle.getString(key);
        for (int i = 0; i < values.length; i++) {
            text = text.replace("{" + i + "}", String.valueOf(values[i]));
        }
        return text;
    }

    /** A text, or another one where there is none with this key. */
    String getOr(String key, String otherKey) {
        try {
            return bundle.getString(key);
        } catch (MissingResourceException none) {
            return bundle.getString(otherKey);
        }
    }

    /** How long, to the minute: {@code 7 h 12 min}. */
    public String duration(Duration duration) {
        long minutes = Math.max(0, duration.toMinutes());
        if (minutes == 0) {
            return get("duration.less");
        }
        return minutes < 60 ? get("duration.minutes", minutes) : get("duration.hours", minutes / 60, minutes % 60);
    }

    /** A moment as a list shows it: the time of today, else the day. */
    public String shortly(Instant instant, Instant now) {
        ZonedDateTime time = instant.atZone(zone);
        LocalDate today = now.atZone(zone).toLocalDate();
        if (time.toLocalDate().equals(today)) {
            return DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT)
                    .withLocale(locale)
                    .format(time);
        }
        return time.getYear() == today.getYear()
                ? DateTimeFormatter.ofPattern(get("date.day"), locale).format(time)
                : DateTimeFormatter.ofLocalizedDate(FormatStyle.SHORT)
                        .withLocale(locale)
                        .format(time);
    }

    /** A moment in full. */
    public String fully(Instant instant) {
        return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.FULL, FormatStyle.SHORT)
                .withLocale(locale)
                .format(instant.atZone(zone));
    }

    /** A size: {@code 12 KB}. */
    public String size(long bytes) {
        if (bytes < KIBI) {
            return bytes + " B";
        }
        return bytes < KIBI * KIBI ? bytes / KIBI + " KB" : bytes / (KIBI * KIBI) + " MB";
    }
}
