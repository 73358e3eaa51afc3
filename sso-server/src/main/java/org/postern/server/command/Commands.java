package org.postern.server.command;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postern.core.Administrator;
import org.postern.core.DomainName;
import org.postern.core.LoginToken;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Role;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.UnavailableException;
import org.postern.core.service.Postern;
import org.postern.core.settings.Setting;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;
import org.postern.core.spi.AuditCheck;
import org.postern.core.spi.DirectoryEditor;
import org.postern.core.spi.MailboxField;
import org.postern.store.KeyFile;
import org.postern.store.SqlBackendProvider;

/**
 * The commands. Each opens the database by itself: with the embedded one, while no server runs. Exit codes: 0 done, 1
 * not done, 2 called wrongly.
 */
public final class Commands {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;
    private static final int PAGE = 200;

    /** What a command does. Returns its exit code. */
    private interface Action {
        int run(Settings settings, Arguments arguments) throws UsageException;
    }

    /** What a command does with the open product. */
    private interface Work {
        int run(Postern postern, Arguments arguments) throws UsageException;
    }

    private record Command(String usage, Set<String> options, Action action) {}

    private final String file;
    private final Supplier<Settings> settings;
    private final Passwords passwords;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, Command> commands = new LinkedHashMap<>();

    /** @param file what the operator started, for the lines that tell him how */
    public Commands(String file, Supplier<Settings> settings, InputStream in, PrintStream out, PrintStream err) {
        this.file = file;
        this.settings = settings;
        this.passwords = new Passwords(in, out, in == System.in ? System.console() : null);
        this.out = out;
        this.err = err;
        commands.put("company create", new Command("NAME", Set.of(), opened(this::createCompany)));
        commands.put(
                "domain create", new Command("DOMAIN --company NAME", Set.of("--company"), opened(this::createDomain)));
        commands.put(
                "mailbox create",
                new Command(
                        "ADDRESS [--name TEXT] [--locale CODE]",
                        Set.of("--name", "--locale"),
                        opened(this::createMailbox)));
        commands.put("mailbox suspend", new Command("ADDRESS", Set.of(), opened((p, a) -> suspend(p, a, true))));
        commands.put("mailbox resume", new Command("ADDRESS", Set.of(), opened((p, a) -> suspend(p, a, false))));
        commands.put("mailbox password", new Command("ADDRESS", Set.of(), opened(this::setPassword)));
        commands.put(
                "admin create",
                new Command(
                        "ADDRESS --role mail|domain|company --company NAME [--domain DOMAIN]...",
                        Set.of("--role", "--company", "--domain"),
                        opened(this::createAdministrator)));
        commands.put("admin list", new Command("", Set.of(), opened(this::listAdministrators)));
        commands.put("admin remove", new Command("ADDRESS", Set.of(), opened(this::removeAdministrator)));
        commands.put("admin password", new Command("ADDRESS", Set.of(), opened(this::setPassword)));
        commands.put("apikey create", new Command("ADDRESS", Set.of(), opened(this::createApiKey)));
        commands.put("apikey remove", new Command("ADDRESS", Set.of(), opened(this::removeApiKeys)));
        commands.put("token list", new Command("ADDRESS", Set.of(), opened(this::listTokens)));
        commands.put("token revoke", new Command("ID", Set.of(), opened(this::revokeToken)));
        commands.put("audit verify", new Command("[--head HEAD]...", Set.of("--head"), opened(this::verifyAudit)));
        commands.put("keys rotate", new Command("", Set.of(), this::rotateKeys));
        commands.put("purge", new Command("", Set.of(), opened(this::purge)));
    }

    /** Runs the command that these words are; returns its exit code. */
    public int run(List<String> words) {
        String name = name(words);
        Command command = commands.get(name);
        if (command == null || words.contains("--help") || words.contains("-h")) {
            return help(words, command);
        }
        try {
            Arguments arguments = Arguments.parse(
                    words.subList(name.split(" ").length, words.size()),
                    command.options(),
                    Set.of("--domain", "--head"));
            Settings read = settings.get();
            requireStore(name, read.database());
            return command.action().run(read, arguments);
        } catch (UsageException wrong) {
            err.println(name + ": " + wrong.getMessage());
            err.println("usage: " + usage(name, command));
            return WRONG_USE;
        } catch (SettingsException bad) {
            err.println(bad.getMessage());
            return WRONG_USE;
        } catch (IllegalArgumentException refused) {
            err.println(name + ": " + refused.getMessage());
            return FAILED;
        } catch (UnavailableException fault) {
            err.println(name + ": " + explain(fault));
            return FAILED;
        }
    }

