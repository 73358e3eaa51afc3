package org.postern.rest.diagnosis;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postern.core.Secret;

/** Makes text that came over a wire fit to be shown: no secret in any form that was sent, no control character, short. */
final class Mask {
    private static final int MOST = 300;
    private static final String HIDDEN = "***";

    private final Pattern forms;

    Mask(String user, Secret secret) {
        String plain = secret.reveal();
        String longestFirst = Stream.of(
                        plain,
                        plain.replace("\\", "\\\\").replace("\"", "\\\""),
                        URLEncoder.encode(plain, StandardCharsets.UTF_8),
                        base64(plain),
                        saslPlain(user, secret))
                .flatMap(form -> Stream.of(form, form.replaceAll("=+$", "")))
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|"));
        // Some servers change the case of what they repeat, and so do we with the names of capabilities.
        forms = Pattern.compile(longestFirst, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The one message of the mechanism PLAIN (RFC 4616). */
    static String saslPlain(String user, Secret secret) {
        return base64('\0' + user + '\0' + secret.reveal());
    }

    String clean(String text) {
        String clean = forms.matcher(text).replaceAll(HIDDEN).replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
        return clean.length() <= MOST ? clean : clean.substring(0, MOST) + "…";
    }
}
