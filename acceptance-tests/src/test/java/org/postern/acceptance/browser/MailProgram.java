package org.postern.acceptance.browser;

import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.FolderClosedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.postern.acceptance.RunningPostern;

/** A mailbox of the demo as a mail program sees it: what a test puts there, and what it finds there. */
record MailProgram(RunningPostern postern, String address) {
    private interface Work<T> {
        T in(Folder folder) throws MessagingException, IOException;
    }

    private String password() {
        return "demo-" + address.replaceFirst("@.*", "");
    }

    private Session session() {
        Properties properties = new Properties();
        properties.put("mail.imap.timeout", "15000");
        properties.put("mail.smtp.host", "127.0.0.1");
        properties.put("mail.smtp.port", Integer.toString(postern.smtpPort()));
        properties.put("mail.smtp.auth", "true");
        return Session.getInstance(properties);
    }

    private <T> T in(String folder, Work<T> work) {
        try (Store store = session().getStore("imap")) {
            connect(store);
            try (Folder open = store.getFolder(folder)) {
                open.open(Folder.READ_WRITE);
                return work.in(open);
            }
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A letter to this mailbox, not yet sent. */
    private MimeMessage letter(String from, String subject) throws MessagingException {
        MimeMessage message = new MimeMessage(session());
        message.setFrom(new InternetAddress(from));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(address));
        message.setSubject(subject, "UTF-8");
        message.setHeader("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
        return message;
    }

    /** Lays letters with these subjects into a folder, all unread. */
    MailProgram fill(String folder, List<String> subjects) {
        return in(folder, open -> {
            List<Message> all = new ArrayList<>();
            for (String subject : subjects) {
                MimeMessage message = letter("carol@acme-labs.example", subject);
                message.setText("The text of " + subject + ".", "UTF-8");
                message.saveChanges();
                all.add(message);
            }
            open.appendMessages(all.toArray(Message[]::new));
            return this;
        });
    }

    /**
     * Makes a folder and lays messages into it as they are on the wire, all of them read. Over some that are too broken
     * the demo's mail server hangs up, or falls silent when it is asked for them: those are not there afterwards.
     *
     * @return how many are
     */
    int lay(String folder, List<byte[]> sources) {
        try (Store store = session().getStore("imap")) {
            connect(store);
            store.getFolder(folder).create(Folder.HOLDS_MESSAGES);
            for (byte[] source : sources) {
                append(store, folder, source);
            }
            int all = store.getFolder(folder).getMessageCount();
            List<Integer> broken = new ArrayList<>();
            for (int number = 1; number <= all; number++) {
                Folder open = store.getFolder(folder);
                open.open(Folder.READ_ONLY);
                while (number <= all && canBeAskedFor(open, number)) {
                    number++;
                }
                if (number <= all) {
                    broken.add(number);
                    connectAgain(store);
                }
            }
            in(folder, open -> {
                for (int number : broken) {
                    open.getMessage(number).setFlag(Flags.Flag.DELETED, true);
                }
                return open;
            });
            return all - broken.size();
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void append(Store store, String folder, byte[] source) throws MessagingException {
        MimeMessage message = new MimeMessage(session(), new ByteArrayInputStream(source));
        message.setFlag(Flags.Flag.SEEN, true);
        try {
            store.getFolder(folder).appendMessages(new Message[] {message});
        } catch (MessagingException hungUp) {
            connectAgain(store);
        }
    }

    private static boolean canBeAskedFor(Folder open, int number) throws MessagingException {
        FetchProfile all = new FetchProfile();
        all.add(FetchProfile.Item.ENVELOPE);
        all.add(FetchProfile.Item.CONTENT_INFO);
        try {
            open.fetch(new Message[] {open.getMessage(number)}, all);
            return open.isOpen();
        } catch (FolderClosedException hungUp) {
            return false;
        }
    }

    private void connectAgain(Store store) throws MessagingException {
        store.close();
        connect(store);
    }

    private void connect(Store store) throws MessagingException {
        store.connect("127.0.0.1", postern.imapPort(), address, password());
    }

    /** Sends a letter of HTML to this mailbox, by the demo's SMTP server. */
    void receiveHtml(MailProgram from, String subject, String html) {
        send(from, subject, "", html, "html", Optional.empty());
    }

    /** Sends a letter with a file to this mailbox and in copy to another one, by the demo's SMTP server. */
    void receiveFile(MailProgram from, String copy, String subject, String text, String file, String content) {
        send(from, subject, copy, text, "plain", Optional.of(new String[] {file, content}));
    }

    private void send(
            MailProgram from, String subject, String copy, String text, String kind, Optional<String[]> file) {
        try (Transport transport = session().getTransport("smtp")) {
            MimeMessage message = letter(from.address, subject);
            if (!copy.isEmpty()) {
                message.setRecipients(Message.RecipientType.CC, copy);
            }
            MimeBodyPart body = new MimeBodyPart();
            body.setText(text, "UTF-8", kind);
            MimeMultipart parts = new MimeMultipart(body);
            if (file.isPresent()) {
                MimeBodyPart part = new MimeBodyPart();
                part.setText(file.get()[1], "UTF-8");
                part.setFileName(file.get()[0]);
                parts.addBodyPart(part);
            }
            message.setContent(parts);
            message.saveChanges();
            transport.connect(from.address, from.password());
            transport.sendMessage(message, message.getAllRecipients());
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The subjects in a folder, oldest first. */
    List<String> subjects(String folder) {
        return in(folder, open -> {
            List<String> subjects = new ArrayList<>();
            for (Message message : open.getMessages()) {
                subjects.add(message.getSubject());
            }
            return subjects;
        });
    }

    /** The newest letter with this subject, with its headers, as it was sent; empty where there is none. */
    Optional<String> source(String folder, String subject) {
        return in(folder, open -> {
            Optional<String> found = Optional.empty();
            for (Message message : open.getMessages()) {
                if (subject.equals(message.getSubject())) {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    message.writeTo(bytes);
                    found = Optional.of(bytes.toString(StandardCharsets.UTF_8));
                }
            }
            return found;
        });
    }

    /** Whether a letter is marked as read, or as answered. */
    boolean isMarked(String folder, String subject, Flags.Flag flag) {
        return in(folder, open -> {
            for (Message message : open.getMessages()) {
                if (subject.equals(message.getSubject())) {
                    return message.isSet(flag);
                }
            }
            throw new AssertionError("no " + subject + " in " + subjects(folder));
        });
    }

    /** Deletes all letters of these folders. */
    void clear(String... folders) {
        Arrays.stream(folders)
                .forEach(folder -> in(folder, open -> {
                    for (Message message : open.getMessages()) {
                        message.setFlag(Flags.Flag.DELETED, true);
                    }
                    return open;
                }));
    }
}
