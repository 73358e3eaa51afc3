package org.postern.sample;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postern.core.settings.Settings;

/** Contract, section 12: what the demo sets by itself, and what nobody else gets by it. */
class ConfigurationTest {
    @AfterEach
    void forget() {
        System.clearProperty("sso.demo");
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
    void withoutTheDemo_thereIsNoKeyAndNoBrand() {
        Settings settings = Configuration.read();

        assertThat(settings.mail().key().isEmpty()).isTrue();
        assertThat(settings.brands()).isEmpty();
    }
}
