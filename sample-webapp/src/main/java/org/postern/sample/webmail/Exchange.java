package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.postern.core.Client;
import org.postern.core.Page;
import org.postern.core.settings.Arrival;
import org.postern.core.settings.Settings;
import org.postern.sample.mail.MessageId;

/**
 * One request with whoever sent it, and its answer: what every page is given. For one thread.
 *
 * @param anybody whoever is signed in
 */
record Exchange(
        HttpServletRequest request, HttpServletResponse response, Optional<Visitor> anybody, Templates templates) {
    private static final int MOST_IDS = 200;

    /** Whoever is signed in, on the pages that nobody else comes to. */
    Visitor visitor() {
        return anybody.orElseThrow();
    }

    Texts texts() {
        return templates.texts(request, anybody);
    }

    boolean isPost() {
        return request.getMethod().equals("POST");
    }

    /** A parameter; empty text where it is missing. */
    String param(String name) {
        String value = request.getParameter(name);
        return value == null ? "" : value;
    }

    /** A number; 0 where it is missing or none. */
    int number(String name) {
        String value = param(name);
        return value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : 0;
    }

    /** The message that the request names. */
    Optional<MessageId> message() {
        return MessageId.parse(param("_uid"));
    }

    /** The login token that the request names, by its public id. */
    Optional<UUID> token() {
        String id = param("_id");
        return id.matches("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
                ? Optional.of(UUID.fromString(id))
                : Optional.empty();
    }

    /** All messages that the request names. */
    List<MessageId> messages() {
        String[] values = request.getParameterValues("_uid");
        return values == null
                ? List.of()
                : List.of(values).stream()
                        .limit(MOST_IDS)
                        .flatMap(id -> MessageId.parse(id).stream())
                        .toList();
    }

    /** Whether a form comes from a page of this session. */
    boolean isFromHere() {
        return Csrf.isRight(request, visitor());
    }

    /** Whether only a part of the page with this id is wanted: the Standard interface's script says so. */
    boolean wants(String part) {
        return part.equals(request.getHeader("HX-Target"));
    }

    /** Who sent it, and by what way, as the settings about proxies say. */
    Client client(Settings settings) {
        return new Client(arrival(settings).address(), header("User-Agent"));
    }

    /** Whether a password may come this way: over TLS, from this machine, or where plain HTTP is allowed. */
    boolean maySendSecrets(Settings settings) {
        return arrival(settings).maySendSecrets(settings.http());
    }

    private Arrival arrival(Settings settings) {
        String peer = request.getRemoteAddr();
        return Arrival.of(
                settings.http(),
                peer == null ? "" : peer,
                request.isSecure(),
                name -> java.util.Collections.list(request.getHeaders(name)));
    }

    private String header(String name) {
        String value = request.getHeader(name);
        return value == null ? "" : value;
    }

    /**
     * Answers with a page.
     *
     * @param template its name, which is also that of its title's text
     * @param tab the tab that is open, or empty text
     */
    void page(int status, String template, String tab, Map<String, Object> model) throws IOException {
        page(status, template, texts().get(template + ".title"), tab, model);
    }

    void page(int status, String template, String title, String tab, Map<String, Object> model) throws IOException {
        Map<String, Object> all = new HashMap<>(model);
        all.put("frame", templates.frame(request, anybody, title, tab));
        templates.write(response, status, template, all);
    }

    void page(String template, String tab, Map<String, Object> model) throws IOException {
        page(HttpServletResponse.SC_OK, template, tab, model);
    }

    /**
     * What a page says of what was done.
     *
     * @param error and done are keys of texts, or empty
     */
    Map<String, Object> said(String error, String done) {
        Map<String, Object> model = new HashMap<>();
        model.put("error", error.isEmpty() ? "" : texts().get(error));
        model.put("done", done.isEmpty() ? "" : texts().get(done));
        return model;
    }

    /** The page of a list that the request asks for; empty where there is no such one, and then it is answered. */
    <T> Optional<Page<T>> listed(Function<Optional<String>, Page<T>> list) throws IOException {
        try {
            return Optional.of(list.apply(Optional.of(param("_after")).filter(a -> !a.isEmpty())));
        } catch (IllegalArgumentException noSuchPage) {
            problem(HttpServletResponse.SC_BAD_REQUEST);
            return Optional.empty();
        }
    }

    /** Answers that something went wrong, in words that depend on the status alone. */
    void problem(int status) throws IOException {
        problem(status, "problem." + status);
    }

    /** Answers that something went wrong, in words under a key of their own. */
    void problem(int status, String key) throws IOException {
        if (status == HttpServletResponse.SC_SERVICE_UNAVAILABLE && response.getHeader("Retry-After") == null) {
            response.setIntHeader("Retry-After", 5);
        }
        String general = status >= 500 ? "problem.500" : "problem.400";
        String title = texts().getOr(key + ".title", general + ".title");
        String text = texts().getOr(key + ".text", general + ".text");
        if (wants("page") && Webmail.task(request).equals("send")) {
            // The letter stays as it is, its files too.
            into("said");
            page(status, "unsent", title, "", Map.of("text", title + ". " + text));
            return;
        }
        // Wherever its script would have put the answer: a problem is a page of its own.
        whole();
        page(status, "problem", title, "", Map.of("title", title, "text", text, "status", status));
    }

    /** Says that the answer takes the place of the whole page. */
    void whole() {
        into("page");
    }

    /** Says which part of the page the answer is for, whatever was asked for. */
    void into(String part) {
        if (request.getHeader("HX-Request") != null) {
            response.setHeader("HX-Retarget", "#" + part);
            response.setHeader("HX-Reselect", "#" + part);
            response.setHeader("HX-Reswap", "outerHTML");
        }
    }

    /** Too many wrong attempts: says when the next one counts. */
    void tooMany(Duration retryAfter) throws IOException {
        response.setHeader("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())));
        problem(429);
    }

    /** Sends the browser on, to a path of ours. */
    void redirect(String path) {
        leave(request.getContextPath() + path);
    }

    /** Sends the browser on, wherever that is. */
    void leave(String location) {
        Guard.protectPage(response);
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Location", location);
        response.setContentLength(0);
    }
}
