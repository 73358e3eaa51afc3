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
        /** The message to be sent was refused: {@link #words} are the server's. */
        NOT_SENT
    }

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String words;

    MailException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.words = message;
        this.kind = kind;
    }

    /** What happened, in one line. */
    public String words() {
        return words;
    }

    public Kind kind() {
        return kind;
    }
}
