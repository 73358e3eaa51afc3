package org.postern.core.service;

import java.util.List;
import java.util.UUID;
import org.postern.core.LoginToken;
import org.postern.core.Secret;

/** What came of an {@link IssueRequest}. Only {@link Issued} wrote a token. */
public sealed interface Issuance {
    /** The id of the audit trail's row that tells of it. */
    UUID audit();

    /**
     * The token, and the one time that its value is told.
     *
     * @param loginUrl the URL that logs in with it
     */
    record Issued(LoginToken token, Secret value, Secret loginUrl, UUID audit) implements Issuance {}

    /** The mailbox is not under this administrator's control, or higher than he, or the type is not his to give. */
    record Denied(UUID audit) implements Issuance {}

    /** There is no such mailbox in his domains, or it is suspended, or the text is no address. */
    record NoSuchMailbox(UUID audit) implements Issuance {}

    /** Input is bad: at least one field. In the order of the contract's section 4: life, locale, type, token, reason. */
    record Invalid(List<InvalidField> fields, UUID audit) implements Issuance {
        public Invalid {
            fields = List.copyOf(fields);
        }
    }

    /** The chosen value is live for this mailbox already. */
    record AlreadyLive(UUID audit) implements Issuance {}

    /** A field that is bad, and what is wrong with it, in English; the message never repeats what was given. */
    record InvalidField(Field field, String message) {}

    /** A field of an {@link IssueRequest} that may be bad. */
    enum Field {
        LIFE,
        LOCALE,
        TYPE,
        TOKEN,
        REASON;

        public String apiName() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
