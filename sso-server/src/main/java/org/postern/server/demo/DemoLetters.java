package org.postern.server.demo;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.postern.core.MailboxAddress;

/** What lies in the demo's mailboxes: letters from resources, their dates a little before the start. */
final class DemoLetters {
    /** The folders that a mailbox has beside its inbox. */
    static final List<String> FOLDERS = List.of("Drafts", "Sent", "Trash", "Projects");

    /**
     * A letter in a folder.
     *
     * @param folder empty for the inbox
     */
    record Letter(MimeMessage message, String folder, Instant date, boolean read) {}

    private record Template(String resource, String folder, Duration age, boolean read) {
        Template(String resource, Duration age, boolean read) {
            this(resource, "", age, read);
        }
    }

    private static final String GERMAN_SPEAKER = "bob@acme.example";
    private static final int LONG_PARAGRAPHS = 400;

    private static final String WRITTEN_TO = "carol@acme-labs.example";
    private static final List<Template> OTHER_FOLDERS = List.of(
            new Template("lunch", "Sent", Duration.ofDays(2), true),
            new Template("roof", "Projects", Duration.ofDays(5), false));

    private static final List<Template> ENGLISH = List.of(
            new Template("welcome", Duration.ofDays(40), true),
            new Template("greetings", Duration.ofDays(9), true),
            new Template("minutes", Duration.ofDays(3), true),
            new Template("report", Duration.ofHours(26), false),
            new Template("newsletter", Duration.ofMinutes(95), false));

    private static final List<Template> GERMAN = List.of(
            new Template("willkommen", Duration.ofDays(40), true),
            new Template("minutes", Duration.ofDays(3), true),
            new Template("report", Duration.ofHours(26), true),
            new Template("einladung", Duration.ofHours(7), false),
            new Template("newsletter", Duration.ofMinutes(95), false));

    private DemoLetters() {}

    /** The letters of one mailbox, oldest first. */
    static List<Letter> to(MailboxAddress mailbox, Clock clock) {
        Session session = Session.getInstance(new Properties());
        List<Template> inbox = mailbox.toString().equals(GERMAN_SPEAKER) ? GERMAN : ENGLISH;
        return Stream.concat(inbox.stream(), OTHER_FOLDERS.stream())
                .map(template -> letter(session, template, mailbox, clock.instant()))
                .toList();
    }

    private static Letter letter(Session session, Template template, MailboxAddress to, Instant now) {
        Instant date = now.minus(template.age());
        try {
            MimeMessage message = new MimeMessage(session, new ByteArrayInputStream(text(template.resource())));
            boolean sent = message.getFrom() == null;
            message.setRecipient(MimeMessage.RecipientType.TO, new InternetAddress(sent ? WRITTEN_TO : to.toString()));
            if (sent) {
                message.setFrom(new InternetAddress(to.toString()));
            }
            message.setSentDate(Date.from(date));
            return new Letter(message, template.folder(), date, template.read());
        } catch (MessagingException e) {
            throw new IllegalStateException("the letter " + template.resource() + " is no message", e);
        }
    }

    private static byte[] text(String resource) {
        return (resource.equals("minutes") ? minutes() : read(resource))
                .replace("\r\n", "\n")
                .replace("\n", "\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String read(String resource) {
        try (InputStream in = DemoLetters.class.getResourceAsStream("mail/" + resource + ".eml")) {
            if (in == null) {
                throw new IllegalStateException("the letter " + resource + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A long one. */
    private static String minutes() {
        StringBuilder text = new StringBuilder("""
                From: Carol Clark <carol@acme-labs.example>
                Subject: Minutes of the annual meeting, in full
                Message-ID: <minutes@acme-labs.example>
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8; format=flowed
                Content-Transfer-Encoding: 8bit

                The minutes of the annual meeting, in full, for those who could not be there.

                """);
        for (int i = 1; i <= LONG_PARAGRAPHS; i++) {
            text.append(i).append(". The meeting took note of item ").append(i);
            text.append(" of the agenda, discussed it at length, and put off the decision until next year.\n\n");
        }
        return text.append("End of the minutes.\n").toString();
    }
}
