package org.postern.core;

import java.util.Set;

/**
 * Somebody who may issue tokens. What he may do with that is decided by {@code Authority} alone.
 *
 * @param company the company he belongs to
 * @param domains the domains given to him; empty for the role {@code company}, which has all of its company's
 */
public record Administrator(MailboxAddress address, Role role, String company, Set<DomainName> domains) {
    public Administrator {
        domains = Set.copyOf(domains);
    }
}
