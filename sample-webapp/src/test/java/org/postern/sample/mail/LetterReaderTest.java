package org.postern.sample.mail;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a message is made of, it is read within bounds and never fails. */
class LetterReaderTest {
    private static Letter read(String source) throws MessagingException {
        return read(source, true);
    }

    private static Letter read(String source, boolean richText) throws MessagingException {
        byte[] bytes = source.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
        MimeMessage message = new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(bytes));
        return new LetterReader(richText).read(new MessageId(1, 1), message);
    }

    private static String plain(Letter letter) {
        return letter.sections().stream()
                .filter(Letter.Plain.class::isInstance)
                .flatMap(s -> ((Letter.Plain) s).runs().stream())
                .map(Letter.Run::text)
                .collect(Collectors.joining());
    }

    private static final String ALTERNATIVE = """
            Content-Type: multipart/alternative; boundary=b

            --b
            Content-Type: text/plain

            plain
            --b
            Content-Type: text/html

            <b>rich</b>
            --b--
            """;

    @ParameterizedTest
    @CsvSource({
        "https://shop.example/p.png?a=b c#d, true",
        "HTTP://Images.Shop.Example:8080, true",
        "https://webmail.example/?_task=logout, false",
        "https://WEBMAIL.example/, false",
        "https://webmail.example:444?x, false",
        "https://shop.example@webmail.example/, false",
        "https:\\\\webmail.example/, false",
        "https:\\\\shop.example/, false",
        "https:///webmail.example/, false",
        "https:webmail.example/, false",
        "//webmail.example/, false",
        "//shop.example/, false",
        "https://webmail.exam%70le/, false",
        "https://webmail\u3002example/, false",
        "https://\uff57ebmail.example/, false",
        "https://shop.example\\@webmail.example/, false",
        "http://127.0.0.1/, false",
        "http://127.1/, false",
        "http://2130706433/, false",
        "http://0x7f.0x1/, false",
        "http://[::1]/, false",
        "http://localhost:8080/, false",
        "http://router/, false",
        "ftp://shop.example/p.png, false",
        "/?_task=logout, false",
        "data:image/png;base64;iVBORw0KGgo=, false",
        "https://.example/, false",
        "https://shop.example./, false"
    })
    void pictureFromElsewhere_isWrittenPlainlyAndOnTheHostsThatAreWanted(String source, boolean shown)
            throws MessagingException {
        MimeMessage message = new MimeMessage(
                Session.getInstance(new Properties()),
                new ByteArrayInputStream("\r\n".getBytes(StandardCharsets.UTF_8)));

        SafeHtml.Pictures pictures =
                Parts.pictures(message, host -> !host.equalsIgnoreCase("webmail.example"), path -> path);

        assertThat(pictures.apply(source)).isEqualTo(shown ? Optional.of(source) : Optional.empty());
        assertThat(pictures.apply(" " + source + "\n").isPresent()).isEqualTo(shown);
    }

    @Test
    void pictureFromElsewhere_withAHostWithoutEnd_isNone() throws MessagingException {
        MimeMessage message = new MimeMessage(
                Session.getInstance(new Properties()),
                new ByteArrayInputStream("\r\n".getBytes(StandardCharsets.UTF_8)));
        SafeHtml.Pictures pictures = Parts.pictures(message, host -> true, path -> path);

        assertThat(pictures.apply("https://" + "a.".repeat(100_000) + "example/"))
                .isEmpty();
        String endless = "https://shop.example/" + "a/".repeat(100_000);
        assertThat(pictures.apply(endless)).contains(endless);
    }

    /** The library makes one text of all that is no multipart; only a bounded part of it is wanted. */
    @ParameterizedTest
    @ValueSource(strings = {"text/html", "text/plain", "text/xml", "message/rfc822", "image/png"})
    void partThatIsNoMultipart_isNotReadToFindItsChildren(String type) throws MessagingException {
        MimeMessage message = new MimeMessage(Session.getInstance(new Properties())) {
            @Override
            public Object getContent() {
                throw new AssertionError("read");
            }
        };
        message.setHeader("Content-Type", type);

        assertThat(Parts.at(message, "1")).contains(message);
        assertThat(Parts.at(message, "1.1")).isEmpty();
        assertThat(Parts.children(message)).isEmpty();
    }

    @Test
    void read_alternative_takesWhatTheBrowserShowsWell() throws MessagingException {
        assertThat(read(ALTERNATIVE, true).sections())
                .singleElement(InstanceOfAssertFactories.type(Letter.Html.class))
                .satisfies(html -> {
                    assertThat(html.safe().html()).isEqualTo("<b>rich</b>");
                    assertThat(html.path()).isEqualTo("2");
                });
        assertThat(plain(read(ALTERNATIVE, false)).strip()).isEqualTo("plain");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "Content-Type: \n\nx",
                "Content-Type: text\n\nx",
                "Content-Type: multipart/mixed\n\nno boundary",
                "Content-Type: multipart/mixed; boundary=b\n\n--c\n\nwrong boundary",
                "Content-Type: multipart/mixed; boundary=\"\n\n--\n\nx",
                "Content-Type: text/plain; charset=x-no-such-charset\n\nx",
                "Content-Type: text/plain; charset=\"../../etc\"\n\nx",
                "Content-Type: text/plain\nContent-Transfer-Encoding: x-no-such\n\nx",
                "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!not base64!!!",
                "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n=ZZ=",
                "Content-Type: message/rfc822\n\nnot a message",
                "From: <<<@@>>>\nTo: ,,,\nDate: yesterday\nSubject: =?x?y?z?=\n\nx",
                "From: \n\nx",
                "Subject: =?no-such-charset?B?////?=\n\nx",
                "Content-Disposition: attachment; filename*=x''%ZZ\n\nx",
                "Content-Disposition: ;;;\nContent-Type: application/;;\n\nx"
            })
    void read_brokenMessage_givesSomethingToShow(String source) throws MessagingException {
        Letter letter = read(source);

        assertThat(letter.sections().size() + letter.attachments().size()).isPositive();
    }

    @Test
    void read_multipartOfNothing_hasNoText() throws MessagingException {
        Letter letter = read("Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n--b");

        assertThat(letter.sections()).isEmpty();
        assertThat(letter.attachments()).isEmpty();
    }

    @Test
    void read_unknownCharset_showsWhatIsAscii() throws MessagingException {
        assertThat(plain(read("Content-Type: text/plain; charset=x-no-such-charset\n\nplain text")))
                .isEqualTo("plain text");
    }

    @Test
    void read_moreTextThanABound_isCutAndSaysSo() throws MessagingException {
        Letter letter = read("Content-Type: text/plain\n\n" + "x".repeat(3 * LetterReader.MOST_BYTES));

        assertThat(plain(letter)).hasSize(LetterReader.MOST_BYTES);
        assertThat(letter.cut()).isTrue();
    }

    @Test
    void read_textOfTheBoundExactly_isNotCut() throws MessagingException {
        Letter letter = read("Content-Type: text/plain\n\n" + "x".repeat(LetterReader.MOST_BYTES));

        assertThat(plain(letter)).hasSize(LetterReader.MOST_BYTES);
        assertThat(letter.cut()).isFalse();
    }

    @Test
    void read_partsWithinParts_stopAtABound() throws MessagingException {
        StringBuilder source = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            source.append("Content-Type: multipart/mixed; boundary=b")
                    .append(i)
                    .append("\n\n--b")
                    .append(i)
                    .append('\n');
        }
        source.append("Content-Type: text/plain\n\ndeep");

        assertThat(read(source.toString()).cut()).isTrue();
    }

    @Test
    void read_thousandsOfParts_stopAtABound() throws MessagingException {
        String parts = "--b\nContent-Type: application/x\n\nx\n".repeat(5_000);

        assertThat(read("Content-Type: multipart/mixed; boundary=b\n\n" + parts + "--b--\n")
                        .attachments())
                .hasSizeLessThan(LetterReader.MOST_PARTS);
    }

    @Test
    void read_header_isOneLineWithoutHiddenCharacters() throws MessagingException {
        Letter letter = read("Subject: =?UTF-8?B?YQ0KQmNjOiB4QHk=?= =?UTF-8?Q?=E2=80=AEgpj.exe?=\n\nx");

        assertThat(letter.subject()).doesNotContain("\r", "\n", "\u202e").contains("gpj.exe");
    }

    @Test
    void read_attachmentName_hasNoFolder() throws MessagingException {
        Letter letter = read("Content-Type: application/x; name=\"../../etc/pass\\\\wd\"\n\nx");

        assertThat(letter.attachments().get(0).name()).doesNotContain("/", "\\", "..");
    }

    @Test
    void read_htmlFile_isOnlyForDownload() throws MessagingException {
        Letter letter = read("Content-Type: text/html\nContent-Disposition: attachment; filename=a.html\n\n<b>x</b>");

        assertThat(letter.sections()).isEmpty();
        assertThat(letter.attachments()).hasSize(1);
    }

    @Test
    void runs_addresses_becomeLinksWithoutTheSentencesEnd() {
        assertThat(LetterReader.runs("See https://a.example/x?y=1. Or (http://b.example)!"))
                .containsExactly(
                        new Letter.Run("See ", ""),
                        new Letter.Run("https://a.example/x?y=1", "https://a.example/x?y=1"),
                        new Letter.Run(". Or (", ""),
                        new Letter.Run("http://b.example", "http://b.example"),
                        new Letter.Run(")!", ""));
    }
}
