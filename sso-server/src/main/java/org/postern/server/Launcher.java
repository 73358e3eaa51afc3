package org.postern.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Starts a WAR by itself: {@code java -jar FILE.war} (contract, section 10). Reads the options, puts the
 * WAR's jars on one class path in this process, and calls {@link Program}. A copy of it lies at the WAR's root, so it uses
 * nothing but the JDK.
 *
 * <p>A JVM cannot load classes from jars within a jar, so they are unpacked once for each build into the folder {@code
 * program} of the data folder, which only its owner can write.
 */
public final class Launcher {
    /** Exit code of a wrong option, command or setting. */
    static final int WRONG_USE = 2;

    /** The system property that names the settings file. */
    static final String SETTINGS_FILE = "postern.settings";

    /** The system property that names the file that was started. */
    static final String FILE = "postern.file";

    private static final String PROGRAM = "org.postern.server.Program";

    private Launcher() {}

    public static void main(String[] args) {
        Options options;
        try {
            options = Options.parse(List.of(args));
        } catch (IllegalArgumentException bad) {
            System.err.println(bad.getMessage());
            System.exit(WRONG_USE);
            return;
        }
        if (options.asksForHelp()) {
            System.out.print(Options.usage(file()));
        } else if (options.asksForVersion()) {
            System.out.println("Postern " + version());
        } else {
            System.setProperty(FILE, file());
            options.settings().forEach(System::setProperty);
            run(options);
        }
    }

