package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The text browser lynx at the keyboard: keys are put down first, and pressed in one run. For one thread. */
final class Lynx {
    private final Path folder;
    private final List<String> keys = new ArrayList<>();
    private int pages;

    /** @param folder of its own, which becomes the user's home */
    Lynx(Path folder) {
        this.folder = folder;
    }

    Lynx type(String text) {
        text.chars().forEach(c -> keys.add(c == ' ' ? "<space>" : Character.toString(c)));
        return this;
    }

    Lynx enter() {
        keys.add("^J");
        return this;
    }

    /** To the next link or field. */
    Lynx down(int times) {
        for (int i = 0; i < times; i++) {
            keys.add("Down Arrow");
        }
        return this;
    }

    Lynx go(String url) {
        keys.add("g");
        keys.add("^U");
        return type(url).enter();
    }

    /** Searches for a text, which makes the link in that line the current one, and follows it. */
    Lynx follow(String text) {
        keys.add("/");
        keys.add("^U");
        return type(text).enter().enter();
    }

    /** Prints the page to a file. */
    Lynx print() {
        pages++;
        keys.add("p");
        enter();
        keys.add("^U");
        return type(folder.resolve(pages + ".txt").toString()).enter();
    }

    /** Opens this address and presses the keys; answers what was printed, in order. */
    List<String> open(String url) {
        keys.add("q");
        keys.add("y");
        try {
            Path script = folder.resolve("keys");
            Files.write(script, keys.stream().map(k -> "key " + k).toList());
            ProcessBuilder builder =
                    new ProcessBuilder("lynx", "-accept_all_cookies", "-cmd_script=" + script, url);
            builder.environment().put("TERM", "vt100");
            builder.environment().put("HOME", folder.toString());
            builder.redirectErrorStream(true).redirectOutput(folder.resolve("screen").toFile());
            Process process = builder.start();
            process.getOutputStream().close();
            boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            process.destroyForcibly();
            assertThat(ended).as(Files.readString(folder.resolve("screen"))).isTrue();
            List<String> printed = new ArrayList<>();
            for (int page = 1; page <= pages; page++) {
                Path file = folder.resolve(page + ".txt");
                printed.add(Files.exists(file) ? Files.readString(file) : "");
            }
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
