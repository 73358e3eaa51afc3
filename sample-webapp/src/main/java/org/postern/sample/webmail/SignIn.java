package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.service.Postern;
import org.postern.core.service.Throttle;
import org.postern.core.settings.Settings;
import org.postern.filter.HostLogin;
import org.postern.filter.SsoFilter;

/** Signing in and out. What is typed may be a token or the mailbox's own password, and is tried in this order. */
final class SignIn {
    /** The login page that says why it is shown. */
    static final String ENDED = "/?_task=login&_ended";

    private static final int MOST_CHARACTERS = 1024;

    private final Postern postern;
    private final Templates templates;
    private final Throttle throttle;

    SignIn(Postern postern, Templates templates) {
        this.postern = postern;
        this.templates = templates;
        this.throttle = new Throttle(postern.clock());
    }

    /** The first page: the mailbox of whoever is signed in, else the form. */
    void front(HttpServletRequest request, HttpServletResponse response, Optional<Visitor> visitor) throws IOException {
        if (visitor.isPresent()) {
            Webmail.redirect(response, start(request, visitor.get().mail()));
        } else {
            show(request, response, visitor);
        }
    }

    void show(HttpServletRequest request, HttpServletResponse response, Optional<Visitor> visitor) throws IOException {
        form(request, response, visitor, HttpServletResponse.SC_OK, "", "");
    }

    private void form(
            HttpServletRequest request,
            HttpServletResponse response,
            Optional<Visitor> visitor,
            int status,
            String error,
            String user)
            throws IOException {
        Frame frame = templates.frame(request, visitor, "login.title", "");
        String text = templates.brand(request).loginText();
        boolean ended = visitor.isEmpty() && ENDED.endsWith("?" + request.getQueryString());
        // Under no-referrer a browser says "Origin: null", and not every one says Sec-Fetch-Site. A refused login URL's
        // address stays untold all the same.
        boolean origin = request.getAttribute(SsoFilter.REFUSAL) == null;
        templates.write(
                response,
                status,
                "login",
                frame,
                Map.of(
                        "error", error.isEmpty() ? "" : frame.t(error),
                        "text", text,
                        // Whoever swaps the fields types his secret here: what is no address is not shown again.
                        "address", user.contains("@") ? user : "",
                        "ended", ended,
                        "origin", origin));
    }

    /** The webmail's own form. */
    void signIn(HttpServletRequest request, HttpServletResponse response, Optional<Visitor> visitor)
            throws IOException {
        if (Csrf.isFromElsewhere(request)) {
            templates.problem(request, response, visitor, HttpServletResponse.SC_FORBIDDEN, "problem.elsewhere");
            return;
        }
        String user = text(request.getParameter("user"));
        String pass = text(request.getParameter("pass"));
        Optional<HostLogin> tokens = HostLogin.of(request.getServletContext());
        if (tokens.isEmpty()) {
            withoutTokens(request, response, visitor, user, Secret.of(pass));
            return;
        }
        HostLogin.Result result = tokens.get().redeem(request, user, Secret.of(pass));
        if (result instanceof HostLogin.Opened opened) {
            Webmail.redirect(response, tokens.get().start(opened.session()));
        } else if (result instanceof HostLogin.Throttled throttled) {
            templates.tooMany(request, response, visitor, throttled.retryAfter());
        } else if (result instanceof HostLogin.Insecure) {
            form(request, response, visitor, HttpServletResponse.SC_FORBIDDEN, "login.insecure", user);
        } else {
            ownPassword(request, response, visitor, user, Secret.of(pass));
        }
    }

    /** Login tokens are switched off: then nobody else counts wrong passwords, or looks how they came. */
    private void withoutTokens(
            HttpServletRequest request,
            HttpServletResponse response,
            Optional<Visitor> visitor,
            String user,
            Secret password)
            throws IOException {
        Settings.Http http = postern.settings().http();
        if (!Clients.maySendSecrets(request, http)) {
            form(request, response, visitor, HttpServletResponse.SC_FORBIDDEN, "login.insecure", user);
            return;
        }
        String account =
                MailboxAddress.parse(user).map(MailboxAddress::toString).orElse("");
        Throttle.Admission admission = throttle.begin(account, Clients.of(request, http));
        if (admission instanceof Throttle.Blocked blocked) {
            templates.tooMany(request, response, visitor, blocked.retryAfter());
            return;
        }
        try (Throttle.Attempt counted = (Throttle.Attempt) admission) {
            if (ownPassword(request, response, visitor, user, password)) {
                counted.right();
            } else {
                counted.wrong();
            }
        }
    }

    /**
     * A login URL whose token was refused: it may carry the user's own password. What another site sent, or where every
     * login takes a click, has to be sent again from the form.
     */
    void refusedToken(HttpServletRequest request, HttpServletResponse response, Optional<Visitor> visitor)
            throws IOException {
        String user = text(first(request.getParameter("user"), request.getParameter("_user")));
        String pass = text(first(request.getParameter("pass"), request.getParameter("_pass")));
        boolean clicked = request.getMethod().equals("POST");
        if (Csrf.isFromElsewhere(request) || (postern.settings().login().confirmAlways() && !clicked)) {
            form(request, response, visitor, HttpServletResponse.SC_FORBIDDEN, "login.refused", user);
            return;
        }
        ownPassword(request, response, visitor, user, Secret.of(pass));
    }

    /** Returns whether it was right; an answer is given either way. */
    private boolean ownPassword(
            HttpServletRequest request,
            HttpServletResponse response,
            Optional<Visitor> visitor,
            String user,
            Secret password)
            throws IOException {
        Optional<Mailbox> owner = owner(user, password);
        if (owner.isEmpty()) {
            form(request, response, visitor, HttpServletResponse.SC_FORBIDDEN, "login.refused", user);
            return false;
        }
        // The filter counted it as a guess, and knows the client's address behind a proxy: so it takes that back.
        HostLogin.of(request.getServletContext()).ifPresent(tokens -> tokens.passwordAccepted(request, user));
        Mailbox mailbox = owner.get();
        String version =
                postern.backend().directory().passwordVersion(mailbox.address()).orElse("");
        OwnSession.open(request, mailbox, mailbox.locale().orElseGet(() -> Templates.wish(request)), version, password);
        Webmail.redirect(response, start(request, true));
        return true;
    }

    private Optional<Mailbox> owner(String user, Secret password) {
        if (password.isEmpty() || password.length() > MOST_CHARACTERS) {
            return Optional.empty();
        }
        return postern.mailboxes().openedBy(user, password);
    }

    /** Signs an owner out. The filter has signed a token session out before it came here. */
    void signOut(HttpServletRequest request, HttpServletResponse response, Optional<Visitor> visitor)
            throws IOException {
        if (visitor.isPresent() && !Csrf.isRight(request, visitor.get())) {
            templates.write(
                    response,
                    HttpServletResponse.SC_OK,
                    "logout",
                    templates.frame(request, visitor, "logout.title", ""),
                    Map.of());
            return;
        }
        if (visitor.isPresent()) {
            OwnSession.end(request, response);
            response.setHeader("Clear-Site-Data", "\"cache\"");
        }
        Webmail.redirect(
                response,
                templates
                        .brand(request)
                        .logoutRedirect()
                        .orElse(request.getContextPath()
                                + postern.settings().login().loginPage()));
    }

    private String start(HttpServletRequest request, boolean mail) {
        var login = postern.settings().login();
        return request.getContextPath() + (mail ? login.webmailPath() : login.adminPath());
    }

    private static @Nullable String first(@Nullable String one, @Nullable String other) {
        return one == null ? other : one;
    }

    static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
