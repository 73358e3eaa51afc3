package org.postern.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.sdk.Attribute;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.Secret;
import org.postern.core.TokenKeys;
import org.postern.core.UnavailableException;

/** Whatever stands in an address, a password or a search: it stands for itself, at LDAP and at IMAP. */
class HostileInputTest {
    private static final String LONG = "x".repeat(64 * 1024);
    /** What means something in filters, in DNs, in IMAP's commands or on the way there, and what looks like something else. */
    private static final List<String> PARTS = Stream.concat(
                    "*()\\\0\n\r=+,;<>#\t \"'/&|!~%@.éáüßＫİłĀ\u200b\u202e\uD83D\uDC0E"
                            .codePoints()
                            .mapToObj(Character::toString),
                    Stream.of(
                            "\\2a",
                            "\\00",
                            "%00",
                            "*)(|(mail=*))",
                            "))(&(uid=*",
                            ",ou=people,dc=example",
                            "cn=postern,dc=example",
                            "{5}\r\n",
                            "{5+}\r\n",
                            "\" x LOGIN a b",
                            "\r\nx LOGOUT\r\n",
                            // Whoever sends the lower half of each character sends line ends.
                            "\u010d\u010ax LOGOUT\u010d\u010a",
                            "\uD800",
                            "alice",
                            "ALICE",
                            "acme.example",
                            "alice@acme.example"))
            .toList();

    private static final Map<String, String> PEOPLE = new LinkedHashMap<>();

    static {
        PEOPLE.put("alice@acme.example", "Alice");
        PEOPLE.put("alic@acme.example", "Mallory *)(mail=*");
        PEOPLE.put("a&b|c=d!@acme.example", "\\2a \\00 {5}");
        PEOPLE.put("x+y#z'q`{}~^?$-_=@acme.example", "cn=postern,dc=example");
        PEOPLE.put("bob@acme.example", "Bøb \"the\" <b>Ünïcödé</b>");
    }

    private static TestLdap ldap;
    private static LdapMailboxes mailboxes;

    @BeforeAll
    static void start() {
        ldap = new TestLdap();
        PEOPLE.forEach((address, name) -> ldap.add(
                address + ",+\"\\ #" + name,
                new Attribute("mail", address),
                new Attribute("cn", name),
                new Attribute("userPassword", password(address))));
        mailboxes =
                new LdapMailboxes(ldap.settings().directory().ldap().orElseThrow(), domain -> true, Clock.systemUTC());
    }

    @AfterAll
    static void stop() {
        mailboxes.close();
        ldap.close();
    }

    /** Each a hostile one. */
    private static String password(String address) {
        return "*)(\\00" + address + "\r\nü\" {5}";
    }

