package org.postern.filter;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.LoginUrl;
import org.postern.core.LogoutRedirect;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Redemption;
import org.postern.core.service.WebmailLogins;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The login URL (contract, section 7). Thread-safe. */
final class LoginDoor {
    private static final Logger LOG = LoggerFactory.getLogger(SsoFilter.class);
    private static final AtomicBoolean TAKEN = new AtomicBoolean();
    /** The attribute of a request whose secret was refused and counted as a guess. */
    private static final String GUESS = LoginDoor.class.getName() + ".guess";

    private static final Set<String> USER = Set.of("user", "_user");
    private static final Set<String> PASS = Set.of("pass", "_pass");
    private static final String DIRECT = "direct";
    private static final String LOGOUT_REDIRECT = "logout_redirect";
    private static final String LOCALE = "locale";
    private static final List<Set<String>> ONCE = List.of(
            Set.of("_task"), Set.of("_action"), USER, PASS, Set.of(DIRECT), Set.of(LOGOUT_REDIRECT), Set.of(LOCALE));

    private final WebmailLogins logins;
    private final NodeSessions sessions;
    private final SessionOpener opener;
    private final Peer peer;
    private final Pages pages;
    private final Places places;
    private final LogoutRedirect logoutRedirect;

    LoginDoor(
            WebmailLogins logins,
            NodeSessions sessions,
            SessionOpener opener,
            Peer peer,
            Pages pages,
            Places places,
            LogoutRedirect logoutRedirect) {
        this.logins = logins;
        this.sessions = sessions;
        this.opener = opener;
        this.peer = peer;
        this.pages = pages;
        this.places = places;
        this.logoutRedirect = logoutRedirect;
    }

    /** Answers itself and returns empty, or returns the request with which the host's own login goes on. */
    Optional<HttpServletRequest> enter(HttpServletRequest request, HttpServletResponse response, String query)
            throws IOException {
        boolean post = request.getMethod().equals("POST");
        if (!post && !request.getMethod().equals("GET")) {
            response.setHeader("Allow", "GET, POST");
            return refused(request, response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "not_here");
        }
        if (Fetch.isNoVisit(request)) {
            return refused(request, response, HttpServletResponse.SC_FORBIDDEN, "not_here");
        }
        byte[] body;
        try {
            body = FormBody.read(request);
        } catch (FormBody.Unreadable unreadable) {
            return refused(request, response, unreadable.status(), "bad_request");
        }
        if (FormBody.wasTaken(request, body)) {
            if (TAKEN.compareAndSet(false, true)) {
                LOG.warn("another filter read a login's form first, so no token in it can be redeemed;"
                        + " put org.postern.filter.SsoFilter before it");
            }
            return Optional.of(request);
        }
        Optional<FormFields> parsed = FormFields.parse(query, body);
        if (parsed.isEmpty() || ONCE.stream().anyMatch(names -> parsed.get().count(names) > 1)) {
            return refused(request, response, HttpServletResponse.SC_BAD_REQUEST, "bad_request");
        }
        FormFields fields = parsed.get();
        HttpServletRequest replayed = post ? new ReplayedRequest(request, fields, body) : request;
        String user = fields.value(USER);
        Secret secret = Secret.of(fields.value(PASS));
        if (user.isEmpty() || secret.isEmpty()) {
            return Optional.of(replayed);
        }
        if (!peer.mayBringSecrets(request)) {
            LOG.warn("a login came over plain HTTP from another host, and was refused");
            return refused(request, response, HttpServletResponse.SC_FORBIDDEN, "not_secure");
        }
        Optional<WebmailSession> same = openedBy(request, user, secret);
        if (same.isPresent()) {
            goIn(request, response, same.get(), fields);
            return Optional.empty();
        }
        String target = fields.value(LOGOUT_REDIRECT);
        boolean targetCounts = isDirect(fields) && logoutRedirect.accepts(target);
        String note = target.isEmpty() || targetCounts ? "" : Channel.LOGIN_URL.apiName() + ", logout target dropped";
        Client client = peer.client(request);
        Redemption redemption = logins.redeem(new LoginAttempt(user, secret, Channel.LOGIN_URL, post, note, client));
        if (redemption instanceof Redemption.Redeemed redeemed) {
            if (!note.isEmpty()) {
                LOG.warn(
                        "session {}: its logout target was dropped",
                        redeemed.session().id());
            }
            WebmailSession session =
                    opener.open(request, redeemed, secret, locale(fields), targetCounts ? target : "", client);
            goIn(request, response, session, fields);
        } else if (redemption instanceof Redemption.NeedsConfirmation) {
            confirm(request, response, fields);
        } else if (redemption instanceof Redemption.Throttled throttled) {
            pages.refuses(request, response, 429, "too_many", throttled.retryAfter());
        } else {
            note(replayed, redemption);
            replayed.setAttribute(SsoFilter.REFUSAL, SsoFilter.REFUSED);
            return Optional.of(replayed);
        }
        return Optional.empty();
    }

