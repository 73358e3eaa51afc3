package org.postern.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures the sample webmail with a large mailbox on a real Dovecot (2.3, as Debian packages it) in a private folder on
 * a free port of the loopback address: a page of the list, searches, and opening a message, each by HTTP from outside,
 * and the memory that it takes. Uses the JDK alone:
 *
 * <pre>java benchmarks/src/main/java/org/postern/benchmark/LargeMailbox.java sample-webapp/target/sample-webapp.war</pre>
 *
 * A second argument is the number of messages, 50,000 if there is none. The first answer of each kind is told apart: with
 * it Dovecot makes its index of the folder, or reads all headers once and keeps them.
 */
public final class LargeMailbox {
    private static final int ROUNDS = 20;
    private static final int SMALL = 100;
    private static final String ADMIN = "mail@acme.example";
    private static final String PASSWORD = "benchmark-Secret-1";
    private static final Pattern TOKEN = Pattern.compile("token: \\[([^]]+)]");
    private static final Pattern READY = Pattern.compile("ready at (http://[^/]+)/");
    private static final Pattern MESSAGE = Pattern.compile("class=\"message-link\" href=\"([^\"]+)\"");

    private final Path war;
    private final Path folder;
    private final int count;
    private final List<Process> processes = new ArrayList<>();

    private LargeMailbox(Path war, Path folder, int count) {
        this.war = war;
        this.folder = folder;
        this.count = count;
    }