    /** A misspelt folder must not become a store of its own, in which all is well. */
    private static void requireStore(String name, Settings.Database database) {
        boolean makes = name.endsWith(" create") && !name.startsWith("apikey");
        if (!makes && !SqlBackendProvider.mayBeThere(database)) {
            throw new IllegalArgumentException("there is no database in " + database.place()
                    + ": --data names its folder, --settings a file with settings");
        }
    }

    private String name(List<String> words) {
        String two = words.size() > 1 ? words.get(0) + ' ' + words.get(1) : "";
        return commands.containsKey(two) ? two : words.get(0);
    }

    private int help(List<String> words, @Nullable Command command) {
        boolean asked = words.contains("--help") || words.contains("-h");
        String called = name(words);
        String first = words.get(0);
        boolean group = commands.keySet().stream().anyMatch(n -> n.startsWith(first + ' ') || n.equals(first));
        if (!asked && !group) {
            err.println(first.replaceAll("\\p{C}", "?") + ": there is no such command; --help lists them all");
            return WRONG_USE;
        }
        PrintStream to = asked ? out : err;
        commands.forEach((name, each) -> {
            if (command == null ? name.startsWith(first + ' ') || !group : name.equals(called)) {
                to.println("usage: " + usage(name, each));
            }
        });
        if (asked
                && command != null
                && command.usage().startsWith("ADDRESS")
                && called.matches(".* (?:create|password)")
                && !first.equals("apikey")) {
            to.println(
                    "The password is asked for at the terminal, or read from the standard input; with neither, one is"
                            + " made and printed once.");
        }
        return asked ? DONE : WRONG_USE;
    }

    private String usage(String name, Command command) {
        return ("java -jar " + file + ' ' + name + ' ' + command.usage()).strip() + " [--data DIR]";
    }

    private static Action opened(Work work) {
        return (settings, arguments) -> {
            try (Postern postern = Postern.open(settings)) {
                return work.run(postern, arguments);
            }
        };
    }

