package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.postern.core.Administrator;
import org.postern.core.LoginToken;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.service.Actor;
import org.postern.core.service.Answer;
import org.postern.core.service.Mailboxes;
import org.postern.core.service.Mailboxes.Change;
import org.postern.core.service.Postern;

/** The admin tab: the mailboxes under this administrator's control, one of them, and the tokens issued there. */
record AdminPage(Postern postern) {
    private static final int PAGE = 50;
    private static final int MOST_CHARACTERS = 100;

    /** A page of the tab, or something that is done there. */
    interface Deed {
        void answer(Exchange exchange, Administrator administrator) throws IOException;
    }

    /** Only for who is an administrator at this moment. */
    void asAdministrator(Exchange exchange, Deed deed) throws IOException {
        Optional<Administrator> administrator =
                postern.backend().directory().administrator(exchange.visitor().mailbox());
        if (administrator.isPresent()) {
            deed.answer(exchange, administrator.get());
        } else {
            exchange.problem(HttpServletResponse.SC_FORBIDDEN, "problem.no-admin");
        }
    }

    /** The mailboxes; or the one that the address names. */
    void show(Exchange exchange, Administrator administrator) throws IOException {
        if (exchange.param("_user").isEmpty()) {
            list(exchange, administrator);
        } else {
            one(exchange, administrator, HttpServletResponse.SC_OK, "", "");
        }
    }

    private void list(Exchange exchange, Administrator administrator) throws IOException {
        String query = exchange.param("_q").strip();
        query = query.length() > MOST_CHARACTERS ? query.substring(0, MOST_CHARACTERS) : query;
        String part = query;
        Optional<Page<Mailbox>> page =
                exchange.listed(after -> postern.mailboxes().search(administrator, part, PAGE, after));
        if (page.isEmpty()) {
            return;
        }
        Map<String, Object> model = heading(exchange, administrator, page.get());
        model.put("mailboxes", page.get().items());
        model.put("languages", exchange.templates().languages());
        model.put("query", query);
        exchange.page("admin", "admin", model);
    }

    private Map<String, Object> heading(Exchange exchange, Administrator administrator, Page<?> page) {
        Texts texts = exchange.texts();
        Map<String, Object> model = new HashMap<>();
        model.put("role", texts.get("role." + administrator.role().apiName()));
        model.put(
                "domains",
                postern.backend().directory().domainsOf(administrator).stream()
                        .map(Object::toString)
                        .sorted(texts.order())
                        .collect(Collectors.joining(", ")));
        model.put("next", page.next().orElse(""));
        return model;
    }

    /** @param error and done are keys of texts, or empty */
    private void one(Exchange exchange, Administrator administrator, int status, String error, String done)
            throws IOException {
        Answer<Mailbox> answer = postern.mailboxes().look(administrator, exchange.param("_user"));
        if (!(answer instanceof Answer.Given<Mailbox> given)) {
            exchange.problem(HttpServletResponse.SC_NOT_FOUND, "problem.no-mailbox");
            return;
        }
        Map<String, Object> model = exchange.said(error, done);
        model.put("mailbox", given.value());
        model.put("languages", exchange.templates().languages());
        model.put("scope", postern.mailboxes().mayChange(actor(exchange, administrator), exchange.param("_user")));
        exchange.page(status, "mailbox", given.value().address().toString(), "admin", model);
    }

    /** Does what a button on a mailbox's page said. */
    void change(Exchange exchange, Administrator administrator) throws IOException {
        Mailboxes mailboxes = postern.mailboxes();
        Actor actor = actor(exchange, administrator);
        String user = exchange.param("_user");
        String deed = exchange.param("_do");
        Change change;
        switch (deed) {
            case "suspend", "resume" -> change = mailboxes.setSuspended(actor, user, deed.equals("suspend"));
            case "language" -> {
                Optional<SessionLocale> locale = SessionLocale.parse(exchange.param("language"));
                if (locale.isEmpty() && !exchange.param("language").isEmpty()) {
                    exchange.problem(HttpServletResponse.SC_BAD_REQUEST);
                    return;
                }
                change = mailboxes.setLocale(actor, user, locale);
            }
            case "password" -> {
                if (!exchange.maySendSecrets(postern.settings())) {
                    one(exchange, administrator, HttpServletResponse.SC_FORBIDDEN, "login.insecure", "");
                    return;
                }
                change = mailboxes.setPassword(actor, user, Secret.of(exchange.param("new")));
            }
            default -> {
                exchange.problem(HttpServletResponse.SC_BAD_REQUEST);
                return;
            }
        }
        if (change instanceof Change.Changed) {
            one(exchange, administrator, HttpServletResponse.SC_OK, "", "mailbox.done." + deed);
        } else if (change instanceof Change.BadPassword) {
            one(exchange, administrator, HttpServletResponse.SC_BAD_REQUEST, "settings.bad", "");
        } else {
            String key = change instanceof Change.ReadOnly ? "mailbox.read-only" : "mailbox.denied";
            one(exchange, administrator, HttpServletResponse.SC_FORBIDDEN, key, "");
        }
    }

    private Actor actor(Exchange exchange, Administrator administrator) {
        return new Actor(
                administrator,
                exchange.visitor()
                        .support()
                        .map(s -> new Actor.Behind(
                                MailboxAddress.parse(s.issuer()).orElseThrow(),
                                s.tokenId(),
                                s.type(),
                                s.reason(),
                                s.readOnly())),
                exchange.client(postern.settings()));
    }

    /** The tokens issued in the domains under this administrator's control. */
    void tokens(Exchange exchange, Administrator administrator) throws IOException {
        Optional<Page<LoginToken>> page =
                exchange.listed(after -> postern.tokens().listUnder(administrator, PAGE, after));
        if (page.isPresent()) {
            Map<String, Object> model = heading(exchange, administrator, page.get());
            model.put("tokens", page.get().items());
            exchange.page("tokens", "admin", model);
        }
    }

    void revoke(Exchange exchange, Administrator administrator) throws IOException {
        Answer<Boolean> revoked = exchange.token()
                .map(id -> postern.tokens().revoke(actor(exchange, administrator), id))
                .orElseGet(Answer.Missing::new);
        if (revoked instanceof Answer.Given<Boolean>) {
            exchange.redirect("/?_task=tokens");
        } else if (revoked instanceof Answer.Missing<Boolean>) {
            exchange.problem(HttpServletResponse.SC_NOT_FOUND);
        } else {
            String key = exchange.visitor().readOnly() ? "problem.read-only" : "problem.403";
            exchange.problem(HttpServletResponse.SC_FORBIDDEN, key);
        }
    }
}
