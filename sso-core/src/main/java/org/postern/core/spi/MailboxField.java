package org.postern.core.spi;

/** What may be changed of a mailbox that is there. */
public enum MailboxField {
    PASSWORD,
    SUSPENDED,
    LOCALE
}
