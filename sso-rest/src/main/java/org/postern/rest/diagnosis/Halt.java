package org.postern.rest.diagnosis;

/** Ends the trying of a service: what is wrong is known. */
final class Halt extends Exception {
    private static final long serialVersionUID = 1L;

    private final Verdict verdict;

    Halt(Verdict verdict) {
        super(verdict.apiName(), null, false, false);
        this.verdict = verdict;
    }

    Verdict verdict() {
        return verdict;
    }
}
