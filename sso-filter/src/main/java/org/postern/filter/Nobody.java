package org.postern.filter;

import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import org.postern.core.Client;
import org.postern.core.UnavailableException;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Redemption;
import org.postern.core.service.WebmailLogins;

/** Stands where nobody is asked: the filter is off, and opens no store. */
final class Nobody implements WebmailLogins {
    @Override
    public Redemption redeem(LoginAttempt attempt) {
        throw off();
    }

    @Override
    public void passwordAccepted(String user, Client client) {
        throw off();
    }

    @Override
    public void passwordUnchecked(String user, Client client) {
        throw off();
    }

    @Override
    public void end(UUID session, String why, Client client) {
        throw off();
    }

    @Override
    public Set<UUID> closedAmong(Collection<UUID> sessions) {
        throw off();
    }

    private static UnavailableException off() {
        return new UnavailableException("login tokens are switched off");
    }
}
