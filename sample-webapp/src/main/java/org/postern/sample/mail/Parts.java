package org.postern.sample.mail;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimePart;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.util.BASE64DecoderStream;
import org.eclipse.angus.mail.util.QPDecoderStream;
import org.jspecify.annotations.Nullable;

/** Looks at MIME parts that may be broken in every way. */
final class Parts {
    private static final int MOST_CHILDREN = 200;
    private static final int DEEPEST = 20;
    private static final int MOST_NAME = 150;
    private static final String TEXT = "text/plain";

    /** What a browser shows as a picture, and nothing else. */
    static final Set<String> PICTURES = Set.of("image/png", "image/jpeg", "image/gif", "image/webp");

    /**
     * A picture on a host with a name of letters: a number, or a name without a domain, is a machine in the reader's own
     * network. Written without any trick, so that a browser finds the same host in it.
     */
    private static final Pattern ELSEWHERE =
            Pattern.compile("(?i)https?://([a-z0-9.-]{1,250}\\.[a-z][a-z0-9-]{1,62})(?::[0-9]+)?(?:[/?#]\\P{Cntrl}*)?");

    /** A question to a message that may be broken in every way. */
    interface Look<T> {
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
        // Whatever else it is, the library would read all of it at once.
        if (!type(part).startsWith("multipart/")) {
            return Optional.empty();
        }
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
                .map(name -> Headers.line(Headers.decoded(name)))
                .map(name -> shortened(name.replaceAll(".*[/\\\\]", "").replaceAll("[\"<>|:*?]", "_")))
                .filter(name -> !name.isBlank() && !name.matches("\\.+"));
    }

    /** A name that a header and a disk have room for, with its ending. */
    private static String shortened(String name) {
        int ending = Math.max(name.lastIndexOf('.'), name.length() - 10);
        return name.length() <= MOST_NAME
                ? name
                : Headers.line(name.substring(0, MOST_NAME - (name.length() - ending)) + name.substring(ending));
    }

    /** What a part holds, as far as it can be decoded; as it came where its encoding is unknown. */
    static InputStream open(Part part) throws MessagingException {
        String encoding = look(((MimePart) part)::getEncoding).orElse("").strip();
        InputStream raw =
                part instanceof MimeBodyPart body ? body.getRawInputStream() : ((MimeMessage) part).getRawInputStream();
        return switch (encoding.toLowerCase(Locale.ROOT)) {
            case "base64" -> new BASE64DecoderStream(raw, true);
            case "quoted-printable" -> new QPDecoderStream(raw);
            default -> raw;
        };
    }

    /** What it is called on a disk. */
    static String nameOf(Part part) {
        String type = type(part);
        return fileName(part).orElseGet(() -> switch (type) {
            case "message/rfc822" -> "message.eml";
            case "text/plain" -> "text.txt";
            case "text/html" -> "text.html";
            default -> "attachment";
        });
    }

    /** What an {@code src} with {@code cid:} names (RFC 2392). */
    static Optional<String> contentId(Part part) {
        return look(() -> part instanceof MimePart mime ? mime.getContentID() : null)
                .map(id -> id.strip().replaceAll("^<|>$", ""))
                .filter(id -> !id.isEmpty());
    }

    /** Whether it is a picture that the text shows in its place. */
    static boolean isPictureInText(Part part) {
        return PICTURES.contains(type(part)) && contentId(part).isPresent();
    }

    /**
     * The part at this path: the positions of the parts that lead there, from 1, with points between.
     *
     * @param path from outside, so it may be anything
     */
    static Optional<Part> at(Part message, String path) {
        if (!path.matches("[1-9][0-9]{0,2}(?:\\.[1-9][0-9]{0,2}){0,20}")) {
            return Optional.empty();
        }
        Part part = message;
        for (String position : path.split("\\.", -1)) {
            Optional<List<Part>> children = children(part);
            int index = Integer.parseInt(position) - 1;
            if (children.isEmpty() && index == 0 && path.indexOf('.') < 0) {
                break;
            }
            if (children.isEmpty() || index >= children.get().size()) {
                return Optional.empty();
            }
            part = children.get().get(index);
        }
        return Optional.of(part);
    }

    /** The pictures that the text of a message may show. */
    static SafeHtml.Pictures pictures(Part message, Predicate<String> hosts, MailAccount.PictureAddress own) {
        Map<String, String> paths = new HashMap<>();
        find(message, "", 0, paths);
        return source -> {
            Optional<String> id = contentIdOf(source);
            return id.isPresent()
                    ? Optional.ofNullable(paths.get(id.get())).map(own::of)
                    : Optional.of(source.strip()).filter(s -> {
                        Matcher elsewhere = ELSEWHERE.matcher(s);
                        return elsewhere.matches() && hosts.test(elsewhere.group(1));
                    });
        };
    }

    /** The id that a {@code cid:} URL means; empty for any other address. */
    static Optional<String> contentIdOf(String source) {
        String trimmed = source.strip();
        if (!trimmed.regionMatches(true, 0, "cid:", 0, 4)) {
            return Optional.empty();
        }
        String id = trimmed.substring(4);
        try {
            return Optional.of(URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notEncoded) {
            return Optional.of(id);
        }
    }

    private static void find(Part part, String path, int depth, Map<String, String> paths) {
        List<Part> children = depth > DEEPEST ? List.of() : children(part).orElse(List.of());
        for (int i = 0; i < children.size() && paths.size() < MOST_CHILDREN; i++) {
            Part child = children.get(i);
            String own = path.isEmpty() ? Integer.toString(i + 1) : path + '.' + (i + 1);
            if (isPictureInText(child)) {
                paths.putIfAbsent(contentId(child).get(), own);
            } else if (type(child).startsWith("multipart/")) {
                find(child, own, depth + 1, paths);
            }
        }
    }

    static long size(Part part) {
        try {
            return part.getSize();
        } catch (MessagingException | RuntimeException broken) {
            return -1;
        }
    }

    /** Its answer; empty where it has none, or is broken there. */
    static <T> Optional<T> look(Look<T> look) {
        try {
            return Optional.ofNullable(look.look());
        } catch (MessagingException | RuntimeException broken) {
            return Optional.empty();
        }
    }
}
