package org.postern.sample.mail;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.net.URI;
import java.util.Properties;
import org.postern.core.Secret;

/**
 * The IMAP server that holds the mailboxes. Each {@link Inbox} is a connection of its own, for one request: a session
 * that is over has nothing left to close. Thread-safe.
 */
public final class MailServer {
    private static final int IMAP_PORT = 143;
    private static final int IMAPS_PORT = 993;
    private static final String CONNECT_MILLIS = "5000";
    private static final String ANSWER_MILLIS = "8000";
    private static final String CHUNK_BYTES = "131072";

    private final URI server;
    private final Session session;

    /** @param server {@code imap://host:port} or {@code imaps://host:port} */
    public MailServer(URI server) {
        this.server = server;
        String prefix = "mail." + server.getScheme() + '.';
        Properties properties = new Properties();
        properties.setProperty(prefix + "connectiontimeout", CONNECT_MILLIS);
        properties.setProperty(prefix + "timeout", ANSWER_MILLIS);
        properties.setProperty(prefix + "fetchsize", CHUNK_BYTES);
        properties.setProperty(prefix + "starttls.enable", "true");
        // Reading marks nothing as read by itself, and a size that the server got wrong cuts nothing off.
        properties.setProperty(prefix + "peek", "true");
        properties.setProperty(prefix + "ignorebodystructuresize", "true");
        this.session = Session.getInstance(properties);
    }

    /**
     * Logs in and opens the inbox.
     *
     * @param leavesTraces whether a message that is read shall be marked as read
     * @throws MailException where the server cannot be used, or refuses
     */
    public Inbox open(String user, Secret password, boolean leavesTraces) throws MailException {
        Store store = null;
        try {
            store = session.getStore(server.getScheme());
            store.connect(server.getHost(), port(), user, password.reveal());
            Folder folder = store.getFolder("INBOX");
            folder.open(leavesTraces ? Folder.READ_WRITE : Folder.READ_ONLY);
            return new Inbox(store, folder, leavesTraces);
        } catch (AuthenticationFailedException refused) {
            close(store);
            throw new MailException(true, "the mail server refused the login", refused);
        } catch (MessagingException | IllegalStateException fault) {
            close(store);
            throw new MailException(false, "the mail server cannot be used", fault);
        }
    }

    private int port() {
        return server.getPort() >= 0 ? server.getPort() : server.getScheme().equals("imaps") ? IMAPS_PORT : IMAP_PORT;
    }

    static void close(@org.jspecify.annotations.Nullable Store store) {
        try {
            if (store != null) {
                store.close();
            }
        } catch (MessagingException gone) {
            // it is closed now in any case
        }
    }
}
