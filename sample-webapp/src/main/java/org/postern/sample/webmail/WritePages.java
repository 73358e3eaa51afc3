package org.postern.sample.webmail;

import jakarta.mail.internet.MimeMessage;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.core.Mailbox;
import org.postern.core.spi.MailDirectory;
import org.postern.sample.mail.Draft;
import org.postern.sample.mail.Letter;
import org.postern.sample.mail.MailAccount;
import org.postern.sample.mail.MailException;
import org.postern.sample.mail.MessageId;
import org.postern.sample.mail.Outbox;
import org.postern.sample.mail.Outgoing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writing, answering, handing on, and sending. */
record WritePages(Outbox outbox, MailPages mail, MailDirectory directory) {
    private static final Logger LOG = LoggerFactory.getLogger(WritePages.class);

    /** The form: empty, or begun from a message. */
    void show(Exchange exchange) throws IOException, MailException {
        Optional<Draft> kept = DraftForm.kept(exchange);
        if (kept.isPresent()) {
            again(
                    exchange,
                    kept.get(),
                    HttpServletResponse.SC_OK,
                    exchange.texts().get("write.kept"));
            return;
        }
        Optional<MessageId> id = exchange.message();
        Draft draft = new Draft(exchange.param("to"), "", "", exchange.param("subject"), "", null, List.of());
        Optional<Letter> letter = Optional.empty();
        if (id.isPresent()) {
            String folder = MailPages.folder(exchange);
            try (MailAccount account = mail.open(exchange.visitor())) {
                letter = account.read(folder, id.get(), true);
            }
            if (letter.isEmpty()) {
                exchange.problem(HttpServletResponse.SC_NOT_FOUND, "problem.no-message");
                return;
            }
            draft = begin(exchange, letter.get(), folder);
        }
        boolean forwarded = draft.about().filter(Draft.About::forwarded).isPresent();
        form(exchange, HttpServletResponse.SC_OK, draft, letter.filter(l -> forwarded), "");
    }

    private static Draft begin(Exchange exchange, Letter letter, String folder) {
        Texts texts = exchange.texts();
        String own = exchange.visitor().mailbox().toString();
        String date = letter.date().map(texts::fully).orElse("");
        if (exchange.param("_how").equals("forward")) {
            return Draft.forward(
                    letter,
                    folder,
                    own,
                    texts.get("write.forwarded", letter.from(), date, letter.subject(), letter.to()));
        }
        return Draft.reply(
                letter,
                folder,
                exchange.param("_how").equals("all") ? Draft.Answer.ALL : Draft.Answer.SENDER,
                own,
                texts.get("write.quoted", date, letter.from()));
    }

    /** @param error in words; empty where there is none */
    private void form(Exchange exchange, int status, Draft draft, Optional<Letter> letter, String error)
            throws IOException {
        Map<String, Object> model = new HashMap<>();
        model.put("draft", draft);
        model.put("attachments", letter.map(Letter::attachments).orElse(List.of()));
        model.put("error", error);
        exchange.page(status, "write", "mail", model);
    }

    /** Shows what was typed again, when it could not be sent. What is typed is never lost. */
    private void again(Exchange exchange, Draft draft, int status, String error) throws IOException {
        Optional<Letter> letter = Optional.empty();
        if (draft.about().filter(Draft.About::forwarded).isPresent()) {
            try (MailAccount account = mail.open(exchange.visitor())) {
                letter = account.read(
                        draft.about().get().folder(), draft.about().get().id(), true);
            } catch (MailException fault) {
                LOG.warn("the attachments of a letter cannot be shown again: {}", fault.story());
            }
        }
        form(exchange, status, draft, letter, error);
    }

    private void again(Exchange exchange, Draft draft, String error) throws IOException {
        // The script's form stays as it is, its files too: only the line that says why comes in.
        exchange.into("said");
        again(exchange, draft, HttpServletResponse.SC_BAD_REQUEST, error);
    }

    void send(Exchange exchange) throws IOException, ServletException, MailException {
        Visitor visitor = exchange.visitor();
        Texts texts = exchange.texts();
        if (Csrf.isFromElsewhere(exchange.request())) {
            exchange.problem(HttpServletResponse.SC_FORBIDDEN, "problem.elsewhere");
            return;
        }
        if (!DraftForm.receive(exchange)) {
            return;
        }
        String own = visitor.mailbox().toString();
        Draft draft = DraftForm.typed(exchange).forWriter(own);
        if (!exchange.isFromHere()) {
            again(exchange, draft, texts.get("write.check"));
            return;
        }
        String name = directory.mailbox(visitor.mailbox()).map(Mailbox::name).orElse("");
        try (MailAccount account = mail.open(visitor)) {
            Letter.Origin origin = Letter.Origin.NONE;
            List<MailAccount.Content> attachments = new ArrayList<>();
            if (draft.about().isPresent()) {
                Draft.About about = draft.about().get();
                origin = account.origin(about.folder(), about.id());
                for (String path : draft.kept()) {
                    account.part(about.folder(), about.id(), path).ifPresent(attachments::add);
                }
            }
            attachments.addAll(uploads(exchange));
            MimeMessage message = Outgoing.of(
                    draft, visitor.mailbox(), name, exchange.templates().now(), origin, attachments);
            outbox.send(own, visitor.password(), message);
            afterwards(account, draft, message);
        } catch (Outgoing.BadAddressException bad) {
            again(
                    exchange,
                    draft,
                    texts.get(bad.address().isEmpty() ? "write.no-recipient" : "write.bad-address", bad.address()));
            return;
        } catch (MailException fault) {
            LOG.warn("a message of {} was not sent: {}", own, fault.story());
            boolean gone = fault.kind() == MailException.Kind.NO_FOLDER;
            again(
                    exchange,
                    gone ? draft.withoutOriginal() : draft,
                    switch (fault.kind()) {
                        case NOT_SENT -> texts.get("write.refused", String.valueOf(fault.getMessage()));
                        case NO_FOLDER -> texts.get("problem.no-folder.title");
                        case REFUSED -> texts.get("problem.mail-refused.title");
                        default -> texts.get("write.down");
                    });
            return;
        }
        String folder = draft.about().map(Draft.About::folder).orElse("INBOX");
        exchange.redirect(MailPages.address(folder, "", 1) + "&_said=sent");
    }

    /** It is sent: what goes wrong now must not make anybody send it twice. */
    private static void afterwards(MailAccount account, Draft draft, MimeMessage message) {
        try {
            account.keep(message);
            if (draft.about().filter(a -> !a.forwarded()).isPresent()) {
                account.answered(
                        draft.about().get().folder(), draft.about().get().id());
            }
        } catch (MailException fault) {
            LOG.error("a message was sent, but no copy of it kept: {}", fault.story());
        }
    }

    private static List<MailAccount.Content> uploads(Exchange exchange) throws IOException, ServletException {
        List<MailAccount.Content> files = new ArrayList<>();
        for (Part part : exchange.request().getParts()) {
            String name = part.getSubmittedFileName();
            if (part.getName().equals("file") && name != null && !name.isEmpty()) {
                String type = part.getContentType();
                boolean known = type != null && type.matches("[A-Za-z0-9.+-]{1,80}/[A-Za-z0-9.+-]{1,80}");
                files.add(new MailAccount.Content(
                        name.replaceAll("[\\p{Cntrl}/\\\\]", "_"),
                        known ? type : "application/octet-stream",
                        part::getInputStream));
            }
        }
        return files;
    }
}
