package org.postern.core.service;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postern.core.Administrator;
import org.postern.core.Approval;
import org.postern.core.Approver;
import org.postern.core.AuditEvent;
import org.postern.core.ChosenToken;
import org.postern.core.Client;
import org.postern.core.Ending;
import org.postern.core.LoginToken;
import org.postern.core.LoginUrl;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.TimeOrderedId;
import org.postern.core.TokenDigest;
import org.postern.core.TokenKeys;
import org.postern.core.TokenLife;
import org.postern.core.TokenSession;
import org.postern.core.TokenState;
import org.postern.core.UnavailableException;
import org.postern.core.Visit;
import org.postern.core.settings.Company;
import org.postern.core.settings.Settings;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.TokenStore;

/**
 * Issues, redeems, lists and revokes login tokens (contract, sections 3 and 7). Thread-safe. Every method throws {@link
 * org.postern.core.UnavailableException} on a fault; then nothing was consumed.
 */
public final class LoginTokens implements WebmailLogins {
    /** What the trail says of tokens and sessions that may only look. */
    static final String READ_ONLY = "read-only";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MAX_REASON = 500;
    private static final int VALUE_BYTES = 16;

    private final TokenStore store;
    private final MailDirectory directory;
    private final TokenKeys keys;
    private final Authority authority;
    private final Throttle throttle;
    private final AuditTrail audit;
    private final Activity activity;
    private final Clock clock;
    private final String webmail;
    private final boolean confirmAlways;
    private final Duration maxSession;
    private final ChosenToken rule;
    private final Companies companies;
    private final OwnerNotices notices;
    private final MailConnections connections;

    LoginTokens(
            TokenStore store,
            MailDirectory directory,
            TokenKeys keys,
            Authority authority,
            Throttle throttle,
            AuditTrail audit,
            Activity activity,
            Clock clock,
            ChosenToken rule,
            Companies companies,
            OwnerNotices notices,
            MailConnections connections,
            Settings settings) {
        this.store = store;
        this.directory = directory;
        this.keys = keys;
        this.authority = authority;
        this.throttle = throttle;
        this.audit = audit;
        this.activity = activity;
        this.clock = clock;
        this.rule = rule;
        this.companies = companies;
        this.notices = notices;
        this.connections = connections;
        this.webmail = settings.http().webmailUrl();
        this.confirmAlways = settings.login().confirmAlways();
        this.maxSession = settings.session().maxLife();
    }

    /** What a value is that an administrator wants to try at the mail servers. */
    public sealed interface TokenCheck {
        /**
         * A token of the mailbox.
         *
         * @param refused why mail servers refuse it, where they do
         */
        record Known(Optional<Refusal> refused) implements TokenCheck {}

        record Unknown() implements TokenCheck {}

        /** Too many wrong attempts; the value was not looked at. */
        record Throttled(Duration retryAfter) implements TokenCheck {}
    }

    /**
     * Whether a value is a token of a mailbox. Counted, and in the trail under the administrator's name, as a check of a
     * password. That he may act on the mailbox is already known.
     */
    public TokenCheck checkToken(Actor actor, MailboxAddress mailbox, Secret value) {
        AuditEvent checked = AuditEvent.of(AuditEvent.Type.PASSWORD_CHECKED, clock.instant(), actor.client())
                .by(actor.administrator().address());
        Throttle.Admission admission = throttle.begin(mailbox.toString(), actor.client());
        if (admission instanceof Throttle.Blocked blocked) {
            audit.foldHeldBack(checked.about(mailbox).because("diagnosis: " + AuditTrail.HELD_BACK));
            return new TokenCheck.Throttled(blocked.retryAfter());
        }
        try (Throttle.Attempt counted = (Throttle.Attempt) admission) {
            Optional<LoginToken> token = store.find(keys.digests(mailbox, value), clock.instant());
            audit.fold(token.map(checked::about)
                    .orElseGet(() -> checked.about(mailbox))
                    .because(token.isPresent() ? "diagnosis: token" : "diagnosis: no token"));
            if (token.isEmpty()) {
                counted.wrong();
                return new TokenCheck.Unknown();
            }
            counted.right();
            return new TokenCheck.Known(refusedByMailServers(token.get()));
        }
    }

