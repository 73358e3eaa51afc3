/**
 * An operator's own directory: mailboxes in LDAP, passwords that an LDAP or IMAP server checks. Its entry point is
 * {@link org.postern.directory.OperatorDirectoryProvider}.
 */
@NullMarked
package org.postern.directory;

import org.jspecify.annotations.NullMarked;
