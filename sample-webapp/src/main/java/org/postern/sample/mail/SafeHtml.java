package org.postern.sample.mail;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.owasp.html.AttributePolicy;
import org.owasp.html.HtmlPolicyBuilder;
import org.owasp.html.HtmlSanitizer;
import org.owasp.html.HtmlStreamEventReceiver;
import org.owasp.html.PolicyFactory;

/**
 * What of a message's HTML may be shown: text, its structure and harmless style, links that lead out, and the pictures
 * that the reader wants. No script, form or frame, nor anything else that runs, or reaches beyond its place; no
 * {@code id} or {@code class}, so that it cannot look like a part of a page of ours.
 *
 * @param html well-formed, to be written as it is
 * @param text the same as plain text
 * @param hidesPictures whether pictures from elsewhere were held back
 */
public record SafeHtml(String html, String text, boolean hidesPictures) {
    /** What becomes of a picture: the address to load it from, or empty; asked with what {@code src} holds. */
    public interface Pictures extends Function<String, Optional<String>> {
        /** No picture at all. */
        Pictures NONE = source -> Optional.empty();
    }

    private static final Pattern REMOTE = Pattern.compile("(?is)\\s*(?:https?:)?//.*");
    private static final Pattern ABROAD = Pattern.compile("(?is)\\s*(?:https?|mailto):.*");
    private static final Pattern PLAIN_VALUE = Pattern.compile("[-#%.0-9A-Za-z ]{0,40}");

    /** Text and its structure. */
    private static HtmlPolicyBuilder structure() {
        return new HtmlPolicyBuilder()
                .allowCommonInlineFormattingElements()
                .allowCommonBlockElements()
                .allowElements(
                        "hr", "pre", "center", "font", "address", "dl", "dt", "dd", "q", "kbd", "samp", "wbr", "bdi")
                .allowElements("abbr", "cite", "dfn", "mark", "var", "tt", "ins", "del")
                .allowElements("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td")
                .allowWithoutAttributes("font", "span")
                // Without its frame it would only be misread.
                .disallowTextIn("title", "button", "select", "option", "textarea", "object", "svg", "math")
                .disallowTextIn("noscript", "iframe", "audio", "video", "template")
                .allowElements(
                        (element, attributes) -> {
                            attributes.addAll(List.of("target", "_blank"));
                            return "a";
                        },
                        "a")
                .allowUrlProtocols("http", "https", "mailto", "cid")
                .allowAttributes("href")
                .matching(ABROAD)
                .onElements("a")
                .requireRelsOnLinks("noreferrer", "noopener", "nofollow")
                .allowAttributes("dir", "align", "colspan", "rowspan")
                .matching(PLAIN_VALUE)
                .globally();
    }

    private static HtmlPolicyBuilder styled() {
        return structure()
                .allowStyling()
                .allowAttributes("valign", "bgcolor", "width", "height", "cellpadding", "cellspacing", "border")
                .matching(PLAIN_VALUE)
                .globally()
                .allowAttributes("color", "size", "face")
                .matching(PLAIN_VALUE)
                .onElements("font");
    }

    /** Without style or pictures, for a text browser's page. */
    public static SafeHtml plain(String html) {
        return of(html, structure(), Pictures.NONE);
    }

    /** For a frame of its own. */
    public static SafeHtml of(String html, Pictures pictures) {
        try {
            return of(html, styled(), pictures);
        } catch (StackOverflowError nested) {
            // Brackets in brackets, in a style: the sanitizer goes as deep as they do.
            return of(html, structure(), pictures);
        }
    }

    private static SafeHtml of(String html, HtmlPolicyBuilder rules, Pictures pictures) {
        boolean[] hidden = {false};
        AttributePolicy address = (element, attribute, source) -> {
            Optional<String> shown = pictures.apply(source);
            hidden[0] |= shown.isEmpty() && REMOTE.matcher(source).matches();
            return shown.orElse(null);
        };
        PolicyFactory policy = rules.allowElements("img")
                .allowWithoutAttributes("img")
                .allowAttributes("alt", "width", "height")
                .onElements("img")
                .allowAttributes("src")
                .matching(address)
                .onElements("img")
                .toFactory();
        String safe = policy.sanitize(html);
        return new SafeHtml(safe, PlainText.of(safe), hidden[0]);
    }

    /** Collects what a reader of the page would see. */
    private static final class PlainText implements HtmlStreamEventReceiver {
        private static final List<String> LINES =
                List.of("br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "hr");

        private final StringBuilder text = new StringBuilder();

        static String of(String safe) {
            PlainText receiver = new PlainText();
            HtmlSanitizer.sanitize(safe, structure().toFactory().apply(receiver));
            return receiver.text
                    .toString()
                    .lines()
                    .map(String::strip)
                    .collect(Collectors.joining("\n"))
                    .replaceAll("\\n{3,}", "\n\n")
                    .strip();
        }

        @Override
        public void openDocument() {}

        @Override
        public void closeDocument() {}

        @Override
        public void openTag(String element, List<String> attributes) {
            text.append(LINES.contains(element) ? "\n" : "");
        }

        @Override
        public void closeTag(String element) {
            text.append(element.equals("p") ? "\n" : element.equals("td") ? " " : "");
        }

        @Override
        public void text(String run) {
            text.append(run.replaceAll("[\\s\\u00a0]+", " "));
        }
    }
}
