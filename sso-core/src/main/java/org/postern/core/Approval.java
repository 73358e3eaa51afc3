package org.postern.core;

import java.time.Instant;
import java.util.Optional;

/**
 * The approval that a token needs, and who gave it.
 *
 * @param by who gave it; empty where nobody did
 * @param at when
 */
public record Approval(Approver approver, Optional<MailboxAddress> by, Optional<Instant> at) {
    /** Of a token that needs none. */
    public static final Approval NONE = of(Approver.NONE);

    /** One that nobody has given yet. */
    public static Approval of(Approver approver) {
        return new Approval(approver, Optional.empty(), Optional.empty());
    }

    public Approval given(MailboxAddress who, Instant when) {
        return new Approval(approver, Optional.of(who), Optional.of(when));
    }

    /** Whether the token waits for it. */
    public boolean isMissing() {
        return approver != Approver.NONE && at.isEmpty();
    }
}
