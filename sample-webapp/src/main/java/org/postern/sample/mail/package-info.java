/**
 * A mailbox over IMAP: {@link org.postern.sample.mail.MailServer}. What a message says is made safe here; nothing of it
 * may run or load where it is shown.
 */
@NullMarked
package org.postern.sample.mail;

import org.jspecify.annotations.NullMarked;
