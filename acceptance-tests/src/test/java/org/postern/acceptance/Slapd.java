package org.postern.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * OpenLDAP from Debian's package, in a folder of its own and on a free port of loopback, with people below {@code
 * ou=people,dc=acme,dc=example} and an account that may search them, but read no password.
 */
final class Slapd implements AutoCloseable {
    static final String BASE = "ou=people,dc=acme,dc=example";
    static final String ACCOUNT = "cn=postern,dc=acme,dc=example";
    static final String ACCOUNT_PASSWORD = "the-password-of-the-search";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path folder;
    final int port;
    private Process process;

    /** @param people their entries below {@link #BASE}, in LDIF */
    Slapd(Path folder, String people) {
        this.folder = folder;
        this.port = RunningPostern.freePort();
        try {
            Files.createDirectories(folder.resolve("data"));
            Files.writeString(folder.resolve("slapd.conf"), """
                    include /etc/ldap/schema/core.schema
                    include /etc/ldap/schema/cosine.schema
                    include /etc/ldap/schema/inetorgperson.schema
                    modulepath /usr/lib/ldap
                    moduleload back_mdb
                    pidfile FOLDER/pid
                    database mdb
                    suffix "dc=acme,dc=example"
                    directory FOLDER/data
                    access to attrs=userPassword by anonymous auth by * none
                    access to * by dn.exact="ACCOUNT" read by * none
                    """.replace("FOLDER", folder.toString())
                    .replace("ACCOUNT", ACCOUNT));
            Files.writeString(
                    folder.resolve("people.ldif"),
                    """
                    dn: dc=acme,dc=example
                    objectClass: domain
                    dc: acme

                    dn: ACCOUNT
                    objectClass: organizationalRole
                    objectClass: simpleSecurityObject
                    cn: postern
                    userPassword: PASSWORD

                    dn: BASE
                    objectClass: organizationalUnit
                    ou: people

                    """.replace("ACCOUNT", ACCOUNT)
                                    .replace("PASSWORD", ACCOUNT_PASSWORD)
                                    .replace("BASE", BASE)
                            + people);
            Process add = new ProcessBuilder(
                            "/usr/sbin/slapadd", "-f", folder + "/slapd.conf", "-l", folder + "/people.ldif")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("slapadd").toFile())
                    .start();
            if (add.waitFor() != 0) {
                throw new IllegalStateException(Files.readString(folder.resolve("slapadd")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        start();
    }

    /** An entry of somebody, in LDIF. */
    static String person(String uid, String name, String address, String more) {
        return "dn: uid=" + uid + "," + BASE + "\nobjectClass: inetOrgPerson\nuid: " + uid + "\ncn: " + name + "\nsn: "
                + name + "\nmail: " + address + "\nuserPassword: ldap-" + uid + "\n" + more + "\n";
    }

    void start() {
        try {
            process = new ProcessBuilder(
                            "/usr/sbin/slapd",
                            "-d",
                            "stats",
                            "-f",
                            folder + "/slapd.conf",
                            "-h",
                            "ldap://127.0.0.1:" + port + "/")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            try (Socket there = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (there.isConnected()) {
                    return;
                }
            } catch (IOException notYet) {
                Thread.onSpinWait();
            }
        }
        stop();
        throw new IllegalStateException("no slapd: " + log());
    }

    /** What it wrote: each search with its filter, each bind with its DN. */
    String log() {
        try {
            return Files.readString(folder.resolve("log"), java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> lines(String containing) {
        return log().lines().filter(line -> line.contains(containing)).toList();
    }

    /** {@code kill -STOP}: takes connections, and answers nothing. */
    void freeze() {
        signal("-STOP");
    }

    void thaw() {
        signal("-CONT");
    }

    private void signal(String signal) {
        try {
            if (new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                            .start()
                            .waitFor()
                    != 0) {
                throw new IllegalStateException("no kill " + signal);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** {@code kill -9}. */
    void stop() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