    private Optional<Refusal> refusedByMailServers(LoginToken token) {
        return token.type().mailProtocols()
                ? Refusal.of(token.state(clock.instant()))
                : Optional.of(Refusal.WRONG_TYPE);
    }

    /**
     * Issues a token, if the administrator may and the input is good. Whether he is who he says is already known. The
     * checks are made in the order of the contract's section 4.
     */
    public Issuance issue(Administrator issuer, IssueRequest request) {
        return issue(issuer, request, "");
    }

    /**
     * The same for a token that is issued on the way to something else.
     *
     * @param purpose what for, as the trail tells it; empty for nothing but the token
     */
    public Issuance issue(Administrator issuer, IssueRequest request, String purpose) {
        Optional<SessionType> type =
                request.type().isEmpty() ? Optional.of(SessionType.NORMAL) : SessionType.parse(request.type());
        Authority.Verdict verdict = authority.mayIssue(issuer, request.user(), type);
        if (verdict instanceof Authority.Verdict.Denied denied) {
            return new Issuance.Denied(issueRefused(issuer, request, type, denied.why()));
        }
        if (verdict instanceof Authority.Verdict.NoSuchMailbox missing) {
            return new Issuance.NoSuchMailbox(issueRefused(issuer, request, type, missing.why()));
        }
        Mailbox mailbox = ((Authority.Verdict.Allowed) verdict).mailbox();
        Optional<Duration> life =
                request.life().isEmpty() ? Optional.of(TokenLife.DEFAULT) : TokenLife.parse(request.life());
        Optional<SessionLocale> locale = SessionLocale.parse(request.locale());
        List<Issuance.InvalidField> bad = new ArrayList<>();
        if (life.isEmpty()) {
            bad.add(new Issuance.InvalidField(Issuance.Field.LIFE, "must be a number of seconds, at least 1"));
        }
        if (locale.isEmpty() && !request.locale().isEmpty()) {
            bad.add(new Issuance.InvalidField(Issuance.Field.LOCALE, "must be one of " + SessionLocale.codes()));
        }
        if (type.isEmpty()) {
            bad.add(new Issuance.InvalidField(
                    Issuance.Field.TYPE, "must be one of normal, normal_admin, sso, sso_admin, admin_only"));
        }
        boolean chosen = !request.token().isEmpty();
        if (chosen) {
            rule.objection(request.token(), mailbox.address(), issuer.address())
                    .ifPresent(why -> bad.add(new Issuance.InvalidField(Issuance.Field.TOKEN, why)));
        }
        String reason = request.reason().strip();
        Company company = companies.of(mailbox.address().domain());
        objectionToReason(reason, request.reasonRequired())
                .or(() -> objectionOf(company, reason))
                .ifPresent(why -> bad.add(new Issuance.InvalidField(Issuance.Field.REASON, why)));
        if (!bad.isEmpty()) {
            String why = "invalid " + bad.get(0).field().apiName();
            return new Issuance.Invalid(bad, issueRefused(issuer, request, type, why));
        }
        Instant now = clock.instant();
        Secret value = chosen ? request.token() : randomValue("");
        LoginToken token = new LoginToken(
                TimeOrderedId.next(now),
                mailbox.address(),
                type.orElseThrow(),
                issuer.address(),
                reason,
                locale,
                request.confirm(),
                request.readOnly(),
                Approval.of(company.approver()),
                now,
                now.plus(life.orElseThrow()),
                0,
                0,
                Optional.empty(),
                Optional.empty());
        AuditEvent issued = AuditEvent.of(AuditEvent.Type.ISSUED, now, request.client())
                .about(token)
                .because(issuedHow(token, purpose));
        if (!store.issue(token, keys.digests(token.mailbox(), value), chosen, issued)) {
            return new Issuance.AlreadyLive(issueRefused(issuer, request, type, "value is live already"));
        }
        return new Issuance.Issued(token, value, LoginUrl.of(webmail, token.mailbox(), value), issued.id());
    }

    /** The types that this administrator may issue for this mailbox; none for one that is suspended, or is not his. */
    public List<SessionType> issuable(Administrator issuer, String user) {
        return authority.issuable(issuer, user);
    }

