package org.postern.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.TokenKeys;
import org.postern.core.UnavailableException;

class InMemoryBackendTest {
    private final MailboxAddress alice =
            MailboxAddress.parse("alice@acme.example").orElseThrow();

    @Test
    void keys_notGiven_areRandom() {
        assertThat(new InMemoryBackend().keys().digests(alice, Secret.of("x")))
                .hasSize(1)
                .isNotEqualTo(new InMemoryBackend().keys().digests(alice, Secret.of("x")));
    }

    @Test
    void keys_given_areUsedAsTheyAre() {
        TokenKeys keys = new TokenKeys(List.of(new byte[32]));
        InMemoryBackend backend = new InMemoryBackend(keys);
        backend.refreshKeys();
        assertThat(backend.keys()).isSameAs(keys);
    }

    @Test
    void ping_afterClose_isUnavailable() {
        InMemoryBackend backend = new InMemoryBackend();
        assertThatCode(backend::ping).doesNotThrowAnyException();
        backend.close();
        backend.close();
        assertThatThrownBy(backend::ping).isInstanceOf(UnavailableException.class);
    }

    @Test
    void storeAndDirectory_areAlwaysTheSame() {
        InMemoryBackend backend = new InMemoryBackend();
        assertThat(backend.tokens()).isSameAs(backend.tokens());
        assertThat(backend.directory()).isSameAs(backend.directory());
    }
}
