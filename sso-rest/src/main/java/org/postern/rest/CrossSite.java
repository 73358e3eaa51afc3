package org.postern.rest;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether a browser says that a page of another site made it send a request: the browser adds a password that it keeps
 * (RFC 7617) to those too, without asking anybody. Programs that are no browsers say nothing of it.
 */
final class CrossSite {
    private CrossSite() {}

    /**
     * By {@code Sec-Fetch-Site}; where that is missing, as it is without HTTPS, by {@code Origin} (RFC 6454).
     *
     * @param header a header's value, or null
     */
    static boolean is(Function<String, @Nullable String> header) {
        String site = header.apply("Sec-Fetch-Site");
        if (site != null) {
            return !site.equals("same-origin") && !site.equals("none");
        }
        String origin = header.apply("Origin");
        return origin != null && !origin.replaceFirst("^https?://", "").equalsIgnoreCase(header.apply("Host"));
    }
}