    private static String issuedHow(LoginToken token, String purpose) {
        Optional<String> waits = switch (token.approval().approver()) {
            case NONE -> Optional.empty();
            case ADMINISTRATOR -> Optional.of("waits for a second administrator");
            case OWNER -> Optional.of("waits for the owner");
        };
        return Stream.of(
                        Optional.of(purpose).filter(p -> !p.isEmpty()),
                        Optional.of(READ_ONLY).filter(r -> token.readOnly()),
                        waits)
                .flatMap(Optional::stream)
                .collect(Collectors.joining(", "));
    }

    /** Whose approval a token for this mailbox needs before it works. */
    public Approver approver(Mailbox mailbox) {
        return companies.of(mailbox.address().domain()).approver();
    }

    /** Whether every token for this mailbox lets one only look, and opens no mail server, whatever it says itself. */
    public boolean readOnly(Mailbox mailbox) {
        return companies.of(mailbox.address().domain()).readOnly();
    }

    /** What reasons for tokens of this mailbox look like, for people; or empty text. */
    public String reasonHint(Mailbox mailbox) {
        return companies.of(mailbox.address().domain()).reasonHint();
    }

    private static Optional<String> objectionOf(Company company, String reason) {
        return reason.isEmpty()
                        || company.reasonPattern()
                                .filter(p -> !p.accepts(reason))
                                .isEmpty()
                ? Optional.empty()
                : Optional.of("must be of this form: " + company.reasonHint());
    }

    private static Optional<String> objectionToReason(String reason, boolean required) {
        if (reason.isEmpty()) {
            return required ? Optional.of("must be given") : Optional.empty();
        }
        if (reason.codePointCount(0, reason.length()) > MAX_REASON) {
            return Optional.of("must have at most " + MAX_REASON + " characters");
        }
        boolean text = reason.codePoints()
                .allMatch(c -> !Character.isISOControl(c)
                        && Character.getType(c) != Character.SURROGATE
                        && Character.getType(c) != Character.LINE_SEPARATOR
                        && Character.getType(c) != Character.PARAGRAPH_SEPARATOR);
        return text ? Optional.empty() : Optional.of("must be one line of text");
    }

    private UUID issueRefused(Administrator issuer, IssueRequest request, Optional<SessionType> type, String why) {
        AuditEvent event = AuditEvent.of(AuditEvent.Type.ISSUE_REFUSED, clock.instant(), request.client())
                .by(issuer.address())
                .because(why);
        event = MailboxAddress.parse(request.user()).map(event::about).orElse(event);
        String reason = objectionToReason(request.reason(), false).isEmpty() ? request.reason() : "";
        return audit.fold(type.isPresent() ? event.with(type.get(), reason) : event);
    }

