package org.postern.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.postern.core.DomainName;
import org.postern.core.MailboxAddress;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.spi.DirectoryEditor;

/**
 * Changes the product's own user database. Whether something is there already is decided by the tables' keys; this is
 * the one place where a violated key is an answer and no fault. Thread-safe.
 */
final class SqlDirectoryEditor implements DirectoryEditor {
    private final Database database;
    private final Passwords passwords;

    SqlDirectoryEditor(Database database, Passwords passwords) {
        this.database = database;
        this.passwords = passwords;
    }

    @Override
    public boolean isEmpty() {
        Command any = Command.of("select name from company limit 1");
        return database.call(c -> any.first(c, row -> row.text("name"))).isEmpty();
    }

    @Override
    public boolean hasCompany(String name) {
        return database.call(c -> exists(c, "company where name = ?", p -> p.text(name)));
    }

    @Override
    public void createCompany(String name) {
        inOne(connection -> insert(
                connection,
                new Insert("company", "name", p -> p.text(name)),
                "there is a company " + name + " already"));
    }

    @Override
    public void createDomain(String company, DomainName domain) {
        inOne(connection -> {
            requireCompany(connection, company);
            insert(
                    connection,
                    new Insert("domain", "name, company", p -> p.name(domain).text(company)),
                    "there is a domain " + domain + " already");
        });
    }

    @Override
    public void createMailbox(MailboxAddress address, String name, Secret password, Optional<SessionLocale> locale) {
        String hash = passwords.hash(password);
        inOne(connection -> {
            require(
                    exists(connection, "domain where name = ?", p -> p.name(address.domain())),
                    "there is no domain " + address.domain());
            if (setPassword(address, hash).run(connection) == 0) {
                insertAccount(connection, address, hash);
            }
            insert(
                    connection,
                    new Insert(
                            "mailbox",
                            "address, domain, name, folded_name, suspended, locale",
                            p -> p.name(address)
                                    .name(address.domain())
                                    .text(name)
                                    .text(SqlMailDirectory.folded(name))
                                    .flag(false)
                                    .name(locale.map(SessionLocale::code))),
                    "there is a mailbox " + address + " already");
        });
    }

    @Override
    public void createAdministrator(
            MailboxAddress address, Role role, String company, Set<DomainName> domains, Optional<Secret> password) {
        require(
                (role == Role.COMPANY) == domains.isEmpty(),
                role == Role.COMPANY
                        ? "a company administrator has all domains: name none"
                        : "a " + role.apiName() + " administrator needs a domain");
        Optional<String> hash = password.map(passwords::hash);
        inOne(connection -> {
            requireCompany(connection, company);
            for (DomainName domain : domains) {
                require(
                        exists(
                                connection,
                                "domain where name = ? and company = ?",
                                p -> p.name(domain).text(company)),
                        "no domain of " + company + ": " + domain);
            }
            if (!exists(connection, "account where address = ?", p -> p.name(address))) {
                require(hash.isPresent(), "a password is needed for " + address);
                insertAccount(connection, address, hash.orElseThrow());
            }
            insert(
                    connection,
                    new Insert(
                            "administrator",
                            "address, admin_role, company",
                            p -> p.name(address).text(role.apiName()).text(company)),
                    "there is an administrator " + address + " already");
            List<Insert> given = domains.stream()
                    .map(domain -> new Insert(
                            "administrator_domain",
                            "administrator, domain",
                            p -> p.name(address).name(domain)))
                    .toList();
            Insert.all(connection, given);
        });
    }

    @Override
    public List<Issuer> issuers() {
        Command all = Command.of("select " + SqlMailDirectory.ADMINISTRATOR_COLUMNS
                + ", (select count(*) from api_key k where k.administrator = a.address) as api_keys"
                + SqlMailDirectory.ADMINISTRATORS);
        Map<MailboxAddress, Issuer> issuers = new TreeMap<>();
        for (Issuer row : database.call(
                c -> all.list(c, row -> new Issuer(SqlMailDirectory.administrator(row), row.number("api_keys"))))) {
            issuers.merge(
                    row.administrator().address(),
                    row,
                    (one, other) -> new Issuer(
                            SqlMailDirectory.withDomainsOf(one.administrator(), other.administrator()), one.apiKeys()));
        }
        return List.copyOf(issuers.values());
    }

    @Override
    public boolean removeAdministrator(MailboxAddress address) {
        return database.transaction(connection -> {
            boolean removed =
                    new Command("delete from administrator where address = ?", p -> p.name(address)).run(connection)
                            > 0;
            if (removed) {
                Command account = new Command(
                        "delete from account where address = ? and not exists"
                                + " (select 1 from mailbox m where m.address = account.address)",
                        p -> p.name(address));
                account.run(connection);
            }
            return removed;
        });
    }

    @Override
    public void addApiKey(MailboxAddress administrator, Secret apiKey) {
        inOne(connection -> {
            require(
                    exists(connection, "administrator where address = ?", p -> p.name(administrator)),
                    "there is no administrator " + administrator);
            insert(
                    connection,
                    new Insert(
                            "api_key",
                            "digest, administrator",
                            p -> p.bytes(SqlMailDirectory.digest(apiKey)).name(administrator)),
                    "this API key is there already");
        });
    }

    @Override
    public int removeApiKeys(MailboxAddress administrator) {
        return database.write(
                new Command("delete from api_key where administrator = ?", p -> p.name(administrator))::run);
    }

    @Override
    public boolean setPassword(MailboxAddress account, Secret password) {
        return database.write(setPassword(account, passwords.hash(password))::run) > 0;
    }

    @Override
    public boolean setSuspended(MailboxAddress mailbox, boolean suspended) {
        Command command = new Command(
                "update mailbox set suspended = ? where address = ?",
                p -> p.flag(suspended).name(mailbox));
        return database.write(command::run) > 0;
    }

    @Override
    public boolean setLocale(MailboxAddress mailbox, Optional<SessionLocale> locale) {
        Command command = new Command(
                "update mailbox set locale = ? where address = ?",
                p -> p.name(locale.map(SessionLocale::code)).name(mailbox));
        return database.write(command::run) > 0;
    }

    private static Command setPassword(MailboxAddress account, String hash) {
        return new Command(
                "update account set password = ?, password_version = ? where address = ?",
                p -> p.text(hash).id(UUID.randomUUID()).name(account));
    }

    private static void insertAccount(Connection connection, MailboxAddress address, String hash) throws SQLException {
        insert(
                connection,
                new Insert(
                        "account",
                        "address, password, password_version",
                        p -> p.name(address).text(hash).id(UUID.randomUUID())),
                "there is an account " + address + " already");
    }

    private static void requireCompany(Connection connection, String company) throws SQLException {
        require(exists(connection, "company where name = ?", p -> p.text(company)), "there is no company " + company);
    }

    private static boolean exists(Connection connection, String rows, Command.Binding binding) throws SQLException {
        return new Command("select 1 from " + rows, binding)
                .first(connection, row -> row)
                .isPresent();
    }

    private interface Change {
        void on(Connection connection) throws SQLException;
    }

    private void inOne(Change change) {
        database.transaction(connection -> {
            change.on(connection);
            return connection;
        });
    }

    private static void insert(Connection connection, Insert row, String twin) throws SQLException {
        try {
            row.command().run(connection);
        } catch (SQLException e) {
            if (Faults.isTwin(e)) {
                throw new IllegalArgumentException(twin);
            }
            throw e;
        }
    }

    private static void require(boolean met, String otherwise) {
        if (!met) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
