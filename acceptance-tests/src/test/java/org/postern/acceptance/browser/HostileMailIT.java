package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;
import org.postern.sample.mail.HostileMail;

/**
 * The hostile mail in Chromium: nothing of it runs, nothing is loaded from elsewhere, and the page around it stays as it
 * is. Whatever the browser wants from another host ends at a listener of this test's own; and what it wrote down itself
 * is read at the end.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostileMailIT {
    private static final String ALICE = "alice@acme.example";
    private static final String FOLDER = "Hostile";
    /** The unit test reads all messages. One in so many still has each of the ways in which HTML comes. */
    private static final int EACH = 11;
    /** The family that is there as a whole. */
    private static final String PICTURES = "remote picture";

    /** Of a page on which a message is open: what is wrong with it, in words; nothing while it is not there yet. */
    private static final String WRONG = """
            const wrong = [], say = what => wrong.push(what);
            if (location.href !== arguments[0]) say('the page went to ' + location.href);
            const frames = [...document.querySelectorAll('#body iframe')];
            frames.forEach(frame => frame.loading = 'eager');
            for (const frame of frames) {
              const letter = frame.contentDocument;
              if (letter && (letter.URL === 'about:blank' || letter.readyState !== 'complete')) return null;
            }
            for (const frame of frames) {
              const letter = frame.contentDocument;
              if (!letter || !letter.URL.startsWith(location.origin + '/?_task=body')) {
                say('the frame went elsewhere');
                continue;
              }
              const bad = letter.querySelector('body :is(script,style,link,meta,base,svg,math,form,input,button,iframe,'
                  + 'object,embed,video,audio,source,template,noscript,textarea,select,[id],[name],[class],[srcset],'
                  + '[background],[ping])');
              if (bad) say(bad.outerHTML.slice(0, 200));
              for (const e of letter.querySelectorAll('*')) attributes(e);
              for (const i of letter.querySelectorAll('img[src]')) {
                if (!i.src.startsWith(location.origin + '/?_task=part')) say('a picture from ' + i.src);
              }
              if (letter.querySelectorAll('head > *').length !== 4) say('the head of the letter');
              if (frame.contentWindow.ran) say('a script ran in the frame');
            }
            function attributes(e) {
              for (const a of e.attributes) {
                if (a.name.startsWith('on') || /^\\s*(javascript|data|vbscript):/i.test(a.value) && a.name !== 'alt') {
                  say('attribute ' + e.outerHTML.slice(0, 200));
                }
              }
            }
            document.querySelectorAll('*').forEach(attributes);
            if (window.ran) say('a script ran in the page');
            const one = selector => document.querySelectorAll(selector).length === 1;
            if (!['#page', '#support', '#message', '#main', '#logout', '.top', '#body'].every(one)
                || document.querySelectorAll('script').length !== (one('#keys') ? 2 : 0)
                || document.querySelector('#body :is(script,style,svg,math,form,input,object,embed,[id],[name])')
                || document.querySelectorAll('iframe').length !== frames.length) {
              say('the page around it: ' + document.body.innerText.slice(0, 300));
            }
            const end = document.getElementById('support-end').getBoundingClientRect();
            if (document.elementFromPoint(end.x + end.width / 2, end.y + end.height / 2)?.id !== 'support-end') {
              say('something lies over the support session');
            }
            return wrong;""";

    /** Of an answer to a message: how much there is on its page that a message must not bring. */
    private static final String ANSWER = """
            const [address, done] = arguments;
            fetch(address).then(async r => done([r.status, new DOMParser()
                .parseFromString(await r.text(), 'text/html')
                .querySelectorAll('main :is(script,img,iframe,style,svg,math,object,embed,link,meta),'
                    + 'body > :not(#page),main > :not(.head,#letter)').length]), e => done(String(e)));""";

    /** An address that a message may have, but no service of the browser's makers. */
    private static final Pattern URL = Pattern.compile(
            "\"url\":\"((?:(?!https?:)[a-z]+:|https?:/*(?:[^/\"]*\\.example|localhost|[0-9\\[]))[^\"]*)\"");

    private static final Pattern MESSAGE_ID = Pattern.compile("(?im)^Message-ID:.*(?:\\R[ \\t].*)*");

    @TempDir
    private static Path folder;

    private static RunningPostern postern;
    private static Listener elsewhere;
    private static Browser browser;
    private static List<String> links;

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
                    // The next one.
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @BeforeAll
    static void start() throws IOException {
        postern = RunningPostern.demo().start();
        List<HostileMail> all = HostileMail.all().stream()
                .filter(mail -> !isTooMuchForTheDemo(mail))
                .toList();
        List<byte[]> chosen = IntStream.range(0, all.size())
                .filter(i -> i % EACH == 0 || all.get(i).name().startsWith(PICTURES))
                .mapToObj(i -> all.get(i).source())
                .toList();
        int mails = new MailProgram(postern, ALICE).lay(FOLDER, chosen);
        assertThat(mails).isGreaterThan(chosen.size() * 9 / 10);
        elsewhere = new Listener();
        browser = Browser.recording(folder.resolve("net.json"), elsewhere.socket.getLocalPort());
        signIn();
        links = new ArrayList<>();
        for (int page = 1; links.size() < mails; page++) {
            List<String> found = links("&_page=" + page);
            assertThat(found).isNotEmpty();
            links.addAll(found);
        }
        assertThat(links).hasSize(mails);
    }

    @AfterAll
    static void stop() throws IOException {
        browser.close();
        elsewhere.close();
        postern.close();
    }

    /** One message in five. */
    private static Stream<String> some(int first) {
        return IntStream.range(0, links.size()).filter(i -> i % 5 == first).mapToObj(links::get);
    }

    /**
     * The demo's mail server hangs up over most messages of one family; and whenever it is asked for a message whose id
     * has a quotation mark or a backslash, it remembers twice as many of them, until its memory is full.
     */
    private static boolean isTooMuchForTheDemo(HostileMail mail) {
        String source = new String(mail.source(), StandardCharsets.ISO_8859_1);
        return mail.isMass()
                || mail.name().startsWith("multipart")
                || MESSAGE_ID
                        .matcher(source)
                        .results()
                        .anyMatch(id -> id.group().matches("(?s).*[\"\\\\].*"));
    }

    @BeforeEach
    void forget() {
        elsewhere.wishes.clear();
    }

    private static void signIn() {
        Desk.Issued issued = Desk.of(postern, "mail@acme.example").issue(ALICE, "sso");
        browser.go(postern.address() + "/?_task=login").forgetEverything();
        browser.go(issued.url() + "&direct=1");
    }

    private static List<String> links(String which) {
        browser.go(postern.address() + "/?_task=mail&_folder=" + FOLDER + which);
        assertThat(browser.script("return window.ran")).isNull();
        return ((List<?>) browser.script("return [...document.querySelectorAll('.message-link')].map(a => a.href)"))
                .stream().map(String::valueOf).toList();
    }

    private static void assertHarmless(Stream<String> messages) {
        messages.forEach(link -> {
            browser.go(link);
            assertThat(wrong(link)).as(link).isEmpty();
        });
        assertThat(browser.complaints()).isEmpty();
    }

    private static List<?> wrong(String link) {
        return (List<?>) browser.await(d -> browser.script(WRONG, link));
    }

    @Test
    @Order(1)
    void messages_inTheStandardInterface_runAndLoadNothing() {
        assertHarmless(links.stream());

        assertThat(browser.driver().getWindowHandles()).hasSize(1);
        assertThat(elsewhere.wishes).isEmpty();
    }

    @Test
    @Order(2)
    void messages_inTheBasicInterface_runAndLoadNothing() {
        browser.go(postern.address() + "/?_interface=basic");

        assertHarmless(some(3));

        assertThat(browser.has("#to-standard")).isTrue();
        browser.go(postern.address() + "/?_interface=standard");
        assertThat(elsewhere.wishes).isEmpty();
    }

    @Test
    @Order(3)
    void messages_inAnAnswer_areOnlyText() {
        some(4).map(link -> link.replace("_task=mail", "_task=write")).forEach(link -> {
            for (String how : List.of("reply", "all", "forward")) {
                assertThat(browser.driver().executeAsyncScript(ANSWER, link + "&_how=" + how))
                        .as(link)
                        .isEqualTo(List.of(200L, 0L));
            }
        });
        assertThat(elsewhere.wishes).isEmpty();
    }

    @Test
    @Order(4)
    void pictures_whenAskedFor_areAllThatIsLoaded() {
        List<String> found = links("&_q=" + Wire.encode(PICTURES));
        assertThat(found).hasSizeGreaterThan(20);
        assertThat(elsewhere.wishes).isEmpty();

        for (String link : found) {
            String shown = link + "&_pictures=1";
            browser.go(shown);
            assertThat(wrong(shown))
                    .as(link)
                    .allSatisfy(wrong -> assertThat(wrong.toString()).startsWith("a picture from "));
        }

        assertThat(elsewhere.wishes)
                .isNotEmpty()
                .allSatisfy(wish ->
                        assertThat(wish).matches("GET /p(?:ixel)?\\.gif(?:\\?who=alice)? HTTP/1\\.1|\u0016\u0003.*"));
        assertThat(browser.seesMailbox(postern.address())).isTrue();
    }

    @Test
    @Order(5)
    void files_areSavedUnderANameOfOneLine() {
        int files = 0;
        for (String link : links("&_q=file")) {
            browser.go(link);
            for (Object file : (List<?>) browser.script(
                    "return [...document.querySelectorAll('.attachments li a')].map(a => a.getAttribute('href'))")) {
                Wire.Answer answer = Wire.get(postern.port(), file.toString(), browser.cookies());
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("Content-Disposition").orElseThrow())
                        .matches("attachment; filename=\"[A-Za-z0-9._ -]+\"; filename\\*=UTF-8''[A-Za-z0-9%._-]+");
                assertThat(answer.header("Content-Type").orElseThrow()).startsWith("application/octet-stream");
                assertThat(answer.all("Set-Cookie")).isEmpty();
                files++;
            }
        }
        assertThat(files).isGreaterThan(15);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void browsersOwnLog_namesNoOtherHost_andTheServersNoFault() throws IOException {
        browser.close();

        String asked = Files.readString(folder.resolve("net.json"));
        assertThat(asked).contains(postern.address() + "/?_task=body");
        assertThat(URL.matcher(asked)
                        .results()
                        .map(found -> found.group(1))
                        .filter(url -> !url.startsWith(postern.address() + "/"))
                        // What the test with pictures asked for.
                        .filter(url -> !url.matches("https?://trap\\.example/p(?:ixel)?\\.gif.*")))
                .isEmpty();
        assertThat(postern.log()).doesNotContain(" ERROR ").doesNotContainPattern("\tat (?:\\S*/)?org\\.postern");
    }
}