    /** {@link Program} ends this process itself, when the server is stopped or the command is done. */
    private static void run(Options options) {
        try {
            ClassLoader loader = classPath(options);
            Thread.currentThread().setContextClassLoader(loader);
            Class.forName(PROGRAM, true, loader)
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) options.command().toArray(new String[0]));
        } catch (IOException | UncheckedIOException e) {
            System.err.println("cannot unpack the program: " + e.getMessage());
            System.exit(1);
        } catch (InvocationTargetException e) {
            System.err.println("the program failed: " + e.getCause());
            System.exit(1);
        } catch (ReflectiveOperationException e) {
            System.err.println("this file is not complete: " + e.getMessage());
            System.exit(1);
        }
    }

    private static String version() {
        try (JarFile war = new JarFile(self().toFile())) {
            Attributes main = war.getManifest().getMainAttributes();
            return String.valueOf(main.getValue(Attributes.Name.IMPLEMENTATION_VERSION));
        } catch (IOException notAJar) {
            return "in development";
        }
    }

    private static String file() {
        return String.valueOf(self().getFileName());
    }

    /** The WAR, or the folder of classes where somebody develops. */
    private static Path self() {
        try {
            return Path.of(Launcher.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static ClassLoader classPath(Options options) throws IOException {
        Path war = self();
        ClassLoader own = Launcher.class.getClassLoader();
        return Files.isDirectory(war)
                ? own
                : new URLClassLoader("postern", new Unpacked(war).jars(options.dataFolder()), own);
    }

    /** What stands on the command line. */
    static final class Options {
        private static final String USAGE = """
                Postern: login tokens for hosted mail.

                Usage:  java -jar %1$s [options]            serve
                        java -jar %1$s <command> [options]  administer

                Options:
                  --port N          listen on this port (8080; 0: any free one)
                  --data DIR        keep everything in this folder (./data)
                  --settings FILE   read settings from this properties file
                  --demo            seed and run the demo, on 127.0.0.1 only
                  --imap-port N, --pop3-port N, --smtp-port N
                                    the demo mail server's ports (any free ones)
                  --help, --version

                Commands ("<command> --help" tells more):
                  company create NAME
                  domain create DOMAIN --company NAME
                  mailbox create | suspend | resume | password ADDRESS
                  admin list | create | remove | password ADDRESS
                  apikey create | remove ADDRESS
                  token list ADDRESS, token revoke ID
                  keys rotate
                  audit verify
                  purge

                Every option is a setting too, and there are more: see docs/settings.md.
                """;

        private static final Map<String, String> NUMBERS = Map.of(
                "--port", "sso.port",
                "--imap-port", "sso.demo.imap-port",
                "--pop3-port", "sso.demo.pop3-port",
                "--smtp-port", "sso.demo.smtp-port");
        private static final Map<String, String> TEXTS = Map.of("--data", "sso.data", "--settings", SETTINGS_FILE);

        private final Map<String, String> settings = new LinkedHashMap<>();
        private final List<String> command = new ArrayList<>();
        private boolean help;
        private boolean version;

        private Options() {}

        /** What {@code --help} prints. */
        static String usage(String file) {
            return USAGE.formatted(file);
        }

        /** @throws IllegalArgumentException at the first that is wrong; its message is one line for the operator */
        static Options parse(List<String> args) {
            Options options = new Options();
            for (int i = 0; i < args.size(); i++) {
                String arg = args.get(i);
                int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
                String name = equals < 0 ? arg : arg.substring(0, equals);
                boolean forCommand = !options.command.isEmpty() && !TEXTS.containsKey(name);
                if (forCommand || !arg.startsWith("-")) {
                    options.command.add(arg);
                } else if (NUMBERS.containsKey(name) || TEXTS.containsKey(name)) {
                    if (equals < 0 && i + 1 == args.size()) {
                        throw new IllegalArgumentException(name + ": a value is missing");
                    }
                    options.set(name, equals < 0 ? args.get(++i) : arg.substring(equals + 1));
                } else {
                    options.flag(arg);
                }
            }
            return options;
        }

        private void set(String name, String value) {
            if (NUMBERS.containsKey(name) && !isPort(value)) {
                throw new IllegalArgumentException(name + ": must be a number from 0 to 65535");
            }
            if (value.isEmpty()) {
                throw new IllegalArgumentException(name + ": a value is missing");
            }
            if (name.equals("--settings") && !Files.isReadable(Path.of(value))) {
                throw new IllegalArgumentException(name + ": there is no such file");
            }
            String setting = NUMBERS.containsKey(name) ? NUMBERS.get(name) : TEXTS.get(name);
            if (settings.put(setting, value) != null) {
                throw new IllegalArgumentException(name + ": given twice");
            }
        }

        private static boolean isPort(String value) {
            return value.matches("[0-9]{1,5}") && Integer.parseInt(value) <= 65_535;
        }

        private void flag(String arg) {
            switch (arg) {
                case "--demo" -> settings.put("sso.demo", "true");
                case "--help", "-h" -> help = true;
                case "--version" -> version = true;
                default ->
                    throw new IllegalArgumentException(
                            printable(arg) + ": there is no such option; --help lists them all");
            }
        }

        /** Whoever reads the line sees what he typed, and nothing that moves his cursor. */
        private static String printable(String arg) {
            return arg.replaceAll("\\p{C}", "?");
        }

        boolean asksForHelp() {
            return help;
        }

        boolean asksForVersion() {
            return version;
        }

        /** The settings that the options are, by name. */
        Map<String, String> settings() {
            return Collections.unmodifiableMap(settings);
        }

        /** The command and its arguments; empty to serve. */
        List<String> command() {
            return Collections.unmodifiableList(command);
        }

        /** The data folder, as MicroProfile Config would find it. */
        Path dataFolder() throws IOException {
            return Path.of(Stream.of(
                            Optional.ofNullable(settings.get("sso.data")),
                            Optional.ofNullable(System.getProperty("sso.data")),
                            Optional.ofNullable(System.getenv("SSO_DATA")),
                            inFile())
                    .flatMap(Optional::stream)
                    .map(String::strip)
                    .filter(s -> !s.isEmpty())
                    .findFirst()
                    .orElse("./data"));
        }

        private Optional<String> inFile() throws IOException {
            String file = settings.get(SETTINGS_FILE);
            if (file == null) {
                return Optional.empty();
            }
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(Path.of(file))) {
                properties.load(reader);
            }
            return Optional.ofNullable(properties.getProperty("sso.data"));
        }
    }

    /** The WAR's jars as files. */
    private static final class Unpacked {
        private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
        private static final Duration DISUSE = Duration.ofDays(7);
        private static final String CLASSES = "WEB-INF/classes/";
        private static final String CLASSES_JAR = "classes.jar";
        private static final String COMPLETE = "complete";

        private final Path war;

        Unpacked(Path war) {
            this.war = war;
        }

        URL[] jars(Path data) throws IOException {
            try (ZipFile zip = new ZipFile(war.toFile())) {
                Map<String, ZipEntry> jars = jarsIn(zip);
                Path folder = folder(data, digest(zip), zip, jars);
                List<URL> urls = new ArrayList<>();
                urls.add(url(folder.resolve(CLASSES_JAR)));
                for (String jar : jars.keySet()) {
                    urls.add(url(folder.resolve(jar)));
                }
                return urls.toArray(new URL[0]);
            }
        }

        private static URL url(Path jar) throws MalformedURLException {
            return jar.toUri().toURL();
        }

        /** By file name, each once: the server and the application share some. */
        private static Map<String, ZipEntry> jarsIn(ZipFile zip) {
            Map<String, ZipEntry> jars = new TreeMap<>();
            zip.stream()
                    .filter(e -> e.getName().matches("WEB-INF/(?:lib|server)/[^/\\\\]+\\.jar"))
                    .forEach(e ->
                            jars.putIfAbsent(e.getName().substring(e.getName().lastIndexOf('/') + 1), e));
            return jars;
        }

        /** Of the table of contents, which holds a check sum of every file. */
        private static String digest(ZipFile zip) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                zip.stream()
                        .map(e -> e.getName() + '\0' + e.getCrc() + '\0' + e.getSize() + '\n')
                        .forEach(line -> digest.update(line.getBytes(StandardCharsets.UTF_8)));
                return HexFormat.of().formatHex(digest.digest(), 0, 16);
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        private Path folder(Path data, String digest, ZipFile zip, Map<String, ZipEntry> jars) throws IOException {
            Path programs;
            try {
                programs = makeFolder(makeFolder(data).resolve("program"));
            } catch (IOException unwritable) {
                return temporary(zip, jars);
            }
            if (!isOwnersAlone(programs)) {
                throw new IOException(programs + " can be written by others; take that right away");
            }
            Path folder = programs.resolve(digest);
            if (!Files.exists(folder.resolve(COMPLETE))) {
                Path fresh = Files.createTempDirectory(programs, "unpacking-");
                unpack(zip, jars, fresh);
                moveInto(fresh, folder);
            }
            Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
            removeDisused(programs);
            return folder;
        }

        private static Path makeFolder(Path folder) throws IOException {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                if (isPosix(folder)) {
                    Files.setPosixFilePermissions(folder, OWNER_ONLY);
                }
            }
            if (!Files.isWritable(folder)) {
                throw new IOException(folder + " cannot be written");
            }
            return folder;
        }

        private static boolean isPosix(Path folder) {
            return folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        }

        private static boolean isOwnersAlone(Path folder) throws IOException {
            return !isPosix(folder)
                    || Collections.disjoint(
                            Files.getPosixFilePermissions(folder),
                            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE));
        }

        /** Where the data folder cannot be written: for this run only. */
        private static Path temporary(ZipFile zip, Map<String, ZipEntry> jars) throws IOException {
            Path folder = Files.createTempDirectory("postern-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
            unpack(zip, jars, folder);
            return folder;
        }

        private static void unpack(ZipFile zip, Map<String, ZipEntry> jars, Path folder) throws IOException {
            for (Map.Entry<String, ZipEntry> jar : jars.entrySet()) {
                try (InputStream in = zip.getInputStream(jar.getValue())) {
                    Files.copy(in, folder.resolve(jar.getKey()));
                }
            }
            try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(folder.resolve(CLASSES_JAR)))) {
                out.setMethod(ZipOutputStream.STORED);
                for (ZipEntry entry : Collections.list(zip.entries())) {
                    if (entry.getName().startsWith(CLASSES) && !entry.isDirectory()) {
                        store(out, entry.getName().substring(CLASSES.length()), read(zip, entry));
                    }
                }
            }
            Files.createFile(folder.resolve(COMPLETE));
        }

        private static byte[] read(ZipFile zip, ZipEntry entry) throws IOException {
            try (InputStream in = zip.getInputStream(entry)) {
                return in.readAllBytes();
            }
        }

        private static void store(ZipOutputStream out, String name, byte[] bytes) throws IOException {
            CRC32 crc = new CRC32();
            crc.update(bytes);
            ZipEntry entry = new ZipEntry(name);
            entry.setTime(0);
            entry.setSize(bytes.length);
            entry.setCompressedSize(bytes.length);
            entry.setCrc(crc.getValue());
            out.putNextEntry(entry);
            out.write(bytes);
            out.closeEntry();
        }

        /** Another process may have been faster: then its folder is as good. */
        private static void moveInto(Path fresh, Path folder) throws IOException {
            try {
                Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                if (!Files.exists(folder.resolve(COMPLETE))) {
                    throw e;
                }
                remove(fresh);
            }
        }

        /** What earlier versions, or a start that was cut off, left behind. */
        private static void removeDisused(Path programs) throws IOException {
            Instant since = Instant.now().minus(DISUSE);
            try (Stream<Path> folders = Files.list(programs)) {
                for (Path folder : folders.toList()) {
                    if (Files.getLastModifiedTime(folder).toInstant().isBefore(since)) {
                        remove(folder);
                    }
                }
            }
        }

        private static void remove(Path folder) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            } catch (IOException | UncheckedIOException e) {
                System.err.println("cannot remove " + folder + ": " + e.getMessage());
            }
        }
    }
}
