package org.postern.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contract, section 3: what is kept of a token is {@code HMAC-SHA-256(key, address ‖ NUL ‖ token)}, and no more. */
class TokenKeysTest {
    private static final byte[] OLDER = "the first key has 32 bytes or so".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NEWEST = "the second key has 32 bytes also".getBytes(StandardCharsets.UTF_8);
    private static final Secret VALUE = Secret.of("correct horse \u00e4");

    private static List<String> hex(TokenKeys keys, String mailbox, Secret value) {
        return keys.digests(Acme.address(mailbox), value).stream()
                .map(digest -> HexFormat.of().formatHex(digest.bytes()))
                .toList();
    }

    /** The figures are another program's: {@code printf 'alice@acme.example\0correct horse ä' | openssl dgst …}. */
    @Test
    void digests_areTheHmacOfAddressNulAndValue_newestKeyFirst() {
        assertThat(hex(new TokenKeys(List.of(NEWEST, OLDER)), "Alice@ACME.example", VALUE))
                .containsExactly(
                        "379cbc8a50bba5314186cdf010f2d59ebd1983c4cc49d1a9aad8370f2dd811de",
                        "b3725457a54f571c638e2d9e2c3b7fd6cba81d92ab5af1e83bbbf67ff4cfd1f0");
    }

    @Test
    void digests_ofAnotherMailbox_areOthers() {
        TokenKeys keys = new TokenKeys(List.of(NEWEST));
        assertThat(hex(keys, "alice@acme.example", VALUE)).isNotEqualTo(hex(keys, "bob@acme.example", VALUE));
    }

    @Test
    void replace_takesTheNewListFromThenOn() {
        TokenKeys keys = new TokenKeys(List.of(OLDER));
        keys.replace(List.of(NEWEST, OLDER));
        assertThat(hex(keys, "alice@acme.example", VALUE))
                .isEqualTo(hex(new TokenKeys(List.of(NEWEST, OLDER)), "alice@acme.example", VALUE));
    }

    @Test
    void keyThatIsShort_isRefused() {
        assertThatThrownBy(() -> new TokenKeys(List.of(new byte[31]))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TokenKeys(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
