package org.postern.directory;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.sdk.Attribute;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.DomainName;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SetClock;
import org.postern.core.memory.InMemoryBackend;
import org.postern.core.service.Actor;
import org.postern.core.service.Administrators;
import org.postern.core.service.Answer;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.Mailboxes;
import org.postern.core.service.Postern;
import org.postern.core.settings.Settings;
import org.postern.core.spi.AuditQuery;
import org.postern.core.spi.DirectoryEditor;

/** Contract, section 2: never upward, and an entry of several addresses is one mailbox, under one of them. */
class AliasTest {
    private static final Client CLIENT = new Client("192.0.2.1", "test");
    private static final DomainName ACME = Acme.domain("acme.example");
    private static final MailboxAddress ERIKA = Acme.address("erika@acme.example");
    private static final MailboxAddress MUSTER = Acme.address("muster@acme.example");
    private static final MailboxAddress BOSS = Acme.address("boss@acme.example");
    private static final Secret PASSWORD = Secret.of("of her own");

    private final TestLdap ldap = new TestLdap();
    private final InMemoryBackend store = new InMemoryBackend();
    private final Postern postern = postern(ldap.settings());
    private final Administrator mail = administrator("desk@elsewhere.example", Role.MAIL, "Acme", Set.of(ACME));
    private final Administrator company = administrator("head@elsewhere.example", Role.COMPANY, "Acme", Set.of());

    private Postern postern(Settings settings) {
        SetClock clock = SetClock.atNoon();
        return new Postern(settings, new OperatorDirectoryProvider(clock).over(store, settings), clock);
    }

    @BeforeEach
    void companies() {
        ldap.add("erika", new Attribute("mail", "muster@acme.example", "erika@acme.example", "a.private@mail.example"));
        ldap.set("erika", "userPassword", PASSWORD.reveal());
    }

    @AfterEach
    void stop() {
        postern.close();
        ldap.close();
    }

    private Administrator administrator(String address, Role role, String company, Set<DomainName> domains) {
        DirectoryEditor editor = postern.backend().directory().editor().orElseThrow();
        if (!editor.hasCompany("Acme")) {
            editor.createCompany("Acme");
            editor.createDomain("Acme", ACME);
            editor.createCompany("Globex");
            editor.createDomain("Globex", Acme.domain("globex.example"));
        }
        editor.createAdministrator(Acme.address(address), role, company, domains, Optional.of(PASSWORD));
        return postern.backend()
                .directory()
                .administrator(Acme.address(address))
                .orElseThrow();
    }

    private Issuance issue(Administrator issuer, String user) {
        return postern.tokens()
                .issue(issuer, new IssueRequest(user, "", Secret.of(""), "T-1", "", "", true, false, false, CLIENT));
    }

