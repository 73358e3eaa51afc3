package org.postern.rest;

import java.util.Locale;

/** A way by which tokens are issued. */
enum Door {
    TOOLS,
    OMA,
    API;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
