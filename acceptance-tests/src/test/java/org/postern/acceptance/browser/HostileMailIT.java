package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;
import org.postern.sample.mail.HostileMail;

/**
 * All of the hostile mail in Chromium: nothing of it runs, nothing is loaded from elsewhere, and the page around stays as
 * it is. Every connection that the browser makes to another host ends at a listener of this test's own, and its own log
 * of what it asked for is read at the end.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostileMailIT {
    private static final String ALICE = "alice@acme.example";
    private static final String FOLDER = "Hostile";
    private static final int PAGE = 50;
    private static final Pattern URL = Pattern.compile("\"url\":\"((?:https?|wss?|ftp|file|data|blob)[^\"]*)\"");

    @TempDir
    private static Path folder;

    private static RunningPostern postern;
    private static Listener elsewhere;
    private static Browser browser;
    private static int mails;

    /** Whoever connects wanted something from another host. */
    private static final class Listener implements AutoCloseable {
        private final ServerSocket socket;
        private final List<String> wishes = new CopyOnWriteArrayList<>();

        Listener() throws IOException {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread thread = new Thread(this::listen, "elsewhere");
            thread.setDaemon(true);
            thread.start();
        }

        private void listen() {
            while (!socket.isClosed()) {
                try (Socket client = socket.accept()) {
                    client.setSoTimeout(2_000);
                    byte[] begin = new byte[512];
                    int length = client.getInputStream().read(begin);
                    wishes.add(new String(begin, 0, Math.max(0, length), StandardCharsets.ISO_8859_1)
                            .replaceAll("\\R(?s:.*)", ""));
                    client.getOutputStream()
                            .write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                } catch (IOException gone) {
                    // the next one
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @BeforeAll
    static void begin() throws Exception {
        postern = RunningPostern.demo().start();
        List<MimeMessage> messages = new ArrayList<>();
        Properties properties = new Properties();
        properties.setProperty("mail.imap.timeout", "10000");
        Session session = Session.getInstance(properties);
        for (HostileMail mail : HostileMail.all()) {
            if (!mail.isMass()) {
                messages.add(new MimeMessage(session, new ByteArrayInputStream(mail.source())));
            }
        }
        append(session, messages);
        elsewhere = new Listener();
        browser = Browser.recording(folder.resolve("net.json"), elsewhere.socket.getLocalPort());
    }

    /** One by one: the demo's mail server hangs up over a message that it cannot take at all. */
    private static void append(Session session, List<MimeMessage> messages) throws MessagingException {
        Store store = connected(session);
        store.getFolder(FOLDER).create(Folder.HOLDS_MESSAGES);
        int refused = 0;
        for (MimeMessage message : messages) {
            try {
                message.setFlag(Flags.Flag.SEEN, true);
                store.getFolder(FOLDER).appendMessages(new Message[] {message});
            } catch (MessagingException hungUp) {
                refused++;
                store.close();
                store = connected(session);
            }
        }
        store.close();
        mails = messages.size() - refused;
        assertThat(refused).isLessThan(10);
    }

    private static Store connected(Session session) throws MessagingException {
        Store store = session.getStore("imap");
        store.connect("127.0.0.1", postern.imapPort(), ALICE, "demo-alice");
        return store;
    }

    @AfterAll
    static void end() throws IOException {
        if (browser != null) {
            browser.close();
        }
        if (elsewhere != null) {
            elsewhere.close();
        }
        postern.close();
    }

    private static List<String> links(int page) {
        browser.go(postern.address() + "/?_task=mail&_folder=" + FOLDER + "&_page=" + page);
        assertThat(browser.script("return window.ran")).isNull();
        return ((List<?>) browser.script("return [...document.querySelectorAll('.message-link')].map(a => a.href)"))
                .stream().map(String::valueOf).toList();
    }

    private static int pages() {
        return (mails + PAGE - 1) / PAGE;
    }

    /** Opens each message of the page as a click does, and says what is wrong with any of them. */
    private static final String OPEN_ALL = """
            const done = arguments[arguments.length - 1], wrong = [], title = () => document.title;
            const settled = frame => new Promise(go => {
              if (!frame.contentDocument || frame.contentDocument.URL === 'about:blank'
                  || frame.contentDocument.readyState !== 'complete') {
                frame.addEventListener('load', go, {once: true});
                setTimeout(go, 4000);
              } else {
                go();
              }
            });
            (async () => {
              for (const link of document.querySelectorAll('.message-link')) {
                const swapped = new Promise(go => document.addEventListener('htmx:afterSettle', go, {once: true}));
                link.click();
                await Promise.race([swapped, new Promise(go => setTimeout(go, 8000))]);
                const say = what => wrong.push(link.href + ' ' + link.innerText.slice(0, 60) + ': ' + what);
                if (!document.getElementById('message')) {
                  say('not shown: ' + document.body.innerText.slice(0, 200));
                  return;
                }
                const frames = [...document.querySelectorAll('iframe.html')];
                await Promise.all(frames.slice(0, 6).map(settled));
                for (const frame of frames.slice(0, 6)) {
                  const page = frame.contentDocument;
                  if (!page) {
                    say('the frame went elsewhere');
                    continue;
                  }
                  if (!page.URL.includes('_task=body')) {
                    say('the frame is at ' + page.URL);
                  }
                  const bad = page.querySelector('body :is(script,style,link,meta,base,svg,math,form,input,button,iframe,'
                      + 'object,embed,video,audio,source,template,noscript,textarea,select,[id],[name],[class],[srcset],'
                      + '[background],[ping])');
                  if (bad) {
                    say(bad.outerHTML.slice(0, 200));
                  }
                  if ([...page.querySelectorAll('img[src]')].some(i => !i.src.startsWith(location.origin + '/?_task=part'))) {
                    say('a picture from elsewhere');
                  }
                  if (frame.contentWindow.ran || page.querySelectorAll('head > *').length !== 4) {
                    say('something ran in the frame, or its head was changed');
                  }
                }
                for (const e of document.querySelectorAll('*')) {
                  if ([...e.attributes].some(a => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value))) {
                    say('attribute ' + e.outerHTML.slice(0, 200));
                  }
                }
                if (window.ran || !document.getElementById('logout') || !document.getElementById('support')
                    || !document.querySelector('.top') || getComputedStyle(document.getElementById('support')).display === 'none'
                    || document.querySelectorAll('#page,#support,#message,#reader,#main').length !== 5
                    || document.querySelectorAll('script').length !== 2) {
                  say('the page around it was changed');
                }
              }
            })().then(() => done(wrong), error => done([...wrong, String(error)]));
            """;

    @Test
    @Order(1)
    void everyMessage_inTheStandardInterface_runsAndLoadsNothing() {
        Desk desk = Desk.of(postern, "mail@acme.example");
        browser.go(desk.issue(ALICE, "sso").url() + "&direct=1");
        browser.driver().manage().timeouts().scriptTimeout(java.time.Duration.ofSeconds(60));
        int seen = 0;
        for (int page = 1; page <= pages(); page++) {
            seen += links(page).size();
            assertThat((List<?>) browser.driver().executeAsyncScript(OPEN_ALL)).isEmpty();
            assertThat(browser.script("return window.ran")).isNull();
            assertThat(browser.driver().getWindowHandles()).hasSize(1);
            assertThat(browser.address()).startsWith(postern.address() + "/");
        }
        assertThat(seen).isEqualTo(mails);
        assertThat(elsewhere.wishes).isEmpty();
    }

    @Test
    @Order(2)
    void everyMessage_inAReply_isOnlyText() {
        // A form of ours shows what the message says: in fields, and nowhere else.
        int page = 2;
        for (String link : links(page)) {
            String uid = link.replaceAll(".*_uid=", "");
            for (String how : List.of("reply", "all", "forward")) {
                Object answer = browser.driver()
                        .executeAsyncScript(
                                "const done = arguments[2]; fetch('/?_task=write&_folder=" + FOLDER
                                        + "&_uid=' + arguments[0] + '&_how=' + arguments[1]).then(async r => done([r.status,"
                                        + " new DOMParser().parseFromString(await r.text(), 'text/html')"
                                        + ".querySelectorAll('script, main :is(img,script,iframe,style,svg)').length]))",
                                uid,
                                how);
                assertThat(answer).isEqualTo(List.of(200L, 2L));
            }
        }
        assertThat(elsewhere.wishes).isEmpty();
    }

    @Test
    @Order(3)
    void messages_inTheBasicInterface_runAndLoadNothing() {
        browser.go(postern.address() + "/?_interface=basic");
        for (int page = 1; page <= pages(); page += 3) {
            for (String link : links(page).subList(0, 12)) {
                browser.go(link);
                assertThat(browser.script("return [window.ran, document.querySelectorAll('script,"
                                + " #body :is(iframe,style,svg,form,input,[style],[id],[class]:not(.inline,.plain,.alert,.quiet),"
                                + " img[src])').length,"
                                + " document.querySelectorAll('#support, #logout, #message').length]"))
                        .as(link)
                        .isEqualTo(java.util.Arrays.asList(null, 0L, 3L));
            }
        }
        browser.go(postern.address() + "/?_interface=standard");
        assertThat(elsewhere.wishes).isEmpty();
    }

    @Test
    @Order(4)
    void picturesThatAreAskedFor_areAllThatIsLoaded() {
        browser.go(postern.address() + "/?_task=mail&_folder=" + FOLDER + "&_q=remote+picture");
        List<?> found =
                (List<?>) browser.script("return [...document.querySelectorAll('.message-link')].map(a => a.href)");
        assertThat(found).hasSizeGreaterThan(10);
        assertThat(elsewhere.wishes).isEmpty();

        for (Object link : found) {
            browser.go(link + "&_pictures=1");
            assertThat(browser.has("#support")).isTrue();
            assertThat(browser.script("return window.ran")).isNull();
        }

        assertThat(elsewhere.wishes)
                .isNotEmpty()
                .allSatisfy(wish ->
                        assertThat(wish).matches("GET /p(?:ixel)?\\.gif(?:\\?who=alice)? HTTP/1\\.1|\u0016\u0003.*"));
        assertThat(browser.seesMailbox(postern.address())).isTrue();
    }

    @Test
    @Order(5)
    void everyDownload_isAFileUnderANameOfOneLine() {
        String session = browser.driver().manage().getCookies().stream()
                .map(c -> c.getName() + "=" + c.getValue())
                .collect(java.util.stream.Collectors.joining("; "));
        browser.go(postern.address() + "/?_task=mail&_folder=" + FOLDER + "&_q=file");
        List<?> found =
                (List<?>) browser.script("return [...document.querySelectorAll('.message-link')].map(a => a.href)");
        assertThat(found).hasSizeGreaterThan(30);
        int files = 0;
        for (Object link : found) {
            browser.go(link.toString());
            for (Object file : (List<?>) browser.script(
                    "return [...document.querySelectorAll('.attachments li a')].map(a => a.getAttribute('href'))")) {
                Wire.Answer answer = Wire.get(postern.port(), file.toString(), "Cookie: " + session);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("Content-Disposition").orElseThrow())
                        .matches("attachment; filename=\"[A-Za-z0-9._ -]+\"; filename\\*=UTF-8''[A-Za-z0-9%._-]+");
                assertThat(answer.header("Content-Type")).contains("application/octet-stream");
                assertThat(answer.all("Set-Cookie")).isEmpty();
                files++;
            }
        }
        assertThat(files).isGreaterThan(100);
    }

    @Test
    @Order(6)
    void browsersOwnLog_namesNoOtherHost_andTheServersLogNoFault() throws IOException {
        browser.close();
        browser = null;
        String log = Files.readString(folder.resolve("net.json"));
        Matcher urls = URL.matcher(log);
        List<String> others = new ArrayList<>();
        while (urls.find()) {
            if (!urls.group(1).startsWith(postern.address() + "/")) {
                others.add(urls.group(1));
            }
        }
        // What the fourth test asked for.
        others.removeIf(url -> url.matches("https?://trap\\.example/p(?:ixel)?\\.gif.*"));
        assertThat(others).isEmpty();
        assertThat(postern.log()).doesNotContain("ERROR", "\tat ", "Exception");
    }
}
