package org.postern.core.settings;

import java.util.Optional;
import java.util.Set;

/**
 * How webmail looks under some host names (contract, section 8).
 *
 * @param id empty for the neutral brand
 * @param logoutRedirect where a logout leads; checked by the same rule as a login URL's {@code logout_redirect}
 */
public record Brand(
        String id,
        Set<String> hosts,
        String name,
        Optional<String> color,
        Optional<String> logo,
        String loginText,
        Optional<String> logoutRedirect) {
    /** What an unknown host gets. */
    public static final Brand NEUTRAL =
            new Brand("", Set.of(), "Webmail", Optional.empty(), Optional.empty(), "", Optional.empty());
}