    /** With the embedded database the likeliest reason by far is a server that runs. */
    private String explain(UnavailableException fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("already in use") || message.contains("90020")) {
                return "the database is in use by a running server; stop it first";
            }
        }
        return String.valueOf(fault.getMessage());
    }

    private static DirectoryEditor editor(Postern postern) {
        return postern.backend()
                .directory()
                .editor()
                .orElseThrow(() -> new IllegalArgumentException("this directory is changed elsewhere"));
    }

    private int createCompany(Postern postern, Arguments arguments) throws UsageException {
        String name = arguments.word("NAME");
        editor(postern).createCompany(name);
        return done("company " + name + " is there");
    }

    private int createDomain(Postern postern, Arguments arguments) throws UsageException {
        DomainName domain = domain(arguments.word("DOMAIN"));
        editor(postern).createDomain(arguments.needed("--company"), domain);
        return done("domain " + domain + " is there");
    }

    private static DomainName domain(String text) throws UsageException {
        return DomainName.parse(text).orElseThrow(() -> new UsageException("this is no domain"));
    }

    private int createMailbox(Postern postern, Arguments arguments) throws UsageException {
        MailboxAddress address = arguments.address();
        Optional<SessionLocale> locale = Optional.empty();
        if (arguments.option("--locale").isPresent()) {
            locale = Optional.of(SessionLocale.parse(arguments.needed("--locale"))
                    .orElseThrow(() -> new UsageException("--locale: must be one of " + SessionLocale.codes())));
        }
        if (postern.backend().directory().mailbox(address).isPresent()) {
            throw new IllegalArgumentException("there is such a mailbox already");
        }
        if (postern.backend().directory().companyOf(address.domain()).isEmpty()) {
            throw new IllegalArgumentException(
                    "the domain " + address.domain() + " is not there; domain create makes it");
        }
        // Where its password is known elsewhere, none is kept that somebody could know.
        Secret password = isPasswordHere(postern)
                        || postern.backend().directory().administrator(address).isPresent()
                ? goodPassword(address)
                : Passwords.random();
        editor(postern).createMailbox(address, arguments.option("--name").orElse(""), password, locale);
        return done("mailbox " + address + " is there");
    }

    /** Whether mailboxes have the one password here that would be their administrator's too. */
    private static boolean isPasswordHere(Postern postern) {
        return editor(postern).mailboxFields().contains(MailboxField.PASSWORD);
    }

    private Secret goodPassword(MailboxAddress address) throws UsageException {
        Secret password = passwords.ask();
        Optional<String> objection = new org.postern.core.ChosenToken().objection(password, address, address);
        if (objection.isPresent()) {
            throw new IllegalArgumentException("the password " + objection.get());
        }
        return password;
    }

    private int suspend(Postern postern, Arguments arguments, boolean suspended) throws UsageException {
        MailboxAddress address = arguments.address();
        return postern.mailboxes().setSuspended(address, suspended)
                ? done("mailbox " + address + (suspended ? " is suspended" : " is active"))
                : missing("mailbox");
    }

    private int setPassword(Postern postern, Arguments arguments) throws UsageException {
        MailboxAddress address = arguments.address();
        var directory = postern.backend().directory();
        if (directory.mailbox(address).isEmpty()
                && directory.administrator(address).isEmpty()) {
            return missing("account");
        }
        return postern.mailboxes().setPassword(address, passwords.ask())
                ? done("the password of " + address + " is changed")
                : missing("account");
    }

    private int createAdministrator(Postern postern, Arguments arguments) throws UsageException {
        MailboxAddress address = arguments.address();
        Role role = Role.parse(arguments.needed("--role"))
                .orElseThrow(() -> new UsageException("--role: must be mail, domain or company"));
        String company = arguments.needed("--company");
        Set<DomainName> domains = new HashSet<>();
        for (String text : arguments.all("--domain")) {
            domains.add(domain(text));
        }
        if ((role == Role.COMPANY) != domains.isEmpty()) {
            throw new UsageException(
                    role == Role.COMPANY
                            ? "--domain: a company administrator has all domains of his company"
                            : "--domain is missing");
        }
        var directory = postern.backend().directory();
        if (directory.administrator(address).isPresent()) {
            throw new IllegalArgumentException("there is such an administrator already");
        }
        for (DomainName domain : domains) {
            if (directory
                    .companyOf(domain)
                    .filter(owner -> !owner.equals(company))
                    .isPresent()) {
                throw new IllegalArgumentException("the domain " + domain + " belongs to another company");
            }
        }
        boolean has = isPasswordHere(postern) && directory.mailbox(address).isPresent();
        Optional<Secret> password = has ? Optional.empty() : Optional.of(goodPassword(address));
        prepare(postern, company, domains);
        editor(postern).createAdministrator(address, role, company, domains, password);
        return done("administrator " + address + " is there, with the role " + role.apiName());
    }

    /** The first administrator's company and domains are made with him. */
    private void prepare(Postern postern, String company, Set<DomainName> domains) {
        var directory = postern.backend().directory();
        try {
            editor(postern).createCompany(company);
            out.println("company " + company + " is new");
        } catch (IllegalArgumentException there) {
            // as it should be
        }
        for (DomainName domain : domains) {
            if (directory.companyOf(domain).isEmpty()) {
                editor(postern).createDomain(company, domain);
                out.println("domain " + domain + " is new");
            }
        }
    }

    private int listAdministrators(Postern postern, Arguments arguments) throws UsageException {
        arguments.noWords();
        for (DirectoryEditor.Issuer issuer : editor(postern).issuers()) {
            Administrator a = issuer.administrator();
            String domains = a.role() == Role.COMPANY
                    ? "all its domains"
                    : a.domains().stream().map(DomainName::toString).sorted().collect(Collectors.joining(", "));
            out.printf(
                    "%s  %-7s  %s: %s%s%n",
                    a.address(),
                    a.role().apiName(),
                    a.company(),
                    domains,
                    issuer.apiKeys() == 0 ? "" : "  " + counted(issuer.apiKeys(), "API key", "API keys"));
        }
        return DONE;
    }

    private int removeAdministrator(Postern postern, Arguments arguments) throws UsageException {
        MailboxAddress address = arguments.address();
        return editor(postern).removeAdministrator(address)
                ? done(address
                        + " is no administrator any more; his tokens open nothing more; what is open goes on for as long"
                        + " as it may: see the sessions of the API, or change the mailbox's password")
                : missing("administrator");
    }

    private int createApiKey(Postern postern, Arguments arguments) throws UsageException {
        MailboxAddress address = arguments.address();
        if (postern.backend().directory().administrator(address).isEmpty()) {
            return missing("administrator");
        }
        Secret key = Passwords.random();
        editor(postern).addApiKey(address, key);
        out.println("api key: " + key.reveal());
        return DONE;
    }

    private int removeApiKeys(Postern postern, Arguments arguments) throws UsageException {
        MailboxAddress address = arguments.address();
        if (postern.backend().directory().administrator(address).isEmpty()) {
            return missing("administrator");
        }
        int removed = editor(postern).removeApiKeys(address);
        return done(removed + (removed == 1 ? " API key is" : " API keys are") + " removed");
    }

    private int listTokens(Postern postern, Arguments arguments) throws UsageException {
        MailboxAddress address = arguments.address();
        if (postern.backend().directory().mailbox(address).isEmpty()) {
            return missing("mailbox");
        }
        Instant now = postern.clock().instant();
        Optional<String> after = Optional.empty();
        do {
            Page<LoginToken> page = postern.backend().tokens().tokens(address, Optional.empty(), PAGE, after);
            for (LoginToken token : page.items()) {
                out.printf(
                        "%s  %-8s %-13s until %s  by %s%s%n",
                        token.id(),
                        token.state(now).name().toLowerCase(Locale.ROOT),
                        token.type().apiName(),
                        token.expiresAt(),
                        token.issuer(),
                        token.reason().isEmpty() ? "" : "  " + token.reason());
            }
            after = page.next();
        } while (after.isPresent());
        return DONE;
    }

    private int revokeToken(Postern postern, Arguments arguments) throws UsageException {
        UUID id;
        try {
            id = UUID.fromString(arguments.word("ID"));
        } catch (IllegalArgumentException bad) {
            throw new UsageException("this is no token's id; token list shows them");
        }
        if (postern.backend().tokens().token(id).isEmpty()) {
            return missing("token");
        }
        return done(postern.tokens().revoke(id) ? "the token is revoked" : "the token was revoked already");
    }

    private int verifyAudit(Postern postern, Arguments arguments) throws UsageException {
        arguments.noWords();
        AuditCheck check = postern.backend()
                .checkAudit(arguments.all("--head"))
                .orElseThrow(() -> new IllegalArgumentException("this store does not chain its audit trail"));
        check.findings()
                .forEach(f ->
                        err.println(f.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + f.what()));
        if (check.faults() > check.findings().size()) {
            err.println("and " + (check.faults() - check.findings().size()) + " more");
        }
        out.println(counted(check.intact(), "row is", "rows are") + " as written");
        if (check.pending() > 0) {
            out.println("of these " + counted(check.pending(), "is", "are") + " not sealed yet: only a change of them"
                    + " can be told");
        }
        if (check.unsealed() > 0) {
            out.println(counted(check.unsealed(), "row is", "rows are") + " in no chain"
                    + (check.whole() ? ": from before the trail was chained" : ""));
        }
        check.purged().ifPresent(before -> out.println("rows from before " + before + " were purged"));
        if (!check.heads().isEmpty()) {
            out.println("heads, to be kept elsewhere: " + String.join(" ", check.heads()));
        }
        if (check.whole() && check.heads().isEmpty() && check.intact() + check.unsealed() == 0) {
            err.println("there is no audit trail yet, or not any more, in "
                    + postern.settings().database().place());
            return FAILED;
        }
        if (check.whole()) {
            return done(
                    "the audit trail is whole: " + postern.settings().database().place());
        }
        err.println("the audit trail is not whole: " + counted(check.faults(), "fault", "faults"));
        return FAILED;
    }

    private static String counted(long count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    /** Also while a server runs: it takes the new key over within seconds. */
    private int rotateKeys(Settings read, Arguments arguments) throws UsageException {
        arguments.noWords();
        if (!read.database().keys().isEmpty()) {
            throw new SettingsException(
                    Setting.KEYS.key(), "the keys come from this setting: put a new one in front of the others there");
        }
        int keys = new KeyFile(Path.of(read.database().data()), Clock.systemUTC()).rotate();
        return done("new tokens use a new key; " + (keys - 1) + " older ones still open what was issued under them");
    }

    private int purge(Postern postern, Arguments arguments) throws UsageException {
        arguments.noWords();
        int expired = postern.maintenance().noteExpired();
        int removed = postern.maintenance().purge();
        return done(expired + " noted as expired, " + removed + " rows removed");
    }

    private int done(String what) {
        out.println(what);
        return DONE;
    }

    private int missing(String what) {
        err.println("there is no such " + what);
        return FAILED;
    }
}
