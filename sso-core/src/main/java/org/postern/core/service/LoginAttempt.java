package org.postern.core.service;

import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.Secret;

/**
 * A secret presented to webmail.
 *
 * @param user the mailbox's address as it came
 * @param confirmed whether a person clicked for it (contract, section 7, {@code confirm})
 * @param note what the audit trail shall say of a success beside the channel, for example that a logout target was
 *     dropped; usually empty text, and never anything secret
 */
public record LoginAttempt(
        String user, Secret secret, Channel channel, boolean confirmed, String note, Client client) {}
