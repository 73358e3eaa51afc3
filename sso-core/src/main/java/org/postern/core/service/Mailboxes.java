package org.postern.core.service;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.ChosenToken;
import org.postern.core.Client;
import org.postern.core.Ending;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.spi.DirectoryEditor;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.MailboxField;
import org.postern.core.spi.TokenStore;

/**
 * Looks mailboxes up, checks and changes their passwords, suspends them (contract, sections 2, 3 and 6). Thread-safe;
 * throws {@link org.postern.core.UnavailableException} on a fault.
 */
public final class Mailboxes {
    /** What came of a password check. */
    public sealed interface PasswordCheck {
        record Checked(boolean valid) implements PasswordCheck {}

        /** He may not. */
        record Denied() implements PasswordCheck {}

        /** There is no such mailbox in his domains. */
        record Missing() implements PasswordCheck {}

        /** Too many wrong attempts; the password was not looked at. */
        record Throttled(Duration retryAfter) implements PasswordCheck {}
    }

    /** What came of a password change. */
    public sealed interface PasswordChange {
        record Changed() implements PasswordChange {}

        /** The old password was wrong. */
        record WrongPassword() implements PasswordChange {}

        /** The new password is not good enough: what is wrong with it, in English. */
        record BadPassword(String message) implements PasswordChange {}

        /** This directory's passwords are changed elsewhere. */
        record ReadOnly() implements PasswordChange {}

        /** Too many wrong attempts; nothing was looked at. */
        record Throttled(Duration retryAfter) implements PasswordChange {}
    }

    /** What came of a change that an administrator makes. */
    public sealed interface Change {
        /** It is as he wanted it. */
        record Changed() implements Change {}

        /** He may not, or not with his own mailbox, or not in this session. */
        record Denied() implements Change {}

        /** There is no such mailbox in his domains. */
        record Missing() implements Change {}

        /** The password is not good enough: what is wrong with it, in English. */
        record BadPassword(String message) implements Change {}

        /** This directory is changed elsewhere. */
        record ReadOnly() implements Change {}
    }

    /** How much of a mailbox somebody may change. */
    public enum Scope {
        NOTHING,
        /** Its language alone: it is his own. */
        LOCALE,
        ALL
    }

    private final MailDirectory directory;
    private final TokenStore store;
    private final Authority authority;
    private final Throttle throttle;
    private final AuditTrail audit;
    private final MailConnections connections;
    private final Clock clock;
    private final ChosenToken rule;

    Mailboxes(
            MailDirectory directory,
            TokenStore store,
            Authority authority,
            Throttle throttle,
            AuditTrail audit,
            MailConnections connections,
            Clock clock,
            ChosenToken rule) {
        this.directory = directory;
        this.store = store;
        this.authority = authority;
        this.throttle = throttle;
        this.audit = audit;
        this.connections = connections;
        this.clock = clock;
        this.rule = rule;
    }

    public Answer<Mailbox> look(Administrator reader, String user) {
        return authority.mayLookAt(reader, user).answer(mailbox -> mailbox);
    }

    /**
     * The mailboxes under this administrator's control whose address or name contains {@code part}.
     *
     * @throws IllegalArgumentException where {@code after} is no page's {@code next}
     */
    public Page<Mailbox> search(Administrator reader, String part, int limit, Optional<String> after) {
        return directory.search(reader, part, limit, after);
    }

    /** Does that password open this mailbox? Throttled and audited. */
    public PasswordCheck checkPassword(Administrator by, String user, Secret password, Client client) {
        Authority.Verdict verdict = authority.mayActOn(by, user);
        if (verdict instanceof Authority.Verdict.Allowed allowed) {
            return check(by, allowed.mailbox().address(), password, client);
        }
        return verdict instanceof Authority.Verdict.Denied ? new PasswordCheck.Denied() : new PasswordCheck.Missing();
    }

    private PasswordCheck check(Administrator by, MailboxAddress mailbox, Secret password, Client client) {
        Throttle.Admission admission = throttle.begin(mailbox.toString(), client);
        if (admission instanceof Throttle.Blocked blocked) {
            audit.foldHeldBack(checked(by, mailbox, client, AuditTrail.HELD_BACK));
            return new PasswordCheck.Throttled(blocked.retryAfter());
        }
        try (Throttle.Attempt counted = (Throttle.Attempt) admission) {
            boolean valid = directory.opensMailbox(mailbox, password);
            audit.fold(checked(by, mailbox, client, valid ? "valid" : "not valid"));
            if (valid) {
                counted.right();
            } else {
                counted.wrong();
            }
            return new PasswordCheck.Checked(valid);
        }
    }

