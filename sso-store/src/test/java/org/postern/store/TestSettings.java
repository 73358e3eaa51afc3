package org.postern.store;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.postern.core.settings.Settings;

/** Settings of a store, as an operator gives them. */
final class TestSettings {
    private TestSettings() {}

    /** H2 in this folder. */
    static Settings h2(Path folder, String... more) {
        return settings(Map.of("sso.data", folder.toString()), more);
    }

    /** PostgreSQL at this URL, with its key file in this folder. */
    static Settings postgres(String url, Path folder, String... more) {
        return settings(
                Map.of("sso.data", folder.toString(), "sso.database.url", url, "sso.database.user", "postgres"), more);
    }

    private static Settings settings(Map<String, String> basis, String... more) {
        Map<String, String> all = new HashMap<>(basis);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return Settings.from(new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .build());
    }
}
