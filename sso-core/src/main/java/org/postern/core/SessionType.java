package org.postern.core;

import java.util.Optional;

/** What a token opens, where, and how often: the five session types of the contract, section 3. */
public enum SessionType {
    /** Many logins to the mailbox, over webmail and the mail protocols, until the token expires. */
    NORMAL("normal", false, false, true),
    /** As {@link #NORMAL}, and the admin tab. */
    NORMAL_ADMIN("normal_admin", false, true, true),
    /** One login to the mailbox, by the login URL. */
    SSO("sso", true, false, true),
    /** As {@link #SSO}, and the admin tab. */
    SSO_ADMIN("sso_admin", true, true, true),
    /** One login to the admin tab alone, by the login URL. */
    ADMIN_ONLY("admin_only", true, true, false);

    private final String apiName;
    private final boolean singleUse;
    private final boolean admin;
    private final boolean mailbox;

    SessionType(String apiName, boolean singleUse, boolean admin, boolean mailbox) {
        this.apiName = apiName;
        this.singleUse = singleUse;
        this.admin = admin;
        this.mailbox = mailbox;
    }

    /** The type whose API name is exactly {@code name}. */
    public static Optional<SessionType> parse(String name) {
        for (SessionType type : values()) {
            if (type.apiName.equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    public String apiName() {
        return apiName;
    }

    /** Exactly one redemption, over all threads and nodes. */
    public boolean singleUse() {
        return singleUse;
    }

    /** Opens the admin tab. */
    public boolean admin() {
        return admin;
    }

    /** Opens the mailbox in webmail. */
    public boolean opensMailbox() {
        return mailbox;
    }

    /** The token itself works as a password for IMAP4, POP3 and SMTP. */
    public boolean mailProtocols() {
        return !singleUse;
    }

    /** Whether the token works through {@code channel} (section 3's table). */
    public boolean worksThrough(Channel channel) {
        return channel == Channel.LOGIN_URL || !singleUse;
    }
}