    private AuditEvent checked(Administrator by, MailboxAddress mailbox, Client client, String outcome) {
        return AuditEvent.of(AuditEvent.Type.PASSWORD_CHECKED, clock.instant(), client)
                .about(mailbox)
                .by(by.address())
                .because(outcome);
    }

    /** The active mailbox that its own password opens. For a caller who counts attempts himself. */
    public Optional<Mailbox> openedBy(String user, Secret password) {
        return MailboxAddress.parse(user)
                .filter(address -> directory.opensMailbox(address, password))
                .flatMap(this::active);
    }

    private Optional<Mailbox> active(MailboxAddress address) {
        return directory.mailbox(address).filter(m -> !m.suspended());
    }

    /**
     * Changes a mailbox's password for its owner. Its live tokens are revoked and its token sessions ended, before and
     * after: whoever logs in between the two does not stay.
     */
    public PasswordChange changePassword(MailboxAddress owner, Secret old, Secret replacement, Client client) {
        Optional<DirectoryEditor> editor = editorOf(MailboxField.PASSWORD);
        if (editor.isEmpty()) {
            return new PasswordChange.ReadOnly();
        }
        Throttle.Admission admission = throttle.begin(owner.toString(), client);
        if (admission instanceof Throttle.Blocked blocked) {
            return new PasswordChange.Throttled(blocked.retryAfter());
        }
        try (Throttle.Attempt counted = (Throttle.Attempt) admission) {
            if (!directory.opensMailbox(owner, old)) {
                counted.wrong();
                audit.fold(AuditEvent.of(AuditEvent.Type.PASSWORD_CHECKED, clock.instant(), client)
                        .about(owner)
                        .because("not valid, to change it"));
                return new PasswordChange.WrongPassword();
            }
            counted.right();
        }
        Optional<String> objection = rule.objection(replacement, owner, owner);
        if (objection.isPresent()) {
            return new PasswordChange.BadPassword(objection.get());
        }
        return setPassword(editor.get(), owner, replacement, client)
                ? new PasswordChange.Changed()
                : new PasswordChange.WrongPassword();
    }

    /**
     * Sets an account's password for an operator at the command line.
     *
     * @return whether there is such an account
     * @throws IllegalArgumentException where the password is not good enough, or this directory is changed elsewhere
     */
    public boolean setPassword(MailboxAddress account, Secret password) {
        rule.objection(password, account, account).ifPresent(why -> {
            throw new IllegalArgumentException("the password " + why);
        });
        // An administrator's password is changed here in any case.
        DirectoryEditor editor = directory
                .administrator(account)
                .flatMap(a -> directory.editor())
                .or(() -> editorOf(MailboxField.PASSWORD))
                .orElseThrow(Mailboxes::elsewhere);
        return setPassword(editor, account, password, Client.OPERATOR);
    }

    private boolean setPassword(DirectoryEditor editor, MailboxAddress account, Secret password, Client client) {
        AuditEvent row = AuditEvent.of(AuditEvent.Type.PASSWORD_CHANGED, clock.instant(), client)
                .about(account);
        return setPassword(editor, account, password, row, () -> ending(client, "password changed"));
    }

    private Ending ending(Client client, String why) {
        return new Ending(clock.instant(), Optional.empty(), client, why);
    }

    private boolean setPassword(
            DirectoryEditor editor, MailboxAddress account, Secret password, AuditEvent row, Supplier<Ending> ending) {
        store.revokeAll(account, ending.get());
        boolean changed = editor.setPassword(account, password);
        if (changed) {
            audit.write(row);
            store.revokeAll(account, ending.get());
            connections.end(account);
        }
        return changed;
    }

    /**
     * Suspends a mailbox, or lets it be active again, for an operator at the command line. Suspending ends its
     * sessions; its tokens stay, and open nothing while it is suspended.
     *
     * @return whether there is such a mailbox
     * @throws IllegalArgumentException where this directory is changed elsewhere
     */
    public boolean setSuspended(MailboxAddress mailbox, boolean suspended) {
        AuditEvent row = AuditEvent.of(suspension(suspended), clock.instant(), Client.OPERATOR)
                .about(mailbox);
        DirectoryEditor editor = editorOf(MailboxField.SUSPENDED).orElseThrow(Mailboxes::elsewhere);
        return setSuspended(editor, mailbox, suspended, row, () -> ending(Client.OPERATOR, "mailbox suspended"));
    }

