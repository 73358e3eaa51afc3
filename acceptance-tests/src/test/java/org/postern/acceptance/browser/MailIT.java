package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/** Letters in Chromium: what is shown, and that nothing in them runs or loads (contract, section 8). */
class MailIT {
    private static final String ALICE = "alice@acme.example";

    /** Everything that would run or load something, and says so to the trap or by a mark on the window. */
    private static final String HOSTILE = """
            <!DOCTYPE html><html><head>
            <title>x</title></textarea></title><script>window.mark='title'</script>
            <style>@import url(TRAP/import.css); body{background:url(TRAP/style.gif)} #logout{display:none}</style>
            <link rel=stylesheet href="TRAP/sheet.css"><link rel=preload as=image href="TRAP/preload.gif">
            <link rel=dns-prefetch href="TRAP/"><base href="TRAP/base/">
            <meta http-equiv=refresh content="0; url=TRAP/refresh">
            <script>window.mark='script';fetch('TRAP/fetch')</script><script src="TRAP/script.js"></script>
            </head><body onload="window.mark='onload'" background="TRAP/body.gif">
            <p id=hello style="background:url(TRAP/inline.gif);position:fixed;inset:0">Hello, this can be read.</p>
            <img src="TRAP/pixel.gif"><img src=x onerror="window.mark='onerror'"><img srcset="TRAP/srcset.gif 1x">
            <picture><source srcset="TRAP/source.gif"><img src="TRAP/picture.gif"></picture>
            <svg onload="window.mark='svg'"><image href="TRAP/svg.gif"/><script>window.mark='svgscript'</script>
            <a xlink:href="javascript:window.mark='svglink'"><text>x</text></a></svg>
            <math><mtext><table><mglyph><style><img src=x onerror="window.mark='mxss'"></style></mglyph></table></mtext>
            </math>
            <a id=js href="javascript:window.mark='link'">a script link</a>
            <a id=js2 href=" &#1;jav&#x09;ascript:window.mark='link'">a hidden script link</a>
            <a id=data href="data:text/html,<script>alert(1)</script>">a data link</a>
            <a id=vb href="vbscript:x">a vbscript link</a>
            <a id=good href="TRAP/good" onclick="window.mark='click'" target=_self ping="TRAP/ping">a good link</a>
            <form action="TRAP/form" id=f><input name=password autofocus onfocus="window.mark='focus'">
            <button>Send</button></form>
            <iframe src="TRAP/frame"></iframe><iframe srcdoc="<script>parent.mark='srcdoc'</script>"></iframe>
            <object data="TRAP/object"></object><embed src="TRAP/embed"><video src="TRAP/video" poster="TRAP/poster">
            </video><audio src="TRAP/audio" autoplay></audio><details open ontoggle="window.mark='toggle'">d</details>
            <img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='window.mark=1'/>">
            <iframe src="data:text/html,<script>fetch('TRAP/data')</script>"></iframe>
            <table background="TRAP/table.gif"><tr><td background="TRAP/cell.gif">cell</td></tr></table>
            <noscript><p title="</noscript><img src=x onerror=window.mark='noscript'>"></noscript>
            <p id=logout>a stolen id</p></div></div></article></main><h1 id=outside>outside</h1>
            </body></html>
            """;

    private static RunningPostern postern;
    private static Browser browser;
    private static Elsewhere trap;

    @BeforeAll
    static void start() throws Exception {
        postern = RunningPostern.demo().start();
        trap = Elsewhere.open();
        send();
        browser = Browser.open();
        browser.go(Desk.of(postern, "mail@acme.example").issue(ALICE, "sso").url() + "&direct=1");
    }

    @AfterAll
    static void stop() {
        browser.close();
        trap.close();
        postern.close();
    }

    @BeforeEach
    void list() {
        trap.forget();
        browser.complaints();
        browser.go(postern.address() + "/?_task=mail");
    }

