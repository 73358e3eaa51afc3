package org.postern.core.spi;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.postern.core.Administrator;
import org.postern.core.DomainName;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Secret;

/**
 * Who has a mailbox, who administers which domains, and whether a password is right: an operator's user database.
 *
 * <p>An account is a mailbox, an administrator, or both under one address with one password. All methods may be called
 * by many threads; each throws {@link org.postern.core.UnavailableException} when the directory cannot answer, and never
 * answers "not there" instead.
 */
public interface MailDirectory {
    /**
     * The mailbox that has this address. Where it has it as an alias only, its own address is another, and nothing is done
     * for it under this one.
     */
    Optional<Mailbox> mailbox(MailboxAddress address);

    Optional<Administrator> administrator(MailboxAddress address);

    /** The administrator to whom this API key belongs. */
    Optional<Administrator> administratorByApiKey(Secret apiKey);

    /** The company that owns a domain. */
    Optional<String> companyOf(DomainName domain);

    /** Every domain under this administrator's control: his own, or all of his company's. */
    Set<DomainName> domainsOf(Administrator administrator);

    /**
     * Whether this password opens this account. Takes the same time whether the account exists or not, and bounds its
     * own work: with no room for more it throws {@link org.postern.core.UnavailableException}.
     */
    boolean checkPassword(MailboxAddress account, Secret password);

    /**
     * An opaque text that changes whenever the account's password does, so that a verified password may be remembered
     * for a moment; empty where there is no account, or the directory cannot tell.
     */
    Optional<String> passwordVersion(MailboxAddress account);

    /**
     * Whether this password opens this mailbox. The same as {@link #checkPassword} where an account has one password;
     * another where mailboxes' passwords are the operator's own, and administrators' are the product's.
     */
    default boolean opensMailbox(MailboxAddress mailbox, Secret password) {
        return checkPassword(mailbox, password);
    }

    /** As {@link #passwordVersion}, of the password that opens the mailbox. */
    default Optional<String> mailboxPasswordVersion(MailboxAddress mailbox) {
        return passwordVersion(mailbox);
    }

    /**
     * Whether the directory is asking a mail server at this moment whether this secret opens this mailbox. That server
     * may ask back whether it is a token: it is none, and nobody's guess.
     */
    default boolean isAskingAbout(MailboxAddress mailbox, Secret secret) {
        return false;
    }

    /**
     * The mailboxes under this administrator's control whose address or name contains {@code text}, without regard to
     * case, by address. Every character of {@code text} stands for itself; the empty text is in every address.
     *
     * @param limit at least 1
     * @param after the previous page's {@link Page#next}
     * @throws IllegalArgumentException where {@code after} is no such text
     */
    Page<Mailbox> search(Administrator administrator, String text, int limit, Optional<String> after);

    /** Those among {@code addresses} that are no mailbox, or a suspended one. */
    Set<MailboxAddress> closedAmong(Collection<MailboxAddress> addresses);

    /** How the directory is changed; empty where the product may only read it. */
    Optional<DirectoryEditor> editor();
}
