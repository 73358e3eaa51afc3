package org.postern.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.DomainName;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.memory.InMemoryBackend;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Postern;
import org.postern.core.service.Redemption;
import org.postern.core.spi.MailDirectory;

/** Contract, section 12: the demo's accounts and its mail server, which takes passwords and tokens. */
class DemoTest {
    private static final Client CLIENT = new Client("127.0.0.1", "test");
    private static final String ALICE = "alice@acme.example";

    private final InMemoryBackend backend = new InMemoryBackend();
    private final MailDirectory directory = backend.directory();
    private Postern postern;
    private DemoMail mail;

    @BeforeEach
    void start() {
        new DemoAccounts(directory).seed();
        postern = new Postern(Acme.settings(Map.of("sso.demo", "true")), backend, Clock.systemUTC());
        mail = DemoMail.start(postern);
    }

    @AfterEach
    void stop() {
        mail.stop();
        postern.close();
    }

    /** One that went on for a client that is gone took a processor until the end. */
    @Test
    void clientThatHangsUp_leavesNoThread() throws Exception {
        for (int port : new int[] {mail.imapPort(), mail.pop3Port(), mail.smtpPort()}) {
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(client.getInputStream().read()).isPositive();
                assertThat(servingAt(port)).hasSize(1);
            }
            for (Thread serving : servingAt(port)) {
                serving.join(10_000);
            }
            assertThat(servingAt(port)).isEmpty();
        }
    }

    private static List<Thread> servingAt(int port) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains(":" + port + "<-"))
                .toList();
    }

    private Secret token(SessionType type) {
        return token(ALICE, type);
    }

    private Secret token(String user, SessionType type) {
        Administrator issuer =
                directory.administrator(Acme.address("company@acme.example")).orElseThrow();
        Issuance issued = postern.tokens()
                .issue(
                        issuer,
                        new IssueRequest(
                                user, type.apiName(), Secret.of(""), "test", "", "", false, false, false, CLIENT));
        return ((Issuance.Issued) issued).value();
    }

    private int messages(String protocol, int port, String user, String password) throws MessagingException {
        try (Store store = Session.getInstance(new Properties()).getStore(protocol)) {
            store.connect("127.0.0.1", port, user, password);
            Folder inbox = store.getFolder("INBOX");
            inbox.open(Folder.READ_ONLY);
            return inbox.getMessageCount();
        }
    }

    private void send(String user, String password, String to) throws MessagingException {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.auth", "true");
        Session session = Session.getInstance(properties);
        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress(user));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(to));
        message.setSubject("test");
        message.setText("test");
        try (Transport transport = session.getTransport("smtp")) {
            transport.connect("127.0.0.1", mail.smtpPort(), user, password);
            transport.sendMessage(message, message.getAllRecipients());
        }
    }

    @Test
    void seed_isWhatTheContractSays() {
        Mailbox bob = directory.mailbox(Acme.address("bob@acme.example")).orElseThrow();
        Mailbox postmaster =
                directory.mailbox(Acme.address("postmaster@acme.example")).orElseThrow();

        assertThat(bob.locale()).contains(SessionLocale.DE);
        assertThat(postmaster.role()).contains(Role.DOMAIN);
        assertThat(directory
                        .mailbox(Acme.address("suspended@acme.example"))
                        .orElseThrow()
                        .suspended())
                .isTrue();
        assertThat(directory.mailbox(Acme.address("company@acme.example"))).isEmpty();
        assertThat(directory.domainsOf(directory
                        .administrator(Acme.address("company@acme.example"))
                        .orElseThrow()))
                .containsExactlyInAnyOrder(Acme.domain("acme.example"), Acme.domain("acme-labs.example"));
        assertThat(directory
                        .administratorByApiKey(Secret.of("demo-api-key"))
                        .orElseThrow()
                        .address())
                .hasToString("mail@acme.example");
        assertThat(directory.checkPassword(Acme.address("zoe@globex.example"), Secret.of("demo-zoe")))
                .isTrue();
    }

    /** The columns of the contract's table: company, role and domains; none of the others is an administrator. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "company@acme.example, Acme, COMPANY, acme.example acme-labs.example",
                "domain@acme.example, Acme, DOMAIN, acme.example",
                "mail@acme.example, Acme, MAIL, acme.example",
                "postmaster@acme.example, Acme, DOMAIN, acme.example",
                "company@globex.example, Globex, COMPANY, globex.example",
                "alice@acme.example, -, -, -",
                "bob@acme.example, -, -, -",
                "suspended@acme.example, -, -, -",
                "carol@acme-labs.example, -, -, -",
                "dave@globex.example, -, -, -",
                "zoe@globex.example, -, -, -"
            })
    void seed_account_hasItsPasswordAndItsPowers(String account, String company, Role role, String domains) {
        MailboxAddress address = Acme.address(account);

        assertThat(directory.checkPassword(address, Secret.of("demo-" + address.local())))
                .isTrue();
        Optional<Administrator> administrator = directory.administrator(address);
        assertThat(administrator.map(Administrator::role)).isEqualTo(Optional.ofNullable(role));
        administrator.ifPresent(admin -> {
            assertThat(admin.company()).isEqualTo(company);
            assertThat(directory.domainsOf(admin))
                    .extracting(DomainName::toString)
                    .containsExactlyInAnyOrder(domains.split(" "));
        });
    }

    @Test
    void seed_mailboxes_areTheSeven() {
        Stream<Mailbox> all = Stream.of("company@acme.example", "company@globex.example")
                .map(admin -> directory.administrator(Acme.address(admin)).orElseThrow())
                .flatMap(admin -> directory.search(admin, "", 100, Optional.empty()).items().stream());

        assertThat(all.map(m -> m.address()
                        + (m.suspended() ? " suspended" : "")
                        + m.locale().map(l -> " " + l.code()).orElse("")))
                .containsExactlyInAnyOrder(
                        "alice@acme.example",
                        "bob@acme.example de",
                        "postmaster@acme.example",
                        "suspended@acme.example suspended",
                        "carol@acme-labs.example",
                        "dave@globex.example",
                        "zoe@globex.example");
    }

    @Test
    void seed_again_changesNothingThatSomebodyChanged() {
        directory.editor().orElseThrow().setPassword(Acme.address(ALICE), Secret.of("another one"));
        directory.editor().orElseThrow().setSuspended(Acme.address("suspended@acme.example"), false);

        new DemoAccounts(directory).seed();

        assertThat(directory.checkPassword(Acme.address(ALICE), Secret.of("another one")))
                .isTrue();
        assertThat(directory
                        .mailbox(Acme.address("suspended@acme.example"))
                        .orElseThrow()
                        .suspended())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice@acme.example",
                "bob@acme.example",
                "postmaster@acme.example",
                "carol@acme-labs.example",
                "dave@globex.example",
                "zoe@globex.example"
            })
    void login_ownPassword_findsMailOverImapAndPop3(String mailbox) throws MessagingException {
        String password = "demo-" + Acme.address(mailbox).local();

        assertThat(messages("imap", mail.imapPort(), mailbox, password)).isEqualTo(5);
        assertThat(messages("pop3", mail.pop3Port(), mailbox, password)).isEqualTo(5);
    }

    @Test
    void login_normalToken_opensImapPop3AndSmtp() throws MessagingException {
        String token = token(SessionType.NORMAL).reveal();

        assertThat(messages("imap", mail.imapPort(), ALICE, token)).isEqualTo(5);
        assertThat(messages("pop3", mail.pop3Port(), ALICE, token)).isEqualTo(5);
        send(ALICE, token, "dave@globex.example");
        assertThat(messages("imap", mail.imapPort(), "dave@globex.example", "demo-dave"))
                .isEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource(
            value = SessionType.class,
            names = {"SSO", "SSO_ADMIN", "ADMIN_ONLY"})
    void login_singleUseToken_opensNoMailProtocol(SessionType type) {
        String user = "postmaster@acme.example";
        String token = token(user, type).reveal();

        assertThatThrownBy(() -> messages("imap", mail.imapPort(), user, token))
                .isInstanceOf(AuthenticationFailedException.class);
        assertThatThrownBy(() -> messages("pop3", mail.pop3Port(), user, token))
                .isInstanceOf(AuthenticationFailedException.class);
        assertThatThrownBy(() -> send(user, token, ALICE)).isInstanceOf(AuthenticationFailedException.class);
    }

    @Test
    void login_sessionCredential_worksUntilTheSessionEnds() throws MessagingException {
        Redemption.Redeemed session = (Redemption.Redeemed) postern.tokens()
                .redeem(new LoginAttempt(ALICE, token(SessionType.SSO), Channel.LOGIN_URL, false, "", CLIENT));
        String credential = session.credential().reveal();

        assertThat(messages("imap", mail.imapPort(), ALICE, credential)).isEqualTo(5);
        send(ALICE, credential, "dave@globex.example");
        postern.tokens().end(session.session().id(), "logout", CLIENT);
        assertThatThrownBy(() -> messages("imap", mail.imapPort(), ALICE, credential))
                .isInstanceOf(AuthenticationFailedException.class);
    }

    @Test
    void login_wrongPasswordUnknownOrSuspendedMailbox_isRefused() {
        assertThatThrownBy(() -> messages("imap", mail.imapPort(), ALICE, "wrong"))
                .isInstanceOf(AuthenticationFailedException.class);
        assertThatThrownBy(() -> messages("imap", mail.imapPort(), ALICE, "")).isInstanceOf(MessagingException.class);
        assertThatThrownBy(() -> messages("imap", mail.imapPort(), "nobody@acme.example", "nobody@acme.example"))
                .isInstanceOf(AuthenticationFailedException.class);
        assertThatThrownBy(() -> messages("imap", mail.imapPort(), "suspended@acme.example", "demo-suspended"))
                .isInstanceOf(AuthenticationFailedException.class);
    }

    @Test
    void login_manyRightPasswords_neverCountAsGuesses() {
        for (int i = 0; i < 30; i++) {
            assertThatCode(() -> messages("imap", mail.imapPort(), ALICE, "demo-alice"))
                    .doesNotThrowAnyException();
        }
    }
}
