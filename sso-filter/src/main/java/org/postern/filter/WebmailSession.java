package org.postern.filter;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;

/**
 * What a redeemed token opened in the browser (contract, section 8): a plain value in the {@link HttpSession}, under
 * {@link #ATTRIBUTE}, that any container's session replication carries. Immutable and thread-safe.
 *
 * @param id the session's public id, as in the audit trail; not the id in the cookie
 * @param mailbox the canonical address
 * @param tokenId the public id of the token
 * @param issuer the address of the administrator who issued the token
 * @param reason why the token was issued, or empty text
 * @param readOnly whether the webmail may show the mailbox and must change nothing in it; false in a session that an
 *     older version of the product kept
 * @param end the first moment at which the session is over in any case
 * @param credential the session's own login for IMAP and SMTP; with {@code admin_only} it opens nothing
 * @param csrfToken what a host's forms carry, and a logout link as the parameter {@code _token}
 */
public record WebmailSession(
        UUID id,
        String mailbox,
        SessionLocale locale,
        SessionType type,
        WebmailInterface webmailInterface,
        UUID tokenId,
        String issuer,
        String reason,
        boolean readOnly,
        Instant start,
        Instant end,
        MailCredential credential,
        String csrfToken)
        implements Serializable {
    /** The name of the session's attribute. */
    public static final String ATTRIBUTE = "org.postern.filter.WebmailSession";

    /** The role of a session that opens its mailbox. */
    public static final String MAILBOX_ROLE = "mailbox";

    /** The role of a session that opens the admin tab. */
    public static final String ADMIN_ROLE = "domain-admin";

    private static final long serialVersionUID = 1L;

    /** The open session of whoever sends this request, behind the filter. */
    public static Optional<WebmailSession> of(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return session == null ? Optional.empty() : Optional.ofNullable(in(session));
    }

    static @Nullable WebmailSession in(HttpSession session) {
        try {
            return session.getAttribute(ATTRIBUTE) instanceof WebmailSession found ? found : null;
        } catch (IllegalStateException invalidatedMeanwhile) {
            return null;
        }
    }

    /** Never: whoever came with a token is not the owner, and must not lock him out (contract, section 8). */
    public boolean canChangePassword() {
        return false;
    }

    /** Whether the session has {@link #MAILBOX_ROLE} or {@link #ADMIN_ROLE}. */
    public boolean hasRole(String role) {
        return switch (role) {
            case MAILBOX_ROLE -> type.opensMailbox();
            case ADMIN_ROLE -> type.admin();
            default -> false;
        };
    }

    /** Whether a form or link carries this session's token; takes the same time for every text of one length. */
    public boolean isCsrfToken(String sent) {
        return MessageDigest.isEqual(sent.getBytes(StandardCharsets.UTF_8), csrfToken.getBytes(StandardCharsets.UTF_8));
    }

    WebmailSession with(WebmailInterface chosen) {
        return new WebmailSession(
                id,
                mailbox,
                locale,
                type,
                chosen,
                tokenId,
                issuer,
                reason,
                readOnly,
                start,
                end,
                credential,
                csrfToken);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "WebmailSession[" + id + ", " + mailbox + ", " + type.apiName() + ", token " + tokenId + ", until " + end
                + "]";
    }
}
