package org.postern.core.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Administrator;
import org.postern.core.DomainName;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.UnavailableException;

/**
 * What every {@link MailDirectory} that can be changed promises, and its {@link DirectoryEditor}. A subclass says where
 * the directory is; it may hold what other tests made, since each test has companies and domains of its own.
 */
public abstract class MailDirectoryContract {
    private static final Secret PASSWORD = Secret.of("correct horse \u00e4 \ud83d\udc0e battery");
    private static final Secret ANOTHER = Secret.of("another password");

    private final String unique = UUID.randomUUID().toString().replace("-", "");
    private final String acme = "Acme \"quoted\" \u00e4\ud83d\ude00 " + unique;
    private final String globex = "Globex " + unique;
    private final DomainName domain = domain("a" + unique + ".example");
    private final DomainName labs = domain("labs.a" + unique + ".example");
    private final DomainName foreign = domain("evila" + unique + ".example");
    private final MailboxAddress alice = at(domain, "alice");
    private final MailboxAddress bob = at(domain, "bob");
    private final MailboxAddress chief = at(domain, "chief");

    private MailDirectory directory;
    private MailDirectory other;
    private DirectoryEditor editor;

    /** The directory that is tested; called once for each test. */
    protected abstract MailDirectory directory();

    /** Another node's view of it, where there can be one; called once for each test, after {@link #directory}. */
    protected MailDirectory otherNode() {
        return directory;
    }

    @BeforeEach
    void open() {
        directory = directory();
        other = otherNode();
        editor = directory.editor().orElseThrow();
        editor.createCompany(acme);
        editor.createCompany(globex);
        editor.createDomain(acme, domain);
        editor.createDomain(acme, labs);
        editor.createDomain(globex, foreign);
    }

    // Companies and domains

    @Test
    void companyOf_domain_isByTheWholeName() {
        assertThat(other.companyOf(domain)).contains(acme);
        assertThat(other.companyOf(labs)).contains(acme);
        assertThat(other.companyOf(foreign)).contains(globex);
        assertThat(other.companyOf(domain("sub." + domain))).isEmpty();
        assertThat(other.companyOf(domain("sub." + labs))).isEmpty();
        assertThat(other.companyOf(domain("x" + domain))).isEmpty();
        assertThat(other.companyOf(domain("example"))).isEmpty();
    }

    @Test
    void create_whatIsThereAlready_isAnIllegalArgument() {
        refuses(() -> editor.createCompany(acme));
        refuses(() -> editor.createDomain(acme, domain));
        refuses(() -> editor.createDomain(globex, domain));
        assertThat(directory.companyOf(domain)).contains(acme);
    }

    @Test
    void createDomain_ofNoCompany_isAnIllegalArgument() {
        DomainName fresh = domain("b" + unique + ".example");
        refuses(() -> editor.createDomain("No such " + unique, fresh));
        assertThat(directory.companyOf(fresh)).isEmpty();
    }

