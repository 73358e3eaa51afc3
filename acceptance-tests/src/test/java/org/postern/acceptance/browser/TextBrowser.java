package org.postern.acceptance.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A text browser on a terminal of its own. The keys for a whole visit are collected first, then pressed; what is kept on
 * the way lies as text files in the folder. For one visit.
 */
sealed interface TextBrowser {
    /** Keeps the page as it is shown now, in the file of this name. */
    TextBrowser keep(String file);

    /** Looks for these words, and follows the link that they are. */
    TextBrowser follow(String words);

    /** Goes to this address. */
    TextBrowser go(String url);

    /** Presses the button of a page that has nothing else to choose. */
    TextBrowser pressTheButton();

    /** Writes into the letter of the page just opened, and sends it. */
    TextBrowser write(String text);

    /** Fills in the login form of the page just opened, and sends it. */
    TextBrowser signIn(String user, String secret);

    /** Opens this address and presses the keys. */
    void visit(String url);

    /** What was kept. */
    String kept(String file);

    static TextBrowser w3m(Path folder) {
        return new W3m(folder, new StringBuilder(), new ArrayList<>());
    }

    static TextBrowser lynx(Path folder) {
        return new Lynx(folder, new ArrayList<>());
    }

    private static String read(Path folder, String file) {
        try {
            Path path = folder.resolve(file);
            if (!Files.exists(path)) {
                throw new AssertionError(file + " was not kept; the screen was: "
                        + Files.readString(folder.resolve("screen"), StandardCharsets.ISO_8859_1));
            }
            // A text browser that wraps its lines may break a letter of several bytes in two.
            return new String(Files.readAllBytes(path), StandardCharsets.UTF_8).replaceAll("\\s+", " ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The exit status of what was ended by abort(). */
    int ABORTED = 134;

    /** The command's exit status. */
    private static int run(Path folder, String command, String keys) {
        try {
            Path input = Files.writeString(folder.resolve("keys"), keys);
            ProcessBuilder builder = new ProcessBuilder("script", "-qec", command, "/dev/null")
                    .directory(folder.toFile())
                    .redirectInput(input.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("screen").toFile());
            builder.environment().put("HOME", folder.toString());
            builder.environment().put("TERM", "xterm");
            builder.environment().put("EDITOR", folder.resolve("editor").toString());
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().put("SHELL", "/bin/sh");
            Process process = builder.start();
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new AssertionError(
                        "does not end: " + Files.readString(folder.resolve("screen"), StandardCharsets.ISO_8859_1));
            }
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    record W3m(Path folder, StringBuilder keys, List<String> files) implements TextBrowser {
        /**
         * One visit in 25 with a letter ended w3m itself, 0.5.3+git20230121: its fclose() of the editor's file says "free():
         * invalid pointer". That is no fault of a page, and is tried again.
         */
        private static final int MOST_VISITS = 4;

        @Override
        public TextBrowser keep(String file) {
            files.add(file);
            keys.append('S').append(file).append('\n');
            return this;
        }

        @Override
        public TextBrowser follow(String words) {
            keys.append('/').append(words).append("\n\n");
            return this;
        }

        @Override
        public TextBrowser go(String url) {
            // No key that a terminal takes for itself: it did so with this one's ^U, and nothing was opened.
            keys.append('U').append(url).append('\n');
            return this;
        }

        @Override
        public TextBrowser pressTheButton() {
            keys.append("\t\n");
            return this;
        }

        @Override
        public TextBrowser write(String text) {
            try {
                Path editor = Files.writeString(folder.resolve("editor"), "#!/bin/sh\necho '" + text + "' >> \"$1\"\n");
                editor.toFile().setExecutable(true);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            keys.append("/Text of the message\n\t\n/Send\n\n");
            return this;
        }

        @Override
        public TextBrowser signIn(String user, String secret) {
            keys.append("/Mail address\n\t\n").append(user).append("\n\t\n").append(secret);
            keys.append("\n\t\n");
            return this;
        }

        @Override
        public void visit(String url) {
            String command = "w3m -cookie -o accept_cookie=1 -o confirm_qq=0 -o default_url=0 '" + url + "'";
            for (int visit = 1; run(folder, command, keys + "q") == ABORTED && visit < MOST_VISITS; visit++) {
                forget();
            }
        }

        /** It asks before it writes over a file. */
        private void forget() {
            try {
                for (String file : files) {
                    Files.deleteIfExists(folder.resolve(file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String kept(String file) {
            return read(folder, file);
        }
    }

    record Lynx(Path folder, List<String> keys) implements TextBrowser {
        @Override
        public TextBrowser keep(String file) {
            press("p", "<return>", "^U");
            type(file);
            press("<return>");
            return this;
        }

        @Override
        public TextBrowser follow(String words) {
            press("/", "^U");
            type(words);
            press("<return>", "<return>");
            return this;
        }

        @Override
        public TextBrowser go(String url) {
            press("g", "^U");
            type(url);
            press("<return>");
            return this;
        }

        @Override
        public TextBrowser pressTheButton() {
            press("<return>");
            return this;
        }

        @Override
        public TextBrowser write(String text) {
            press("/", "^U");
            type("Text of the message");
            press("<return>", "Down Arrow");
            type(text);
            press("<tab>");
            return follow("Send");
        }

        @Override
        public TextBrowser signIn(String user, String secret) {
            press("/", "^U");
            type("Postern");
            press("<return>", "Down Arrow");
            type(user);
            press("Down Arrow");
            type(secret);
            press("Down Arrow", "<return>");
            return this;
        }

        private void press(String... names) {
            for (String name : names) {
                keys.add("key " + name);
            }
        }

        private void type(String text) {
            text.chars().forEach(c -> press(c == ' ' ? "<space>" : Character.toString(c)));
        }

        @Override
        public void visit(String url) {
            press("Q", "y");
            try {
                Files.write(folder.resolve("commands"), keys);
                // It would show each of its messages for a second or more.
                Files.writeString(
                        folder.resolve("lynx.cfg"),
                        "INFOSECS:0\nMESSAGESECS:0\nALERTSECS:0\nCHARACTER_SET:utf-8\nSET_COOKIES:TRUE\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            run(folder, "lynx -cfg=lynx.cfg -accept_all_cookies -cmd_script=commands '" + url + "'", "");
        }

        @Override
        public String kept(String file) {
            return read(folder, file);
        }
    }
}
