package com.example.webmail;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * A small webmail on the plain Servlet API: a login form of its own, a session of its own, an inbox. It asks the
 * container who is there, and where the container knows nobody, its session.
 */
public final class Webmail extends HttpServlet {
    private static final Map<String, String> PASSWORDS =
            Map.of("alice@acme.example", "alices-own", "bob@acme.example", "bobs-own");
    private static final Map<String, String> GREETINGS = Map.of("en", "Inbox of ", "de", "Posteingang von ");

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (path(request)) {
            case "/" -> redirect(request, response, "/inbox");
            case "/login" -> form(request, response, "");
            case "/help" -> page(response, "<p>How to read mail.</p>");
            case "/inbox" -> inbox(request, response);
            default -> response.sendError(HttpServletResponse.SC_NOT_FOUND);
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (path(request)) {
            case "/login" -> logIn(request, response);
            case "/logout" -> logOut(request, response);
            default -> response.sendError(HttpServletResponse.SC_NOT_FOUND);
        }
    }

    // region who
    private static String user(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (request.getRemoteUser() != null || session == null) {
            return request.getRemoteUser();
        }
        return (String) session.getAttribute("user");
    }
    // endregion

    private static void logIn(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String user = request.getParameter("user");
        String password = request.getParameter("password");
        if (user == null || password == null || !password.equals(PASSWORDS.get(user))) {
            form(request, response, "Wrong address or password.");
            return;
        }
        HttpSession earlier = request.getSession(false);
        if (earlier != null) {
            earlier.invalidate();
        }
        request.getSession().setAttribute("user", user);
        redirect(request, response, "/inbox");
    }

    private static void logOut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        HttpSession session = request.getSession();
        if (!csrf(session).equals(request.getParameter("csrf"))) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        session.invalidate();
        redirect(request, response, "/login");
    }

    private static void inbox(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String user = user(request);
        if (user == null) {
            redirect(request, response, "/login");
            return;
        }
        Locale locale = request.getLocale();
        String greeting = GREETINGS.getOrDefault(locale.getLanguage(), GREETINGS.get("en"));
        String admin = request.isUserInRole("domain-admin") ? "<a href=\"admin\">Domain</a>" : "";
        page(response, "<h1>" + greeting + user + "</h1>" + admin + """
                        <form method="post" action="logout">
                        <input type="hidden" name="csrf" value="%s"><button>Log out</button>
                        </form>""".formatted(csrf(request.getSession())));
    }

    private static String csrf(HttpSession session) {
        if (session.getAttribute("csrf") == null) {
            session.setAttribute("csrf", UUID.randomUUID().toString());
        }
        return (String) session.getAttribute("csrf");
    }

    static void form(HttpServletRequest request, HttpServletResponse response, String error) throws IOException {
        page(response, """
                <h1>Please log in</h1><p>%s</p>
                <form method="post" action="%s">
                <input name="user"><input name="password" type="password"><button>Log in</button>
                </form>""".formatted(error, request.getRequestURI()));
    }

    private static void page(HttpServletResponse response, String body) throws IOException {
        response.setContentType("text/html; charset=utf-8");
        PrintWriter writer = response.getWriter();
        writer.print("<!DOCTYPE html><title>Mail</title>" + body);
    }

    static void redirect(HttpServletRequest request, HttpServletResponse response, String path) throws IOException {
        response.sendRedirect(request.getContextPath() + path);
    }

    private static String path(HttpServletRequest request) {
        return request.getRequestURI().substring(request.getContextPath().length());
    }
}
