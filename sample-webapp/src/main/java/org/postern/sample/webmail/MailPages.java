package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.postern.sample.mail.Inbox;
import org.postern.sample.mail.Letter;
import org.postern.sample.mail.MailException;
import org.postern.sample.mail.MailServer;

/** The list of messages, one message, and its attachments. */
final class MailPages {
    private final Optional<MailServer> server;
    private final Templates templates;

    MailPages(Optional<MailServer> server, Templates templates) {
        this.server = server;
        this.templates = templates;
    }

    void list(HttpServletRequest request, HttpServletResponse response, Visitor visitor)
            throws IOException, MailException {
        if (isWithoutServer(request, response, visitor)) {
            return;
        }
        int page = (int) Math.min(Math.max(1, number(request.getParameter("_page"))), Integer.MAX_VALUE);
        Letter.Listing listing;
        try (Inbox inbox = open(visitor)) {
            listing = inbox.list(page);
        }
        Frame frame = templates.frame(request, Optional.of(visitor), "mail.title", "mail");
        templates.write(
                response, HttpServletResponse.SC_OK, "mail", frame, Map.of("listing", listing, "now", templates.now()));
    }

    void message(HttpServletRequest request, HttpServletResponse response, Visitor visitor)
            throws IOException, MailException {
        if (isWithoutServer(request, response, visitor)) {
            return;
        }
        long uid = number(request.getParameter("_uid"));
        Optional<Letter> letter;
        try (Inbox inbox = open(visitor)) {
            letter = uid < 1 ? Optional.empty() : inbox.read(uid, visitor.richText());
        }
        if (letter.isEmpty()) {
            gone(request, response, visitor);
            return;
        }
        Frame frame = templates.frame(request, Optional.of(visitor), "message.title", "mail");
        templates.write(response, HttpServletResponse.SC_OK, "message", frame, Map.of("letter", letter.get()));
    }

    /** A download, never shown: whatever it is called, it is a file for the disk. */
    void part(HttpServletRequest request, HttpServletResponse response, Visitor visitor)
            throws IOException, MailException {
        if (isWithoutServer(request, response, visitor)) {
            return;
        }
        long uid = number(request.getParameter("_uid"));
        String path = SignIn.text(request.getParameter("_part"));
        try (Inbox inbox = open(visitor)) {
            boolean found = uid > 0
                    && inbox.part(uid, path, (name, content) -> {
                        Guard.protect(response);
                        response.setHeader("Content-Security-Policy", "sandbox; default-src 'none'");
                        response.setContentType("application/octet-stream");
                        response.setHeader("Content-Disposition", disposition(name));
                        content.writeTo(response.getOutputStream());
                    });
            if (!found) {
                gone(request, response, visitor);
            }
        }
    }

    /** RFC 6266: the name in ASCII for old programs, and as it is. */
    static String disposition(String name) {
        String ascii = name.replaceAll("[^A-Za-z0-9._ -]", "_");
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
        return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + encoded;
    }

    private Inbox open(Visitor visitor) throws MailException {
        return server.orElseThrow()
                .open(
                        visitor.mailbox().toString(),
                        visitor.imapPassword(),
                        visitor.support().isEmpty());
    }

    private boolean isWithoutServer(HttpServletRequest request, HttpServletResponse response, Visitor visitor)
            throws IOException {
        if (server.isEmpty()) {
            templates.problem(
                    request,
                    response,
                    Optional.of(visitor),
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "problem.no-mail-server");
        }
        return server.isEmpty();
    }

    private void gone(HttpServletRequest request, HttpServletResponse response, Visitor visitor) throws IOException {
        templates.problem(
                request, response, Optional.of(visitor), HttpServletResponse.SC_NOT_FOUND, "problem.no-message");
    }

    private static long number(@org.jspecify.annotations.Nullable String text) {
        return text != null && text.matches("[0-9]{1,10}") ? Long.parseLong(text) : 0;
    }
}
