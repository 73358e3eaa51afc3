package org.postern.rest.diagnosis;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What of a mailbox is tried. */
public enum Service {
    IMAP,
    POP3,
    SMTP,
    WEBMAIL;

    @JsonValue
    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
