package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;
import org.postern.core.service.Postern;
import org.postern.core.service.Throttle;
import org.postern.core.settings.Settings;
import org.postern.filter.HostLogin;
import org.postern.filter.SsoFilter;
import org.postern.sample.mail.Draft;

/** Signing in and out. What is typed may be a token or the mailbox's own password, and is tried in this order. */
final class SignIn {
    private static final String ENDED = "_ended";
    private static final int MOST_CHARACTERS = 1024;

    private final Postern postern;
    private final Throttle throttle;

    SignIn(Postern postern) {
        this.postern = postern;
        this.throttle = new Throttle(postern.clock());
    }

    /** The first page: the mailbox of whoever is signed in, else the form. */
    void front(Exchange exchange) throws IOException {
        if (exchange.anybody().isPresent()) {
            exchange.redirect(start(exchange.visitor().mail()));
        } else {
            show(exchange);
        }
    }

    void show(Exchange exchange) throws IOException {
        form(exchange, HttpServletResponse.SC_OK, "");
    }

    /** Whoever came without a session, or whose session has ended: what he had typed into a letter is kept. */
    void insteadOf(Exchange exchange, String task) throws IOException {
        boolean ended = hadSession(exchange.request());
        if (!task.equals("send") || Csrf.isFromElsewhere(exchange.request())) {
            exchange.redirect(ended ? "/?_task=login&" + ENDED : "/");
        } else if (!DraftForm.receive(exchange)) {
            return;
        } else if (exchange.wants("page")) {
            // The script's form stays where it is, its files too.
            exchange.into("said");
            String title = exchange.texts().get("login.title");
            exchange.page(HttpServletResponse.SC_FORBIDDEN, "ended", title, "", Map.of());
        } else {
            form(exchange, HttpServletResponse.SC_FORBIDDEN, "");
        }
    }

    /**
     * A browser whose session ran out, or was ended elsewhere, still has its cookie. One that logged out has none any
     * more; but where it did so in another tab, it still comes from a page that only a session has.
     */
    private static boolean hadSession(HttpServletRequest request) {
        return (request.getRequestedSessionId() != null && !request.isRequestedSessionIdValid())
                || "same-origin".equals(request.getHeader("Sec-Fetch-Site"));
    }

    private void form(Exchange exchange, int status, String error) throws IOException {
        Draft kept = DraftForm.typed(exchange);
        boolean ended =
                exchange.anybody().isEmpty() && (exchange.request().getParameter(ENDED) != null || !kept.isEmpty());
        String user = exchange.param("user");
        Map<String, Object> model = new HashMap<>();
        model.put("error", error.isEmpty() ? "" : exchange.texts().get(error));
        model.put("text", exchange.templates().brand(exchange.request()).loginText());
        // Whoever swaps the fields types his secret here: what is no address is not shown again.
        model.put("address", user.contains("@") ? user : "");
        model.put("ended", ended);
        model.put("kept", kept);
        // Under no-referrer a browser says "Origin: null", and not every one says Sec-Fetch-Site. A refused login URL's
        // address stays untold all the same.
        model.put("origin", exchange.request().getAttribute(SsoFilter.REFUSAL) == null);
        exchange.whole();
        exchange.page(status, "login", "", model);
    }

    /** The webmail's own form. */
    void signIn(Exchange exchange) throws IOException {
        HttpServletRequest request = exchange.request();
        if (Csrf.isFromElsewhere(request)) {
            exchange.problem(HttpServletResponse.SC_FORBIDDEN, "problem.elsewhere");
            return;
        }
        String user = exchange.param("user");
        Secret secret = Secret.of(exchange.param("pass"));
        Optional<HostLogin> tokens = HostLogin.of(request.getServletContext());
        if (tokens.isEmpty() && exchange.maySendSecrets(postern.settings())) {
            ownPassword(exchange, user, secret);
            return;
        }
        // With login tokens switched off nobody else looks how a password came.
        HostLogin.Result result =
                tokens.isEmpty() ? new HostLogin.Insecure() : tokens.get().redeem(request, user, secret);
        if (result instanceof HostLogin.Opened opened) {
            goOn(exchange, tokens.orElseThrow().start(opened.session()));
        } else if (result instanceof HostLogin.Throttled throttled) {
            exchange.tooMany(throttled.retryAfter());
        } else if (result instanceof HostLogin.Insecure) {
            form(exchange, HttpServletResponse.SC_FORBIDDEN, "login.insecure");
        } else {
            ownPassword(exchange, user, secret);
        }
    }

