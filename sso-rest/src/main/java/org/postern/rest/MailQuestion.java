package org.postern.rest;

import java.util.Locale;
import java.util.Optional;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.IpLiteral;
import org.postern.core.Secret;
import org.postern.core.service.MailLogins;

/**
 * What a mail server wants to know, in whatever dialect it asks.
 *
 * @param protocol empty where tokens do not open what it is asked for
 * @param client who talks to the mail server
 */
record MailQuestion(String user, Secret secret, Optional<Channel> protocol, Client client) {
    /**
     * @param protocol as the mail server calls it; empty text where it does not say
     * @param address whom the mail server talks to; where it is no address, nobody knows: the mail server is not to be blamed for its clients
     * @param asks the mail server
     */
    static MailQuestion of(String user, String secret, String protocol, String address, Caller asks) {
        return new MailQuestion(
                user,
                Secret.of(secret),
                channel(protocol),
                client(address, asks.arrival().address()));
    }

    static Client client(String address, String server) {
        return new Client(IpLiteral.bytes(address).length > 0 ? address : "", "mail server " + server);
    }

    /** What a mail server calls a protocol; Dovecot calls its own submission server by another name than Postfix's. */
    static Optional<Channel> channel(String name) {
        String protocol = name.toLowerCase(Locale.ROOT);
        return protocol.isEmpty()
                ? Optional.of(Channel.MAIL)
                : Channel.mailProtocol(protocol.equals("submission") ? Channel.SMTP.apiName() : protocol)
                        .filter(channel -> channel != Channel.MAIL);
    }

    /** What opens the mailbox; empty for whatever does not. */
    Optional<MailLogins.Check.Accepted> askedOf(MailLogins logins) {
        return protocol.map(channel -> logins.checkFirst(user, secret, channel, client))
                .filter(MailLogins.Check.Accepted.class::isInstance)
                .map(MailLogins.Check.Accepted.class::cast);
    }
}
