package org.postern.sample.webmail;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.postern.sample.mail.Draft;
import org.postern.sample.mail.MessageId;

/** The form of a letter as it comes from a browser; and the letter that waits until its writer has logged in again. */
final class LetterForm {
    private static final String KEPT = LetterForm.class.getName() + ".kept";
    private static final long MOST_LET_BY = 200L * 1024 * 1024;

    private LetterForm() {}

    /**
     * Receives the form and its files, which may be too large or broken: then it answers, after it has let the rest go
     * by, since a browser that still sends would not see the answer.
     *
     * @return whether it is there
     */
    static boolean receive(Exchange exchange) throws IOException {
        HttpServletRequest request = exchange.request();
        String type = request.getContentType();
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
            return true;
        }
        try {
            request.getParts();
            return true;
        } catch (ServletException | IOException | RuntimeException unreadable) {
            request.getInputStream().skip(MOST_LET_BY);
            exchange.problem(request.getContentLengthLong() > Webmail.UPLOADS.getMaxRequestSize() ? 413 : 400);
            return false;
        }
    }

    /** What was typed, as it came; nothing where another site sent it. */
    static Draft typed(Exchange exchange) {
        if (!exchange.isPost() || Csrf.isFromElsewhere(exchange.request())) {
            return Draft.EMPTY;
        }
        Optional<MessageId> id = exchange.message();
        String[] kept = exchange.request().getParameterValues("keep");
        return new Draft(
                exchange.param("to"),
                exchange.param("cc"),
                exchange.param("bcc"),
                exchange.param("subject"),
                exchange.param("text"),
                id.map(i -> new Draft.About(
                                exchange.param("_mailbox"),
                                MailPages.folder(exchange),
                                i,
                                exchange.param("_how").equals("forward")))
                        .orElse(null),
                kept == null ? List.of() : List.of(kept));
    }

    /** Keeps a letter in the session that has just begun. */
    static void keep(Exchange exchange, Draft draft) {
        exchange.request().getSession().setAttribute(KEPT, draft);
    }

    /** The letter that was kept, once, for whoever is signed in now. */
    static Optional<Draft> kept(Exchange exchange) {
        var session = exchange.request().getSession(false);
        if (session == null || !(session.getAttribute(KEPT) instanceof Draft draft)) {
            return Optional.empty();
        }
        session.removeAttribute(KEPT);
        return Optional.of(draft.of(exchange.visitor().mailbox().toString()));
    }
}
