package org.postern.container;

import jakarta.servlet.ServletRegistration;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.Secret;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.Postern;
import org.postern.core.spi.AuditQuery;
import org.postern.core.spi.Backend;
import org.postern.filter.SsoFilter;
import org.postern.filter.WebmailSession;
import org.postern.filter.WebmailSessionListener;

/** A webmail with the filter in the container of this run, and the issuing service beside it, in memory. */
final class Site implements AutoCloseable {
    static final String LOGIN = "/?_task=login&_action=login";
    private static final Client ISSUER = new Client("192.0.2.9", "test");

    /** Remembers what a host's listener is told. */
    static final class Told implements WebmailSessionListener {
        final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void opened(WebmailSession session) {
            events.add("opened " + session.mailbox());
        }

        @Override
        public void closed(WebmailSession session, String why) {
            events.add("closed " + session.mailbox() + ": " + why);
            throw new IllegalStateException("a listener's fault is the host's alone");
        }
    }

    final Backend backend = Acme.backend();
    final Postern postern;
    final Told told = new Told();
    final Container container = Container.ofThisRun();
    final Raw raw;
    final String context;

    Site() throws Exception {
        this("/", Map.of());
    }

    Site(String contextPath, Map<String, String> properties) throws Exception {
        context = contextPath.equals("/") ? "" : contextPath;
        Map<String, String> all = new HashMap<>(Map.of("sso.session.poll", "PT0.1S"));
        all.putAll(properties);
        postern = new Postern(Acme.settings(all), backend, Clock.systemUTC());
        container.start(contextPath, starting -> {
            new SsoFilter(postern.tokens(), postern.settings(), Clock.systemUTC(), told).addTo(starting);
            ServletRegistration.Dynamic host = starting.addServlet("host", new HostServlet());
            host.setAsyncSupported(true);
            host.addMapping("/*");
        });
        raw = new Raw(container.port());
    }

    Administrator admin(String address) {
        return backend.directory().administrator(Acme.address(address)).orElseThrow();
    }

    /** A new token; its value. */
    String token(String user, String type) {
        return token(user, type, "", "", false);
    }

    String token(String user, String type, String life, String locale, boolean confirm) {
        return issued(user, type, life, locale, confirm).value().reveal();
    }

    Issuance.Issued issued(String user, String type, String life, String locale, boolean confirm) {
        Issuance issuance = postern.tokens()
                .issue(
                        admin("company@acme.example"),
                        new IssueRequest(
                                user, type, Secret.of(""), "ticket 7", life, locale, false, confirm, false, ISSUER));
        return (Issuance.Issued) issuance;
    }

    /** The target of the login URL. */
    String url(String user, String pass) {
        return context + LOGIN + "&user=" + user.replace("@", "%40") + "&pass=" + pass;
    }

    /** Logs in with {@code direct=1}; the cookie. */
    String login(String user, String type) throws Exception {
        Raw.Answer answer = raw.get(url(user, token(user, type)) + "&direct=1");
        if (answer.status() != 303) {
            throw new IllegalStateException("no login: " + answer);
        }
        return answer.sessionCookie().orElseThrow();
    }

    /** What the host sees of a request with this cookie. */
    String seen(String cookie) throws Exception {
        return raw.get(context + "/?_task=mail", "Cookie: " + cookie).body();
    }

    /** How often tokens were redeemed. */
    long redemptions() {
        return audit(AuditEvent.Type.REDEEMED).size();
    }

    List<AuditEvent> audit(AuditEvent.Type type) {
        return new ArrayList<>(backend.tokens()
                .audit(
                        new AuditQuery(
                                backend.directory().domainsOf(admin("company@acme.example")),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(type),
                                Optional.empty(),
                                Optional.empty()),
                        200,
                        Optional.empty())
                .items());
    }

    @Override
    public void close() {
        container.close();
        postern.close();
    }
}
