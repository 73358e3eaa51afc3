package org.postern.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.Acme;
import org.postern.core.Secret;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;
import org.postern.core.spi.MailDirectory;

/** What runs behind the pages, and what it does not start with. */
class IssuingServiceTest {
    @TempDir
    private Path data;

    private Settings settings(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        all.put("sso.data", data.toString());
        return Acme.settings(all);
    }

    @Test
    void imap_isTheDemosServer_unlessASettingNamesAnother() {
        try (IssuingService service = IssuingService.open(settings(Map.of("sso.demo", "true")))) {
            assertThat(service.imap()).isEqualTo(service.demoMail().map(mail -> mail.imap()));
            assertThat(service.imap()).isPresent();
        }
        try (IssuingService service = IssuingService.open(
                settings(Map.of("sso.demo", "true", "sso.imap.url", "imap://mail.firm.example:143")))) {
            assertThat(service.imap()).contains(URI.create("imap://mail.firm.example:143"));
        }
    }

    @Test
    void withoutTheDemo_whereItWas_isRefused_andTheDatabaseIsFree() {
        IssuingService.open(settings(Map.of("sso.demo", "true"))).close();

        assertThatThrownBy(() -> IssuingService.open(settings(Map.of())))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("the demo was here");
        IssuingService.open(settings(Map.of("sso.demo", "true"))).close();
    }

    /** A demo that is started with a working service's settings by mistake. */
    @Test
    void demo_whereCompaniesAre_isRefused_andLeavesNothing() {
        try (IssuingService service = IssuingService.open(settings(Map.of()))) {
            service.postern().backend().directory().editor().orElseThrow().createCompany("Acme");
        }
        assertThatThrownBy(() -> IssuingService.open(settings(Map.of("sso.demo", "true"))))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("sso.demo")
                .hasMessageContaining("there are companies here");
        try (IssuingService service = IssuingService.open(settings(Map.of()))) {
            MailDirectory directory = service.postern().backend().directory();
            assertThat(directory.administratorByApiKey(Secret.of("demo-api-key")))
                    .isEmpty();
            assertThat(directory.mailbox(Acme.address("alice@acme.example"))).isEmpty();
        }
    }

    @Test
    void withTheUrlOfAnotherOne_isRefused() {
        assertThatThrownBy(() -> IssuingService.open(settings(
                        Map.of("sso.issuer.url", "http://127.0.0.1:1", "sso.node.key", "a key of sixteen or more"))))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("cannot ask another one");
    }
}
