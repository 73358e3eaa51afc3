package org.postern.sample.webmail;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What every page shows around its content.
 *
 * @param base the context path, before every link of ours
 * @param style the address of the style sheet
 * @param brandStyle the address of the brand's colours; empty where it has none
 * @param logo the address of the brand's logo; empty where it has none
 * @param tab the tab that is open, or empty text
 * @param user whoever is signed in
 */
public record Frame(
        Texts texts,
        String title,
        String base,
        String style,
        String icon,
        String backScript,
        Optional<String> brandStyle,
        String brandName,
        Optional<String> logo,
        String tab,
        Optional<User> user) {

    /**
     * Whoever is signed in.
     *
     * @param logout the address that signs out
     */
    public record User(
            String mailbox, boolean mail, boolean admin, String csrfToken, String logout, Optional<Support> support) {}

    /**
     * A support session, in words.
     *
     * @param reason may be empty
     */
    public record Support(String issuer, String reason, String type, String timeLeft, String end) {}

    public String t(String key, Object... values) {
        return texts.get(key, values);
    }

    /** The address of a task's page. */
    public String task(String task) {
        return base + "/?_task=" + task;
    }

    /** A text as a query parameter's value. */
    public String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
