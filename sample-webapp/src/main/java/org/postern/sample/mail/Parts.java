package org.postern.sample.mail;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.ContentType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at MIME parts that may be broken in every way. */
final class Parts {
    private static final int MOST_CHILDREN = 200;
    private static final String TEXT = "text/plain";

    private interface Look<T> {
        @Nullable
        T look() throws MessagingException;
    }

    private Parts() {}

    /** Primary and sub type in lower case; {@code text/plain} where there is none that can be read. */
    static String type(Part part) {
        return contentType(part)
                .map(type -> type.getBaseType().toLowerCase(Locale.ROOT))
                .orElse(TEXT);
    }

    static Optional<ContentType> contentType(Part part) {
        return look(() -> {
            String header = part.getContentType();
            return header == null ? null : new ContentType(header);
        });
    }

    /** The children of a multipart; empty where it is none, or cannot be read. */
    static Optional<List<Part>> children(Part part) {
        try {
            if (!(part.getContent() instanceof Multipart multipart)) {
                return Optional.empty();
            }
            List<Part> children = new ArrayList<>();
            int count = Math.min(multipart.getCount(), MOST_CHILDREN);
            for (int i = 0; i < count; i++) {
                BodyPart child = multipart.getBodyPart(i);
                children.add(child);
            }
            return Optional.of(children);
        } catch (MessagingException | IOException | RuntimeException broken) {
            return Optional.empty();
        }
    }

    static boolean isAttached(Part part) {
        return look(part::getDisposition)
                        .filter(Part.ATTACHMENT::equalsIgnoreCase)
                        .isPresent()
                || fileName(part).isPresent();
    }

    /** A plain file name, without folders. */
    static Optional<String> fileName(Part part) {
        return look(part::getFileName)
                .map(Headers::line)
                .map(name -> name.replaceAll(".*[/\\\\]", "").replaceAll("[\"<>|:*?]", "_"))
                .filter(name -> !name.isBlank() && !name.matches("\\.+"));
    }

    static long size(Part part) {
        try {
            return part.getSize();
        } catch (MessagingException | RuntimeException broken) {
            return -1;
        }
    }

    private static <T> Optional<T> look(Look<T> look) {
        try {
            return Optional.ofNullable(look.look());
        } catch (MessagingException | RuntimeException broken) {
            return Optional.empty();
        }
    }
}
