package org.postern.rest;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postern.core.AdminSession;
import org.postern.core.Approver;
import org.postern.core.AuditEvent;
import org.postern.core.LoginToken;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Role;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.TokenSession;
import org.postern.core.service.Answer;
import org.postern.core.service.Issuance;
import org.postern.core.spi.AuditCounts;

/** What the answers of {@code /sso/v1} look like; the names become snake_case. */
final class Views {
    private Views() {}

    record ListOf<T>(List<T> items, @Nullable String next) {
        static <S, T> ListOf<T> of(Page<S> page, Function<S, T> view) {
            return new ListOf<>(
                    page.items().stream().map(view).toList(),
                    page.next().map(Query::cursor).orElse(null));
        }
    }

    /** A token that was issued just now: the one answer that tells its value. */
    record NewToken(
            UUID id,
            String user,
            String type,
            String token,
            String reason,
            @Nullable String locale,
            boolean confirm,
            boolean readOnly,
            String issuedBy,
            Instant issuedAt,
            Instant expiresAt,
            String state,
            Approval approval,
            String loginUrl) {
        static NewToken of(Issuance.Issued issued, Instant now) {
            LoginToken t = issued.token();
            return new NewToken(
                    t.id(),
                    t.mailbox().toString(),
                    t.type().apiName(),
                    issued.value().reveal(),
                    t.reason(),
                    code(t.locale()),
                    t.confirm(),
                    t.readOnly(),
                    t.issuer().toString(),
                    t.issuedAt(),
                    t.expiresAt(),
                    t.state(now).apiName(),
                    Approval.of(t, false),
                    issued.loginUrl().reveal());
        }
    }

    record Token(
            UUID id,
            String user,
            String type,
            String state,
            String reason,
            @Nullable String locale,
            boolean confirm,
            boolean readOnly,
            String issuedBy,
            Instant issuedAt,
            Instant expiresAt,
            int uses,
            @Nullable Instant lastUsedAt,
            @Nullable Instant revokedAt,
            Approval approval) {
        static Token of(LoginToken t, Instant now) {
            return of(t, now, false);
        }

        static Token of(LoginToken t, Instant now, boolean mayApprove) {
            return new Token(
                    t.id(),
                    t.mailbox().toString(),
                    t.type().apiName(),
                    t.state(now).apiName(),
                    t.reason(),
                    code(t.locale()),
                    t.confirm(),
                    t.readOnly(),
                    t.issuer().toString(),
                    t.issuedAt(),
                    t.expiresAt(),
                    t.uses(),
                    t.lastUsedAt().orElse(null),
                    t.revokedAt().orElse(null),
                    Approval.of(t, mayApprove));
        }
    }

    /**
     * The approval that a token needs.
     *
     * @param needed the approver's API name
     * @param mayApprove whether the one who asks may give it now
     */
    record Approval(
            String needed, @Nullable String by, @Nullable Instant at, boolean mayApprove) {
        static Approval of(LoginToken t, boolean mayApprove) {
            return new Approval(
                    t.approval().approver().apiName(),
                    t.approval().by().map(MailboxAddress::toString).orElse(null),
                    t.approval().at().orElse(null),
                    mayApprove);
        }
    }

    record User(
            String address,
            String name,
            String status,
            @Nullable String role,
            @Nullable String locale) {
        static User of(Mailbox m) {
            return new User(
                    m.address().toString(),
                    m.name(),
                    m.suspended() ? "suspended" : "active",
                    m.role().map(Role::apiName).orElse(null),
                    code(m.locale()));
        }
    }

    /**
     * One mailbox, for whoever may issue tokens for it.
     *
     * @param types what the one who asks may issue for it
     * @param approval whose approval a token for it needs before it works
     * @param readOnly whether every token for it lets one only look
     * @param reasonHint what a reason for it looks like
     */
    record OneUser(
            String address,
            String name,
            String status,
            @Nullable String role,
            @Nullable String locale,
            List<String> types,
            String approval,
            boolean readOnly,
            @Nullable String reasonHint) {
        static OneUser of(Mailbox m, List<SessionType> types, Approver approver, boolean readOnly, String reasonHint) {
            User user = User.of(m);
            return new OneUser(
                    user.address(),
                    user.name(),
                    user.status(),
                    user.role(),
                    user.locale(),
                    types.stream().map(SessionType::apiName).toList(),
                    approver.apiName(),
                    readOnly,
                    reasonHint.isEmpty() ? null : reasonHint);
        }
    }

    record Session(
            UUID id,
            String user,
            UUID tokenId,
            String type,
            String reason,
            boolean readOnly,
            String issuedBy,
            Instant startedAt,
            Instant endsAt,
            String client,
            String userAgent) {
        static Session of(TokenSession s) {
            return new Session(
                    s.id(),
                    s.mailbox().toString(),
                    s.tokenId(),
                    s.type().apiName(),
                    s.reason(),
                    s.readOnly(),
                    s.issuer().toString(),
                    s.startedAt(),
                    s.endsAt(),
                    s.client().address(),
                    s.client().userAgent());
        }
    }

