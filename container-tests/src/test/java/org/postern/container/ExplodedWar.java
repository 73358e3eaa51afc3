package org.postern.container;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** An unpacked WAR, written piece by piece into a folder of the test. */
final class ExplodedWar {
    private final Path root;

    ExplodedWar(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(root.resolve("WEB-INF/lib"));
    }

    Path root() {
        return root;
    }

    /** Writes {@code WEB-INF/web.xml}; the text is what stands inside {@code <web-app>}. */
    ExplodedWar webXml(String content) throws IOException {
        Files.writeString(root.resolve("WEB-INF/web.xml"), descriptor("web-app", content));
        return this;
    }

    /** Adds a library that consists of a {@code web-fragment.xml} only. */
    ExplodedWar fragment(String name, String content) throws IOException {
        return library(name, Map.of("META-INF/web-fragment.xml", descriptor("web-fragment", content)));
    }

    ExplodedWar library(String name, Map<String, String> entries) throws IOException {
        try (JarOutputStream jar = jar(name)) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                jar.putNextEntry(new JarEntry(entry.getKey()));
                jar.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
                jar.closeEntry();
            }
        }
        return this;
    }

    /** Adds the library a class comes from, be it a jar or, before it is packaged, a folder of classes. */
    ExplodedWar libraryOf(Class<?> type) throws IOException {
        Path source;
        try {
            source = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        String name = type.getPackageName() + ".jar";
        if (Files.isRegularFile(source)) {
            Files.copy(source, root.resolve("WEB-INF/lib").resolve(name));
            return this;
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(source)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        try (JarOutputStream jar = jar(name)) {
            for (Path file : files) {
                jar.putNextEntry(new JarEntry(source.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, jar);
                jar.closeEntry();
            }
        }
        return this;
    }

    /** Copies those jars of the tests' class path whose names begin so. */
    ExplodedWar librariesNamed(String... beginnings) throws IOException {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String entry : path.split(File.pathSeparator, -1)) {
            Path jar = Path.of(entry);
            String name = jar.getFileName().toString();
            if (name.endsWith(".jar") && Stream.of(beginnings).anyMatch(name::startsWith)) {
                Files.copy(jar, root.resolve("WEB-INF/lib").resolve(name));
            }
        }
        return this;
    }

    /** Puts classes into {@code WEB-INF/classes}. */
    ExplodedWar classes(Class<?>... types) throws IOException {
        for (Class<?> type : types) {
            String name = type.getName().replace('.', '/') + ".class";
            try (InputStream bytes = type.getResourceAsStream('/' + name)) {
                write("WEB-INF/classes/" + name, bytes.readAllBytes());
            }
        }
        return this;
    }

    /** Takes a whole {@code web.xml}. */
    ExplodedWar descriptor(URL webXml) throws IOException {
        try (InputStream bytes = webXml.openStream()) {
            write("WEB-INF/web.xml", bytes.readAllBytes());
        }
        return this;
    }

    ExplodedWar file(String name, String text) throws IOException {
        write(name, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    private JarOutputStream jar(String name) throws IOException {
        OutputStream file = Files.newOutputStream(root.resolve("WEB-INF/lib").resolve(name));
        return new JarOutputStream(file);
    }

    private static String descriptor(String element, String content) {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <%1$s xmlns="https://jakarta.ee/xml/ns/jakartaee"
                    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                    xsi:schemaLocation="https://jakarta.ee/xml/ns/jakartaee https://jakarta.ee/xml/ns/jakartaee/%1$s_6_0.xsd"
                    version="6.0">
                %2$s
                </%1$s>
                """.formatted(element, content);
    }
}
