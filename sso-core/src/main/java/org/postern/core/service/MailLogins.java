package org.postern.core.service;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.core.AuditEvent;
import org.postern.core.Channel;
import org.postern.core.ChosenToken;
import org.postern.core.Client;
import org.postern.core.LoginToken;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.TokenDigest;
import org.postern.core.TokenKeys;
import org.postern.core.TokenSession;
import org.postern.core.Visit;
import org.postern.core.settings.AddressList;
import org.postern.core.settings.Company;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.TokenStore;

/**
 * Says whether a secret opens a mailbox over IMAP4, POP3 or SMTP: a live token of a {@code normal} type, or the
 * credential of an open session (contract, section 9). Thread-safe; throws {@link
 * org.postern.core.UnavailableException} on a fault.
 */
public final class MailLogins {
    /** What a mail server is told. */
    public sealed interface Check {
        /**
         * The secret opens this mailbox.
         *
         * @param readOnly whether only to look, which the mail server may map to an ACL
         */
        record Accepted(MailboxAddress mailbox, boolean readOnly) implements Check {}

        /** It is no live token; it may be the mailbox's own password. */
        record Refused() implements Check {}

        /** Too many wrong attempts; the secret was not looked at. */
        record Throttled(Duration retryAfter) implements Check {}
    }

    /** Of how many values it is remembered that they were counted as guesses. */
    private static final int MOST_GUESSES = 10_000;