    @Override
    public Redemption redeem(LoginAttempt attempt) {
        Optional<MailboxAddress> mailbox = MailboxAddress.parse(attempt.user());
        String account = mailbox.map(MailboxAddress::toString).orElse("");
        Throttle.Admission admission = throttle.begin(account, attempt.client());
        if (admission instanceof Throttle.Blocked blocked) {
            activity.count(attempt.channel(), Activity.Outcome.THROTTLED);
            audit.foldHeldBack(refusal(
                    mailbox,
                    Optional.empty(),
                    attempt.channel().apiName(),
                    AuditTrail.HELD_BACK,
                    clock.instant(),
                    attempt.client()));
            return new Redemption.Throttled(blocked.retryAfter());
        }
        try (Throttle.Attempt counted = (Throttle.Attempt) admission) {
            if (mailbox.isEmpty()) {
                return refuse(counted, attempt, mailbox, Optional.empty(), Refusal.NO_ADDRESS);
            }
            Instant now = clock.instant();
            List<TokenDigest> digests = keys.digests(mailbox.get(), attempt.secret());
            Optional<LoginToken> found = store.find(digests, now);
            if (found.isEmpty()) {
                return refuse(counted, attempt, mailbox, found, Refusal.UNKNOWN);
            }
            LoginToken token = found.get();
            if (!token.type().worksThrough(attempt.channel())) {
                return refuse(counted, attempt, mailbox, found, Refusal.WRONG_TYPE);
            }
            Optional<Refusal> dead = Refusal.of(token.state(now));
            if (dead.isPresent()) {
                return refuse(counted, attempt, mailbox, found, dead.get());
            }
            Authority.Verdict verdict = authority.mayStillOpen(token.issuer(), token.mailbox(), token.type());
            if (!(verdict instanceof Authority.Verdict.Allowed allowed)) {
                return refuse(counted, attempt, mailbox, found, Refusal.of(verdict));
            }
            if ((token.confirm() || confirmAlways) && !attempt.confirmed()) {
                counted.right();
                return new Redemption.NeedsConfirmation();
            }
            Company company = companies.of(token.mailbox().domain());
            TokenSession session = session(token, company, attempt.client(), now);
            Secret credential = randomValue(ChosenToken.CREDENTIAL_PREFIX);
            String how = attempt.note().isEmpty() ? attempt.channel().apiName() : attempt.note();
            AuditEvent redeemed = AuditEvent.of(AuditEvent.Type.REDEEMED, now, attempt.client())
                    .about(token)
                    .because(session.readOnly() ? how + ", " + READ_ONLY : how);
            if (!store.redeem(token, session, keys.digests(token.mailbox(), credential), redeemed)) {
                return refuse(counted, attempt, mailbox, found, lostTo(digests, now));
            }
            counted.right();
            activity.count(attempt.channel(), Activity.Outcome.ACCEPTED);
            if (company.notice() && session.type().opensMailbox()) {
                notices.opened(allowed.mailbox(), Visit.of(session, now));
            }
            return new Redemption.Redeemed(
                    session, credential, allowed.mailbox().locale());
        }
    }

    /** Somebody else was faster: what did he make of the token? */
    private Refusal lostTo(List<TokenDigest> digests, Instant now) {
        return store.find(digests, now).flatMap(t -> Refusal.of(t.state(now))).orElse(Refusal.USED);
    }

    private Redemption refuse(
            Throttle.Attempt counted,
            LoginAttempt attempt,
            Optional<MailboxAddress> mailbox,
            Optional<LoginToken> token,
            Refusal why) {
        if (why.isGuess()) {
            counted.wrong();
        }
        activity.count(attempt.channel(), Activity.Outcome.REFUSED);
        audit.fold(
                refusal(mailbox, token, attempt.channel().apiName(), why.apiName(), clock.instant(), attempt.client()));
        return new Redemption.Refused(why);
    }

    static AuditEvent refusal(
            Optional<MailboxAddress> mailbox,
            Optional<LoginToken> token,
            String channel,
            String why,
            Instant now,
            Client client) {
        AuditEvent event = AuditEvent.of(AuditEvent.Type.REFUSED, now, client);
        event = mailbox.map(event::about).orElse(event);
        event = token.map(event::about).orElse(event);
        return event.because(channel + ": " + why);
    }

    private TokenSession session(LoginToken token, Company company, Client client, Instant now) {
        Instant end = now.plus(maxSession);
        boolean tokenEndsIt = !token.type().singleUse() && token.expiresAt().isBefore(end);
        return new TokenSession(
                TimeOrderedId.next(now),
                token.id(),
                token.mailbox(),
                token.type(),
                token.issuer(),
                token.reason(),
                token.locale(),
                token.readOnly() || company.readOnly(),
                now,
                tokenEndsIt ? token.expiresAt() : end,
                Optional.empty(),
                client);
    }

    @Override
    public void passwordAccepted(String user, Client client) {
        MailboxAddress.parse(user).ifPresent(m -> throttle.takeBack(m.toString(), client));
    }

    @Override
    public void passwordUnchecked(String user, Client client) {
        // With a live token it counts all the same: else an outage would be the time to guess at values that were
        // chosen.
        MailboxAddress.parse(user)
                .filter(m -> store.tokens(m, Optional.of(clock.instant()), 1, Optional.empty())
                        .items()
                        .isEmpty())
                .ifPresent(m -> throttle.takeBack(m.toString(), client));
    }

    @Override
    public void end(UUID session, String why, Client client) {
        Ending ending = new Ending(clock.instant(), Optional.empty(), client, why);
        if (store.endSession(session, ending)) {
            store.session(session).ifPresent(ended -> connections.end(ended.mailbox()));
        }
    }

