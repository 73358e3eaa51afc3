package org.postern.sample.mail;

import jakarta.activation.DataHandler;
import jakarta.activation.DataSource;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.postern.core.DomainName;
import org.postern.core.MailboxAddress;

/** Makes a message of a draft. */
public final class Outgoing {
    /** Some recipient is no mail address. */
    public static final class BadAddressException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String address;

        BadAddressException(String address) {
            super("bad address");
            this.address = address;
        }

        /** What was typed; empty where nothing was, or too much. */
        public String address() {
            return address;
        }
    }

    private static final int MOST_RECIPIENTS = 100;
    private static final String UTF_8 = StandardCharsets.UTF_8.name();

    /** A message whose id tells its mailbox's domain, not this machine's name. */
    private static final class Mail extends MimeMessage {
        private final MailboxAddress from;

        Mail(MailboxAddress from) {
            super(Session.getInstance(new Properties()));
            this.from = from;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + UUID.randomUUID() + "@" + from.domain() + ">");
        }
    }

    /** The bytes of an attachment, which are read as often as they are needed. */
    private record Source(MailAccount.Content content) implements DataSource {
        @Override
        public InputStream getInputStream() throws IOException {
            return content.open();
        }

        @Override
        public OutputStream getOutputStream() {
            throw new UnsupportedOperationException();
        }

        @Override
        public String getContentType() {
            return content.type().startsWith("multipart/") ? "application/octet-stream" : content.type();
        }

        @Override
        public String getName() {
            return content.name();
        }
    }

    private Outgoing() {}

    /**
     * The message, ready to be sent.
     *
     * @param name the writer's name; may be empty
     * @param origin of the message that it answers; empty texts where it answers none
     * @throws BadAddressException where a recipient is no mail address, or there is none, or there are too many
     */
    public static MimeMessage of(
            Draft draft,
            MailboxAddress from,
            String name,
            Instant now,
            Letter.Origin origin,
            List<MailAccount.Content> attachments)
            throws BadAddressException {
        try {
            MimeMessage message = new Mail(from);
            message.setFrom(new InternetAddress(from.toString(), oneLine(name), UTF_8));
            message.setRecipients(Message.RecipientType.TO, addresses(draft.to()));
            message.setRecipients(Message.RecipientType.CC, addresses(draft.cc()));
            message.setRecipients(Message.RecipientType.BCC, addresses(draft.bcc()));
            int recipients = message.getAllRecipients() == null ? 0 : message.getAllRecipients().length;
            if (recipients == 0 || recipients > MOST_RECIPIENTS) {
                throw new BadAddressException("");
            }
            message.setSubject(oneLine(draft.subject()), UTF_8);
            message.setSentDate(Date.from(now));
            if (!origin.messageId().isEmpty()) {
                message.setHeader("In-Reply-To", origin.messageId());
                String references = (origin.references() + " " + origin.messageId()).strip();
                message.setHeader("References", MimeUtility.fold("References: ".length(), references));
            }
            String text = draft.text().replaceAll("\r\n?|\n", "\r\n");
            if (attachments.isEmpty()) {
                message.setText(text, UTF_8);
            } else {
                MimeBodyPart body = new MimeBodyPart();
                body.setText(text, UTF_8);
                MimeMultipart parts = new MimeMultipart(body);
                for (MailAccount.Content attachment : attachments) {
                    MimeBodyPart part = new MimeBodyPart();
                    part.setDataHandler(new DataHandler(new Source(attachment)));
                    part.setFileName(attachment.name());
                    part.setDisposition(MimeBodyPart.ATTACHMENT);
                    parts.addBodyPart(part);
                }
                message.setContent(parts);
            }
            message.saveChanges();
            return message;
        } catch (MessagingException | UnsupportedEncodingException impossible) {
            throw new IllegalStateException("a message cannot be made", impossible);
        }
    }

    /** A line break in a header would begin another header. */
    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
    }

    private static InternetAddress[] addresses(String list) throws BadAddressException {
        List<InternetAddress> found = new ArrayList<>();
        try {
            // People separate addresses by semicolons and line breaks too.
            for (InternetAddress address : InternetAddress.parse(oneLine(list.replaceAll("[;\\r\\n]+", ",")), false)) {
                found.add(canonical(address));
            }
        } catch (AddressException bad) {
            throw new BadAddressException(oneLine(list));
        }
        return found.toArray(InternetAddress[]::new);
    }

    private static InternetAddress canonical(InternetAddress address) throws BadAddressException, AddressException {
        String text = address.getAddress() == null ? "" : address.getAddress();
        int at = text.lastIndexOf('@');
        DomainName domain = DomainName.parse(text.substring(at + 1))
                .filter(d -> at > 0 && text.chars().allMatch(c -> c > ' ' && c != 0x7f))
                .orElseThrow(() -> new BadAddressException(text));
        String local = text.substring(0, at);
        if (!StandardCharsets.US_ASCII.newEncoder().canEncode(local)) {
            throw new BadAddressException(text);
        }
        address.setAddress(local + '@' + domain);
        address.validate();
        return address;
    }
}
