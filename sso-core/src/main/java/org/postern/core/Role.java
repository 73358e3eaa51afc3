package org.postern.core;

import java.util.Optional;

/** An administrator's role, lowest first (contract, section 2): compare with {@link #compareTo}. */
public enum Role {
    MAIL,
    DOMAIN,
    COMPANY;

    public static Optional<Role> parse(String name) {
        for (Role role : values()) {
            if (role.apiName().equals(name)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }

    public String apiName() {
        return switch (this) {
            case MAIL -> "mail";
            case DOMAIN -> "domain";
            case COMPANY -> "company";
        };
    }
}
