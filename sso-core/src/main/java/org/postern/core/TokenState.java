package org.postern.core;

import java.util.Locale;

/** Where a token stands at a given moment. */
public enum TokenState {
    LIVE,
    /** Not approved yet; its time runs all the same. */
    PENDING,
    /** A single-use token that was redeemed. */
    USED,
    EXPIRED,
    REVOKED;

    /** Whether it can never open anything again. */
    public boolean isOver() {
        return this != LIVE && this != PENDING;
    }

    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
