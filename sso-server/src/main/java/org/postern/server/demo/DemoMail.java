package org.postern.server.demo;

import com.icegreen.greenmail.imap.AuthorizationException;
import com.icegreen.greenmail.imap.ImapHostManager;
import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.user.UserException;
import com.icegreen.greenmail.user.UserImpl;
import com.icegreen.greenmail.user.UserManager;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Flags;
import java.net.URI;
import java.util.Date;
import java.util.Locale;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;
import org.postern.core.service.MailLogins;
import org.postern.core.service.Postern;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demo's mail server: IMAP, POP3 and SMTP on loopback, for the demo's mailboxes, with some mail that is new at each
 * start. It asks about every password as a real one would: first whether it is a token or a session's credential, then
 * whether it is the mailbox's own.
 */
public final class DemoMail {
    private static final Logger LOG = LoggerFactory.getLogger(DemoMail.class);
    private static final String LOOPBACK = "127.0.0.1";
    private static final long START_MILLIS = 5_000;

    private final Postern postern;
    private final PromptServer server;

    private DemoMail(Postern postern) {
        this.postern = postern;
        Settings.Demo ports = postern.settings().demo();
        this.server = new PromptServer(new ServerSetup[] {
            setup(ports.imapPort(), ServerSetup.PROTOCOL_IMAP),
            setup(ports.pop3Port(), ServerSetup.PROTOCOL_POP3),
            setup(ports.smtpPort(), ServerSetup.PROTOCOL_SMTP)
        });
    }

    private static ServerSetup setup(int port, String protocol) {
        ServerSetup setup = new ServerSetup(port, LOOPBACK, protocol);
        setup.setServerStartupTimeout(START_MILLIS);
        return setup;
    }

    /**
     * Starts the servers, with every mailbox of the demo and its letters.
     *
     * @throws SettingsException where a port that a setting names is taken
     */
    public static DemoMail start(Postern postern) {
        DemoMail mail = new DemoMail(postern);
        try {
            mail.server.start();
            mail.fill();
        } catch (IllegalStateException taken) {
            mail.stop();
            throw new SettingsException("sso.demo", "the mail server cannot use its ports: " + taken.getMessage());
        } catch (UserException | FolderException | AuthorizationException e) {
            throw new IllegalStateException("the demo's mail cannot be made", e);
        }
        return mail;
    }

    private void fill() throws UserException, FolderException, AuthorizationException {
        UserManager users = server.getUserManager();
        users.setAuthRequired(true);
        ImapHostManager folders = server.getManagers().getImapHostManager();
        for (MailboxAddress mailbox : DemoAccounts.mailboxes()) {
            // GreenMail's own password is never asked for: the validator stands before it.
            GreenMailUser user = users.createUser(mailbox.toString(), mailbox.toString(), "");
            ((UserImpl) user).setTokenValidator(secret -> opens(mailbox, Secret.of(secret)));
            for (String folder : DemoLetters.FOLDERS) {
                folders.createMailbox(user, folder);
            }
            for (DemoLetters.Letter letter : DemoLetters.to(mailbox, postern.clock())) {
                Flags flags = new Flags();
                if (letter.read()) {
                    flags.add(Flags.Flag.SEEN);
                }
                MailFolder folder =
                        letter.folder().isEmpty() ? folders.getInbox(user) : folders.getFolder(user, letter.folder());
                folder.appendMessage(letter.message(), flags, Date.from(letter.date()));
            }
        }
        users.setMessageDeliveryHandler((message, recipient) -> {
            GreenMailUser known = users.getUserByEmail(recipient.getEmail());
            if (known == null) {
                throw new UserException("there is no such mailbox");
            }
            return known;
        });
    }

    private boolean opens(MailboxAddress mailbox, Secret secret) {
        Client client = new Client(LOOPBACK, "demo mail server");
        try {
            return postern.mailLogins().check(mailbox.toString(), secret, protocol(), client)
                    instanceof MailLogins.Check.Accepted;
        } catch (UnavailableException fault) {
            LOG.error("a login to the demo's mail server could not be checked: {}", fault.getMessage());
            return false;
        }
    }

    /** GreenMail does not say by which door somebody came, but names its threads after them. */
    private static Channel protocol() {
        String thread = Thread.currentThread().getName().toLowerCase(Locale.ROOT);
        return thread.startsWith("pop3") ? Channel.POP3 : thread.startsWith("smtp") ? Channel.SMTP : Channel.IMAP;
    }

    public int imapPort() {
        return server.port(ServerSetup.PROTOCOL_IMAP);
    }

    public int pop3Port() {
        return server.port(ServerSetup.PROTOCOL_POP3);
    }

    public int smtpPort() {
        return server.port(ServerSetup.PROTOCOL_SMTP);
    }

    /** Where the webmail finds it. */
    public URI imap() {
        return URI.create("imap://" + LOOPBACK + ':' + imapPort());
    }

    /** Where a diagnosis finds POP3. */
    public URI pop3() {
        return URI.create("pop3://" + LOOPBACK + ':' + pop3Port());
    }

    /** Where the webmail sends through. */
    public URI smtp() {
        return URI.create("smtp://" + LOOPBACK + ':' + smtpPort());
    }

    public void stop() {
        server.stop();
    }
}
