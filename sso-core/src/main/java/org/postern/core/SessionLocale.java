package org.postern.core;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One of the eleven languages of the contract, section 3. A value outside the list is never used, so that no text from
 * outside becomes a file name or a {@link Locale}. Immutable and thread-safe.
 */
public enum SessionLocale {
    DA("da"),
    DE("de"),
    EL("el"),
    EN("en"),
    ES("es"),
    FR("fr"),
    IT("it"),
    NL("nl"),
    NO("no"),
    PT_BR("pt_BR"),
    SV("sv");

    private static final List<SessionLocale> ALL = List.of(values());

    private final String code;
    private final Locale locale;

    SessionLocale(String code) {
        this.code = code;
        this.locale = Locale.forLanguageTag(code.replace('_', '-'));
    }

    /** All codes, for people: {@code da, de, …}. */
    public static String codes() {
        return ALL.stream().map(SessionLocale::code).collect(Collectors.joining(", "));
    }

    /** The locale that {@code text} names: without regard to ASCII case, {@code -} and {@code _} alike. */
    public static Optional<SessionLocale> parse(String text) {
        for (SessionLocale l : ALL) {
            if (same(l.code, text)) {
                return Optional.of(l);
            }
        }
        return Optional.empty();
    }

    /**
     * The best of the eleven for a browser's wishes, in its order: the whole tag, then its language alone
     * ({@code nb} and {@code nn} are {@code no}, {@code pt} is {@code pt_BR}).
     */
    public static Optional<SessionLocale> match(Iterable<Locale> wishes) {
        for (Locale wish : wishes) {
            Optional<SessionLocale> exact = parse(wish.toLanguageTag());
            if (exact.isPresent()) {
                return exact;
            }
            Optional<SessionLocale> language = switch (wish.getLanguage()) {
                case "nb", "nn" -> Optional.of(NO);
                case "pt" -> Optional.of(PT_BR);
                default -> parse(wish.getLanguage());
            };
            if (language.isPresent()) {
                return language;
            }
        }
        return Optional.empty();
    }

    private static boolean same(String code, String text) {
        if (code.length() != text.length()) {
            return false;
        }
        for (int i = 0; i < code.length(); i++) {
            if (fold(code.charAt(i)) != fold(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static char fold(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c == '-' ? '_' : c;
    }

    /** The code as the contract writes it, for example {@code pt_BR}. */
    public String code() {
        return code;
    }

    public Locale locale() {
        return locale;
    }

    /** The BCP 47 tag for {@code lang} attributes, for example {@code pt-BR}. */
    public String languageTag() {
        return code.replace('_', '-');
    }
}