    /** Sends the hostile letter to Alice, in Bob's name. */
    private static void send() throws Exception {
        Properties properties = new Properties();
        properties.put("mail.smtp.host", "127.0.0.1");
        properties.put("mail.smtp.port", Integer.toString(postern.smtpPort()));
        properties.put("mail.smtp.auth", "true");
        Session session = Session.getInstance(properties);
        MimeBodyPart html = new MimeBodyPart();
        html.setContent(HOSTILE.replace("TRAP", trap.address()), "text/html; charset=utf-8");
        MimeBodyPart page = new MimeBodyPart();
        page.setContent(
                "<script>window.mark='attachment';fetch('" + trap.address() + "/attachment')</script>", "text/html");
        page.setFileName("../../\"><script>window.mark='name'</script>.html");
        page.setDisposition("inline");
        MimeBodyPart picture = new MimeBodyPart();
        picture.setContent(
                "<svg xmlns='http://www.w3.org/2000/svg' onload='window.mark=2'/>".getBytes(StandardCharsets.US_ASCII),
                "image/svg+xml");
        picture.setFileName("picture.svg");
        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress("bob@acme.example", "<script>window.mark='from'</script>"));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(ALICE));
        message.setSubject("<img src=x onerror=window.mark='subject'> hostile");
        message.setContent(new MimeMultipart(html, page, picture));
        message.saveChanges();
        try (Transport transport = session.getTransport("smtp")) {
            transport.connect("bob@acme.example", "demo-bob");
            transport.sendMessage(message, message.getAllRecipients());
        }
    }

    private static void open(String words) {
        WebElement link = browser.driver().findElement(By.partialLinkText(words));
        browser.leave(link::click);
        assertThat(browser.find("#message h1").getText()).contains(words);
    }

    @Test
    void list_leadsToALetter_andBack() {
        int before = browser.all("#messages li").size();

        open("Welcome to your mailbox");
        assertThat(browser.find("#body").getText()).isNotBlank();
        assertThat(browser.find("dl.headers").getText()).contains("Acme IT");
        browser.driver().navigate().back();

        browser.awaitAddress(postern.address() + "/?_task=mail");
        browser.await(d -> !browser.has("#message"));
        assertThat(browser.all("#messages li")).hasSize(before);
    }

    @Test
    void newsletterOfTheDemo_isReadable_andRunsNothing() {
        open("50 % off anvils");

        assertThat(browser.<String>inLetter(() -> browser.find("body").getText()))
                .contains("famous anvils", "You get this mail because you bought an anvil");
        assertThat(browser.inLetter(
                        () -> browser.find("img[alt='A picture of an anvil']").isDisplayed()))
                .isTrue();
        assertThat(browser.title()).startsWith("50 % off anvils").doesNotContain("ran");
        assertThat(browser.has("#hidden-pictures")).isTrue();
        assertNothingActive();
    }

    @Test
    void hostileLetter_inAPageOfItsOwn_wouldRunAndLoad() {
        trap.page("/control", HOSTILE.replace("TRAP", trap.address()).replaceFirst("<meta [^>]*>", ""));

        browser.go(trap.address() + "/control");
        browser.await(d -> trap.visits().stream()
                .map(Elsewhere.Visit::target)
                .collect(Collectors.toSet())
                .containsAll(List.of("/pixel.gif", "/import.css", "/fetch", "/frame", "/script.js", "/style.gif")));

        assertThat(browser.script("return window.mark")).isNotNull();
    }

    @Test
    void hostileLetter_isReadable_andNeitherRunsNorLoads() {
        open("hostile");
        assertThat(browser.<String>inLetter(() -> browser.find("body").getText()))
                .contains("Hello, this can be read.", "a good link", "cell");
        assertThat(browser.find("#message h1").getText())
                .isEqualTo("<img src=x onerror=window.mark='subject'> hostile");
        assertThat(browser.find("dl.headers").getText()).contains("<script>window.mark='from'</script>");
        assertThat(browser.has("#hidden-pictures")).isTrue();
        assertNothingActive();

        assertThat(browser.all("#logout")).as("no id of the page is stolen").hasSize(1);
        assertThat(browser.find("#logout").isDisplayed()).isTrue();
        assertThat(browser.all("main > h1, body > h1"))
                .as("breaks out of its place")
                .isEmpty();
        browser.inLetter(() -> {
            assertThat(browser.find("p").getCssValue("position")).isEqualTo("static");
            for (WebElement link : browser.all("a")) {
                String href = link.getDomAttribute("href");
                if (href == null) {
                    link.click();
                }
                assertThat(href == null || href.equals(trap.address() + "/good"))
                        .as(href)
                        .isTrue();
            }
            return true;
        });
        assertNothingActive();

        browser.go(postern.address() + "/?_task=mail");
        assertThat(browser.text()).contains("<img src=x onerror=window.mark='subject'> hostile");
        assertThat(browser.script("return window.mark")).isNull();
        assertThat(trap.visits()).isEmpty();
    }

    @Test
    void linkInALetter_opensAWindowThatKnowsNothingOfTheMailbox() {
        open("hostile");
        String mailbox = browser.driver().getWindowHandle();
        browser.driver().switchTo().frame(browser.awaitElement("#body iframe"));
        List<WebElement> links = browser.all("a[href]");
        assertThat(links).isNotEmpty().allSatisfy(link -> {
            assertThat(link.getDomProperty("rel")).contains("noopener", "noreferrer");
            assertThat(link.getDomProperty("target")).isEqualTo("_blank");
            assertThat(link.getDomProperty("href")).matches("(https?|mailto):.*");
            assertThat(link.getDomAttribute("ping")).isNull();
        });

        browser.driver().findElement(By.linkText("a good link")).click();
        browser.await(d -> d.getWindowHandles().size() == 2);
        for (String window : browser.driver().getWindowHandles()) {
            if (!window.equals(mailbox)) {
                browser.driver().switchTo().window(window);
            }
        }
        browser.awaitElement("#elsewhere");
        assertThat(browser.script("return window.opener")).isNull();
        assertThat(browser.script("return document.referrer")).isEqualTo("");
        browser.driver().close();
        browser.driver().switchTo().window(mailbox);

        assertThat(trap.visits()).singleElement().satisfies(visit -> {
            assertThat(visit.target()).isEqualTo("/good");
            assertThat(visit.referer()).isEmpty();
        });
        assertThat(browser.script("return window.mark")).isNull();
    }

    @Test
    void attachment_isADownload_andNeverAPage(@TempDir Path downloads) {
        browser.driver()
                .executeCdpCommand(
                        "Browser.setDownloadBehavior",
                        Map.of("behavior", "allow", "downloadPath", downloads.toString()));
        open("hostile");
        List<WebElement> attachments = browser.all(".attachments li a");
        assertThat(attachments).hasSize(2);
        String session = browser.driver().manage().getCookies().stream()
                .map(c -> c.getName() + "=" + c.getValue())
                .collect(Collectors.joining("; "));
        for (WebElement attachment : attachments) {
            Wire.Answer answer = Wire.get(postern.port(), attachment.getDomAttribute("href"), "Cookie: " + session);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Disposition").orElseThrow())
                    .startsWith("attachment")
                    .doesNotContain("/", "<", ">");
            assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.header("Content-Security-Policy").orElseThrow()).contains("sandbox");
            assertThat(answer.header("Cache-Control").orElseThrow()).contains("no-store");
        }
        browser.find(".attachments li a").click();
        browser.await(d -> downloads.toFile().list().length > 0
                && List.of(downloads.toFile().list()).stream().noneMatch(name -> name.endsWith(".crdownload")));

        assertThat(browser.find("#message").isDisplayed()).isTrue();
        assertThat(downloads).isDirectoryContaining(file -> Files.isRegularFile(file));
        assertThat(browser.script("return window.mark")).isNull();
        assertThat(trap.visits()).isEmpty();
    }

    @Test
    void letterOfAnotherMailbox_isNotHere() {
        browser.go(postern.address() + "/?_task=mail&_folder=INBOX&_uid=1-99999");

        assertThat(browser.find("#problem").getText()).isEqualTo("It may have been deleted or moved.");
    }

    private static void assertNothingActive() {
        assertThat(
                        browser.<List<?>>inLetter(
                                () -> browser.all(
                                        ":is(script, meta[http-equiv], base, picture, svg, math, form, input, button, iframe, frame, object,"
                                                + " embed, video, audio, source, details, img[src], [background], [id], [srcset], [ping])")))
                .isEmpty();
        assertThat(browser.<List<?>>inLetter(() -> (List<?>) browser.script("return [...document.querySelectorAll('*')]"
                        + ".flatMap(e => [...e.attributes]).map(a => a.name).filter(n => n.startsWith('on'))")))
                .isEmpty();
        assertThat(browser.<Object>inLetter(() -> String.valueOf(browser.script("return window.mark"))))
                .isEqualTo("null");
        assertThat(browser.script("return window.mark")).isNull();
        assertThat(browser.address()).startsWith(postern.address() + "/?_task=mail");
        assertThat((List<?>) browser.script("return performance.getEntriesByType('resource').map(e => e.name)"))
                .allSatisfy(name -> assertThat(name.toString()).startsWith(postern.address() + "/"));
        assertThat(browser.driver().getWindowHandles()).hasSize(1);
        assertThat(trap.visits()).isEmpty();
        assertThat(browser.complaints()).isEmpty();
    }
}
