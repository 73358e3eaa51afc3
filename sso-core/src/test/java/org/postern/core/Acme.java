package org.postern.core;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.Config;
import org.postern.core.memory.InMemoryBackend;
import org.postern.core.settings.Settings;
import org.postern.core.spi.Backend;
import org.postern.core.spi.DirectoryEditor;

/**
 * The two companies of the contract's section 12, for tests: passwords are {@code demo-} and the local part, the API
 * key of {@code mail@acme.example} is {@code demo-api-key}.
 */
public final class Acme {
    private Acme() {}

    public static Backend backend() {
        Backend backend = new InMemoryBackend();
        seed(backend.directory().editor().orElseThrow());
        return backend;
    }

    public static void seed(DirectoryEditor editor) {
        DomainName acme = domain("acme.example");
        editor.createCompany("Acme");
        editor.createDomain("Acme", acme);
        editor.createDomain("Acme", domain("acme-labs.example"));
        editor.createCompany("Globex");
        editor.createDomain("Globex", domain("globex.example"));
        for (String mailbox : List.of(
                "alice@acme.example",
                "postmaster@acme.example",
                "suspended@acme.example",
                "carol@acme-labs.example",
                "dave@globex.example",
                "zoe@globex.example")) {
            mailbox(editor, mailbox, Optional.empty());
        }
        mailbox(editor, "bob@acme.example", Optional.of(SessionLocale.DE));
        administrator(editor, "company@acme.example", Role.COMPANY, "Acme", Set.of());
        administrator(editor, "domain@acme.example", Role.DOMAIN, "Acme", Set.of(acme));
        administrator(editor, "mail@acme.example", Role.MAIL, "Acme", Set.of(acme));
        administrator(editor, "company@globex.example", Role.COMPANY, "Globex", Set.of());
        editor.createAdministrator(
                address("postmaster@acme.example"), Role.DOMAIN, "Acme", Set.of(acme), Optional.empty());
        editor.setSuspended(address("suspended@acme.example"), true);
        editor.addApiKey(address("mail@acme.example"), Secret.of("demo-api-key"));
    }

    private static void mailbox(DirectoryEditor editor, String address, Optional<SessionLocale> locale) {
        MailboxAddress mailbox = address(address);
        editor.createMailbox(mailbox, mailbox.local(), password(address), locale);
    }

    private static void administrator(
            DirectoryEditor editor, String address, Role role, String company, Set<DomainName> domains) {
        editor.createAdministrator(address(address), role, company, domains, Optional.of(password(address)));
    }

    public static Secret password(String address) {
        return Secret.of("demo-" + address(address).local());
    }

    public static MailboxAddress address(String text) {
        return MailboxAddress.parse(text).orElseThrow();
    }

    public static DomainName domain(String text) {
        return DomainName.parse(text).orElseThrow();
    }

    /** Settings with these properties, and nothing from the machine on which the test runs. */
    public static Settings settings(Map<String, String> properties) {
        Config config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .build();
        return Settings.from(config);
    }
}
