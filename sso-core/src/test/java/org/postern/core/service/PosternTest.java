package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.core.memory.InMemoryBackend;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;
import org.postern.core.spi.Backend;
import org.postern.core.spi.BackendProvider;

/** Whose user database counts where there are several. */
class PosternTest {
    private record Provider(boolean standsBack) implements BackendProvider {
        @Override
        public Backend open(Settings settings) {
            return new InMemoryBackend();
        }
    }

    private final BackendProvider shipped = new Provider(true);
    private final BackendProvider operators = new Provider(false);

    @Test
    void choose_theOnlyOne() {
        assertThat(Postern.choose(List.of(shipped))).isSameAs(shipped);
        assertThat(Postern.choose(List.of(operators))).isSameAs(operators);
    }

    @Test
    void choose_theOperatorsBesideTheShippedOne_whateverTheOrder() {
        assertThat(Postern.choose(List.of(shipped, operators))).isSameAs(operators);
        assertThat(Postern.choose(List.of(operators, shipped))).isSameAs(operators);
    }

    @Test
    void choose_twoOperators_isRefusedAndNamesBoth() {
        assertThatThrownBy(() -> Postern.choose(List.of(operators, shipped, operators)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("Provider, ")
                .hasMessageContaining(BackendProvider.class.getName());
    }

    @Test
    void choose_none_isRefused() {
        assertThatThrownBy(() -> Postern.choose(List.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("sso.issuer.url");
    }
}
