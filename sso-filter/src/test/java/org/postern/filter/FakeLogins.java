package org.postern.filter;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.postern.core.Client;
import org.postern.core.UnavailableException;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Redemption;
import org.postern.core.service.Refusal;
import org.postern.core.service.WebmailLogins;

/** An issuing service that remembers what it was asked, and that can be down. */
final class FakeLogins implements WebmailLogins {
    final Set<UUID> closed = ConcurrentHashMap.newKeySet();
    final List<String> ended = new CopyOnWriteArrayList<>();
    final List<Integer> asked = new CopyOnWriteArrayList<>();
    final List<String> unchecked = new CopyOnWriteArrayList<>();
    volatile Refusal refusal = Refusal.UNKNOWN;
    volatile boolean down;

    private void answer() {
        if (down) {
            throw new UnavailableException("down");
        }
    }

    @Override
    public Redemption redeem(LoginAttempt attempt) {
        answer();
        return new Redemption.Refused(refusal);
    }

    @Override
    public void passwordAccepted(String user, Client client) {
        answer();
    }

    @Override
    public void passwordUnchecked(String user, Client client) {
        answer();
        unchecked.add(user);
    }

    @Override
    public void end(UUID session, String why, Client client) {
        answer();
        ended.add(session + " " + why);
    }

    @Override
    public Set<UUID> closedAmong(Collection<UUID> sessions) {
        answer();
        asked.add(sessions.size());
        Set<UUID> among = ConcurrentHashMap.newKeySet();
        among.addAll(sessions);
        among.retainAll(closed);
        return among;
    }
}
