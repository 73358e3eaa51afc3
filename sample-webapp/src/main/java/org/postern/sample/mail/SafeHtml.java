package org.postern.sample.mail;

import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.TextNode;
import org.jsoup.safety.Cleaner;
import org.jsoup.safety.Safelist;

/**
 * What of a message's HTML may be shown within a page of ours: text and its structure, and links that lead out. No
 * script, style, form, frame, picture or anything else that runs, loads, or reaches beyond its place; no {@code id} or
 * {@code class}, so that it cannot look like a part of the page.
 *
 * @param html well-formed, to be written as it is
 * @param defused whether something was left out that would have run or loaded, or a picture
 */
public record SafeHtml(String html, boolean defused) {
    private static final String ACTIVE =
            "script, style, link, meta[http-equiv], base, img, picture, svg, math, form, input, button, select, textarea, iframe, frame,"
                    + " object, embed, applet, video, audio, source, template, [background], [style], [onload], [onclick],"
                    + " [onerror]";

    /** What must go with all that stands in it: without its frame it would only be misread. */
    private static final String WITH_CONTENT =
            "title, script, style, button, select, textarea, object, svg, math, template, noscript, iframe, audio, video";

    private static final Safelist SAFE = new Safelist()
            .addTags(
                    "a",
                    "abbr",
                    "address",
                    "b",
                    "bdi",
                    "bdo",
                    "big",
                    "blockquote",
                    "br",
                    "caption",
                    "center",
                    "cite",
                    "code",
                    "dd",
                    "del",
                    "dfn",
                    "div",
                    "dl",
                    "dt",
                    "em",
                    "h1",
                    "h2",
                    "h3",
                    "h4",
                    "h5",
                    "h6",
                    "hr",
                    "i",
                    "ins",
                    "kbd",
                    "li",
                    "mark",
                    "ol",
                    "p",
                    "pre",
                    "q",
                    "s",
                    "samp",
                    "small",
                    "span",
                    "strike",
                    "strong",
                    "sub",
                    "sup",
                    "table",
                    "tbody",
                    "td",
                    "tfoot",
                    "th",
                    "thead",
                    "tr",
                    "tt",
                    "u",
                    "ul",
                    "var",
                    "wbr")
            .addAttributes("a", "href")
            .addProtocols("a", "href", "http", "https", "mailto")
            .addAttributes("td", "colspan", "rowspan")
            .addAttributes("th", "colspan", "rowspan")
            .addAttributes(":all", "dir")
            .addEnforcedAttribute("a", "rel", "noreferrer noopener nofollow")
            .addEnforcedAttribute("a", "target", "_blank");

    /** Makes a message's HTML safe. Never throws, whatever it is. */
    public static SafeHtml of(String html) {
        Document dirty = Jsoup.parse(html);
        boolean defused = dirty.selectFirst(ACTIVE) != null;
        for (Element image : dirty.select("img[alt]")) {
            if (!image.attr("alt").isBlank()) {
                image.replaceWith(new TextNode('[' + image.attr("alt").strip() + ']'));
            }
        }
        dirty.select(WITH_CONTENT).remove();
        Document clean = new Cleaner(SAFE).clean(dirty);
        clean.outputSettings().prettyPrint(false);
        return new SafeHtml(clean.body().html(), defused);
    }
}
