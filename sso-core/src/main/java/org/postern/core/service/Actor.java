package org.postern.core.service;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.Ending;
import org.postern.core.MailboxAddress;
import org.postern.core.SessionType;

/**
 * Who changes a mailbox as its administrator, and who is behind him: in a token session that gives an administrator's
 * powers it is not he who acts, but whoever issued the token.
 *
 * @param administrator whose powers are used
 * @param session the token session in which he acts; empty where he is there himself
 */
public record Actor(Administrator administrator, Optional<Behind> session, Client client) {
    /**
     * The token session behind an actor.
     *
     * @param issuer who issued the token, and really acts
     * @param reason the token's
     */
    public record Behind(MailboxAddress issuer, UUID token, SessionType type, String reason, boolean readOnly) {
        /** Whether changes may be made in such a session. */
        boolean mayChange() {
            return type.admin() && !readOnly;
        }
    }

    /** An administrator who is there himself. */
    public static Actor of(Administrator administrator, Client client) {
        return new Actor(administrator, Optional.empty(), client);
    }

    /** Whether this address is the administrator's own, or that of whoever is behind him. */
    boolean is(MailboxAddress address) {
        return administrator.address().equals(address)
                || session.filter(s -> s.issuer().equals(address)).isPresent();
    }

    /** Whether he may change anything: not everybody may who looks in by a token. */
    boolean mayChange() {
        return session.filter(s -> !s.mayChange()).isEmpty();
    }

    /** The row that tells what he did. */
    AuditEvent did(AuditEvent event, String what) {
        AuditEvent done = event.by(administrator.address()).because(told(what));
        return session.map(s -> done.during(s.token(), s.type(), s.reason())).orElse(done);
    }

    /** What he ends, and why; with whoever is behind him. */
    Ending ending(Instant now, String why) {
        return new Ending(now, Optional.of(administrator.address()), client, told(why));
    }

    private String told(String what) {
        return session.map(s -> (what.isEmpty() ? "" : what + ", ") + "by " + s.issuer() + " in a token session")
                .orElse(what);
    }
}
