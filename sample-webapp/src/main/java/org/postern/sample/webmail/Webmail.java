package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postern.core.UnavailableException;
import org.postern.core.service.Postern;
import org.postern.filter.SsoFilter;
import org.postern.sample.mail.MailException;
import org.postern.sample.mail.MailServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The webmail: sends each request to the page that its {@code _task} names. It stands behind {@link SsoFilter}, which
 * answers login URLs and logouts of token sessions itself. Thread-safe.
 */
@SuppressWarnings("serial") // no servlet is ever serialized
public final class Webmail extends HttpServlet {
    private static final Logger LOG = LoggerFactory.getLogger(Webmail.class);
    private static final int RETRY_SECONDS = 5;
    private static final Set<String> POSTED = Set.of("signin", "login", "settings", "logout");

    private final Visitors visitors;
    private final Templates templates;
    private final SignIn signIn;
    private final MailPages mail;
    private final SettingsPage settings;
    private final AdminPage admin;

    /** @param mail the server that holds the mailboxes; empty where none is configured */
    public Webmail(Postern postern, Optional<MailServer> mail, Templates templates) {
        this.visitors = new Visitors(postern);
        this.templates = templates;
        this.signIn = new SignIn(postern, templates);
        this.mail = new MailPages(mail, templates);
        this.settings = new SettingsPage(postern, templates);
        this.admin = new AdminPage(postern, templates);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<Visitor> visitor = Optional.empty();
        try {
            visitor = visitors.of(request);
            answer(request, response, visitor);
        } catch (UnavailableException fault) {
            LOG.error("A page cannot be shown now: {}", fault.getMessage());
            response.setIntHeader("Retry-After", RETRY_SECONDS);
            templates.problem(request, response, visitor, HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        } catch (MailException fault) {
            LOG.error("A mailbox cannot be shown now: {}: {}", fault.getMessage(), reason(fault));
            response.setIntHeader("Retry-After", RETRY_SECONDS);
            templates.problem(
                    request,
                    response,
                    visitor,
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    fault.isRefused() ? "problem.mail-refused" : "problem.mail-down");
        }
    }

    /** The message alone, in one line: it comes from another machine. */
    private static String reason(MailException fault) {
        Throwable cause = fault.getCause();
        return cause == null ? "" : String.valueOf(cause.getMessage()).replaceAll("\\p{Cntrl}+", " ");
    }

    private void answer(HttpServletRequest request, HttpServletResponse response, Optional<Visitor> visitor)
            throws IOException, MailException {
        if (request.getAttribute(SsoFilter.REFUSAL) != null) {
            signIn.refusedToken(request, response, visitor);
            return;
        }
        if (!request.getServletPath().equals("/")) {
            templates.problem(request, response, visitor, HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        String task = task(request);
        boolean post = request.getMethod().equals("POST");
        boolean get = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        boolean fits = get ? !task.equals("signin") : post && POSTED.contains(task);
        if (!fits) {
            response.setHeader("Allow", POSTED.contains(task) ? "GET, HEAD, POST" : "GET, HEAD");
            templates.problem(request, response, visitor, HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        switch (task) {
            case "" -> signIn.front(request, response, visitor);
            case "login" -> signIn.show(request, response, visitor);
            case "signin" -> signIn.signIn(request, response, visitor);
            case "logout" -> signIn.signOut(request, response, visitor);
            case "mail", "message", "part", "settings", "admin" -> {
                if (visitor.isEmpty()) {
                    redirect(response, request.getContextPath() + (hadSession(request) ? SignIn.ENDED : "/"));
                } else {
                    forVisitor(request, response, task, post, visitor.get());
                }
            }
            default -> templates.problem(request, response, visitor, HttpServletResponse.SC_NOT_FOUND);
        }
    }

    /** A browser that logged out has no cookie any more; one whose session ran out, or was ended elsewhere, has. */
    private static boolean hadSession(HttpServletRequest request) {
        return request.getRequestedSessionId() != null && !request.isRequestedSessionIdValid();
    }

    private void forVisitor(
            HttpServletRequest request, HttpServletResponse response, String task, boolean post, Visitor visitor)
            throws IOException, MailException {
        boolean allowed = switch (task) {
            case "mail", "message", "part" -> visitor.mail();
            case "admin" -> visitor.admin();
            default -> true;
        };
        if (!allowed) {
            templates.problem(
                    request,
                    response,
                    Optional.of(visitor),
                    HttpServletResponse.SC_FORBIDDEN,
                    task.equals("admin") ? "problem.no-admin" : "problem.no-mail");
            return;
        }
        switch (task) {
            case "mail" -> mail.list(request, response, visitor);
            case "message" -> mail.message(request, response, visitor);
            case "part" -> mail.part(request, response, visitor);
            case "admin" -> admin.show(request, response, visitor);
            default -> {
                if (post) {
                    settings.change(request, response, visitor);
                } else {
                    settings.show(request, response, visitor);
                }
            }
        }
    }

    /** The task stands in the query, also of a form that posts. */
    private static String task(HttpServletRequest request) {
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

    static void redirect(HttpServletResponse response, String location) {
        Guard.protectPage(response);
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Location", location);
        response.setContentLength(0);
    }
}