    @Test
    void domainsOf_company_areAllOfItsOwn() {
        Administrator company = administrator(chief, Role.COMPANY, Set.of());
        assertThat(other.domainsOf(company)).containsExactlyInAnyOrder(domain, labs);
        DomainName fresh = domain("b" + unique + ".example");
        editor.createDomain(acme, fresh);
        assertThat(other.domainsOf(company)).containsExactlyInAnyOrder(domain, labs, fresh);
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"MAIL", "DOMAIN"})
    void domainsOf_others_areThoseGiven(Role role) {
        assertThat(directory.domainsOf(administrator(chief, role, Set.of(domain))))
                .containsExactly(domain);
        assertThat(directory.domainsOf(administrator(bob, role, Set.of(domain, labs))))
                .containsExactlyInAnyOrder(domain, labs);
    }

    @Test
    void companies_areThereUnderTheirExactNames() {
        assertThat(editor.isEmpty()).isFalse();
        assertThat(editor.hasCompany("No such company")).isFalse();
        editor.createCompany("Such a company");
        assertThat(editor.hasCompany("Such a company")).isTrue();
        assertThat(editor.hasCompany("such a company")).isFalse();
    }

    // Mailboxes

    @Test
    void createMailbox_isFoundAsItWasGiven() {
        String name = "Alice \"Al\" O'Hara \\ % \u00e4\ud83e\udd84";
        editor.createMailbox(alice, name, PASSWORD, Optional.of(SessionLocale.PT_BR));
        editor.createMailbox(bob, "", ANOTHER, Optional.empty());
        assertThat(other.mailbox(alice))
                .contains(new Mailbox(alice, name, Optional.empty(), false, Optional.of(SessionLocale.PT_BR)));
        assertThat(other.mailbox(bob)).contains(new Mailbox(bob, "", Optional.empty(), false, Optional.empty()));
        assertThat(other.administrator(alice)).isEmpty();
    }

    @Test
    void mailbox_thatIsNotThere_isEmpty() {
        mailbox(alice);
        assertThat(directory.mailbox(bob)).isEmpty();
        assertThat(directory.mailbox(at(labs, "alice"))).isEmpty();
        assertThat(directory.mailbox(at(foreign, "alice"))).isEmpty();
        assertThat(directory.mailbox(at(domain("sub." + domain), "alice"))).isEmpty();
        assertThat(directory.mailbox(at(domain, "xalice"))).isEmpty();
    }

    @Test
    void createMailbox_badly_isAnIllegalArgumentAndChangesNothing() {
        editor.createMailbox(alice, "Alice", PASSWORD, Optional.empty());
        refuses(() -> editor.createMailbox(alice, "Mallory", ANOTHER, Optional.of(SessionLocale.DE)));
        assertThat(directory.mailbox(alice))
                .contains(new Mailbox(alice, "Alice", Optional.empty(), false, Optional.empty()));
        assertThat(directory.checkPassword(alice, PASSWORD)).isTrue();
        assertThat(directory.checkPassword(alice, ANOTHER)).isFalse();

        for (String name : List.of("sub." + domain, "x" + domain, "example", "c" + unique + ".example")) {
            MailboxAddress stray = at(domain(name), "alice");
            refuses(() -> editor.createMailbox(stray, "Stray", PASSWORD, Optional.empty()));
            assertThat(directory.mailbox(stray)).isEmpty();
        }
    }

    @Test
    void createMailbox_atOnce_hasOneWinner() throws Exception {
        try (Race race = new Race(8)) {
            List<Boolean> made = race.run(i ->
                    succeeds(() -> editor.createMailbox(alice, "n" + i, Secret.of("password " + i), Optional.empty())));
            int winner = made.indexOf(true);
            assertThat(Collections.frequency(made, true)).isOne();
            assertThat(directory.mailbox(alice)).map(Mailbox::name).contains("n" + winner);
            assertThat(directory.checkPassword(alice, Secret.of("password " + winner)))
                    .isTrue();
        }
    }

    @Test
    void setLocale_isTold() {
        mailbox(alice);
        assertThat(editor.setLocale(alice, Optional.of(SessionLocale.NO))).isTrue();
        assertThat(other.mailbox(alice).flatMap(Mailbox::locale)).contains(SessionLocale.NO);
        assertThat(editor.setLocale(alice, Optional.empty())).isTrue();
        assertThat(other.mailbox(alice).flatMap(Mailbox::locale)).isEmpty();
        assertThat(editor.setLocale(bob, Optional.of(SessionLocale.NO))).isFalse();
    }

    @Test
    void setSuspended_isTold_andTurnedBack() {
        editor.createMailbox(alice, "Alice", PASSWORD, Optional.of(SessionLocale.DA));
        assertThat(editor.setSuspended(alice, true)).isTrue();
        assertThat(editor.setSuspended(alice, true)).isTrue();
        assertThat(other.mailbox(alice))
                .contains(new Mailbox(alice, "Alice", Optional.empty(), true, Optional.of(SessionLocale.DA)));
        assertThat(editor.setSuspended(alice, false)).isTrue();
        assertThat(other.mailbox(alice).map(Mailbox::suspended)).contains(false);
        assertThat(editor.setSuspended(bob, true)).isFalse();
        assertThat(directory.mailbox(bob)).isEmpty();
    }

    @Test
    void setters_forAnAdministratorWithoutMailbox_doNothing() {
        administrator(chief, Role.COMPANY, Set.of());
        assertThat(editor.setSuspended(chief, true)).isFalse();
        assertThat(editor.setLocale(chief, Optional.of(SessionLocale.DE))).isFalse();
        assertThat(directory.mailbox(chief)).isEmpty();
    }

    @Test
    void closedAmong_areTheSuspendedAndTheMissing() {
        mailbox(alice);
        mailbox(bob);
        editor.setSuspended(bob, true);
        administrator(chief, Role.COMPANY, Set.of());
        MailboxAddress missing = at(domain, "missing");
        assertThat(other.closedAmong(List.of(alice, bob, chief, missing, bob)))
                .containsExactlyInAnyOrder(bob, chief, missing);
        assertThat(other.closedAmong(List.of(alice))).isEmpty();
        assertThat(other.closedAmong(List.of())).isEmpty();
        editor.setSuspended(bob, false);
        assertThat(other.closedAmong(Set.of(alice, bob))).isEmpty();
    }

    @Test
    void closedAmong_manyAddresses_areAllLookedAt() {
        mailbox(alice);
        List<MailboxAddress> many = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            many.add(at(domain, "m" + i));
        }
        many.add(1500, alice);
        assertThat(directory.closedAmong(many)).hasSize(3000).doesNotContain(alice);
    }

    // Administrators

    @ParameterizedTest
    @EnumSource(Role.class)
    void createAdministrator_isFoundAsItWasGiven(Role role) {
        Set<DomainName> given = role == Role.COMPANY ? Set.of() : Set.of(domain, labs);
        editor.createAdministrator(chief, role, acme, given, Optional.of(PASSWORD));
        assertThat(other.administrator(chief)).contains(new Administrator(chief, role, acme, given));
        assertThat(other.checkPassword(chief, PASSWORD)).isTrue();
        assertThat(other.mailbox(chief)).isEmpty();
        assertThat(other.administrator(alice)).isEmpty();
        assertThat(other.administrator(at(labs, "chief"))).isEmpty();
    }

    @Test
    void createAdministrator_badly_isAnIllegalArgumentAndChangesNothing() {
        Optional<Secret> password = Optional.of(PASSWORD);
        refuses(() -> editor.createAdministrator(chief, Role.COMPANY, "No " + unique, Set.of(), password));
        refuses(() -> editor.createAdministrator(chief, Role.COMPANY, acme, Set.of(domain), password));
        refuses(() -> editor.createAdministrator(chief, Role.DOMAIN, acme, Set.of(), password));
        refuses(() -> editor.createAdministrator(chief, Role.MAIL, acme, Set.of(), password));
        refuses(() -> editor.createAdministrator(chief, Role.MAIL, acme, Set.of(domain, foreign), password));
        refuses(() -> editor.createAdministrator(chief, Role.MAIL, acme, Set.of(domain("sub." + domain)), password));
        refuses(() -> editor.createAdministrator(chief, Role.MAIL, acme, Set.of(domain), Optional.empty()));
        assertThat(directory.administrator(chief)).isEmpty();
        assertThat(directory.passwordVersion(chief)).isEmpty();
        assertThat(directory.checkPassword(chief, PASSWORD)).isFalse();
        administrator(chief, Role.MAIL, Set.of(domain));
        refuses(() -> editor.createAdministrator(chief, Role.COMPANY, acme, Set.of(), Optional.of(ANOTHER)));
        assertThat(directory.administrator(chief)).contains(new Administrator(chief, Role.MAIL, acme, Set.of(domain)));
        assertThat(directory.checkPassword(chief, ANOTHER)).isFalse();
    }

    @Test
    void createAdministrator_atOnce_hasOneWinner() throws Exception {
        try (Race race = new Race(8)) {
            List<Boolean> made = race.run(i -> succeeds(() -> editor.createAdministrator(
                    chief,
                    i % 2 == 0 ? Role.MAIL : Role.DOMAIN,
                    acme,
                    Set.of(domain),
                    Optional.of(Secret.of("password " + i)))));
            assertThat(Collections.frequency(made, true)).isOne();
            int winner = made.indexOf(true);
            assertThat(directory.administrator(chief))
                    .map(Administrator::role)
                    .contains(winner % 2 == 0 ? Role.MAIL : Role.DOMAIN);
            assertThat(directory.checkPassword(chief, Secret.of("password " + winner)))
                    .isTrue();
        }
    }

    @Test
    void createAdministrator_ofAMailbox_keepsItsPassword() {
        mailbox(alice);
        mailbox(bob);
        Optional<String> version = directory.passwordVersion(alice);
        editor.createAdministrator(alice, Role.DOMAIN, acme, Set.of(domain), Optional.empty());
        editor.createAdministrator(bob, Role.MAIL, acme, Set.of(domain), Optional.of(ANOTHER));
        assertThat(directory.mailbox(alice).flatMap(Mailbox::role)).contains(Role.DOMAIN);
        assertThat(directory.mailbox(bob).flatMap(Mailbox::role)).contains(Role.MAIL);
        assertThat(directory.passwordVersion(alice)).isEqualTo(version);
        assertThat(directory.checkPassword(alice, PASSWORD)).isTrue();
        assertThat(directory.checkPassword(bob, PASSWORD)).isTrue();
        assertThat(directory.checkPassword(bob, ANOTHER)).isFalse();
    }

    @Test
    void createMailbox_ofAnAdministrator_setsTheOnePassword() {
        administrator(chief, Role.COMPANY, Set.of());
        Optional<String> version = directory.passwordVersion(chief);
        editor.createMailbox(chief, "Chief", ANOTHER, Optional.empty());
        assertThat(directory.mailbox(chief))
                .contains(new Mailbox(chief, "Chief", Optional.of(Role.COMPANY), false, Optional.empty()));
        assertThat(directory.administrator(chief)).isPresent();
        assertThat(directory.passwordVersion(chief)).isPresent().isNotEqualTo(version);
        assertThat(directory.checkPassword(chief, ANOTHER)).isTrue();
        assertThat(directory.checkPassword(chief, PASSWORD)).isFalse();
    }

    @Test
    void removeAdministrator_leavesAMailboxAndItsPassword() {
        mailbox(alice);
        editor.createAdministrator(alice, Role.DOMAIN, acme, Set.of(domain), Optional.empty());
        assertThat(editor.removeAdministrator(alice)).isTrue();
        assertThat(editor.removeAdministrator(alice)).isFalse();
        assertThat(other.administrator(alice)).isEmpty();
        assertThat(other.mailbox(alice).orElseThrow().role()).isEmpty();
        assertThat(other.checkPassword(alice, PASSWORD)).isTrue();
        assertThat(editor.removeAdministrator(bob)).isFalse();
    }

    @Test
    void removeAdministrator_withoutMailbox_leavesNoAccount() {
        administrator(chief, Role.DOMAIN, Set.of(domain, labs));
        assertThat(editor.removeAdministrator(chief)).isTrue();
        assertThat(other.administrator(chief)).isEmpty();
        assertThat(other.checkPassword(chief, PASSWORD)).isFalse();
        assertThat(other.passwordVersion(chief)).isEmpty();
        assertThat(editor.setPassword(chief, ANOTHER)).isFalse();
        editor.createAdministrator(chief, Role.MAIL, acme, Set.of(labs), Optional.of(ANOTHER));
        assertThat(other.administrator(chief)).contains(new Administrator(chief, Role.MAIL, acme, Set.of(labs)));
        assertThat(other.checkPassword(chief, PASSWORD)).isFalse();
        assertThat(other.checkPassword(chief, ANOTHER)).isTrue();
    }

    // API keys

    @Test
    void apiKey_findsItsAdministratorOnly() {
        Administrator company = administrator(chief, Role.COMPANY, Set.of());
        Administrator mail = administrator(bob, Role.MAIL, Set.of(domain));
        editor.addApiKey(chief, key("one"));
        editor.addApiKey(chief, key("two"));
        editor.addApiKey(bob, key("\u00e4\ud83d\udd11"));
        assertThat(other.administratorByApiKey(key("one"))).contains(company);
        assertThat(other.administratorByApiKey(key("two"))).contains(company);
        assertThat(other.administratorByApiKey(key("\u00e4\ud83d\udd11"))).contains(mail);
        for (String wrong : List.of("", " ", "\0", "%", unique, "ONE" + unique, "one" + unique + " ", "on_" + unique)) {
            assertThat(other.administratorByApiKey(Secret.of(wrong))).isEmpty();
        }
        assertThat(other.administratorByApiKey(Secret.of("k".repeat(100_000)))).isEmpty();
        assertThat(other.checkPassword(chief, key("one"))).isFalse();
    }

    @Test
    void addApiKey_badly_isAnIllegalArgument() {
        mailbox(alice);
        Administrator company = administrator(chief, Role.COMPANY, Set.of());
        administrator(bob, Role.MAIL, Set.of(domain));
        editor.addApiKey(chief, key("one"));
        refuses(() -> editor.addApiKey(alice, key("two")));
        refuses(() -> editor.addApiKey(at(domain, "missing"), key("two")));
        refuses(() -> editor.addApiKey(chief, key("one")));
        refuses(() -> editor.addApiKey(bob, key("one")));
        assertThat(directory.administratorByApiKey(key("one"))).contains(company);
        assertThat(directory.administratorByApiKey(key("two"))).isEmpty();
    }

    @Test
    void addApiKey_badly_doesNotTellTheKey() {
        Secret secret = key("never-seen");
        assertThatThrownBy(() -> editor.addApiKey(chief, secret))
                .hasMessageNotContaining(secret.reveal())
                .hasNoCause();
    }

    @Test
    void issuers_areAllAdministrators_withTheirDomainsAndTheNumberOfTheirKeys() {
        Administrator company = administrator(chief, Role.COMPANY, Set.of());
        Administrator mail = administrator(bob, Role.MAIL, Set.of(domain));
        mailbox(alice);
        editor.addApiKey(chief, key("one"));
        editor.addApiKey(chief, key("two"));
        assertThat(other.editor().orElseThrow().issuers())
                .contains(new DirectoryEditor.Issuer(company, 2), new DirectoryEditor.Issuer(mail, 0))
                .isSortedAccordingTo(Comparator.comparing(i -> i.administrator().address()))
                .noneMatch(i -> i.administrator().address().equals(alice));
        editor.removeAdministrator(chief);
        assertThat(editor.issuers()).noneMatch(i -> i.administrator().equals(company));
    }

    @Test
    void removeApiKeys_removesAllOfOne() {
        administrator(chief, Role.COMPANY, Set.of());
        administrator(bob, Role.MAIL, Set.of(domain));
        editor.addApiKey(chief, key("one"));
        editor.addApiKey(chief, key("two"));
        editor.addApiKey(bob, key("three"));
        assertThat(editor.removeApiKeys(chief)).isEqualTo(2);
        assertThat(editor.removeApiKeys(chief)).isZero();
        assertThat(editor.removeApiKeys(alice)).isZero();
        assertThat(other.administratorByApiKey(key("one"))).isEmpty();
        assertThat(other.administratorByApiKey(key("two"))).isEmpty();
        assertThat(other.administratorByApiKey(key("three"))).isPresent();
    }

    @Test
    void removeAdministrator_killsTheApiKeysForEver() {
        administrator(chief, Role.COMPANY, Set.of());
        editor.addApiKey(chief, key("one"));
        editor.removeAdministrator(chief);
        assertThat(other.administratorByApiKey(key("one"))).isEmpty();
        administrator(chief, Role.COMPANY, Set.of());
        assertThat(other.administratorByApiKey(key("one"))).isEmpty();
    }

    // Passwords

    @Test
    void checkPassword_onlyTheWholePassword_opens() {
        mailbox(alice);
        editor.createMailbox(bob, "", ANOTHER, Optional.empty());
        String right = PASSWORD.reveal();
        assertThat(other.checkPassword(alice, PASSWORD)).isTrue();
        for (String wrong : List.of(
                "",
                " ",
                right + " ",
                " " + right,
                right.toUpperCase(Locale.ROOT),
                right.substring(1),
                right + "\0",
                ANOTHER.reveal(),
                "x".repeat(10_000))) {
            assertThat(other.checkPassword(alice, Secret.of(wrong))).isFalse();
        }
        assertThat(other.checkPassword(bob, PASSWORD)).isFalse();
    }

    @Test
    void checkPassword_longOrOddPasswords_countToTheLastCharacter() {
        mailbox(alice);
        for (String odd : List.of("p".repeat(200), "before\0", "\u00e4".repeat(40))) {
            assertThat(editor.setPassword(alice, Secret.of(odd + "1"))).isTrue();
            assertThat(directory.checkPassword(alice, Secret.of(odd + "1"))).isTrue();
            assertThat(directory.checkPassword(alice, Secret.of(odd + "2"))).isFalse();
            assertThat(directory.checkPassword(alice, Secret.of(odd))).isFalse();
        }
    }

    @Test
    void checkPassword_noAccount_isFalse() {
        for (String password : List.of("", "x", PASSWORD.reveal())) {
            assertThat(directory.checkPassword(alice, Secret.of(password))).isFalse();
        }
        assertThat(directory.passwordVersion(alice)).isEmpty();
    }

    @Test
    void checkPassword_noAccount_takesAsLongAsAWrongPassword() {
        mailbox(alice);
        int tries = 7;
        long[] wrong = new long[tries];
        long[] missing = new long[tries];
        for (int i = -1; i < tries; i++) {
            // The first round only warms up.
            wrong[Math.max(i, 0)] = nanos(alice, "wrong " + i);
            missing[Math.max(i, 0)] = nanos(bob, "wrong " + i);
        }
        Arrays.sort(wrong);
        Arrays.sort(missing);
        // An answer without the work would be hundreds of times faster. The shortest is the one that nothing held up.
        assertThat(missing[0]).isGreaterThan(wrong[0] / 5);
        assertThat(wrong[0]).isGreaterThan(missing[0] / 5);
    }

    private long nanos(MailboxAddress account, String password) {
        long start = System.nanoTime();
        assertThat(directory.checkPassword(account, Secret.of(password))).isFalse();
        return System.nanoTime() - start;
    }

    @Test
    void checkPassword_manyAtOnce_isRightOrUnavailable() throws Exception {
        mailbox(alice);
        try (Race race = new Race(32)) {
            List<String> answers = race.run(i -> {
                try {
                    return i % 2 + " " + directory.checkPassword(alice, i % 2 == 0 ? PASSWORD : ANOTHER);
                } catch (UnavailableException full) {
                    return "full";
                }
            });
            assertThat(answers).contains("0 true").isSubsetOf("0 true", "1 false", "full");
        }
        assertThat(directory.checkPassword(alice, PASSWORD)).isTrue();
    }

    @Test
    void setPassword_replacesTheOldOne() {
        mailbox(alice);
        administrator(chief, Role.COMPANY, Set.of());
        for (MailboxAddress account : List.of(alice, chief)) {
            assertThat(editor.setPassword(account, ANOTHER)).isTrue();
            assertThat(other.checkPassword(account, ANOTHER)).isTrue();
            assertThat(other.checkPassword(account, PASSWORD)).isFalse();
        }
        assertThat(editor.setPassword(bob, ANOTHER)).isFalse();
        assertThat(other.checkPassword(bob, ANOTHER)).isFalse();
    }

    @Test
    void passwordVersion_changesWithThePasswordAlone() {
        mailbox(alice);
        Optional<String> first = other.passwordVersion(alice);
        assertThat(first).isPresent();
        assertThat(first.get()).doesNotContain(PASSWORD.reveal());
        directory.checkPassword(alice, PASSWORD);
        editor.setLocale(alice, Optional.of(SessionLocale.DE));
        editor.setSuspended(alice, true);
        editor.createAdministrator(alice, Role.MAIL, acme, Set.of(domain), Optional.empty());
        assertThat(other.passwordVersion(alice)).isEqualTo(first);

        List<String> versions = new ArrayList<>(List.of(first.get()));
        for (Secret password : List.of(ANOTHER, PASSWORD, PASSWORD)) {
            editor.setPassword(alice, password);
            versions.add(other.passwordVersion(alice).orElseThrow());
        }
        assertThat(versions).doesNotHaveDuplicates();
        assertThat(other.passwordVersion(bob)).isEmpty();
    }

    // Search

    @Test
    void search_findsInAddressAndName_withoutRegardToCase() {
        Administrator company = administrator(chief, Role.COMPANY, Set.of());
        editor.createMailbox(alice, "J\u00f6rg M\u00dcLLER", PASSWORD, Optional.of(SessionLocale.DE));
        editor.createMailbox(bob, "Bob", PASSWORD, Optional.empty());
        editor.setSuspended(alice, true);
        editor.createAdministrator(alice, Role.MAIL, acme, Set.of(domain), Optional.empty());
        Mailbox found = new Mailbox(
                alice, "J\u00f6rg M\u00dcLLER", Optional.of(Role.MAIL), true, Optional.of(SessionLocale.DE));
        for (String text : List.of("alice", "ALICE@", "LiC", "J\u00d6RG", "m\u00fcller", "rg m", alice.toString())) {
            assertThat(search(company, text)).as(text).containsExactly(found);
        }
        assertThat(search(company, "")).extracting(Mailbox::address).containsExactly(alice, bob);
        assertThat(search(company, "B")).extracting(Mailbox::address).contains(bob);
        assertThat(search(company, "nobody")).isEmpty();
        assertThat(search(company, "chief")).isEmpty();
        assertThat(search(company, "x".repeat(10_000))).isEmpty();
    }

    @Test
    void search_textIsTakenLiterally() {
        Administrator company = administrator(chief, Role.COMPANY, Set.of());
        String hard = "100% \\ under_score 'q' \"d\" [x] *?.+ $1 \ud83d\ude00";
        editor.createMailbox(alice, hard, PASSWORD, Optional.empty());
        editor.createMailbox(bob, "100 plain under-score", PASSWORD, Optional.empty());
        for (String text : List.of(
                "%",
                "_", "\\", "'", "\"", "[x]", "*", "?", ".+", "$1", "100%", "under_", "\\ u", "\ud83d\ude00", hard)) {
            assertThat(search(company, text))
                    .as(text)
                    .extracting(Mailbox::address)
                    .containsExactly(alice);
        }
        for (String text : List.of("%%", "100_", "a_ice", "a%e", "\\%", "\\_", "' or 1=1 --", "\0", ".*", "(")) {
            assertThat(search(company, text)).as(text).isEmpty();
        }
    }

    @Test
    void search_staysUnderOnesControl() {
        MailboxAddress atLabs = at(labs, "carol");
        MailboxAddress atForeign = at(foreign, "dave");
        mailbox(alice);
        mailbox(atLabs);
        mailbox(atForeign);
        Administrator company = administrator(chief, Role.COMPANY, Set.of());
        Administrator mail = administrator(bob, Role.MAIL, Set.of(domain));
        Administrator two = administrator(at(domain, "two"), Role.DOMAIN, Set.of(domain, labs));
        for (String text : List.of("", "a", ".example", unique)) {
            assertThat(search(company, text)).extracting(Mailbox::address).containsExactlyInAnyOrder(alice, atLabs);
            assertThat(search(two, text)).extracting(Mailbox::address).containsExactlyInAnyOrder(alice, atLabs);
            assertThat(search(mail, text)).extracting(Mailbox::address).containsExactly(alice);
        }
    }

    @Test
    void search_inPages_hasEveryMailboxOnceByAddress() {
        Administrator company = administrator(chief, Role.COMPANY, Set.of());
        List<MailboxAddress> all = new ArrayList<>();
        for (String local : List.of("e", "a", "c", "b", "d", "f")) {
            mailbox(at(domain, local));
            all.add(at(domain, local));
        }
        Collections.sort(all);
        for (int limit : List.of(1, 2, 3, 4, 6, 7)) {
            List<MailboxAddress> read = new ArrayList<>();
            Page<Mailbox> page = directory.search(company, "@a", limit, Optional.empty());
            while (page.next().isPresent()) {
                assertThat(page.items()).hasSize(limit);
                page.items().forEach(m -> read.add(m.address()));
                assertThat(read).hasSizeLessThan(all.size());
                page = directory.search(company, "@a", limit, page.next());
            }
            page.items().forEach(m -> read.add(m.address()));
            assertThat(read).isEqualTo(all);
        }
    }

    @Test
    void search_inPagesOfOddAddresses_losesAndRepeatsNone() {
        Administrator company = administrator(chief, Role.COMPANY, Set.of());
        List<MailboxAddress> all = new ArrayList<>();
        for (String local : List.of("a-b", "ab", "a_b", "a.b", "a+b", "a~b", "a1")) {
            mailbox(at(domain, local));
            all.add(at(domain, local));
        }
        List<MailboxAddress> read = new ArrayList<>();
        Optional<String> after = Optional.empty();
        do {
            Page<Mailbox> page = directory.search(company, "", 1, after);
            page.items().forEach(m -> read.add(m.address()));
            assertThat(read).hasSizeLessThanOrEqualTo(all.size());
            after = page.next();
        } while (after.isPresent());
        assertThat(read).containsExactlyInAnyOrderElementsOf(all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "@", "a@b@c", "' or 1=1 --", "\u0000", "%", "a b@c.example"})
    void search_afterWhatIsNoPosition_isAnIllegalArgument(String after) {
        Administrator company = administrator(chief, Role.COMPANY, Set.of());
        assertThatThrownBy(() -> directory.search(company, "", 5, Optional.of(after)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // What the tests are made of

    private static DomainName domain(String name) {
        return DomainName.parse(name).orElseThrow();
    }

    private static MailboxAddress at(DomainName domain, String local) {
        return MailboxAddress.parse(local + '@' + domain).orElseThrow();
    }

    private Secret key(String start) {
        return Secret.of(start + unique);
    }

    private void mailbox(MailboxAddress address) {
        editor.createMailbox(address, "", PASSWORD, Optional.empty());
    }

    private Administrator administrator(MailboxAddress address, Role role, Set<DomainName> domains) {
        editor.createAdministrator(address, role, acme, domains, Optional.of(PASSWORD));
        return directory.administrator(address).orElseThrow();
    }

    private List<Mailbox> search(Administrator administrator, String text) {
        return directory.search(administrator, text, 100, Optional.empty()).items();
    }

    /** Whether it was done; false where it was refused with an {@link IllegalArgumentException}. */
    private static boolean succeeds(Runnable change) {
        try {
            change.run();
            return true;
        } catch (IllegalArgumentException thereAlready) {
            return false;
        }
    }

    /** Refused, with words for the operator. */
    private static void refuses(ThrowingCallable change) {
        assertThatThrownBy(change)
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .isNotBlank();
    }
}
