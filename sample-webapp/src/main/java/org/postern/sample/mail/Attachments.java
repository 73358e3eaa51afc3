package org.postern.sample.mail;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Finds the parts of a message by their path: the positions of the parts that lead there, from 1, with points between. */
final class Attachments {
    /** The path of the message as it came. */
    static final String SOURCE = "source";

    /** A part that is there. */
    record Found(String name, Inbox.Content content) {}

    private final Message message;

    Attachments(Message message) {
        this.message = message;
    }

    Optional<Found> find(String path) throws MessagingException {
        if (path.equals(SOURCE)) {
            return Optional.of(new Found("message.eml", out -> {
                try {
                    message.writeTo(out);
                } catch (MessagingException e) {
                    throw new IOException("the mail server stopped answering", e);
                }
            }));
        }
        if (!path.matches("[1-9][0-9]{0,2}(?:\\.[1-9][0-9]{0,2}){0,20}")) {
            return Optional.empty();
        }
        Part part = message;
        for (String position : path.split("\\.", -1)) {
            Optional<List<Part>> children = Parts.children(part);
            int index = Integer.parseInt(position) - 1;
            if (children.isEmpty() && index == 0 && path.indexOf('.') < 0) {
                break;
            }
            if (children.isEmpty() || index >= children.get().size()) {
                return Optional.empty();
            }
            part = children.get().get(index);
        }
        Part found = part;
        return Optional.of(new Found(nameOf(found), out -> write(found, out)));
    }

    static String nameOf(Part part) {
        String type = Parts.type(part);
        return Parts.fileName(part).orElseGet(() -> switch (type) {
            case "message/rfc822" -> "message.eml";
            case "text/plain" -> "text.txt";
            case "text/html" -> "text.html";
            default -> "attachment";
        });
    }

    private static void write(Part part, java.io.OutputStream out) throws IOException {
        try (InputStream in = part.getInputStream()) {
            in.transferTo(out);
        } catch (MessagingException e) {
            throw new IOException("the part cannot be read", e);
        }
    }
}
