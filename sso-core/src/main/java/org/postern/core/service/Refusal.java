package org.postern.core.service;

import java.util.Locale;
import java.util.Optional;
import org.postern.core.TokenState;

/** Why a secret was refused. For the audit trail alone: whoever presented it sees the same refusal every time. */
public enum Refusal {
    /** The user is no address. */
    NO_ADDRESS,
    /** No token of this mailbox has, or had, this value. */
    UNKNOWN,
    USED,
    EXPIRED,
    REVOKED,
    /** Nobody approved it yet. */
    NOT_APPROVED,
    /** The token's type does not work here. */
    WRONG_TYPE,
    /** The mailbox is suspended or gone. */
    SUSPENDED,
    /** Whoever issued the token could not do so any more. */
    ISSUER,
    /** Mail servers do not keep it from changing the mailbox, and it may only look. */
    READ_ONLY,
    /** A session credential whose session is over. */
    SESSION_OVER;

    /** Why a token in this state is refused; empty where it is live. */
    static Optional<Refusal> of(TokenState state) {
        return switch (state) {
            case LIVE -> Optional.empty();
            case USED -> Optional.of(USED);
            case EXPIRED -> Optional.of(EXPIRED);
            case REVOKED -> Optional.of(REVOKED);
            case PENDING -> Optional.of(NOT_APPROVED);
        };
    }

    /** Why a live token is refused to which {@link Authority} objects. */
    static Refusal of(Authority.Verdict objection) {
        return objection instanceof Authority.Verdict.NoSuchMailbox ? SUSPENDED : ISSUER;
    }

    /** Whether the secret may have been a guess: then the attempt counts. */
    public boolean isGuess() {
        return this == NO_ADDRESS || this == UNKNOWN;
    }

    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