    /** The same at each run. */
    private static List<String> texts(int many, String... more) {
        Random random = new Random(4711);
        List<String> texts = new ArrayList<>(List.of(more));
        for (int i = 0; i < many; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(5); n >= 0; n--) {
                text.append(PARTS.get(random.nextInt(PARTS.size())));
            }
            texts.add(text.toString());
        }
        return texts;
    }

    @Test
    void address_isNobodyElses() {
        List<String> addresses = new ArrayList<>(PEOPLE.keySet());
        for (String text : texts(3_000, "", LONG)) {
            addresses.addAll(List.of(
                    text,
                    text + "@acme.example",
                    "alice" + text + "@acme.example",
                    "alice@" + text,
                    text + "alice@acme.example"));
        }
        Set<String> found = new TreeSet<>();
        int asked = 0;
        for (String text : addresses) {
            Optional<MailboxAddress> address = MailboxAddress.parse(text);
            if (address.isPresent()) {
                asked++;
                Optional<LdapMailbox> mailbox = mailboxes.find(address.get());
                assertThat(mailbox.isPresent())
                        .as(text)
                        .isEqualTo(PEOPLE.containsKey(address.get().toString()));
                mailbox.ifPresent(m -> {
                    assertThat(m.mailbox().address()).isEqualTo(address.get());
                    assertThat(m.mailbox().name())
                            .isEqualTo(PEOPLE.get(address.get().toString()));
                    found.add(m.mailbox().address().toString());
                });
            }
        }
        assertThat(found).isEqualTo(new TreeSet<>(PEOPLE.keySet()));
        assertThat(asked).as("what is an address for all that").isGreaterThan(200);
    }

    @Test
    void password_isNobodyElses() {
        MailboxAddress alice = Acme.address("alice@acme.example");
        for (String text :
                texts(2_000, "", LONG, password("alic@acme.example"), password("alice@acme.example") + "\0")) {
            assertThat(mailboxes.open(alice, Secret.of(text))).as(text).isFalse();
        }
        for (String address : PEOPLE.keySet()) {
            assertThat(mailboxes.open(Acme.address(address), Secret.of(password(address))))
                    .as(address)
                    .isTrue();
        }
    }

    @Test
    void searchedText_standsForItself() {
        for (String text : texts(1_000, "", LONG, "alic", "the", "ü", "Ü", "{5}", "\\2A", "=POSTERN,")) {
            Page<LdapMailbox> page = mailboxes.search(Set.of(Acme.domain("acme.example")), text, 100, Optional.empty());
            String wanted = text.toLowerCase(Locale.ROOT);
            assertThat(page.items())
                    .as(text)
                    .extracting(m -> m.mailbox().address().toString())
                    .containsExactlyElementsOf(PEOPLE.entrySet().stream()
                            .filter(p -> p.getKey().contains(wanted)
                                    || p.getValue().toLowerCase(Locale.ROOT).contains(wanted))
                            .map(Map.Entry::getKey)
                            .sorted()
                            .toList());
        }
    }

    @Test
    void placeInAList_isAnAddressOrRefused() {
        for (String text : texts(1_000, "", LONG)) {
            try {
                Page<LdapMailbox> page =
                        mailboxes.search(Set.of(Acme.domain("acme.example")), "", 100, Optional.of(text));
                assertThat(page.items())
                        .extracting(LdapMailbox::mailbox)
                        .extracting(Mailbox::address)
                        .allMatch(a -> a.compareTo(Acme.address(text)) > 0);
            } catch (IllegalArgumentException refused) {
                assertThat(MailboxAddress.parse(text)).as(text).isEmpty();
            }
        }
    }

    // IMAP

    /** What an IMAP server was told: commands, with what they carry, as RFC 3501 reads them. */
    private record Told(String command, List<String> arguments) {}

    private static final Pattern LITERAL = Pattern.compile("(?s)(.*)\\{([0-9]+)(\\+?)}");

    /** One that lets in whoever says exactly this, and writes down all that it is told. */
    private static ScriptedServer imap(String capability, MailboxAddress user, String password, List<Told> told) {
        return new ScriptedServer(connection -> {
            try (Socket closed = connection) {
                InputStream in = closed.getInputStream();
                ScriptedServer.say(closed, "* OK ready");
                for (List<String> words = words(closed, in); words.size() > 1; words = words(closed, in)) {
                    String tag = words.get(0);
                    String command = words.get(1).toUpperCase(Locale.ROOT);
                    List<String> arguments = new ArrayList<>(words.subList(2, words.size()));
                    String answer = "OK done";
                    if (command.equals("CAPABILITY")) {
                        ScriptedServer.say(closed, "* CAPABILITY IMAP4rev1" + capability);
                    } else if (command.equals("AUTHENTICATE")) {
                        ScriptedServer.say(closed, "+ ");
                        String said = new String(Base64.getDecoder().decode(line(in)), StandardCharsets.UTF_8);
                        arguments.addAll(List.of(said.split("\0", -1)).subList(1, 3));
                        answer = said.equals("\0" + user + "\0" + password) ? answer : "NO wrong";
                    } else if (command.equals("LOGIN")) {
                        answer = arguments.equals(List.of(user.toString(), password)) ? answer : "NO wrong";
                    }
                    told.add(new Told(command, arguments));
                    ScriptedServer.say(closed, tag + " " + answer);
                }
            }
        });
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** A command, its literals fetched, its quotes undone. */
    private static List<String> words(Socket connection, InputStream in) throws IOException {
        List<String> words = new ArrayList<>();
        String text = line(in);
        Matcher literal = LITERAL.matcher(text);
        while (literal.matches()) {
            words.addAll(unquoted(literal.group(1)));
            if (literal.group(3).isEmpty()) {
                ScriptedServer.say(connection, "+ go on");
            }
            words.add(new String(in.readNBytes(Integer.parseInt(literal.group(2))), StandardCharsets.UTF_8));
            text = line(in);
            literal = LITERAL.matcher(text);
        }
        words.addAll(unquoted(text));
        return words;
    }

    private static List<String> unquoted(String text) {
        List<String> words = new ArrayList<>();
        Matcher word =
                Pattern.compile("(?s)\"((?:[^\"\\\\]|\\\\.)*)\"|([^ \"]+)").matcher(text);
        while (word.find()) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1).replaceAll("\\\\(.)", "$1"));
        }
        return words;
    }

    @ParameterizedTest
    @ValueSource(strings = {" AUTH=PLAIN", ""})
    void imap_isToldOnePasswordForOneMailbox_andNoCommandOfHis(String capability) {
        MailboxAddress strange = Acme.address("a&b|c=d!{5}@acme.example");
        String password = "\"quoted\\ {5}";
        List<Told> told = new CopyOnWriteArrayList<>();
        try (ScriptedServer server = imap(capability, strange, password, told)) {
            ImapPasswords passwords = new ImapPasswords(
                    URI.create("imap://127.0.0.1:" + server.port()), new TokenKeys(List.of(new byte[32])));
            assertThat(passwords.open(strange, Secret.of(password))).isTrue();
            assertThat(passwords.open(Acme.address("alice@acme.example"), Secret.of(password)))
                    .isFalse();
            for (String text : texts(200, LONG, password + "\0", password + " ", "\0" + strange + "\0" + password)) {
                told.clear();
                boolean sent = text.indexOf('\0') < 0 && text.length() <= 1024 && !text.contains("\uD800");
                boolean whole = !capability.isEmpty() || text.matches("\\p{ASCII}*");
                if (sent && !whole) {
                    assertThatThrownBy(() -> passwords.open(strange, Secret.of(text)))
                            .as(text)
                            .isInstanceOf(UnavailableException.class);
                } else {
                    assertThat(passwords.open(strange, Secret.of(text)))
                            .as(text)
                            .isFalse();
                }
                assertThat(told)
                        .as(text)
                        .extracting(Told::command)
                        .isSubsetOf("CAPABILITY", "LOGIN", "AUTHENTICATE", "LOGOUT", "NOOP");
                List<Told> logins = told.stream()
                        .filter(t -> t.command().equals("LOGIN") || t.command().equals("AUTHENTICATE"))
                        .toList();
                if (sent && whole) {
                    assertThat(logins).as(text).hasSize(1);
                    assertThat(logins.get(0).arguments()).as(text).endsWith(strange.toString(), text);
                } else {
                    assertThat(logins).as(text).isEmpty();
                }
            }
        }
    }
}
