package org.postern.sample.webmail;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postern.core.UnavailableException;
import org.postern.core.service.Postern;
import org.postern.filter.SsoFilter;
import org.postern.sample.mail.MailException;
import org.postern.sample.mail.MailServer;
import org.postern.sample.mail.Outbox;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The webmail: sends each request to the page that its {@code _task} names. It stands behind {@link SsoFilter}, which
 * answers login URLs and logouts of token sessions itself. Thread-safe.
 */
@SuppressWarnings("serial") // no servlet is ever serialized
public final class Webmail extends HttpServlet {
    /** What a letter with its attachments may have. */
    public static final MultipartConfigElement UPLOADS =
            new MultipartConfigElement("", 20 * 1024 * 1024, 25 * 1024 * 1024, 64 * 1024);

    private static final Logger LOG = LoggerFactory.getLogger(Webmail.class);
    private static final int MOST_BYTES = 60 * 1024;

    /** A page, or something that is done. */
    private interface Action {
        void answer(Exchange exchange) throws IOException, ServletException, MailException;
    }

    /** Who may come to a task. */
    private enum Access {
        ANYBODY,
        SIGNED_IN,
        /** The mailbox's owner, by his own password: never whoever comes with a token. */
        OWNER,
        MAIL,
        /** Changes something in the mailbox: not in a session that may only read. */
        MAIL_CHANGE,
        ADMIN
    }

    private record Task(Access access, Optional<Action> get, Optional<Action> post) {
        static Task page(Access access, Action get) {
            return new Task(access, Optional.of(get), Optional.empty());
        }

        static Task form(Access access, Action get, Action post) {
            return new Task(access, Optional.of(get), Optional.of(own(post)));
        }

        static Task deed(Access access, Action post) {
            return new Task(access, Optional.empty(), Optional.of(own(post)));
        }

        /** Looks by itself where its form comes from: before a login, or to lose nothing that was typed. */
        static Task guarded(Access access, Action post) {
            return new Task(access, Optional.empty(), Optional.of(post));
        }

        Task withPage(Action get) {
            return new Task(access, Optional.of(get), post);
        }

        /** Only for a form of this session's own pages. */
        private static Action own(Action action) {
            return exchange -> {
                if (exchange.isFromHere()) {
                    action.answer(exchange);
                } else {
                    exchange.problem(HttpServletResponse.SC_FORBIDDEN, "problem.elsewhere");
                }
            };
        }
    }

    private final Visitors visitors;
    private final Templates templates;
    private final SignIn signIn;
    private final Map<String, Task> tasks = new java.util.HashMap<>();

    /**
     * @param server the server that holds the mailboxes; empty where none is configured
     * @param outbox the server that sends; empty where mail is only read
     */
    public Webmail(Postern postern, Optional<MailServer> server, Optional<Outbox> outbox, Templates templates) {
        this.visitors = new Visitors(postern);
        this.templates = templates;
        this.signIn = new SignIn(postern);
        SettingsPage settings = new SettingsPage(postern);
        AdminPage admin = new AdminPage(postern);
        tasks.put("", Task.page(Access.ANYBODY, signIn::front));
        tasks.put("login", Task.guarded(Access.ANYBODY, signIn::show).withPage(signIn::show));
        tasks.put("signin", Task.guarded(Access.ANYBODY, signIn::signIn));
        tasks.put("logout", Task.guarded(Access.ANYBODY, signIn::signOut).withPage(signIn::signOut));
        tasks.put("settings", Task.form(Access.SIGNED_IN, settings::show, settings::change));
        ConsentPage consent = new ConsentPage(postern);
        tasks.put("requests", Task.form(Access.OWNER, consent::show, consent::decide));
        tasks.put("visits", Task.page(Access.MAIL, new VisitsPage(postern)::show));
        tasks.put("admin", administered(admin, admin::show, admin::change));
        tasks.put("tokens", administered(admin, admin::tokens, admin::revoke));
        if (server.isPresent()) {
            MailPages mail = new MailPages(server.get(), outbox.isPresent());
            tasks.put("mail", Task.page(Access.MAIL, mail::show));
            tasks.put("body", Task.page(Access.MAIL, mail::body));
            tasks.put("part", Task.page(Access.MAIL, mail::part));
            tasks.put("act", Task.deed(Access.MAIL_CHANGE, mail::act));
            outbox.ifPresent(sender -> {
                WritePages write =
                        new WritePages(sender, mail, postern.backend().directory());
                tasks.put("write", Task.page(Access.MAIL_CHANGE, write::show));
                tasks.put("send", Task.guarded(Access.MAIL_CHANGE, write::send));
            });
        } else {
            tasks.put("mail", Task.page(Access.MAIL, exchange -> exchange.problem(503, "problem.no-mail-server")));
        }
    }

