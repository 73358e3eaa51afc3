package org.postern.sample.webmail;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.postern.core.SessionType;
import org.postern.filter.WebmailSession;

/**
 * What every page shows around its content.
 *
 * @param base the context path, before every link of ours
 * @param tab the tab that is open, or empty text
 * @param user whoever is signed in
 * @param now the moment at which the page is made
 */
public record Frame(
        Texts texts,
        Assets assets,
        String title,
        String base,
        BrandView brand,
        String tab,
        Optional<User> user,
        Instant now) {

    /** The Standard interface's keys, and the end of the key of the text that says what each does. */
    public static final List<Key> KEYS = List.of(
            new Key("j", "next"),
            new Key("k", "previous"),
            new Key("o", "open"),
            new Key("u", "list"),
            new Key("c", "write"),
            new Key("r", "reply"),
            new Key("a", "reply-all"),
            new Key("f", "forward"),
            new Key("m", "unread"),
            new Key("#", "delete"),
            new Key("/", "search"),
            new Key("?", "help"));

    public record Key(String key, String text) {}

    /**
     * The brand of the host by which the page was asked for.
     *
     * @param style the address of its colours; empty where it has none
     * @param logo the address of its logo; empty where it has none
     */
    public record BrandView(String name, Optional<String> style, Optional<String> logo) {}

    /**
     * Whoever is signed in.
     *
     * @param asked whether somebody waits for his consent
     * @param logout the address that signs out
     * @param support a session that a token opened; empty for the owner's own
     */
    public record User(
            String mailbox,
            boolean mail,
            boolean admin,
            boolean readOnly,
            boolean standard,
            boolean asked,
            String csrfToken,
            String logout,
            Optional<WebmailSession> support) {}

    public String t(String key, Object... values) {
        return texts.get(key, values);
    }

    public String type(SessionType type) {
        return t("type." + type.apiName());
    }

    /** The address of a style sheet, script or picture. */
    public String asset(String name) {
        return base + assets.address(name);
    }

    /** The address of a task's page. */
    public String task(String task) {
        return base + "/?_task=" + task;
    }

    /** A text as a query parameter's value. */
    public String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Whether the page is for a browser that runs the Standard interface's script. */
    public boolean standard() {
        return user.filter(User::standard).isPresent();
    }
}
