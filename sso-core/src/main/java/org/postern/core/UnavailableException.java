package org.postern.core;

/**
 * A fault, as opposed to a refusal: the store or the directory could not answer, or the node has no room for more work
 * now. Nothing was consumed. Every door answers it with 503 and {@code Retry-After} (contract, section 3).
 */
public final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnavailableException(String message) {
        super(message);
    }

    public UnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
