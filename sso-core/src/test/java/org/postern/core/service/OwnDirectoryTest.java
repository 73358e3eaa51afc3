package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.DomainName;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SetClock;
import org.postern.core.TokenKeys;
import org.postern.core.UnavailableException;
import org.postern.core.memory.InMemoryBackend;
import org.postern.core.spi.Backend;
import org.postern.core.spi.DirectoryEditor;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.TokenStore;

/** Contract, section 2: an operator's own user database, which the product may only read, is all that it needs. */
class OwnDirectoryTest {
    private static final Client CLIENT = new Client("192.0.2.1", "test");
    private static final MailboxAddress ANNA = Acme.address("anna@own.example");
    private static final MailboxAddress DESK = Acme.address("desk@own.example");

    private final UserDatabase users = new UserDatabase();
    private final Postern postern =
            new Postern(Acme.settings(Map.of()), new OwnBackend(users, new InMemoryBackend()), SetClock.atNoon());

    private Issuance issue(String user) {
        Administrators.Login login =
                postern.administrators().byPassword("desk@own.example", Secret.of("pw-desk"), CLIENT);
        return postern.tokens()
                .issue(
                        ((Administrators.Login.Accepted) login).administrator(),
                        new IssueRequest(user, "", Secret.of(""), "T-1", "", "", true, false, false, CLIENT));
    }

    private Redemption redeem(Issuance.Issued issued) {
        return postern.tokens()
                .redeem(new LoginAttempt(ANNA.toString(), issued.value(), Channel.LOGIN_URL, false, "", CLIENT));
    }

    @Test
    void readOnlyDirectory_isEnoughForATokensWholeLife() {
        Issuance.Issued issued = (Issuance.Issued) issue("anna@own.example");
        Redemption.Redeemed redeemed = (Redemption.Redeemed) redeem(issued);
        assertThat(postern.mailLogins().check("anna@own.example", issued.value(), Channel.IMAP, CLIENT))
                .isInstanceOf(MailLogins.Check.Accepted.class);
        assertThat(postern.tokens().closedAmong(List.of(redeemed.session().id())))
                .isEmpty();

        users.suspended = true;

        assertThat(issue("anna@own.example")).isInstanceOf(Issuance.NoSuchMailbox.class);
        assertThat(redeem(issued)).isEqualTo(new Redemption.Refused(Refusal.SUSPENDED));
        assertThat(postern.tokens().closedAmong(List.of(redeemed.session().id())))
                .hasSize(1);
    }

    /** Never upward, nor outside his domains: what is decided is decided on the mailbox, not on what it was called by. */
    @Test
    void alias_isNoNameOfTheMailbox() {
        users.alias = Optional.of(
                new Mailbox(Acme.address("boss@foreign.example"), "Boss", Optional.empty(), false, Optional.empty()));

        assertThat(issue(UserDatabase.ALIAS.toString())).isInstanceOf(Issuance.NoSuchMailbox.class);
        users.alias = Optional.of(new Mailbox(ANNA, "Anna", Optional.empty(), false, Optional.empty()));
        assertThat(issue(UserDatabase.ALIAS.toString())).isInstanceOf(Issuance.NoSuchMailbox.class);
    }

