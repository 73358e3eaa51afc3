package org.postern.filter;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;

/**
 * What the filter itself remembers in a session: which link opened it (as a salted proof, so that the same link opened
 * again leads back into it), where logout leads, and what this node knows of it, so that a request need not look for it.
 * The container tells it when the session goes. Thread-safe.
 */
final class SessionMemory implements Serializable, HttpSessionBindingListener {
    static final String ATTRIBUTE = "org.postern.filter.SessionMemory";

    private static final long serialVersionUID = 1L;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int RANDOM_BYTES = 16;

    private final UUID session;
    private final String salt = randomText();
    private final String proof;
    private final String logoutRedirect;
    private transient volatile @Nullable OpenSession here;

    /** @param logoutRedirect where logout leads; empty text for the ordinary place */
    SessionMemory(UUID session, MailboxAddress mailbox, Secret secret, String logoutRedirect) {
        this.session = session;
        this.proof = proof(mailbox, secret);
        this.logoutRedirect = logoutRedirect;
    }

    static @Nullable SessionMemory in(HttpSession session) {
        try {
            return session.getAttribute(ATTRIBUTE) instanceof SessionMemory found ? found : null;
        } catch (IllegalStateException invalidatedMeanwhile) {
            return null;
        }
    }

    /** Leaves a session that is over to the host, with nothing of the filter's in it. */
    static void leave(HttpSession session) {
        try {
            session.removeAttribute(ATTRIBUTE);
            session.removeAttribute(WebmailSession.ATTRIBUTE);
        } catch (IllegalStateException invalidatedMeanwhile) {
            // Then there is nothing left.
        }
    }

    /** What this node knows of the session; null before its first request here. */
    @Nullable
    OpenSession here() {
        return here;
    }

    void isHere(OpenSession session) {
        here = session;
    }

    static String randomText() {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Whether this mailbox and secret opened the session. */
    boolean openedBy(MailboxAddress mailbox, Secret secret) {
        return MessageDigest.isEqual(bytes(proof), bytes(proof(mailbox, secret)));
    }

    Optional<String> logoutRedirect() {
        return logoutRedirect.isEmpty() ? Optional.empty() : Optional.of(logoutRedirect);
    }

    private String proof(MailboxAddress mailbox, Secret secret) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes(salt));
            digest.update(bytes(mailbox.toString()));
            digest.update((byte) 0);
            return HexFormat.of().formatHex(digest.digest(bytes(secret.reveal())));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void valueUnbound(HttpSessionBindingEvent event) {
        Object filter = event.getSession().getServletContext().getAttribute(Gate.ATTRIBUTE);
        if (filter instanceof Gate gate) {
            gate.sessions().unbound(session);
        }
    }

    @Override
    public String toString() {
        return "SessionMemory[" + session + "]";
    }
}
