package org.postern.container;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
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