    /** What a person typed into the host's own form. */
    HostLogin.Result form(HttpServletRequest request, String user, Secret secret) {
        if (!peer.mayBringSecrets(request)) {
            return new HostLogin.Insecure();
        }
        if (user.isEmpty() || secret.isEmpty()) {
            return new HostLogin.Refused();
        }
        Client client = peer.client(request);
        Redemption redemption = logins.redeem(new LoginAttempt(user, secret, Channel.LOGIN_FORM, true, "", client));
        if (redemption instanceof Redemption.Redeemed redeemed) {
            return new HostLogin.Opened(opener.open(request, redeemed, secret, Optional.empty(), "", client));
        }
        note(request, redemption);
        return redemption instanceof Redemption.Throttled throttled
                ? new HostLogin.Throttled(throttled.retryAfter())
                : new HostLogin.Refused();
    }

    private static void note(HttpServletRequest request, Redemption redemption) {
        if (redemption instanceof Redemption.Refused refused && refused.why().isGuess()) {
            request.setAttribute(GUESS, true);
        }
    }

    void passwordAccepted(HttpServletRequest request, String user) {
        logins.passwordAccepted(user, peer.client(request));
    }

    /** Takes back no more than this request's own guess: whoever comes in an outage is not to clear what he did before. */
    void passwordUnchecked(HttpServletRequest request, String user) {
        if (request.getAttribute(GUESS) != null) {
            request.removeAttribute(GUESS);
            logins.passwordUnchecked(user, peer.client(request));
        }
    }

    String start(WebmailSession session) {
        return places.start(session);
    }

    private Optional<HttpServletRequest> refused(
            HttpServletRequest request, HttpServletResponse response, int status, String text) throws IOException {
        pages.refuses(request, response, status, text);
        return Optional.empty();
    }

    /** The open session that this very link opened. */
    private Optional<WebmailSession> openedBy(HttpServletRequest request, String user, Secret secret) {
        HttpSession http = request.getSession(false);
        WebmailSession session = http == null ? null : WebmailSession.in(http);
        if (http == null || session == null || sessions.of(session).isOver()) {
            return Optional.empty();
        }
        SessionMemory memory = SessionMemory.in(http);
        return memory == null
                ? Optional.empty()
                : MailboxAddress.parse(user)
                        .filter(mailbox -> memory.openedBy(mailbox, secret))
                        .map(mailbox -> session);
    }

    private static boolean isDirect(FormFields fields) {
        return fields.value(DIRECT).equals("1");
    }

    private void goIn(
            HttpServletRequest request, HttpServletResponse response, WebmailSession session, FormFields fields)
            throws IOException {
        String start = places.start(session);
        if (isDirect(fields)) {
            Pages.redirect(response, start);
        } else {
            pages.movesOn(request, response, session.locale(), "progress", start);
        }
    }

    private void confirm(HttpServletRequest request, HttpServletResponse response, FormFields fields)
            throws IOException {
        Map<String, String> again = new LinkedHashMap<>();
        again.put("user", fields.value(USER));
        again.put("pass", fields.value(PASS));
        for (String name : List.of(DIRECT, LOGOUT_REDIRECT, LOCALE)) {
            if (fields.count(Set.of(name)) > 0) {
                again.put(name, fields.value(name));
            }
        }
        String action = places.login() + '?' + LoginUrl.TASK_PARAMETER + '&' + LoginUrl.ACTION_PARAMETER;
        SessionLocale language = locale(fields).orElseGet(() -> Pages.language(request));
        pages.asks(request, response, language, "confirm", "confirm_button", action, again);
    }

    /** A bad locale does not stop a login: it is as if it were not there. */
    private static Optional<SessionLocale> locale(FormFields fields) {
        String text = fields.value(LOCALE);
        Optional<SessionLocale> locale = SessionLocale.parse(text);
        if (locale.isEmpty() && !text.isEmpty()) {
            LOG.info("a login URL's locale is none of {}: ignored", SessionLocale.codes());
        }
        return locale;
    }
}
