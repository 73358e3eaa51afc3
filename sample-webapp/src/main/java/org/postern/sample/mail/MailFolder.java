package org.postern.sample.mail;

import java.util.Locale;

/**
 * A folder of a mailbox.
 *
 * @param path its full name on the server
 * @param name the last part of that, to be shown where its use says nothing better
 * @param depth how many folders it lies in
 * @param holdsMessages false for one that only holds other folders; then the counts are 0
 */
public record MailFolder(
        String path, String name, int depth, Use use, boolean holdsMessages, int messages, int unread) {
    /** Whether its messages are the owner's own, so that their recipients tell them apart. */
    public boolean isSent() {
        return use == Use.SENT || use == Use.DRAFTS;
    }

    /** What a folder is for (RFC 6154). */
    public enum Use {
        INBOX,
        DRAFTS,
        SENT,
        ARCHIVE,
        JUNK,
        TRASH,
        OTHER;

        /** By the attribute that the server gives, such as {@code \Sent}, else by the name that mail programs use. */
        static Use of(String path, String[] attributes) {
            for (String attribute : attributes) {
                for (Use use : values()) {
                    if (attribute.equalsIgnoreCase("\\" + use.name())) {
                        return use;
                    }
                }
            }
            String name = path.startsWith("INBOX.") || path.startsWith("INBOX/") ? path.substring(6) : path;
            return switch (name.toLowerCase(Locale.ROOT)) {
                case "inbox" -> INBOX;
                case "drafts" -> DRAFTS;
                case "sent", "sent items", "sent messages" -> SENT;
                case "archive", "archives" -> ARCHIVE;
                case "junk", "spam" -> JUNK;
                case "trash", "deleted items", "deleted messages" -> TRASH;
                default -> OTHER;
            };
        }
    }
}
