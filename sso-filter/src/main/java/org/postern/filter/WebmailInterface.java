package org.postern.filter;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The two faces of a webmail (contract, section 8). */
public enum WebmailInterface {
    /** For browsers that run scripts of our time. */
    STANDARD,
    /** For all others: text browsers, old engines, and whatever does not say what it is. */
    BASIC;

    private static final String COOKIE = "webmail-interface";
    private static final int YEAR = 365 * 24 * 60 * 60;
    private static final Pattern ENGINE = Pattern.compile("(Chrome|Firefox)/([0-9]{1,4})[.0-9]*");
    private static final Pattern SAFARI = Pattern.compile("Version/([0-9]{1,4})[.0-9]* (?:Mobile/\\w+ )?Safari/");
    private static final int OLDEST_ENGINE = 80;
    private static final int OLDEST_SAFARI = 14;

    /**
     * The face for whoever sends this request, in a session of any kind: his token session's, else what his browser
     * remembers of a choice, else what his browser can do.
     */
    public static WebmailInterface of(HttpServletRequest request) {
        return WebmailSession.of(request).map(WebmailSession::webmailInterface).orElseGet(() -> ofBrowser(request));
    }

    static WebmailInterface ofBrowser(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        if (cookies != null) {
            for (Cookie cookie : cookies) {
                Optional<WebmailInterface> chosen =
                        cookie.getName().equals(COOKIE) ? parse(cookie.getValue()) : Optional.empty();
                if (chosen.isPresent()) {
                    return chosen.get();
                }
            }
        }
        String agent = request.getHeader("User-Agent");
        return forAgent(agent == null ? "" : agent);
    }

    /** Lets the browser remember this face, for a year. */
    void remember(HttpServletRequest request, HttpServletResponse response) {
        Cookie cookie = new Cookie(COOKIE, apiName());
        cookie.setPath(request.getContextPath() + "/");
        cookie.setMaxAge(YEAR);
        cookie.setHttpOnly(true);
        cookie.setSecure(request.isSecure());
        cookie.setAttribute("SameSite", "Lax");
        response.addCookie(cookie);
    }

    /** The face for a browser that calls itself this. */
    static WebmailInterface forAgent(String userAgent) {
        if (!userAgent.startsWith("Mozilla/5.0 ")) {
            return BASIC;
        }
        Matcher engine = ENGINE.matcher(userAgent);
        if (engine.find()) {
            return Integer.parseInt(engine.group(2)) >= OLDEST_ENGINE ? STANDARD : BASIC;
        }
        Matcher safari = SAFARI.matcher(userAgent);
        return safari.find() && Integer.parseInt(safari.group(1)) >= OLDEST_SAFARI ? STANDARD : BASIC;
    }

    static Optional<WebmailInterface> parse(String name) {
        return switch (name) {
            case "standard" -> Optional.of(STANDARD);
            case "basic" -> Optional.of(BASIC);
            default -> Optional.empty();
        };
    }

    /** The name in links: {@code standard} or {@code basic}. */
    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
