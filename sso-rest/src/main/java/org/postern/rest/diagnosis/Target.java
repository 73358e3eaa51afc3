package org.postern.rest.diagnosis;

import java.net.URI;

/** A server to be tried, as a setting names it. */
record Target(String host, int port, boolean secureAtOnce) {
    static Target of(URI uri) {
        boolean secure = uri.getScheme().endsWith("s");
        String host = uri.getHost().replaceAll("[\\[\\]]", "");
        return new Target(host, uri.getPort() < 0 ? defaultPort(uri.getScheme()) : uri.getPort(), secure);
    }

    private static int defaultPort(String scheme) {
        return switch (scheme) {
            case "imap" -> 143;
            case "imaps" -> 993;
            case "pop3" -> 110;
            case "pop3s" -> 995;
            case "smtp" -> 587;
            case "smtps" -> 465;
            case "https" -> 443;
            default -> 80;
        };
    }
}
