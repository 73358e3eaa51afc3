package org.postern.container;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postern.core.Acme;
import org.postern.core.Client;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.Postern;
import org.postern.filter.SsoFilter;
import org.postern.filter.WebmailSession;

/** The snippets of {@code docs/embedding.md}, at work. */
class EmbeddingTest {
    // region webmail
    /** A webmail that has login tokens, and knows nothing of them. */
    public static final class MyWebmail extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (request.getUserPrincipal() == null) {
                response.getWriter().print("Please log in.");
                return;
            }
            WebmailSession session = WebmailSession.of(request).orElseThrow();
            Secret password = session.credential().secret();
            response.getWriter().print(readMail(session.mailbox(), password));
        }
    }
    // endregion

    private static String readMail(String mailbox, Secret password) {
        return mailbox + " opens with " + password.length() + " characters";
    }

    @Test
    void webmail_getsLoginTokensInFifteenLines() throws Exception {
        Postern postern = new Postern(Acme.settings(Map.of()), Acme.backend(), Clock.systemUTC());
        try (postern;
                Container container = Container.ofThisRun()) {
            container.start("/", context -> {
                // region programmatic
                context.setAttribute(Postern.class.getName(), postern);
                new SsoFilter().addTo(context);
                context.addServlet("webmail", new MyWebmail()).addMapping("/*");
                // endregion
            });
            // region issue
            var administrator = postern.backend()
                    .directory()
                    .administrator(MailboxAddress.parse("mail@acme.example").orElseThrow())
                    .orElseThrow();
            Issuance issuance = postern.tokens()
                    .issue(
                            administrator,
                            new IssueRequest(
                                    "alice@acme.example",
                                    "sso",
                                    Secret.of(""),
                                    "Ticket 4711",
                                    "3600",
                                    "",
                                    true,
                                    false,
                                    false,
                                    new Client("192.0.2.1", "our portal")));
            // endregion
            Secret value = ((Issuance.Issued) issuance).value();
            assertThat(get(container, "/")).isEqualTo("Please log in.");
            assertThat(get(
                            container,
                            "/?_task=login&_action=login&direct=1&user=alice%40acme.example&pass=" + value.reveal()))
                    .isEqualTo("alice@acme.example opens with 36 characters");
        }
    }

    private static String get(Container container, String path) throws IOException, InterruptedException {
        URI uri = URI.create(container.uri("/").toString().replaceFirst("/$", "") + path);
        HttpClient browser = HttpClient.newBuilder()
                .cookieHandler(new CookieManager())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        return browser.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
