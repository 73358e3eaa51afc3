package org.postern.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures what a login costs at a real Dovecot 2.3 that asks Postern by Lua, with the files of {@code integrations/}: 10,000
 * checks, 16 at once, over Dovecot's auth protocol, so that no mailbox is opened; of a token, of a real password where no
 * token lives and where one does, and of the same without Postern. And the same checks asked of Postern directly. Uses the
 * JDK and Debian's Dovecot with its package for Lua; has to run as root:
 *
 * <pre>java benchmarks/src/main/java/org/postern/benchmark/MailServerLogins.java sample-webapp/target/sample-webapp.war
 * [settings as -Dname=value, such as those of a PostgreSQL]</pre>
 */
public final class MailServerLogins {
    private static final int CHECKS = 10_000;
    private static final int AT_ONCE = 16;
    private static final int WARM_UP = 3_000;
    private static final String KEY = "demo-mail-key";
    private static final Path INTEGRATIONS = Path.of("integrations/dovecot");

    /** One way to ask whether a password is right; of one thread. */
    private interface Asker extends AutoCloseable {
        boolean isRight(String user, String password) throws Exception;

        @Override
        void close() throws IOException;
    }

    private interface Opener {
        Asker open() throws Exception;
    }

    private MailServerLogins() {}

    public static void main(String[] args) throws Exception {
        if (args.length < 1 || !Files.isRegularFile(Path.of(args[0])) || !Files.isDirectory(INTEGRATIONS)) {
            System.err.println("usage: MailServerLogins WAR [-Dname=value ...], in the project's folder");
            System.exit(2);
        }
        Path folder = open(Files.createTempDirectory("postern-logins"));
        int port = freePort();
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
        command.addAll(Arrays.asList(args).subList(1, args.length));
        command.addAll(List.of(
                "-jar", args[0], "--demo", "--port", String.valueOf(port), "--data", folder.resolve("data") + ""));
        Process postern = start(command, folder.resolve("postern.log"));
        Process dovecot = null;
        Process alone = null;
        try {
            int asking = freePort();
            dovecot = dovecot(open(Files.createDirectory(folder.resolve("lua"))), asking, port, true);
            int without = freePort();
            alone = dovecot(open(Files.createDirectory(folder.resolve("alone"))), without, port, false);
            for (int each : List.of(port, asking, without)) {
                await(each);
            }
            String token = token(port);
            System.out.printf(
                    "Java %s, %d cores, %s; %d checks, %d at once%n",
                    Runtime.version(),
                    Runtime.getRuntime().availableProcessors(),
                    args.length > 1 ? "other settings" : "H2",
                    CHECKS,
                    AT_ONCE);
            Opener lua = () -> new AuthProtocol(asking);
            Opener plain = () -> new AuthProtocol(without);
            Opener http = () -> new Http(port);
            for (int round = 1; round <= 3; round++) {
                measure("Dovecot by Lua, a token", lua, "alice@acme.example", token, true);
                measure("Dovecot by Lua, a real password, no live token", lua, "bob@acme.example", "demo-bob", true);
                measure(
                        "Dovecot by Lua, a real password beside a token",
                        lua,
                        "alice@acme.example",
                        "demo-alice",
                        true);
                measure("Dovecot alone, a real password", plain, "bob@acme.example", "demo-bob", true);
                measure("Postern asked directly, a token", http, "alice@acme.example", token, true);
                measure("Postern asked directly, a real password", http, "bob@acme.example", "demo-bob", false);
            }
        } catch (Exception e) {
            for (String log : List.of("postern.log", "lua/dovecot.log", "alone/dovecot.log")) {
                try (Stream<String> lines = Files.lines(folder.resolve(log))) {
                    lines.skip(20).limit(10).forEach(line -> System.err.println(log + ": " + line));
                }
            }
            throw e;
        } finally {
            for (Process process :
                    Stream.of(dovecot, alone, postern).filter(p -> p != null).toList()) {
                process.destroy();
                process.waitFor();
            }
            try (Stream<Path> all = Files.walk(folder)) {
                all.sorted(Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
        }
    }

    private static void measure(String what, Opener opener, String user, String password, boolean right)
            throws Exception {
        storm(opener, user, password, Optional.empty(), WARM_UP);
        long begin = System.nanoTime();
        double[] micros = storm(opener, user, password, Optional.of(right), CHECKS);
        double seconds = (System.nanoTime() - begin) / 1e9;
        Arrays.sort(micros);
        System.out.printf(
                Locale.ROOT,
                "%-48s %6.0f a second; median %6.2f ms, 99th percentile %6.2f ms, worst %7.2f ms   load %s%n",
                what,
                CHECKS / seconds,
                micros[CHECKS / 2] / 1000,
                micros[CHECKS * 99 / 100] / 1000,
                micros[CHECKS - 1] / 1000,
                Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
    }

    /** @param right what every answer must be; empty: a cold program may be too slow for Dovecot's patience */
    private static double[] storm(Opener opener, String user, String password, Optional<Boolean> right, int checks)
            throws Exception {
        double[] micros = new double[checks];
        AtomicInteger next = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                all.add(threads.submit(() -> {
                    try (Asker asker = opener.open()) {
                        for (int n = next.getAndIncrement(); n < checks; n = next.getAndIncrement()) {
                            long begin = System.nanoTime();
                            boolean is = asker.isRight(user, password);
                            if (right.isPresent() && right.get() != is) {
                                throw new IllegalStateException("the answer was wrong");
                            }
                            micros[n] = (System.nanoTime() - begin) / 1e3;
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return micros;
    }

    /** A connection to Dovecot's auth service, as Postfix has one. */
    private static final class AuthProtocol implements Asker {
        private static final AtomicInteger CLIENTS = new AtomicInteger(1000);
        private final Socket socket;
        private final BufferedReader in;
        private int id;

        AuthProtocol(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            send("VERSION\t1\t1\nCPID\t" + CLIENTS.incrementAndGet() + "\n");
            for (String line = in.readLine(); !"DONE".equals(line); line = in.readLine()) {
                if (line == null) {
                    throw new IOException("Dovecot closed the connection");
                }
            }
        }

        private void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public boolean isRight(String user, String password) throws IOException {
            String secret = Base64.getEncoder()
                    .encodeToString(("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8));
            send("AUTH\t" + ++id + "\tPLAIN\tservice=imap\trip=127.0.0.1\tresp=" + secret + "\n");
            String answer = in.readLine();
            return answer != null && answer.startsWith("OK\t");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Postern itself, asked as the Lua script asks. */
    private static final class Http implements Asker {
        private final HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final int port;

        Http(int port) {
            this.port = port;
        }

        @Override
        public boolean isRight(String user, String password) throws Exception {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/sso/mail/check"))
                            .header("Authorization", "Bearer " + KEY)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString("user=" + encoded(user) + "&password="
                                    + encoded(password) + "&protocol=imap&client_ip=127.0.0.1"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200 && answer.statusCode() != 403) {
                throw new IOException("status " + answer.statusCode());
            }
            return answer.statusCode() == 200;
        }

        @Override
        public void close() {
            // The JDK's client has nothing to close.
        }
    }

    private static String token(int port) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port
                                        + "/tools/sso?admin=mail%40acme.example&pass=demo-mail&user=alice%40acme.example"
                                        + "&reason=benchmark&type=normal"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        Matcher token = Pattern.compile("token: \\[(.+)]").matcher(answer.body());
        if (!token.find()) {
            throw new IOException(answer.body());
        }
        return token.group(1);
    }

    private static Process dovecot(Path folder, int auth, int postern, boolean asks) throws IOException {
        Files.writeString(folder.resolve("postern.key"), KEY + "\n");
        Files.writeString(
                folder.resolve("postern.lua"),
                Files.readString(INTEGRATIONS.resolve("postern.lua"))
                        .replace("http://127.0.0.1:8080/", "http://127.0.0.1:" + postern + "/")
                        .replace("/etc/dovecot/", folder + "/"));
        Files.writeString(
                folder.resolve("postern.conf"),
                Files.readString(INTEGRATIONS.resolve("postern-lua.conf")).replace("/etc/dovecot/", folder + "/"));
        Files.writeString(
                folder.resolve("passwd"), "alice@acme.example:{PLAIN}demo-alice\nbob@acme.example:{PLAIN}demo-bob\n");
        Files.write(
                folder.resolve("dovecot.conf"),
                List.of(
                        "base_dir = " + folder + "/run",
                        "state_dir = " + folder + "/state",
                        "log_path = " + folder + "/dovecot.log",
                        "instance_name = postern-benchmark-" + auth,
                        "protocols =",
                        "listen = 127.0.0.1",
                        "ssl = no",
                        "disable_plaintext_auth = no",
                        "first_valid_uid = 500",
                        asks ? "!include " + folder + "/postern.conf" : "",
                        "passdb {",
                        "  driver = passwd-file",
                        "  args = " + folder + "/passwd",
                        "}",
                        "userdb {",
                        "  driver = static",
                        "  args = uid=65534 gid=65534 home=/nonexistent allow_all_users=yes",
                        "}",
                        "service auth {",
                        "  inet_listener {",
                        "    port = " + auth,
                        "  }",
                        "}"));
        return start(List.of("/usr/sbin/dovecot", "-F", "-c", folder + "/dovecot.conf"), folder.resolve("out"));
    }

    private static Path open(Path folder) throws IOException {
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Process start(List<String> command, Path log) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static void await(int port) throws Exception {
        long end = System.nanoTime() + 90_000_000_000L;
        while (System.nanoTime() < end) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException notYet) {
                Thread.sleep(50);
            }
        }
        throw new IOException("nothing listens at port " + port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
