package org.postern.sample.mail;

/** The mail server did not do what it was asked. */
public final class MailException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean refused;

    MailException(boolean refused, String message, Throwable cause) {
        super(message, cause);
        this.refused = refused;
    }

    /** Whether it answered, and did not let the mailbox's owner in; else it cannot be used at all now. */
    public boolean isRefused() {
        return refused;
    }
}