    /**
     * A login URL whose token was refused: it may carry the user's own password. What another site sent, or where every
     * login takes a click, has to be sent again from the form.
     */
    void refusedToken(Exchange exchange) throws IOException {
        String user = exchange.param("user").isEmpty() ? exchange.param("_user") : exchange.param("user");
        String pass = exchange.param("pass").isEmpty() ? exchange.param("_pass") : exchange.param("pass");
        // A link in a letter is followed from here too: only what somebody typed or bookmarked logs in by itself.
        String site = exchange.request().getHeader("Sec-Fetch-Site");
        boolean followed = site != null && !site.equals("none");
        boolean unclicked =
                !exchange.isPost() && (followed || postern.settings().login().confirmAlways());
        if (Csrf.isFromElsewhere(exchange.request()) || unclicked) {
            form(exchange, HttpServletResponse.SC_FORBIDDEN, "login.refused");
        } else {
            ownPassword(exchange, user, Secret.of(pass));
        }
    }

    private void ownPassword(Exchange exchange, String user, Secret password) throws IOException {
        HttpServletRequest request = exchange.request();
        Optional<HostLogin> tokens = HostLogin.of(request.getServletContext());
        Optional<MailboxAddress> address = MailboxAddress.parse(user);
        String account = address.map(MailboxAddress::toString).orElse("");
        Throttle.Admission admission = throttle.begin(account, exchange.client(postern.settings()));
        if (admission instanceof Throttle.Blocked blocked) {
            exchange.tooMany(blocked.retryAfter());
            return;
        }
        try (Throttle.Attempt attempt = (Throttle.Attempt) admission) {
            // Read before the password is looked at: whoever changes it meanwhile ends this session too.
            Optional<String> version = address.flatMap(postern.backend().directory()::mailboxPasswordVersion);
            Optional<Mailbox> owner = password.isEmpty() || password.length() > MOST_CHARACTERS
                    ? Optional.empty()
                    : postern.mailboxes().openedBy(user, password);
            if (owner.isPresent()) {
                attempt.right();
                // The filter counted it as a guess, and knows the client's address behind a proxy: so it takes that
                // back.
                tokens.ifPresent(t -> t.passwordAccepted(request, account));
                open(exchange, owner.get(), version.orElse(""), password);
            } else {
                if (tokens.isEmpty()) {
                    // Else the filter counted it, as a token's guess.
                    attempt.wrong();
                }
                form(exchange, HttpServletResponse.SC_FORBIDDEN, "login.refused");
            }
        } catch (UnavailableException fault) {
            tokens.ifPresent(t -> t.passwordUnchecked(request, account));
            throw fault;
        }
    }

    private void open(Exchange exchange, Mailbox mailbox, String version, Secret password) {
        HttpServletRequest request = exchange.request();
        OwnSession.open(request, mailbox, mailbox.locale().orElseGet(() -> Templates.wish(request)), version, password);
        goOn(exchange, request.getContextPath() + start(true));
    }

    /** Whoever was in the middle of a letter goes on with it. */
    private static void goOn(Exchange exchange, String start) {
        Draft kept = DraftForm.typed(exchange);
        if (kept.isEmpty()) {
            exchange.leave(start);
        } else {
            DraftForm.keep(exchange, kept);
            exchange.redirect("/?_task=write");
        }
    }

    /** Signs an owner out. The filter has signed a token session out before it came here. */
    void signOut(Exchange exchange) throws IOException {
        if (exchange.anybody().isPresent() && !exchange.isFromHere()) {
            exchange.page("logout", "", Map.of());
            return;
        }
        if (exchange.anybody().isPresent()) {
            OwnSession.end(exchange.request(), exchange.response());
            exchange.response().setHeader("Clear-Site-Data", "\"cache\"");
        }
        Settings.Login login = postern.settings().login();
        exchange.leave(exchange.templates()
                .brand(exchange.request())
                .logoutRedirect()
                .orElse(exchange.request().getContextPath() + login.loginPage()));
    }

    private String start(boolean mail) {
        Settings.Login login = postern.settings().login();
        return mail ? login.webmailPath() : login.adminPath();
    }
}
