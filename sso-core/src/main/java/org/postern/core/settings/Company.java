package org.postern.core.settings;

/**
 * What a company wants of tokens for its mailboxes.
 *
 * @param id empty for a company that has no settings of its own
 * @param name its name in the directory; empty for a company that has no settings of its own
 * @param notice whether an owner is told whenever a token opens his mailbox
 * @param readOnly whether every session that a token opens may only look, whatever the token says
 */
public record Company(String id, String name, boolean notice, boolean readOnly) {
    /** A company that has no settings of its own. */
    public static final Company PLAIN = new Company("", "", false, false);
}
