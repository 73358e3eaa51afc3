package org.postern.directory;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.eclipse.angus.mail.imap.IMAPStore;
import org.eclipse.angus.mail.imap.protocol.IMAPProtocol;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.TokenDigest;
import org.postern.core.TokenKeys;
import org.postern.core.UnavailableException;

/**
 * Passwords are right where a login at an IMAP server succeeds. On another host that server has to prove who it is, by
 * {@code imaps} or STARTTLS. Each question is a connection of its own, and there are few at once. Thread-safe.
 */
final class ImapPasswords {
    private static final String CONNECT_MILLIS = "3000";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LONGEST_PASSWORD = 1024;
    /** Fewer than the program has threads: where the server hangs, all else goes on. */
    private static final int MOST_AT_ONCE = 16;

    /** Codes of a NO (RFC 5530) that tell nothing of the password. */
    private static final Pattern NO_ANSWER =
            Pattern.compile("\\[(?:UNAVAILABLE|LIMIT|INUSE|SERVERBUG|PRIVACYREQUIRED|ALERT)]");

    private final URI server;
    private final TokenKeys keys;
    private final Session session;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final Map<TokenDigest, Integer> asked = new ConcurrentHashMap<>();

    /** @param keys hide what is being asked, for as long as it is */
    ImapPasswords(URI server, TokenKeys keys) {
        this(server, keys, PATIENCE);
    }

    /** @param patience how long one answer may take */
    ImapPasswords(URI server, TokenKeys keys, Duration patience) {
        this.server = server;
        this.keys = keys;
        Properties properties = new Properties();
        String prefix = "mail." + server.getScheme() + '.';
        String answerMillis = String.valueOf(patience.toMillis());
        String elsewhere = Boolean.toString(!Host.isHere(server));
        properties.setProperty(prefix + "connectiontimeout", CONNECT_MILLIS);
        properties.setProperty(prefix + "timeout", answerMillis);
        properties.setProperty(prefix + "writetimeout", answerMillis);
        properties.setProperty(prefix + "starttls.enable", elsewhere);
        properties.setProperty(prefix + "starttls.required", elsewhere);
        properties.setProperty(prefix + "ssl.checkserveridentity", "true");
        properties.setProperty(prefix + "auth.mechanisms", "PLAIN LOGIN");
        this.session = Session.getInstance(properties);
    }

    boolean open(MailboxAddress mailbox, Secret password) {
        // What no mail server takes is asked of none: NUL ends SASL's fields, long lines end connections, and half a
        // character would go as a question mark.
        if (password.length() > LONGEST_PASSWORD
                || password.reveal().indexOf('\0') >= 0
                || !StandardCharsets.UTF_8.newEncoder().canEncode(password.reveal())) {
            return false;
        }
        if (!places.tryAcquire()) {
            throw new UnavailableException("too many passwords are being checked at the IMAP server");
        }
        TokenDigest question = digest(mailbox, password);
        asked.merge(question, 1, Integer::sum);
        try {
            return login(mailbox, password);
        } finally {
            asked.computeIfPresent(question, (q, count) -> count == 1 ? null : count - 1);
            places.release();
        }
    }

    private boolean login(MailboxAddress mailbox, Secret password) {
        try {
            AskedStore store = new AskedStore(session, server.getScheme(), password);
            store.connect(server.getHost(), server.getPort(), mailbox.toString(), password.reveal());
            close(store);
            if (store.wasAsked) {
                return true;
            }
        } catch (AuthenticationFailedException refused) {
            if (NO_ANSWER
                    .matcher(String.valueOf(refused.getMessage()).toUpperCase(Locale.ROOT))
                    .find()) {
                throw new UnavailableException("the IMAP server cannot check passwords now", refused);
            }
            return false;
        } catch (MessagingException fault) {
            throw new UnavailableException("the IMAP server that knows the passwords cannot be used", fault);
        } catch (RuntimeException stumbled) {
            throw new UnavailableException("what should know the passwords is no IMAP server", stumbled);
        }
        throw new UnavailableException("the IMAP server lets everybody in without a password (PREAUTH)");
    }

    /**
     * Knows whether the server looked at the password. One that greets with PREAUTH (RFC 3501, section 7.1.4) did not,
     * and somebody on the way may say that before TLS begins. The command LOGIN has no other characters than ASCII, of
     * which the mail library would make some: another password.
     */
    private static final class AskedStore extends IMAPStore {
        private final boolean ascii;
        private boolean wasAsked;

        AskedStore(Session session, String scheme, Secret password) {
            super(session, null, scheme, scheme.equals("imaps"));
            this.ascii = password.reveal().chars().allMatch(c -> c < 0x80);
        }

        @Override
        protected void preLogin(IMAPProtocol protocol) throws ProtocolException {
            if (!ascii && !protocol.hasCapability("AUTH=PLAIN")) {
                throw new ProtocolException("no AUTH=PLAIN, and a password that is not ASCII");
            }
            wasAsked = true;
        }
    }

    private static void close(Store store) {
        try {
            store.close();
        } catch (MessagingException gone) {
            // it said what was asked
        }
    }

    boolean isAskingAbout(MailboxAddress mailbox, Secret secret) {
        return !asked.isEmpty() && asked.containsKey(digest(mailbox, secret));
    }

    private TokenDigest digest(MailboxAddress mailbox, Secret secret) {
        return keys.digests(mailbox, secret).get(0);
    }
}
