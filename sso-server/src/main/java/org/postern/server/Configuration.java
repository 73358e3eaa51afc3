package org.postern.server;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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

    /** The demo's brands, where the operator has none: its own, and one for each company, by the name of the host. */
    private static final Map<String, String> BRANDS = Map.ofEntries(
            Map.entry(Setting.BRANDS.key(), "demo,acme,globex"),
            Map.entry("sso.brand.demo.hosts", "127.0.0.1,localhost"),
            Map.entry("sso.brand.demo.name", "Postern"),
            Map.entry("sso.brand.demo.color", "#1f4e8c"),
            Map.entry("sso.brand.demo.logo", "/assets/logo.svg"),
            Map.entry("sso.brand.acme.hosts", "mail.acme.example,acme.localhost"),
            Map.entry("sso.brand.acme.name", "Acme Mail"),
            Map.entry("sso.brand.acme.color", "#b3261e"),
            Map.entry("sso.brand.acme.logo", "/assets/acme.svg"),
            Map.entry("sso.brand.acme.login-text", "The mail of Acme. Do you need help? Call extension 4711."),
            Map.entry("sso.brand.globex.hosts", "mail.globex.example,globex.localhost"),
            Map.entry("sso.brand.globex.name", "Globex Mail"),
            Map.entry("sso.brand.globex.color", "#0f766e"),
            Map.entry("sso.brand.globex.logo", "/assets/globex.svg"),
            Map.entry("sso.brand.globex.login-text", "For the people of Globex only."));

    /** One of the demo's companies has its people told when somebody opens their mailboxes. */
    private static final Map<String, String> COMPANIES = Map.of(
            Setting.COMPANIES.key(),
            "globex",
            "sso.company.globex.name",
            "Globex",
            "sso.company.globex.notice",
            "true",
            Setting.NOTICE_FROM.key(),
            "postmaster@globex.example");

    private Configuration() {}

    /** @throws org.postern.core.settings.SettingsException at the first setting that is bad or unknown */
    static Settings read() {
        Config config = builder().build();
        if (!Settings.askForDemo(config)) {
            return Settings.from(config);
        }
        Map<String, String> demo = new HashMap<>(Map.of(Setting.MAIL_KEY.key(), "demo-mail-key"));
        if (config.getOptionalValue(Setting.BRANDS.key(), String.class).isEmpty()) {
            demo.putAll(BRANDS);
            // Whoever logs out of that brand sees another host: the demo's own.
            config.getOptionalValue(Setting.PORT.key(), String.class)
                    .or(() -> Optional.of(Setting.PORT.defaultValue()))
                    .filter(port -> port.matches("[1-9][0-9]*"))
                    .ifPresent(port -> demo.put("sso.brand.globex.logout-redirect", "http://localhost:" + port + "/"));
        }
        if (config.getOptionalValue(Setting.COMPANIES.key(), String.class).isEmpty()) {
            demo.putAll(COMPANIES);
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
