package org.postern.server.command;

/** A command that was called wrongly. The message is one line for the operator. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
