package org.postern.acceptance.browser;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/** A headless Chromium with a new profile, which {@link #close()} removes. For one thread. */
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int MOST_TABS = 150;
    private static final List<String> FLAGS = List.of(
            "--headless",
            "--window-size=1280,860",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            // What nobody looks at here costs a tenth of what the browser needs.
            "--disable-extensions",
            "--disable-default-apps",
            "--mute-audio",
            "--disable-features=SpareRendererForSitePerProcess,Translate,OptimizationHints,MediaRouter");

    private final Path profile;
    private final ChromeDriver driver;

    private Browser(Path profile, ChromeOptions options) {
        this.profile = profile;
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(System.getProperty("postern.chromedriver", "/usr/bin/chromedriver")))
                .build();
        this.driver = new ChromeDriver(service, options);
    }

    /** A browser that wants English pages. */
    static Browser open() {
        return with("en");
    }

    /** A browser that sends this {@code Accept-Language}. */
    static Browser with(String languages) {
        return with(languages, Map.of());
    }

    static Browser withoutScript() {
        return with("en", Map.of("profile.managed_default_content_settings.javascript", 2));
    }

    /** A browser that keeps a record of what it loads. */
    static Browser recording() {
        return make("en", Map.of(), "ALL");
    }

    /** A browser that finds these host names on this machine. */
    static Browser knowing(String... hosts) {
        String rules = Stream.of(hosts).map(h -> "MAP " + h + " 127.0.0.1").collect(Collectors.joining(","));
        return with("en", Map.of(), "--host-resolver-rules=" + rules);
    }

    /**
     * A browser that writes down all that it asks the network for. It finds each host under {@code .example} at one port,
     * and no other: it would tell its makers of itself.
     */
    static Browser recording(Path log, int elsewhere) {
        return with(
                "en",
                Map.of(),
                "--log-net-log=" + log,
                "--host-resolver-rules=MAP *.example 127.0.0.1:" + elsewhere + ", MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");
    }

    private static Browser with(String languages, Map<String, Object> preferences, String... flags) {
        return make(languages, preferences, "OFF", flags);
    }

    private static Browser make(String languages, Map<String, Object> preferences, String recorded, String... flags) {
        try {
            Path profile = Files.createTempDirectory("postern-browser");
            ChromeOptions options = new ChromeOptions();
            options.setBinary(System.getProperty("postern.chromium", "/usr/bin/chromium"));
            options.addArguments(FLAGS);
            options.addArguments(flags);
            options.addArguments("--user-data-dir=" + profile, "--lang=" + languages.replaceFirst(",.*", ""));
            Map<String, Object> all = new HashMap<>(preferences);
            all.put("intl.accept_languages", languages);
            all.put("credentials_enable_service", false);
            options.setExperimentalOption("prefs", all);
            options.setCapability("goog:loggingPrefs", Map.of(LogType.BROWSER, "ALL", LogType.PERFORMANCE, recorded));
            return new Browser(profile, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ChromeDriver driver() {
        return driver;
    }

    Browser go(String url) {
        driver.get(url);
        return this;
    }

    String address() {
        return driver.getCurrentUrl();
    }

    String source() {
        return driver.getPageSource();
    }

    String title() {
        return driver.getTitle();
    }

    /** The text of the page, as it can be seen. */
    String text() {
        return find("body").getText();
    }

    WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    List<WebElement> all(String selector) {
        return driver.findElements(By.cssSelector(selector));
    }

    boolean has(String selector) {
        return !all(selector).isEmpty();
    }

    Object script(String code, Object... arguments) {
        return driver.executeScript(code, arguments);
    }

    /** Clicks, and waits until the page that was there is gone, or the part of it that the Standard interface exchanges. */
    void click(String selector) {
        WebElement element = find(selector);
        leave(element::click);
    }

    /** Does something that leads to another page, and waits until what was there is gone. */
    void leave(Runnable act) {
        List<WebElement> parts = new ArrayList<>(all("#page, #reader"));
        parts.add(find("html"));
        act.run();
        await(d -> parts.stream().anyMatch(Browser::isGone));
        // ChromeDriver itself waits for the new page before it looks for something on it.
        awaitElement("body");
    }

    /** Reads a letter's HTML in its frame. */
    <T> T inLetter(java.util.function.Supplier<T> look) {
        driver.switchTo().frame(awaitElement("#body iframe"));
        try {
            awaitElement("body");
            return look.get();
        } finally {
            driver.switchTo().defaultContent();
        }
    }

    /** What went wrong in the pages since it was last asked: script errors and violations of the policy. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(e -> e.getLevel().intValue() >= Level.SEVERE.intValue()
                        || e.getMessage().contains("Content Security Policy"))
                .map(LogEntry::getMessage)
                // A refused request is a page of its own here, and a test looks at it.
                .filter(m -> !m.contains("Failed to load resource"))
                .toList();
    }

    /** Waits until something on the page, of which there is one, says this. */
    WebElement see(String selector, String words) {
        return await(d ->
                all(selector).stream().filter(e -> says(e, words)).findFirst().orElse(null));
    }

    private static boolean says(WebElement element, String words) {
        try {
            return element.getText().contains(words);
        } catch (StaleElementReferenceException exchanged) {
            return false;
        }
    }

    /** Presses keys, wherever the focus is. */
    void press(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    /** Presses Tab until the focus is on something, as somebody without a mouse does. */
    void tabTo(String selector) {
        for (int i = 0; i < MOST_TABS; i++) {
            press(Keys.TAB);
            if (hasFocus(selector)) {
                return;
            }
        }
        throw new AssertionError(
                "no way to " + selector + " by Tab, but to " + driver.switchTo().activeElement());
    }

    boolean hasFocus(String selector) {
        return Boolean.TRUE.equals(script("return document.activeElement.matches(arguments[0])", selector));
    }

    /** Lets downloads fall into this folder, without a question. */
    void download(Path folder) {
        driver.executeCdpCommand(
                "Browser.setDownloadBehavior", Map.of("behavior", "allow", "downloadPath", folder.toString()));
    }

    /** The one file there that is whole, begins so and has this kind. */
    Path downloaded(Path folder, String beginning, String kind) {
        return await(d -> {
            try (Stream<Path> files = Files.list(folder)) {
                return files.filter(file -> file.getFileName().toString().startsWith(beginning)
                                && file.toString().endsWith('.' + kind))
                        .findFirst()
                        .orElse(null);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Does something in another tab, and comes back. */
    void inAnotherTab(Runnable act) {
        String here = driver.getWindowHandle();
        driver.switchTo().newWindow(WindowType.TAB);
        act.run();
        driver.close();
        driver.switchTo().window(here);
    }

    /** Since when it was last asked: how many bytes came over the wire, for a browser that records. */
    long bytesLoaded() {
        Pattern length = Pattern.compile("\"method\":\"Network.loadingFinished\".*\"encodedDataLength\":([0-9]+)");
        return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
                .map(entry -> length.matcher(entry.getMessage()))
                .filter(Matcher::find)
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }

    private static boolean isGone(WebElement page) {
        try {
            page.getTagName();
            return false;
        } catch (StaleElementReferenceException | org.openqa.selenium.NoSuchElementException gone) {
            return true;
        } catch (org.openqa.selenium.WebDriverException between) {
            // While one page gives way to the next, ChromeDriver has no better word for an element that is gone.
            if (String.valueOf(between.getMessage()).contains("does not belong to the document")) {
                return true;
            }
            throw between;
        }
    }

    <T> T await(Function<WebDriver, T> condition) {
        return new WebDriverWait(driver, PATIENCE, Duration.ofMillis(50)).until(condition);
    }

    /** Waits until something is on the page. */
    WebElement awaitElement(String selector) {
        return await(d ->
                d.findElements(By.cssSelector(selector)).stream().findFirst().orElse(null));
    }

    /** Waits until the address bar shows this. */
    void awaitAddress(String url) {
        await(d -> url.equals(d.getCurrentUrl()));
    }

    /** Fills in the login form, and sends it. */
    void signIn(String postern, String user, String secret) {
        go(postern + "/?_task=login");
        find("#user").clear();
        find("#user").sendKeys(user);
        find("#pass").sendKeys(secret);
        click("#signin");
    }

    /** The header with this browser's cookies. */
    String cookies() {
        return "Cookie: "
                + driver.manage().getCookies().stream()
                        .map(c -> c.getName() + "=" + c.getValue())
                        .collect(Collectors.joining("; "));
    }

    /** Waits until the server knows no session of this browser any more, while the page stays as it is. */
    void awaitEndOfSession(RunningPostern postern) {
        String cookies = cookies();
        await(d -> Wire.get(postern.port(), "/?_task=settings", cookies).status() == 303);
    }

    /** Whether this browser's session shows a mailbox, asked by opening it. */
    boolean seesMailbox(String postern) {
        go(postern + "/?_task=mail");
        return has("#messages") || has("#logout");
    }

    /** Wants pages in this language from now on. */
    void speak(String language) {
        driver.executeCdpCommand("Network.enable", Map.of());
        driver.executeCdpCommand("Network.setExtraHTTPHeaders", Map.of("headers", Map.of("Accept-Language", language)));
    }

    void forgetEverything() {
        driver.manage().deleteAllCookies();
    }

    void size(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        driver.manage().window().setSize(new Dimension(width, height));
    }

    @Override
    public void close() {
        driver.quit();
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(profile)) {
            all.sorted(Comparator.reverseOrder()).forEach(files::add);
        } catch (IOException | UncheckedIOException gone) {
            // Chromium's last process may still be at it.
        }
        files.forEach(file -> file.toFile().delete());
    }
}
