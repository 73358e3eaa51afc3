package org.postern.container;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.core.Secret;
import org.postern.filter.HostLogin;
import org.postern.filter.WebmailSession;

/** A webmail of few words: says line by line what it sees of a request. */
public final class HostServlet extends HttpServlet {
    /** How many requests came through. */
    static final AtomicInteger SEEN = new AtomicInteger();

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        SEEN.incrementAndGet();
        String act = request.getDispatcherType() == DispatcherType.REQUEST ? text(request.getHeader("X-Act")) : "";
        switch (act) {
            case "body" -> {
                print(response, new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                return;
            }
            case "reader" -> {
                print(response, request.getReader().readLine());
                return;
            }
            case "error" -> {
                response.sendError(418);
                return;
            }
            case "forward" -> {
                request.getRequestDispatcher("/forwarded").forward(request, response);
                return;
            }
            case "async" -> {
                AsyncContext async = request.startAsync();
                async.start(() -> async.dispatch("/again"));
                return;
            }
            case "async-wrapped" -> {
                AsyncContext async = request.startAsync(request, response);
                async.dispatch("/again");
                return;
            }
            case "invalidate" -> request.getSession().invalidate();
            case "logout" -> request.logout();
            case "authenticate" -> {
                print(response, "authenticated=" + request.authenticate(response));
                return;
            }
            case "short" -> request.getSession().setMaxInactiveInterval(1);
            case "password" ->
                HostLogin.of(getServletContext()).orElseThrow().passwordAccepted(request, request.getHeader("X-User"));
            case "session" -> request.getSession(true).setAttribute("host", "own");
            case "replicate" -> {
                print(response, replicated(request.getSession()));
                return;
            }
            case "own-login" -> {
                HostLogin login = HostLogin.of(getServletContext()).orElseThrow();
                HostLogin.Result result = login.redeem(
                        request, text(request.getParameter("u")), Secret.of(text(request.getParameter("p"))));
                print(response, result.getClass().getSimpleName());
                return;
            }
            default -> {
                // only looks
            }
        }
        print(response, seen(request));
    }

    /** Takes all that lies in the session to another node and back, as a container's replication does. */
    private static String replicated(HttpSession session) throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        List<String> names = Collections.list(session.getAttributeNames());
        try (ObjectOutputStream out = new ObjectOutputStream(wire)) {
            for (String name : names) {
                out.writeObject(session.getAttribute(name));
            }
        }
        StringBuilder there = new StringBuilder();
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(wire.toByteArray()))) {
            for (int i = 0; i < names.size(); i++) {
                Object value = in.readObject();
                if (value instanceof WebmailSession webmail) {
                    there.append("equal=")
                            .append(webmail.equals(session.getAttribute(names.get(i))))
                            .append("\nmailbox=")
                            .append(webmail.mailbox())
                            .append("\nlocale=")
                            .append(webmail.locale().code())
                            .append("\ntype=")
                            .append(webmail.type().apiName())
                            .append("\ninterface=")
                            .append(webmail.webmailInterface().apiName())
                            .append("\ntoken=")
                            .append(webmail.tokenId())
                            .append("\nissuer=")
                            .append(webmail.issuer())
                            .append("\nreason=")
                            .append(webmail.reason())
                            .append("\nread-only=")
                            .append(webmail.readOnly())
                            .append("\nlife=")
                            .append(Duration.between(webmail.start(), webmail.end()))
                            .append('\n');
                }
            }
        } catch (ClassNotFoundException e) {
            throw new IOException(e);
        }
        return there.toString();
    }

    private static String seen(HttpServletRequest request) {
        StringBuilder seen = new StringBuilder();
        Principal principal = request.getUserPrincipal();
        seen.append("dispatch=").append(request.getDispatcherType()).append('\n');
        seen.append("user=").append(request.getRemoteUser()).append('\n');
        seen.append("principal=")
                .append(principal == null ? null : principal.getName())
                .append('\n');
        seen.append("mailbox=").append(request.isUserInRole("mailbox")).append('\n');
        seen.append("admin=").append(request.isUserInRole("domain-admin")).append('\n');
        seen.append("locale=").append(request.getLocale()).append('\n');
        seen.append("refusal=")
                .append(request.getAttribute("org.postern.refusal"))
                .append('\n');
        seen.append("param.user=").append(request.getParameter("user")).append('\n');
        seen.append("param.pass=").append(request.getParameter("pass")).append('\n');
        seen.append("param.extra=")
                .append(String.join(",", request.getParameterMap().getOrDefault("extra", new String[0])))
                .append('\n');
        WebmailSession.of(request)
                .ifPresent(session -> seen.append("session=")
                        .append(session.id())
                        .append("\ncsrf=")
                        .append(session.csrfToken())
                        .append("\ninterface=")
                        .append(session.webmailInterface().apiName())
                        .append("\nreason=")
                        .append(session.reason())
                        .append("\nissuer=")
                        .append(session.issuer())
                        .append("\nread-only=")
                        .append(session.readOnly())
                        .append("\npassword=")
                        .append(session.canChangePassword())
                        .append("\ncredential=")
                        .append(session.credential().secret().reveal())
                        .append('\n'));
        return seen.toString();
    }

    private static void print(HttpServletResponse response, String text) throws IOException {
        response.setContentType("text/plain; charset=utf-8");
        PrintWriter writer = response.getWriter();
        writer.print(text);
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }
}
