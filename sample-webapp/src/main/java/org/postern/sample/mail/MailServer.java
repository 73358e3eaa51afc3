package org.postern.sample.mail;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Service;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.io.IOException;
import java.net.URI;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import org.eclipse.angus.mail.imap.IMAPStore;
import org.jspecify.annotations.Nullable;
import org.postern.core.Secret;

/**
 * The IMAP server that holds the mailboxes. Each {@link MailAccount} is a connection of its own, for one
 * request: a session that is over has nothing left to close. Thread-safe.
 */
public final class MailServer {
    private static final String CONNECT_MILLIS = "5000";
    private static final String ANSWER_MILLIS = "20000";
    private static final String CHUNK_BYTES = "131072";
    /** Fewer than the server has threads: where this one hangs, logins and all else go on. */
    private static final int MOST_CONNECTIONS = 32;

    private final URI imap;
    private final Session session;
    private final Semaphore places = new Semaphore(MOST_CONNECTIONS);

    /** @param imap {@code imap://host:port} or {@code imaps://host:port} */
    public MailServer(URI imap) {
        this.imap = imap;
        Properties properties = new Properties();
        String reading = configure(properties, imap);
        properties.setProperty(reading + "fetchsize", CHUNK_BYTES);
        properties.setProperty(reading + "appendbuffersize", CHUNK_BYTES);
        // Reading marks nothing as read by itself, and a size that the server got wrong cuts nothing off.
        properties.setProperty(reading + "peek", "true");
        properties.setProperty(reading + "ignorebodystructuresize", "true");
        this.session = Session.getInstance(properties);
    }

    /** Within which times a server has to answer, and that it proves who it is. Returns how its properties begin. */
    static String configure(Properties properties, URI server) {
        String prefix = "mail." + server.getScheme() + '.';
        properties.setProperty(prefix + "connectiontimeout", CONNECT_MILLIS);
        properties.setProperty(prefix + "timeout", ANSWER_MILLIS);
        properties.setProperty(prefix + "writetimeout", ANSWER_MILLIS);
        // To another host a password goes only where it proves who it is; on this one nobody listens in between.
        properties.setProperty(prefix + "starttls.enable", Boolean.toString(!isHere(server)));
        properties.setProperty(prefix + "starttls.required", Boolean.toString(!isHere(server)));
        properties.setProperty(prefix + "ssl.checkserveridentity", "true");
        return prefix;
    }

    private static boolean isHere(URI server) {
        String host = server.getHost();
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    /**
     * Logs in.
     *
     * @param readOnly whether nothing in the mailbox may change
     * @throws MailException where the server cannot be used, or refuses
     */
    public MailAccount open(String user, Secret password, boolean readOnly) throws MailException {
        if (!places.tryAcquire()) {
            throw new MailException(
                    MailException.Kind.DOWN,
                    "there are too many connections to the mail server",
                    new IOException("full"));
        }
        Store store = null;
        try {
            store = session.getStore(imap.getScheme());
            store.connect(imap.getHost(), imap.getPort(), user, password.reveal());
            return new MailAccount((IMAPStore) store, readOnly, places);
        } catch (AuthenticationFailedException refused) {
            places.release();
            close(store);
            throw new MailException(MailException.Kind.REFUSED, "the mail server refused the login", refused);
        } catch (MessagingException | IllegalStateException fault) {
            places.release();
            close(store);
            throw new MailException(MailException.Kind.DOWN, "the mail server cannot be used", fault);
        }
    }

    static void close(@Nullable Service service) {
        try {
            if (service != null) {
                service.close();
            }
        } catch (MessagingException gone) {
            // it is closed now in any case
        }
    }
}
