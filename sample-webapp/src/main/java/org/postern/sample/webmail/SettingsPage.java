package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.postern.core.Mailbox;
import org.postern.core.Secret;
import org.postern.core.service.Mailboxes.PasswordChange;
import org.postern.core.service.Postern;
import org.postern.core.spi.MailDirectory;

/** What the mailbox's owner may change: his password. A token session may not, and is told why. */
record SettingsPage(Postern postern) {
    void show(Exchange exchange) throws IOException {
        show(exchange, HttpServletResponse.SC_OK, "", "");
    }

    private void show(Exchange exchange, int status, String error, String done) throws IOException {
        MailDirectory directory = postern.backend().directory();
        String name = directory
                .mailbox(exchange.visitor().mailbox())
                .map(Mailbox::name)
                .orElse("");
        Map<String, Object> model = exchange.said(error, done);
        model.put("name", name);
        model.put("language", exchange.texts().get("language"));
        exchange.page(status, "settings", "settings", model);
    }

    void change(Exchange exchange) throws IOException {
        Visitor visitor = exchange.visitor();
        Optional<OwnSession> own = visitor.support().isPresent() ? Optional.empty() : OwnSession.of(exchange.request());
        Secret old = Secret.of(exchange.param("old"));
        Secret fresh = Secret.of(exchange.param("new"));
        if (own.isEmpty()) {
            show(exchange, HttpServletResponse.SC_FORBIDDEN, "settings.support", "");
        } else if (!fresh.equals(Secret.of(exchange.param("again")))) {
            show(exchange, HttpServletResponse.SC_BAD_REQUEST, "settings.differ", "");
        } else if (!exchange.maySendSecrets(postern.settings())) {
            show(exchange, HttpServletResponse.SC_FORBIDDEN, "login.insecure", "");
        } else {
            change(exchange, own.get(), old, fresh);
        }
    }

    private void change(Exchange exchange, OwnSession own, Secret old, Secret fresh) throws IOException {
        Visitor visitor = exchange.visitor();
        PasswordChange outcome =
                postern.mailboxes().changePassword(visitor.mailbox(), old, fresh, exchange.client(postern.settings()));
        if (outcome instanceof PasswordChange.Changed) {
            MailDirectory directory = postern.backend().directory();
            own.changed(
                    exchange.request(),
                    directory.mailboxPasswordVersion(visitor.mailbox()).orElse(""),
                    fresh);
            show(exchange, HttpServletResponse.SC_OK, "", "settings.changed");
        } else if (outcome instanceof PasswordChange.Throttled throttled) {
            exchange.tooMany(throttled.retryAfter());
        } else {
            String key = outcome instanceof PasswordChange.WrongPassword
                    ? "settings.wrong"
                    : outcome instanceof PasswordChange.ReadOnly ? "settings.read-only" : "settings.bad";
            show(exchange, HttpServletResponse.SC_BAD_REQUEST, key, "");
        }
    }
}
