package org.postern.core.settings;

import java.util.Optional;

/** Every name under {@code sso.} that exists, with its default and what it does: the table of {@code docs/settings.md}. */
public enum Setting {
    ENABLED("sso.enabled", "true", "Whether the filter logs anybody in. Off: every request passes untouched."),
    PORT("sso.port", "8080", "The port on which the sample webmail listens; 0 takes a free one. Option `--port`."),
    ADDRESS(
            "sso.address",
            "",
            "The IP address on which it listens, such as `127.0.0.1` behind a proxy on this host. Empty: every address."),
    DATA("sso.data", "./data", "The folder of the embedded database and its keys. Option `--data`."),
    DEMO("sso.demo", "false", "Seeds and runs the demo, on 127.0.0.1 only. Option `--demo`."),
    DEMO_IMAP_PORT(
            "sso.demo.imap-port", "0", "The demo mail server's IMAP port; 0 takes a free one. Option `--imap-port`."),
    DEMO_POP3_PORT("sso.demo.pop3-port", "0", "The demo mail server's POP3 port. Option `--pop3-port`."),
    DEMO_SMTP_PORT("sso.demo.smtp-port", "0", "The demo mail server's SMTP port. Option `--smtp-port`."),
    PUBLIC_URL(
            "sso.public-url",
            "",
            "The webmail's address as browsers see it, such as `https://mail.example`: the start of every login URL."
                    + " Empty: `http://127.0.0.1` and the port."),
    HTTP_PLAIN("sso.http.plain", "false", "Accepts credentials and tokens over plain HTTP from other hosts."),
    TRUSTED_PROXIES(
            "sso.http.trusted-proxies",
            "",
            "Addresses or CIDR blocks of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` count; by comma."),
    TOOLS_GET("sso.tools.get", "true", "Whether `/tools/sso` takes `GET`."),
    METRICS_ADDRESSES(
            "sso.metrics.addresses",
            "127.0.0.1,::1",
            "The addresses or CIDR blocks that may read `/metrics`; by comma."),
    LOGIN_CONFIRM(
            "sso.login.confirm",
            "token",
            "`always`: no token is redeemed without a click. `token`: as the token says."),
    LOGIN_PATH("sso.login.path", "/", "The path of the login URL, below the context path."),
    LOGIN_ALIASES(
            "sso.login.aliases", "", "Paths at which `?user=…&pass=…` is a login too, such as `/mail`; by comma."),
    WEBMAIL_PATH(
            "sso.webmail.path", "/?_task=mail", "Where a login that opens a mailbox leads, below the context path."),
    ADMIN_PATH(
            "sso.webmail.admin-path",
            "/?_task=admin",
            "Where a login with `admin_only` leads, below the context path."),
    LOGIN_PAGE("sso.webmail.login-page", "/", "Where a logout leads that has no other target, below the context path."),
    LOGOUT_HOSTS(
            "sso.logout-redirect.allowed-hosts",
            "",
            "Hosts to which `logout_redirect` may lead: exact names, or `*.domain`; by comma. Empty: every host."),
    SESSION_MAX_LIFE("sso.session.max-life", "PT8H", "How long a token's session lasts at most; an ISO 8601 duration."),
    SESSION_POLL(
            "sso.session.poll",
            "PT2S",
            "How often a node asks which of its sessions were ended elsewhere; at most `PT4S`."),
    CONSOLE_IDLE(
            "sso.console.idle",
            "PT30M",
            "After how long without use the console signs an administrator out; at least `PT10S`."),
    ISSUER_URL(
            "sso.issuer.url",
            "",
            "The issuing service that a webmail without a store asks. Empty: the store on the class path."),
    NODE_KEY(
            "sso.node.key",
            "",
            "The key that a remote webmail and its issuing service share; at least 16 characters. Secret."),
    NODE_ADDRESSES(
            "sso.node.addresses",
            "127.0.0.1,::1",
            "The webmails' own addresses that may use the node key, behind trusted proxies too; by comma."),
    MAIL_KEY("sso.mail.key", "", "The key with which mail servers ask about passwords; at least 8 characters. Secret."),
    MAIL_ADDRESSES(
            "sso.mail.addresses",
            "127.0.0.1,::1",
            "The mail servers' own addresses that may use the mail key, behind trusted proxies too; by comma."),
    NGINX_IMAP(
            "sso.mail.nginx.imap",
            "",
            "The IMAP server behind nginx's mail proxy, as nginx reaches it: an IP address and a port,"
                    + " `192.0.2.1:143` or `[2001:db8::1]:143`. Empty: none."),
    NGINX_POP3("sso.mail.nginx.pop3", "", "The same for POP3."),
    NGINX_SMTP("sso.mail.nginx.smtp", "", "The same for submission."),
    NGINX_PASSWORD(
            "sso.mail.nginx.password",
            "",
            "What nginx gives the server behind it in a token's place: a password that opens every mailbox there, for"
                    + " nginx's address alone; 16 to 128 letters, digits, `-` and `_`. Empty: the token itself. Secret."),
    AUTH_PORT(
            "sso.mail.auth.port",
            "0",
            "The TCP port that speaks Dovecot's auth protocol, for mail servers without a Dovecot; 0: none. There passwords"
                    + " of mailboxes open them too."),
    AUTH_ADDRESS(
            "sso.mail.auth.address",
            "127.0.0.1",
            "The address on which it listens. Its protocol has neither key nor encryption: who may ask is decided by"
                    + " `sso.mail.addresses` alone."),
    DOVEADM_URLS(
            "sso.mail.doveadm.urls",
            "",
            "The HTTP API of each Dovecot that shall end what is open when a token is revoked, `http://host:port` or"
                    + " `https://host:port`; by comma. Empty: none."),
    DOVEADM_KEY("sso.mail.doveadm.key", "", "Their `doveadm_api_key`; needed with their addresses. Secret."),
    DIRECTORY(
            "sso.directory",
            "own",
            "Where the mailboxes are: `own`, the product's tables; `ldap`, a directory of yours. Companies, domains,"
                    + " administrators and API keys are in the product's tables in any case."),
    PASSWORDS(
            "sso.passwords",
            "directory",
            "Who knows the mailboxes' passwords: `directory`, wherever the mailboxes are; `imap`, an IMAP server."
                    + " Administrators' are in the product's tables in any case."),
    PASSWORDS_IMAP_URL(
            "sso.passwords.imap-url",
            "",
            "That IMAP server, `imap://host:port` or `imaps://host:port`; needed with `imap`."),
    LDAP_URLS(
            "sso.ldap.urls",
            "",
            "The LDAP servers, `ldap://host:port` or `ldaps://host:port`; by comma, the preferred one first. Needed with"
                    + " `ldap`. On another host `ldap` begins with StartTLS."),
    LDAP_USER("sso.ldap.user", "", "The DN of the account that searches there. Empty: nobody logs in to search."),
    LDAP_PASSWORD("sso.ldap.password", "", "That account's password. Secret."),
    LDAP_BASE("sso.ldap.base", "", "The DN below which the mailboxes are. Needed with `ldap`."),
    LDAP_FILTER("sso.ldap.filter", "(objectClass=inetOrgPerson)", "The filter that all mailboxes match."),
    LDAP_ADDRESS(
            "sso.ldap.address",
            "mail",
            "The attribute that holds a mailbox's address. Of several in Postern's domains the first by the alphabet is it."),
    LDAP_NAME("sso.ldap.name", "cn", "The attribute that holds the person's name."),
    LDAP_LOCALE("sso.ldap.locale", "preferredLanguage", "The attribute that holds the person's language."),
    LDAP_SUSPENDED(
            "sso.ldap.suspended",
            "",
            "The filter that suspended mailboxes match, such as `(accountStatus=disabled)`; without `<=`, `>=`, `~=` and"
                    + " extensible matches. Empty: none is suspended."),
    LDAP_CONNECTIONS(
            "sso.ldap.connections",
            "8",
            "How many mailboxes are looked up there at once, and how many passwords tried; 1 to 32."),
    LDAP_TIMEOUT(
            "sso.ldap.timeout",
            "PT2S",
            "How long an answer from there may take, connecting and the next server included; `PT0.25S` to `PT30S`."
                    + " Mail servers wait for Postern some 2.5 s."),
    LDAP_GRACE(
            "sso.ldap.grace",
            "PT5M",
            "How long what was seen of a mailbox still counts while no LDAP server answers, so that tokens go on"
                    + " working; at most `PT1H`. Passwords and searches never count."),
    DATABASE_URL("sso.database.url", "", "A JDBC URL of PostgreSQL or H2. Empty: H2 in the data folder."),
    DATABASE_USER("sso.database.user", "", "The database user."),
    DATABASE_PASSWORD("sso.database.password", "", "The database user's password. Secret."),
    DATABASE_POOL("sso.database.pool", "10", "The most connections at once; 1 to 200."),
    DATABASE_TIMEOUT(
            "sso.database.timeout", "PT5S", "How long a connection or a statement may take before it is a fault."),
    KEYS(
            "sso.keys",
            "",
            "The keys of the token digests in Base64, at least 32 bytes each, newest first; by comma."
                    + " Empty: a key file in the data folder. Secret."),
    KEEP_TOKENS("sso.keep.tokens", "P30D", "How long tokens are kept after their end."),
    KEEP_AUDIT(
            "sso.keep.audit",
            "P400D",
            "How long the audit trail is kept, and with it the webmail sessions that owners are shown."),
    IMAP_URL("sso.imap.url", "", "The IMAP server of the sample webmail, `imap://host:port` or `imaps://host:port`."),
    SMTP_URL(
            "sso.smtp.url",
            "",
            "The submission server of the sample webmail, `smtp://host:port` or `smtps://host:port`."),
    DIAGNOSE_IMAP_URL(
            "sso.diagnose.imap-url",
            "",
            "The IMAP server that Diagnose tries, `imap://host:port` or `imaps://host:port`. Empty: `sso.imap.url`."),
    DIAGNOSE_POP3_URL(
            "sso.diagnose.pop3-url",
            "",
            "The POP3 server that Diagnose tries, `pop3://host:port` or `pop3s://host:port`. Empty: none."),
    DIAGNOSE_SMTP_URL(
            "sso.diagnose.smtp-url",
            "",
            "The submission server that Diagnose tries, `smtp://host:port` or `smtps://host:port`."
                    + " Empty: `sso.smtp.url`."),
    DIAGNOSE_WEBMAIL_URL(
            "sso.diagnose.webmail-url", "", "The webmail that Diagnose tries. Empty: the address of `sso.public-url`."),
    DIAGNOSE_LIMIT("sso.diagnose.limit", "PT30S", "How long one diagnosis may take; `PT1S` to `PT2M`."),
    NOTICE_FROM(
            "sso.notice.from",
            "",
            "The sender of the mail that tells owners of visits to their mailboxes; an address. Needed where a company"
                    + " wants such notices."),
    NOTICE_SMTP_URL(
            "sso.notice.smtp-url",
            "",
            "The server that takes this mail, `smtp://host:port` or `smtps://host:port`. Empty: `sso.smtp.url`."),
    NOTICE_USER("sso.notice.user", "", "The user at that server. Empty: nobody logs in there."),
    NOTICE_PASSWORD("sso.notice.password", "", "That user's password. Secret."),
    COMPANIES(
            "sso.companies",
            "",
            "The ids of the companies that have settings of their own, lower-case letters and digits; by comma."),
    COMPANY_NAME("sso.company.*.name", "", "The company's exact name in the directory. Empty: the id."),
    COMPANY_NOTICE(
            "sso.company.*.notice", "false", "Whether an owner is told by mail whenever a token opens his mailbox."),
    COMPANY_READ_ONLY(
            "sso.company.*.read-only",
            "false",
            "Whether every session that a token opens in this company's mailboxes is read-only, whatever the token says."),
    COMPANY_APPROVAL(
            "sso.company.*.approval",
            "none",
            "Whose approval a token for this company's mailboxes needs before it works: `administrator`, a second one who"
                    + " could have issued it; `owner`, the mailbox's; `none`."),
    COMPANY_REASON_PATTERN(
            "sso.company.*.reason-pattern",
            "",
            "A regular expression (Java's) that every reason given for this company's mailboxes must match as a whole."
                    + " Empty: any reason will do."),
    COMPANY_REASON_HINT(
            "sso.company.*.reason-hint",
            "",
            "The same for people, such as `Ticket number, MAIL-1234`. Needed with a pattern."),
    BRANDS("sso.brands", "", "The ids of the brands, lower-case letters and digits; by comma."),
    BRAND_HOSTS("sso.brand.*.hosts", "", "The host names that show the brand; by comma."),
    BRAND_NAME("sso.brand.*.name", "", "The brand's name."),
    BRAND_COLOR("sso.brand.*.color", "", "The brand's colour, `#rrggbb`."),
    BRAND_LOGO("sso.brand.*.logo", "", "The path of the brand's logo on the webmail host."),
    BRAND_TEXT("sso.brand.*.login-text", "", "A line of text on the brand's login page."),
    BRAND_LOGOUT("sso.brand.*.logout-redirect", "", "Where a logout leads under this brand.");

    private final String key;
    private final String defaultValue;
    private final String description;

    Setting(String key, String defaultValue, String description) {
        this.key = key;
        this.defaultValue = defaultValue;
        this.description = description;
    }

    /** The property's name; a {@code *} in it stands for the id of a company or a brand. */
    public String key() {
        return key;
    }

    public String defaultValue() {
        return defaultValue;
    }

    public String description() {
        return description;
    }

    /** The setting that lists the ids for which a {@code *} in this one's name stands; empty where there is none. */
    Optional<Setting> ids() {
        if (!key.contains("*")) {
            return Optional.empty();
        }
        return Optional.of(key.startsWith("sso.brand.") ? BRANDS : COMPANIES);
    }

    /** The property's name for one id. */
    String key(String id) {
        return key.replace("*", id);
    }
}
