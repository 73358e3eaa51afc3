package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same file in servlet containers, with settings by system property (contract, section 10). */
class DeployedIT {
    @TempDir
    private Path folder;

    @Test
    void war_inJetty_works() throws Exception {
        journey(JettyHost.class, RunningPostern.war(), "jetty/12.", "/jetty/", "/jakarta/", "/ow2/asm/", "slf4j-api");
    }

    @Test
    void unpackedWar_inTomcat_works() throws Exception {
        journey(TomcatHost.class, unpacked(), "Apache Tomcat/10.1", "/tomcat/");
    }

    @Test
    void war_inTomcat_works() throws Exception {
        journey(TomcatHost.class, RunningPostern.war(), "Apache Tomcat/10.1", "/tomcat/");
    }

    private void journey(Class<?> host, Path war, String server, String... jars) throws Exception {
        int port = RunningPostern.freePort();
        Process process = start(host, war, port, jars);
        boolean stopped;
        try {
            awaitAnswer(process, port);
            HelpDesk desk = HelpDesk.demo(port);
            var issued = desk.issueByApi("alice@acme.example", "sso", "Ticket 7");
            assertThat(issued.getString("login_url")).startsWith("http://127.0.0.1:" + port + "/?_task=login");

            Visitor browser = new Visitor(port);
            Wire.Answer mailbox = browser.follow(Visitor.target(issued.getString("login_url")));
            assertThat(mailbox.status()).as(mailbox.whole()).isEqualTo(200);
            assertThat(mailbox.body()).contains("id=\"messages\"", "Ticket 7");
            assertThat(browser.cookies()).hasSize(1);
            Wire.Answer out = browser.get(
                    Jsoup.parse(mailbox.body()).selectFirst("#logout").attr("href"));
            assertThat(out.status()).isEqualTo(303);
            assertThat(browser.seesMailbox()).isFalse();

            assertThat(HelpDesk.tokenIn(Wire.get(port, desk.toolsTarget("bob@acme.example", "normal"))
                            .body()))
                    .matches("[0-9a-f]{32}");
            for (String target : List.of("/openapi", "/health/ready", "/metrics", "/assets/logo.svg")) {
                assertThat(Wire.get(port, target).status()).as(target).isEqualTo(200);
            }
            noneCanBeDownloaded(port);
        } finally {
            stopped = stopped(process);
        }
        assertThat(stopped).as("stopped by itself:\n" + output()).isTrue();
        assertThat(output()).contains("ready on ", server).doesNotContain("SEVERE");
    }

    /** Whether it stopped when it was asked to; where it did not, it is killed. */
    private static boolean stopped(Process process) throws InterruptedException {
        process.destroy();
        boolean stopped = process.waitFor(20, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        return stopped;
    }

    private static void noneCanBeDownloaded(int port) {
        for (String target : List.of(
                "/org/postern/server/Launcher.class",
                "/org/postern/server/Launcher$Options.class",
                "/org/",
                "/META-INF/MANIFEST.MF",
                "/META-INF/",
                "/WEB-INF/web.xml",
                "/WEB-INF/lib/",
                "/org//postern/server/Launcher.class",
                "/org/./postern/server/Launcher.class",
                "/x/../org/postern/server/Launcher.class",
                "/org/postern/server/Launcher%2eclass",
                "/%6frg/postern/server/Launcher.class",
                "/assets/../org/postern/server/Launcher.class",
                "/org;x/postern/server/Launcher.class")) {
            Wire.Answer answer = Wire.get(port, target);
            assertThat(answer.status()).as(target).isBetween(400, 499);
            assertThat(answer.body())
                    .as(target)
                    .doesNotContain("Main-Class", "<web-app", "org/postern/server/Launcher");
        }
    }

    /** A JVM with the container's own jars on its class path, and no other. */
    private Process start(Class<?> host, Path war, int port, String... jars) throws IOException {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String container = Arrays.stream(all.split(File.pathSeparator))
                .filter(jar -> Arrays.stream(jars).anyMatch(jar::contains)
                        || Files.isRegularFile(Path.of(jar, hostFile(host))))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dsso.demo=true",
                "-Dsso.port=" + port,
                "-Dsso.data=" + folder.resolve("data"),
                "-cp",
                container,
                host.getName(),
                war.toString(),
                Integer.toString(port),
                folder.resolve("host").toString()));
        Files.createDirectories(folder.resolve("host"));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().keySet().removeIf(name -> name.startsWith("SSO_") || name.contains("JAVA"));
        return builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }

    private static String hostFile(Class<?> host) {
        return host.getName().replace('.', '/') + ".class";
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output"));
    }

    private void awaitAnswer(Process process, int port) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (!output().contains("ready on ")) {
            assertThat(process.isAlive()).as("ended:\n" + output()).isTrue();
            assertThat(System.nanoTime()).as("not started:\n" + output()).isLessThan(until);
            Thread.sleep(50);
        }
        assertThat(Wire.get(port, "/health/live").status()).isEqualTo(200);
    }

    private Path unpacked() throws IOException {
        Path target = folder.resolve("unpacked");
        try (InputStream in = Files.newInputStream(RunningPostern.war());
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = target.resolve(entry.getName());
                assertThat(file.normalize()).startsWithRaw(target);
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(file.getParent());
                    Files.copy(zip, file);
                }
            }
        }
        return target;
    }
}
