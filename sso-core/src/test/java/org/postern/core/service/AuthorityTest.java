package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.Role;
import org.postern.core.SessionType;
import org.postern.core.spi.Backend;
import org.postern.core.spi.DirectoryEditor;
import org.postern.core.spi.MailDirectory;

/** Contract, section 2: never upward, never outside one's own domains. */
class AuthorityTest {
    private final Backend backend = Acme.backend();
    private final MailDirectory directory = backend.directory();
    private final DirectoryEditor editor = directory.editor().orElseThrow();
    private final Authority authority = new Authority(directory);

    @BeforeEach
    void higherMailboxes() {
        mailboxWithRole("boss@acme.example", Role.COMPANY, Set.of());
        mailboxWithRole("helpdesk@acme.example", Role.MAIL, Set.of(Acme.domain("acme.example")));
        mailboxWithRole(
                "both@acme.example",
                Role.DOMAIN,
                Set.of(Acme.domain("acme.example"), Acme.domain("acme-labs.example")));
    }

    private void mailboxWithRole(String address, Role role, Set<org.postern.core.DomainName> domains) {
        editor.createMailbox(Acme.address(address), "", Acme.password(address), Optional.empty());
        editor.createAdministrator(Acme.address(address), role, "Acme", domains, Optional.empty());
    }

    private Administrator admin(String address) {
        return directory.administrator(Acme.address(address)).orElseThrow();
    }

    private String verdict(String issuer, String user, String type) {
        Authority.Verdict verdict = authority.mayIssue(admin(issuer), user, SessionType.parse(type));
        return verdict instanceof Authority.Verdict.Allowed
                ? "allowed"
                : verdict instanceof Authority.Verdict.Denied ? "denied" : "missing";
    }

    @ParameterizedTest
    @CsvSource({
        // every role, within its own domains
        "mail@acme.example, alice@acme.example, normal, allowed",
        "mail@acme.example, alice@acme.example, sso, allowed",
        "domain@acme.example, alice@acme.example, normal, allowed",
        "company@acme.example, alice@acme.example, normal, allowed",
        "company@acme.example, carol@acme-labs.example, sso, allowed",
        "company@globex.example, dave@globex.example, normal, allowed",
        // outside his own domains, whether or not the mailbox is there
        "mail@acme.example, carol@acme-labs.example, normal, denied",
        "domain@acme.example, carol@acme-labs.example, normal, denied",
        "company@acme.example, dave@globex.example, normal, denied",
        "company@globex.example, alice@acme.example, normal, denied",
        "company@acme.example, nobody@globex.example, normal, denied",
        "company@acme.example, a@unknown.example, normal, denied",
        "company@acme.example, bad name@globex.example, normal, denied",
        // a domain matches as a whole, never by its end
        "domain@acme.example, alice@evilacme.example, normal, denied",
        "domain@acme.example, alice@sub.acme.example, normal, denied",
        "domain@acme.example, alice@example, normal, denied",
        "company@acme.example, alice@acme.example.evil.example, normal, denied",
        // the domain is his, the mailbox is not there, suspended, or no address
        "mail@acme.example, nobody@acme.example, normal, missing",
        "mail@acme.example, suspended@acme.example, normal, missing",
        "mail@acme.example, bad name@acme.example, normal, missing",
        "mail@acme.example, @acme.example, normal, missing",
        "mail@acme.example, alice, normal, missing",
        "mail@acme.example, *@acme.example, normal, missing",
        "mail@acme.example, ALICE@ACME.EXAMPLE, normal, allowed",
        // never upward
        "mail@acme.example, postmaster@acme.example, normal, denied",
        "mail@acme.example, boss@acme.example, normal, denied",
        "domain@acme.example, boss@acme.example, sso, denied",
        "domain@acme.example, postmaster@acme.example, normal, allowed",
        "mail@acme.example, helpdesk@acme.example, normal, allowed",
        "company@acme.example, boss@acme.example, normal, allowed",
        // administrator types: a domain or company administrator issues, for an administrator
        "mail@acme.example, helpdesk@acme.example, normal_admin, denied",
        "mail@acme.example, helpdesk@acme.example, sso_admin, denied",
        "mail@acme.example, helpdesk@acme.example, admin_only, denied",
        "domain@acme.example, postmaster@acme.example, normal_admin, allowed",
        "domain@acme.example, postmaster@acme.example, sso_admin, allowed",
        "domain@acme.example, postmaster@acme.example, admin_only, denied",
        "company@acme.example, postmaster@acme.example, admin_only, allowed",
        "company@acme.example, boss@acme.example, admin_only, allowed",
        "company@acme.example, alice@acme.example, admin_only, denied",
        "company@acme.example, alice@acme.example, normal_admin, denied",
        "domain@acme.example, alice@acme.example, sso_admin, denied",
        // an administrator's powers are given only by one who has them all
        "domain@acme.example, both@acme.example, normal, allowed",
        "domain@acme.example, both@acme.example, normal_admin, denied",
        "company@acme.example, both@acme.example, normal_admin, allowed",
    })
    void mayIssue_byTheRules(String issuer, String user, String type, String expected) {
        assertThat(verdict(issuer, user, type)).isEqualTo(expected);
    }

    @Test
    void roleThatWasTakenAway_givesNothing() {
        editor.removeAdministrator(Acme.address("postmaster@acme.example"));
        assertThat(verdict("company@acme.example", "postmaster@acme.example", "sso_admin"))
                .isEqualTo("denied");
    }

    @Test
    void tokenWhoseIssuerLostHisRole_opensNothing() {
        assertThat(authority.mayStillOpen(
                        Acme.address("domain@acme.example"), Acme.address("alice@acme.example"), SessionType.NORMAL))
                .isInstanceOf(Authority.Verdict.Allowed.class);
        editor.removeAdministrator(Acme.address("domain@acme.example"));
        assertThat(authority.mayStillOpen(
                        Acme.address("domain@acme.example"), Acme.address("alice@acme.example"), SessionType.NORMAL))
                .isInstanceOf(Authority.Verdict.Denied.class);
    }

    @Test
    void mailboxThatRoseSince_isNotOpenedByAnOldToken() {
        editor.createAdministrator(
                Acme.address("alice@acme.example"), Role.COMPANY, "Acme", Set.of(), Optional.empty());
        assertThat(authority.mayStillOpen(
                        Acme.address("mail@acme.example"), Acme.address("alice@acme.example"), SessionType.NORMAL))
                .isInstanceOf(Authority.Verdict.Denied.class);
    }
}
