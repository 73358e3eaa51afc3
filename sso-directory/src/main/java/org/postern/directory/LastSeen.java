package org.postern.directory;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postern.core.MailboxAddress;
import org.postern.core.UnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was seen of mailboxes, that there is none too. It counts only while nobody can look, and no longer than a grace.
 * Thread-safe.
 */
final class LastSeen {
    private static final Logger LOG = LoggerFactory.getLogger(LastSeen.class);
    private static final int MOST = 10_000;

    private record Sight(Optional<LdapMailbox> mailbox, long at) {}

    private final Clock clock;
    private final long grace;
    private final Map<MailboxAddress, Sight> sights = new LinkedHashMap<>(16, 0.75f, true);
    private boolean blind;

    LastSeen(Clock clock, Duration grace) {
        this.clock = clock;
        this.grace = grace.toMillis();
    }

    /** What {@code look} sees; in a fault what was seen before, if that still counts. */
    Optional<LdapMailbox> of(MailboxAddress address, Supplier<Optional<LdapMailbox>> look) {
        try {
            Optional<LdapMailbox> now = look.get();
            note(address, now);
            return now;
        } catch (UnavailableException fault) {
            return recall(address, fault).orElseThrow(() -> fault).mailbox();
        }
    }

    synchronized void note(MailboxAddress address, Optional<LdapMailbox> mailbox) {
        if (blind) {
            blind = false;
            LOG.info("the LDAP directory answers again");
        }
        if (grace > 0) {
            sights.put(address, new Sight(mailbox, clock.millis()));
            if (sights.size() > MOST) {
                sights.remove(sights.keySet().iterator().next());
            }
        }
    }

    private synchronized Optional<Sight> recall(MailboxAddress address, UnavailableException fault) {
        @Nullable Sight sight = sights.get(address);
        if (!blind) {
            blind = true;
            LOG.error("what was seen of mailboxes counts for now: {}", fault.getMessage());
        }
        return Optional.ofNullable(sight).filter(s -> Math.abs(clock.millis() - s.at()) < grace);
    }
}
