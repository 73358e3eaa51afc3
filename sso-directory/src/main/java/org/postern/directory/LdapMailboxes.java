package org.postern.directory;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.postern.core.DomainName;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Setting;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;

/**
 * The mailboxes that stand in an LDAP directory: each entry is one, under one address. What is asked for goes into filters
 * as a value, never as text, and what a server finds by its own rules counts only where it is the very address, or the
 * very text. Thread-safe.
 */
final class LdapMailboxes implements AutoCloseable {
    private static final int MOST_FOUND = 5_000;
    /** Of one search: addresses that are asked about, or domains that narrow it. */
    private static final int MOST_NAMED = 100;

    private static final int LONGEST_NAME = 200;

    private final Settings.Ldap settings;
    private final LdapServers servers;
    private final LastSeen seen;
    private final Predicate<DomainName> ours;
    private final Filter mailboxes;
    private final Optional<Filter> suspended;
    private final String[] attributes;
    private final String base;

    /** @param ours whether a domain is one whose mailboxes these are */
    LdapMailboxes(Settings.Ldap settings, Predicate<DomainName> ours, Clock clock) {
        this(settings, ours, clock, jvmsTrust());
    }

    /** @throws SettingsException where a filter or the base is none */
    LdapMailboxes(Settings.Ldap settings, Predicate<DomainName> ours, Clock clock, SSLContext tls) {
        this.settings = settings;
        this.ours = ours;
        this.mailboxes = filter(Setting.LDAP_FILTER, settings.filter());
        this.suspended = settings.suspended().isEmpty()
                ? Optional.empty()
                : Optional.of(filter(Setting.LDAP_SUSPENDED, settings.suspended()));
        Set<String> names = new TreeSet<>(
                List.of(settings.addressAttribute(), settings.nameAttribute(), settings.localeAttribute()));
        suspended.ifPresent(filter -> names(filter, names));
        this.attributes = names.toArray(String[]::new);
        this.base = settings.base();
        if (!DN.isValidDN(base)) {
            throw new SettingsException(Setting.LDAP_BASE.key(), "is no DN");
        }
        this.servers = new LdapServers(settings, tls, clock);
        this.seen = new LastSeen(clock, settings.grace());
    }

