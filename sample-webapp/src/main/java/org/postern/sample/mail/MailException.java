package org.postern.sample.mail;

/** A mail server did not do what it was asked. */
public final class MailException extends Exception {
    /** What went wrong, as its user has to know. */
    public enum Kind {
        /** The server cannot be used at all now. */
        DOWN,
        /** The server answered, and did not let the mailbox's owner in. */
        REFUSED,
        /** There is no such folder. */
        NO_FOLDER,
        /** The server cannot search for what is wanted. */
        NO_SEARCH,
        /** The server answered, and did not do it: the mailbox is full, or the folder is not to be changed. */
        NOT_DONE,
        /** The message to be sent was refused; {@link #getMessage} is the server's. */
        NOT_SENT
    }

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    MailException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What happened and why, in one line for the log: the cause's message comes from another machine. */
    public String story() {
        return (getMessage() + ": " + getCause()).replaceAll("\\p{Cntrl}+", " ");
    }

    public Kind kind() {
        return kind;
    }
}