    /**
     * A session is over too where its mailbox was suspended in a directory of the operator's own, and stays so, whatever
     * that says later, or cannot say.
     */
    @Override
    public Set<UUID> closedAmong(Collection<UUID> sessions) {
        Map<UUID, MailboxAddress> open = store.openAmong(sessions, clock.instant());
        Set<MailboxAddress> suspended = closedMailboxes(Set.copyOf(open.values()));
        open.forEach((id, mailbox) -> {
            if (suspended.contains(mailbox)) {
                end(id, "mailbox suspended or gone", Client.NOBODY);
            }
        });
        Set<UUID> closed = new HashSet<>(sessions);
        closed.removeIf(id -> {
            MailboxAddress mailbox = open.get(id);
            return mailbox != null && !suspended.contains(mailbox);
        });
        return closed;
    }

    /** Where the directory cannot be asked, what the store knows of ends must not wait for it. */
    private Set<MailboxAddress> closedMailboxes(Set<MailboxAddress> mailboxes) {
        try {
            return directory.closedAmong(mailboxes);
        } catch (UnavailableException away) {
            return Set.of();
        }
    }

    /** The tokens of a mailbox, newest first. */
    public Answer<Page<LoginToken>> list(
            Administrator reader, String user, boolean liveOnly, int limit, Optional<String> after) {
        return authority
                .mayLookAt(reader, user)
                .answer(mailbox -> store.tokens(
                        mailbox.address(), liveOnly ? Optional.of(clock.instant()) : Optional.empty(), limit, after));
    }

    /**
     * The tokens of every mailbox in the domains under this administrator's control, newest first.
     *
     * @throws IllegalArgumentException where {@code after} is no page's {@code next}
     */
    public Page<LoginToken> listUnder(Administrator reader, int limit, Optional<String> after) {
        return store.tokens(directory.domainsOf(reader), limit, after);
    }

    /** One token; missing where it is not under this administrator's control. */
    public Answer<LoginToken> token(Administrator reader, UUID id) {
        Optional<LoginToken> token = store.token(id)
                .filter(t -> authority.controls(reader, t.mailbox().domain()));
        return token.<Answer<LoginToken>>map(Answer.Given::new).orElseGet(Answer.Missing::new);
    }

    /**
     * Revokes a token and ends its sessions. One that waits for an approval is refused it, or withdrawn by whoever issued
     * it. Given twice it does nothing the second time.
     *
     * @return whether this call did it
     */
    public Answer<Boolean> revoke(Actor actor, UUID id) {
        if (!(token(actor.administrator(), id) instanceof Answer.Given<LoginToken> found)) {
            return new Answer.Missing<>();
        }
        LoginToken token = found.value();
        if (!actor.mayChange() || !authority.mayEnd(actor.administrator(), token.mailbox())) {
            return new Answer.Denied<>();
        }
        Instant now = clock.instant();
        boolean pending = token.state(now) == TokenState.PENDING;
        boolean own = actor.is(token.issuer());
        // Where somebody approved it meanwhile, it is revoked like any other.
        boolean refused = pending && !own && store.refuse(id, actor.ending(now, "by administrator"));
        String why = pending && own ? "withdrawn" : "by administrator";
        return new Answer.Given<>(refused || revoke(id, actor.ending(now, why)));
    }

    /** Revokes a token for an operator at the command line; returns whether this call did it. */
    public boolean revoke(UUID id) {
        return revoke(id, new Ending(clock.instant(), Optional.empty(), Client.OPERATOR, "by operator"));
    }

    private boolean revoke(UUID id, Ending ending) {
        boolean revoked = store.revoke(id, ending);
        if (revoked) {
            // Read afterwards: from then on nobody uses it any more.
            store.token(id).filter(token -> token.uses() > 0).ifPresent(token -> connections.end(token.mailbox()));
        }
        return revoked;
    }

    /** 128 random bits in hex, after a prefix. */
    static Secret randomValue(String prefix) {
        byte[] bytes = new byte[VALUE_BYTES];
        RANDOM.nextBytes(bytes);
        return Secret.of(prefix + HexFormat.of().formatHex(bytes));
    }
}
