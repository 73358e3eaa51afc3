package org.postern.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures the packaged program from outside: the time from {@code java -jar} to the first redeemed login, its memory
 * after 1,000 logins, and how many tokens it issues and redeems in a second. Uses the JDK alone, Linux's {@code /proc},
 * and the demo's accounts:
 *
 * <pre>java benchmarks/src/main/java/org/postern/benchmark/FromOutside.java sample-webapp/target/sample-webapp.war</pre>
 *
 * More arguments are flags for the program's JVM. It prints the machine's load beside each figure: with a load above the
 * number of cores the figures tell of the load.
 */
public final class FromOutside {
    private static final int STARTS = 5;
    private static final int LOGINS = 1_000;
    private static final int CLIENTS = 8;
    private static final String ADMIN = "mail@acme.example";
    private static final String MAILBOX = "alice@acme.example";
    private static final String PASSWORD = "benchmark-Secret-1";
    private static final Pattern TOKEN = Pattern.compile("token: \\[([^]]+)]");
    private static final Pattern READY = Pattern.compile("ready at (http://[^/]+)/");

    private final Path war;
    private final List<String> flags;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private FromOutside(Path war, List<String> flags) {
        this.war = war;
        this.flags = flags;
    }

    public static void main(String[] args) throws Exception {
        if (args.length == 0 || !Files.isRegularFile(Path.of(args[0]))) {
            System.err.println("usage: FromOutside WAR [JVM flag]...");
            System.exit(2);
        }
        new FromOutside(Path.of(args[0]).toAbsolutePath(), List.of(args).subList(1, args.length)).run();
    }

    private void run() throws Exception {
        System.out.printf(
                "Java %s, %d cores, flags %s%n",
                Runtime.version(), Runtime.getRuntime().availableProcessors(), flags);
        for (boolean demo : new boolean[] {false, true}) {
            Path data = Files.createTempDirectory("postern-benchmark");
            try {
                measure(data, demo);
            } finally {
                remove(data);
            }
        }
    }

    private void measure(Path data, boolean demo) throws Exception {
        String kind = demo ? "demo" : "plain";
        String password = demo ? "demo-mail" : PASSWORD;
        if (!demo) {
            // The commands unpack the program too: the first start is taken in a folder that has nothing yet.
            Path empty = Files.createTempDirectory("postern-benchmark");
            long begin = System.nanoTime();
            try (Program program = start(empty, false)) {
                get(program.address + "/");
                tell("first start ever, to the login page", millis(begin), "ms");
            } finally {
                remove(empty);
            }
            command(data, "admin", "create", ADMIN, "--role", "mail", "--company", "Acme", "--domain", "acme.example");
            command(data, "mailbox", "create", MAILBOX);
        } else {
            long begin = System.nanoTime();
            try (Program program = start(data, true)) {
                redeem(program, issue(program, password));
                tell("demo: first start ever, to the first redeemed login", millis(begin), "ms");
            }
        }
        List<Long> starts = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            String token;
            try (Program program = start(data, demo)) {
                token = issue(program, password);
            }
            // The link was issued before: what counts is the person who waits for his mailbox.
            long begin = System.nanoTime();
            try (Program program = start(data, demo)) {
                redeem(program, token);
                starts.add(millis(begin));
            }
        }
        starts.sort(Comparator.naturalOrder());
        tell(kind + ": start to the first redeemed login, median of " + starts, starts.get(STARTS / 2), "ms");
        try (Program program = start(data, demo)) {
            storm(program, password, kind + ", cold");
            tell(kind + ": resident after " + LOGINS + " logins", program.resident() / 1024, "MB");
            storm(program, password, kind + ", warm");
            storm(program, password, kind + ", warmer");
            tell(kind + ": resident after " + 3 * LOGINS + " logins", program.resident() / 1024, "MB");
        }
    }

    private void storm(Program program, String password, String kind) throws Exception {
        issue(program, password);
        long begin = System.nanoTime();
        List<String> tokens = parallel(LOGINS, i -> issue(program, password));
        tell(kind + ": issues by " + CLIENTS + " clients", LOGINS * 1000L / Math.max(1, millis(begin)), "per s");
        begin = System.nanoTime();
        parallel(LOGINS, i -> {
            redeem(program, tokens.get(i));
            return "";
        });
        tell(kind + ": redemptions by " + CLIENTS + " clients", LOGINS * 1000L / Math.max(1, millis(begin)), "per s");
    }

    private interface Step {
        String take(int i) throws Exception;
    }

    private static List<String> parallel(int count, Step step) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                answers.add(clients.submit(() -> step.take(number)));
            }
            List<String> texts = new ArrayList<>();
            for (Future<String> answer : answers) {
                texts.add(answer.get());
            }
            return texts;
        } finally {
            clients.shutdown();
        }
    }

    private String issue(Program program, String password) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(program.address + "/tools/sso?admin=" + ADMIN + "&pass=" + password + "&user="
                + MAILBOX + "&type=sso&life=3600");
        Matcher token = TOKEN.matcher(answer.body());
        if (!token.find()) {
            throw new IllegalStateException("not issued: " + answer.body());
        }
        return token.group(1);
    }

    private void redeem(Program program, String token) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                get(program.address + "/?_task=login&_action=login&direct=1&user=" + MAILBOX + "&pass=" + token);
        if (answer.statusCode() != 303) {
            throw new IllegalStateException("not redeemed: " + answer.statusCode());
        }
    }

    private HttpResponse<String> get(String address) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void tell(String what, long figure, String unit) throws IOException {
        String load = Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
        System.out.printf(Locale.ROOT, "%-75s %7d %-6s load %s%n", what, figure, unit, load);
    }

    private static long millis(long begin) {
        return (System.nanoTime() - begin) / 1_000_000;
    }

    private Program start(Path data, boolean demo) throws IOException {
        List<String> options = new ArrayList<>(List.of("--port", "0", "--data", data.toString()));
        if (demo) {
            options.add("--demo");
        }
        return new Program(process(options));
    }

    private void command(Path data, String... words) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(List.of(words));
        options.addAll(List.of("--data", data.toString()));
        Process process = process(options);
        process.getOutputStream().write((PASSWORD + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("failed: " + options);
        }
    }

    private Process process(List<String> options) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(flags);
        words.addAll(List.of("-jar", war.toString()));
        words.addAll(options);
        return new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    /** The program, once it has said where it listens. */
    private static final class Program implements AutoCloseable {
        final String address;
        private final Process process;

        Program(Process process) throws IOException {
            this.process = process;
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String found = null;
            for (String line = out.readLine(); line != null && found == null; line = out.readLine()) {
                Matcher ready = READY.matcher(line);
                if (ready.find()) {
                    found = ready.group(1);
                }
            }
            if (found == null) {
                throw new IOException("the program ended");
            }
            address = found;
        }

        /** In KB. */
        long resident() throws IOException {
            for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
            throw new IOException("no VmRSS");
        }

        @Override
        public void close() {
            process.destroy();
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UncheckedIOException(new IOException(e));
            }
        }
    }
}
