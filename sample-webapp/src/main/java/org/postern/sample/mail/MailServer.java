package org.postern.sample.mail;

import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.net.URI;
import java.util.Optional;
import java.util.Properties;
import org.eclipse.angus.mail.imap.IMAPStore;
import org.jspecify.annotations.Nullable;
import org.postern.core.Secret;

/**
 * The servers that hold the mailboxes and send their mail. Each {@link MailAccount} is a connection of its own, for one
 * request: a session that is over has nothing left to close. Thread-safe.
 */
public final class MailServer {
    private static final String CONNECT_MILLIS = "5000";
    private static final String ANSWER_MILLIS = "20000";
    private static final String CHUNK_BYTES = "131072";

    private final URI imap;
    private final Optional<URI> smtp;
    private final Session session;

    /**
     * @param imap {@code imap://host:port} or {@code imaps://host:port}
     * @param smtp {@code smtp://host:port} or {@code smtps://host:port}; empty where mail is only read
     */
    public MailServer(URI imap, Optional<URI> smtp) {
        this.imap = imap;
        this.smtp = smtp;
        Properties properties = new Properties();
        String reading = configure(properties, imap);
        properties.setProperty(reading + "fetchsize", CHUNK_BYTES);
        // Reading marks nothing as read by itself, and a size that the server got wrong cuts nothing off.
        properties.setProperty(reading + "peek", "true");
        properties.setProperty(reading + "ignorebodystructuresize", "true");
        smtp.ifPresent(server -> properties.setProperty(configure(properties, server) + "auth", "true"));
        this.session = Session.getInstance(properties);
    }

    private static String configure(Properties properties, URI server) {
        String prefix = "mail." + server.getScheme() + '.';
        properties.setProperty(prefix + "connectiontimeout", CONNECT_MILLIS);
        properties.setProperty(prefix + "timeout", ANSWER_MILLIS);
        properties.setProperty(prefix + "writetimeout", ANSWER_MILLIS);
        properties.setProperty(prefix + "starttls.enable", "true");
        properties.setProperty(prefix + "ssl.checkserveridentity", "true");
        return prefix;
    }

    /**
     * Logs in.
     *
     * @param readOnly whether nothing in the mailbox may change
     * @throws MailException where the server cannot be used, or refuses
     */
    public MailAccount open(String user, Secret password, boolean readOnly) throws MailException {
        Store store = null;
        try {
            store = session.getStore(imap.getScheme());
            store.connect(imap.getHost(), imap.getPort(), user, password.reveal());
            return new MailAccount((IMAPStore) store, readOnly);
        } catch (AuthenticationFailedException refused) {
            close(store);
            throw new MailException(MailException.Kind.REFUSED, "the mail server refused the login", refused);
        } catch (MessagingException | IllegalStateException fault) {
            close(store);
            throw new MailException(MailException.Kind.DOWN, "the mail server cannot be used", fault);
        }
    }

    /** Whether mail can be sent. */
    public boolean sends() {
        return smtp.isPresent();
    }

    /**
     * Hands a message to the submission server, for all its recipients or none.
     *
     * @throws MailException where the server cannot be used, or refuses
     */
    public void send(String user, Secret password, MimeMessage message) throws MailException {
        URI server = smtp.orElseThrow();
        try (Transport transport = session.getTransport(server.getScheme())) {
            transport.connect(server.getHost(), server.getPort(), user, password.reveal());
            transport.sendMessage(message, message.getAllRecipients());
        } catch (AuthenticationFailedException refused) {
            throw new MailException(MailException.Kind.REFUSED, "the submission server refused the login", refused);
        } catch (SendFailedException refused) {
            throw new MailException(MailException.Kind.NOT_SENT, words(refused), refused);
        } catch (MessagingException | IllegalStateException fault) {
            throw new MailException(MailException.Kind.DOWN, "the submission server cannot be used", fault);
        }
    }

    /** Whom it refused, and how: the innermost answer is the server's own. */
    private static String words(SendFailedException refused) {
        StringBuilder words = new StringBuilder();
        Address[] invalid = refused.getInvalidAddresses();
        if (invalid != null) {
            for (Address address : invalid) {
                words.append(words.length() == 0 ? "" : ", ").append(address);
            }
        }
        Throwable last = refused;
        while (last instanceof MessagingException messaging && messaging.getNextException() != null) {
            last = messaging.getNextException();
        }
        return Headers.line(words + (words.length() == 0 ? "" : ": ") + last.getMessage());
    }

    static void close(@Nullable Store store) {
        try {
            if (store != null) {
                store.close();
            }
        } catch (MessagingException gone) {
            // it is closed now in any case
        }
    }
}
