package org.postern.core.service;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.postern.core.Administrator;
import org.postern.core.Approver;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.Ending;
import org.postern.core.LoginToken;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.TokenState;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.TokenStore;

/**
 * The requests of those who issued tokens that work only once somebody else approved them: a second administrator, or
 * the mailbox's owner, as the company has it ({@code sso.company.*.approval}). An administrator refuses by revoking.
 * Thread-safe; throws {@link org.postern.core.UnavailableException} on a fault.
 */
public final class Approvals {
    private final TokenStore store;
    private final MailDirectory directory;
    private final Authority authority;
    private final AuditTrail audit;
    private final Clock clock;

    Approvals(TokenStore store, MailDirectory directory, Authority authority, AuditTrail audit, Clock clock) {
        this.store = store;
        this.directory = directory;
        this.authority = authority;
        this.audit = audit;
        this.clock = clock;
    }

    /** What came of approving as an administrator. */
    public sealed interface Outcome {
        record Approved(LoginToken token) implements Outcome {}

        /** It is his own request, or the owner's to approve, or he could not issue such a token himself. */
        record Denied() implements Outcome {}

        /** There is no such token in his domains. */
        record Missing() implements Outcome {}

        /** It does not wait for anybody: it is approved already, or over. */
        record NotPending() implements Outcome {}
    }

    /**
     * All requests in the domains under this administrator's control, newest first; those of his own, and those that
     * await owners, among them.
     *
     * @throws IllegalArgumentException where {@code after} is no page's {@code next}
     */
    public Page<LoginToken> list(Administrator reader, int limit, Optional<String> after) {
        return store.pending(directory.domainsOf(reader), clock.instant(), limit, after);
    }

    /** The requests for one mailbox, newest first; otherwise as {@link #list(Administrator, int, Optional)}. */
    public Answer<Page<LoginToken>> list(Administrator reader, String user, int limit, Optional<String> after) {
        return authority
                .mayLookAt(reader, user)
                .answer(mailbox -> store.pending(mailbox.address(), Optional.empty(), clock.instant(), limit, after));
    }

    /**
     * Whether this administrator may approve this token: he is not who issued it, and could have; and he is there
     * himself, or a token would be enough to approve the next one.
     */
    public boolean mayApprove(Actor actor, LoginToken token) {
        return objection(actor, token).isEmpty();
    }

    private Optional<String> objection(Actor actor, LoginToken token) {
        if (token.approval().approver() != Approver.ADMINISTRATOR) {
            return Optional.of("the owner's to give");
        }
        if (actor.session().isPresent()) {
            return Optional.of("in a token's session");
        }
        if (actor.is(token.issuer())) {
            return Optional.of("own request");
        }
        return authority.mayIssue(actor.administrator(), token.mailbox().toString(), Optional.of(token.type()))
                        instanceof Authority.Verdict.Allowed
                ? Optional.empty()
                : Optional.of("could not issue it");
    }

    /** Approves a token as a second administrator. Where he may not, the trail tells that he tried. */
    public Outcome approve(Actor actor, UUID id) {
        Optional<LoginToken> found = store.token(id)
                .filter(t ->
                        authority.controls(actor.administrator(), t.mailbox().domain()));
        if (found.isEmpty()) {
            return new Outcome.Missing();
        }
        LoginToken token = found.get();
        Instant now = clock.instant();
        if (token.state(now) != TokenState.PENDING) {
            return new Outcome.NotPending();
        }
        MailboxAddress by = actor.administrator().address();
        Optional<String> objection = objection(actor, token);
        if (objection.isPresent()) {
            audit.fold(AuditEvent.of(AuditEvent.Type.ISSUE_REFUSED, now, actor.client())
                    .about(token)
                    .by(by)
                    .because("approval: " + objection.get()));
            return new Outcome.Denied();
        }
        AuditEvent approved = AuditEvent.of(AuditEvent.Type.APPROVED, now, actor.client())
                .about(token)
                .by(by)
                .because("issued by " + token.issuer());
        return store.approve(token, by, now, approved)
                ? new Outcome.Approved(store.token(id).orElse(token))
                : new Outcome.NotPending();
    }

    /**
     * The requests that await the owner of a mailbox, newest first.
     *
     * @param owner whoever is logged in to this mailbox as its owner, by his own password, by the caller's word: never
     *     somebody in a token session, who would approve himself
     * @throws IllegalArgumentException where {@code after} is no page's {@code next}
     */
    public Page<LoginToken> awaiting(MailboxAddress owner, int limit, Optional<String> after) {
        return store.pending(owner, Optional.of(Approver.OWNER), clock.instant(), limit, after);
    }

    /**
     * Grants a request as the owner.
     *
     * @param owner as with {@link #awaiting}
     * @return whether this call did it; if not, it does not await him any more, or never did
     */
    public boolean grant(MailboxAddress owner, UUID id, Client client) {
        Instant now = clock.instant();
        return awaiting(owner, id, now)
                .filter(token -> store.approve(
                        token,
                        owner,
                        now,
                        AuditEvent.of(AuditEvent.Type.APPROVED, now, client)
                                .about(token)
                                .because("by owner")))
                .isPresent();
    }

    /** Refuses a request as the owner: the token is revoked. Otherwise as {@link #grant}. */
    public boolean refuse(MailboxAddress owner, UUID id, Client client) {
        Instant now = clock.instant();
        return awaiting(owner, id, now)
                .filter(token -> store.refuse(id, new Ending(now, Optional.empty(), client, "by owner")))
                .isPresent();
    }

    private Optional<LoginToken> awaiting(MailboxAddress owner, UUID id, Instant now) {
        return store.token(id)
                .filter(t -> t.mailbox().equals(owner)
                        && t.approval().approver() == Approver.OWNER
                        && t.state(now) == TokenState.PENDING
                        && authority.isActive(owner));
    }
}
