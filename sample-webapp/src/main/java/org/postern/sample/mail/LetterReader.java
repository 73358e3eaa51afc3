package org.postern.sample.mail;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a message, however it is built or broken, within bounds: at most {@link #MOST_BYTES} of text, {@link #DEEPEST}
 * parts within each other and {@link #MOST_PARTS} in all. For one message.
 */
final class LetterReader {
    static final int MOST_BYTES = 1024 * 1024;
    /** In characters. */
    static final int MOST_HTML = 512 * 1024;

    static final int DEEPEST = 20;
    static final int MOST_PARTS = 300;

    private static final int MOST_LINKS = 1000;
    /** Each is a request of its own; further ones are files. */
    private static final int MOST_FRAMES = 10;

    private static final Pattern LINK = Pattern.compile("https?://[^\\s<>\"'\\p{Cntrl}\\p{Cf}]{1,2000}");

    private final boolean richText;
    private final List<Letter.Section> sections = new ArrayList<>();
    private final List<Letter.Attachment> attachments = new ArrayList<>();
    private final Map<String, Letter.Attachment> pictures = new LinkedHashMap<>();
    private final Set<String> shown = new HashSet<>();
    private int bytesLeft = MOST_BYTES;
    private int partsLeft = MOST_PARTS;
    private int framesLeft = MOST_FRAMES;
    private boolean cut;

    /** @param richText whether HTML is preferred to plain text */
    LetterReader(boolean richText) {
        this.richText = richText;
    }

    Letter read(MessageId id, Message message) {
        Headers headers = new Headers(message);
        part(message, "", 0);
        // Some programs give an id to every file: a picture that no text shows is one of them.
        pictures.forEach((contentId, picture) -> {
            if (!shown.contains(contentId)) {
                attachments.add(picture);
            }
        });
        return new Letter(
                id,
                headers.subject(),
                headers.from(),
                headers.recipients(Message.RecipientType.TO),
                headers.recipients(Message.RecipientType.CC),
                headers.date(),
                headers.isUnread(),
                headers.origin(),
                List.copyOf(sections),
                List.copyOf(attachments),
                cut);
    }

    private void part(Part part, String path, int depth) {
        if (depth > DEEPEST || partsLeft-- <= 0) {
            cut = true;
            return;
        }
        String type = Parts.type(part);
        boolean html = type.equals("text/html");
        if (type.startsWith("multipart/")) {
            Optional<List<Part>> children = Parts.children(part);
            if (children.isEmpty()) {
                sections.add(new Letter.Broken());
            } else if (type.equals("multipart/alternative")) {
                alternative(children.get(), path, depth);
            } else {
                for (int i = 0; i < children.get().size(); i++) {
                    part(children.get().get(i), below(path, i), depth + 1);
                }
            }
        } else if ((type.equals("text/plain") || (html && framesLeft-- > 0)) && !Parts.isAttached(part)) {
            text(part, path.isEmpty() ? "1" : path, html);
        } else {
            Letter.Attachment file =
                    new Letter.Attachment(path.isEmpty() ? "1" : path, Parts.nameOf(part), Parts.size(part));
            String contentId = Parts.contentId(part).orElse("");
            if (!Parts.isPictureInText(part) || pictures.putIfAbsent(contentId, file) != null) {
                attachments.add(file);
            }
        }
    }

    private static String below(String path, int index) {
        return path.isEmpty() ? Integer.toString(index + 1) : path + '.' + (index + 1);
    }

    /** The one that is wanted, else the last that can be shown: they come with the best one last (RFC 2046, 5.1.4). */
    private void alternative(List<Part> children, String path, int depth) {
        int chosen = -1;
        for (int i = 0; i < children.size(); i++) {
            String type = Parts.type(children.get(i));
            boolean plain = type.equals("text/plain");
            boolean rich = type.equals("text/html") || type.startsWith("multipart/");
            if ((plain && (chosen < 0 || !richText)) || (rich && (chosen < 0 || richText))) {
                chosen = i;
            }
        }
        for (int i = 0; i < children.size(); i++) {
            boolean other = i != chosen
                    && !Parts.type(children.get(i)).startsWith("text/")
                    && !Parts.type(children.get(i)).startsWith("multipart/");
            if (i == chosen || other) {
                part(children.get(i), below(path, i), depth + 1);
            }
        }
    }

    private void text(Part part, String path, boolean html) {
        Optional<String> text = decoded(part);
        if (text.isEmpty()) {
            sections.add(new Letter.Broken());
        } else if (html) {
            sections.add(new Letter.Html(path, richText ? safe(text.get(), this::none) : plain(text.get())));
        } else {
            sections.add(new Letter.Plain(runs(text.get())));
        }
    }

    private Optional<String> none(String source) {
        Parts.contentIdOf(source).ifPresent(shown::add);
        return Optional.empty();
    }

    /** An HTML part by itself; empty where it cannot be read. */
    Optional<SafeHtml> html(Part part, SafeHtml.Pictures pictures) {
        return Parts.type(part).equals("text/html")
                ? decoded(part).map(text -> safe(text, pictures))
                : Optional.empty();
    }

    private SafeHtml safe(String html, SafeHtml.Pictures pictures) {
        return SafeHtml.of(bounded(html), pictures);
    }

    private SafeHtml plain(String html) {
        return SafeHtml.plain(bounded(html));
    }

    private String bounded(String html) {
        cut |= html.length() > MOST_HTML;
        return html.length() > MOST_HTML ? html.substring(0, MOST_HTML) : html;
    }

    private Optional<String> decoded(Part part) {
        try (InputStream in = Parts.open(part)) {
            byte[] bytes = in.readNBytes(bytesLeft);
            bytesLeft -= bytes.length;
            cut |= bytesLeft == 0 && in.read() >= 0;
            return Optional.of(new String(bytes, charset(part)));
        } catch (MessagingException | IOException | RuntimeException broken) {
            return Optional.empty();
        }
    }

    /** UTF-8 where it is unknown: it shows ASCII as it is, and marks what it cannot read. */
    private static Charset charset(Part part) {
        Optional<String> name = Parts.contentType(part).map((ContentType type) -> type.getParameter("charset"));
        try {
            return name.map(n -> Charset.forName(MimeUtility.javaCharset(n))).orElse(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException unknown) {
            return StandardCharsets.UTF_8;
        }
    }

    /** A link at the end of a sentence does not end in a full stop. */
    private static String withoutPunctuation(String link) {
        int end = link.length();
        while (end > 0 && ".,;:!?)]".indexOf(link.charAt(end - 1)) >= 0) {
            end--;
        }
        return link.substring(0, end);
    }

    static List<Letter.Run> runs(String raw) {
        String text = raw.replaceAll("\r\n?", "\n").replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "\ufffd");
        List<Letter.Run> runs = new ArrayList<>();
        Matcher links = LINK.matcher(text);
        int from = 0;
        while (runs.size() < 2 * MOST_LINKS && links.find()) {
            String link = withoutPunctuation(links.group());
            if (links.start() > from) {
                runs.add(new Letter.Run(text.substring(from, links.start()), ""));
            }
            runs.add(new Letter.Run(link, link));
            from = links.start() + link.length();
        }
        if (from < text.length()) {
            runs.add(new Letter.Run(text.substring(from), ""));
        }
        return runs;
    }
}
