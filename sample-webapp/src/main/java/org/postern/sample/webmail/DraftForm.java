package org.postern.sample.webmail;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.postern.sample.mail.Draft;
import org.postern.sample.mail.MailAccount;
import org.postern.sample.mail.MessageId;

/** The form of a letter as it comes from a browser; and the letter that waits until its writer has logged in again. */
final class DraftForm {
    private static final String KEPT = DraftForm.class.getName() + ".kept";
    private static final long MOST_LET_BY = 200L * 1024 * 1024;
    private static final int MOST_KEPT = 300;
    /** Each upload holds a thread: strangers must not hold them all, nor mailboxes' users. */
    private static final Semaphore STRANGERS = new Semaphore(4);

    private static final Semaphore WRITERS = new Semaphore(12);

    private DraftForm() {}

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
        Semaphore places = exchange.anybody().isPresent() ? WRITERS : STRANGERS;
        if (!places.tryAcquire()) {
            exchange.problem(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return false;
        }
        try {
            request.getParts();
            return true;
        } catch (ServletException | IOException | RuntimeException unreadable) {
            request.getInputStream().skip(MOST_LET_BY);
            exchange.problem(request.getContentLengthLong() > Webmail.UPLOADS.getMaxRequestSize() ? 413 : 400);
            return false;
        } finally {
            places.release();
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
                kept == null
                        ? List.of()
                        : Stream.of(kept)
                                .filter(path -> !path.equals(MailAccount.SOURCE))
                                .distinct()
                                .limit(MOST_KEPT)
                                .toList());
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
        return Optional.of(draft.forWriter(exchange.visitor().mailbox().toString()));
    }
}
