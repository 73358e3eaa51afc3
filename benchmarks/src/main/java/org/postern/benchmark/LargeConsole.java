package org.postern.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
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
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures what the console asks for, with a million mailboxes and ten million rows of the audit trail in PostgreSQL: the
 * search, the trail with each filter, and the overview, each by HTTP from outside, as four administrators: of a company of
 * 1,500 domains, of one of 27, of the largest domain, and of one of the smallest. Uses the JDK and {@code psql}:
 *
 * <pre>java benchmarks/src/main/java/org/postern/benchmark/LargeConsole.java sample-webapp/target/sample-webapp.war HOST PORT
 * DATABASE USER</pre>
 *
 * The database must be empty and let the user in without a password, or by {@code PGPASSWORD}. A sixth and seventh argument
 * are the numbers of mailboxes and of rows. Filling takes some ten minutes.
 */
public final class LargeConsole {
    private static final int ROUNDS = 9;
    private static final int PROMISED_MILLIS = 300;
    private static final String PASSWORD = "benchmark-Secret-1";
    private static final Pattern READY = Pattern.compile("ready at (http://[^/]+)/");
    private static final Path SQL = Path.of("benchmarks/src/main/sql/large-console.sql");

    private final List<String> program;
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Double> medians = new ArrayList<>();
    private String address = "";

    private LargeConsole(List<String> program) {
        this.program = program;
    }

    public static void main(String[] args) throws Exception {
        if (args.length < 5 || !Files.isRegularFile(Path.of(args[0])) || !Files.isRegularFile(SQL)) {
            System.err.println(
                    "usage: LargeConsole WAR HOST PORT DATABASE USER [mailboxes rows], in the project's folder");
            System.exit(2);
        }
        Path folder = Files.createTempDirectory("postern-large");
        String password = System.getenv().getOrDefault("PGPASSWORD", "");
        LargeConsole large = new LargeConsole(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dsso.database.url=jdbc:postgresql://" + args[1] + ":" + args[2] + "/" + args[3],
                "-Dsso.database.user=" + args[4],
                "-Dsso.database.password=" + password,
                "-jar",
                args[0],
                "--data",
                folder.toString()));
        try {
            large.command("company", "create", "company 1");
            large.run(new ProcessBuilder(
                    "psql",
                    "-q",
                    "-h",
                    args[1],
                    "-p",
                    args[2],
                    "-U",
                    args[4],
                    "-d",
                    args[3],
                    "-v",
                    "mailboxes=" + (args.length > 5 ? args[5] : "1000000"),
                    "-v",
                    "rows=" + (args.length > 6 ? args[6] : "10000000"),
                    "-f",
                    SQL.toString()));
            large.measure();
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                all.sorted(Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
        }
    }

    private void measure() throws Exception {
        Map<String, String> keys = new TreeMap<>();
        keys.put("1500-domains", administrator("--role", "company", "--company", "company 1"));
        keys.put("27-domains", administrator("--role", "company", "--company", "company 9"));
        keys.put("largest", administrator("--role", "domain", "--company", "company 1", "--domain", "d0001.test"));
        keys.put("smallest", administrator("--role", "domain", "--company", "company 1", "--domain", "d1988.example"));
        Process server = start(List.of("--port", "0"));
        try {
            address = ready(server);
            System.out.printf(
                    "Java %s, %d cores%n",
                    Runtime.version(), Runtime.getRuntime().availableProcessors());
            time("warm-up", keys.get("smallest"), "users?q=zz"); // the first list starts what reads lists
            medians.clear();
            for (Map.Entry<String, String> key : keys.entrySet()) {
                measure(key.getKey(), key.getValue());
            }
            medians.sort(Comparator.naturalOrder());
            System.out.printf(
                    Locale.ROOT,
                    "%d calls: median %.1f ms, worst %.1f ms; above %d ms: %d%n",
                    medians.size(),
                    medians.get(medians.size() / 2),
                    medians.get(medians.size() - 1),
                    PROMISED_MILLIS,
                    medians.stream().filter(m -> m > PROMISED_MILLIS).count());
        } finally {
            server.destroy();
            server.waitFor();
        }
    }

    private void measure(String who, String key) throws Exception {
        for (String text :
                List.of("", "a", "qq", "exa", "müller", "muller77", "@d0001.test", "anna papa", "no such text")) {
            time(who, key, "users?q=" + encoded(text));
        }
        for (String filter : List.of(
                "",
                "limit=200",
                "event=issued",
                "event=mail_login",
                "event=refused",
                "event=password_checked",
                "event=mailbox_suspended",
                "event=approved",
                "admin=admin1@d0001.test",
                "admin=admin77@d0001.test",
                "admin=nobody@d0001.test",
                "admin=admin1@d0001.test&event=mailbox_suspended",
                "admin=admin77@d0001.test&event=revoked",
                "admin=admin77@d0001.test&event=redeemed",
                "until=2020-01-01T00:00:00Z",
                "user=anna.weber7@d0001.test")) {
            time(who, key, "audit?" + filter);
        }
        for (String period : List.of("day", "week", "month")) {
            time(who, key, "overview?period=" + period);
        }
    }

    private void time(String who, String key, String path) throws Exception {
        List<Double> times = new ArrayList<>();
        double first = 0;
        for (int i = 0; i <= ROUNDS; i++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/sso/v1/" + path))
                    .header("Authorization", "Bearer " + key)
                    .build();
            long begin = System.nanoTime();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            double millis = (System.nanoTime() - begin) / 1e6;
            if (answer.statusCode() != 200 && !path.startsWith("audit?user=")) {
                throw new IllegalStateException(path + ": " + answer.statusCode() + ' ' + answer.body());
            }
            if (i == 0) {
                first = millis;
            } else {
                times.add(millis);
            }
        }
        times.sort(Comparator.naturalOrder());
        medians.add(times.get(ROUNDS / 2));
        System.out.printf(
                Locale.ROOT,
                "%-13s %-55s median %6.1f ms, worst %6.1f ms, first %6.1f ms   load %s%n",
                who,
                path,
                times.get(ROUNDS / 2),
                times.get(ROUNDS - 1),
                first,
                Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Makes an administrator of that kind; returns an API key of his. */
    private String administrator(String... kind) throws Exception {
        String name = "bench-" + Math.floorMod(List.of(kind).hashCode(), 1_000_000) + "@benchmark.example";
        List<String> words = new ArrayList<>(List.of("admin", "create", name));
        words.addAll(List.of(kind));
        command(words.toArray(String[]::new));
        String[] answer = command("apikey", "create", name).strip().split("\\s+", -1);
        return answer[answer.length - 1];
    }

    private String command(String... words) throws Exception {
        Process process = start(List.of(words));
        process.getOutputStream().write((PASSWORD + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("failed: " + List.of(words) + ' ' + answer);
        }
        return answer;
    }

    private Process start(List<String> words) throws IOException {
        List<String> all = new ArrayList<>(program);
        all.addAll(words);
        return new ProcessBuilder(all)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private void run(ProcessBuilder builder) throws Exception {
        if (builder.inheritIO().start().waitFor() != 0) {
            throw new IOException("failed: " + builder.command().get(0));
        }
    }

    private static String ready(Process server) throws IOException {
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                return ready.group(1);
            }
        }
        throw new IOException("the program ended");
    }
}
