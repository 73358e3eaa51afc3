package org.postern.core;

import java.util.Optional;

/**
 * A user's mail account as the directory knows it.
 *
 * @param name the person's name, or empty text
 * @param role the administrator role that the same address holds, if any; where it has aliases, the highest of all
 * @param suspended no token is issued for a suspended mailbox, and none of its tokens is redeemed
 * @param locale the language its owner chose, if any
 */
public record Mailbox(
        MailboxAddress address, String name, Optional<Role> role, boolean suspended, Optional<SessionLocale> locale) {}
