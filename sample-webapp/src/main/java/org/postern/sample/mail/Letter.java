package org.postern.sample.mail;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A message as it is shown. Every text of its header is a single line; all are plain text, to be escaped where they are
 * written, but {@link SafeHtml}.
 *
 * @param origin what a reply needs to know of it
 * @param sections the text, in its order; none where there is none
 * @param attachments what is only offered for download
 * @param cut whether there is more text than is shown
 */
public record Letter(
        MessageId id,
        String subject,
        String from,
        String to,
        String cc,
        Optional<Instant> date,
        boolean unread,
        Origin origin,
        List<Section> sections,
        List<Attachment> attachments,
        boolean cut) {

    /** A piece of the text. */
    public sealed interface Section {
        /** As plain text. */
        String text();
    }

    /** Plain text, with the links in it. */
    public record Plain(List<Run> runs) implements Section {
        @Override
        public String text() {
            StringBuilder text = new StringBuilder();
            runs.forEach(run -> text.append(run.text()));
            return text.toString();
        }
    }

    /**
     * HTML of which {@link SafeHtml} let through what is safe.
     *
     * @param path where it is found again
     */
    public record Html(String path, SafeHtml safe) implements Section {
        @Override
        public String text() {
            return safe.text();
        }
    }

    /** Text that cannot be read: its source is broken. */
    public record Broken() implements Section {
        @Override
        public String text() {
            return "";
        }
    }

    /**
     * A stretch of plain text.
     *
     * @param link empty, or the {@code http} or {@code https} URL that it is
     */
    public record Run(String text, String link) {}

    /**
     * Something for download.
     *
     * @param path what {@link MailAccount#part} takes
     * @param bytes about, or -1
     */
    public record Attachment(String path, String name, long bytes) {}

    /**
     * What ties an answer to its question.
     *
     * @param replyTo who wants the answer, as a list of addresses
     * @param messageId empty where it has none
     * @param references the messages before it
     */
    public record Origin(String replyTo, String messageId, String references) {
        /** Of what answers nothing. */
        public static final Origin NONE = new Origin("", "", "");
    }

    /** Whether pictures from elsewhere were held back. */
    public boolean hidesPictures() {
        return sections.stream()
                .anyMatch(s -> s instanceof Html html && html.safe().hidesPictures());
    }

    /** A line in the list of messages. */
    public record Summary(
            MessageId id, String subject, String who, Optional<Instant> date, boolean unread, boolean answered) {}

    /**
     * A page of the list, newest first.
     *
     * @param page from 1
     */
    public record Listing(List<Summary> summaries, int total, int page, int pages) {}
}
