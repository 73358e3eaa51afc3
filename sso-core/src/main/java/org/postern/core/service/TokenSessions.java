package org.postern.core.service;

import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.postern.core.Administrator;
import org.postern.core.Client;
import org.postern.core.Ending;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.TokenSession;
import org.postern.core.Visit;
import org.postern.core.spi.TokenStore;

/**
 * The webmail sessions that tokens opened: the open ones as administrators see and end them (contract, section 6), and
 * all of them as mailboxes' owners see them. Thread-safe; throws {@link
 * org.postern.core.UnavailableException} on a fault.
 */
public final class TokenSessions {
    private final TokenStore store;
    private final Authority authority;
    private final MailConnections connections;
    private final Clock clock;

    TokenSessions(TokenStore store, Authority authority, MailConnections connections, Clock clock) {
        this.store = store;
        this.authority = authority;
        this.connections = connections;
        this.clock = clock;
    }

    /** The open sessions of a mailbox, newest first. */
    public Answer<Page<TokenSession>> list(Administrator reader, String user, int limit, Optional<String> after) {
        return authority
                .mayLookAt(reader, user)
                .answer(mailbox -> store.sessions(mailbox.address(), clock.instant(), limit, after));
    }

    /**
     * Who was in a mailbox, for its owner: newest first, every webmail session that a token opened, and every use of a
     * token at a mail server. Nobody can take one from the list, and it goes back as far as the audit trail.
     *
     * @param owner whoever is logged in to this mailbox as its owner, by the caller's word
     * @throws IllegalArgumentException where {@code after} is no page's {@code next}
     */
    public Page<Visit> visits(MailboxAddress owner, int limit, Optional<String> after) {
        return store.visits(owner, clock.instant(), limit, after);
    }

    /** Ends a session; the value is whether this call did it. Missing where it is not under his control. */
    public Answer<Boolean> end(Administrator by, UUID id, Client client) {
        Optional<TokenSession> session =
                store.session(id).filter(s -> authority.controls(by, s.mailbox().domain()));
        if (session.isEmpty()) {
            return new Answer.Missing<>();
        }
        if (!authority.mayEnd(by, session.get().mailbox())) {
            return new Answer.Denied<>();
        }
        boolean ended = store.endSession(id, ending(by, client));
        if (ended) {
            connections.end(session.get().mailbox());
        }
        return new Answer.Given<>(ended);
    }

    /** Ends all open sessions of a mailbox; the value is how many there were. */
    public Answer<Integer> endAll(Administrator by, String user, Client client) {
        return authority.mayActOn(by, user).answer(mailbox -> {
            int ended = store.endSessions(mailbox.address(), ending(by, client));
            if (ended > 0) {
                connections.end(mailbox.address());
            }
            return ended;
        });
    }

    private Ending ending(Administrator by, Client client) {
        return new Ending(clock.instant(), Optional.of(by.address()), client, "by administrator");
    }
}
