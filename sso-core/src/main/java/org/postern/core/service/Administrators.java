package org.postern.core.service;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.postern.core.AdminSession;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.ChosenToken;
import org.postern.core.Client;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.TokenKeys;
import org.postern.core.UnavailableException;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.TokenStore;

/**
 * Says who an administrator is: by his password, an API key, or a session that he started. Wrong ones are throttled and
 * audited alike. Thread-safe; throws {@link UnavailableException} on a fault.
 */
public final class Administrators {
    /** What came of showing credentials. */
    public sealed interface Login {
        record Accepted(Administrator administrator) implements Login {}

        /**
         * Wrong, or right and no administrator's: nothing more is told.
         *
         * @param audit the id of the audit trail's row that tells of it
         */
        record Refused(UUID audit) implements Login {}

        /**
         * Too many wrong attempts; the credentials were not looked at.
         *
         * @param audit the id of the audit trail's row that tells of it
         */
        record Throttled(Duration retryAfter, UUID audit) implements Login {}
    }

    /** What came of starting a session. */
    public sealed interface Start {
        /**
         * The session, and the value with which {@link #bySession} knows the administrator again.
         *
         * @param audit the id of the audit trail's row that tells of it
         */
        record Started(Secret value, AdminSession session, UUID audit) implements Start {}

        /** The value that was chosen is not good enough: what is wrong with it, in English. */
        record BadValue(String message) implements Start {}

        /** The value that was chosen is live for him already. */
        record AlreadyLive() implements Start {}
    }

    /** The life of a session where none is asked for. */
    public static final Duration DEFAULT_SESSION = Duration.ofHours(3);
    /** The longest life of a session. */
    public static final Duration MAX_SESSION = Duration.ofDays(1);

    /** By what somebody says who he is. */
    private enum Shown {
        PASSWORD("password"),
        API_KEY("api key"),
        /** Its start is told, and not each use. */
        SESSION("session");

        /** As the trail names it. */
        final String told;

        Shown(String told) {
            this.told = told;
        }
    }

    private final MailDirectory directory;
    private final TokenStore store;
    private final TokenKeys keys;
    private final Authority authority;
    private final Throttle throttle;
    private final AuditTrail audit;
    private final Clock clock;
    private final ChosenToken rule;
    private final VerifiedPasswords verified;
    private final Duration idle;

    Administrators(
            MailDirectory directory,
            TokenStore store,
            TokenKeys keys,
            Authority authority,
            Throttle throttle,
            AuditTrail audit,
            Clock clock,
            ChosenToken rule,
            VerifiedPasswords verified,
            Duration idle) {
        this.directory = directory;
        this.store = store;
        this.keys = keys;
        this.authority = authority;
        this.throttle = throttle;
        this.audit = audit;
        this.clock = clock;
        this.rule = rule;
        this.verified = verified;
        this.idle = idle;
    }

    /** The administrator with this address and password. */
    public Login byPassword(String address, Secret password, Client client) {
        Optional<MailboxAddress> account = MailboxAddress.parse(address);
        return attempt(account, client, Shown.PASSWORD, () -> {
            return account.filter(a -> verified.isRight(a, password)).flatMap(directory::administrator);
        });
    }

    /** The administrator to whom this API key belongs. */
    public Login byApiKey(Secret apiKey, Client client) {
        return attempt(Optional.empty(), client, Shown.API_KEY, () -> directory.administratorByApiKey(apiKey));
    }

    /** The administrator who started the session with this value, which is used by it. */
    public Login bySession(String address, Secret value, Client client) {
        return bySession(address, value, false, true, client);
    }

    /**
     * The administrator who started the console's session with this value. It is no session of {@link #startSession}, nor
     * the other way round: that one may be idle.
     *
     * @param used whether he does something himself; what a page asks by itself keeps no session from being idle
     */
    public Login byConsole(String address, Secret value, boolean used, Client client) {
        return bySession(address, value, true, used, client);
    }

    private Login bySession(String address, Secret value, boolean console, boolean used, Client client) {
        Optional<MailboxAddress> account = MailboxAddress.parse(address);
        return attempt(account, client, Shown.SESSION, () -> {
            Optional<AdminSession> session = account.flatMap(a -> session(a, value))
                    .filter(s -> s.idleAt().isPresent() == console)
                    .filter(this::isPasswordSame);
            if (session.isEmpty()) {
                return Optional.empty();
            }
            if (used) {
                use(session.get(), value);
            }
            return directory.administrator(account.orElseThrow());
        });
    }

