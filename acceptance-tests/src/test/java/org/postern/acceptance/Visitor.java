package org.postern.acceptance;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;

/** A browser as far as these tests need one: keeps cookies, follows redirects and refreshes when told to. */
final class Visitor {
    private static final Pattern REFRESH = Pattern.compile("\\d+; ?url=(.+)", Pattern.CASE_INSENSITIVE);

    private final int port;
    private final Map<String, String> cookies = new LinkedHashMap<>();
    private final List<String> headers = new ArrayList<>();
    private Consumer<Wire.Answer> witness = answer -> {};

    Visitor(int port) {
        this.port = port;
    }

    /** Sends this header with every request. */
    Visitor with(String header) {
        headers.add(header);
        return this;
    }

    /** Shows every answer to somebody else too. */
    Visitor shownTo(Consumer<Wire.Answer> somebody) {
        witness = somebody;
        return this;
    }

    Wire.Answer get(String target) {
        return send("GET", target, "");
    }

    Wire.Answer post(String target, String form) {
        return send("POST", target, form, "Content-Type: application/x-www-form-urlencoded");
    }

    Wire.Answer send(String method, String target, String body, String... more) {
        List<String> all = new ArrayList<>(headers);
        all.addAll(List.of(more));
        if (!cookies.isEmpty()) {
            List<String> pairs = new ArrayList<>();
            cookies.forEach((name, value) -> pairs.add(name + "=" + value));
            all.add("Cookie: " + String.join("; ", pairs));
        }
        Wire.Answer answer = Wire.once(port, method, target, body, all.toArray(String[]::new));
        for (String cookie : answer.all("Set-Cookie")) {
            String[] pair = cookie.replaceFirst(";.*", "").split("=", 2);
            if (cookie.contains("Max-Age=0") || pair[1].isEmpty()) {
                cookies.remove(pair[0]);
            } else {
                cookies.put(pair[0], pair[1]);
            }
        }
        witness.accept(answer);
        return answer;
    }

    /** Opens a page and goes wherever it leads by redirects and refreshes, on this host. */
    Wire.Answer follow(String target) {
        Wire.Answer answer = get(target);
        for (int i = 0; i < 5; i++) {
            Optional<String> next = next(answer);
            if (next.isEmpty()) {
                return answer;
            }
            answer = get(target(next.get()));
        }
        throw new AssertionError("goes round in circles: " + target);
    }

    /** Where an answer leads by itself. */
    static Optional<String> next(Wire.Answer answer) {
        Optional<String> location = answer.header("Location");
        if (location.isPresent()) {
            return location;
        }
        Element refresh = Jsoup.parse(answer.body()).selectFirst("meta[http-equiv=refresh]");
        if (refresh == null) {
            return Optional.empty();
        }
        Matcher matcher = REFRESH.matcher(refresh.attr("content"));
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** What stands in the request line for this address. */
    static String target(String url) {
        URI uri = URI.create(url);
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + '?' + uri.getRawQuery();
    }

    static String loginTarget(String user, String secret, String more) {
        return "/?_task=login&_action=login&user=" + Wire.encode(user) + "&pass=" + Wire.encode(secret) + more;
    }

    /** Whether the mailbox's list of letters can be seen. */
    boolean seesMailbox() {
        return get("/?_task=mail").status() == 200;
    }

    Map<String, String> cookies() {
        return cookies;
    }
}
