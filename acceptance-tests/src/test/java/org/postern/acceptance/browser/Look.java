package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Looks at the page that a browser shows as people do: on a desk and on a phone, by day and by night. Each time it
 * measures that nothing sticks out, and leaves a picture in {@code target/screenshots}; of the desk by day and the phone by
 * night it asks axe for what keeps somebody out, which takes longest.
 */
final class Look {
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final List<Integer> WIDTHS = List.of(1280, 390);
    private static final List<String> SCHEMES = List.of("light", "dark");

    private static final String AXE = axe();

    private final Browser browser;
    private final String kind;

    /** @param kind a language or an interface, for the pictures' names */
    Look(Browser browser, String kind) {
        this.browser = browser;
        this.kind = kind;
    }

    private static String axe() {
        try (InputStream script = AxeBuilder.class.getResourceAsStream("/axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param exempt rules of axe that this page breaks on purpose */
    void at(String page, String... exempt) {
        for (String scheme : SCHEMES) {
            browser.driver()
                    .executeCdpCommand(
                            "Emulation.setEmulatedMedia",
                            Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
            for (int width : WIDTHS) {
                browser.driver()
                        .executeCdpCommand(
                                "Emulation.setDeviceMetricsOverride",
                                Map.of(
                                        "width",
                                        width,
                                        "height",
                                        width < 600 ? 844 : 860,
                                        "deviceScaleFactor",
                                        1,
                                        "mobile",
                                        width < 600));
                String name = page + "-" + kind + "-" + width + (scheme.equals("dark") ? "-dark" : "");
                picture(name);
                assertThat(overflow()).as(name + " sticks out").isEmpty();
                if (scheme.equals("light") == (width == WIDTHS.get(0))) {
                    assertThat(violations(exempt)).as(name).isEmpty();
                }
            }
        }
    }

    /** What is wider than the page, in words. */
    private List<?> overflow() {
        return (List<?>) browser.script("const w = document.documentElement.clientWidth;"
                + "if (document.documentElement.scrollWidth <= w) return [];"
                + "return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > w + 0.5)"
                + ".map(e => e.outerHTML.slice(0, 120));");
    }

    /** What axe objects to on this page, in words. */
    List<?> violations(String... exempt) {
        if (Boolean.TRUE.equals(browser.script("return typeof axe === 'undefined'"))) {
            browser.script(AXE);
        }
        return (List<?>) browser.driver()
                .executeAsyncScript(
                        "const done = arguments[arguments.length - 1];"
                                + "const rules = Object.fromEntries(arguments[0].map(r => [r, {enabled: false}]));"
                                + "axe.run(document, {resultTypes: ['violations'], rules}).then("
                                + "r => done(r.violations.map(v => v.id + ' (' + v.help + '): '"
                                + " + v.nodes.map(n => n.html + ' ' + n.failureSummary).join(' | '))),"
                                + "e => done(['axe failed: ' + e]));",
                        List.of(exempt));
    }

    private void picture(String name) {
        Map<String, Object> answer =
                browser.driver().executeCdpCommand("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
        try {
            Files.createDirectories(PICTURES);
            Files.write(
                    PICTURES.resolve(name + ".png"),
                    Base64.getDecoder().decode(answer.get("data").toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
