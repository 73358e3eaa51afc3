package org.postern.acceptance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The WAR under {@code java -jar}, as a process of its own on a free port of the loopback address, ready to be asked.
 * {@link #close()} ends it and removes the folders that the fixture made. Processes that a test forgot die with the JVM.
 */
public final class RunningPostern implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();
    /** The stretches of neighbouring processes lie far apart. */
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 7_919 % 20_000));

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(Process::destroyForcibly)));
    }

    /** What a process that ended by itself left. */
    public record Finished(int exitCode, String out, String err) {}

    private final Launch launch;
    private final Process process;
    private final Output out;
    private final Output err;

    private RunningPostern(Launch launch, Process process) {
        this.launch = launch;
        this.process = process;
        this.out = new Output(process.getInputStream());
        this.err = new Output(process.getErrorStream());
    }

    /** The demo, in a new data folder. */
    public static Launch demo() {
        return new Launch().option("--demo");
    }

    /** The program with no account in it, in a new data folder. */
    public static Launch empty() {
        return new Launch();
    }

    /** The file that the build made. */
    public static Path war() {
        Path war = Path.of(System.getProperty("postern.war", "../sample-webapp/target/sample-webapp.war"));
        if (!Files.isRegularFile(war)) {
            throw new IllegalStateException("the WAR is not built: " + war.toAbsolutePath());
        }
        return war.toAbsolutePath().normalize();
    }

    /** How the program is to be started. Not reusable: each start takes its own. */
    public static final class Launch {
        private final List<String> jvm =
                new ArrayList<>(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        private final List<String> options = new ArrayList<>();
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final List<Path> own = new ArrayList<>();
        private boolean portByFixture = true;
        private Path data;
        private Path temporary;

        private Launch() {}

        /** Words for the command line, behind the WAR. */
        public Launch option(String... words) {
            options.addAll(List.of(words));
            return this;
        }

        /** A setting, as a system property. */
        public Launch setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        public Launch environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        public Launch jvm(String... flags) {
            jvm.addAll(List.of(flags));
            return this;
        }

        /** Replaces the flags that keep the JVM small. */
        public Launch jvmFlags(String... flags) {
            jvm.clear();
            return jvm(flags);
        }

        /** A data folder of the test's own, which outlives the process. */
        public Launch data(Path folder) {
            data = folder;
            return this;
        }

        /** This port instead of one that the system chooses. */
        public Launch port(int port) {
            return noPort().option("--port", Integer.toString(port));
        }

        /** Says nothing about ports: the test does, or wants the default. */
        public Launch noPort() {
            portByFixture = false;
            return this;
        }

        /** Starts it and waits until it says that it is ready. */
        public RunningPostern start() {
            RunningPostern running = begin();
            try {
                running.awaitReady();
                return running;
            } catch (RuntimeException | Error e) {
                running.close();
                throw e;
            }
        }

        /** Starts it and does not wait. */
        public RunningPostern begin() {
            try {
                RunningPostern running = new RunningPostern(this, builder().start());
                ALIVE.add(running.process);
                return running;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Runs it as a command, or as a start that is to fail: waits for its end. */
        public Finished run(String... stdin) {
            try (RunningPostern running = begin()) {
                for (String line : stdin) {
                    running.process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
                }
                running.process.getOutputStream().close();
                return running.awaitEnd(Duration.ofSeconds(30));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private ProcessBuilder builder() throws IOException {
            if (temporary == null) {
                temporary = folder("postern-tmp");
            }
            List<String> words = new ArrayList<>();
            words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            words.addAll(jvm);
            words.add("-Djava.io.tmpdir=" + temporary);
            settings.forEach((name, value) -> words.add("-D" + name + "=" + value));
            words.add("-jar");
            words.add(war().toString());
            words.addAll(options);
            boolean command = !options.isEmpty() && !options.get(0).startsWith("-");
            if (portByFixture && !command) {
                words.add("--port");
                words.add("0");
            }
            boolean dataElsewhere = options.stream().anyMatch(o -> o.startsWith("--data"))
                    || settings.containsKey("sso.data")
                    || environment.containsKey("SSO_DATA");
            if (!dataElsewhere) {
                if (data == null) {
                    data = folder("postern-data");
                }
                words.add("--data");
                words.add(data.toString());
            }
            ProcessBuilder builder = new ProcessBuilder(words);
            builder.directory(temporary.toFile());
            // What the machine that runs the tests has set must not decide them.
            builder.environment().keySet().removeIf(name -> name.startsWith("SSO_") || name.contains("JAVA"));
            builder.environment().putAll(environment);
            return builder;
        }

        private Path folder(String name) throws IOException {
            Path folder = Files.createTempDirectory(name);
            own.add(folder);
            return folder;
        }
    }

    private void awaitReady() {
        String last = launch.options.contains("--demo") ? "Ctrl-C ends it." : "Postern is ready at ";
        try {
            out.await(text -> text.contains(last), PATIENCE);
        } catch (TimeoutException e) {
            throw new AssertionError("the program is not ready:\n" + out.text() + err.text(), e);
        }
    }

    /** {@code http://127.0.0.1:<port>}, with no slash at its end. */
    public String address() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return Integer.parseInt(find("ready at http://[^/:]+:([0-9]+)/"));
    }

    /** The login link of the demo's start lines. */
    public String link() {
        return find("(http://\\S+_task=login\\S*)");
    }

    /** The line that the demo prints for a help desk, as it stands there. */
    public String wgetLine() {
        return find("(?m)^ *(wget .*)$");
    }

    public int imapPort() {
        return Integer.parseInt(find("IMAP ([0-9]+)"));
    }

    public int pop3Port() {
        return Integer.parseInt(find("POP3 ([0-9]+)"));
    }

    public int smtpPort() {
        return Integer.parseInt(find("SMTP ([0-9]+)"));
    }

    private String find(String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(out.text());
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in:\n" + out.text());
        }
        return matcher.group(1);
    }

    /** The standard output so far. */
    public String startLines() {
        return out.text();
    }

    /** The log so far: the standard error. */
    public String log() {
        return err.text();
    }

    /** Waits until the log has this text; fails when it does not come. */
    public void awaitLog(String text) {
        try {
            err.await(log -> log.contains(text), Duration.ofSeconds(20));
        } catch (TimeoutException e) {
            throw new AssertionError("no \"" + text + "\" in the log:\n" + log(), e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public Path data() {
        return launch.data;
    }

    /** What the process has as {@code java.io.tmpdir} and as its working folder. */
    public Path temporaryFolder() {
        return launch.temporary;
    }

    /** What each thread does at this moment, for a failure that needs to be explained. */
    public String threads() {
        try {
            Process jstack = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jstack")
                                    .toString(),
                            Long.toString(pid()))
                    .redirectErrorStream(true)
                    .start();
            return new String(jstack.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException noJdk) {
            return "no jstack: " + noJdk.getMessage();
        }
    }

    /** SIGTERM; does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** SIGTERM; waits for the end. */
    public Finished stop() {
        terminate();
        return awaitEnd(Duration.ofSeconds(30));
    }

    /** {@code kill -9}; waits until the process is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(30));
    }

    public Finished awaitEnd(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the program does not end:\n" + out.text() + err.text());
            }
            out.awaitEnd();
            err.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        ALIVE.remove(process);
        return new Finished(process.exitValue(), out.text(), err.text());
    }

    @Override
    public void close() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(30));
        launch.own.forEach(RunningPostern::remove);
    }

    /**
     * A port that nobody listens on, nobody else gets here, and the system gives to no connection: those begin at 32768.
     * Each process of the tests counts through a stretch of its own.
     */
    public static int freePort() {
        while (true) {
            int port = 12_000 + Math.floorMod(NEXT_PORT.getAndIncrement(), 20_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // The next.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a process writes, read as it comes. */
    private static final class Output {
        private interface Condition {
            boolean holds(String text);
        }

        private final StringBuilder text = new StringBuilder();
        private final Thread reader;
        private boolean ended;

        Output(InputStream in) {
            reader = new Thread(() -> read(in), "output");
            reader.setDaemon(true);
            reader.start();
        }

        private void read(InputStream in) {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    synchronized (this) {
                        text.append(line).append('\n');
                        notifyAll();
                    }
                }
            } catch (IOException gone) {
                // The process was killed.
            } finally {
                synchronized (this) {
                    ended = true;
                    notifyAll();
                }
            }
        }

        synchronized String text() {
            return text.toString();
        }

        synchronized void await(Condition condition, Duration patience) throws TimeoutException {
            long until = System.nanoTime() + patience.toNanos();
            while (!condition.holds(text.toString())) {
                long left = until - System.nanoTime();
                if (ended || left <= 0) {
                    throw new TimeoutException(ended ? "the process has ended" : "after " + patience);
                }
                try {
                    wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
            }
        }

        void awaitEnd() throws InterruptedException {
            reader.join(5_000);
        }
    }
}
