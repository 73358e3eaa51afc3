package org.postern.directory;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postern.core.DomainName;
import org.postern.core.MailboxAddress;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.spi.DirectoryEditor;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.MailboxField;

/**
 * Changes what is the product's own: companies, domains, administrators, and mailboxes where they are not in LDAP.
 *
 * @param inLdap whether the mailboxes are
 */
record OperatorEditor(DirectoryEditor own, MailDirectory directory, boolean inLdap) implements DirectoryEditor {
    @Override
    public Set<MailboxField> mailboxFields() {
        return inLdap ? Set.of() : Set.of(MailboxField.SUSPENDED, MailboxField.LOCALE);
    }

    @Override
    public boolean isEmpty() {
        return own.isEmpty();
    }

    @Override
    public boolean hasCompany(String name) {
        return own.hasCompany(name);
    }

    @Override
    public void createCompany(String name) {
        own.createCompany(name);
    }

    @Override
    public void createDomain(String company, DomainName domain) {
        own.createDomain(company, domain);
    }

    /** @param password only an administrator's, where the address is one; else nobody is to know it */
    @Override
    public void createMailbox(MailboxAddress address, String name, Secret password, Optional<SessionLocale> locale) {
        requireOwnMailboxes();
        own.createMailbox(address, name, password, locale);
    }

    /** @param password the administrator's own: that of his mailbox is another */
    @Override
    public void createAdministrator(
            MailboxAddress address, Role role, String company, Set<DomainName> domains, Optional<Secret> password) {
        Secret his = password.orElseThrow(
                () -> new IllegalArgumentException("an administrator needs a password of his own here"));
        own.createAdministrator(address, role, company, domains, password);
        own.setPassword(address, his);
    }

    @Override
    public List<Issuer> issuers() {
        return own.issuers();
    }

    @Override
    public boolean removeAdministrator(MailboxAddress address) {
        return own.removeAdministrator(address);
    }

    @Override
    public void addApiKey(MailboxAddress administrator, Secret apiKey) {
        own.addApiKey(administrator, apiKey);
    }

    @Override
    public int removeApiKeys(MailboxAddress administrator) {
        return own.removeApiKeys(administrator);
    }

    @Override
    public boolean setPassword(MailboxAddress account, Secret password) {
        if (directory.administrator(account).isEmpty()) {
            throw new IllegalArgumentException("the passwords of mailboxes are changed elsewhere");
        }
        return own.setPassword(account, password);
    }

    @Override
    public boolean setSuspended(MailboxAddress mailbox, boolean suspended) {
        requireOwnMailboxes();
        return own.setSuspended(mailbox, suspended);
    }

    @Override
    public boolean setLocale(MailboxAddress mailbox, Optional<SessionLocale> locale) {
        requireOwnMailboxes();
        return own.setLocale(mailbox, locale);
    }

    private void requireOwnMailboxes() {
        if (inLdap) {
            throw new IllegalArgumentException("the mailboxes are in LDAP, and are changed there");
        }
    }
}
