package org.postern.core.service;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.postern.core.Administrator;
import org.postern.core.DomainName;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Role;
import org.postern.core.SessionType;
import org.postern.core.spi.MailDirectory;

/** Who may do what to whom: every rule of the contract's section 2, and the only place for them. Thread-safe. */
public final class Authority {
    /** What an administrator may do with a mailbox. */
    public sealed interface Verdict {
        /** He may. */
        record Allowed(Mailbox mailbox) implements Verdict {}

        /** He may not, whether or not the mailbox is there. */
        record Denied(String why) implements Verdict {}

        /** The domain is his, but there is no such mailbox, or it is suspended, or the text is no address. */
        record NoSuchMailbox(String why) implements Verdict {}

        /** What the administrator gets: what {@code action} makes of the mailbox, if he may. */
        default <T> Answer<T> answer(Function<Mailbox, T> action) {
            if (this instanceof Allowed allowed) {
                return new Answer.Given<>(action.apply(allowed.mailbox()));
            }
            return this instanceof Denied ? new Answer.Denied<>() : new Answer.Missing<>();
        }
    }

    private final MailDirectory directory;

    public Authority(MailDirectory directory) {
        this.directory = directory;
    }

    /** Whether a domain, as a whole, is under this administrator's control. */
    public boolean controls(Administrator administrator, DomainName domain) {
        return administrator.role() == Role.COMPANY
                ? directory
                        .companyOf(domain)
                        .filter(administrator.company()::equals)
                        .isPresent()
                : administrator.domains().contains(domain);
    }

    /** May this administrator look at this mailbox: its status, tokens, sessions and rows of the audit trail? */
    public Verdict mayLookAt(Administrator administrator, String user) {
        Optional<MailboxAddress> address = MailboxAddress.parse(user);
        Optional<DomainName> domain = address.map(MailboxAddress::domain)
                .or(() -> DomainName.parse(user.substring(user.lastIndexOf('@') + 1)));
        if (user.indexOf('@') >= 0
                && domain.filter(d -> !controls(administrator, d)).isPresent()) {
            return new Verdict.Denied("foreign domain");
        }
        if (address.isEmpty()) {
            return new Verdict.NoSuchMailbox("no address");
        }
        return directory
                .mailbox(address.get())
                .map(mailbox -> underItsOwn(address.get(), mailbox))
                .orElseGet(() -> new Verdict.NoSuchMailbox("unknown mailbox"));
    }

    /** A mailbox is named by one address alone: under another, tokens, sessions and rows of the trail would be others'. */
    private static Verdict underItsOwn(MailboxAddress address, Mailbox mailbox) {
        return mailbox.address().equals(address)
                ? new Verdict.Allowed(mailbox)
                : new Verdict.NoSuchMailbox("alias of another mailbox");
    }

    /** May this administrator act on this mailbox as one whose tokens and password he commands? Never upward. */
    public Verdict mayActOn(Administrator administrator, String user) {
        Verdict verdict = mayLookAt(administrator, user);
        if (!(verdict instanceof Verdict.Allowed allowed)) {
            return verdict;
        }
        return isHigher(allowed.mailbox(), administrator) ? new Verdict.Denied("never upward") : allowed;
    }

    /**
     * May this administrator change this mailbox: its password, its locale, whether it is suspended? An administrator's
     * mailbox is changed only by one who has all of that administrator's powers, and could not get more by it.
     */
    Verdict mayChange(Administrator administrator, String user) {
        Verdict verdict = mayActOn(administrator, user);
        if (!(verdict instanceof Verdict.Allowed allowed)) {
            return verdict;
        }
        if (administrator.role() == Role.MAIL) {
            return new Verdict.Denied("role");
        }
        Optional<Administrator> target =
                directory.administrator(allowed.mailbox().address());
        return target.isEmpty() || hasPowersOf(administrator, target.get())
                ? allowed
                : new Verdict.Denied("another's powers");
    }

    private boolean hasPowersOf(Administrator administrator, Administrator other) {
        return other.company().equals(administrator.company())
                && other.domains().stream().allMatch(d -> controls(administrator, d));
    }

    /** May this administrator end tokens and sessions of this mailbox, which may be gone by now? */
    boolean mayEnd(Administrator administrator, MailboxAddress address) {
        return controls(administrator, address.domain())
                && directory
                        .mailbox(address)
                        .filter(m -> isHigher(m, administrator))
                        .isEmpty();
    }

    private static boolean isHigher(Mailbox mailbox, Administrator administrator) {
        return mailbox.role().filter(r -> r.compareTo(administrator.role()) > 0).isPresent();
    }

    /**
     * May this administrator issue a token of this type for this mailbox?
     *
     * @param type empty where the text that was given is none of the five: then all but the type is judged
     */
    public Verdict mayIssue(Administrator issuer, String user, Optional<SessionType> type) {
        Verdict verdict = mayActOn(issuer, user);
        if (!(verdict instanceof Verdict.Allowed allowed)) {
            return verdict;
        }
        Mailbox mailbox = allowed.mailbox();
        if (type.filter(t -> t.admin() && !mayGiveAdmin(issuer, t, mailbox)).isPresent()) {
            return new Verdict.Denied("session type");
        }
        return mailbox.suspended() ? new Verdict.NoSuchMailbox("suspended") : allowed;
    }

    /** The types that this administrator may issue for this mailbox; none for one that is suspended, or is not his. */
    List<SessionType> issuable(Administrator issuer, String user) {
        return mayIssue(issuer, user, Optional.empty()) instanceof Verdict.Allowed allowed
                ? Stream.of(SessionType.values())
                        .filter(t -> !t.admin() || mayGiveAdmin(issuer, t, allowed.mailbox()))
                        .toList()
                : List.of();
    }

    /** An administrator's powers are given only by one who has them all. */
    private boolean mayGiveAdmin(Administrator issuer, SessionType type, Mailbox mailbox) {
        Role least = type.opensMailbox() ? Role.DOMAIN : Role.COMPANY;
        Optional<Administrator> target = directory.administrator(mailbox.address());
        return issuer.role().compareTo(least) >= 0
                && target.filter(t -> hasPowersOf(issuer, t)).isPresent();
    }

    /** Whether an administrator is a mailbox too, and that is suspended: then he has no power. */
    boolean isSuspended(MailboxAddress administrator) {
        return directory.mailbox(administrator).filter(Mailbox::suspended).isPresent();
    }

    /** Whether there is such a mailbox, and it is not suspended. */
    boolean isActive(MailboxAddress address) {
        return directory
                .mailbox(address)
                .filter(m -> m.address().equals(address) && !m.suspended())
                .isPresent();
    }

    /** Whether a token that was issued may still be redeemed: its mailbox is active and its issuer could issue it today. */
    Verdict mayStillOpen(MailboxAddress issuer, MailboxAddress mailbox, SessionType type) {
        return directory
                .administrator(issuer)
                .filter(a -> !isSuspended(issuer))
                .map(a -> mayIssue(a, mailbox.toString(), Optional.of(type)))
                .orElseGet(() -> new Verdict.Denied("issuer is no administrator"));
    }
}
