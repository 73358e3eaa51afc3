package org.postern.sample.mail;

import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.net.URI;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postern.core.Secret;

/** The submission server, which takes what is sent. Thread-safe. */
public final class Outbox {
    private final URI smtp;
    private final Properties properties = new Properties();

    /** @param smtp {@code smtp://host:port} or {@code smtps://host:port} */
    public Outbox(URI smtp) {
        this.smtp = smtp;
        MailServer.configure(properties, smtp);
    }

    /**
     * Hands a message over, for all its recipients or none.
     *
     * @param user empty where nobody need log in there
     * @throws MailException where the server cannot be used, or refuses
     */
    public void send(String user, Secret password, MimeMessage message) throws MailException {
        Properties own = new Properties();
        own.putAll(properties);
        own.setProperty("mail." + smtp.getScheme() + ".auth", Boolean.toString(!user.isEmpty()));
        @Nullable Transport transport = null;
        try {
            transport = Session.getInstance(own).getTransport(smtp.getScheme());
            if (user.isEmpty()) {
                transport.connect(smtp.getHost(), smtp.getPort(), null, null);
            } else {
                transport.connect(smtp.getHost(), smtp.getPort(), user, password.reveal());
            }
            transport.sendMessage(message, message.getAllRecipients());
        } catch (AuthenticationFailedException refused) {
            throw new MailException(MailException.Kind.REFUSED, "the submission server refused the login", refused);
        } catch (SendFailedException refused) {
            throw new MailException(MailException.Kind.NOT_SENT, words(refused), refused);
        } catch (MessagingException | IllegalStateException fault) {
            throw new MailException(MailException.Kind.DOWN, "the submission server cannot be used", fault);
        } finally {
            // It took the message, or it did not: how it says goodbye changes nothing.
            MailServer.close(transport);
        }
    }

    /** Whom it refused, and how: the innermost answer is the server's own. */
    private static String words(SendFailedException refused) {
        Address[] invalid = refused.getInvalidAddresses();
        String whom = Stream.of(invalid == null ? new Address[0] : invalid)
                .map(Address::toString)
                .collect(Collectors.joining(", "));
        Throwable last = refused;
        while (last instanceof MessagingException messaging && messaging.getNextException() != null) {
            last = messaging.getNextException();
        }
        return Headers.line(whom + (whom.isEmpty() ? "" : ": ") + last.getMessage());
    }
}
