package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.sample.mail.Letter;
import org.postern.sample.mail.MailAccount;
import org.postern.sample.mail.MailException;
import org.postern.sample.mail.MailFolder;
import org.postern.sample.mail.MailServer;
import org.postern.sample.mail.MessageId;
import org.postern.sample.mail.SafeHtml;

/**
 * The folders, the list of messages and the message that is open; and what is done with messages.
 *
 * @param sends whether mail can be written too
 */
record MailPages(MailServer server, boolean sends) {
    private static final int MOST_SEARCHED = 200;

    MailAccount open(Visitor visitor) throws MailException {
        return server.open(visitor.mailbox().toString(), visitor.password(), visitor.readOnly());
    }

    static String folder(Exchange exchange) {
        String folder = exchange.param("_folder");
        return folder.isEmpty() ? "INBOX" : folder;
    }

    /** Folders and list; and the message beside it, or, in the Basic interface, in its place. */
    void show(Exchange exchange) throws IOException, MailException {
        Visitor visitor = exchange.visitor();
        Optional<MessageId> id = exchange.message();
        // The Standard interface's script has the list already when it asks for a message.
        boolean listed = id.isEmpty() || (visitor.standard() && !exchange.wants("reader"));
        String path = folder(exchange);
        String words = exchange.param("_q");
        String searched = words.length() > MOST_SEARCHED ? words.substring(0, MOST_SEARCHED) : words;
        Map<String, Object> model = new HashMap<>();
        Optional<Letter> letter = Optional.empty();
        try (MailAccount account = open(visitor)) {
            if (id.isPresent()) {
                letter = account.read(path, id.get(), visitor.graphical());
                // Whoever looks in for the owner leaves no trace of it among the messages.
                if (letter.filter(Letter::unread).isPresent()
                        && visitor.support().isEmpty()) {
                    markAsRead(account, path, id.get());
                }
            }
            List<MailFolder> folders = sorted(account.folders(), exchange.texts());
            MailFolder folder = folders.stream()
                    .filter(f -> f.path().equals(path) && f.holdsMessages())
                    .findFirst()
                    .orElse(null);
            if (folder == null) {
                exchange.problem(HttpServletResponse.SC_NOT_FOUND, "problem.no-folder");
                return;
            }
            model.put("folders", folders);
            model.put("folder", folder);
            int page = Math.max(1, exchange.number("_page"));
            model.put(
                    "listing",
                    listed ? Optional.of(account.list(path, searched, page, folder.isSent())) : Optional.empty());
        }
        if (id.isPresent() && letter.isEmpty()) {
            exchange.problem(HttpServletResponse.SC_NOT_FOUND, "problem.no-message");
            return;
        }
        model.put("letter", letter);
        model.put("query", searched);
        model.put("pictures", !exchange.param("_pictures").isEmpty());
        model.put("graphical", visitor.graphical());
        model.put("sends", sends);
        String said = exchange.param("_said");
        model.put("said", said.matches("[a-z]{1,10}") ? exchange.texts().getOr("said." + said, "said.none") : "");
        String title = letter.map(Letter::subject)
                .filter(s -> !s.isEmpty())
                .orElse(exchange.texts().folder((MailFolder) model.get("folder")));
        exchange.page(HttpServletResponse.SC_OK, "mail", title, "mail", model);
    }

    private static void markAsRead(MailAccount account, String path, MessageId id) throws MailException {
        try {
            account.mark(path, List.of(id), true);
        } catch (MailException fault) {
            // In a folder that others share it may not be his to mark.
            if (fault.kind() != MailException.Kind.NOT_DONE) {
                throw fault;
            }
        }
    }

    /** First those with a use, in the order of their uses; then the others by name, children after their parent. */
    private static List<MailFolder> sorted(List<MailFolder> folders, Texts texts) {
        return folders.stream()
                .sorted(Comparator.comparing(MailFolder::use).thenComparing(MailFolder::path, texts.order()))
                .toList();
    }