    private List<String> trail(MailboxAddress mailbox) {
        return store
                .tokens()
                .audit(
                        new AuditQuery(
                                Set.of(ACME),
                                Optional.of(mailbox),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        100,
                        Optional.empty())
                .items()
                .stream()
                .map(e -> e.type() + " " + e.detail())
                .toList();
    }

    /** By whichever of the addresses: his mail is there under all of them. */
    @Test
    void administratorsMailbox_underAnyOfItsAddresses_isNotOpenedByALowerRole() {
        ldap.add("boss", new Attribute("mail", "boss@acme.example", "accounts@acme.example", "zeta@acme.example"));
        ldap.add("bob", new Attribute("mail", "bob@acme.example", "bosses.other@elsewhere.example"));
        administrator(BOSS.toString(), Role.COMPANY, "Acme", Set.of());
        administrator("bosses.other@elsewhere.example", Role.COMPANY, "Acme", Set.of());
        for (String user :
                List.of("boss@acme.example", "accounts@acme.example", "zeta@acme.example", "bob@acme.example")) {
            assertThat(issue(mail, user)).as(user).isNotInstanceOf(Issuance.Issued.class);
            assertThat(postern.mailboxes().checkPassword(mail, user, PASSWORD, CLIENT))
                    .as(user)
                    .isNotInstanceOf(Mailboxes.PasswordCheck.Checked.class);
        }
        assertThat(issue(mail, "accounts@acme.example")).isInstanceOf(Issuance.Denied.class);
        assertThat(issue(company, "accounts@acme.example")).isInstanceOf(Issuance.Issued.class);

        ldap.stop();
        assertThat(issue(mail, "accounts@acme.example")).as("by what was seen").isInstanceOf(Issuance.Denied.class);
    }

    /** Nor by who administers another company's domain, in which the entry has an address too. */
    @Test
    void aliasInAnotherCompanysDomain_givesThatCompanyNothing() {
        Administrator globex =
                administrator("desk@globex.example", Role.MAIL, "Globex", Set.of(Acme.domain("globex.example")));
        ldap.set("erika", new Attribute("mail", "erika@acme.example", "erika@globex.example"));
        assertThat(issue(globex, "erika@globex.example")).isInstanceOf(Issuance.NoSuchMailbox.class);
        assertThat(issue(globex, "erika@acme.example")).isInstanceOf(Issuance.Denied.class);
        assertThat(postern.mailboxes().search(globex, "", 10, Optional.empty()).items())
                .isEmpty();
    }

    @Test
    void mailbox_hasOneName_inTokensTrailAndSearch() {
        Issuance.Issued issued = (Issuance.Issued) issue(mail, "Erika@Acme.example");
        assertThat(issued.token().mailbox()).isEqualTo(ERIKA);
        assertThat(issue(mail, MUSTER.toString())).isInstanceOf(Issuance.NoSuchMailbox.class);
        assertThat(trail(ERIKA)).containsExactly("ISSUED ");
        assertThat(trail(MUSTER)).containsExactly("ISSUE_REFUSED alias of another mailbox");
        assertThat(postern.mailboxes().look(mail, MUSTER.toString())).isInstanceOf(Answer.Missing.class);
        for (String text : List.of("", "erika", "muster")) {
            assertThat(postern.mailboxes()
                            .search(mail, text, 10, Optional.empty())
                            .items())
                    .as(text)
                    .extracting(Mailbox::address)
                    .containsExactly(ERIKA);
        }
        assertThat(postern.mailboxes()
                        .search(mail, "private", 10, Optional.empty())
                        .items())
                .as("an address that is not his to know")
                .isEmpty();
    }

    @Test
    void password_isThatOfTheMailboxesOwnAddressAlone() {
        assertThat(postern.mailboxes().openedBy(ERIKA.toString(), PASSWORD)).isPresent();
        assertThat(postern.mailboxes().openedBy(MUSTER.toString(), PASSWORD)).isEmpty();
        assertThat(postern.mailboxes().openedBy("a.private@mail.example", PASSWORD))
                .isEmpty();
        assertThat(postern.mailboxes().checkPassword(mail, MUSTER.toString(), PASSWORD, CLIENT))
                .isInstanceOf(Mailboxes.PasswordCheck.Missing.class);
    }

    /** Whoever is suspended is so under each of his addresses, one that is an administrator's among them. */
    @Test
    void administrator_whoseMailboxIsSuspended_hasNoPowerUnderItsAliasEither() {
        administrator(MUSTER.toString(), Role.MAIL, "Acme", Set.of(ACME));
        assertThat(postern.administrators().byPassword(MUSTER.toString(), PASSWORD, CLIENT))
                .isInstanceOf(Administrators.Login.Accepted.class);
        ldap.set("erika", "employeeType", "suspended");
        assertThat(postern.administrators().byPassword(MUSTER.toString(), PASSWORD, CLIENT))
                .isInstanceOf(Administrators.Login.Refused.class);
    }

    /** Where it gets another name in LDAP, what the old one had opened is closed, and nothing opens it again. */
    @Test
    void mailboxWithANewName_isClosedUnderTheOldOne() {
        Issuance.Issued issued = (Issuance.Issued) issue(mail, ERIKA.toString());
        ldap.set("erika", new Attribute("mail", "erika@acme.example", "a.new@acme.example"));
        assertThat(postern.backend().directory().closedAmong(Set.of(ERIKA, Acme.address("a.new@acme.example"))))
                .containsExactly(ERIKA);
        assertThat(postern.tokens()
                        .revoke(Actor.of(mail, CLIENT), issued.token().id()))
                .isEqualTo(new Answer.Given<>(true));
        assertThat(trail(ERIKA)).contains(AuditEvent.Type.REVOKED + " by administrator");
    }
}
