package org.postern.sample.mail;

import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.FolderNotFoundException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.ReadOnlyFolderException;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.search.AndTerm;
import jakarta.mail.search.HeaderTerm;
import jakarta.mail.search.OrTerm;
import jakarta.mail.search.SearchException;
import jakarta.mail.search.SearchTerm;
import jakarta.mail.search.SubjectTerm;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.angus.mail.iap.CommandFailedException;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.eclipse.angus.mail.imap.IMAPMessage;
import org.eclipse.angus.mail.imap.IMAPStore;
import org.jspecify.annotations.Nullable;

/** One connection to one mailbox. Not thread-safe; close it. */
public final class MailAccount implements AutoCloseable {
    /** How many messages a page of the list has. */
    public static final int PAGE = 50;
    /** The path of a message as it came. */
    public static final String SOURCE = "source";

    private static final int MOST_FOLDERS = 200;
    private static final int MOST_WORDS = 5;
    private static final String INBOX = "INBOX";

    private final IMAPStore store;
    private final boolean readOnly;
    private final Semaphore places;
    private @Nullable IMAPFolder open;

    /** @param places where its connection has one, until it is closed */
    MailAccount(IMAPStore store, boolean readOnly, Semaphore places) {
        this.store = store;
        this.readOnly = readOnly;
        this.places = places;
    }

    private interface Question<T> {
        T ask() throws MessagingException;
    }

    private static <T> T ask(Question<T> question) throws MailException {
        try {
            return question.ask();
        } catch (FolderNotFoundException missing) {
            throw new MailException(MailException.Kind.NO_FOLDER, "there is no such folder", missing);
        } catch (SearchException refused) {
            throw new MailException(MailException.Kind.NO_SEARCH, "the mail server cannot search for this", refused);
        } catch (ReadOnlyFolderException refused) {
            throw new MailException(MailException.Kind.NOT_DONE, "the folder cannot be changed", refused);
        } catch (MessagingException fault) {
            throw fault.getNextException() instanceof CommandFailedException
                    ? new MailException(MailException.Kind.NOT_DONE, "the mail server refused it", fault)
                    : new MailException(MailException.Kind.DOWN, "the mail server stopped answering", fault);
        } catch (IllegalStateException closed) {
            throw new MailException(MailException.Kind.DOWN, "the mail server hung up", closed);
        }
    }

    private interface Work<T> {
        T in(IMAPFolder folder) throws MessagingException;
    }

    /** Opens a folder for some work. */
    private <T> T within(String path, boolean changes, Work<T> work) throws MailException {
        return ask(() -> {
            boolean writes = changes && !readOnly;
            IMAPFolder folder = open;
            if (folder == null
                    || !folder.isOpen()
                    || !folder.getFullName().equals(path)
                    || (writes && folder.getMode() != Folder.READ_WRITE)) {
                closeFolder();
                folder = (IMAPFolder) store.getFolder(path);
                folder.open(writes ? Folder.READ_WRITE : Folder.READ_ONLY);
                open = folder;
            }
            return work.in(folder);
        });
    }

    /** An open folder holds the one connection: without it, whatever else is asked would need another login. */
    private void closeFolder() throws MessagingException {
        if (open != null && open.isOpen()) {
            open.close(false);
        }
        open = null;
    }

    /** All folders, as the server lists them. */
    public List<MailFolder> folders() throws MailException {
        return ask(() -> {
            closeFolder();
            List<MailFolder> found = new ArrayList<>();
            Folder[] listed = store.getDefaultFolder().list("*");
            for (Folder folder : listed) {
                if (found.size() < MOST_FOLDERS || folder.getFullName().equalsIgnoreCase(INBOX)) {
                    found.add(folder((IMAPFolder) folder));
                }
            }
            return found;
        });
    }

    private static MailFolder folder(IMAPFolder folder) throws MessagingException {
        String path = folder.getFullName();
        boolean holdsMessages = (folder.getType() & Folder.HOLDS_MESSAGES) != 0;
        char separator = separator(folder);
        int depth = (int) path.chars().filter(c -> c == separator).count();
        return new MailFolder(
                path,
                Headers.line(folder.getName()),
                depth,
                MailFolder.Use.of(path, folder.getAttributes()),
                holdsMessages,
                holdsMessages ? Math.max(0, folder.getMessageCount()) : 0,
                holdsMessages ? Math.max(0, folder.getUnreadMessageCount()) : 0);
    }

    private static char separator(Folder folder) {
        try {
            return folder.getSeparator();
        } catch (MessagingException unknown) {
            return '/';
        }
    }

