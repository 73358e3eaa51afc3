package org.postern.server;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postern.core.service.Postern;
import org.postern.core.settings.Setting;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;
import org.postern.server.demo.DemoAccounts;
import org.postern.server.demo.DemoMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs behind the pages: Postern over its database and, where the setting asks for it, the demo. Thread-safe. */
public final class IssuingService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IssuingService.class);

    private final Postern postern;
    private final @Nullable DemoMail demoMail;

    private IssuingService(Postern postern, @Nullable DemoMail demoMail) {
        this.postern = postern;
        this.demoMail = demoMail;
    }

    /**
     * For a servlet container: over the settings that are found there.
     *
     * @throws SettingsException at the first setting that is bad or unknown
     * @throws org.postern.core.UnavailableException where the database cannot be used
     */
    public static IssuingService open() {
        return open(Configuration.read());
    }

    /**
     * Over settings that somebody has read.
     *
     * @throws SettingsException where they do not fit an issuing service, or what lies in its database
     * @throws org.postern.core.UnavailableException where the database cannot be used
     */
    public static IssuingService open(Settings settings) {
        if (settings.node().issuerUrl().isPresent()) {
            throw new SettingsException(
                    Setting.ISSUER_URL.key(), "this webmail is the issuing service, it cannot ask another one");
        }
        Postern postern = Postern.open(settings);
        try {
            DemoMail mail = demo(postern);
            warnOfUnknownCompanies(postern);
            return new IssuingService(postern, mail);
        } catch (RuntimeException refused) {
            postern.close();
            throw refused;
        }
    }

    /** Companies may be made later, but a misspelt name leaves a company without the consent that it wants. */
    private static void warnOfUnknownCompanies(Postern postern) {
        postern.backend()
                .directory()
                .editor()
                .ifPresent(editor -> postern.settings().companies().stream()
                        .filter(company -> !editor.hasCompany(company.name()))
                        .forEach(company -> LOG.warn(
                                "{}: there is no company {} in the directory, so what is set for it does nothing",
                                Setting.COMPANY_NAME.key().replace("*", company.id()),
                                company.name())));
    }

    private static @Nullable DemoMail demo(Postern postern) {
        DemoAccounts accounts = new DemoAccounts(postern.backend().directory());
        if (postern.settings().demo().on()) {
            if (accounts.wouldJoinOthers()) {
                throw new SettingsException(
                        Setting.DEMO.key(),
                        "there are companies here, whose mailboxes the demo's passwords must not open: take another data"
                                + " folder or database");
            }
            Ahead<DemoMail> mail = Ahead.of("demo-mail-start", () -> DemoMail.start(postern));
            accounts.seed();
            return mail.get();
        }
        if (accounts.areThere()) {
            throw new SettingsException(
                    Setting.DEMO.key(),
                    "the demo was here, and everybody knows its passwords: take another data folder or database");
        }
        return null;
    }

    public Postern postern() {
        return postern;
    }

    /** The IMAP server that holds the mailboxes: the one that the setting names, or the demo's. */
    public Optional<URI> imap() {
        return postern.settings().mail().imap().or(() -> demoMail().map(DemoMail::imap));
    }

    /** The server that sends mail: the one that the setting names, or the demo's. */
    public Optional<URI> smtp() {
        return postern.settings().mail().smtp().or(() -> demoMail().map(DemoMail::smtp));
    }

    /** What a diagnosis tries: what the settings name, or the demo's servers. */
    public Settings.Diagnose diagnose() {
        Settings.Diagnose set = postern.settings().diagnose();
        return new Settings.Diagnose(
                set.imap().or(this::imap),
                set.pop3().or(() -> demoMail().map(DemoMail::pop3)),
                set.smtp().or(this::smtp),
                set.webmail(),
                set.limit());
    }

    /** The demo's mail server; empty without the demo. */
    Optional<DemoMail> demoMail() {
        return Optional.ofNullable(demoMail);
    }

    @Override
    public void close() {
        if (demoMail != null) {
            demoMail.stop();
        }
        postern.close();
    }
}
