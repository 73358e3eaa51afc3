package org.postern.directory;

import java.util.Set;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;

/**
 * A mailbox as it stands in LDAP, which knows nothing of roles.
 *
 * @param addresses all that its entry has; those beside its own are aliases, and no mailboxes
 */
record LdapMailbox(Mailbox mailbox, Set<MailboxAddress> addresses) {}
