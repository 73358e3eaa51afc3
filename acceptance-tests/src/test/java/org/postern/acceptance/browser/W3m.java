package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The text browser w3m, at a terminal: what it has to do is bound to one key, and the key is pressed. For one thread. */
final class W3m {
    private final Path folder;
    private final List<String> commands = new ArrayList<>();
    private int pages;

    /** @param folder of its own, which becomes the user's home */
    W3m(Path folder) {
        this.folder = folder;
    }

    /** Searches for a text and follows the link that it is in. */
    W3m follow(String text) {
        commands.add("SEARCH " + text);
        commands.add("GOTO_LINK");
        return this;
    }

    /** Saves the page as text. */
    W3m save() {
        pages++;
        commands.add("SAVE_SCREEN " + folder.resolve(pages + ".txt"));
        return this;
    }

    /** Opens this address, and does the rest once the page with this text is there; answers what was saved. */
    List<String> open(String url, String seen) {
        commands.add("ABORT");
        try {
            Files.createDirectories(folder.resolve(".w3m"));
            Files.writeString(
                    folder.resolve(".w3m/keymap"), "keymap X COMMAND \"" + String.join("; ", commands) + "\"\n");
            ProcessBuilder builder = new ProcessBuilder("script", "-qec", "w3m -cookie '" + url + "'", "/dev/null");
            builder.environment().put("TERM", "xterm");
            builder.environment().put("HOME", folder.toString());
            Process process = builder.redirectErrorStream(true).start();
            StringBuilder screen = new StringBuilder();
            InputStream in = process.getInputStream();
            boolean pressed = false;
            for (int b = in.read(); b >= 0; b = in.read()) {
                screen.append((char) b);
                if (!pressed && screen.indexOf(seen) >= 0) {
                    pressed = true;
                    process.getOutputStream().write('X');
                    process.getOutputStream().flush();
                }
            }
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(screen.toString()).isTrue();
            List<String> saved = new ArrayList<>();
            for (int page = 1; page <= pages; page++) {
                Path file = folder.resolve(page + ".txt");
                saved.add(Files.exists(file) ? Files.readString(file) : "");
            }
            return saved;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Posts a form to the first address and shows all of them, in one run with its cookies. */
    String dump(String form, String... urls) {
        try {
            Path body = Files.writeString(folder.resolve("form"), form);
            List<String> words = new ArrayList<>(List.of("w3m", "-dump", "-cookie", "-post", body.toString()));
            words.addAll(List.of(urls));
            ProcessBuilder builder = new ProcessBuilder(words);
            builder.environment().put("HOME", folder.toString());
            Process process = builder.redirectErrorStream(true).start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
