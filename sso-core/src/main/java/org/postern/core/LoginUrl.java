package org.postern.core;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** What a login URL looks like (contract, section 7): the names are used by those who write one and those who read it. */
public final class LoginUrl {
    /** The query parameters that make a request a login. */
    public static final String TASK_PARAMETER = "_task=login";

    public static final String ACTION_PARAMETER = "_action=login";

    private LoginUrl() {}

    /**
     * The URL that logs in with this token.
     *
     * @param webmail the webmail's address, for example {@code https://mail.example}, without a slash at its end
     */
    public static Secret of(String webmail, MailboxAddress mailbox, Secret token) {
        return Secret.of(webmail + "/?" + TASK_PARAMETER + '&' + ACTION_PARAMETER + "&user="
                + encode(mailbox.toString()) + "&pass=" + encode(token.reveal()));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