    public static void main(String[] args) throws Exception {
        if (args.length == 0 || !Files.isRegularFile(Path.of(args[0]))) {
            System.err.println("usage: LargeMailbox WAR [messages]");
            System.exit(2);
        }
        Path folder = Files.createTempDirectory("postern-large");
        LargeMailbox large = new LargeMailbox(
                Path.of(args[0]).toAbsolutePath(), folder, args.length > 1 ? Integer.parseInt(args[1]) : 50_000);
        try {
            large.run();
        } finally {
            for (Process process : large.processes) {
                process.destroy();
                process.waitFor();
            }
            try (Stream<Path> all = Files.walk(folder)) {
                all.sorted(Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
        }
    }

    private void run() throws Exception {
        int imap = freePort();
        fill("small@acme.example", SMALL);
        fill("large@acme.example", count);
        dovecot(imap);
        command("admin", "create", ADMIN, "--role", "mail", "--company", "Acme", "--domain", "acme.example");
        command("mailbox", "create", "small@acme.example");
        command("mailbox", "create", "large@acme.example");
        Process program = start(
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-Dsso.imap.url=imap://127.0.0.1:" + imap),
                List.of("--port", "0"));
        String address = address(program);
        System.out.printf(
                "Java %s, %d cores%n", Runtime.version(), Runtime.getRuntime().availableProcessors());
        for (String mailbox : List.of("small@acme.example", "large@acme.example")) {
            HttpClient client = signIn(address, mailbox);
            long before = allocated(program);
            measure(client, address, mailbox.startsWith("small") ? SMALL : count);
            System.out.printf(
                    Locale.ROOT,
                    "%-45s %,d KB allocated, by some 170 requests%n",
                    mailbox,
                    (allocated(program) - before) / 1024);
            System.out.printf(
                    Locale.ROOT, "%-45s %,d KB live after a full collection%n", mailbox, live(program) / 1024);
        }
    }

    private static void measure(HttpClient client, String address, int messages) throws Exception {
        int last = (messages + 49) / 50;
        String list = address + "/?_task=mail";
        String page = time(client, "first page", list);
        time(client, "middle page", list + "&_page=" + Math.max(1, last / 2));
        time(client, "last page", list + "&_page=" + last);
        time(client, "search, every message", list + search("number"));
        time(client, "search, every message, last page", list + search("number") + "&_page=" + last);
        time(client, "search, one message", list + search("number 77 of"));
        time(client, "search, none", list + search("nothing"));
        time(client, "search, one in a hundred, not ASCII", list + search("Größe"));
        Matcher message = MESSAGE.matcher(page);
        if (!message.find()) {
            throw new IllegalStateException("no message in the list");
        }
        time(client, "a message", address + message.group(1).replace("&amp;", "&"));
    }

    private static String search(String words) {
        return "&_q=" + URLEncoder.encode(words, StandardCharsets.UTF_8);
    }

    private static String time(HttpClient client, String what, String url) throws Exception {
        List<Double> times = new ArrayList<>();
        double first = 0;
        String body = "";
        for (int i = 0; i <= ROUNDS; i++) {
            long begin = System.nanoTime();
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
            double millis = (System.nanoTime() - begin) / 1e6;
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(what + ": " + answer.statusCode());
            }
            body = answer.body();
            if (i == 0) {
                first = millis;
            } else {
                times.add(millis);
            }
        }
        times.sort(Comparator.naturalOrder());
        System.out.printf(
                Locale.ROOT,
                "%-45s median %6.1f ms, worst %6.1f ms, first %6.1f ms   load %s%n",
                what,
                times.get(ROUNDS / 2),
                times.get(ROUNDS - 1),
                first,
                Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
        return body;
    }

    private static HttpClient signIn(String address, String mailbox) throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .cookieHandler(new CookieManager())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        String issued = client.send(
                        HttpRequest.newBuilder(URI.create(address + "/tools/sso?admin=" + ADMIN + "&pass=" + PASSWORD
                                        + "&user=" + mailbox + "&type=sso&life=3600"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        Matcher token = TOKEN.matcher(issued);
        if (!token.find()) {
            throw new IllegalStateException("not issued: " + issued);
        }
        client.send(
                HttpRequest.newBuilder(URI.create(address + "/?_task=login&_action=login&direct=1&user=" + mailbox
                                + "&pass=" + token.group(1)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return client;
    }

    /** A Maildir of small messages; one in a hundred with a word that is not ASCII. */
    private void fill(String mailbox, int messages) throws IOException {
        Path cur =
                Files.createDirectories(folder.resolve("mail").resolve(mailbox).resolve("cur"));
        Files.createDirectories(cur.resolveSibling("new"));
        Files.createDirectories(cur.resolveSibling("tmp"));
        for (int i = 1; i <= messages; i++) {
            String subject = "This is number " + i + " of many" + (i % 100 == 0 ? " =?UTF-8?Q?Gr=C3=B6=C3=9Fe?=" : "");
            Files.writeString(
                    cur.resolve(name(i)),
                    "From: Sender " + i % 500 + " <sender" + i % 500 + "@shop.example>\nTo: " + mailbox + "\nSubject: "
                            + subject + "\nDate: Tue, 3 Nov 2026 10:00:00 +0000\nMessage-ID: <" + i
                            + "@shop.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nText of "
                            + i + ".\n");
        }
        // As if the last one had come an hour ago: Dovecot reads a folder again that has only just changed.
        FileTime earlier = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
        Files.setLastModifiedTime(cur, earlier);
        Files.setLastModifiedTime(cur.resolveSibling("new"), earlier);
    }

    /** As a mail server names them, with the microsecond and the process: names in a row are all one to Dovecot's hash. */
    private static String name(int i) {
        int micros = (int) (i * 1_037_389L % 1_000_000);
        return String.format("%d.M%06dP%d.mail:2,S", 1_700_000_000 + i, micros, 1000 + i * 31 % 30_000);
    }

    private void dovecot(int port) throws Exception {
        boolean root = "root".equals(System.getProperty("user.name"));
        String user = root ? "nobody" : System.getProperty("user.name");
        if (root) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            wait(new ProcessBuilder(
                    "chown", "-R", "nobody:nogroup", folder.resolve("mail").toString()));
        }
        String owner = "uid=" + id(user, "-u") + " gid=" + id(user, "-g");
        String others = root
                ? ""
                : "default_internal_user = " + user + "\ndefault_login_user = " + user
                        + "\nservice imap-login {\n  chroot =\n}\nservice anvil {\n  chroot =\n}\n"
                        + "service stats {\n  chroot =\n}\n";
        Path configuration = folder.resolve("dovecot.conf");
        Files.writeString(
                configuration,
                "base_dir = " + folder + "/run\nstate_dir = " + folder + "/state\nlog_path = " + folder
                        + "/dovecot.log\n"
                        + "protocols = imap\nlisten = 127.0.0.1\nssl = no\ndisable_plaintext_auth = no\n"
                        + "mail_location = maildir:" + folder + "/mail/%Lu\nfirst_valid_uid = 1\n"
                        + "passdb {\n  driver = static\n  args = nopassword=y\n}\n"
                        + "userdb {\n  driver = static\n  args = " + owner + " home=" + folder
                        + "/mail/%Lu allow_all_users=yes\n}\n"
                        + "service imap-login {\n  inet_listener imap {\n    port = " + port + "\n  }\n"
                        + "  inet_listener imaps {\n    port = 0\n  }\n}\n" + others);
        processes.add(new ProcessBuilder("/usr/sbin/dovecot", "-F", "-c", configuration.toString())
                .inheritIO()
                .start());
        for (int i = 0; ; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.getInputStream().read() > 0) {
                    return;
                }
            } catch (IOException notYet) {
                if (i > 100) {
                    throw notYet;
                }
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static String id(String user, String what) throws Exception {
        return read(new ProcessBuilder("id", what, user)).strip();
    }

    /** What lives in the heap: the total of the histogram, before which the JVM collects. */
    private static long live(Process program) throws Exception {
        Matcher total =
                Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)").matcher(jdk("jcmd", program, "GC.class_histogram"));
        if (!total.find()) {
            throw new IOException("no total");
        }
        return Long.parseLong(total.group(1));
    }

    /** What was allocated so far, about: the nurseries that were filled, and what is in the one of now. */
    private static long allocated(Process program) throws Exception {
        String[] lines = read(new ProcessBuilder(tool("jstat"), "-gc", Long.toString(program.pid())))
                .strip()
                .split("\\R", -1);
        List<String> names = List.of(lines[0].strip().split("\\s+", -1));
        List<String> values = List.of(lines[1].strip().split("\\s+", -1));
        double eden = Double.parseDouble(values.get(names.indexOf("EC")));
        double used = Double.parseDouble(values.get(names.indexOf("EU")));
        double collections = Double.parseDouble(values.get(names.indexOf("YGC")));
        return (long) ((collections * eden + used) * 1024);
    }

    private static String jdk(String tool, Process program, String what) throws Exception {
        return read(new ProcessBuilder(tool(tool), Long.toString(program.pid()), what));
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private static String read(ProcessBuilder builder) throws Exception {
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text;
    }

    private static void wait(ProcessBuilder builder) throws Exception {
        if (builder.inheritIO().start().waitFor() != 0) {
            throw new IOException("failed: " + builder.command());
        }
    }

    private void command(String... words) throws Exception {
        Process process = start(List.of(), List.of(words));
        process.getOutputStream().write((PASSWORD + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("failed: " + List.of(words));
        }
    }

    private Process start(List<String> flags, List<String> options) throws IOException {
        List<String> words = new ArrayList<>(List.of(tool("java")));
        words.addAll(flags);
        words.addAll(List.of("-jar", war.toString()));
        words.addAll(options);
        words.addAll(List.of("--data", folder.resolve("data").toString()));
        Process process = new ProcessBuilder(words)
                .redirectError(folder.resolve("log").toFile())
                .start();
        processes.add(process);
        return process;
    }

    private static String address(Process program) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                return ready.group(1);
            }
        }
        throw new IOException("the program ended");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
