package org.postern.acceptance.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.postern.acceptance.MailServer;

/**
 * Debian's Roundcube under its PHP and nginx, in a folder of its own and on a free port of loopback, with the plugin of
 * {@code integrations/} in which an operator's lines are set as its page says.
 */
final class Roundcube implements AutoCloseable {
    static final String NODE_KEY = "the-node-key-of-the-test";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Path PLUGIN = Path.of("..", "integrations", "roundcube", "postern_login");
    private static final Path DEBIAN = Path.of("/usr/share/roundcube");
    private static final Path DEBIAN_SITE = Path.of("/var/lib/roundcube/public_html");
    private static final Path DEBIAN_CONFIG = Path.of("/etc/roundcube");

    private final Path folder;
    private final int port;
    private final List<Process> processes = new ArrayList<>();

    private Roundcube(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /**
     * Starts it.
     *
     * @param postern the port at which the plugin asks
     * @param logoutHosts the hosts to which a logout may lead, as PHP writes them
     * @param more lines for Roundcube's own configuration
     */
    static Roundcube start(Path folder, int port, int postern, int imap, int smtp, String logoutHosts, String... more) {
        Roundcube roundcube = new Roundcube(folder, port);
        try {
            roundcube.lay(postern, imap, smtp, logoutHosts, List.of(more));
            roundcube.run();
            return roundcube;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            roundcube.close();
            throw e;
        }
    }

    /** As Debian lays it out, apart from what is written. */
    private void lay(int postern, int imap, int smtp, String logoutHosts, List<String> more) throws IOException {
        for (String name : List.of("SQL", "program", "skins", "index.php")) {
            Files.createSymbolicLink(folder.resolve(name), DEBIAN.resolve(name));
        }
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        for (String name : List.of("jqueryui", "filesystem_attachments")) {
            Files.createSymbolicLink(
                    plugins.resolve(name), DEBIAN.resolve("plugins").resolve(name));
        }
        copy(PLUGIN, plugins.resolve("postern_login"));
        Path site = Files.createDirectory(folder.resolve("public_html"));
        Files.copy(DEBIAN_SITE.resolve("index.php"), site.resolve("index.php"));
        Files.createSymbolicLink(site.resolve("program"), DEBIAN_SITE.resolve("program"));
        Files.createSymbolicLink(site.resolve("skins"), folder.resolve("skins"));
        Files.createSymbolicLink(site.resolve("plugins"), plugins);
        Path config = Files.createDirectory(folder.resolve("config"));
        for (String name : List.of("defaults.inc.php", "mimetypes.php")) {
            Files.createSymbolicLink(config.resolve(name), DEBIAN_CONFIG.resolve(name));
        }
        Files.writeString(
                config.resolve("postern_login.inc.php"),
                MailServer.edited(
                        "roundcube/postern_login/config.inc.php.dist",
                        Map.of(
                                "http://127.0.0.1:8080", "http://127.0.0.1:" + postern,
                                "'the-node-key'", "'" + NODE_KEY + "'",
                                "logout_hosts'] = []", "logout_hosts'] = [" + logoutHosts + "]")));
        Files.writeString(
                config.resolve("config.inc.php"),
                String.join(
                        "\n",
                        "<?php",
                        "$config['db_dsnw'] = 'sqlite:///" + folder + "/own/db.sqlite?mode=0600';",
                        "$config['log_dir'] = '" + folder + "/own/logs';",
                        "$config['temp_dir'] = '" + folder + "/own/temp';",
                        "$config['imap_host'] = '127.0.0.1:" + imap + "';",
                        "$config['smtp_host'] = '127.0.0.1:" + smtp + "';",
                        "$config['smtp_user'] = '%u';",
                        "$config['smtp_pass'] = '%p';",
                        "$config['des_key'] = 'twenty-four-characters-x';",
                        "$config['log_logins'] = true;",
                        "$config['session_debug'] = true;",
                        "$config['enable_spellcheck'] = false;",
                        "$config['plugins'] = ['postern_login'];",
                        String.join("\n", more),
                        ""));
        for (String name : List.of("own", "own/logs", "own/temp", "nginx")) {
            Files.createDirectory(folder.resolve(name));
        }
        Files.writeString(
                folder.resolve("fpm.conf"),
                String.join(
                        "\n",
                        "[global]",
                        "error_log = " + folder + "/own/logs/fpm",
                        "[roundcube]",
                        "user = www-data",
                        "group = www-data",
                        "listen = " + folder + "/fpm.sock",
                        "listen.mode = 0666",
                        "pm = static",
                        "pm.max_children = 4",
                        "catch_workers_output = yes",
                        "php_admin_value[error_log] = " + folder + "/own/logs/php",
                        "php_admin_flag[log_errors] = on",
                        ""));
        Files.writeString(
                folder.resolve("nginx.conf"),
                String.join(
                        "\n",
                        "daemon off;",
                        isRoot() ? "user www-data;" : "",
                        "pid " + folder + "/pid;",
                        "error_log " + folder + "/nginx/error.log;",
                        "events {\n}",
                        "http {",
                        "  include /etc/nginx/mime.types;",
                        Files.readString(Path.of("..", "integrations", "roundcube", "postern-log.conf")),
                        "  server {",
                        "    listen 127.0.0.1:" + port + ";",
                        "    root " + site + ";",
                        "    access_log " + folder + "/nginx/access.log without_query;",
                        "    index index.php;",
                        "    location ~ \\.php$ {",
                        "      include /etc/nginx/fastcgi_params;",
                        "      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;",
                        "      fastcgi_pass unix:" + folder + "/fpm.sock;",
                        "    }",
                        "  }",
                        "}",
                        ""));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        if (isRoot()) {
            var owner = folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("www-data");
            for (String name : List.of("own", "own/logs", "own/temp")) {
                Files.setOwner(folder.resolve(name), owner);
            }
        }
    }

    private static boolean isRoot() {
        return Files.isWritable(Path.of("/"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }

    private void run() throws IOException {
        spawn("/usr/sbin/php-fpm8.2", "-F", "-y", folder + "/fpm.conf");
        spawn("/usr/sbin/nginx", "-p", folder.toString(), "-c", folder + "/nginx.conf");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end && processes.stream().allMatch(Process::isAlive)) {
            try (Socket there = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (there.isConnected() && Files.exists(folder.resolve("fpm.sock"))) {
                    return;
                }
            } catch (IOException notYet) {
                Thread.onSpinWait();
            }
        }
        throw new IllegalStateException("no Roundcube on " + port + ": " + log());
    }

    private void spawn(String... command) throws IOException {
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        folder.resolve("own/logs/out-" + processes.size()).toFile())
                .start());
    }

    String address() {
        return "http://127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /** The file in which its users, their settings and their sessions are. */
    Path database() {
        return folder.resolve("own/db.sqlite");
    }

    /** Everything that Roundcube, PHP and nginx wrote into logs. */
    String log() {
        StringBuilder text = new StringBuilder();
        for (Path logs : List.of(folder.resolve("own/logs"), folder.resolve("nginx"))) {
            try (Stream<Path> files = Files.walk(logs)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    text.append("== ").append(file.getFileName()).append('\n');
                    text.append(Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        for (Process process : processes) {
            List<ProcessHandle> all = process.descendants().toList();
            process.destroy();
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