    private static SSLContext jvmsTrust() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException broken) {
            throw new IllegalStateException("this JVM has no TLS", broken);
        }
    }

    private static Filter filter(Setting setting, String text) {
        try {
            return Filter.create(text);
        } catch (LDAPException bad) {
            throw new SettingsException(setting.key(), "is no LDAP filter");
        }
    }

    /** The attributes that a filter looks at, to be judged here. */
    private static void names(Filter filter, Set<String> names) {
        switch (filter.getFilterType()) {
            case Filter.FILTER_TYPE_AND, Filter.FILTER_TYPE_OR -> {
                for (Filter part : filter.getComponents()) {
                    names(part, names);
                }
            }
            case Filter.FILTER_TYPE_NOT -> names(filter.getNOTComponent(), names);
            case Filter.FILTER_TYPE_EXTENSIBLE_MATCH ->
                throw new SettingsException(Setting.LDAP_SUSPENDED.key(), "must do without extensible matches");
            case Filter.FILTER_TYPE_GREATER_OR_EQUAL,
                    Filter.FILTER_TYPE_LESS_OR_EQUAL,
                    Filter.FILTER_TYPE_APPROXIMATE_MATCH ->
                throw new SettingsException(
                        Setting.LDAP_SUSPENDED.key(),
                        "must do without <=, >= and ~=: what is more depends on the attribute, which only the server knows");
            default -> names.add(filter.getAttributeName());
        }
    }

    /** The mailbox that has this address, if only as an alias. */
    Optional<LdapMailbox> find(MailboxAddress address) {
        return seen.of(address, () -> entry(address).flatMap(this::mailbox));
    }

    /** Whether a bind as the mailbox's entry succeeds. Where there is none, a bind fails too, in much the same time. */
    boolean open(MailboxAddress address, Secret password) {
        Optional<String> dn = entry(address)
                .filter(entry -> own(addresses(entry)).filter(address::equals).isPresent())
                .map(Entry::getDN);
        return servers.bind(dn.orElseGet(this::nobody), password) && dn.isPresent();
    }

    private String nobody() {
        return new RDN("cn", UUID.randomUUID().toString()) + "," + base;
    }

    private Optional<SearchResultEntry> entry(MailboxAddress address) {
        List<SearchResultEntry> found = servers.find(request(is(address), MOST_NAMED)).stream()
                .filter(entry -> addresses(entry).contains(address))
                .toList();
        if (found.size() > 1) {
            throw new UnavailableException("more than one entry in LDAP has the address " + address);
        }
        return found.stream().findFirst();
    }

    private SearchRequest request(Filter which, int limit) {
        try {
            SearchRequest request = new SearchRequest(
                    new DN(base).toString(), SearchScope.SUB, Filter.createANDFilter(mailboxes, which), attributes);
            request.setSizeLimit(limit);
            request.setTimeLimitSeconds((int) Math.max(1, settings.timeout().toSeconds()));
            return request;
        } catch (LDAPException e) {
            throw new IllegalStateException("the base was a DN at the start", e);
        }
    }

    private Filter is(MailboxAddress address) {
        return Filter.createEqualityFilter(settings.addressAttribute(), address.toString());
    }

    private Set<MailboxAddress> addresses(Entry entry) {
        String[] values = entry.getAttributeValues(settings.addressAttribute());
        Set<MailboxAddress> addresses = new HashSet<>();
        for (String value : values == null ? new String[0] : values) {
            MailboxAddress.parse(value).ifPresent(addresses::add);
        }
        return addresses;
    }

    /**
     * The one among an entry's addresses that is the mailbox's. Values have no order, so it is the first by the alphabet in
     * our domains. Whatever an address in another one is for, it makes no mailbox here.
     */
    private Optional<MailboxAddress> own(Set<MailboxAddress> addresses) {
        return addresses.stream()
                .filter(address -> addresses.size() == 1 || ours.test(address.domain()))
                .min(Comparator.naturalOrder());
    }

    private Optional<LdapMailbox> mailbox(Entry entry) {
        Set<MailboxAddress> addresses = addresses(entry);
        return own(addresses).map(address -> new LdapMailbox(mailbox(entry, address), addresses));
    }

    private Mailbox mailbox(Entry entry, MailboxAddress address) {
        String name = text(entry, settings.nameAttribute()).replaceAll("\\p{Cntrl}", " ");
        Locale language = Locale.forLanguageTag(text(entry, settings.localeAttribute())
                .split("[,;]", -1)[0]
                .strip()
                .replace('_', '-'));
        return new Mailbox(
                address,
                name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name,
                Optional.empty(),
                isSuspended(entry),
                SessionLocale.match(List.of(language)));
    }

    private static String text(Entry entry, String attribute) {
        String value = entry.getAttributeValue(attribute);
        return value == null ? "" : value;
    }

    private boolean isSuspended(Entry entry) {
        try {
            return suspended.isPresent() && suspended.get().matchesEntry(entry);
        } catch (LDAPException e) {
            throw new UnavailableException("whether a mailbox is suspended cannot be told", e);
        }
    }

    /** As {@link org.postern.core.spi.MailDirectory#search}, among those that the servers find first. */
    Page<LdapMailbox> search(Set<DomainName> domains, String text, int limit, Optional<String> after) {
        Optional<MailboxAddress> last = after.map(LdapMailboxes::position);
        if (domains.isEmpty()) {
            return new Page<>(List.of(), Optional.empty());
        }
        String wanted = text.toLowerCase(Locale.ROOT);
        NavigableMap<MailboxAddress, LdapMailbox> found = new TreeMap<>();
        for (SearchResultEntry entry : servers.search(request(likely(domains, text.strip()), MOST_FOUND))) {
            mailbox(entry)
                    .filter(m -> domains.contains(m.mailbox().address().domain()) && tells(m, domains, wanted))
                    .ifPresent(m -> found.putIfAbsent(m.mailbox().address(), m));
        }
        Collection<LdapMailbox> rest =
                last.map(a -> found.tailMap(a, false)).orElse(found).values();
        return Page.of(
                rest.stream().limit(limit + 1L).toList(),
                limit,
                m -> m.mailbox().address().toString());
    }

    /** Whether a mailbox is what somebody looks for who may know its name and its addresses in these domains. */
    private static boolean tells(LdapMailbox mailbox, Set<DomainName> domains, String wanted) {
        return mailbox.mailbox().name().toLowerCase(Locale.ROOT).contains(wanted)
                || mailbox.addresses().stream()
                        .anyMatch(a ->
                                domains.contains(a.domain()) && a.toString().contains(wanted));
    }

    private static MailboxAddress position(String after) {
        return MailboxAddress.parse(after).orElseThrow(() -> new IllegalArgumentException("no position in a list"));
    }

    /** What finds all that is wanted, and perhaps more: spaces and case are the servers' own affair. */
    private Filter likely(Set<DomainName> domains, String text) {
        String address = settings.addressAttribute();
        Filter under = domains.size() > MOST_NAMED
                ? Filter.createPresenceFilter(address)
                : Filter.createORFilter(domains.stream()
                        .map(domain -> Filter.createSubFinalFilter(address, "@" + domain))
                        .toList());
        return text.isEmpty()
                ? under
                : Filter.createANDFilter(
                        under,
                        Filter.createORFilter(
                                Filter.createSubAnyFilter(address, text),
                                Filter.createSubAnyFilter(settings.nameAttribute(), text)));
    }

    /** Those that are no mailbox's own address here, or a suspended one's. */
    Set<MailboxAddress> closedAmong(Set<MailboxAddress> addresses) {
        Set<MailboxAddress> closed = new HashSet<>(addresses);
        List<MailboxAddress> all = new ArrayList<>(addresses);
        for (int from = 0; from < all.size(); from += MOST_NAMED) {
            List<MailboxAddress> some = all.subList(from, Math.min(all.size(), from + MOST_NAMED));
            Filter any = Filter.createORFilter(some.stream().map(this::is).toList());
            Map<MailboxAddress, LdapMailbox> found = new HashMap<>();
            for (SearchResultEntry entry : servers.find(request(any, 2 * MOST_NAMED))) {
                mailbox(entry).ifPresent(mailbox -> {
                    mailbox.addresses().forEach(address -> found.put(address, mailbox));
                    if (!mailbox.mailbox().suspended()) {
                        closed.remove(mailbox.mailbox().address());
                    }
                });
            }
            some.forEach(address -> seen.note(address, Optional.ofNullable(found.get(address))));
        }
        return closed;
    }

    @Override
    public void close() {
        servers.close();
    }
}
