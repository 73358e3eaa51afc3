package org.postern.rest.diagnosis;

import java.net.InetAddress;
import java.util.function.Predicate;
import org.postern.core.Secret;

/**
 * As whom, with what and for how long the services are tried.
 *
 * @param here which addresses nobody can listen in on: there a secret may go unencrypted
 */
record Attempt(String user, Secret secret, Lifeline life, Trust trust, Predicate<InetAddress> here) {}