    private static AuditEvent.Type suspension(boolean suspended) {
        return suspended ? AuditEvent.Type.MAILBOX_SUSPENDED : AuditEvent.Type.MAILBOX_RESUMED;
    }

    private boolean setSuspended(
            DirectoryEditor editor,
            MailboxAddress mailbox,
            boolean suspended,
            AuditEvent row,
            Supplier<Ending> ending) {
        boolean changed = editor.setSuspended(mailbox, suspended);
        if (changed) {
            audit.write(row);
        }
        if (changed && suspended) {
            store.endSessions(mailbox, ending.get());
            connections.end(mailbox);
        }
        return changed;
    }

    /** Who changes this of a mailbox; empty where it is changed elsewhere. */
    private Optional<DirectoryEditor> editorOf(MailboxField field) {
        return directory.editor().filter(e -> e.mailboxFields().contains(field));
    }

    private static IllegalArgumentException elsewhere() {
        return new IllegalArgumentException("this directory is changed elsewhere");
    }

    /**
     * Sets a mailbox's password for its administrator. Its live tokens are revoked and its token sessions ended. Never
     * the administrator's own: that he changes with the old one.
     */
    public Change setPassword(Actor actor, String user, Secret password) {
        MailboxAddress by = actor.administrator().address();
        return change(actor, user, MailboxField.PASSWORD, (editor, mailbox) -> {
            Optional<String> objection = rule.objection(password, mailbox, by);
            if (objection.isPresent()) {
                return new Change.BadPassword(objection.get());
            }
            AuditEvent row = row(actor, AuditEvent.Type.PASSWORD_CHANGED, mailbox, "");
            return changed(setPassword(
                    editor, mailbox, password, row, () -> actor.ending(clock.instant(), "password changed")));
        });
    }

    /** Suspends a mailbox, which ends its sessions, or lets it be active again. Never the administrator's own. */
    public Change setSuspended(Actor actor, String user, boolean suspended) {
        return change(actor, user, MailboxField.SUSPENDED, (editor, mailbox) -> {
            AuditEvent row = row(actor, suspension(suspended), mailbox, "");
            return changed(setSuspended(
                    editor, mailbox, suspended, row, () -> actor.ending(clock.instant(), "mailbox suspended")));
        });
    }

    /** Sets the language of a mailbox, his own too; empty: whatever the browser asks for. */
    public Change setLocale(Actor actor, String user, Optional<SessionLocale> locale) {
        return change(actor, user, MailboxField.LOCALE, (editor, mailbox) -> {
            boolean changed = editor.setLocale(mailbox, locale);
            if (changed) {
                String what = locale.map(SessionLocale::code).orElse("none");
                audit.write(row(actor, AuditEvent.Type.MAILBOX_LOCALE_CHANGED, mailbox, what));
            }
            return changed(changed);
        });
    }

    /** How much of a mailbox he may change at this moment; nothing too where there is no such mailbox. */
    public Scope mayChange(Actor actor, String user) {
        boolean any = actor.mayChange()
                && directory.editor().filter(e -> !e.mailboxFields().isEmpty()).isPresent()
                && authority.mayChange(actor.administrator(), user) instanceof Authority.Verdict.Allowed;
        boolean own = MailboxAddress.parse(user).filter(actor::is).isPresent();
        return any ? (own ? Scope.LOCALE : Scope.ALL) : Scope.NOTHING;
    }

    private interface Work {
        Change on(DirectoryEditor editor, MailboxAddress mailbox);
    }

    private Change change(Actor actor, String user, MailboxField field, Work work) {
        Authority.Verdict verdict = authority.mayChange(actor.administrator(), user);
        if (!(verdict instanceof Authority.Verdict.Allowed allowed)) {
            return verdict instanceof Authority.Verdict.Denied ? new Change.Denied() : new Change.Missing();
        }
        MailboxAddress mailbox = allowed.mailbox().address();
        boolean own = field != MailboxField.LOCALE && actor.is(mailbox);
        if (own || !actor.mayChange()) {
            return new Change.Denied();
        }
        return editorOf(field).map(editor -> work.on(editor, mailbox)).orElseGet(Change.ReadOnly::new);
    }

    private static Change changed(boolean isThere) {
        return isThere ? new Change.Changed() : new Change.Missing();
    }

    private AuditEvent row(Actor actor, AuditEvent.Type type, MailboxAddress mailbox, String what) {
        return actor.did(AuditEvent.of(type, clock.instant(), actor.client()).about(mailbox), what);
    }
}
