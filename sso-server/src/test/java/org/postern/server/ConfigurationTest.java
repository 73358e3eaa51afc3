package org.postern.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.settings.Brand;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;

/** Contract, section 12: what the demo sets by itself, and what nobody else gets by it. */
class ConfigurationTest {
    @AfterEach
    void forget() {
        System.clearProperty("sso.demo");
        System.clearProperty("sso.port");
        System.clearProperty("sso.brands");
        System.clearProperty(Launcher.SETTINGS_FILE);
        System.clearProperty("sso.mail.key");
    }

    @Test
    void demo_hasItsMailKey_unlessASettingNamesAnother() {
        System.setProperty("sso.demo", "true");
        assertThat(Configuration.read().mail().key().reveal()).isEqualTo("demo-mail-key");

        System.setProperty("sso.mail.key", "a-key-of-the-operator");
        assertThat(Configuration.read().mail().key().reveal()).isEqualTo("a-key-of-the-operator");
    }

    @Test
    void settingsFile_yieldsToOptions(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("settings"), "sso.port=21002\nsso.mail.key=from-the-file\n");
        System.setProperty(Launcher.SETTINGS_FILE, file.toString());
        assertThat(Configuration.read().http().port()).isEqualTo(21_002);

        System.setProperty("sso.port", "21005");
        Settings settings = Configuration.read();
        assertThat(settings.http().port()).isEqualTo(21_005);
        assertThat(settings.mail().key().reveal()).isEqualTo("from-the-file");
    }

    @Test
    void settingsFile_thatCannotBeRead_isNamed(@TempDir Path folder) {
        System.setProperty(Launcher.SETTINGS_FILE, folder.toString());
        assertThatThrownBy(Configuration::read)
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(folder.toString());
    }

    @Test
    void demo_hasNoBrandOfItsOwn_whereTheOperatorNamesSome() {
        System.setProperty("sso.demo", "true");
        System.setProperty("sso.port", "8099");
        Settings demo = Configuration.read();
        assertThat(demo.brands()).extracting(Brand::id).containsExactly("demo", "acme", "globex");
        assertThat(demo.brand("mail.globex.example").logoutRedirect()).contains("http://localhost:8099/");
        assertThat(demo.brand("globex.localhost").name()).isEqualTo("Globex Mail");
        assertThat(demo.brand("elsewhere.example")).isEqualTo(Brand.NEUTRAL);

        System.setProperty("sso.port", "0");
        assertThat(Configuration.read().brand("globex.localhost").logoutRedirect())
                .isEmpty();

        System.setProperty("sso.brands", "acme");
        assertThat(Configuration.read().brands()).extracting(Brand::id).containsExactly("acme");
    }

    @Test
    void withoutTheDemo_thereIsNoKeyAndNoBrand() {
        Settings settings = Configuration.read();

        assertThat(settings.mail().key().isEmpty()).isTrue();
        assertThat(settings.brands()).isEmpty();
    }
}
