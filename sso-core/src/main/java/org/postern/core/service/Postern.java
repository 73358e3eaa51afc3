package org.postern.core.service;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.postern.core.ChosenToken;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Setting;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;
import org.postern.core.spi.Backend;
import org.postern.core.spi.BackendProvider;
import org.postern.core.spi.DirectoryProvider;
import org.postern.core.spi.OwnerNotice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The product, put together over one {@link Backend}: the entry point of the library. A web application keeps its one
 * instance as an attribute of the servlet context, under this class's name. Thread-safe.
 */
public final class Postern implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Postern.class);

    private final Settings settings;
    private final Backend backend;
    private final Clock clock;
    private final Authority authority;
    private final AuditTrail audit;
    private final Activity activity = new Activity();
    private final LoginTokens tokens;
    private final Approvals approvals;
    private final TokenSessions sessions;
    private final MailLogins mailLogins;
    private final Administrators administrators;
    private final Mailboxes mailboxes;
    private final OwnerNotices notices = new OwnerNotices();
    private final MailConnections connections;
    private final Maintenance maintenance;

    /** Over a backend that is open already and that {@link #close} closes. No thread runs until {@link #start}. */
    public Postern(Settings settings, Backend backend, Clock clock) {
        this.settings = settings;
        this.backend = backend;
        this.clock = clock;
        var store = backend.tokens();
        var directory = backend.directory();
        var keys = backend.keys();
        // Whole milliseconds: what the trail says is then exactly what a client was told.
        Clock ticks = Clock.tick(clock, Duration.ofMillis(1));
        ChosenToken rule = new ChosenToken();
        Throttle throttle = new Throttle(ticks);
        authority = new Authority(directory);
        audit = new AuditTrail(store, directory, ticks);
        Companies companies = new Companies(directory, settings.companies());
        connections = new MailConnections(settings.mail().doveadm());
        tokens = new LoginTokens(
                store,
                directory,
                keys,
                authority,
                throttle,
                audit,
                activity,
                ticks,
                rule,
                companies,
                notices,
                connections,
                settings);
        approvals = new Approvals(store, directory, authority, audit, ticks);
        sessions = new TokenSessions(store, authority, connections, ticks);
        SecureRandom random = new SecureRandom();
        VerifiedPasswords passwords =
                new VerifiedPasswords(directory::passwordVersion, directory::checkPassword, ticks, random);
        VerifiedPasswords mailboxPasswords =
                new VerifiedPasswords(directory::mailboxPasswordVersion, directory::opensMailbox, ticks, random);
        mailLogins = new MailLogins(
                store,
                keys,
                authority,
                throttle,
                audit,
                activity,
                companies,
                notices,
                directory,
                mailboxPasswords,
                ticks);
        administrators = new Administrators(
                directory,
                store,
                keys,
                authority,
                throttle,
                audit,
                ticks,
                rule,
                passwords,
                settings.console().idle());
        mailboxes = new Mailboxes(directory, store, authority, throttle, audit, connections, ticks, rule);
        maintenance = new Maintenance(backend, audit, connections, settings.keep(), ticks);
    }

    /**
     * Over the backend on the class path, and the operator's own directory where the settings ask for one, with its
     * maintenance running. It is the caller's to close.
     *
     * @throws SettingsException where there is no backend on the class path, or more than one, or none for that directory
     * @throws UnavailableException where the database cannot be reached
     */
    public static Postern open(Settings settings) {
        BackendProvider provider =
                choose(ServiceLoader.load(BackendProvider.class, Postern.class.getClassLoader()).stream()
                        .map(ServiceLoader.Provider::get)
                        .toList());
        LOG.debug("the backend is {}", provider.getClass().getName());
        Backend backend = withDirectory(provider.open(settings), settings);
        Postern postern = new Postern(settings, backend, Clock.systemUTC());
        postern.start();
        return postern;
    }

    private static Backend withDirectory(Backend backend, Settings settings) {
        if (!settings.directory().isElsewhere()) {
            return backend;
        }
        try {
            return ServiceLoader.load(DirectoryProvider.class, Postern.class.getClassLoader())
                    .findFirst()
                    .orElseThrow(() -> new SettingsException(
                            Setting.DIRECTORY.key(), "sso-directory is not on the class path, which knows such ones"))
                    .over(backend, settings);
        } catch (RuntimeException refused) {
            backend.close();
            throw refused;
        }
    }

    /** The one that counts among those on the class path. */
    static BackendProvider choose(List<BackendProvider> found) {
        List<BackendProvider> first =
                found.stream().filter(p -> !p.standsBack()).toList();
        List<BackendProvider> candidates = first.isEmpty() ? found : first;
        if (candidates.isEmpty()) {
            throw new SettingsException(Setting.ISSUER_URL.key(), "is needed where no store is on the class path");
        }
        if (candidates.size() > 1) {
            throw new SettingsException(
                    "META-INF/services/" + BackendProvider.class.getName(),
                    "more than one is on the class path: "
                            + candidates.stream()
                                    .map(p -> p.getClass().getName())
                                    .sorted()
                                    .collect(Collectors.joining(", ")));
        }
        return candidates.get(0);
    }

    /** Starts the maintenance, in a thread of its own. */
    public void start() {
        maintenance.start();
    }

    /**
     * Has owners told that a token opened their mailboxes, where their companies want it ({@code sso.company.*.notice}).
     * To be called before logins come.
     */
    public void tellOwners(OwnerNotice notice) {
        notices.add(notice);
    }

    public Settings settings() {
        return settings;
    }

    public Backend backend() {
        return backend;
    }

    public Clock clock() {
        return clock;
    }

    public Authority authority() {
        return authority;
    }

    public AuditTrail audit() {
        return audit;
    }

    public Activity activity() {
        return activity;
    }

    public LoginTokens tokens() {
        return tokens;
    }

    public Approvals approvals() {
        return approvals;
    }

    public TokenSessions sessions() {
        return sessions;
    }

    public MailLogins mailLogins() {
        return mailLogins;
    }

    public Administrators administrators() {
        return administrators;
    }

    public Mailboxes mailboxes() {
        return mailboxes;
    }

    public Maintenance maintenance() {
        return maintenance;
    }

    /** Stops the maintenance, tells owners and mail servers what is still to be told, writes what the trail still counts, and closes the backend. */
    @Override
    public void close() {
        maintenance.close();
        notices.close();
        connections.close();
        try {
            audit.close();
        } catch (UnavailableException fault) {
            LOG.error("the audit trail's last counts are lost: {}", fault.getMessage());
        } finally {
            backend.close();
        }
    }
}
