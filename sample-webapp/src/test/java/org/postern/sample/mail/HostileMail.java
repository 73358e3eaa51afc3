package org.postern.sample.mail;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Mail as somebody sends it who means harm, and mail that is broken: hundreds of messages, each one of a family. Made
 * here, so that every test that reads mail can have all of it.
 *
 * @param name of its family, and of what it does
 * @param source as it is on the wire
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record HostileMail(String name, byte[] source) {
    /** The host that a message asks for something when it succeeds. */
    public static final String TRAP = HostileHtml.TRAP;

    private static final String RUN = HostileHtml.RUN;
    private static final String IMAGE = "<img src=x onerror=" + RUN + ">";
    private static final String PIXEL =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    /** All of them, in the same order each time. */
    public static List<HostileMail> all() {
        List<HostileMail> all = new ArrayList<>();
        HostileHtml.all().forEach((name, html) -> all.add(html(all.size(), name, html)));
        new Mime(all).add();
        return all;
    }

    /** Whether it is only large: a browser need not see each of these. */
    public boolean isMass() {
        return name.startsWith("mass");
    }

    private static HostileMail of(String name, String lines) {
        return new HostileMail(name, lines.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String head(String name) {
        return "From: Mallory <mallory@shop.example>\nTo: alice@acme.example\nSubject: " + name
                + "\nDate: Tue, 3 Nov 2026 10:00:00 +0000\nMessage-ID: <" + name.hashCode()
                + "@shop.example>\nMIME-Version: 1.0\n";
    }

    /** In one of the ways in which HTML comes. */
    private static HostileMail html(int number, String name, String html) {
        String type = "Content-Type: text/html; charset=";
        return switch (number % 5) {
            case 0 -> of(name, head(name) + type + "utf-8\nContent-Transfer-Encoding: 8bit\n\n" + html + "\n");
            case 1 -> of(name, head(name) + type + "utf-8\n" + base64(html.getBytes(StandardCharsets.UTF_8)));
            case 2 -> of(name, head(name) + type + "utf-16\n" + base64(html.getBytes(StandardCharsets.UTF_16)));
            case 3 ->
                of(
                        name,
                        head(name) + "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\n" + type
                                + "utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + quotedPrintable(html)
                                + "\n--b--\n");
            default ->
                of(
                        name,
                        head(name)
                                + "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/related;"
                                + " boundary=i\n\n--i\n" + type + "utf-8\n"
                                + base64(html.getBytes(StandardCharsets.UTF_8))
                                + "\n--i\nContent-Type: image/png\nContent-ID: <a>\n"
                                + base64(Base64.getDecoder().decode(PIXEL)) + "\n--i--\n--o--\n");
        };
    }

    private static String base64(byte[] bytes) {
        return "Content-Transfer-Encoding: base64\n\n"
                + Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(bytes) + "\n";
    }

    private static String quotedPrintable(String text) {
        StringBuilder quoted = new StringBuilder();
        int column = 0;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b > ' ' && b < 127 && b != '=';
            quoted.append(plain ? Character.toString(b) : String.format("=%02X", b));
            column += plain ? 1 : 3;
            if (column > 70) {
                quoted.append("=\n");
                column = 0;
            }
        }
        return quoted.toString();
    }

    /** What is hostile in the header, or in how a message is put together. */
    private record Mime(List<HostileMail> all) {
        void add() {
            headers();
            headersTogether();
            encodings();
            multiparts();
            files();
            contentIds();
            broken();
            large();
        }

        private void add(String name, String lines) {
            all.add(of(name, lines));
        }

        /** What a header may say, and how it may be written, in every header that a page shows or an answer repeats. */
        private void headers() {
            List<String> values = List.of(
                    IMAGE,
                    "</title><script>" + RUN + "</script>",
                    "\"><script>" + RUN + "</script>",
                    "' onmouseover='" + RUN,
                    "</textarea><script>" + RUN + "</script>",
                    "--><script>" + RUN + "</script>",
                    "${7*7}{{7*7}}$unsafe{x}@endif",
                    "x\r\nBcc: victim@shop.example",
                    "x\nBcc: victim@shop.example\n\nbody",
                    "x\rBcc: victim@shop.example",
                    "x\u0000y\u0007z",
                    "x\u2028Bcc: victim@shop.example",
                    "x\u0085Bcc: victim@shop.example",
                    "\u202egpj.exe",
                    "\u2066\u202e\u200b\ufeff\u00ad",
                    "\u3164\u2800\u115f",
                    "victim@shop.example, more@shop.example",
                    "\"victim\" <victim@shop.example>, x",
                    "victim@shop.example; more@shop.example",
                    "alice@acme.example",
                    "\u0430lice@acme.example",
                    "=?utf-8?q?=3D=3Futf-8=3Fq=3F=3Cscript=3E=3F=3D?=",
                    "=?utf-8?b?IiwgdmljdGltQHNob3AuZXhhbXBsZSwgIg==?=",
                    "javascript:" + RUN,
                    "\\\" , victim@shop.example, \\\"",
                    "e\u0301".repeat(300),
                    "\ud83d\ude00".repeat(400));
            for (int i = 0; i < values.size(); i++) {
                String value = values.get(i);
                byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                String oneLine = value.replaceAll("[\r\n]+", " ");
                everywhere("header raw " + i, oneLine, oneLine.replace("\"", "\\\""));
                String word = "=?utf-8?B?" + Base64.getEncoder().encodeToString(bytes) + "?=";
                everywhere("header word " + i, word, word);
                everywhere("header q " + i, words(bytes), words(bytes));
            }
        }

        private static String words(byte[] bytes) {
            StringBuilder words = new StringBuilder();
            for (int from = 0; from < bytes.length; from += 18) {
                words.append(from == 0 ? "" : "\n ").append("=?UTF-8?Q?");
                for (int i = from; i < Math.min(bytes.length, from + 18); i++) {
                    words.append(String.format("=%02X", bytes[i]));
                }
                words.append("?=");
            }
            return words.toString();
        }

        private void everywhere(String name, String value, String quoted) {
            StringBuilder rfc2231 = new StringBuilder();
            for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
                rfc2231.append(String.format("%%%02X", b));
            }
            add(
                    name,
                    "From: " + value + " <mallory@shop.example>\nTo: \"" + quoted + "\" <alice@acme.example>\nCc: "
                            + value + " <bob@acme.example>\nReply-To: \"" + quoted
                            + "\" <reply@shop.example>\nSubject: "
                            + value + "\nMessage-ID: <" + value + "@shop.example>\nReferences: <" + value
                            + ">\n <b@shop.example>\nIn-Reply-To: " + value
                            + "\nDate: Tue, 3 Nov 2026 10:00:00 +0000\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
                            + "Content-Type: text/plain; charset=\"" + quoted + "\"\n\n" + value
                            + " https://shop.example/" + value
                            + "\n--b\nContent-Type: application/x; name=\"" + quoted
                            + "\"\nContent-Disposition: attachment; filename=\"" + quoted
                            + "\"\n\nx\n--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment;"
                            + " filename*=utf-8''" + rfc2231 + "\n\nx\n--b\nContent-Type: text/html; name=" + value
                            + "\nContent-ID: <" + value + ">\n\n<p>" + value + "</p><img src='cid:" + value
                            + "'>\n--b--\n");
        }

        private void headersTogether() {
            String body = "\nx\n";
            String from = "From: mallory@shop.example\n";
            List<String> heads = List.of(
                    "",
                    "Subject:\n",
                    "Subject: \n \n \n",
                    "Subject: a\nSubject: b\nSubject: c\n",
                    "From:\nTo:\nCc:\nReply-To:\n",
                    "From: <>\nReply-To: <>\n",
                    "From: a@b.example\nFrom: c@d.example\n",
                    "From: a@shop.example, b@shop.example\nSender: c@shop.example\n",
                    "From: undisclosed-recipients:;\nTo: friends: a@shop.example, b@shop.example;\n",
                    "From: <<<@@>>>\nTo: ,,,;;;\nCc: \"\"\"\n",
                    "From: \"unclosed <a@shop.example>\nTo: (comment (nested (a@b\n",
                    "From: @a,@b:c@shop.example\nReply-To: <@x:y@shop.example>\n",
                    "From: a@[127.0.0.1]\nReply-To: a@[IPv6:::1]\n",
                    "From: \"a b\"@shop.example\nReply-To: \"a\\\"\\r\\nBcc: x\"@shop.example\n",
                    "From: m\u00e4x@sh\u00f6p.example\nReply-To: \u4e2d@\u4e2d.example\n",
                    "From: " + "a".repeat(3000) + "@shop.example\n",
                    "From: a@" + "b.".repeat(2000) + "example\n",
                    from + "Date: yesterday\n",
                    from + "Date: \n",
                    from + "Date: Thu, 1 Jan 1970 00:00:00 +0000\n",
                    from + "Date: Thu, 1 Jan 0001 00:00:00 +0000\n",
                    from + "Date: Thu, 1 Jan 99999 00:00:00 +9999\n",
                    from + "Date: Thu, 99 Zzz 999999999999 99:99:99 +0000\n",
                    from + "Date: Tue, 3 Nov 2026 10:00:00 (" + "(".repeat(500) + "\n",
                    from + "Date: Mon, 31 Feb 2026 25:61:61 EST5EDT\n",
                    from + "Message-ID:\nReferences: <<<>>>\nIn-Reply-To: <a> <b>\n",
                    from + "Message-ID: no brackets at all\nReferences: neither here\n",
                    from + "Message-ID: <a b@shop.example>\nReferences: <a\n @b>\n",
                    from + "Message-ID: <" + "x".repeat(2000) + "@shop.example>\n",
                    from + "Message-ID: <\u00e4@shop.example>\nReferences: <\u00e4@shop.example>\n",
                    from + "Subject: =?utf-8?B?////?= =?utf-8?Q?=ZZ=?= =?x?y?z?= =?utf-8?B?=?=\n",
                    from + "Subject: =?utf-7?Q?+ADw-script+AD4-?= =?utf-16?B?PABzAA==?=\n",
                    from + "Subject: =?iso-2022-jp?B?GyRCPHNjcmlwdD4=?=\n",
                    from
                            + "Subject: =?utf-8*en?Q?x?= =?utf-8?Q?=F0=9F?= =?utf-8?Q?=98=80?= =?utf-8?Q?=C0=BCscript=C0=BE?=\n",
                    from + "Subject: Re: Re: RE: re: AW: Fwd: x\n",
                    from + "Subject: Re:\n",
                    from + "No colon here\n : nothing\nX Y: z\n",
                    from + " continued from nothing\n",
                    from + "Content-Type: text/html\nContent-Type: text/plain\n",
                    from + "Disposition-Notification-To: x@shop.example\nReturn-Receipt-To: x@shop.example\n",
                    from + "List-Unsubscribe: <javascript:" + RUN + ">\nX-Mailer: " + IMAGE + "\n");
            for (int i = 0; i < heads.size(); i++) {
                add("heads " + i, heads.get(i) + body);
            }
        }

        private void encodings() {
            for (String name : List.of(
                    "utf-7",
                    "utf-8",
                    "utf-16",
                    "utf-16le",
                    "utf-16be",
                    "utf-32",
                    "iso-2022-jp",
                    "iso-2022-kr",
                    "iso-2022-cn",
                    "hz-gb-2312",
                    "gb18030",
                    "big5",
                    "shift_jis",
                    "euc-jp",
                    "koi8-r",
                    "ibm037",
                    "cesu-8",
                    "us-ascii",
                    "windows-1252",
                    "x-user-defined",
                    "x-mac-roman",
                    "x-no-such",
                    "../../etc/passwd",
                    "",
                    "x".repeat(1000),
                    "utf-8\u0000",
                    "x-jisautodetect",
                    "scsu",
                    "binary")) {
                for (String type : List.of("text/plain", "text/html")) {
                    byte[] bytes = (IMAGE + "+ADw-script+AD4-" + RUN + "\u001b$B<script>\u001b(B~{<script>~}")
                            .getBytes(known(name) ? Charset.forName(name) : StandardCharsets.UTF_8);
                    add(
                            "charset " + name.substring(0, Math.min(20, name.length())),
                            head("charset") + "Content-Type: " + type + "; charset=\"" + name + "\"\n" + base64(bytes));
                }
            }
            for (String encoding : List.of(
                    "base64",
                    "BASE64 (x)",
                    "quoted-printable",
                    "7bit",
                    "8bit",
                    "binary",
                    "x-uuencode",
                    "uuencode",
                    "x-no-such",
                    "",
                    "base64\nContent-Transfer-Encoding: quoted-printable",
                    "gzip")) {
                for (String body : List.of(
                        "",
                        "PGI+eDwvYj4",
                        "PGI+eDwvYj4=PGI+",
                        "!!!",
                        "P",
                        "=",
                        "=ZZ=3",
                        "=3Cscript=3E" + RUN,
                        "begin 644 x\n#86)C\nend",
                        "begin 644 ../x\n\u0000\u0001",
                        IMAGE + "\u0000\u00ff")) {
                    add(
                            "encoding " + encoding.replaceAll("\\s.*", ""),
                            head("encoding")
                                    + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n"
                                    + "Content-Transfer-Encoding: " + encoding + "\n\n" + body
                                    + "\n--b\nContent-Type: application/x; name=x.bin\nContent-Transfer-Encoding: "
                                    + encoding + "\n\n" + body + "\n--b--\n");
                }
            }
        }

        private static boolean known(String charset) {
            try {
                return Charset.forName(charset).canEncode();
            } catch (IllegalArgumentException unknown) {
                return false;
            }
        }

        private void multiparts() {
            String html = "Content-Type: text/html\n\n" + IMAGE + "\n";
            for (String subtype : List.of(
                    "mixed",
                    "alternative",
                    "related",
                    "digest",
                    "parallel",
                    "signed",
                    "encrypted",
                    "report",
                    "form-data",
                    "appledouble",
                    "x-mixed-replace",
                    "byteranges",
                    "",
                    "x/y")) {
                for (String parameters : List.of(
                        "; boundary=b",
                        "",
                        "; boundary=",
                        "; boundary=\"\"",
                        "; boundary=c",
                        "; boundary=b; boundary=c",
                        "; boundary=\"b \"",
                        "; boundary=b; charset=utf-7",
                        "; boundary*0=b",
                        "; BOUNDARY='b'")) {
                    add(
                            "multipart " + subtype + parameters.replaceAll("[^a-z0-9=]", ""),
                            head("multipart") + "Content-Type: multipart/" + subtype + parameters + "\n\nbefore\n--b\n"
                                    + html
                                    + "--b\n\nplain\n--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n"
                                    + html
                                    + "--b--\nafter\n--b\nContent-Type: application/x\n\nx\n--b--\nlast\n");
                }
            }
            add(
                    "multipart html in plain",
                    head("x") + "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
                            + IMAGE
                            + "\n--b\nContent-Type: text/enriched\n\n<bold>x</bold>\n--b\nContent-Type: text/calendar\n\n"
                            + "BEGIN:VCALENDAR\n--b\nContent-Type: text/x-amp-html\n\n" + html + "\n--b--\n");
            StringBuilder nested = new StringBuilder(head("nested"));
            for (int i = 0; i < 200; i++) {
                nested.append("Content-Type: multipart/mixed; boundary=b")
                        .append(i)
                        .append("\n\n--b")
                        .append(i)
                        .append('\n');
            }
            add("multipart nested", nested + html);
            add(
                    "multipart many",
                    head("many") + "Content-Type: multipart/mixed; boundary=b\n\n" + ("--b\n" + html).repeat(1_000)
                            + "--b--\n");
            add(
                    "multipart of nothing",
                    head("nothing") + "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n".repeat(2_000)
                            + "--b--\n");
            String within = head("inner") + html;
            for (String type : List.of(
                    "message/rfc822",
                    "message/global",
                    "message/partial; id=x; number=1; total=2",
                    "message/external-body; access-type=URL; URL=\"" + TRAP + "/body\"",
                    "message/external-body; access-type=local-file; name=\"/etc/passwd\"",
                    "message/http",
                    "message/delivery-status",
                    "message/disposition-notification",
                    "message/x",
                    "application/pkcs7-mime",
                    "application/ms-tnef",
                    "application/xhtml+xml",
                    "text/xml",
                    "image/svg+xml",
                    "text/rtf",
                    "application/pdf",
                    "text/html; charset=utf-8; name=x.png",
                    "TEXT/HTML",
                    "text/html;",
                    "text/html charset",
                    "text /html",
                    "text/html/x",
                    "text",
                    "/",
                    "*/*",
                    "html",
                    "text/plain; format=flowed; delsp=yes",
                    "image/png",
                    "image/gif; name=x.html",
                    "multipart/mixed; boundary=\"" + "b".repeat(500) + "\"")) {
                add(
                        "type " + type.replaceAll("[^a-z/0-9].*", ""),
                        head("type") + "Content-Type: " + type + "\n\n" + within);
                add(
                        "part " + type.replaceAll("[^a-z/0-9].*", ""),
                        head("part") + "Content-Type: multipart/mixed; boundary=p\n\n--p\nContent-Type: " + type
                                + "\n\n" + within + "\n--p--\n");
            }
            String letters = within;
            for (int i = 0; i < 60; i++) {
                letters = head("message " + i) + "Content-Type: message/rfc822\n\n" + letters;
            }
            add("message in message", letters);
        }

        private void files() {
            for (String name : List.of(
                    "../../etc/passwd",
                    "..\\..\\boot.ini",
                    "/etc/passwd",
                    "C:\\x.exe",
                    "..",
                    ".",
                    "",
                    " ",
                    "/",
                    ".htaccess",
                    "x\u0000.exe",
                    "x.png\u202egpj.exe",
                    "x.html",
                    "x.svg",
                    "x.png.exe",
                    "\";x=\"",
                    "x\\\"y",
                    "x;y=z",
                    "x\u2028y",
                    "a\u200b.txt",
                    "%2e%2e%2fx",
                    "%00",
                    "x%0d%0aSet-Cookie: a=b",
                    "CON",
                    "x.",
                    "x ",
                    "x::$DATA",
                    "\u05e9\u05dc\u05d5\u05dd.pdf",
                    "\u0645\u0631\u062d\u0628\u0627.doc",
                    "e\u0301".repeat(200) + ".txt",
                    "\ud83d\ude00".repeat(500) + ".png",
                    "\u4e2d".repeat(990) + ".pdf",
                    "a".repeat(5000),
                    "<b>x</b>.txt",
                    "'><script>" + RUN + "</script>",
                    "~",
                    "-rf",
                    "x\ty",
                    "\ufffe",
                    "*?|:<>.txt",
                    "desktop.ini")) {
                String quoted = name.replace("\\", "\\\\").replace("\"", "\\\"");
                StringBuilder encoded = new StringBuilder();
                StringBuilder pieces = new StringBuilder();
                byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
                for (int i = 0; i < bytes.length; i++) {
                    encoded.append(String.format("%%%02X", bytes[i]));
                    if (i < 400) {
                        pieces.append(String.format(";\n filename*%d*=%s%%%02X", i, i == 0 ? "utf-8''" : "", bytes[i]));
                    }
                }
                add(
                        "file " + name.substring(0, Math.min(12, name.length())).replaceAll("[^ -~]", "_"),
                        head("file") + "Content-Type: multipart/mixed; boundary=b\n\n"
                                + "--b\nContent-Type: image/png; name=\"other.png\"\nContent-Disposition: attachment;"
                                + " filename=\"" + quoted + "\"\n"
                                + base64(Base64.getDecoder().decode(PIXEL))
                                + "--b\nContent-Type: text/html; name=\"" + quoted + "\"\n\n" + IMAGE
                                + "\n--b\nContent-Type: application/x\nContent-Disposition: inline; filename*=utf-8''"
                                + encoded + "\n\n" + IMAGE
                                + "\n--b\nContent-Type: image/svg+xml\nContent-Disposition: attachment" + pieces
                                + "\n\n<svg onload=" + RUN + "/>\n--b\nContent-Type: image/png\nContent-Disposition:"
                                + " attachment; filename*=x-no-such'en'%ZZ" + encoded + "; filename=" + name
                                + "\n\n\n--b--\n");
            }
            for (int size : new int[] {0, 1, 2, 3, 57, 76, 1023, 1024, 131_071, 131_072, 131_073}) {
                add(
                        "size " + size,
                        head("size") + "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
                                + "Content-Type: application/x; name=x\n" + base64(new byte[size])
                                + "--b\nContent-Type: application/x; name=y\n\n" + "x".repeat(size) + "\n--b--\n");
            }
        }

        private void contentIds() {
            for (String id : List.of(
                    "a@b",
                    "a b",
                    "a\"b",
                    "a'b",
                    "a<b>c",
                    "../../x",
                    "a%40b",
                    "a&_part=source",
                    "http://trap.example/x",
                    "//trap.example/x",
                    "javascript:" + RUN,
                    "\u00e4",
                    "a\u0000b",
                    "x".repeat(2000),
                    "a+b",
                    "a#b",
                    "a?b",
                    "\"><script>" + RUN + "</script>",
                    "",
                    " ")) {
                String value = id.replace("&", "&amp;")
                        .replace("\"", "&quot;")
                        .replace("'", "&#39;")
                        .replace("<", "&lt;");
                add(
                        "cid " + id.substring(0, Math.min(12, id.length())).replaceAll("[^ -~]", "_"),
                        head("cid") + "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n"
                                + "<img src='cid:" + value + "'><img src=\"CID:" + value + "\"><a href='cid:" + value
                                + "'>x</a><p style='background:url(cid:" + value.replace("&#39;", "") + ")'>x</p>"
                                + "\n--b\nContent-Type: image/png\nContent-ID: <" + id + ">\nContent-Location: " + TRAP
                                + "/x.png\n" + base64(Base64.getDecoder().decode(PIXEL))
                                + "--b\nContent-Type: text/html\nContent-ID: <" + id + ">\n\n" + IMAGE
                                + "\n--b\nContent-Type: image/svg+xml\nContent-ID: <" + id + ">\n\n<svg onload=" + RUN
                                + "/>\n--b--\n");
            }
        }

        private void broken() {
            List<String> sources = List.of(
                    "\n",
                    "\n\n\n",
                    "x",
                    "From: x",
                    "\u0000\u0000\u0000",
                    "Subject: x\n\n\u0000\u0001\u0002\u00ff",
                    "From mallory Tue Nov  3 10:00:00 2026\nSubject: mbox\n\n>From x\n",
                    head("bare cr") + "\na\rb\rc\r",
                    head("long line") + "\n" + "x".repeat(200_000) + "\n",
                    head("many lines") + "\n" + "\n".repeat(100_000),
                    head("quoted") + "\n" + ">".repeat(10_000) + "\n" + "> > ".repeat(2_000) + "\n",
                    head("links") + "\n" + "https://shop.example/ ".repeat(3_000),
                    head("link tricks") + "\nhttps://shop.example/\"onclick=" + RUN + " https://shop.example/'" + RUN
                            + " http://javascript:" + RUN + " https://shop.example/<script>" + RUN
                            + "</script> https://shop.example/\u202emoc https://\u0430pple.example/ https:// https://... javascript:"
                            + RUN
                            + " HTTPS://SHOP.EXAMPLE www.shop.example https://shop.example/&quot;&lt; http://[::1]/\n",
                    head("dots") + "\n.\n..\n.x\n",
                    head("plain script") + "\n<script>" + RUN + "</script>" + IMAGE + "\n</pre></article>" + IMAGE
                            + "\n",
                    head("terminal") + "\n\u001b]0;x\u0007\u001b[2J\u009b31m\n",
                    head("bidi") + "\n\u202e\u2066\u2067" + "x\u202b".repeat(500) + "\n",
                    head("zalgo") + "\nz" + "\u0301\u0488".repeat(3_000) + "\n",
                    head("wide") + "\n" + "\ufdfd".repeat(2_000) + "\n",
                    head("chinese") + "\n" + "\u4e2d\n".repeat(40_000));
            for (int i = 0; i < sources.size(); i++) {
                add("broken " + i, sources.get(i));
            }
            all.add(new HostileMail("broken bare lf", (head("bare lf") + "\nx\ny\n").getBytes(StandardCharsets.UTF_8)));
            byte[] noise = new byte[4_096];
            new java.util.Random(4711).nextBytes(noise);
            all.add(new HostileMail("broken noise", noise));
        }

        private void large() {
            String from = "From: mallory@shop.example\nTo: alice@acme.example\n";
            add("mass subject", from + "Subject: " + "x".repeat(1024 * 1024) + "\n\nx\n");
            add("mass folded subject", from + "Subject: x" + "\n x".repeat(250_000) + "\n\nx\n");
            add("mass words in subject", from + "Subject: " + "=?utf-8?Q?=41?=\n ".repeat(30_000) + "\n\nx\n");
            add("mass from", "From: " + "a@shop.example,\n ".repeat(10_000) + "b@shop.example\n\nx\n");
            add(
                    "mass recipients",
                    "From: x@shop.example\nTo: " + "a@shop.example,\n ".repeat(10_000) + "b@shop.example\n\nx\n");
            add("mass reply-to", from + "Reply-To: " + "a@shop.example,\n ".repeat(10_000) + "b@shop.example\n\nx\n");
            add("mass groups", "From: " + "g:a@shop.example;,".repeat(10_000) + "\n\nx\n");
            add(
                    "mass comments",
                    "From: " + "(".repeat(100_000) + "\nTo: " + "\"".repeat(100_001) + "\nCc: " + "<".repeat(100_000)
                            + "\n\nx\n");
            add(
                    "mass references",
                    from + "Message-ID: <a@shop.example>\nReferences: "
                            + "<0123456789abcdef@shop.example>\n ".repeat(10_000) + "<z@shop.example>\n\nx\n");
            add("mass headers", from + "X-Y: z\n".repeat(100_000) + "\nx\n");
            add("mass parameters", from + "Content-Type: text/plain" + "; a=b".repeat(50_000) + "\n\nx\n");
            add(
                    "mass pieces",
                    from + "Content-Type: application/x"
                            + java.util.stream.IntStream.range(0, 10_000)
                                    .mapToObj(i -> "; name*" + i + "=x")
                                    .collect(java.util.stream.Collectors.joining())
                            + "\n\nx\n");
            add(
                    "mass parts",
                    head("parts") + "Content-Type: multipart/mixed; boundary=b\n\n"
                            + "--b\nContent-Type: image/png\nContent-ID: <x>\n\nx\n".repeat(3_000) + "--b--\n");
            add("mass text", head("text") + "\n" + "x y\n".repeat(500_000));
            add(
                    "mass pictures",
                    head("pictures") + "Content-Type: multipart/related; boundary=b\n\n--b\n"
                            + "Content-Type: text/html\n\n" + "<img src='cid:none'>".repeat(20_000) + "\n"
                            + "--b\nContent-Type: image/png\nContent-ID: <x>\n\nx\n".repeat(500) + "--b--\n");
        }
    }

    /** What it is called, for a failure that names it. */
    @Override
    public String toString() {
        return name;
    }

    /** All families with how many messages each has. */
    static Map<String, Long> families() {
        return all().stream()
                .collect(java.util.stream.Collectors.groupingBy(
                        m -> m.name().replaceAll(" .*", ""),
                        java.util.TreeMap::new,
                        java.util.stream.Collectors.counting()));
    }
}
