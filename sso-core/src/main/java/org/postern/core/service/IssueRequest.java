package org.postern.core.service;

import org.postern.core.Client;
import org.postern.core.Secret;

/**
 * What an administrator asks for, as it came: every door hands over the text that it got, and {@link LoginTokens}
 * judges it. Empty text means: not given (contract, section 3).
 *
 * @param user the mailbox's address
 * @param type an API name of the five session types; empty is {@code normal}
 * @param token the value that the administrator chose; empty: make one
 * @param life in seconds
 * @param reasonRequired whether this door insists on a reason
 * @param confirm whether the token needs a click before it is redeemed
 * @param readOnly whether the token's sessions may only look
 */
public record IssueRequest(
        String user,
        String type,
        Secret token,
        String reason,
        String life,
        String locale,
        boolean reasonRequired,
        boolean confirm,
        boolean readOnly,
        Client client) {}
