package org.postern.core.memory;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.postern.core.Administrator;
import org.postern.core.DomainName;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.UnavailableException;
import org.postern.core.spi.DirectoryEditor;
import org.postern.core.spi.MailDirectory;

/**
 * The reference directory: empty at first, filled by its {@link #editor}. Passwords are kept as PBKDF2 hashes that cost
 * little, API keys as SHA-256 digests; nothing outlives the object. Thread-safe.
 */
public final class InMemoryDirectory implements MailDirectory {
    private static final int ITERATIONS = 1000;
    private static final long PATIENCE_SECONDS = 5;
    private static final HexFormat HEX = HexFormat.of();

    /** What {@link MailDirectory} tells of a mailbox, less the role, which is the administrator's. */
    private record Row(String name, boolean suspended, Optional<SessionLocale> locale) {}

    /**
     * @param salt in hex, as the hash
     * @param version changes whenever a password is set, also to the same one
     */
    private record Password(String salt, String hash, String version) {}

    /** What a password is compared with where there is no account: the work is the same, and nothing matches. */
    private static final Password NO_ACCOUNT = new Password("00".repeat(16), "00".repeat(32), "");

    private final Set<String> companies = new HashSet<>();
    private final Map<DomainName, String> domains = new HashMap<>();
    private final NavigableMap<MailboxAddress, Row> mailboxes = new TreeMap<>();
    private final Map<MailboxAddress, Administrator> administrators = new HashMap<>();
    private final Map<MailboxAddress, Password> passwords = new HashMap<>();
    private final Map<String, MailboxAddress> apiKeys = new HashMap<>();

    private final SecureRandom random = new SecureRandom();
    private final Semaphore room = new Semaphore(Runtime.getRuntime().availableProcessors());
    private final DirectoryEditor editor = new Editor();

    public InMemoryDirectory() {}

    @Override
    public synchronized Optional<Mailbox> mailbox(MailboxAddress address) {
        return Optional.ofNullable(mailboxes.get(address)).map(row -> mailbox(address, row));
    }

    private Mailbox mailbox(MailboxAddress address, Row row) {
        return new Mailbox(
                address, row.name(), administrator(address).map(Administrator::role), row.suspended(), row.locale());
    }

    @Override
    public synchronized Optional<Administrator> administrator(MailboxAddress address) {
        return Optional.ofNullable(administrators.get(address));
    }

    @Override
    public synchronized Optional<Administrator> administratorByApiKey(Secret apiKey) {
        return Optional.ofNullable(apiKeys.get(sha256(apiKey))).flatMap(this::administrator);
    }

    @Override
    public synchronized Optional<String> companyOf(DomainName domain) {
        return Optional.ofNullable(domains.get(domain));
    }

