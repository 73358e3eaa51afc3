package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.postern.core.Client;
import org.postern.core.Mailbox;
import org.postern.core.Secret;
import org.postern.core.service.Mailboxes.PasswordChange;
import org.postern.core.service.Postern;
import org.postern.core.settings.Settings;

/** What the mailbox's owner may change: his password. A token session may not, and is told why. */
final class SettingsPage {
    private final Postern postern;
    private final Templates templates;

    SettingsPage(Postern postern, Templates templates) {
        this.postern = postern;
        this.templates = templates;
    }

    void show(HttpServletRequest request, HttpServletResponse response, Visitor visitor) throws IOException {
        show(request, response, visitor, HttpServletResponse.SC_OK, "", "");
    }

    private void show(
            HttpServletRequest request,
            HttpServletResponse response,
            Visitor visitor,
            int status,
            String error,
            String done)
            throws IOException {
        Frame frame = templates.frame(request, Optional.of(visitor), "settings.title", "settings");
        String name = postern.backend()
                .directory()
                .mailbox(visitor.mailbox())
                .map(Mailbox::name)
                .orElse("");
        templates.write(
                response,
                status,
                "settings",
                frame,
                Map.of("name", name, "language", frame.t("language"), "error", error, "done", done));
    }

    void change(HttpServletRequest request, HttpServletResponse response, Visitor visitor) throws IOException {
        if (!Csrf.isRight(request, visitor)) {
            templates.problem(
                    request, response, Optional.of(visitor), HttpServletResponse.SC_FORBIDDEN, "problem.elsewhere");
            return;
        }
        Optional<OwnSession> own = visitor.support().isPresent() ? Optional.empty() : OwnSession.of(request);
        Texts texts = templates.texts(request, Optional.of(visitor));
        if (own.isEmpty()) {
            show(request, response, visitor, HttpServletResponse.SC_FORBIDDEN, texts.get("settings.support"), "");
            return;
        }
        Secret old = Secret.of(SignIn.text(request.getParameter("old")));
        Secret fresh = Secret.of(SignIn.text(request.getParameter("new")));
        Secret again = Secret.of(SignIn.text(request.getParameter("again")));
        if (!fresh.equals(again)) {
            show(request, response, visitor, HttpServletResponse.SC_BAD_REQUEST, texts.get("settings.differ"), "");
            return;
        }
        Settings.Http http = postern.settings().http();
        if (!Clients.maySendSecrets(request, http)) {
            show(request, response, visitor, HttpServletResponse.SC_FORBIDDEN, texts.get("login.insecure"), "");
            return;
        }
        Client client = Clients.of(request, http);
        PasswordChange outcome = postern.mailboxes().changePassword(visitor.mailbox(), old, fresh, client);
        if (outcome instanceof PasswordChange.Changed) {
            String version = postern.backend()
                    .directory()
                    .passwordVersion(visitor.mailbox())
                    .orElse("");
            own.get().changed(request, version, fresh);
            show(request, response, visitor, HttpServletResponse.SC_OK, "", texts.get("settings.changed"));
        } else if (outcome instanceof PasswordChange.Throttled throttled) {
            templates.tooMany(request, response, Optional.of(visitor), throttled.retryAfter());
        } else {
            show(request, response, visitor, HttpServletResponse.SC_BAD_REQUEST, texts.get(key(outcome)), "");
        }
    }

    private static String key(PasswordChange outcome) {
        if (outcome instanceof PasswordChange.WrongPassword) {
            return "settings.wrong";
        }
        return outcome instanceof PasswordChange.ReadOnly ? "settings.read-only" : "settings.bad";
    }
}
