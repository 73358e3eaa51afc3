package org.postern.core;

import java.util.Optional;

/** The way by which a secret arrives at webmail or at a mail server. */
public enum Channel {
    /** The login URL (contract, section 7), including its confirmation page. */
    LOGIN_URL("login_url"),
    /** The webmail host's own login form. */
    LOGIN_FORM("login_form"),
    IMAP("imap"),
    POP3("pop3"),
    SMTP("smtp"),
    /** A mail server that does not say which protocol it is asked by. */
    MAIL("mail");

    private final String apiName;

    Channel(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }

    /** The protocol of a mail server whose API name is exactly {@code name}. */
    public static Optional<Channel> mailProtocol(String name) {
        return switch (name) {
            case "imap" -> Optional.of(IMAP);
            case "pop3" -> Optional.of(POP3);
            case "smtp" -> Optional.of(SMTP);
            case "mail" -> Optional.of(MAIL);
            default -> Optional.empty();
        };
    }
}
