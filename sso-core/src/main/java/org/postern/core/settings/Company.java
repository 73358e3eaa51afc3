package org.postern.core.settings;

import java.util.Optional;
import org.postern.core.Approver;

/**
 * What a company wants of tokens for its mailboxes.
 *
 * @param id empty for a company that has no settings of its own
 * @param name its name in the directory; empty for a company that has no settings of its own
 * @param notice whether an owner is told whenever a token opens his mailbox
 * @param readOnly whether every session that a token opens may only look, whatever the token says
 * @param approver whose approval a token needs before it works
 * @param reasonPattern what every reason that is given must look like; empty: any reason will do
 * @param reasonHint the same for people, or empty text
 */
public record Company(
        String id,
        String name,
        boolean notice,
        boolean readOnly,
        Approver approver,
        Optional<ReasonPattern> reasonPattern,
        String reasonHint) {
    /** A company that has no settings of its own. */
    public static final Company PLAIN = new Company("", "", false, false, Approver.NONE, Optional.empty(), "");
}
