package org.postern.sample.mail;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postern.core.MailboxAddress;

/** Whatever comes by mail is read, shown, answered and handed on, and nothing of it is more than text. */
class HostileMailTest {
    private static final MailboxAddress ALICE =
            MailboxAddress.parse("alice@acme.example").orElseThrow();
    private static final Duration BOUND = Duration.ofMinutes(1);
    private static final Set<String> ELEMENTS = Set.of(
            ("a abbr address b bdi big blockquote br caption center cite code col colgroup dd del dfn div dl dt em font"
                            + " h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup"
                            + " table tbody td tfoot th thead tr tt u ul var wbr")
                    .split(" ", -1));
    private static final Set<String> ATTRIBUTES = Set.of(
            ("href target rel src alt width height dir align valign colspan rowspan bgcolor cellpadding cellspacing"
                            + " border color size face style")
                    .split(" ", -1));
    private static final String OWN = "/?_task=part&_picture&_part=";

    static List<HostileMail> mails() {
        return HostileMail.all();
    }

    private static MimeMessage message(HostileMail mail) throws MessagingException {
        return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(mail.source()));
    }

    @Test
    void corpus_hasHundredsOfMessages() {
        assertThat(mails()).hasSizeGreaterThan(900);
    }

    @ParameterizedTest
    @MethodSource("mails")
    void hostileMail_isOnlyTextWhereverItIsShownOrSent(HostileMail mail) throws Exception {
        long begin = System.nanoTime();
        for (boolean richText : new boolean[] {true, false}) {
            Letter letter = new LetterReader(richText).read(new MessageId(1, 1), message(mail));
            assertShown(letter, mail, richText);
            assertAnswered(letter, message(mail), mail);
        }
        Headers headers = new Headers(message(mail));
        assertLine(headers.subject());
        assertLine(headers.sender());
        assertLine(headers.recipient());
        assertThat(headers.date().map(Instant::toString)).isNotNull();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(BOUND);
    }

    private static void assertShown(Letter letter, HostileMail mail, boolean richText) throws Exception {
        MimeMessage message = message(mail);
        Stream.of(letter.subject(), letter.from(), letter.to(), letter.cc()).forEach(HostileMailTest::assertLine);
        letter.attachments().forEach(attachment -> {
            assertLine(attachment.name());
            assertThat(attachment.name()).isNotBlank().doesNotContain("/", "\\").hasSizeLessThanOrEqualTo(200);
            assertThat(attachment.name()).doesNotMatch("\\.+");
        });
        for (Letter.Section section : letter.sections()) {
            if (section instanceof Letter.Plain plain) {
                assertThat(plain.runs())
                        .allSatisfy(run -> assertThat(run.link()).matches("|https?://[^\\s<>\"']*"));
            } else if (section instanceof Letter.Html html) {
                assertHarmless(html.safe().html(), richText);
                if (richText) {
                    var part = Parts.at(message, html.path()).orElseThrow();
                    SafeHtml shown = new LetterReader(true)
                            .html(part, Parts.pictures(message, host -> true, path -> OWN + path))
                            .orElseThrow();
                    assertHarmless(shown.html(), true);
                }
            }
        }
        for (Letter.Attachment attachment : letter.attachments()) {
            try (InputStream in =
                    Parts.open(Parts.at(message, attachment.path()).orElseThrow())) {
                assertThat(in.readAllBytes()).hasSizeLessThanOrEqualTo(mail.source().length);
            }
        }
    }

    private static void assertLine(String text) {
        assertThat(text.codePoints()
                        .filter(c -> Character.isISOControl(c)
                                || (c >= 0x202a && c <= 0x202e)
                                || (c >= 0x2066 && c <= 0x2069)
                                || c == 0x2028
                                || c == 0x2029))
                .isEmpty();
        assertThat(text.length()).isLessThanOrEqualTo(60_000);
    }

    /** As a browser reads it: within a page, which it must not break out of. */
    private static void assertHarmless(String safe, boolean styled) {
        Document page =
                Jsoup.parse("<!DOCTYPE html><body><div id=within>" + safe + "</div><p id=after>after</p></body>");
        Element within = page.getElementById("within");
        Element after = page.getElementById("after");
        assertThat(after.parent()).isSameAs(page.body());
        assertThat(within.nextElementSibling()).isSameAs(after);
        assertThat(page.body().childrenSize()).isEqualTo(2);
        for (Element element : within.select("> *, > * *")) {
            assertThat(ELEMENTS).contains(element.tagName());
            element.attributes().forEach(attribute -> assertHarmless(element, attribute, styled));
        }
    }

    private static void assertHarmless(Element element, Attribute attribute, boolean styled) {
        String name = attribute.getKey();
        String value = attribute.getValue();
        assertThat(ATTRIBUTES).contains(name);
        switch (name) {
            case "href" -> {
                assertThat(element.tagName()).isEqualTo("a");
                assertThat(value).matches("(?is)(?:https?|mailto):.*");
                assertThat(element.attr("rel")).contains("noopener").contains("noreferrer");
                assertThat(element.attr("target")).isEqualTo("_blank");
            }
            case "src" -> {
                assertThat(styled).isTrue();
                assertThat(element.tagName()).isEqualTo("img");
                assertThat(value).matches("(?is)https?://.*|" + java.util.regex.Pattern.quote(OWN) + "[0-9.]+");
            }
            case "style" -> {
                assertThat(styled).isTrue();
                assertThat(value)
                        .doesNotContainPattern(
                                "(?i)url|expression|import|behavior|binding|position|image\\(\\s*[^)\\s]|\\\\|<|--|attr");
            }
            default -> assertThat(value).doesNotContainPattern("(?i)javascript:.*\\(.*<");
        }
    }

    private static void assertAnswered(Letter letter, MimeMessage source, HostileMail mail) throws Exception {
        Draft reply = Draft.reply(letter, "INBOX", Draft.Answer.SENDER, ALICE.toString(), "wrote:");
        Draft all = Draft.reply(letter, "INBOX", Draft.Answer.ALL, ALICE.toString(), "wrote:");
        Draft forward = Draft.forward(letter, "INBOX", ALICE.toString(), "begin");
        // Nobody gets an answer but the addresses that the message's own header has.
        Set<String> known = mail.isMass() ? Set.of() : addresses(source);
        for (Draft draft : List.of(reply, all)) {
            for (InternetAddress address : InternetAddress.parseHeader(draft.to() + ',' + draft.cc(), false)) {
                assertThat(mail.isMass() ? Set.of(address.getAddress()) : known)
                        .contains(address.getAddress().toLowerCase(java.util.Locale.ROOT));
            }
            assertThat(draft.subject()).hasSizeLessThan(1010);
            assertThat(draft.text()).hasSizeLessThan(300_000);
        }
        List<MailAccount.Content> files = new ArrayList<>();
        for (Letter.Attachment attachment : letter.attachments()
                .subList(0, Math.min(20, letter.attachments().size()))) {
            var part = Parts.at(source, attachment.path()).orElseThrow();
            files.add(new MailAccount.Content(Parts.nameOf(part), Parts.type(part), () -> Parts.open(part)));
        }
        assertSent(reply, letter, List.of());
        assertSent(all, letter, List.of());
        assertSent(forward, letter, files);
    }

    private static Set<String> addresses(MimeMessage source) {
        return Stream.of("From", "Reply-To", "To", "Cc")
                .flatMap(name -> {
                    try {
                        String header = source.getHeader(name, ",");
                        return header == null ? Stream.of() : Stream.of(InternetAddress.parseHeader(header, false));
                    } catch (MessagingException broken) {
                        return Stream.of();
                    }
                })
                .map(a -> String.valueOf(a.getAddress()).toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.toSet());
    }

    private static void assertSent(Draft draft, Letter letter, List<MailAccount.Content> files)
            throws MessagingException, IOException {
        Draft addressed =
                new Draft("dave@globex.example", "", "", draft.subject(), draft.text(), draft.original(), draft.kept());
        MimeMessage sent;
        try {
            sent = Outgoing.of(addressed, ALICE, "Alice", Instant.EPOCH, letter.origin(), files);
        } catch (Outgoing.BadAddressException impossible) {
            throw new AssertionError(impossible);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        sent.writeTo(bytes);
        String wire = bytes.toString(StandardCharsets.ISO_8859_1);
        String header = wire.substring(0, wire.indexOf("\r\n\r\n"));
        assertThat(header.replace("\r\n", "")).doesNotContain("\r", "\n", "\u0000");
        assertThat(header.lines())
                .allSatisfy(
                        line -> assertThat(line).hasSizeLessThanOrEqualTo(998).matches("[\t -~]*"));
        MimeMessage read =
                new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(Collections.list(read.getAllHeaders()).stream().map(h -> h.getName()))
                .doesNotHaveDuplicates()
                .isSubsetOf(
                        "Date",
                        "From",
                        "To",
                        "Message-ID",
                        "Subject",
                        "MIME-Version",
                        "Content-Type",
                        "Content-Transfer-Encoding",
                        "In-Reply-To",
                        "References");
        assertThat(read.getAllRecipients()).hasSize(1);
        assertThat(read.getFrom()).hasSize(1);
        assertThat(((InternetAddress) read.getFrom()[0]).getAddress()).isEqualTo(ALICE.toString());
        assertThat(read.getRecipients(Message.RecipientType.BCC)).isNull();
        assertThat(Optional.ofNullable(read.getHeader("References", " ")).orElse(""))
                .matches("(?:\\s*<[!-;=?-~]+>)*\\s*");
    }
}