    /**
     * A page of a folder's list, newest first; the last page where there is no such one.
     *
     * @param words what subject and sender contain, or subject and recipients of what was sent: all of them; empty for
     *     every message
     * @param page from 1
     * @param sent whether to name the recipient in place of the sender
     */
    public Letter.Listing list(String path, String words, int page, boolean sent) throws MailException {
        return within(path, false, folder -> {
            Optional<SearchTerm> term = term(words, sent);
            int[] found = term.isPresent() ? search(folder, term.get()) : new int[0];
            int total = term.isPresent() ? found.length : folder.getMessageCount();
            int pages = Math.max(1, (total + PAGE - 1) / PAGE);
            int shown = Math.max(1, Math.min(page, pages));
            int newest = total - (shown - 1) * PAGE;
            int oldest = Math.max(1, newest - PAGE + 1);
            List<Letter.Summary> summaries = new ArrayList<>();
            if (newest >= 1) {
                Message[] messages = term.isPresent()
                        ? folder.getMessages(Arrays.copyOfRange(found, oldest - 1, newest))
                        : folder.getMessages(oldest, newest);
                folder.fetch(messages, Headers.wanted());
                for (int i = messages.length - 1; i >= 0; i--) {
                    summaries.add(summary(folder, messages[i], sent));
                }
            }
            return new Letter.Listing(summaries, total, shown, pages);
        });
    }

    /** By what the list shows: each header more takes a server without a full-text index a third more time. */
    private static Optional<SearchTerm> term(String words, boolean sent) {
        SearchTerm[] terms = Stream.of(words.replaceAll("[\"\\\\(){}\\[\\]\\p{Cntrl}]", " ")
                        .strip()
                        .split("\\s+"))
                .filter(word -> !word.isEmpty())
                .limit(MOST_WORDS)
                .map(word -> new OrTerm(
                        new SubjectTerm(word),
                        sent
                                ? new OrTerm(new HeaderTerm("To", word), new HeaderTerm("Cc", word))
                                : new HeaderTerm("From", word)))
                .toArray(SearchTerm[]::new);
        return terms.length == 0 ? Optional.empty() : Optional.of(new AndTerm(terms));
    }

    /**
     * The numbers of the messages that match, in their order: no object for each, however many they are. What the server
     * cannot search for it refuses, as a command that it does not understand.
     */
    private static int[] search(IMAPFolder folder, SearchTerm term) throws MessagingException {
        try {
            int[] found = (int[]) folder.doCommand(protocol -> {
                try {
                    return protocol.search(term);
                } catch (SearchException unable) {
                    throw new ProtocolException("the server cannot search for this", unable);
                }
            });
            Arrays.sort(found);
            return found;
        } catch (MessagingException refused) {
            throw folder.isOpen() ? new SearchException("the search was refused: " + refused.getMessage()) : refused;
        }
    }

    private static Letter.Summary summary(IMAPFolder folder, Message message, boolean sent) throws MessagingException {
        Headers headers = new Headers(message);
        return new Letter.Summary(
                new MessageId(folder.getUIDValidity(), folder.getUID(message)),
                headers.subject(),
                sent ? headers.recipient() : headers.sender(),
                headers.date(),
                headers.isUnread(),
                headers.isAnswered());
    }

    private static Optional<Message> find(IMAPFolder folder, MessageId id) throws MessagingException {
        return folder.getUIDValidity() == id.validity()
                ? Optional.ofNullable(folder.getMessageByUID(id.uid()))
                : Optional.empty();
    }

    /**
     * One message; empty where it is not there.
     *
     * @param richText whether HTML is preferred to plain text
     */
    public Optional<Letter> read(String path, MessageId id, boolean richText) throws MailException {
        return within(path, false, folder -> header(folder, id).map(m -> new LetterReader(richText).read(id, m)));
    }

    /** What an answer to a message needs to know of it, without its text; nothing where it is not there. */
    public Letter.Origin origin(String path, MessageId id) throws MailException {
        return within(
                path,
                false,
                folder -> header(folder, id).map(m -> new Headers(m).origin()).orElse(Letter.Origin.NONE));
    }

    /** A message whose header is there at once. */
    private static Optional<Message> header(IMAPFolder folder, MessageId id) throws MessagingException {
        Optional<Message> message = find(folder, id);
        if (message.isPresent()) {
            folder.fetch(new Message[] {message.get()}, Headers.wanted("Message-ID", "References"));
        }
        return message;
    }

    /** What a picture in a message is found by. */
    public interface PictureAddress {
        /**
         * Where a browser loads it.
         *
         * @param part the path of a part of this message
         */
        String of(String part);
    }

    /**
     * The HTML part of a message; empty where there is none.
     *
     * @param hosts those from which pictures are wanted
     */
    public Optional<SafeHtml> html(String path, MessageId id, String part, Predicate<String> hosts, PictureAddress own)
            throws MailException {
        return within(path, false, folder -> {
            Optional<Message> message = find(folder, id);
            return message.flatMap(m -> Parts.at(m, part))
                    .flatMap(p -> new LetterReader(true).html(p, Parts.pictures(message.get(), hosts, own)));
        });
    }

