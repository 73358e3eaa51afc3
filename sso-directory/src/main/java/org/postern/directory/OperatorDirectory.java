package org.postern.directory;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.postern.core.Administrator;
import org.postern.core.DomainName;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Secret;
import org.postern.core.spi.DirectoryEditor;
import org.postern.core.spi.MailDirectory;

/**
 * Mailboxes of an LDAP directory or of the product's own, opened by passwords that an LDAP or IMAP server knows; all
 * else, administrators and their passwords among it, is the product's. Only addresses in domains that the product knows
 * are asked about. Thread-safe.
 */
final class OperatorDirectory implements MailDirectory, AutoCloseable {
    private final MailDirectory own;
    private final OurDomains ours;
    private final Optional<LdapMailboxes> ldap;
    private final Optional<ImapPasswords> imap;
    private final LiveSecrets live;

    /** At least one of {@code ldap} and {@code imap} is there. */
    OperatorDirectory(
            MailDirectory own,
            OurDomains ours,
            Optional<LdapMailboxes> ldap,
            Optional<ImapPasswords> imap,
            LiveSecrets live) {
        this.own = own;
        this.ours = ours;
        this.ldap = ldap;
        this.imap = imap;
        this.live = live;
    }

    @Override
    public Optional<Mailbox> mailbox(MailboxAddress address) {
        if (ldap.isEmpty()) {
            return own.mailbox(address);
        }
        return isOurs(address) ? ldap.get().find(address).map(this::withRole) : Optional.empty();
    }

    private boolean isOurs(MailboxAddress address) {
        return ours.contains(address.domain());
    }

    /** Whoever is behind an entry has each role that one of its addresses has: under all of them it is one mailbox. */
    private Mailbox withRole(LdapMailbox found) {
        Mailbox mailbox = found.mailbox();
        return new Mailbox(
                mailbox.address(),
                mailbox.name(),
                found.addresses().stream()
                        .flatMap(address -> own.administrator(address).stream())
                        .map(Administrator::role)
                        .max(Comparator.naturalOrder()),
                mailbox.suspended(),
                mailbox.locale());
    }

    @Override
    public Optional<Administrator> administrator(MailboxAddress address) {
        return own.administrator(address);
    }

    @Override
    public Optional<Administrator> administratorByApiKey(Secret apiKey) {
        return own.administratorByApiKey(apiKey);
    }

    @Override
    public Optional<String> companyOf(DomainName domain) {
        return own.companyOf(domain);
    }

    @Override
    public Set<DomainName> domainsOf(Administrator administrator) {
        return own.domainsOf(administrator);
    }

    /** An administrator's own. What is kept of a mailbox that is none is no password of anybody's any more. */
    @Override
    public boolean checkPassword(MailboxAddress account, Secret password) {
        return own.checkPassword(account, password)
                && own.administrator(account).isPresent();
    }

    @Override
    public Optional<String> passwordVersion(MailboxAddress account) {
        return own.administrator(account).flatMap(a -> own.passwordVersion(account));
    }

    /**
     * Never a secret of the product's own, although a mail server that asks the product would take it: looked at before,
     * so that no token is used by this, and after, since one may be issued meanwhile.
     */
    @Override
    public boolean opensMailbox(MailboxAddress mailbox, Secret password) {
        // An empty one would be no login but an anonymous bind, which succeeds.
        if (password.isEmpty() || !isOurs(mailbox) || live.contains(mailbox, password)) {
            return false;
        }
        boolean right = imap.isPresent()
                ? imap.get().open(mailbox, password)
                : ldap.orElseThrow().open(mailbox, password);
        return right
                && !live.contains(mailbox, password)
                && mailbox(mailbox).filter(m -> m.address().equals(mailbox)).isPresent();
    }

    /** Nobody tells when a password is changed there, so none is remembered. */
    @Override
    public Optional<String> mailboxPasswordVersion(MailboxAddress mailbox) {
        return Optional.empty();
    }

    @Override
    public boolean isAskingAbout(MailboxAddress mailbox, Secret secret) {
        return imap.filter(server -> server.isAskingAbout(mailbox, secret)).isPresent();
    }

    @Override
    public Page<Mailbox> search(Administrator administrator, String text, int limit, Optional<String> after) {
        if (ldap.isEmpty()) {
            return own.search(administrator, text, limit, after);
        }
        Page<LdapMailbox> page = ldap.get().search(domainsOf(administrator), text, limit, after);
        return new Page<>(page.items().stream().map(this::withRole).toList(), page.next());
    }

    @Override
    public Set<MailboxAddress> closedAmong(Collection<MailboxAddress> addresses) {
        if (ldap.isEmpty()) {
            return own.closedAmong(addresses);
        }
        Set<MailboxAddress> closed = new HashSet<>(addresses);
        closed.removeIf(this::isOurs);
        Set<MailboxAddress> ours = new HashSet<>(addresses);
        ours.removeAll(closed);
        closed.addAll(ldap.get().closedAmong(ours));
        return Set.copyOf(closed);
    }

    @Override
    public Optional<DirectoryEditor> editor() {
        return own.editor().map(editor -> new OperatorEditor(editor, own, ldap.isPresent()));
    }

    @Override
    public void close() {
        ldap.ifPresent(LdapMailboxes::close);
    }
}
