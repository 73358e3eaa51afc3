package org.postern.sample.mail;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A message as it is shown. Every text is a single line of plain text, to be escaped where it is written.
 *
 * @param sections the text, in its order; none where there is none
 * @param attachments what is only offered for download
 * @param cut whether there is more text than is shown
 * @param defused whether something was left out that would have run or loaded, or pictures
 */
public record Letter(
        long uid,
        String subject,
        String from,
        String to,
        String cc,
        Optional<Instant> date,
        List<Section> sections,
        List<Attachment> attachments,
        boolean cut,
        boolean defused) {

    /** A piece of the text. */
    public sealed interface Section {}

    /** Plain text, with the links in it. */
    public record Plain(List<Run> runs) implements Section {}

    /** HTML of which {@link SafeHtml} let through what is safe: to be written as it is. */
    public record Html(String safe) implements Section {}

    /** Text that cannot be read: its source is broken. */
    public record Broken() implements Section {}

    /**
     * A stretch of plain text.
     *
     * @param link empty, or the {@code http} or {@code https} URL that it is
     */
    public record Run(String text, String link) {}

    /**
     * Something for download.
     *
     * @param path what {@link Inbox#part} takes
     * @param bytes about, or -1
     */
    public record Attachment(String path, String name, long bytes) {}

    /** A line in the list of messages. */
    public record Summary(long uid, String subject, String from, Optional<Instant> date, boolean unread) {}

    /**
     * A page of the list, newest first.
     *
     * @param page from 1
     */
    public record Listing(List<Summary> summaries, int total, int page, int pages) {}
}
