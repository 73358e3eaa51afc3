package org.postern.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What others may depend on: no is temporary, yes is for ever. */
class PublicTypesTest {
    @Test
    void publicTypes_areTheApprovedOnes() throws Exception {
        Path classes = Path.of(SqlBackendProvider.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<String> types = new ArrayList<>();
        try (var files = Files.list(classes.resolve("org").resolve("postern").resolve("store"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replaceAll("\\.class$", "");
                Class<?> type = Class.forName("org.postern.store." + name);
                Class<?> outermost = type;
                while (outermost.getEnclosingClass() != null) {
                    outermost = outermost.getEnclosingClass();
                }
                if (Modifier.isPublic(type.getModifiers()) && Modifier.isPublic(outermost.getModifiers())) {
                    types.add(name);
                }
            }
        }
        assertThat(types).containsExactlyInAnyOrder("KeyFile", "SqlBackendProvider");
    }
}