    @Test
    void readOnlyDirectory_isChangedByNobody() {
        assertThat(postern.mailboxes().changePassword(ANNA, Secret.of("pw-anna"), Secret.of("a longer one 9"), CLIENT))
                .isInstanceOf(Mailboxes.PasswordChange.ReadOnly.class);
        Actor desk = new Actor(
                new Administrator(DESK, Role.DOMAIN, "Own", Set.of(UserDatabase.DOMAIN)), Optional.empty(), CLIENT);
        assertThat(List.of(
                        postern.mailboxes().setPassword(desk, ANNA.toString(), Secret.of("a longer one 9")),
                        postern.mailboxes().setSuspended(desk, ANNA.toString(), true),
                        postern.mailboxes().setLocale(desk, ANNA.toString(), Optional.empty())))
                .containsOnly(new Mailboxes.Change.ReadOnly());
        assertThatThrownBy(() -> postern.mailboxes().setSuspended(ANNA, true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Refused, never repaired: the directory is asked about canonical addresses alone, and about nothing that is none. */
    @Test
    void addressThatIsNone_isNeverAskedOf() {
        issue("anna@own.example");
        users.asked.clear();
        for (String bad : List.of(
                "*@own.example",
                "an%a@own.example",
                "an/na@own.example",
                "\"anna\"@own.example",
                "an na@own.example",
                "anna\0@own.example",
                "anna@own.example.",
                "anna@@own.example")) {
            issue(bad);
            postern.mailLogins().check(bad, Secret.of("x"), Channel.IMAP, new Client("192.0.2.2", ""));
            postern.mailboxes().openedBy(bad, Secret.of("x"));
            postern.administrators().byPassword(bad, Secret.of("x"), new Client("192.0.2.3", ""));
        }
        assertThat(users.asked).isSubsetOf(DESK);

        postern.mailboxes().openedBy("ANNA@Own.Example", Secret.of("x"));
        assertThat(users.asked).contains(ANNA);
    }

    /** Such a session has to end with the password; where nobody can tell that, there is none, and the password works. */
    @Test
    void sessionOfAnAdministrator_whereTheDirectoryTellsNoPasswordsVersion_isAFault() {
        Administrator desk = users.administrator(DESK).orElseThrow();
        assertThatThrownBy(
                        () -> postern.administrators().startSession(desk, Secret.of(""), Duration.ofHours(1), CLIENT))
                .isInstanceOf(UnavailableException.class);
    }

    /** As small as an operator would write it over his own tables. */
    private static final class UserDatabase implements MailDirectory {
        private static final DomainName DOMAIN = Acme.domain("own.example");
        private static final MailboxAddress ALIAS = Acme.address("alias@own.example");

        final List<MailboxAddress> asked = new ArrayList<>();
        Optional<Mailbox> alias = Optional.empty();
        boolean suspended;

        @Override
        public Optional<Mailbox> mailbox(MailboxAddress address) {
            asked.add(address);
            if (address.equals(ALIAS)) {
                return alias;
            }
            return address.equals(ANNA)
                    ? Optional.of(new Mailbox(ANNA, "Anna", Optional.empty(), suspended, Optional.empty()))
                    : Optional.empty();
        }

        @Override
        public Optional<Administrator> administrator(MailboxAddress address) {
            asked.add(address);
            return address.equals(DESK)
                    ? Optional.of(new Administrator(DESK, Role.MAIL, "Own", Set.of(DOMAIN)))
                    : Optional.empty();
        }

        @Override
        public Optional<Administrator> administratorByApiKey(Secret apiKey) {
            return Optional.empty();
        }

        @Override
        public Optional<String> companyOf(DomainName domain) {
            return domain.equals(DOMAIN) ? Optional.of("Own") : Optional.empty();
        }

        @Override
        public Set<DomainName> domainsOf(Administrator administrator) {
            return administrator.domains();
        }

        @Override
        public boolean checkPassword(MailboxAddress account, Secret password) {
            asked.add(account);
            return password.equals(Secret.of("pw-" + account.local()));
        }

        @Override
        public Optional<String> passwordVersion(MailboxAddress account) {
            return Optional.empty();
        }

        @Override
        public Page<Mailbox> search(Administrator administrator, String text, int limit, Optional<String> after) {
            return new Page<>(List.of(), Optional.empty());
        }

        @Override
        public Set<MailboxAddress> closedAmong(Collection<MailboxAddress> addresses) {
            return addresses.stream().filter(a -> suspended || !a.equals(ANNA)).collect(Collectors.toSet());
        }

        @Override
        public Optional<DirectoryEditor> editor() {
            return Optional.empty();
        }
    }

    private record OwnBackend(MailDirectory directory, InMemoryBackend rest) implements Backend {
        @Override
        public TokenStore tokens() {
            return rest.tokens();
        }

        @Override
        public TokenKeys keys() {
            return rest.keys();
        }

        @Override
        public void refreshKeys() {}

        @Override
        public void ping() {}

        @Override
        public void close() {}
    }
}
