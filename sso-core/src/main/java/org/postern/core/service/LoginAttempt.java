package org.postern.core.service;

import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.Secret;

/**
 * A secret presented to webmail.
 *
 * @param user the mailbox's address as it came
 * @param confirmed whether a person clicked for it (contract, section 7, {@code confirm})
 */
public record LoginAttempt(String user, Secret secret, Channel channel, boolean confirmed, Client client) {}