    @Override
    public synchronized Set<DomainName> domainsOf(Administrator administrator) {
        if (administrator.role() != Role.COMPANY) {
            return administrator.domains();
        }
        return domains.entrySet().stream()
                .filter(d -> d.getValue().equals(administrator.company()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean checkPassword(MailboxAddress account, Secret password) {
        Optional<Password> known = password(account);
        Password kept = known.orElse(NO_ACCOUNT);
        try {
            if (!room.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new UnavailableException("too many passwords are being checked");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("stopped while waiting to check a password", stopping);
        }
        try {
            boolean same = MessageDigest.isEqual(HEX.parseHex(kept.hash()), hash(HEX.parseHex(kept.salt()), password));
            return same && known.isPresent();
        } finally {
            room.release();
        }
    }

    @Override
    public Optional<String> passwordVersion(MailboxAddress account) {
        return password(account).map(Password::version);
    }

    private synchronized Optional<Password> password(MailboxAddress account) {
        return Optional.ofNullable(passwords.get(account));
    }

    @Override
    public synchronized Page<Mailbox> search(
            Administrator administrator, String text, int limit, Optional<String> after) {
        Set<DomainName> controlled = domainsOf(administrator);
        String wanted = lower(text);
        NavigableMap<MailboxAddress, Row> rest =
                after.map(a -> mailboxes.tailMap(position(a), false)).orElse(mailboxes);
        List<Mailbox> found = rest.entrySet().stream()
                .filter(m -> controlled.contains(m.getKey().domain()))
                .filter(m -> m.getKey().toString().contains(wanted)
                        || lower(m.getValue().name()).contains(wanted))
                .limit(limit + 1L)
                .map(m -> mailbox(m.getKey(), m.getValue()))
                .toList();
        return Page.of(found, limit, m -> m.address().toString());
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** The address that a page ended with. */
    private static MailboxAddress position(String after) {
        return MailboxAddress.parse(after).orElseThrow(() -> new IllegalArgumentException("no position in a list"));
    }

    @Override
    public synchronized Set<MailboxAddress> closedAmong(Collection<MailboxAddress> addresses) {
        return addresses.stream()
                .filter(a -> Optional.ofNullable(mailboxes.get(a))
                        .filter(row -> !row.suspended())
                        .isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Optional<DirectoryEditor> editor() {
        return Optional.of(editor);
    }

    private final class Editor implements DirectoryEditor {
        @Override
        public boolean isEmpty() {
            synchronized (InMemoryDirectory.this) {
                return companies.isEmpty();
            }
        }

        @Override
        public boolean hasCompany(String name) {
            synchronized (InMemoryDirectory.this) {
                return companies.contains(name);
            }
        }

        @Override
        public void createCompany(String name) {
            synchronized (InMemoryDirectory.this) {
                require(!companies.contains(name), "there is a company " + name + " already");
                companies.add(name);
            }
        }

        @Override
        public void createDomain(String company, DomainName domain) {
            synchronized (InMemoryDirectory.this) {
                require(companies.contains(company), "there is no company " + company);
                require(!domains.containsKey(domain), "there is a domain " + domain + " already");
                domains.put(domain, company);
            }
        }

        @Override
        public void createMailbox(
                MailboxAddress address, String name, Secret password, Optional<SessionLocale> locale) {
            Password made = made(password);
            synchronized (InMemoryDirectory.this) {
                require(domains.containsKey(address.domain()), "there is no domain " + address.domain());
                require(!mailboxes.containsKey(address), "there is a mailbox " + address + " already");
                mailboxes.put(address, new Row(name, false, locale));
                passwords.put(address, made);
            }
        }

        @Override
        public void createAdministrator(
                MailboxAddress address,
                Role role,
                String company,
                Set<DomainName> domainsGiven,
                Optional<Secret> password) {
            Optional<Password> made = password.map(InMemoryDirectory.this::made);
            synchronized (InMemoryDirectory.this) {
                require(!administrators.containsKey(address), "there is an administrator " + address + " already");
                require(companies.contains(company), "there is no company " + company);
                require(
                        (role == Role.COMPANY) == domainsGiven.isEmpty(),
                        role == Role.COMPANY
                                ? "a company administrator has all domains: name none"
                                : "a " + role.apiName() + " administrator needs a domain");
                for (DomainName domain : domainsGiven) {
                    require(company.equals(domains.get(domain)), "no domain of " + company + ": " + domain);
                }
                require(made.isPresent() || mailboxes.containsKey(address), "a password is needed for " + address);
                administrators.put(address, new Administrator(address, role, company, domainsGiven));
                made.ifPresent(p -> passwords.putIfAbsent(address, p));
            }
        }

        @Override
        public List<Issuer> issuers() {
            synchronized (InMemoryDirectory.this) {
                return administrators.values().stream()
                        .sorted(Comparator.comparing(Administrator::address))
                        .map(a -> new Issuer(a, Collections.frequency(apiKeys.values(), a.address())))
                        .toList();
            }
        }

        @Override
        public boolean removeAdministrator(MailboxAddress address) {
            synchronized (InMemoryDirectory.this) {
                removeApiKeys(address);
                if (!mailboxes.containsKey(address)) {
                    passwords.remove(address);
                }
                return administrators.remove(address) != null;
            }
        }

        @Override
        public void addApiKey(MailboxAddress administrator, Secret apiKey) {
            String digest = sha256(apiKey);
            synchronized (InMemoryDirectory.this) {
                require(administrators.containsKey(administrator), "there is no administrator " + administrator);
                require(!apiKeys.containsKey(digest), "this API key is there already");
                apiKeys.put(digest, administrator);
            }
        }

        @Override
        public int removeApiKeys(MailboxAddress administrator) {
            synchronized (InMemoryDirectory.this) {
                int before = apiKeys.size();
                apiKeys.values().removeIf(administrator::equals);
                return before - apiKeys.size();
            }
        }

        @Override
        public boolean setPassword(MailboxAddress account, Secret password) {
            Password made = made(password);
            synchronized (InMemoryDirectory.this) {
                return passwords.replace(account, made) != null;
            }
        }

        @Override
        public boolean setSuspended(MailboxAddress mailbox, boolean suspended) {
            synchronized (InMemoryDirectory.this) {
                return mailboxes.computeIfPresent(mailbox, (a, row) -> new Row(row.name(), suspended, row.locale()))
                        != null;
            }
        }

        @Override
        public boolean setLocale(MailboxAddress mailbox, Optional<SessionLocale> locale) {
            synchronized (InMemoryDirectory.this) {
                return mailboxes.computeIfPresent(mailbox, (a, row) -> new Row(row.name(), row.suspended(), locale))
                        != null;
            }
        }
    }

    private static void require(boolean met, String otherwise) {
        if (!met) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private Password made(Secret password) {
        byte[] salt = new byte[16];
        random.nextBytes(salt);
        return new Password(
                HEX.formatHex(salt),
                HEX.formatHex(hash(salt, password)),
                UUID.randomUUID().toString());
    }

    /** PBKDF2 of the digest: of the text itself, a password and the same one with a NUL at its end would be one. */
    private static byte[] hash(byte[] salt, Secret password) {
        PBEKeySpec spec = new PBEKeySpec(sha256(password).toCharArray(), salt, ITERATIONS, 256);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has PBKDF2WithHmacSHA256", e);
        } finally {
            spec.clearPassword();
        }
    }

    private static String sha256(Secret secret) {
        try {
            byte[] text = secret.reveal().getBytes(StandardCharsets.UTF_8);
            return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