    record Event(
            UUID id,
            Instant time,
            String event,
            @Nullable String user,
            @Nullable String admin,
            @Nullable UUID tokenId,
            @Nullable String type,
            String reason,
            String client,
            String userAgent,
            String detail,
            int count) {
        static Event of(AuditEvent e) {
            return new Event(
                    e.id(),
                    e.time(),
                    e.type().apiName(),
                    e.mailbox().map(MailboxAddress::toString).orElse(null),
                    e.administrator().map(MailboxAddress::toString).orElse(null),
                    e.tokenId().orElse(null),
                    e.sessionType().map(SessionType::apiName).orElse(null),
                    e.reason(),
                    e.client().address(),
                    e.client().userAgent(),
                    e.detail(),
                    e.count());
        }
    }

    /**
     * What happened of late. The four numbers are those of all buckets together.
     *
     * @param until where the last bucket ends, which still runs
     */
    record Overview(
            String period,
            String zone,
            Instant since,
            Instant until,
            long issued,
            long redeemed,
            long refused,
            long issueRefused,
            List<Bucket> buckets,
            List<ByType> types,
            List<ByAdministrator> administrators,
            Others otherAdministrators,
            List<Refusals> refusals) {
        record Bucket(Instant start, long issued, long redeemed, long refused, long issueRefused) {}

        record ByType(String type, long issued, long redeemed) {}

        record ByAdministrator(String admin, long issued, long redeemed) {}

        /** @param count how many administrators */
        record Others(int count, long issued, long redeemed) {}

        record Refusals(String event, String reason, long count) {}

        static Overview of(
                org.postern.core.service.Overview.Period period,
                String zone,
                org.postern.core.service.Overview overview) {
            List<Instant> edges = overview.edges();
            AuditCounts counts = overview.counts();
            List<AuditCounts.Bucket> buckets = counts.buckets();
            return new Overview(
                    period.apiName(),
                    zone,
                    edges.get(0),
                    edges.get(edges.size() - 1),
                    sum(buckets, AuditCounts.Bucket::issued),
                    sum(buckets, AuditCounts.Bucket::redeemed),
                    sum(buckets, AuditCounts.Bucket::refused),
                    sum(buckets, AuditCounts.Bucket::issueRefused),
                    IntStream.range(0, buckets.size())
                            .mapToObj(i -> bucket(edges.get(i), buckets.get(i)))
                            .toList(),
                    Stream.of(SessionType.values())
                            .map(t -> byType(t, counts.types().getOrDefault(t, new AuditCounts.Tokens(0, 0))))
                            .toList(),
                    counts.administrators().stream()
                            .map(a -> new ByAdministrator(
                                    a.administrator().toString(),
                                    a.tokens().issued(),
                                    a.tokens().redeemed()))
                            .toList(),
                    new Others(
                            counts.others(),
                            counts.ofOthers().issued(),
                            counts.ofOthers().redeemed()),
                    counts.refusals().stream()
                            .map(r -> new Refusals(r.event().apiName(), r.reason(), r.count()))
                            .toList());
        }

        private static long sum(List<AuditCounts.Bucket> buckets, ToLongFunction<AuditCounts.Bucket> what) {
            return buckets.stream().mapToLong(what).sum();
        }

        private static Bucket bucket(Instant start, AuditCounts.Bucket b) {
            return new Bucket(start, b.issued(), b.redeemed(), b.refused(), b.issueRefused());
        }

        private static ByType byType(SessionType type, AuditCounts.Tokens tokens) {
            return new ByType(type.apiName(), tokens.issued(), tokens.redeemed());
        }
    }

    record Me(String address, String role, String company, List<String> domains) {}

    /**
     * The console's session.
     *
     * @param csrf the value of the header {@code X-CSRF-Token} for everything but GET
     * @param endsAt when it is over if nobody uses it
     * @param endsIn the same in seconds from now, for whose clock is wrong
     * @param idle the seconds that it outlives its last use
     * @param renewable whether using it moves its end
     */
    record Console(
            String csrf,
            String address,
            String role,
            String company,
            List<String> domains,
            Instant endsAt,
            long endsIn,
            long idle,
            boolean renewable) {
        static Console of(String csrf, Me me, AdminSession session, Instant now, Duration idle) {
            return new Console(
                    csrf,
                    me.address(),
                    me.role(),
                    me.company(),
                    me.domains(),
                    session.endsAt(),
                    Math.max(0, Duration.between(now, session.endsAt()).toSeconds()),
                    idle.toSeconds(),
                    session.endsAt().isBefore(session.expiresAt()));
        }
    }

    record Valid(boolean valid) {}

    private static @Nullable String code(Optional<SessionLocale> locale) {
        return locale.map(SessionLocale::code).orElse(null);
    }

    /** What was asked for; else the answer that says why not is thrown. */
    static <T> T given(Answer<T> answer) {
        if (answer instanceof Answer.Given<T> given) {
            return given.value();
        }
        throw answer instanceof Answer.Denied ? Problem.denied() : Problem.missing();
    }

    /** An id as it is written here, and no other spelling of it. */
    static UUID id(String text) {
        try {
            UUID id = UUID.fromString(text);
            if (id.toString().equals(text)) {
                return id;
            }
        } catch (IllegalArgumentException noId) {
            // told below
        }
        throw Problem.missing();
    }
}
