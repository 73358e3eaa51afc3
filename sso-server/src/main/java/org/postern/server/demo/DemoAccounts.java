package org.postern.server.demo;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postern.core.DomainName;
import org.postern.core.MailboxAddress;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.spi.DirectoryEditor;
import org.postern.core.spi.MailDirectory;

/** The demo's companies, domains, administrators and mailboxes. Passwords are {@code demo-} and the local part. */
public final class DemoAccounts {
    private static final MailboxAddress API_KEY_OWNER = address("mail@acme.example");
    private static final Secret API_KEY = Secret.of("demo-api-key");

    private record Box(String address, String name, Optional<SessionLocale> locale, boolean suspended) {
        Box(String address, String name) {
            this(address, name, Optional.empty(), false);
        }
    }

    private record Admin(String address, Role role, String company, List<String> domains) {}

    private static final List<Box> MAILBOXES = List.of(
            new Box("alice@acme.example", "Alice Arnold"),
            new Box("bob@acme.example", "Bob Becker", Optional.of(SessionLocale.DE), false),
            new Box("postmaster@acme.example", "Postmaster"),
            new Box("suspended@acme.example", "Sue Spencer", Optional.empty(), true),
            new Box("carol@acme-labs.example", "Carol Clark"),
            new Box("dave@globex.example", "Dave Dunn"),
            new Box("zoe@globex.example", "Zoë Zeller"));

    private static final List<Admin> ADMINISTRATORS = List.of(
            new Admin("company@acme.example", Role.COMPANY, "Acme", List.of()),
            new Admin("domain@acme.example", Role.DOMAIN, "Acme", List.of("acme.example")),
            new Admin("mail@acme.example", Role.MAIL, "Acme", List.of("acme.example")),
            new Admin("postmaster@acme.example", Role.DOMAIN, "Acme", List.of("acme.example")),
            new Admin("company@globex.example", Role.COMPANY, "Globex", List.of()));

    private final MailDirectory directory;

    public DemoAccounts(MailDirectory directory) {
        this.directory = directory;
    }

    /** The addresses of the demo's mailboxes. */
    static List<MailboxAddress> mailboxes() {
        return MAILBOXES.stream().map(box -> address(box.address())).toList();
    }

    /** The password of a demo account. */
    static Secret password(MailboxAddress account) {
        return Secret.of("demo-" + account.local());
    }

    /** Whether the demo has been seeded here. */
    public boolean areThere() {
        return directory.administratorByApiKey(API_KEY).isPresent();
    }

    /** Whether the demo would be seeded beside what is somebody's own: everybody knows its passwords. */
    public boolean wouldJoinOthers() {
        return !areThere()
                && directory.editor().filter(editor -> !editor.isEmpty()).isPresent();
    }

    /** Makes what is not there yet; what somebody changed since the last start stays as it is. */
    public void seed() {
        DirectoryEditor editor = directory
                .editor()
                .orElseThrow(() -> new IllegalStateException("the demo needs a directory that it may write"));
        company(editor, "Acme", "acme.example", "acme-labs.example");
        company(editor, "Globex", "globex.example");
        MAILBOXES.forEach(box -> mailbox(editor, box));
        ADMINISTRATORS.forEach(admin -> administrator(editor, admin));
        if (!areThere()) {
            editor.addApiKey(API_KEY_OWNER, API_KEY);
        }
    }

    private void company(DirectoryEditor editor, String company, String... domains) {
        List<DomainName> missing = Stream.of(domains)
                .map(DemoAccounts::domain)
                .filter(d -> directory.companyOf(d).isEmpty())
                .toList();
        if (missing.size() == domains.length) {
            editor.createCompany(company);
        }
        missing.forEach(domain -> editor.createDomain(company, domain));
    }

    private void mailbox(DirectoryEditor editor, Box box) {
        MailboxAddress address = address(box.address());
        if (directory.mailbox(address).isPresent()) {
            return;
        }
        editor.createMailbox(address, box.name(), password(address), box.locale());
        if (box.suspended()) {
            editor.setSuspended(address, true);
        }
    }

    private void administrator(DirectoryEditor editor, Admin admin) {
        MailboxAddress address = address(admin.address());
        if (directory.administrator(address).isPresent()) {
            return;
        }
        Optional<Secret> password =
                directory.mailbox(address).isPresent() ? Optional.empty() : Optional.of(password(address));
        Set<DomainName> domains =
                admin.domains().stream().map(DemoAccounts::domain).collect(Collectors.toSet());
        editor.createAdministrator(address, admin.role(), admin.company(), domains, password);
    }

    private static MailboxAddress address(String text) {
        return MailboxAddress.parse(text).orElseThrow();
    }

    private static DomainName domain(String text) {
        return DomainName.parse(text).orElseThrow();
    }
}
