package org.postern.core;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one rule for where a browser may be sent after logout (contract, section 7): a clean absolute {@code http} or
 * {@code https} URL by the strict ASCII grammar of RFC 3986, on the list of allowed hosts where there is one. No URL
 * parser is asked, since browsers and parsers disagree; the string that passes here is the string that is sent.
 * Immutable and thread-safe.
 */
public final class LogoutRedirect {
    private static final int MAX_LENGTH = 2048;
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final String PCHAR = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
    private static final Pattern URL = Pattern.compile("(?i:https?)://"
            + "(?<host>" + LABEL + "(?:\\." + LABEL + ")*|\\[[0-9a-f:]{2,39}\\])"
            + "(?::(?<port>[0-9]{1,5}))?"
            + "(?:/" + PCHAR + "*+)*+"
            + "(?:\\?(?:" + PCHAR + "|[/?])*+)?"
            + "(?:#(?:" + PCHAR + "|[/?])*+)?");
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final Pattern LOOKS_NUMERIC = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)");

    private final List<String> allowedHosts;

    /** @param allowedHosts exact host names, or {@code *.domain} for the hosts below a domain; empty: every host */
    public LogoutRedirect(List<String> allowedHosts) {
        this.allowedHosts = allowedHosts.stream().map(LogoutRedirect::lowerCase).toList();
    }

    /** Whether the browser may be sent to exactly this URL. */
    public boolean accepts(String url) {
        if (url.length() > MAX_LENGTH) {
            return false;
        }
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            return false;
        }
        String port = parts.group("port");
        if (port != null && Integer.parseInt(port) > 65_535) {
            return false;
        }
        String host = parts.group("host");
        return isCanonical(host) && isAllowed(lowerCase(host));
    }

    /** The origin of an accepted URL, as {@code form-action} and the like take it. */
    public static Optional<String> origin(String acceptedUrl) {
        int end = acceptedUrl.indexOf("://");
        if (end < 0) {
            return Optional.empty();
        }
        int i = end + 3;
        while (i < acceptedUrl.length() && "/?#".indexOf(acceptedUrl.charAt(i)) < 0) {
            i++;
        }
        return Optional.of(lowerCase(acceptedUrl.substring(0, i)));
    }

    /** A name, or an IP literal in the one form that every parser writes; never a number that a browser would read as one. */
    private static boolean isCanonical(String host) {
        if (host.startsWith("[")) {
            return Ipv6.isCanonical(host.substring(1, host.length() - 1));
        }
        return host.length() <= 253
                && (!LOOKS_NUMERIC.matcher(host).matches() || IPV4.matcher(host).matches());
    }

    private boolean isAllowed(String host) {
        if (allowedHosts.isEmpty()) {
            return true;
        }
        for (String allowed : allowedHosts) {
            boolean fits = allowed.startsWith("*.")
                    ? host.length() > allowed.length() - 1 && host.endsWith(allowed.substring(1))
                    : host.equals(allowed);
            if (fits) {
                return true;
            }
        }
        return false;
    }

    private static String lowerCase(String ascii) {
        return ascii.toLowerCase(java.util.Locale.ROOT);
    }

    /** The text form of RFC 5952, which every reader reads alike. */
    private static final class Ipv6 {
        private static final Pattern GROUP = Pattern.compile("0|[1-9a-f][0-9a-f]{0,3}");

        static boolean isCanonical(String text) {
            int gap = text.indexOf("::");
            if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
                return false;
            }
            String[] head = groups(gap < 0 ? text : text.substring(0, gap));
            String[] tail = groups(gap < 0 ? "" : text.substring(gap + 2));
            for (String[] part : List.of(head, tail)) {
                for (String group : part) {
                    if (!GROUP.matcher(group).matches()) {
                        return false;
                    }
                }
            }
            int count = head.length + tail.length;
            if (gap < 0) {
                return count == 8 && longestZeros(head) < 2;
            }
            int hidden = 8 - count;
            return hidden >= 2
                    && (head.length == 0 || !head[head.length - 1].equals("0"))
                    && (tail.length == 0 || !tail[0].equals("0"))
                    && longestZeros(head) < hidden
                    && longestZeros(tail) <= hidden;
        }

        private static String[] groups(String text) {
            return text.isEmpty() ? new String[0] : text.split(":", -1);
        }

        private static int longestZeros(String[] groups) {
            int longest = 0;
            int run = 0;
            for (String group : groups) {
                run = group.equals("0") ? run + 1 : 0;
                longest = Math.max(longest, run);
            }
            return longest;
        }
    }
}
