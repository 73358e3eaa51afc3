package org.postern.core.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Period;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.postern.core.Approver;
import org.postern.core.Channel;
import org.postern.core.IpLiteral;
import org.postern.core.LogoutRedirect;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.TokenKeys;

/**
 * All settings, read from MicroProfile Config and checked once, at start (contract, section 10): whatever is bad or
 * unknown under {@code sso.} throws a {@link SettingsException} that names it. Immutable and thread-safe.
 */
public record Settings(
        boolean enabled,
        Http http,
        Login login,
        Session session,
        Console console,
        Node node,
        Mail mail,
        Directory directory,
        Database database,
        Keep keep,
        Demo demo,
        Diagnose diagnose,
        Notice notice,
        List<Company> companies,
        List<Brand> brands) {

    /**
     * How the product is reached.
     *
     * @param address the IP address on which it listens; empty for all that the host has
     * @param publicUrl without a slash at its end; empty where it is not set
     * @param plain whether credentials may arrive over plain HTTP from other hosts
     * @param metricsAddresses who may read the metrics
     */
    public record Http(
            String address,
            int port,
            String publicUrl,
            boolean plain,
            AddressList trustedProxies,
            boolean toolsGet,
            AddressList metricsAddresses) {
        /** The webmail's address as browsers see it, without a slash at its end. */
        public String webmailUrl() {
            return publicUrl.isEmpty() ? "http://" + host() + ':' + port : publicUrl;
        }

        private String host() {
            return address.isEmpty() ? "127.0.0.1" : address.contains(":") ? '[' + address + ']' : address;
        }
    }

    /**
     * How a login runs.
     *
     * @param confirmAlways no token is redeemed without a click
     */
    public record Login(
            boolean confirmAlways,
            String path,
            Set<String> aliases,
            String webmailPath,
            String adminPath,
            String loginPage,
            LogoutRedirect logoutRedirect) {}

    public record Session(Duration maxLife, Duration poll) {}

    /**
     * The console.
     *
     * @param idle how long its session outlives its last use
     */
    public record Console(Duration idle) {}

    /**
     * Remote webmails and their issuing service.
     *
     * @param issuerUrl the issuing service to ask; empty where the store is here
     */
    public record Node(Optional<URI> issuerUrl, Secret key, AddressList addresses) {}

    /**
     * The mail servers: those that ask, and those that the sample webmail asks.
     *
     * @param key empty where no mail server may ask
     */
    public record Mail(
            Secret key,
            AddressList addresses,
            Nginx nginx,
            Doveadm doveadm,
            Auth auth,
            Optional<URI> imap,
            Optional<URI> smtp) {}

    /**
     * Where Dovecot's auth protocol is spoken.
     *
     * @param port 0 for nowhere
     */
    public record Auth(String address, int port) {}

    /** Who ends connections to mailboxes. */
    public record Doveadm(List<URI> urls, Secret key) {}

    /**
     * What is behind nginx's mail proxy.
     *
     * @param servers for each protocol that is proxied
     * @param password what they take from nginx in a token's place; empty where they take the token
     */
    public record Nginx(Map<Channel, Server> servers, Secret password) {}

    /**
     * A server behind nginx.
     *
     * @param address an IP address literal, without brackets
     */
    public record Server(String address, int port) {}

    /**
     * Where mailboxes and their passwords are, if not in the store.
     *
     * @param ldap who knows the mailboxes; empty where the store does
     * @param imap who knows their passwords; empty where the mailboxes' directory does
     */
    public record Directory(Optional<Ldap> ldap, Optional<URI> imap) {
        public boolean isElsewhere() {
            return ldap.isPresent() || imap.isPresent();
        }
    }

    /**
     * An LDAP directory. The two filters are text that nobody has parsed yet.
     *
     * @param urls at least one, the preferred one first
     * @param user empty where nobody logs in to search
     * @param suspended empty where no mailbox is suspended
     */
    public record Ldap(
            List<URI> urls,
            String user,
            Secret password,
            String base,
            String filter,
            String addressAttribute,
            String nameAttribute,
            String localeAttribute,
            String suspended,
            int connections,
            Duration timeout,
            Duration grace) {}

    /**
     * Where everything is kept.
     *
     * @param url empty for H2 in the data folder
     * @param keys newest first; empty for the key file in the data folder
     */
    public record Database(
            String data, String url, String user, Secret password, int pool, Duration timeout, List<byte[]> keys) {
        /** Where it is, for people: a folder, or a URL without what else one may hold, a user and a password. */
        public String place() {
            return url.isEmpty()
                    ? Path.of(data).toAbsolutePath().normalize().toString()
                    : url.replaceFirst("[?;].*", "").replaceFirst("//[^/@]*@", "//");
        }
    }

    public record Keep(Duration tokens, Duration audit) {}

    public record Demo(boolean on, int imapPort, int pop3Port, int smtpPort) {}

    /**
     * What a diagnosis tries, and for how long; a server that is empty is not tried.
     *
     * @param webmail empty for the webmail's address as browsers see it
     */
    public record Diagnose(
            Optional<URI> imap, Optional<URI> pop3, Optional<URI> smtp, Optional<URI> webmail, Duration limit) {}

    /**
     * How owners are told of visits to their mailboxes, for whoever sends that mail.
     *
     * @param from empty where no company wants notices
     * @param smtp the server that takes the mail
     * @param user empty where nobody need log in there
     */
    public record Notice(Optional<MailboxAddress> from, Optional<URI> smtp, String user, Secret password) {}

    /**
     * Reads and checks all settings.
     *
     * @throws SettingsException at the first setting that is bad or unknown
     */
    public static Settings from(Config config) {
        return new Reader(config).read();
    }

    /**
     * Whether the demo is asked for; to be known before all settings are read, since it brings some of its own.
     *
     * @throws SettingsException where that setting is bad
     */
    public static boolean askForDemo(Config config) {
        return new Reader(config).yes(Setting.DEMO);
    }

    /** These settings where the program listens on a port that the system chose. */
    public Settings listeningOn(int port) {
        Http there = new Http(
                http.address,
                port,
                http.publicUrl,
                http.plain,
                http.trustedProxies,
                http.toolsGet,
                http.metricsAddresses);
        return new Settings(
                enabled, there, login, session, console, node, mail, directory, database, keep, demo, diagnose, notice,
                companies, brands);
    }

    /** What the company with this name in the directory wants; {@link Company#PLAIN} where nothing is set for it. */
    public Company company(String name) {
        return companies.stream().filter(c -> c.name().equals(name)).findAny().orElse(Company.PLAIN);
    }

    /** The brand of a host name as a request names it, without its port; the neutral one where it is unknown. */
    public Brand brand(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        for (Brand brand : brands) {
            if (brand.hosts().contains(name)) {
                return brand;
            }
        }
        return Brand.NEUTRAL;
    }

    private record Reader(Config config) {
        /** What stands in the files of {@code integrations/} where a secret of the operator's belongs, and is long enough. */
        private static final Set<String> SAMPLES =
                Set.of("the-mail-key", "the-doveadm-key", "the-password-of-the-proxy");

        private static final Duration LONGEST_POLL = Duration.ofSeconds(4);
        private static final Pattern SERVER = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)\\]|([0-9.]+)):([0-9]{1,5})");

        Settings read() {
            refuseUnknown();
            LogoutRedirect logoutRedirect = new LogoutRedirect(hosts(Setting.LOGOUT_HOSTS));
            Settings settings = new Settings(
                    yes(Setting.ENABLED),
                    new Http(
                            listensOn(),
                            number(Setting.PORT, 0, 65_535),
                            publicUrl(),
                            yes(Setting.HTTP_PLAIN),
                            addresses(Setting.TRUSTED_PROXIES),
                            yes(Setting.TOOLS_GET),
                            addresses(Setting.METRICS_ADDRESSES)),
                    new Login(
                            oneOf(Setting.LOGIN_CONFIRM, "token", "always").equals("always"),
                            path(Setting.LOGIN_PATH),
                            aliases(),
                            path(Setting.WEBMAIL_PATH),
                            path(Setting.ADMIN_PATH),
                            path(Setting.LOGIN_PAGE),
                            logoutRedirect),
                    new Session(
                            duration(Setting.SESSION_MAX_LIFE, Duration.ofSeconds(1), Duration.ofDays(31)),
                            duration(Setting.SESSION_POLL, Duration.ofMillis(10), LONGEST_POLL)),
                    new Console(duration(Setting.CONSOLE_IDLE, Duration.ofSeconds(10), Duration.ofDays(31))),
                    new Node(
                            uri(Setting.ISSUER_URL, "http", "https"),
                            secret(Setting.NODE_KEY, 16),
                            addresses(Setting.NODE_ADDRESSES)),
                    new Mail(
                            secret(Setting.MAIL_KEY, 8),
                            addresses(Setting.MAIL_ADDRESSES),
                            nginx(),
                            doveadm(),
                            auth(),
                            uri(Setting.IMAP_URL, "imap", "imaps"),
                            uri(Setting.SMTP_URL, "smtp", "smtps")),
                    directory(),
                    new Database(
                            text(Setting.DATA),
                            databaseUrl(),
                            text(Setting.DATABASE_USER),
                            Secret.of(text(Setting.DATABASE_PASSWORD)),
                            number(Setting.DATABASE_POOL, 1, 200),
                            duration(Setting.DATABASE_TIMEOUT, Duration.ofMillis(250), Duration.ofMinutes(1)),
                            keys()),
                    new Keep(
                            duration(Setting.KEEP_TOKENS, Duration.ofDays(1), Duration.ofDays(36_500)),
                            duration(Setting.KEEP_AUDIT, Duration.ofDays(1), Duration.ofDays(36_500))),
                    new Demo(
                            yes(Setting.DEMO),
                            number(Setting.DEMO_IMAP_PORT, 0, 65_535),
                            number(Setting.DEMO_POP3_PORT, 0, 65_535),
                            number(Setting.DEMO_SMTP_PORT, 0, 65_535)),
                    new Diagnose(
                            uri(Setting.DIAGNOSE_IMAP_URL, "imap", "imaps")
                                    .or(() -> uri(Setting.IMAP_URL, "imap", "imaps")),
                            uri(Setting.DIAGNOSE_POP3_URL, "pop3", "pop3s"),
                            uri(Setting.DIAGNOSE_SMTP_URL, "smtp", "smtps")
                                    .or(() -> uri(Setting.SMTP_URL, "smtp", "smtps")),
                            uri(Setting.DIAGNOSE_WEBMAIL_URL, "http", "https"),
                            duration(Setting.DIAGNOSE_LIMIT, Duration.ofSeconds(1), Duration.ofMinutes(2))),
                    notice(),
                    companies(),
                    brands(logoutRedirect));
            if (settings.node().issuerUrl().isPresent() && settings.node().key().isEmpty()) {
                throw new SettingsException(Setting.NODE_KEY.key(), "is needed with " + Setting.ISSUER_URL.key());
            }
            return settings;
        }

        /** A misspelt name must not go unnoticed: it may be the one that was to protect something. */
        private void refuseUnknown() {
            Set<String> keys = new HashSet<>();
            for (Setting setting : Setting.values()) {
                setting.ids()
                        .ifPresentOrElse(
                                ids -> list(ids).forEach(id -> keys.add(setting.key(id))),
                                () -> keys.add(setting.key()));
            }
            Set<String> variables = keys.stream().map(Reader::variable).collect(Collectors.toSet());
            for (String name : config.getPropertyNames()) {
                boolean ours = name.startsWith("sso.") || name.startsWith("SSO_");
                if (ours && !keys.contains(name) && !variables.contains(variable(name))) {
                    throw new SettingsException(name, unknown(variable(name)));
                }
            }
        }

        private static String unknown(String variable) {
            if (variable.startsWith("SSO_BRAND_")) {
                return "no brand that " + Setting.BRANDS.key() + " names has such a setting";
            }
            return variable.startsWith("SSO_COMPANY_")
                    ? "no company that " + Setting.COMPANIES.key() + " names has such a setting"
                    : "there is no such setting";
        }

        /** The environment variable by which MicroProfile Config finds a property. */
        private static String variable(String name) {
            return name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
        }

        private String text(Setting setting) {
            return text(setting, setting.key());
        }

        private String text(Setting setting, String name) {
            try {
                return config.getOptionalValue(name, String.class)
                        .map(String::strip)
                        .orElse(setting.defaultValue());
            } catch (IllegalArgumentException | java.util.NoSuchElementException bad) {
                throw new SettingsException(name, "cannot be read");
            }
        }

        private boolean yes(Setting setting) {
            return oneOf(setting, "true", "false").equals("true");
        }

        private boolean yes(Setting setting, String id) {
            return oneOf(setting, setting.key(id), "true", "false").equals("true");
        }

        private String oneOf(Setting setting, String first, String second) {
            return oneOf(setting, setting.key(), first, second);
        }

        private String oneOf(Setting setting, String name, String first, String second) {
            String value = text(setting, name);
            if (!value.equals(first) && !value.equals(second)) {
                throw new SettingsException(name, "must be " + first + " or " + second);
            }
            return value;
        }

        private int number(Setting setting, int least, int most) {
            String value = text(setting);
            if (value.matches("[0-9]{1,9}")) {
                int number = Integer.parseInt(value);
                if (number >= least && number <= most) {
                    return number;
                }
            }
            throw new SettingsException(setting.key(), "must be a number from " + least + " to " + most);
        }

        private Duration duration(Setting setting, Duration least, Duration most) {
            try {
                String value = text(setting).toUpperCase(Locale.ROOT);
                Duration duration = value.matches("P[0-9]{1,6}[DW]")
                        ? Duration.ofDays(Period.parse(value).get(java.time.temporal.ChronoUnit.DAYS))
                        : Duration.parse(value);
                if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
                    return duration;
                }
            } catch (DateTimeException | ArithmeticException bad) {
                // told below
            }
            throw new SettingsException(setting.key(), "must be an ISO 8601 duration from " + least + " to " + most);
        }

        private List<String> list(Setting setting) {
            return split(text(setting));
        }

        private static List<String> split(String value) {
            return Stream.of(value.split(","))
                    .map(String::strip)
                    .filter(s -> !s.isEmpty())
                    .toList();
        }

        private AddressList addresses(Setting setting) {
            try {
                return new AddressList(list(setting));
            } catch (IllegalArgumentException bad) {
                throw new SettingsException(setting.key(), String.valueOf(bad.getMessage()));
            }
        }

        private List<String> hosts(Setting setting) {
            for (String host : list(setting)) {
                if (!host.matches("(?:\\*\\.)?[A-Za-z0-9.-]+|\\[[0-9a-f:]+\\]")) {
                    throw new SettingsException(setting.key(), "no host name: " + host);
                }
            }
            return list(setting);
        }

        private Secret secret(Setting setting, int least) {
            String value = text(setting);
            if (!value.isEmpty() && value.length() < least) {
                throw new SettingsException(setting.key(), "must have at least " + least + " characters");
            }
            if (SAMPLES.contains(value.toLowerCase(Locale.ROOT))) {
                throw new SettingsException(
                        setting.key(),
                        "is the sample of the files to copy, which everybody knows: make one of your own");
            }
            return Secret.of(value);
        }

        private String path(Setting setting) {
            String value = text(setting);
            if (!value.matches("/[\\x21-\\x7e&&[^\"<>\\\\^`{|}]]*") || value.startsWith("//")) {
                throw new SettingsException(setting.key(), "must be a path that starts with one slash");
            }
            return value;
        }

        private Set<String> aliases() {
            for (String alias : list(Setting.LOGIN_ALIASES)) {
                if (!alias.matches("(?:/[A-Za-z0-9._~-]+)+") || alias.contains("/.")) {
                    throw new SettingsException(Setting.LOGIN_ALIASES.key(), "no plain path: " + alias);
                }
            }
            return Set.copyOf(list(Setting.LOGIN_ALIASES));
        }

        private Optional<URI> uri(Setting setting, String scheme, String secureScheme) {
            String value = text(setting);
            return value.isEmpty() ? Optional.empty() : Optional.of(uri(setting, value, scheme, secureScheme));
        }

        private static URI uri(Setting setting, String value, String scheme, String secureScheme) {
            try {
                URI uri = new URI(value.endsWith("/") ? value.substring(0, value.length() - 1) : value);
                boolean right = scheme.equals(uri.getScheme()) || secureScheme.equals(uri.getScheme());
                if (right && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null) {
                    return uri;
                }
            } catch (URISyntaxException bad) {
                // told below
            }
            throw new SettingsException(
                    setting.key(), "must be a URL that starts with " + scheme + ":// or " + secureScheme + "://");
        }

        private String publicUrl() {
            return uri(Setting.PUBLIC_URL, "http", "https").map(URI::toString).orElse("");
        }

        private String databaseUrl() {
            String value = text(Setting.DATABASE_URL);
            if (value.isEmpty() || value.startsWith("jdbc:postgresql:") || value.startsWith("jdbc:h2:")) {
                return value;
            }
            throw new SettingsException(Setting.DATABASE_URL.key(), "must start with jdbc:postgresql: or jdbc:h2:");
        }

        private List<byte[]> keys() {
            List<byte[]> keys = new ArrayList<>();
            for (String text : list(Setting.KEYS)) {
                try {
                    keys.add(Base64.getDecoder().decode(text));
                } catch (IllegalArgumentException bad) {
                    throw new SettingsException(Setting.KEYS.key(), "must be Base64");
                }
            }
            if (keys.stream().anyMatch(k -> k.length < TokenKeys.MIN_BYTES)) {
                throw new SettingsException(Setting.KEYS.key(), "each key must have at least 32 bytes");
            }
            return List.copyOf(keys);
        }

        private Nginx nginx() {
            Map<Channel, Server> servers = new EnumMap<>(Channel.class);
            server(Setting.NGINX_IMAP).ifPresent(s -> servers.put(Channel.IMAP, s));
            server(Setting.NGINX_POP3).ifPresent(s -> servers.put(Channel.POP3, s));
            server(Setting.NGINX_SMTP).ifPresent(s -> servers.put(Channel.SMTP, s));
            Secret password = secret(Setting.NGINX_PASSWORD, 16);
            if (!password.isEmpty() && !text(Setting.NGINX_PASSWORD).matches("[A-Za-z0-9_-]{16,128}")) {
                // Stands in a regular expression of nginx's, and in an answer of which nginx reads 1,024 bytes.
                throw new SettingsException(
                        Setting.NGINX_PASSWORD.key(), "must be 16 to 128 letters, digits, hyphens and underscores");
            }
            return new Nginx(Map.copyOf(servers), password);
        }

        private Auth auth() {
            return new Auth(ip(Setting.AUTH_ADDRESS), number(Setting.AUTH_PORT, 0, 65_535));
        }

        private String listensOn() {
            if (yes(Setting.DEMO)) {
                return "127.0.0.1";
            }
            return text(Setting.ADDRESS).isEmpty() ? "" : ip(Setting.ADDRESS);
        }

        private String ip(Setting setting) {
            String address = text(setting);
            if (IpLiteral.bytes(address).length == 0) {
                throw new SettingsException(setting.key(), "must be an IP address");
            }
            return address;
        }

        private Doveadm doveadm() {
            Doveadm doveadm = new Doveadm(
                    list(Setting.DOVEADM_URLS).stream()
                            .map(url -> uri(Setting.DOVEADM_URLS, url, "http", "https"))
                            .toList(),
                    secret(Setting.DOVEADM_KEY, 1));
            if (!doveadm.urls().isEmpty() && doveadm.key().isEmpty()) {
                throw new SettingsException(Setting.DOVEADM_KEY.key(), "is needed with " + Setting.DOVEADM_URLS.key());
            }
            return doveadm;
        }

        private Optional<Server> server(Setting setting) {
            String value = text(setting);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            Matcher parts = SERVER.matcher(value);
            if (parts.matches()) {
                String address = parts.group(1) == null ? parts.group(2) : parts.group(1);
                int port = Integer.parseInt(parts.group(3));
                if (IpLiteral.bytes(address).length > 0 && port > 0 && port <= 65_535) {
                    return Optional.of(new Server(address, port));
                }
            }
            throw new SettingsException(setting.key(), "must be an IP address and a port, such as 192.0.2.1:143");
        }

        private Directory directory() {
            boolean ldap = oneOf(Setting.DIRECTORY, "own", "ldap").equals("ldap");
            boolean imap = oneOf(Setting.PASSWORDS, "directory", "imap").equals("imap");
            Optional<URI> server = uri(Setting.PASSWORDS_IMAP_URL, "imap", "imaps");
            if (imap && server.isEmpty()) {
                throw new SettingsException(
                        Setting.PASSWORDS_IMAP_URL.key(), "is needed with " + Setting.PASSWORDS.key() + "=imap");
            }
            // Read in any case: what is bad is told before somebody needs it.
            Ldap servers = ldap();
            if (ldap) {
                need(Setting.LDAP_URLS);
                need(Setting.LDAP_BASE);
            }
            Directory directory =
                    new Directory(ldap ? Optional.of(servers) : Optional.empty(), imap ? server : Optional.empty());
            if (directory.isElsewhere() && yes(Setting.DEMO)) {
                throw new SettingsException(Setting.DEMO.key(), "the demo has mailboxes of its own");
            }
            return directory;
        }

        private void need(Setting setting) {
            if (text(setting).isEmpty()) {
                throw new SettingsException(setting.key(), "is needed with " + Setting.DIRECTORY.key() + "=ldap");
            }
        }

        private Ldap ldap() {
            Ldap ldap = new Ldap(
                    list(Setting.LDAP_URLS).stream()
                            .map(url -> uri(Setting.LDAP_URLS, url, "ldap", "ldaps"))
                            .toList(),
                    text(Setting.LDAP_USER),
                    Secret.of(text(Setting.LDAP_PASSWORD)),
                    text(Setting.LDAP_BASE),
                    text(Setting.LDAP_FILTER),
                    attribute(Setting.LDAP_ADDRESS),
                    attribute(Setting.LDAP_NAME),
                    attribute(Setting.LDAP_LOCALE),
                    text(Setting.LDAP_SUSPENDED),
                    number(Setting.LDAP_CONNECTIONS, 1, 32),
                    duration(Setting.LDAP_TIMEOUT, Duration.ofMillis(250), Duration.ofSeconds(30)),
                    duration(Setting.LDAP_GRACE, Duration.ZERO, Duration.ofHours(1)));
            if (ldap.user().isEmpty() != ldap.password().isEmpty()) {
                throw new SettingsException(
                        Setting.LDAP_PASSWORD.key(),
                        "is needed with " + Setting.LDAP_USER.key() + ", and only with it");
            }
            return ldap;
        }

        private String attribute(Setting setting) {
            String value = text(setting);
            if (!value.matches("[A-Za-z][A-Za-z0-9-]{0,63}")) {
                throw new SettingsException(setting.key(), "must be the name of an attribute");
            }
            return value;
        }

        private Notice notice() {
            String from = text(Setting.NOTICE_FROM);
            Optional<MailboxAddress> address = MailboxAddress.parse(from);
            if (address.isEmpty() && !from.isEmpty()) {
                throw new SettingsException(Setting.NOTICE_FROM.key(), "must be an address");
            }
            return new Notice(
                    address,
                    uri(Setting.NOTICE_SMTP_URL, "smtp", "smtps").or(() -> uri(Setting.SMTP_URL, "smtp", "smtps")),
                    text(Setting.NOTICE_USER),
                    Secret.of(text(Setting.NOTICE_PASSWORD)));
        }

        private List<Company> companies() {
            List<Company> companies = new ArrayList<>();
            Set<String> names = new HashSet<>();
            for (String id : ids(Setting.COMPANIES)) {
                String name = text(Setting.COMPANY_NAME, Setting.COMPANY_NAME.key(id));
                Company company = new Company(
                        id,
                        name.isEmpty() ? id : name,
                        yes(Setting.COMPANY_NOTICE, id),
                        yes(Setting.COMPANY_READ_ONLY, id),
                        approver(id),
                        reasonPattern(id),
                        text(Setting.COMPANY_REASON_HINT, Setting.COMPANY_REASON_HINT.key(id)));
                if (company.reasonPattern().isPresent() && company.reasonHint().isEmpty()) {
                    throw new SettingsException(
                            Setting.COMPANY_REASON_HINT.key(id),
                            "is needed with " + Setting.COMPANY_REASON_PATTERN.key(id));
                }
                if (!names.add(company.name())) {
                    throw new SettingsException(
                            Setting.COMPANY_NAME.key(id), "another company has the name " + company.name());
                }
                if (company.notice() && text(Setting.NOTICE_FROM).isEmpty()) {
                    throw new SettingsException(
                            Setting.NOTICE_FROM.key(), "is needed with " + Setting.COMPANY_NOTICE.key(id) + "=true");
                }
                companies.add(company);
            }
            return List.copyOf(companies);
        }

        private Approver approver(String id) {
            String name = Setting.COMPANY_APPROVAL.key(id);
            return Approver.parse(text(Setting.COMPANY_APPROVAL, name))
                    .orElseThrow(() -> new SettingsException(name, "must be none, administrator or owner"));
        }

        private Optional<ReasonPattern> reasonPattern(String id) {
            String name = Setting.COMPANY_REASON_PATTERN.key(id);
            String pattern = text(Setting.COMPANY_REASON_PATTERN, name);
            try {
                return pattern.isEmpty() ? Optional.empty() : Optional.of(ReasonPattern.of(pattern));
            } catch (PatternSyntaxException bad) {
                throw new SettingsException(name, "is no regular expression that can be used: " + bad.getDescription());
            }
        }

        /** The ids that a setting lists. */
        private List<String> ids(Setting setting) {
            for (String id : list(setting)) {
                if (!id.matches("[a-z0-9]+")) {
                    throw new SettingsException(
                            setting.key(), (setting == Setting.BRANDS ? "no brand id: " : "no company id: ") + id);
                }
            }
            return list(setting);
        }

        private List<Brand> brands(LogoutRedirect logoutRedirect) {
            List<Brand> brands = new ArrayList<>();
            Map<String, String> owners = new java.util.HashMap<>();
            for (String id : ids(Setting.BRANDS)) {
                Brand brand = brand(id, logoutRedirect);
                for (String host : brand.hosts()) {
                    if (owners.put(host, id) != null) {
                        throw new SettingsException(Setting.BRAND_HOSTS.key(id), "another brand has " + host);
                    }
                }
                brands.add(brand);
            }
            return List.copyOf(brands);
        }

        private Brand brand(String id, LogoutRedirect logoutRedirect) {
            Set<String> hosts = new LinkedHashSet<>();
            for (String host : split(brandText(Setting.BRAND_HOSTS, id))) {
                hosts.add(host.toLowerCase(Locale.ROOT));
            }
            String logout = brandText(Setting.BRAND_LOGOUT, id);
            if (!logout.isEmpty() && !logoutRedirect.accepts(logout)) {
                throw new SettingsException(Setting.BRAND_LOGOUT.key(id), "must be a clean http or https URL");
            }
            String color = brandText(Setting.BRAND_COLOR, id);
            if (!color.matches("(?:#[0-9A-Fa-f]{6})?")) {
                throw new SettingsException(Setting.BRAND_COLOR.key(id), "must be #rrggbb");
            }
            String logo = brandText(Setting.BRAND_LOGO, id);
            if (!logo.matches("(?:/[A-Za-z0-9._~/-]*)?") || logo.startsWith("//")) {
                throw new SettingsException(Setting.BRAND_LOGO.key(id), "must be a path on the webmail host");
            }
            String name = brandText(Setting.BRAND_NAME, id);
            return new Brand(
                    id,
                    Set.copyOf(hosts),
                    name.isEmpty() ? id : name,
                    present(color),
                    present(logo),
                    brandText(Setting.BRAND_TEXT, id),
                    present(logout));
        }

        private String brandText(Setting setting, String id) {
            return text(setting, setting.key(id));
        }

        private static Optional<String> present(String text) {
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        }
    }
}
