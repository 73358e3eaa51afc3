package org.postern.core.spi;

import org.postern.core.Mailbox;
import org.postern.core.Visit;

/** Tells a mailbox's owner that a token opened it, where his company wants that. */
@FunctionalInterface
public interface OwnerNotice {
    /**
     * A token opened this mailbox: in webmail each time, at mail servers the first time. Called by one thread that no
     * login waits for; what it throws is logged, and not tried again.
     */
    void opened(Mailbox mailbox, Visit visit);
}
