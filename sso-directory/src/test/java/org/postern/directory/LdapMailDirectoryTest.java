package org.postern.directory;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.postern.core.Administrator;
import org.postern.core.DomainName;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.memory.InMemoryBackend;
import org.postern.core.spi.Backend;
import org.postern.core.spi.DirectoryEditor;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.MailDirectoryContract;

/** What every directory promises, by one whose mailboxes the operator's own programs write into LDAP. */
class LdapMailDirectoryTest extends MailDirectoryContract {
    private static TestLdap ldap;
    private static Backend backend;
    private static MailDirectory own;

    @BeforeAll
    static void start() {
        ldap = new TestLdap();
        InMemoryBackend store = new InMemoryBackend();
        own = store.directory();
        backend = new OperatorDirectoryProvider().over(store, ldap.settings());
    }

    @AfterAll
    static void stop() {
        backend.close();
        ldap.close();
    }

    @Override
    protected MailDirectory directory() {
        return new Whole(backend.directory(), new ConcurrentHashMap<>());
    }

    /** Postern and the operator's programs as one: an account has one password, which both keep. */
    private record Whole(MailDirectory seen, Map<MailboxAddress, String> versions) implements MailDirectory {
        @Override
        public Optional<Mailbox> mailbox(MailboxAddress address) {
            return seen.mailbox(address);
        }

        @Override
        public Optional<Administrator> administrator(MailboxAddress address) {
            return seen.administrator(address);
        }

        @Override
        public Optional<Administrator> administratorByApiKey(Secret apiKey) {
            return seen.administratorByApiKey(apiKey);
        }

        @Override
        public Optional<String> companyOf(DomainName domain) {
            return seen.companyOf(domain);
        }

        @Override
        public Set<DomainName> domainsOf(Administrator administrator) {
            return seen.domainsOf(administrator);
        }

        @Override
        public boolean checkPassword(MailboxAddress account, Secret password) {
            boolean only = seen.administrator(account).isPresent()
                    && seen.mailbox(account).isEmpty();
            return only ? seen.checkPassword(account, password) : seen.opensMailbox(account, password);
        }

        @Override
        public Optional<String> passwordVersion(MailboxAddress account) {
            return Optional.ofNullable(versions.get(account));
        }

        @Override
        public Page<Mailbox> search(Administrator administrator, String text, int limit, Optional<String> after) {
            return seen.search(administrator, text, limit, after);
        }

        @Override
        public Set<MailboxAddress> closedAmong(Collection<MailboxAddress> addresses) {
            return seen.closedAmong(addresses);
        }

        @Override
        public Optional<DirectoryEditor> editor() {
            return Optional.of(new Programs(seen, seen.editor().orElseThrow(), versions));
        }
    }

    private record Programs(MailDirectory seen, DirectoryEditor postern, Map<MailboxAddress, String> versions)
            implements DirectoryEditor {
        @Override
        public boolean isEmpty() {
            return postern.isEmpty();
        }

        @Override
        public boolean hasCompany(String name) {
            return postern.hasCompany(name);
        }

        @Override
        public void createCompany(String name) {
            postern.createCompany(name);
        }

        @Override
        public void createDomain(String company, DomainName domain) {
            postern.createDomain(company, domain);
        }

        @Override
        public void createMailbox(
                MailboxAddress address, String name, Secret password, Optional<SessionLocale> locale) {
            if (seen.companyOf(address.domain()).isEmpty()) {
                throw new IllegalArgumentException("no such domain");
            }
            Map<String, String> attributes =
                    new HashMap<>(Map.of("mail", address.toString(), "userPassword", password.reveal()));
            if (!name.isEmpty()) {
                attributes.put("cn", name);
            }
            locale.ifPresent(l -> attributes.put("preferredLanguage", l.languageTag()));
            if (!ldap.add(address.toString(), attributes)) {
                throw new IllegalArgumentException("there is one already");
            }
            versions.put(address, UUID.randomUUID().toString());
        }

        @Override
        public void createAdministrator(
                MailboxAddress address, Role role, String company, Set<DomainName> domains, Optional<Secret> password) {
            boolean has = seen.mailbox(address).isPresent();
            postern.createAdministrator(
                    address,
                    role,
                    company,
                    domains,
                    password.or(() -> has ? Optional.of(Secret.of("of his own")) : password));
            versions.putIfAbsent(address, UUID.randomUUID().toString());
        }

        @Override
        public List<Issuer> issuers() {
            return postern.issuers();
        }

        @Override
        public boolean removeAdministrator(MailboxAddress address) {
            boolean removed = postern.removeAdministrator(address);
            if (seen.mailbox(address).isEmpty()) {
                versions.remove(address);
            }
            return removed;
        }

        @Override
        public void addApiKey(MailboxAddress administrator, Secret apiKey) {
            postern.addApiKey(administrator, apiKey);
        }

        @Override
        public int removeApiKeys(MailboxAddress administrator) {
            return postern.removeApiKeys(administrator);
        }

        @Override
        public boolean setPassword(MailboxAddress account, Secret password) {
            boolean here = own.editor().orElseThrow().setPassword(account, password);
            boolean there = ldap.set(account.toString(), "userPassword", password.reveal()) || here;
            if (there) {
                versions.put(account, UUID.randomUUID().toString());
            }
            return there;
        }

        @Override
        public boolean setSuspended(MailboxAddress mailbox, boolean suspended) {
            return ldap.set(mailbox.toString(), "employeeType", suspended ? "suspended" : "");
        }

        @Override
        public boolean setLocale(MailboxAddress mailbox, Optional<SessionLocale> locale) {
            return ldap.set(
                    mailbox.toString(),
                    "preferredLanguage",
                    locale.map(SessionLocale::languageTag).orElse(""));
        }
    }
}