    /** The session with this value, while it lives. */
    public Optional<AdminSession> session(MailboxAddress administrator, Secret value) {
        return store.findAdminSession(keys.digests(administrator, value), clock.instant());
    }

    /** Written down at most eight times in the time that a session may be idle, or every request would be a write. */
    private void use(AdminSession session, Secret value) {
        Instant now = clock.instant();
        Instant idleAt = now.plus(idle);
        if (session.idleAt()
                .filter(at -> at.isBefore(idleAt.minus(idle.dividedBy(8))))
                .isPresent()) {
            store.use(keys.digests(session.administrator(), value), now, idleAt);
        }
    }

    private boolean isPasswordSame(AdminSession session) {
        return directory
                .passwordVersion(session.administrator())
                .filter(session.passwordVersion()::equals)
                .isPresent();
    }

    /**
     * Starts a session, so that a program need not show the password again. It is over with the password's change.
     *
     * @param chosen the value that the administrator chose; empty: make one
     * @param life up to {@link #MAX_SESSION}
     */
    public Start startSession(Administrator administrator, Secret chosen, Duration life, Client client) {
        return startSession(administrator, chosen, life, Optional.empty(), client);
    }

    /** Starts the console's session: it is over too when nobody used it for as long as {@code sso.console.idle} says. */
    public Start startConsole(Administrator administrator, Duration life, Client client) {
        return startSession(administrator, Secret.of(""), life, Optional.of(idle), client);
    }

    private Start startSession(
            Administrator administrator, Secret chosen, Duration life, Optional<Duration> mayIdle, Client client) {
        MailboxAddress address = administrator.address();
        if (!chosen.isEmpty()) {
            Optional<String> objection = rule.objection(chosen, address, address);
            if (objection.isPresent()) {
                return new Start.BadValue(objection.get());
            }
        }
        Secret value = chosen.isEmpty() ? LoginTokens.randomValue("") : chosen;
        Instant now = clock.instant();
        String version = directory
                .passwordVersion(address)
                .orElseThrow(() -> new UnavailableException("this directory cannot hold administrators' sessions"));
        AdminSession session = new AdminSession(address, version, now.plus(life), mayIdle.map(now::plus));
        AuditEvent login = AuditEvent.of(AuditEvent.Type.ADMIN_LOGIN, now, client)
                .by(address)
                .because("session started");
        return store.keep(session, keys.digests(address, value), now, login)
                ? new Start.Started(value, session, login.id())
                : new Start.AlreadyLive();
    }

    /** Ends the session with this value; what is none is passed over. */
    public void endSession(MailboxAddress administrator, Secret value) {
        store.endAdminSession(keys.digests(administrator, value));
    }

    /** @param credentials looks at them: whose they are */
    private Login attempt(
            Optional<MailboxAddress> account, Client client, Shown by, Supplier<Optional<Administrator>> credentials) {
        Throttle.Admission admission =
                throttle.begin(account.map(MailboxAddress::toString).orElse(""), client);
        if (admission instanceof Throttle.Blocked blocked) {
            return new Login.Throttled(
                    blocked.retryAfter(),
                    audit.foldHeldBack(refusal(account, client, by.told + ": " + AuditTrail.HELD_BACK)));
        }
        try (Throttle.Attempt counted = (Throttle.Attempt) admission) {
            Optional<Administrator> found = credentials.get().filter(a -> !authority.isSuspended(a.address()));
            if (found.isEmpty()) {
                counted.wrong();
                return new Login.Refused(audit.fold(refusal(account, client, by.told)));
            }
            counted.right();
            Administrator administrator = found.get();
            if (by != Shown.SESSION) {
                audit.fold(AuditEvent.of(AuditEvent.Type.ADMIN_LOGIN, clock.instant(), client)
                        .by(administrator.address())
                        .because(by.told));
            }
            return new Login.Accepted(administrator);
        }
    }

    private AuditEvent refusal(Optional<MailboxAddress> account, Client client, String why) {
        AuditEvent event = AuditEvent.of(AuditEvent.Type.ADMIN_LOGIN_REFUSED, clock.instant(), client)
                .because(why);
        return account.map(event::by).orElse(event);
    }
}
