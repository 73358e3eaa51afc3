package org.postern.core.spi;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postern.core.Administrator;
import org.postern.core.DomainName;
import org.postern.core.MailboxAddress;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;

/**
 * Changes a directory that the product may write. Each change is durable when the method returns. The methods that make
 * something throw {@link IllegalArgumentException}, with a message for the operator, where it is there already or what
 * it belongs to is not.
 */
public interface DirectoryEditor {
    /** What of a mailbox is changed here. The rest is changed elsewhere, and refused with an {@link IllegalArgumentException}. */
    default Set<MailboxField> mailboxFields() {
        return Set.of(MailboxField.values());
    }

    /**
     * Who may issue tokens, and by how many keys beside his password.
     *
     * @param apiKeys how many there are of him
     */
    record Issuer(Administrator administrator, int apiKeys) {}

    /** Whether there is no company yet: nothing of anybody's is here. */
    boolean isEmpty();

    boolean hasCompany(String name);

    void createCompany(String name);

    void createDomain(String company, DomainName domain);

    /** Where the address is an administrator already, {@code password} becomes the one password of both. */
    void createMailbox(MailboxAddress address, String name, Secret password, Optional<SessionLocale> locale);

    /**
     * Gives an address an administrator's role. Where it is a mailbox already, its password stays and {@code password}
     * may be empty; else it must be given.
     *
     * @param domains for the roles {@link Role#MAIL} and {@link Role#DOMAIN}: at least one, all of the company's; else none
     */
    void createAdministrator(
            MailboxAddress address, Role role, String company, Set<DomainName> domains, Optional<Secret> password);

    /** All administrators, by address. */
    List<Issuer> issuers();

    /** Takes the administrator's role and API keys from an address; returns whether it had one. A mailbox stays. */
    boolean removeAdministrator(MailboxAddress address);

    /** Adds an API key to an administrator. Only a digest of it is kept. */
    void addApiKey(MailboxAddress administrator, Secret apiKey);

    /** Removes all API keys of an administrator; returns how many there were. */
    int removeApiKeys(MailboxAddress administrator);

    /** Sets an account's password; returns whether there is such an account. */
    boolean setPassword(MailboxAddress account, Secret password);

    /** Returns whether there is such a mailbox. */
    boolean setSuspended(MailboxAddress mailbox, boolean suspended);

    /** Returns whether there is such a mailbox. */
    boolean setLocale(MailboxAddress mailbox, Optional<SessionLocale> locale);
}
