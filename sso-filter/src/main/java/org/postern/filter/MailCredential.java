package org.postern.filter;

import java.io.Serializable;
import org.postern.core.Secret;

/**
 * The session's own login for IMAP and SMTP: good as long as the session is open, for its mailbox alone. It is
 * serializable so that session replication carries it; its text form is redacted. Immutable and thread-safe.
 */
public final class MailCredential implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String text;

    public MailCredential(Secret secret) {
        this.text = secret.reveal();
    }

    /** The password to give to the mail server; the user is the session's mailbox. */
    public Secret secret() {
        return Secret.of(text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MailCredential c && c.secret().equals(secret());
    }

    /** The same for every credential: a hash code is no place for a secret. */
    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return "***";
    }
}
