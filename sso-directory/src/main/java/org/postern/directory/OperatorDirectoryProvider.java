package org.postern.directory;

import java.time.Clock;
import java.util.Optional;
import org.postern.core.settings.Settings;
import org.postern.core.spi.Backend;
import org.postern.core.spi.DirectoryProvider;
import org.postern.core.spi.MailDirectory;

/**
 * Puts the LDAP directory and the IMAP server that the settings name over a backend. Nobody is asked before somebody
 * wants to know something, so that a start needs neither. Found by {@link java.util.ServiceLoader}. Thread-safe.
 */
public final class OperatorDirectoryProvider implements DirectoryProvider {
    private final Clock clock;

    public OperatorDirectoryProvider() {
        this(Clock.systemUTC());
    }

    OperatorDirectoryProvider(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Backend over(Backend backend, Settings settings) {
        MailDirectory own = backend.directory();
        OurDomains ours = new OurDomains(own, clock);
        Optional<LdapMailboxes> ldap =
                settings.directory().ldap().map(l -> new LdapMailboxes(l, ours::containedOfLate, clock));
        Optional<ImapPasswords> imap =
                settings.directory().imap().map(server -> new ImapPasswords(server, backend.keys()));
        LiveSecrets live = new LiveSecrets(backend.tokens(), backend.keys(), clock);
        return new OperatorBackend(backend, new OperatorDirectory(own, ours, ldap, imap, live));
    }
}
