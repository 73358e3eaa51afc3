package org.postern.server;

import java.io.PrintStream;
import java.util.Optional;
import org.postern.core.Administrator;
import org.postern.core.Client;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.settings.Settings;
import org.postern.server.demo.DemoMail;

/**
 * What is printed when the server is there: the address; in the demo, whose passwords are public, also a login link that
 * works once, and what else there is to try. On the standard output, never in the log.
 */
final class StartLines {
    private static final String ISSUER = "mail@acme.example";
    private static final String MAILBOX = "alice@acme.example";

    private final Settings settings;
    private final IssuingService service;

    StartLines(Settings settings, IssuingService service) {
        this.settings = settings;
        this.service = service;
    }

    void print(PrintStream out) {
        String address = settings.http().webmailUrl();
        StringBuilder lines = new StringBuilder(1024);
        Optional<DemoMail> mail = service.demoMail();
        if (mail.isEmpty()) {
            lines.append("Postern is ready at ").append(address).append("/\n");
        } else {
            lines.append("\nPostern's demo is ready at ").append(address).append("/  (127.0.0.1 only)\n\n");
            link().ifPresent(
                            link -> lines.append("  Log in to Alice's mailbox with a token; the link works once:\n    ")
                                    .append(link.reveal())
                                    .append("\n\n"));
            lines.append("  Issue another token, as a help desk would:\n    wget -q -O - '")
                    .append(address)
                    .append("/tools/sso?admin=mail%40acme.example&pass=demo-mail&user=alice%40acme.example'\n\n");
            lines.append("  Webmail   ").append(address).append("/       alice@acme.example, demo-alice\n");
            lines.append("  Console   ").append(address).append("/console/       mail@acme.example, demo-mail\n");
            lines.append("  Brands    http://acme.localhost:")
                    .append(settings.http().port())
                    .append("/  http://globex.localhost:")
                    .append(settings.http().port())
                    .append("/\n");
            lines.append(String.format(
                    "  Mail      IMAP %d   POP3 %d   SMTP %d   on 127.0.0.1; passwords and tokens%n%n",
                    mail.get().imapPort(), mail.get().pop3Port(), mail.get().smtpPort()));
            lines.append("  Every password is demo- and the part before the @.  Ctrl-C ends it.\n");
        }
        out.println(lines);
        out.flush();
    }

    private Optional<Secret> link() {
        Optional<Administrator> issuer =
                MailboxAddress.parse(ISSUER).flatMap(service.postern().backend().directory()::administrator);
        return issuer.map(admin -> service.postern()
                        .tokens()
                        .issue(
                                admin,
                                new IssueRequest(
                                        MAILBOX,
                                        "sso",
                                        Secret.of(""),
                                        "The demo was started",
                                        "",
                                        "",
                                        false,
                                        false,
                                        false,
                                        Client.OPERATOR)))
                .filter(Issuance.Issued.class::isInstance)
                .map(issued -> ((Issuance.Issued) issued).loginUrl());
    }
}
