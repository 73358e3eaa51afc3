package org.postern.sample;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.postern.core.settings.Setting;
import org.postern.core.settings.Settings;

/**
 * Where settings come from: options and system properties, the environment, the file that {@code --settings} names, and
 * {@code META-INF/microprofile-config.properties}; for the demo, at last, its own.
 */
final class Configuration {
    private static final int AFTER_ALL_OTHERS = 1;

    private static final Map<String, String> DEMO = Map.of(
            Setting.MAIL_KEY.key(),
            "demo-mail-key",
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
        return Settings.from(
                Settings.askForDemo(config)
                        ? builder()
                                .withSources(new PropertiesConfigSource(DEMO, "demo", AFTER_ALL_OTHERS))
                                .build()
                        : config);
    }

    private static SmallRyeConfigBuilder builder() {
        return new SmallRyeConfigBuilder()
                .forClassLoader(Configuration.class.getClassLoader())
                .addDefaultInterceptors()
                .addDefaultSources()
                .addDiscoveredSources();
    }
}
