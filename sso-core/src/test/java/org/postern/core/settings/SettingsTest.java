package org.postern.core.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postern.core.Acme;
import org.postern.core.Approver;

/** Contract, section 10: all settings are read and checked once; a bad or unknown one is named in one line. */
class SettingsTest {
    private static Settings settings(Map<String, String> properties) {
        return Acme.settings(properties);
    }

    @Test
    void nothingSet_isTheDefault() {
        Settings settings = settings(Map.of());
        assertThat(settings.http().port()).isEqualTo(8080);
        assertThat(settings.database().data()).isEqualTo("./data");
        assertThat(settings.http().plain()).isFalse();
        assertThat(settings.http().toolsGet()).isTrue();
        assertThat(settings.session().maxLife()).isEqualTo(Duration.ofHours(8));
        assertThat(settings.mail().key().isEmpty()).isTrue();
        assertThat(settings.demo().on()).isFalse();
        assertThat(settings.brand("mail.acme.example")).isSameAs(Brand.NEUTRAL);
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void everyDefault_isAcceptedWhenGivenByHand(Setting setting) {
        if (setting.key().contains("*")) {
            String name = setting.key().replace("*", "acme");
            settings(Map.of("sso.brands", "acme", "sso.companies", "acme", name, setting.defaultValue()));
        } else {
            settings(Map.of(setting.key(), setting.defaultValue()));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "sso.enabled|maybe",
                "sso.prot|8080",
                "sso.|1",
                "sso.http.plain.|true",
                "sso.port|-1",
                "sso.address|localhost",
                "sso.address|127.0.0.1:8080",
                "sso.port|65536",
                "sso.port|eighty",
                "sso.port|99999999999999999999",
                "sso.http.trusted-proxies|10.0.0.0/33",
                "sso.http.trusted-proxies|proxy.example",
                "sso.http.trusted-proxies|::1/129",
                "sso.public-url|mail.example",
                "sso.public-url|ftp://mail.example",
                "sso.public-url|https://u:p@mail.example",
                "sso.public-url|https://mail.example/?x=1",
                "sso.login.confirm|sometimes",
                "sso.login.path|login",
                "sso.login.path|//evil.example",
                "sso.login.aliases|/a b",
                "sso.login.aliases|/../x",
                "sso.webmail.path|https://evil.example",
                "sso.webmail.path|/\\evil",
                "sso.session.max-life|8h",
                "sso.session.max-life|PT0S",
                "sso.session.max-life|P32D",
                "sso.session.max-life|PT99999999999999999999H",
                "sso.session.poll|PT5S",
                "sso.issuer.url|https://sso.example",
                "sso.node.key|short",
                "sso.mail.key|short",
                "sso.mail.nginx.password|0123456789abcde",
                "sso.mail.nginx.password|0123456789+abcdefgh",
                "sso.mail.nginx.password|0123456789abcdef\"x",
                "sso.mail.nginx.password|0123456789abcdefü",
                "sso.mail.nginx.password|0123456789abcdef ghi",
                "sso.mail.nginx.password|0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
                "sso.database.url|jdbc:mysql://localhost/x",
                "sso.database.pool|0",
                "sso.database.timeout|PT0.1S",
                "sso.keys|not base64!",
                "sso.keys|c2hvcnQ=",
                "sso.keep.tokens|P0D",
                "sso.imap.url|http://mail.example",
                "sso.smtp.url|smtp:mail.example",
                "sso.notice.from|no address",
                "sso.notice.smtp-url|http://mail.example",
                "sso.companies|A B",
                "sso.companies|Acme",
                "sso.company.a.notice|yes",
                "sso.company.a.read-only|TRUE",
                "sso.company.a.colour|red",
                "sso.company.a|true",
                "sso.company.globex.notice|true",
                "sso.company.*.notice|true",
                "sso.brands|A B",
                "sso.brand.acme.color|#12345g",
                "sso.brand.acme.logo|//evil.example/x.png",
                "sso.brand.acme.logout-redirect|javascript:alert(1)",
                "sso.brand.acme.shape|round",
                "sso.brand.globex.color|#123456",
                "sso.brand.acme.x.color|#123456",
                "sso.brand.*.color|#123456",
            })
    void badOrUnknown_isNamed(String name, String value) {
        Map<String, String> properties = new java.util.HashMap<>(Map.of("sso.brands", "acme", "sso.companies", "a"));
        properties.put(name, value);
        assertThatThrownBy(() -> settings(properties))
                .isInstanceOf(SettingsException.class)
                .hasMessageMatching("[^\\r\\n]+")
                .satisfies(e ->
                        assertThat(e.getMessage()).contains(name.equals("sso.issuer.url") ? "sso.node.key" : name));
    }

    /** Whoever forgets to set one there sets the same here. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sso.mail.key            | nginx/postern-mail.conf                    | X-Auth-Key (.+);",
                "sso.mail.key            | dovecot/postern-oauth2.conf.ext            | client_secret = (.+)",
                "sso.mail.nginx.password | nginx/dovecot-behind.conf                  | password=(\\S+)",
                "sso.mail.doveadm.key    | dovecot/postern-kick.conf                  | doveadm_api_key = (.+)",
                "sso.mail.doveadm.key    | dovecot-2.4/postern-kick.conf              | doveadm_api_key = (.+)"
            })
    void sampleOfTheFilesToCopy_isRefused(String name, String file, String line) throws IOException {
        Matcher sample = Pattern.compile(line).matcher(Files.readString(Path.of("..", "integrations", file)));
        assertThat(sample.find()).isTrue();
        for (String value : List.of(sample.group(1), sample.group(1).toUpperCase(Locale.ROOT))) {
            assertThatThrownBy(() -> settings(Map.of(name, value)))
                    .isInstanceOf(SettingsException.class)
                    .hasMessage(
                            name + ": is the sample of the files to copy, which everybody knows: make one of your own");
        }
    }

    @Test
    void environmentVariable_setsAndMisspeltOneIsNamed() {
        assertThat(environment(Map.of("SSO_HTTP_PLAIN", "true", "SSO_SESSION_MAX_LIFE", "PT1H", "PATH", "/bin"))
                        .session()
                        .maxLife())
                .isEqualTo(Duration.ofHours(1));
        assertThatThrownBy(() -> environment(Map.of("SSO_HTTP_PLAINN", "true")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("sso.http.plainn");
        Map<String, String> brand = Map.of("SSO_BRANDS", "acme", "SSO_BRAND_ACME_LOGIN_TEXT", "Hello");
        assertThat(environment(brand).brands()).extracting(Brand::loginText).containsExactly("Hello");
        assertThatThrownBy(() -> environment(Map.of("SSO_BRANDS", "globex", "SSO_BRAND_ACME_LOGIN_TEXT", "Hello")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("sso.brand.acme.login.text");
    }

    private static Settings environment(Map<String, String> variables) {
        return Settings.from(new SmallRyeConfigBuilder()
                .withSources(new io.smallrye.config.EnvConfigSource(variables, 300))
                .build());
    }

    @Test
    void secrets_areInNoTextOfTheSettings() {
        Settings settings = settings(Map.of(
                "sso.mail.key", "very-secret-mail",
                "sso.node.key", "very-secret-node-key",
                "sso.database.password", "very-secret-database",
                "sso.notice.password", "very-secret-notice",
                "sso.issuer.url", "https://sso.example/",
                "sso.keys", "dmVyeS1zZWNyZXQtdmVyeS1zZWNyZXQtdmVyeS1zZWNyZXQ="));
        assertThat(settings.toString()).doesNotContain("very-secret").doesNotContain("dmVyeS");
        assertThat(settings.node().issuerUrl()).contains(URI.create("https://sso.example"));
    }

    @Test
    void company_isKnownByItsExactNameInTheDirectory() {
        Settings settings = settings(Map.of(
                "sso.companies", "acme, globex",
                "sso.company.acme.name", "Acme & Sons",
                "sso.company.acme.notice", "true",
                "sso.company.globex.read-only", "true",
                "sso.notice.from", "Postern@Acme.example"));
        assertThat(settings.company("Acme & Sons"))
                .isEqualTo(new Company("acme", "Acme & Sons", true, false, Approver.NONE, Optional.empty(), ""));
        assertThat(settings.company("globex"))
                .isEqualTo(new Company("globex", "globex", false, true, Approver.NONE, Optional.empty(), ""));
        for (String unknown : java.util.List.of("acme", "Globex", "ACME & SONS", "")) {
            assertThat(settings.company(unknown)).isSameAs(Company.PLAIN);
        }
        assertThat(settings.listeningOn(1).companies()).isEqualTo(settings.companies());
        assertThat(settings.listeningOn(1).notice()).isEqualTo(settings.notice());
        assertThat(settings(Map.of()).companies()).isEmpty();
        assertThat(environment(Map.of("SSO_COMPANIES", "acme", "SSO_COMPANY_ACME_READ_ONLY", "true"))
                        .company("acme")
                        .readOnly())
                .isTrue();
        assertThatThrownBy(() -> environment(Map.of("SSO_COMPANIES", "acme", "SSO_COMPANY_GLOBEX_NOTICE", "true")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("no company that sso.companies names");
    }

    @Test
    void companies_withOneName_areRefused() {
        assertThatThrownBy(() -> settings(Map.of("sso.companies", "a,b", "sso.company.b.name", "a")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("sso.company.b.name");
        assertThatThrownBy(() -> settings(Map.of("sso.companies", "a,a"))).isInstanceOf(SettingsException.class);
    }

    @Test
    void notice_needsASender() {
        Map<String, String> company = Map.of("sso.companies", "a", "sso.company.a.notice", "true");
        assertThatThrownBy(() -> settings(company))
                .isInstanceOf(SettingsException.class)
                .hasMessage("sso.notice.from: is needed with sso.company.a.notice=true");
        assertThat(settings(Map.of()).notice().from()).isEmpty();
        assertThat(settings(Map.of()).notice().smtp()).isEmpty();
    }

    @Test
    void notice_goesToItsOwnServer_elseToTheWebmails() {
        Settings.Notice own = settings(Map.of(
                        "sso.notice.from", "postern@acme.example",
                        "sso.notice.smtp-url", "smtps://relay.example:465",
                        "sso.notice.user", "postern",
                        "sso.notice.password", "secret",
                        "sso.smtp.url", "smtp://mail.example:587"))
                .notice();
        assertThat(own.from()).contains(Acme.address("postern@acme.example"));
        assertThat(own.smtp()).contains(URI.create("smtps://relay.example:465"));
        assertThat(own.user()).isEqualTo("postern");
        assertThat(own.password().reveal()).isEqualTo("secret");
        assertThat(settings(Map.of("sso.smtp.url", "smtp://mail.example:587"))
                        .notice()
                        .smtp())
                .contains(URI.create("smtp://mail.example:587"));
    }

    @Test
    void brand_isChosenByItsConfiguredHostAlone() {
        Settings settings = settings(Map.of(
                "sso.brands", "acme,globex",
                "sso.brand.acme.hosts", "mail.acme.example, Mail.Acme-Labs.example",
                "sso.brand.acme.name", "Acme Mail",
                "sso.brand.acme.color", "#a02030",
                "sso.brand.globex.hosts", "mail.globex.example"));
        assertThat(settings.brand("MAIL.acme.example").name()).isEqualTo("Acme Mail");
        assertThat(settings.brand("mail.acme-labs.example").id()).isEqualTo("acme");
        assertThat(settings.brand("mail.globex.example").name()).isEqualTo("globex");
        assertThat(settings.brand("xmail.acme.example")).isSameAs(Brand.NEUTRAL);
        assertThat(settings.brand("evil.example")).isSameAs(Brand.NEUTRAL);
    }

    @Test
    void brands_withOneHost_areRefused() {
        assertThatThrownBy(() -> settings(Map.of(
                        "sso.brands",
                        "a,b",
                        "sso.brand.a.hosts",
                        "mail.x.example",
                        "sso.brand.b.hosts",
                        "mail.x.example")))
                .hasMessageContaining("sso.brand.b.hosts");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,10.255.0.1,true",
        "10.0.0.0/8,11.0.0.1,false",
        "192.0.2.1,192.0.2.1,true",
        "192.0.2.1,192.0.2.2,false",
        "2001:db8::/32,2001:db8:ffff::1,true",
        "2001:db8::/32,2001:db9::1,false",
        "0.0.0.0/0,203.0.113.9,true",
        "0.0.0.0/0,::1,false",
        "127.0.0.1,localhost,false",
        "192.0.2.0/31,192.0.2.1,true",
        "192.0.2.0/31,192.0.2.2,false"
    })
    void addressList_holdsBlocksToTheBit(String entry, String address, boolean contained) {
        assertThat(new AddressList(java.util.List.of(entry)).contains(address)).isEqualTo(contained);
    }
}
