package org.postern.core.spi;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.postern.core.AdminSession;
import org.postern.core.Approver;
import org.postern.core.AuditEvent;
import org.postern.core.DomainName;
import org.postern.core.Ending;
import org.postern.core.LoginToken;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.TokenDigest;
import org.postern.core.TokenSession;
import org.postern.core.Visit;

/**
 * Keeps tokens, the sessions that they open, and the audit trail.
 *
 * <p>Every method that changes something does so in one transaction together with the audit rows that tell of it: both
 * are there afterwards, also after a crash, or neither. A method that returned has done its work durably, and has handed
 * each row that it wrote to {@link AuditLog}. Digests come
 * as one list per secret, one digest for each key, newest key first; what is stored is stored under the first.
 *
 * <p>All methods may be called by many threads and nodes at once. Each throws {@link
 * org.postern.core.UnavailableException} when the store cannot answer; then nothing was changed, or the caller cannot
 * know, and an empty answer is never given instead. Times are the caller's, in whole milliseconds or finer: an
 * implementation asks no clock, and keeps at least milliseconds.
 *
 * <p>Ids are time-ordered, and lists are ordered by them. A list's {@code limit} is at least 1; its {@code after} is the
 * {@code next} of the page before, or {@link IllegalArgumentException} is thrown. A row that is there while all pages
 * are read comes exactly once, whatever is added or removed meanwhile.
 */
public interface TokenStore {
    /**
     * Keeps a new token, unless at {@code token.issuedAt()} the same value is live, or waits for an approval, for its
     * mailbox under any of the keys.
     *
     * @param chosen whether a person chose the value; if not, it is 128 random bits, and an implementation need not
     *     look for a twin
     * @return whether it was kept; if not, nothing was written
     */
    boolean issue(LoginToken token, List<TokenDigest> value, boolean chosen, AuditEvent issued);

    /** The token with this value: the one that is live or pending at {@code now}, else the one issued last. */
    Optional<LoginToken> find(List<TokenDigest> value, Instant now);

    /**
     * What a mail server's question needs to know, by one look-up.
     *
     * @param token as {@link #find} gives it
     * @param anyLive whether the mailbox has any token that is live, of whatever type
     */
    record AtMail(Optional<LoginToken> token, boolean anyLive) {}

    /** As {@link #find}, and whether there is anything that somebody could guess. */
    AtMail findAtMail(MailboxAddress mailbox, List<TokenDigest> value, Instant now);

    /**
     * Redeems a token that {@link #find} gave, if at {@code session.startedAt()} it is still live: counts the use, keeps
     * the session and the row. What decides is the row count of one conditional statement: of many simultaneous calls
     * for a single-use token exactly one returns true.
     *
     * @param credential what the session's own mail credential became
     */
    boolean redeem(LoginToken token, TokenSession session, List<TokenDigest> credential, AuditEvent redeemed);

    /**
     * Counts a use of a token at a mail server, if it is live at {@code now}.
     *
     * @param audit the row to write with it; empty where this use is folded into a later row
     * @return whether it was live
     */
    boolean use(LoginToken token, Instant now, Optional<AuditEvent> audit);

    /**
     * Counts the first use of a token at a mail server, if it is live at {@code now} and was never used at one. Of many
     * simultaneous calls exactly one returns true.
     *
     * @return whether this was its first use there; if not, nothing was changed
     */
    boolean useFirst(LoginToken token, Instant now, AuditEvent audit);

    /**
     * Approves a token that is pending at {@code now}. What decides is the row count of one conditional statement: of many
     * simultaneous calls exactly one returns true, and none where the token is revoked by then.
     *
     * @return whether this call approved it; if not, nothing was changed
     */
    boolean approve(LoginToken token, MailboxAddress by, Instant now, AuditEvent approved);

    /**
     * Revokes a token that is pending at {@code ending.at()}, and tells that it was refused its approval.
     *
     * @return whether this call did; if not, nothing was changed
     */
    boolean refuse(UUID token, Ending ending);

    /** The session to which this mail credential belongs, open or not. */
    Optional<TokenSession> findSession(List<TokenDigest> credential);

    Optional<LoginToken> token(UUID id);