    /** The HTML of a message, for a frame: whatever is in it, no script runs there. */
    void body(Exchange exchange) throws IOException, MailException {
        Visitor visitor = exchange.visitor();
        boolean pictures = !exchange.param("_pictures").isEmpty();
        String address = exchange.request().getContextPath() + "/?_task=part&_picture&_folder="
                + URLEncoder.encode(folder(exchange), StandardCharsets.UTF_8) + "&_uid=" + exchange.param("_uid")
                + "&_part=";
        // From here it would come with the reader's session, whatever the address does.
        String here = exchange.request().getServerName();
        Optional<SafeHtml> html = Optional.empty();
        Optional<MessageId> id = exchange.message();
        if (id.isPresent()) {
            try (MailAccount account = open(visitor)) {
                html = account.html(
                        folder(exchange),
                        id.get(),
                        exchange.param("_part"),
                        host -> pictures && !host.equalsIgnoreCase(here),
                        part -> address + part);
            }
        }
        if (html.isEmpty()) {
            exchange.problem(HttpServletResponse.SC_NOT_FOUND, "problem.no-message");
            return;
        }
        Guard.protectLetter(exchange.response(), pictures);
        exchange.templates()
                .send(
                        exchange.response(),
                        HttpServletResponse.SC_OK,
                        "letter",
                        Map.of(
                                "frame",
                                exchange.templates().frame(exchange.request(), exchange.anybody(), "", ""),
                                "html",
                                html.get().html()));
    }

    /** A download, never shown: whatever it is called, it is a file for the disk. Only a letter shows its pictures. */
    void part(Exchange exchange) throws IOException, MailException {
        Optional<MessageId> id = exchange.message();
        boolean shown = exchange.request().getParameter("_picture") != null;
        try (MailAccount account = open(exchange.visitor())) {
            Optional<MailAccount.Content> content =
                    id.isEmpty() ? Optional.empty() : account.part(folder(exchange), id.get(), exchange.param("_part"));
            if (content.isEmpty() || (shown && !content.get().isPicture())) {
                exchange.problem(HttpServletResponse.SC_NOT_FOUND, "problem.no-message");
                return;
            }
            HttpServletResponse response = exchange.response();
            try (InputStream in = content.get().open()) {
                response.setHeader("Content-Security-Policy", "sandbox; default-src 'none'");
                response.setContentType(shown ? content.get().type() : "application/octet-stream");
                if (!shown) {
                    response.setHeader(
                            "Content-Disposition", disposition(content.get().name()));
                }
                in.transferTo(response.getOutputStream());
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

    /** Does what a button said with the messages that are ticked, and shows the list again. */
    void act(Exchange exchange) throws IOException, MailException {
        String path = folder(exchange);
        List<MessageId> ids = exchange.messages();
        String said = "none";
        try (MailAccount account = open(exchange.visitor())) {
            switch (exchange.param("_do")) {
                case "read", "unread" -> {
                    account.mark(path, ids, exchange.param("_do").equals("read"));
                    said = ids.isEmpty() ? "none" : exchange.param("_do");
                }
                case "delete" -> said = account.move(path, ids, MailFolder.Use.TRASH) > 0 ? "deleted" : "none";
                case "restore" -> said = account.move(path, ids, MailFolder.Use.INBOX) > 0 ? "restored" : "none";
                case "remove" -> said = account.delete(path, ids) > 0 ? "removed" : "none";
                default -> {
                    exchange.problem(HttpServletResponse.SC_BAD_REQUEST);
                    return;
                }
            }
        }
        exchange.redirect(
                address(path, exchange.param("_q"), Math.max(1, exchange.number("_page"))) + "&_said=" + said);
    }

    /** The address of a page of a folder's list. */
    static String address(String folder, String words, int page) {
        return "/?_task=mail&_folder=" + URLEncoder.encode(folder, StandardCharsets.UTF_8)
                + (words.isEmpty() ? "" : "&_q=" + URLEncoder.encode(words, StandardCharsets.UTF_8))
                + (page > 1 ? "&_page=" + page : "");
    }
}
