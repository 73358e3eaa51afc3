package org.postern.core;

import java.time.Instant;

/**
 * What an administrator's program got for his password, to go on without it: the session of the OMA call {@code
 * authenticate} (contract, section 5).
 *
 * @param passwordVersion the version of the password that was shown: the session is over when the password changes
 * @param expiresAt the first moment at which it is over
 */
public record AdminSession(MailboxAddress administrator, String passwordVersion, Instant expiresAt) {}
