package org.postern.sample.webmail;

import java.text.Collator;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Comparator;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.SessionLocale;
import org.postern.sample.mail.MailFolder;

/**
 * The pages' texts in one language, from a bundle {@code texts_xx.properties}; and dates, sizes, numbers and the order of
 * names as that language has them. Immutable and thread-safe.
 */
public final class Texts {
    private static final String BUNDLE = "org.postern.sample.webmail.texts";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\d)}");
    private static final int KIBI = 1024;
    private static final ResourceBundle.Control EXACT =
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);

    private final ResourceBundle bundle;
    private final Locale locale;
    private final ZoneId zone;

    private Texts(ResourceBundle bundle, Locale locale, ZoneId zone) {
        this.bundle = bundle;
        this.locale = locale;
        this.zone = zone;
    }

    static Texts in(SessionLocale language, ZoneId zone) {
        return new Texts(
                ResourceBundle.getBundle(BUNDLE, language.locale(), Texts.class.getClassLoader(), EXACT),
                language.locale(),
                zone);
    }

    /** The language as a BCP 47 tag. */
    public String lang() {
        return locale.toLanguageTag();
    }

    /** A text, with {@code {0}}, {@code {1}} … replaced where there is a value for them. Not escaped. */
    public String get(String key, Object... values) {
        // All at once: a subject or a reason that is put in may have braces of its own.
        return PLACEHOLDER.matcher(bundle.getString(key)).replaceAll(found -> {
            int i = Integer.parseInt(found.group(1));
            return Matcher.quoteReplacement(i < values.length ? String.valueOf(values[i]) : found.group());
        });
    }

    /** A text, or another one where there is none with this key. */
    String getOr(String key, String otherKey) {
        return bundle.getString(bundle.containsKey(key) ? key : otherKey);
    }

    /**
     * A text about some number of things: that under the key with {@code .one}, or that under the key itself. These two
     * forms are all that the eleven languages have below a million (CLDR plural rules).
     */
    public String count(String key, int number) {
        boolean zeroIsSingular =
                locale.getLanguage().equals("fr") || locale.getLanguage().equals("pt");
        boolean one = number == 1 || (number == 0 && zeroIsSingular);
        return get(one ? key + ".one" : key, number(number));
    }

    public String number(long number) {
        return NumberFormat.getIntegerInstance(locale).format(number);
    }

    /** How names are ordered. */
    Comparator<String> order() {
        return Collator.getInstance(locale)::compare;
    }

    /** What a folder is called: by its use, else by its own name. */
    public String folder(MailFolder folder) {
        return folder.use() == MailFolder.Use.OTHER
                ? folder.name()
                : get("folder." + folder.use().name().toLowerCase(Locale.ROOT));
    }

    /** How long, to the minute: {@code 7 h 12 min}, {@code 8 h}. */
    public String duration(Duration duration) {
        long minutes = Math.max(0, duration.toMinutes());
        if (minutes == 0) {
            return get("duration.less");
        }
        if (minutes < 60) {
            return get("duration.minutes", minutes);
        }
        return get(minutes % 60 == 0 ? "duration.whole" : "duration.hours", minutes / 60, minutes % 60);
    }

    /** A moment as a list shows it: the time of today, else the day. */
    public String shortly(Instant instant, Instant now) {
        ZonedDateTime time = instant.atZone(zone);
        LocalDate today = now.atZone(zone).toLocalDate();
        DateTimeFormatter format = time.toLocalDate().equals(today)
                ? DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT)
                : time.getYear() == today.getYear()
                        ? DateTimeFormatter.ofPattern(get("date.day"))
                        : DateTimeFormatter.ofLocalizedDate(FormatStyle.SHORT);
        return format.withLocale(locale).format(time);
    }

    /** Day and time, in short. */
    public String moment(Instant instant) {
        return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
                .withLocale(locale)
                .format(instant.atZone(zone));
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
            return get("size.b", number(bytes));
        }
        return bytes < KIBI * KIBI
                ? get("size.kb", number(bytes / KIBI))
                : get("size.mb", number(bytes / (KIBI * KIBI)));
    }
}