    private static Task administered(AdminPage admin, AdminPage.Deed get, AdminPage.Deed post) {
        return Task.form(Access.ADMIN, x -> admin.asAdministrator(x, get), x -> admin.asAdministrator(x, post));
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        Exchange exchange = new Exchange(request, response, Optional.empty(), templates);
        try {
            exchange = new Exchange(request, response, visitors.of(request), templates);
            answer(exchange);
        } catch (UnavailableException fault) {
            LOG.error("A page cannot be shown now: {}", fault.getMessage());
            exchange.problem(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        } catch (MailException fault) {
            mailFault(exchange, fault);
        }
    }

    private static void mailFault(Exchange exchange, MailException fault) throws IOException {
        if (fault.kind() == MailException.Kind.NO_FOLDER) {
            exchange.problem(HttpServletResponse.SC_NOT_FOUND, "problem.no-folder");
            return;
        }
        LOG.error(
                "A mailbox cannot be shown now: {} {}",
                exchange.anybody().map(Visitor::mailbox).map(Object::toString).orElse(""),
                fault.story());
        switch (fault.kind()) {
            case NO_SEARCH -> exchange.problem(HttpServletResponse.SC_BAD_REQUEST, "problem.no-search");
            case NOT_DONE -> exchange.problem(HttpServletResponse.SC_CONFLICT, "problem.not-done");
            case REFUSED -> exchange.problem(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "problem.mail-refused");
            default -> exchange.problem(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "problem.mail-down");
        }
    }

    private void answer(Exchange exchange) throws IOException, ServletException, MailException {
        HttpServletRequest request = exchange.request();
        String name = task(request);
        if (!name.equals("send") && isLarge(request)) {
            exchange.problem(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
            return;
        }
        if (request.getAttribute(SsoFilter.REFUSAL) != null) {
            signIn.refusedToken(exchange);
            return;
        }
        Task task = request.getServletPath().equals("/") ? tasks.get(name) : null;
        if (task == null) {
            exchange.problem(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        String charset = request.getCharacterEncoding();
        if (charset != null && !charset.matches("(?i)utf-8|us-ascii|iso-8859-1")) {
            // No browser sends a form in another one, and the container would stumble over it.
            exchange.problem(HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE);
            return;
        }
        String type = request.getContentType();
        if (!name.equals("send") && type != null && type.regionMatches(true, 0, "multipart/", 0, 10)) {
            // Files come with a letter, and nowhere else.
            exchange.problem(HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE);
            return;
        }
        boolean get = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        Optional<Action> action = get ? task.get() : exchange.isPost() ? task.post() : Optional.empty();
        if (action.isEmpty()) {
            exchange.response()
                    .setHeader(
                            "Allow",
                            task.post().isEmpty() ? "GET, HEAD" : task.get().isEmpty() ? "POST" : "GET, HEAD, POST");
            exchange.problem(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        } else if (task.access() != Access.ANYBODY && exchange.anybody().isEmpty()) {
            signIn.insteadOf(exchange, name);
        } else {
            String objection = objection(task.access(), exchange.anybody());
            if (objection.isEmpty()) {
                action.get().answer(exchange);
            } else {
                exchange.problem(HttpServletResponse.SC_FORBIDDEN, objection);
            }
        }
    }

    /** More than is read before a thread is taken: whoever sends it slowly would hold one. */
    private static boolean isLarge(HttpServletRequest request) {
        return request.getContentLengthLong() > MOST_BYTES || request.getHeader("Transfer-Encoding") != null;
    }

    /** Why this visitor may not; empty text where he may. */
    private static String objection(Access access, Optional<Visitor> visitor) {
        boolean mail = visitor.filter(Visitor::mail).isPresent();
        return switch (access) {
            case ANYBODY, SIGNED_IN -> "";
            case OWNER -> visitor.flatMap(Visitor::support).isPresent() ? "problem.no-owner" : "";
            case MAIL -> mail ? "" : "problem.no-mail";
            case MAIL_CHANGE ->
                !mail ? "problem.no-mail" : visitor.filter(Visitor::readOnly).isPresent() ? "problem.read-only" : "";
            case ADMIN -> visitor.filter(Visitor::admin).isPresent() ? "" : "problem.no-admin";
        };
    }

    /** The task stands in the query, also of a form that posts; a choice of the interface leads to the start. */
    static String task(HttpServletRequest request) {
        @Nullable String query = request.getQueryString();
        if (query != null) {
            for (String field : query.split("&", -1)) {
                if (field.startsWith("_task=")) {
                    return field.substring("_task=".length());
                }
            }
        }
        return "";
    }
}
