package org.postern.server;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.eclipse.microprofile.config.Config;
import org.postern.core.settings.Setting;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;

/**
 * Where settings come from, the first that has one counts: options and system properties, the environment, the file
 * that {@code --settings} names, {@code META-INF/microprofile-config.properties}; for the demo, at last, its own.
 */
final class Configuration {
    private static final int AFTER_THE_ENVIRONMENT = 200;
    private static final int AFTER_ALL_OTHERS = 1;

    /** The demo's brand, where the operator has none. */
    private static final Map<String, String> BRAND = Map.of(
            Setting.BRANDS.key(),
            "demo",
            "sso.brand.demo.hosts",
            "127.0.0.1,localhost",
            "sso.brand.demo.name",
            "Postern",
            "sso.brand.demo.color",
            "#1f4e8c",
            "sso.brand.demo.logo",
            "/assets/logo.svg");

    private Configuration() {}

    /** @throws org.postern.core.settings.SettingsException at the first setting that is bad or unknown */
    static Settings read() {
        Config config = builder().build();
        if (!Settings.askForDemo(config)) {
            return Settings.from(config);
        }
        Map<String, String> demo = new HashMap<>(Map.of(Setting.MAIL_KEY.key(), "demo-mail-key"));
        if (config.getOptionalValue(Setting.BRANDS.key(), String.class).isEmpty()) {
            demo.putAll(BRAND);
        }
        return Settings.from(builder()
                .withSources(new PropertiesConfigSource(demo, "demo", AFTER_ALL_OTHERS))
                .build());
    }

    private static SmallRyeConfigBuilder builder() {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .forClassLoader(Configuration.class.getClassLoader())
                .addDefaultInterceptors()
                .addDefaultSources()
                .addDiscoveredSources();
        String file = System.getProperty(Launcher.SETTINGS_FILE);
        return file == null ? builder : builder.withSources(settings(file));
    }

    private static PropertiesConfigSource settings(String file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(file))) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new SettingsException("--settings", file + " cannot be read: " + unreadable.getMessage());
        }
        Map<String, String> settings = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return new PropertiesConfigSource(settings, file, AFTER_THE_ENVIRONMENT);
    }
}