    /**
     * The tokens of a mailbox, newest first.
     *
     * @param liveAt only those live at this moment; empty for all
     * @param after the previous page's {@code next}
     */
    Page<LoginToken> tokens(MailboxAddress mailbox, Optional<Instant> liveAt, int limit, Optional<String> after);

    /** The tokens of all mailboxes in these domains, newest first. */
    Page<LoginToken> tokens(Set<DomainName> domains, int limit, Optional<String> after);

    /** The tokens of this mailbox that are pending at {@code now}, newest first; where an approver is given, those that need him. */
    Page<LoginToken> pending(
            MailboxAddress mailbox, Optional<Approver> approver, Instant now, int limit, Optional<String> after);

    /** All tokens of the mailboxes in these domains that are pending at {@code now}, newest first. */
    Page<LoginToken> pending(Set<DomainName> domains, Instant now, int limit, Optional<String> after);

    Optional<TokenSession> session(UUID id);

    /** The sessions of a mailbox that are open at {@code now}, newest first. */
    Page<TokenSession> sessions(MailboxAddress mailbox, Instant now, int limit, Optional<String> after);

    /**
     * Who was in a mailbox, newest first: every webmail session as it stands at {@code now}, and every row of the audit
     * trail that {@link Visit#of(AuditEvent)} takes, in one order.
     */
    Page<Visit> visits(MailboxAddress mailbox, Instant now, int limit, Optional<String> after);

    /** Those among {@code ids} that are open at {@code now}, and whose they are. */
    Map<UUID, MailboxAddress> openAmong(Collection<UUID> ids, Instant now);

    /**
     * Revokes a token that is not revoked yet, and ends its open sessions.
     *
     * @return whether this call revoked it
     */
    boolean revoke(UUID token, Ending ending);

    /** Revokes every token of a mailbox that is live or pending at {@code ending.at()}, and ends all its open sessions. */
    void revokeAll(MailboxAddress mailbox, Ending ending);

    /**
     * Ends a session that is open at {@code ending.at()}.
     *
     * @return whether this call ended it
     */
    boolean endSession(UUID session, Ending ending);

    /** Ends all sessions of a mailbox that are open at {@code ending.at()}; returns how many. */
    int endSessions(MailboxAddress mailbox, Ending ending);

    /**
     * Keeps an administrator's session, unless one with this value is live for him.
     *
     * @param now the moment at which others are live
     * @return whether it was kept; if not, nothing was written
     */
    boolean keep(AdminSession session, List<TokenDigest> value, Instant now, AuditEvent login);

    /** The administrator's session with this value that is live at {@code now}. */
    Optional<AdminSession> findAdminSession(List<TokenDigest> value, Instant now);

    /**
     * Notes that an administrator's session that is live at {@code now}, and may not be idle, is used: it goes on at
     * least until {@code idleAt}. One that may be idle is left as it is.
     */
    void use(List<TokenDigest> value, Instant now, Instant idleAt);

    /** Forgets the administrator's session with this value; returns whether there was one. */
    boolean endAdminSession(List<TokenDigest> value);

    /** Writes rows that tell of something which changed nothing in the store, such as a refusal. */
    void append(List<AuditEvent> events);

    /** The audit trail, newest first. */
    Page<AuditEvent> audit(AuditQuery query, int limit, Optional<String> after);

    /** What the audit trail's rows of a period add up to, counted when it is asked for. */
    AuditCounts count(AuditPeriod period);

    /**
     * Tells the audit trail, once each, of tokens that are expired at {@code now} without having been used up or revoked,
     * and ends the sessions whose time is over. The rows carry the moment at which it happened, not {@code now}.
     *
     * @param open told of the mailboxes where something may still be open that this ended: a session, or a login at a mail
     *     server by a token, also where a fault comes after. Of what another node noted, that one is told
     * @return how many rows it found; fewer than {@code batch} when there are no more
     */
    int noteExpired(Instant now, int batch, Consumer<MailboxAddress> open);

    /**
     * Removes tokens that expired, and administrators' sessions that were to end, before {@code tokensBefore}; webmail
     * sessions that were to end before {@code auditBefore}, and audit rows older than that.
     *
     * @return how many rows went; fewer than {@code batch} when there are no more
     */
    int purge(Instant tokensBefore, Instant auditBefore, int batch);
}
