package org.postern.core;

import java.util.Locale;
import java.util.Optional;

/** Whose approval a token needs before it works. */
public enum Approver {
    /** Nobody's: it works from the start. */
    NONE,
    /** Another administrator's, who could have issued it himself. */
    ADMINISTRATOR,
    /** That of the mailbox's owner. */
    OWNER;

    /** The approver whose API name is exactly {@code name}. */
    public static Optional<Approver> parse(String name) {
        for (Approver approver : values()) {
            if (approver.apiName().equals(name)) {
                return Optional.of(approver);
            }
        }
        return Optional.empty();
    }

    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
