package org.postern.filter;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** What a browser says about why it sends a request: the Fetch Metadata headers and the older prefetch marks. */
final class Fetch {
    private static final List<String> PREFETCH_HEADERS = List.of("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz");

    private Fetch() {}

    /** Sent ahead of a click, or for something else than a page of its own. Only what is said counts. */
    static boolean isNoVisit(HttpServletRequest request) {
        for (String header : PREFETCH_HEADERS) {
            for (String value : Collections.list(request.getHeaders(header))) {
                String purpose = value.toLowerCase(Locale.ROOT);
                if (purpose.contains("prefetch") || purpose.contains("prerender") || purpose.contains("preview")) {
                    return true;
                }
            }
        }
        return Collections.list(request.getHeaders("Sec-Fetch-Dest")).stream().anyMatch(d -> !d.equals("document"));
    }

    static boolean isFromAnotherSite(HttpServletRequest request) {
        return sites(request).stream().anyMatch(s -> !s.equals("same-origin") && !s.equals("none"));
    }

    /** A visit that the browser vouches for: typed by the user. A page of ours may show a stranger's link. */
    static boolean isTyped(HttpServletRequest request) {
        List<String> sites = sites(request);
        return !sites.isEmpty() && sites.stream().allMatch("none"::equals) && !isNoVisit(request);
    }

    private static List<String> sites(HttpServletRequest request) {
        return Collections.list(request.getHeaders("Sec-Fetch-Site"));
    }
}