    private final TokenStore store;
    private final TokenKeys keys;
    private final Authority authority;
    private final Throttle throttle;
    private final AuditTrail audit;
    private final Activity activity;
    private final Companies companies;
    private final OwnerNotices notices;
    private final MailDirectory directory;
    private final VerifiedPasswords passwords;
    private final Clock clock;
    private final Set<TokenDigest> guesses = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TokenDigest, Boolean> eldest) {
            return size() > MOST_GUESSES;
        }
    });

    MailLogins(
            TokenStore store,
            TokenKeys keys,
            Authority authority,
            Throttle throttle,
            AuditTrail audit,
            Activity activity,
            Companies companies,
            OwnerNotices notices,
            MailDirectory directory,
            VerifiedPasswords passwords,
            Clock clock) {
        this.store = store;
        this.keys = keys;
        this.authority = authority;
        this.throttle = throttle;
        this.audit = audit;
        this.activity = activity;
        this.companies = companies;
        this.notices = notices;
        this.directory = directory;
        this.passwords = passwords;
        this.clock = clock;
    }

    /**
     * Checks a secret that a mail server got which knows no passwords itself: a token's, or the mailbox's own password.
     * What is neither is wrong, and counts.
     *
     * @param user the mailbox's address as the mail server got it
     * @param protocol one of the mail protocols
     * @param client who talks to the mail server
     */
    public Check check(String user, Secret secret, Channel protocol, Client client) {
        return check(MailboxAddress.parse(user), secret, protocol, client, false);
    }

    /**
     * As {@link #check}, for a mail server that tries the mailbox's own password next, and does not tell what came of it.
     * What is no token is most likely that password, which a telephone sends every few minutes: it leaves no row, and is
     * no wrong attempt, unless the mailbox has a live token which it might be a guess at. Then it counts once, however
     * often it comes. Nor is it one where the mail server only asks back: see {@link MailDirectory#isAskingAbout}.
     */
    public Check checkFirst(String user, Secret secret, Channel protocol, Client client) {
        Optional<MailboxAddress> mailbox = MailboxAddress.parse(user);
        return mailbox.isEmpty() || secret.isEmpty() || directory.isAskingAbout(mailbox.get(), secret)
                ? unknown(protocol)
                : check(mailbox, secret, protocol, client, true);
    }

    private Check unknown(Channel protocol) {
        activity.count(protocol, Activity.Outcome.UNKNOWN);
        return new Check.Refused();
    }

    private Check check(
            Optional<MailboxAddress> mailbox, Secret secret, Channel protocol, Client client, boolean first) {
        Presented presented = new Presented(mailbox, protocol, client, clock.instant(), first);
        if (mailbox.isPresent() && secret.reveal().startsWith(ChosenToken.CREDENTIAL_PREFIX)) {
            return checkCredential(mailbox.get(), secret, presented);
        }
        Throttle.Admission admission =
                throttle.begin(mailbox.map(MailboxAddress::toString).orElse(""), counted(client));
        if (admission instanceof Throttle.Blocked blocked) {
            activity.count(protocol, Activity.Outcome.THROTTLED);
            audit.foldHeldBack(presented.refusal(Optional.empty(), AuditTrail.HELD_BACK));
            return new Check.Throttled(blocked.retryAfter());
        }
        try (Throttle.Attempt counted = (Throttle.Attempt) admission) {
            Optional<Refusal> refusal = mailbox.isEmpty()
                    ? presented.refuse(Optional.empty(), Refusal.NO_ADDRESS)
                    : presented.token(mailbox.get(), secret);
            if (refusal.isEmpty()) {
                counted.right();
                activity.count(protocol, presented.unknown ? Activity.Outcome.UNKNOWN : Activity.Outcome.ACCEPTED);
                return new Check.Accepted(mailbox.orElseThrow(), presented.readOnly);
            }
            if (presented.unknown) {
                return unknown(protocol);
            }
            if (refusal.get().isGuess()) {
                counted.wrong();
            }
            activity.count(protocol, Activity.Outcome.REFUSED);
            return new Check.Refused();
        }
    }

    /** A mail server's loopback is not this host's, and nobody here is held back for what is tried from there. */
    private static Client counted(Client client) {
        return AddressList.isLoopback(client.address()) ? Client.NOBODY : client;
    }

    /**
     * Never throttled: nobody guesses 128 random bits, and a webmail's sessions come from one address all, so that a
     * stranger's wrong tries at its form would end everybody's.
     */
    private Check checkCredential(MailboxAddress mailbox, Secret secret, Presented presented) {
        boolean accepted = presented.credential(keys.digests(mailbox, secret)).isEmpty();
        activity.count(presented.protocol, accepted ? Activity.Outcome.ACCEPTED : Activity.Outcome.REFUSED);
        return accepted ? new Check.Accepted(mailbox, presented.readOnly) : new Check.Refused();
    }

    private boolean isOwnPassword(MailboxAddress mailbox, Secret secret) {
        return passwords.isRight(mailbox, secret) && authority.isActive(mailbox);
    }

    private boolean isNewGuess(TokenDigest value) {
        synchronized (guesses) {
            return guesses.add(value);
        }
    }

    /** One secret presented at one moment. Its methods answer why it is refused, or empty. */
    private final class Presented {
        private final Optional<MailboxAddress> mailbox;
        private final Channel protocol;
        private final Client client;
        private final Instant now;
        private final boolean first;
        private boolean readOnly;
        /** Whether it is the mailbox's own password, as far as is known. */
        private boolean unknown;

        Presented(Optional<MailboxAddress> mailbox, Channel protocol, Client client, Instant now, boolean first) {
            this.mailbox = mailbox;
            this.protocol = protocol;
            this.client = client;
            this.now = now;
            this.first = first;
        }

        Optional<Refusal> token(MailboxAddress address, Secret secret) {
            List<TokenDigest> digests = keys.digests(address, secret);
            TokenStore.AtMail at = store.findAtMail(address, digests, now);
            if (at.token().isPresent()) {
                return token(at.token().get());
            }
            unknown = first ? !(at.anyLive() && isNewGuess(digests.get(0))) : isOwnPassword(address, secret);
            if (!unknown) {
                return refuse(Optional.empty(), Refusal.UNKNOWN);
            }
            return first ? Optional.of(Refusal.UNKNOWN) : Optional.empty();
        }

        private Optional<Refusal> token(LoginToken token) {
            Optional<LoginToken> found = Optional.of(token);
            if (!token.type().mailProtocols()) {
                return refuse(found, Refusal.WRONG_TYPE);
            }
            Optional<Refusal> dead = Refusal.of(token.state(now));
            if (dead.isPresent()) {
                return refuse(found, dead.get());
            }
            Authority.Verdict verdict = authority.mayStillOpen(token.issuer(), token.mailbox(), token.type());
            if (!(verdict instanceof Authority.Verdict.Allowed allowed)) {
                return refuse(found, Refusal.of(verdict));
            }
            Company company = companies.of(token.mailbox().domain());
            if (token.readOnly() || company.readOnly()) {
                return refuse(found, Refusal.READ_ONLY);
            }
            return use(token, allowed.mailbox(), company);
        }

        /** The first use has a row of its own in any case: no flood may fold it, since the owner is to see it. */
        private Optional<Refusal> use(LoginToken token, Mailbox opened, Company company) {
            AuditEvent row = accepted().about(token).because(protocol.apiName());
            if (token.mailUses() == 0 && store.useFirst(token, now, row)) {
                if (company.notice()) {
                    Visit.of(row).ifPresent(visit -> notices.opened(opened, visit));
                }
                return Optional.empty();
            }
            return store.use(token, now, audit.admit(row))
                    ? Optional.empty()
                    : refuse(Optional.of(token), Refusal.REVOKED);
        }

        Optional<Refusal> credential(List<TokenDigest> digests) {
            Optional<TokenSession> found = store.findSession(digests);
            if (found.isEmpty()) {
                return refuse(Optional.empty(), Refusal.UNKNOWN);
            }
            TokenSession session = found.get();
            if (!session.type().opensMailbox()) {
                return refuse(Optional.empty(), Refusal.WRONG_TYPE);
            }
            if (!session.isOpen(now)) {
                return refuse(Optional.empty(), Refusal.SESSION_OVER);
            }
            if (!authority.isActive(session.mailbox())) {
                return refuse(Optional.empty(), Refusal.SUSPENDED);
            }
            if (session.readOnly() && protocol != Channel.IMAP) {
                return refuse(Optional.empty(), Refusal.READ_ONLY);
            }
            readOnly = session.readOnly();
            audit.fold(accepted()
                    .about(session)
                    .because(protocol.apiName() + ": session" + (readOnly ? ", " + LoginTokens.READ_ONLY : "")));
            return Optional.empty();
        }

        private AuditEvent accepted() {
            return AuditEvent.of(AuditEvent.Type.MAIL_LOGIN, now, client);
        }

        Optional<Refusal> refuse(Optional<LoginToken> token, Refusal why) {
            audit.fold(refusal(token, why.apiName()));
            return Optional.of(why);
        }

        AuditEvent refusal(Optional<LoginToken> token, String why) {
            return LoginTokens.refusal(mailbox, token, protocol.apiName(), why, now, client);
        }
    }
}