    /**
     * Something of a message to be handed on.
     *
     * @param type its MIME type in lower case
     */
    public record Content(String name, String type, Opener opener) {
        /** Where the bytes come from. */
        public interface Opener {
            InputStream open() throws IOException, MessagingException;
        }

        /** Whether a browser may show it as a picture. */
        public boolean isPicture() {
            return Parts.PICTURES.contains(type);
        }

        public InputStream open() throws IOException {
            try {
                return opener.open();
            } catch (MessagingException fault) {
                throw new IOException("the mail server stopped answering", fault);
            }
        }
    }

    /**
     * A part of a message, or with the path {@link #SOURCE} the message as it came; empty where there is no such part.
     * It is read from here, so before this account is closed.
     */
    public Optional<Content> part(String path, MessageId id, String part) throws MailException {
        return within(path, false, folder -> {
            Optional<Message> message = find(folder, id);
            return part.equals(SOURCE)
                    ? message.map(m -> new Content("message.eml", "message/rfc822", ((IMAPMessage) m)::getMimeStream))
                    : message.flatMap(m -> Parts.at(m, part))
                            .map(p -> new Content(Parts.nameOf(p), Parts.type(p), () -> Parts.open(p)));
        });
    }

    /** Marks messages as read or unread. */
    public void mark(String path, List<MessageId> ids, boolean read) throws MailException {
        flag(path, ids, Flags.Flag.SEEN, read);
    }

    /** Marks a message as answered. */
    public void answered(String path, MessageId id) throws MailException {
        flag(path, List.of(id), Flags.Flag.ANSWERED, true);
    }

    private void flag(String path, List<MessageId> ids, Flags.Flag flag, boolean on) throws MailException {
        within(path, true, folder -> {
            folder.setFlags(found(folder, ids), new Flags(flag), on);
            return true;
        });
    }

    private static Message[] found(IMAPFolder folder, List<MessageId> ids) throws MessagingException {
        long validity = folder.getUIDValidity();
        long[] uids = ids.stream()
                .filter(id -> id.validity() == validity)
                .mapToLong(MessageId::uid)
                .toArray();
        Message[] found = uids.length == 0 ? new Message[0] : folder.getMessagesByUID(uids);
        return Stream.of(found).filter(Objects::nonNull).toArray(Message[]::new);
    }

    /**
     * Moves messages to the folder with this use, which is made if it is missing.
     *
     * @return how many were still there
     */
    public int move(String path, List<MessageId> ids, MailFolder.Use use) throws MailException {
        String target = use == MailFolder.Use.INBOX ? INBOX : find(use);
        return within(path, true, folder -> {
            Message[] messages = found(folder, ids);
            if (messages.length > 0 && store.hasCapability("MOVE")) {
                folder.moveMessages(messages, store.getFolder(target));
            } else if (messages.length > 0) {
                folder.copyMessages(messages, store.getFolder(target));
                remove(folder, messages);
            }
            return messages.length;
        });
    }

    /**
     * Removes messages for good.
     *
     * @return how many were still there
     */
    public int delete(String path, List<MessageId> ids) throws MailException {
        return within(path, true, folder -> {
            Message[] messages = found(folder, ids);
            remove(folder, messages);
            return messages.length;
        });
    }

    private void remove(IMAPFolder folder, Message[] messages) throws MessagingException {
        folder.setFlags(messages, new Flags(Flags.Flag.DELETED), true);
        if (store.hasCapability("UIDPLUS")) {
            folder.expunge(messages);
        } else {
            folder.expunge();
        }
    }

    /** Keeps a copy of a message that was sent. */
    public void keep(MimeMessage sent) throws MailException {
        String target = find(MailFolder.Use.SENT);
        ask(() -> {
            sent.setFlag(Flags.Flag.SEEN, true);
            // Not within that folder: attachments are still read from the one that is open.
            store.getFolder(target).appendMessages(new Message[] {sent});
            return true;
        });
    }

    private String find(MailFolder.Use use) throws MailException {
        return ask(() -> {
            for (Folder folder : store.getDefaultFolder().list("*")) {
                if (MailFolder.Use.of(folder.getFullName(), ((IMAPFolder) folder).getAttributes()) == use) {
                    return folder.getFullName();
                }
            }
            String name = use.name().charAt(0) + use.name().substring(1).toLowerCase(java.util.Locale.ROOT);
            Folder created = store.getPersonalNamespaces()[0].getFullName().isEmpty()
                    ? store.getFolder(name)
                    : store.getPersonalNamespaces()[0].getFolder(name);
            if (!created.exists() && !created.create(Folder.HOLDS_MESSAGES)) {
                throw new MessagingException("the folder " + name + " cannot be made");
            }
            return created.getFullName();
        });
    }

    @Override
    public void close() {
        places.release();
        MailServer.close(store);
    }
}
