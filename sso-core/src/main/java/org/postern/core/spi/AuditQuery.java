package org.postern.core.spi;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.postern.core.AuditEvent;
import org.postern.core.DomainName;
import org.postern.core.MailboxAddress;

/**
 * Which rows of the audit trail are wanted: all that is given must apply.
 *
 * @param domains the domains under control of whoever asks; a row of another domain, or of none, is never shown
 * @param since the first moment that counts
 * @param until the first moment that counts no longer
 */
public record AuditQuery(
        Set<DomainName> domains,
        Optional<MailboxAddress> mailbox,
        Optional<MailboxAddress> administrator,
        Optional<AuditEvent.Type> type,
        Optional<Instant> since,
        Optional<Instant> until) {

    public boolean matches(AuditEvent event) {
        return event.domain().filter(domains::contains).isPresent()
                && (mailbox.isEmpty() || mailbox.equals(event.mailbox()))
                && (administrator.isEmpty() || administrator.equals(event.administrator()))
                && (type.isEmpty() || type.get() == event.type())
                && since.filter(s -> event.time().isBefore(s)).isEmpty()
                && until.filter(u -> !event.time().isBefore(u)).isEmpty();
    }
}
