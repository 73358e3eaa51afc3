package org.postern.core;

import java.util.Locale;

/** Where a token stands at a given moment. */
public enum TokenState {
    LIVE,
    /** A single-use token that was redeemed. */
    USED,
    EXPIRED,
    REVOKED;

    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
