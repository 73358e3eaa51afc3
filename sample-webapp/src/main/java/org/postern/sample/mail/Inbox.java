package org.postern.sample.mail;

import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One connection to one inbox. Not thread-safe; close it. */
public final class Inbox implements AutoCloseable {
    /** How many messages a page of the list has. */
    public static final int PAGE = 50;

    private final Store store;
    private final Folder folder;
    private final boolean leavesTraces;

    Inbox(Store store, Folder folder, boolean leavesTraces) {
        this.store = store;
        this.folder = folder;
        this.leavesTraces = leavesTraces;
    }

    /**
     * A page of the list, newest first; the last page where there is no such one.
     *
     * @param page from 1
     */
    public Letter.Listing list(int page) throws MailException {
        return ask(() -> {
            int total = folder.getMessageCount();
            int pages = Math.max(1, (total + PAGE - 1) / PAGE);
            int shown = Math.max(1, Math.min(page, pages));
            int newest = total - (shown - 1) * PAGE;
            List<Letter.Summary> summaries = new ArrayList<>();
            if (newest >= 1) {
                Message[] messages = folder.getMessages(Math.max(1, newest - PAGE + 1), newest);
                FetchProfile wanted = new FetchProfile();
                wanted.add(FetchProfile.Item.ENVELOPE);
                wanted.add(FetchProfile.Item.FLAGS);
                wanted.add(UIDFolder.FetchProfileItem.UID);
                folder.fetch(messages, wanted);
                for (int i = messages.length - 1; i >= 0; i--) {
                    summaries.add(summary(messages[i]));
                }
            }
            return new Letter.Listing(summaries, total, shown, pages);
        });
    }

    private Letter.Summary summary(Message message) throws MessagingException {
        Headers headers = new Headers(message);
        return new Letter.Summary(
                ((UIDFolder) folder).getUID(message),
                headers.subject(),
                headers.sender(),
                headers.date(),
                !isRead(message));
    }

    private static boolean isRead(Message message) {
        try {
            return message.isSet(Flags.Flag.SEEN);
        } catch (MessagingException broken) {
            return true;
        }
    }

    /**
     * One message; empty where it is not there.
     *
     * @param richText whether HTML is preferred to plain text
     */
    public Optional<Letter> read(long uid, boolean richText) throws MailException {
        return ask(() -> {
            Message message = ((UIDFolder) folder).getMessageByUID(uid);
            if (message == null) {
                return Optional.empty();
            }
            Letter letter = new LetterReader(richText).read(uid, message);
            if (leavesTraces) {
                message.setFlag(Flags.Flag.SEEN, true);
            }
            return Optional.of(letter);
        });
    }

    /** What takes a download, before its first byte. */
    public interface Receiver {
        void receive(String name, Content content) throws IOException;
    }

    /** The bytes of a download. */
    public interface Content {
        void writeTo(java.io.OutputStream out) throws IOException;
    }

    /**
     * Hands over a part of a message, or with the path {@link Attachments#SOURCE} the message as it came.
     *
     * @return whether there is such a part
     * @throws IOException where the receiver cannot take it, or the server stops in the middle
     */
    public boolean part(long uid, String path, Receiver receiver) throws MailException, IOException {
        Message message = ask(() -> ((UIDFolder) folder).getMessageByUID(uid));
        Optional<Attachments.Found> found =
                message == null ? Optional.empty() : ask(() -> new Attachments(message).find(path));
        if (found.isEmpty()) {
            return false;
        }
        receiver.receive(found.get().name(), found.get().content());
        return true;
    }

    private interface Question<T> {
        T ask() throws MessagingException;
    }

    private static <T> T ask(Question<T> question) throws MailException {
        try {
            return question.ask();
        } catch (MessagingException | IllegalStateException fault) {
            throw new MailException(false, "the mail server stopped answering", fault);
        }
    }

    @Override
    public void close() {
        MailServer.close(store);
    }
}
