package org.postern.benchmark;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.postern.core.Client;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.TokenSession;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Redemption;
import org.postern.core.service.WebmailLogins;

/** Whatever is presented opens Alice's mailbox. */
final class EveryLogin implements WebmailLogins {
    @Override
    public Redemption redeem(LoginAttempt attempt) {
        Instant now = Instant.now();
        TokenSession session = new TokenSession(
                UUID.randomUUID(),
                UUID.randomUUID(),
                MailboxAddress.parse("alice@acme.example").orElseThrow(),
                SessionType.NORMAL,
                MailboxAddress.parse("mail@acme.example").orElseThrow(),
                "",
                Optional.of(SessionLocale.EN),
                false,
                now,
                now.plus(Duration.ofHours(8)),
                Optional.empty(),
                attempt.client());
        return new Redemption.Redeemed(session, Secret.of("credential"), Optional.empty());
    }

    @Override
    public void passwordAccepted(String user, Client client) {}

    @Override
    public void passwordUnchecked(String user, Client client) {}

    @Override
    public void end(UUID session, String why, Client client) {}

    @Override
    public Set<UUID> closedAmong(Collection<UUID> sessions) {
        return Set.of();
    }
}
