package org.postern.store;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.postern.core.Administrator;
import org.postern.core.DomainName;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.spi.DirectoryEditor;
import org.postern.core.spi.MailDirectory;

/** The product's own user database. Plain JDBC but for the search, since every login looks here. Thread-safe. */
final class SqlMailDirectory implements MailDirectory {
    /** One row for each domain that is given to an administrator, and at least one. */
    static final String ADMINISTRATORS =
            " from administrator a left join administrator_domain d on d.administrator = a.address";

    static final String ADMINISTRATOR_COLUMNS = "a.address, a.admin_role, a.company, d.domain";
    private static final String ADMINISTRATOR =
            "select " + ADMINISTRATOR_COLUMNS + ADMINISTRATORS + " where a.address = ";

    private final Database database;
    private final Listings listings;
    private final Passwords passwords;
    private final DirectoryEditor editor;

    SqlMailDirectory(Database database, Listings listings, Passwords passwords) {
        this.database = database;
        this.listings = listings;
        this.passwords = passwords;
        this.editor = new SqlDirectoryEditor(database, passwords);
    }

    @Override
    public Optional<Mailbox> mailbox(MailboxAddress address) {
        Command command = new Command(
                "select m.address, m.name, m.suspended, m.locale, a.admin_role from mailbox m"
                        + " left join administrator a on a.address = m.address where m.address = ?",
                p -> p.name(address));
        return database.call(c -> command.first(c, SqlMailDirectory::mailbox));
    }

    private static Mailbox mailbox(Row row) throws SQLException {
        return new Mailbox(
                row.address("address"),
                row.text("name"),
                row.textIfAny("admin_role").map(r -> Row.parsed(Role::parse, r)),
                row.flag("suspended"),
                row.locale());
    }

    @Override
    public Optional<Administrator> administrator(MailboxAddress address) {
        return administrator(new Command(ADMINISTRATOR + "?", p -> p.name(address)));
    }

    @Override
    public Optional<Administrator> administratorByApiKey(Secret apiKey) {
        return administrator(new Command(
                ADMINISTRATOR + "(select k.administrator from api_key k where k.digest = ?)",
                p -> p.bytes(digest(apiKey))));
    }

    private Optional<Administrator> administrator(Command command) {
        return database.call(c -> command.list(c, SqlMailDirectory::administrator)).stream()
                .reduce(SqlMailDirectory::withDomainsOf);
    }

    /** With the one domain of this row, or none. */
    static Administrator administrator(Row row) throws SQLException {
        Optional<DomainName> domain = row.textIfAny("domain").map(d -> Row.parsed(DomainName::parse, d));
        return new Administrator(
                row.address("address"),
                Row.parsed(Role::parse, row.text("admin_role")),
                row.text("company"),
                domain.map(Set::of).orElse(Set.of()));
    }

    static Administrator withDomainsOf(Administrator one, Administrator other) {
        Set<DomainName> domains = new HashSet<>(one.domains());
        domains.addAll(other.domains());
        return new Administrator(one.address(), one.role(), one.company(), domains);
    }

    @Override
    public Optional<String> companyOf(DomainName domain) {
        Command command = new Command("select company from domain where name = ?", p -> p.name(domain));
        return database.call(c -> command.first(c, row -> row.text("company")));
    }

    @Override
    public Set<DomainName> domainsOf(Administrator administrator) {
        if (administrator.role() != Role.COMPANY) {
            return administrator.domains();
        }
        Command command =
                new Command("select name from domain where company = ?", p -> p.text(administrator.company()));
        return Set.copyOf(database.call(c -> command.list(c, row -> Row.parsed(DomainName::parse, row.text("name")))));
    }

    @Override
    public boolean checkPassword(MailboxAddress account, Secret password) {
        Command command = new Command("select password from account where address = ?", p -> p.name(account));
        Optional<String> kept = database.call(c -> command.first(c, row -> row.text("password")));
        return passwords.verify(kept.orElseGet(passwords::nobody), password) && kept.isPresent();
    }

    @Override
    public Optional<String> passwordVersion(MailboxAddress account) {
        Command command = new Command("select password_version from account where address = ?", p -> p.name(account));
        return database.call(
                c -> command.first(c, row -> row.id("password_version").toString()));
    }

    @Override
    public Page<Mailbox> search(Administrator administrator, String text, int limit, Optional<String> after) {
        return listings.search(domainsOf(administrator), text, limit, after);
    }

    @Override
    public Set<MailboxAddress> closedAmong(Collection<MailboxAddress> addresses) {
        Set<MailboxAddress> closed = new HashSet<>(addresses);
        if (!closed.isEmpty()) {
            Command open = new Command(
                    "select address from mailbox where address = any (?) and suspended = false", p -> p.names(closed));
            database.call(c -> open.list(c, row -> row.address("address"))).forEach(closed::remove);
        }
        return Set.copyOf(closed);
    }

    @Override
    public Optional<DirectoryEditor> editor() {
        return Optional.of(editor);
    }

    /** A name as the search compares it: by the program's rules, not by those of the database's locale. */
    static String folded(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** What is kept of an API key: long random text, so that a plain digest is enough. */
    static byte[] digest(Secret apiKey) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return sha256.digest(apiKey.reveal().getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
