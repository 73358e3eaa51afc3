package org.postern.sample.webmail;

import static java.util.Map.entry;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postern.core.Role;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.TokenState;
import org.postern.sample.mail.MailFolder;

class TextsTest {
    private static final Path FILES = Path.of("src/main/resources/org/postern/sample/webmail");

    /** What is rightly the same as in English: everywhere a sign of its own, or the same word in these languages. */
    private static final Map<String, Set<String>> LIKE_ENGLISH = Map.ofEntries(
            entry("size.b", Set.of("da", "de", "el", "es", "it", "nl", "no", "pt_BR", "sv")),
            entry("size.kb", Set.of("da", "de", "el", "es", "it", "pt_BR")),
            entry("size.mb", Set.of("da", "de", "el", "es", "it", "nl", "no", "pt_BR", "sv")),
            entry("duration.minutes", Set.of("es", "fr", "it", "no", "pt_BR", "sv")),
            entry("duration.hours", Set.of("es", "fr", "it", "pt_BR")),
            entry("duration.whole", Set.of("es", "fr", "it", "pt_BR")),
            entry("duration.clock", Set.of("es", "fr", "it", "pt_BR", "sv")),
            entry("nav.mail", Set.of("da", "de", "nl")),
            entry("nav.admin", Set.of("da", "de", "el", "es", "fr", "it", "no", "pt_BR", "sv")),
            entry("message.cc", Set.of("da", "de", "es", "fr", "it", "nl", "pt_BR")),
            entry("message.bcc", Set.of("da", "de", "nl")),
            entry("admin.status", Set.of("da", "de", "nl", "no", "pt_BR", "sv")),
            entry("problem.code", Set.of("da", "de", "nl", "no", "sv")),
            entry("tokens.type", Set.of("da", "fr", "nl", "no")),
            entry("settings.session", Set.of("da", "fr", "sv")),
            entry("write.send", Set.of("da", "no")),
            entry("settings.account", Set.of("it", "nl")),
            entry("settings.password", Set.of("it")),
            entry("settings.name", Set.of("de")),
            entry("admin.name", Set.of("de")),
            entry("tokens.mailbox", Set.of("nl")),
            entry("mail.count", Set.of("fr")),
            entry("mail.count.one", Set.of("fr")),
            entry("mail.date", Set.of("fr")),
            entry("pages.label", Set.of("fr")),
            entry("message.title", Set.of("fr")),
            entry("admin.active", Set.of("fr")));

    /** The quotation marks of each language. */
    private static final Map<String, String> QUOTES = Map.ofEntries(
            entry("da", "””"),
            entry("de", "„“"),
            entry("el", "«»"),
            entry("en", "“”"),
            entry("es", "«»"),
            entry("fr", "«»"),
            entry("it", "«»"),
            entry("nl", "‘’"),
            entry("no", "«»"),
            entry("pt_BR", "“”"),
            entry("sv", "””"));

    /** The keys that code puts together: what it begins with, and all that it may go on with. */
    private static final Map<String, List<String>> JOINED = Map.of(
            "keys.", Frame.KEYS.stream().map(Frame.Key::text).toList(),
            "type.",
                    Arrays.stream(SessionType.values())
                            .map(SessionType::apiName)
                            .toList(),
            "state.",
                    Arrays.stream(TokenState.values()).map(TokenState::apiName).toList(),
            "role.", Arrays.stream(Role.values()).map(Role::apiName).toList(),
            "folder.",
                    Arrays.stream(MailFolder.Use.values())
                            .filter(use -> use != MailFolder.Use.OTHER)
                            .map(use -> use.name().toLowerCase(Locale.ROOT))
                            .toList(),
            "said.", List.of("none", "read", "unread", "deleted", "restored", "removed", "sent"),
            "requests.said.", List.of("allowed", "refused", "gone"),
            "requests.opens.",
                    Arrays.stream(SessionType.values())
                            .map(SessionType::apiName)
                            .toList(),
            "mailbox.done.", List.of("suspend", "resume", "language", "password"),
            "problem.",
                    Stream.of(400, 403, 404, 405, 413, 429, 500, 503)
                            .flatMap(status -> Stream.of(status + ".title", status + ".text"))
                            .toList());

    /** Endings that code puts behind the rest of a key; and of what is no key: a file, a session attribute. */
    private static final Set<String> ENDINGS = Set.of(".title", ".text", ".one", ".jte", ".css", ".kept");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\d}");
    private static final Pattern LITERAL = Pattern.compile("\"([a-z][a-z0-9_.-]*)\"");
    private static final Pattern CALL =
            Pattern.compile("(?:\\bt|\\b(?:texts|own|texts\\(\\)|texts\\(locale\\)|texts\\(l\\))\\s*\\.get)"
                    + "\\(\\s*\"([^\"]+)\"\\s*[,)]");
    private static final Pattern COUNT = Pattern.compile("\\bcount\\(\\s*\"([^\"]+)\"");
    private static final Pattern OTHERWISE = Pattern.compile("\\bgetOr\\([^;]*?,\\s*\"([^\"]+)\"\\)");
    private static final Pattern TITLED = Pattern.compile(
            "\\.page\\(\\s*(?:[\\w.]+,\\s*)?\"(\\w+)\",\\s*\"\\w*\",\\s*(?:model|Map\\.(?:<[^>]*>)?of)\\b");
    private static final Pattern BEGINNING = Pattern.compile("\"([a-z]+\\.(?:[a-z]+\\.)*)\"\\s*\\+");
    private static final Pattern ENDING = Pattern.compile("\\+\\s*\"(\\.[a-z]+)\"");

    private static final Instant NOON = Instant.parse("2026-05-02T12:00:00Z");
    private static final Instant AFTERNOON = Instant.parse("2026-05-02T17:04:00Z");

    private static List<String> lines(String code) {
        try {
            return Files.readAllLines(FILES.resolve("texts_" + code + ".properties"));
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** The keys in their order, and the blank lines between their groups. */
    private static List<String> order(String code) {
        return lines(code).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceFirst("=.*", ""))
                .toList();
    }

    private static Map<String, String> all(String code) {
        return lines(code).stream()
                .filter(line -> !line.startsWith("#") && !line.isEmpty())
                .map(line -> line.split("=", 2))
                .collect(toMap(line -> line[0], line -> line[1], (a, b) -> a + b, TreeMap::new));
    }

    private static Set<String> keys() {
        return all("en").keySet();
    }

    private static Texts in(SessionLocale locale) {
        return Texts.in(locale, ZoneId.of("UTC"));
    }

    private static Texts in(String code) {
        return in(SessionLocale.parse(code).orElseThrow());
    }

    /** The sources that use texts, one behind the other. */
    private static String code() throws IOException {
        StringBuilder code = new StringBuilder();
        for (String folder : List.of("src/main/jte", "src/main/java/org/postern/sample/webmail")) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                for (Path file : files.sorted().toList()) {
                    code.append(Files.readString(file));
                }
            }
        }
        return code.toString();
    }

    private static Set<String> found(Pattern pattern, String code) {
        return pattern.matcher(code).results().map(m -> m.group(1)).collect(toCollection(TreeSet::new));
    }

    /** Without the different kinds of spaces that Java's releases put into times. */
    private static String plain(String text) {
        return text.replaceAll("\\p{Zs}", " ");
    }

    @Test
    void files_areThoseOfTheElevenLanguages() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".properties")))
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(SessionLocale.values())
                            .map(locale -> "texts_" + locale.code() + ".properties")
                            .toList());
        }
    }

    @ParameterizedTest
    @EnumSource(SessionLocale.class)
    void everyLanguage_hasTheKeysOfEnglishInItsOrder(SessionLocale locale) {
        assertThat(order(locale.code())).isEqualTo(order("en"));
        assertThat(order(locale.code()).stream().filter(key -> !key.isEmpty())).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(SessionLocale.class)
    void everyText_hasThePlaceholdersAndLinesOfEnglish(SessionLocale locale) {
        Map<String, String> english = all("en");

        all(locale.code()).forEach((key, text) -> {
            assertThat(parts(text)).as(key).isEqualTo(parts(english.get(key)));
            assertThat(PLACEHOLDER.matcher(text).replaceAll("")).as(key).doesNotContain("{", "}");
        });
    }

    private static List<String> parts(String text) {
        return Pattern.compile("\\{\\d}|\\\\.")
                .matcher(text)
                .results()
                .map(m -> m.group())
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @EnumSource(SessionLocale.class)
    void noText_isEmptyOrHasBlanksAround(SessionLocale locale) {
        assertThat(all(locale.code()).values())
                .allSatisfy(text -> assertThat(text).isNotEmpty().doesNotMatch("[\\s\\p{Z}].*|.*[\\s\\p{Z}]"))
                .allSatisfy(text -> assertThat(text).doesNotMatch(".*[\\s\\p{Z}]{2}.*"));
    }

    @ParameterizedTest
    @EnumSource(value = SessionLocale.class, mode = EXCLUDE, names = "EN")
    void noText_isEnglishByMistake(SessionLocale locale) {
        Map<String, String> english = all("en");
        Set<String> same = all(locale.code()).entrySet().stream()
                .filter(text -> text.getValue().equals(english.get(text.getKey())))
                .map(Map.Entry::getKey)
                .collect(toCollection(TreeSet::new));

        assertThat(same)
                .isEqualTo(LIKE_ENGLISH.entrySet().stream()
                        .filter(key -> key.getValue().contains(locale.code()))
                        .map(Map.Entry::getKey)
                        .collect(toCollection(TreeSet::new)));
    }

    @ParameterizedTest
    @EnumSource(SessionLocale.class)
    void everyQuotation_hasTheMarksOfItsLanguage(SessionLocale locale) {
        String marks = QUOTES.get(locale.code());
        all(locale.code()).forEach((key, text) -> {
            String unquoted = text.replaceAll(marks.charAt(0) + "[^" + marks + "]*" + marks.charAt(1), "");
            String rest = key.equals("date.day") ? "" : unquoted.replaceAll("(?<=\\p{L})['’]", "");
            assertThat(rest).as(key).doesNotContainPattern("[\"'„“”‚‘’«»‹›]");
        });
        assertThat(in(locale).get("act.choose", "x"))
                .matches(".*" + marks.charAt(0) + "\\p{Z}?x\\p{Z}?" + marks.charAt(1) + ".*");
    }

    @ParameterizedTest
    @EnumSource(SessionLocale.class)
    void everyThing_hasOneNameWhereverItIsNamed(SessionLocale locale) {
        Texts texts = in(locale);

        assertThat(texts.get("support.trace")).contains(texts.get("nav.visits"));
        assertThat(texts.get("notice.text")).contains(texts.get("nav.visits"));
        assertThat(texts.get("mailbox.own-password")).contains(texts.get("nav.settings"));
        assertThat(texts.get("settings.title")).isEqualTo(texts.get("nav.settings"));
        assertThat(texts.get("type.normal_admin")).contains(texts.get("nav.admin"));
        assertThat(texts.get("type.sso_admin")).contains(texts.get("nav.admin"));
        assertThat(texts.get("keys.write")).isEqualTo(texts.get("write.new"));
        assertThat(texts.get("keys.unread")).isEqualTo(texts.get("act.unread"));
        assertThat(texts.get("keys.delete")).isEqualTo(texts.get("act.delete"));
        assertThat(texts.get("keys.search")).isEqualTo(texts.get("search.button"));
        for (String answer : List.of("reply", "reply-all", "forward")) {
            assertThat(texts.get("keys." + answer)).isEqualTo(texts.get("write." + answer));
        }
    }

    @Test
    void french_keepsItsHighPunctuationOnTheLineOfTheWord() {
        assertThat(all("fr").values())
                .allSatisfy(text ->
                        assertThat(text).doesNotMatch(".*(?:(?<![\\u00a0\\u202f])[:;?!»]| [:;?!»]|«[^\\u00a0]).*"));
    }

    @Test
    void everyKeyInCode_isThere() throws IOException {
        String code = code();
        Set<String> keys = keys();
        Set<String> families = keys.stream()
                .filter(k -> k.contains("."))
                .map(k -> k.replaceFirst("\\..*", ""))
                .collect(Collectors.toSet());

        assertThat(found(CALL, code)).hasSizeGreaterThan(100);
        assertThat(keys).containsAll(found(CALL, code));
        assertThat(keys).containsAll(found(OTHERWISE, code));
        assertThat(found(COUNT, code)).hasSizeGreaterThan(2);
        assertThat(keys).containsAll(found(COUNT, code));
        assertThat(keys)
                .containsAll(
                        found(COUNT, code).stream().map(key -> key + ".one").toList());
        assertThat(found(TITLED, code)).hasSizeGreaterThan(5);
        assertThat(keys)
                .containsAll(found(TITLED, code).stream()
                        .map(page -> page + ".title")
                        .toList());
        // Whatever looks like a key: it may go to a method that looks it up later.
        assertThat(found(LITERAL, code))
                .filteredOn(text -> text.contains(".") && !text.endsWith("."))
                .filteredOn(text -> families.contains(text.substring(0, text.indexOf('.'))))
                .allMatch(text -> keys.contains(text)
                        || (text.startsWith("problem.") && keys.containsAll(Set.of(text + ".title", text + ".text"))));
    }

    @Test
    void everyJoinedKey_isListedHereAndThere() throws IOException {
        String code = code();

        assertThat(found(BEGINNING, code)).isEqualTo(new TreeSet<>(JOINED.keySet()));
        assertThat(ENDINGS).containsAll(found(ENDING, code));
        assertThat(keys()).containsAll(joined());
    }

    private static Set<String> joined() {
        return JOINED.entrySet().stream()
                .flatMap(e -> e.getValue().stream().map(rest -> e.getKey() + rest))
                .collect(toCollection(TreeSet::new));
    }

    @Test
    void noKey_isUnused() throws IOException {
        String code = code();
        Set<String> used = joined();
        found(LITERAL, code).forEach(text -> used.addAll(List.of(text, text + ".title", text + ".text")));
        found(COUNT, code).forEach(key -> used.add(key + ".one"));

        Set<String> unused = new TreeSet<>(keys());
        unused.removeAll(used);
        assertThat(unused).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "da, da, Dansk, Log ind",
        "de, de, Deutsch, Anmelden",
        "el, el, Ελληνικά, Σύνδεση",
        "en, en, English, Log in",
        "es, es, Español, Iniciar sesión",
        "fr, fr, Français, Se connecter",
        "it, it, Italiano, Accedi",
        "nl, nl, Nederlands, Aanmelden",
        "no, no, Norsk, Logg inn",
        "pt_BR, pt-BR, Português (Brasil), Entrar",
        "sv, sv, Svenska, Logga in"
    })
    void everyLanguage_saysWhichOneItIs(String code, String tag, String name, String logIn) {
        Texts texts = in(code);

        assertThat(texts.lang()).isEqualTo(tag);
        assertThat(texts.get("language")).isEqualTo(name);
        assertThat(texts.get("login.button")).isEqualTo(logIn);
    }

    @ParameterizedTest
    @CsvSource({
        "da, 17.04, 2. maj, lørdag den 2. maj 2026",
        "de, 17:04, 2. Mai, 'Samstag, 2. Mai 2026'",
        "el, 5:04 μ.μ., 2 Μαΐ, Σάββατο",
        "en, 5:04 PM, May 2, 'Saturday, May 2, 2026'",
        "es, 17:04, 2 may, 'sábado, 2 de mayo de 2026'",
        "fr, 17:04, 2 mai, samedi 2 mai 2026",
        "it, 17:04, 2 mag, sabato 2 maggio 2026",
        "nl, 17:04, 2 mei, zaterdag 2 mei 2026",
        "no, 17:04, 2. mai, lørdag 2. mai 2026",
        "pt_BR, 17:04, 2 de mai., 'sábado, 2 de maio de 2026'",
        "sv, 17:04, 2 maj, lördag 2 maj 2026"
    })
    void dates_areThoseOfTheLanguage(String code, String time, String day, String inFull) {
        Texts texts = in(code);

        assertThat(plain(texts.shortly(AFTERNOON, NOON))).isEqualTo(time);
        assertThat(plain(texts.shortly(AFTERNOON, NOON.plus(Duration.ofDays(3)))))
                .isEqualTo(day);
        assertThat(plain(texts.shortly(AFTERNOON, NOON.plus(Duration.ofDays(300)))))
                .contains("26")
                .matches("[-/.0-9]+");
        assertThat(plain(texts.fully(AFTERNOON))).startsWith(inFull).endsWith(time);
        assertThat(plain(texts.moment(AFTERNOON))).contains("2026").endsWith(time);
    }

    @ParameterizedTest
    @CsvSource({
        "da, 1.234, 1.023 B, 20 KB, 3 MB",
        "de, 1.234, 1.023 B, 20 KB, 3 MB",
        "el, 1.234, 1.023 B, 20 KB, 3 MB",
        "en, '1,234', '1,023 B', 20 KB, 3 MB",
        "es, 1.234, 1.023 B, 20 KB, 3 MB",
        "fr, 1\u202f234, 1\u202f023 o, 20 Ko, 3 Mo",
        "it, 1.234, 1.023 B, 20 KB, 3 MB",
        "nl, 1.234, 1.023 B, 20 kB, 3 MB",
        "no, 1\u00a0234, 1\u00a0023 B, 20 kB, 3 MB",
        "pt_BR, 1.234, 1.023 B, 20 KB, 3 MB",
        "sv, 1\u00a0234, 1\u00a0023 B, 20 kB, 3 MB"
    })
    void numbersAndSizes_areWrittenAsTheLanguageWritesThem(
            String code, String number, String small, String middle, String large) {
        Texts texts = in(code);

        assertThat(texts.number(1234)).isEqualTo(number);
        assertThat(texts.size(1023)).isEqualTo(small);
        assertThat(texts.size(20 * 1024)).isEqualTo(middle);
        assertThat(texts.size(3 * 1024 * 1024 + 1)).isEqualTo(large);
    }

    @ParameterizedTest
    @CsvSource({
        "da, 0 ulæste mails, 1 ulæst mail, 2 ulæste mails",
        "de, 0 ungelesene Nachrichten, 1 ungelesene Nachricht, 2 ungelesene Nachrichten",
        "el, 0 μη αναγνωσμένα μηνύματα, 1 μη αναγνωσμένο μήνυμα, 2 μη αναγνωσμένα μηνύματα",
        "en, 0 unread messages, 1 unread message, 2 unread messages",
        "es, 0 mensajes no leídos, 1 mensaje no leído, 2 mensajes no leídos",
        "fr, 0 message non lu, 1 message non lu, 2 messages non lus",
        "it, 0 messaggi non letti, 1 messaggio non letto, 2 messaggi non letti",
        "nl, 0 ongelezen berichten, 1 ongelezen bericht, 2 ongelezen berichten",
        "no, 0 uleste meldinger, 1 ulest melding, 2 uleste meldinger",
        "pt_BR, 0 mensagem não lida, 1 mensagem não lida, 2 mensagens não lidas",
        "sv, 0 olästa meddelanden, 1 oläst meddelande, 2 olästa meddelanden"
    })
    void count_takesTheFormOfTheNumber(String code, String none, String one, String two) {
        Texts texts = in(code);

        assertThat(texts.count("folders.unread", 0)).isEqualTo(none);
        assertThat(texts.count("folders.unread", 1)).isEqualTo(one);
        assertThat(texts.count("folders.unread", 2)).isEqualTo(two);
        assertThat(texts.count("folders.unread", 1001)).contains(texts.number(1001));
    }

    @ParameterizedTest
    @CsvSource({
        "da, Arkiv Ulm Zebra Æble Øl Ål Aarhus",
        "no, Arkiv Ulm Zebra Æble Øl Ål Aas",
        "sv, Arkiv Ulm Zebra Ål Ärende Öl",
        "de, Ärger Arkiv Öl Ort Über Ulm Zebra",
        "el, Άλφα Αρχείο Βήτα Έργο Εύα Ωμέγα",
        "es, Nube Nzeta Ñandú Oeste Óleo Zeta",
        "fr, Cote Côte Côté Élan Été Zèbre",
        "en, alpha Beta Élan gamma Zebra"
    })
    void order_isThatOfTheLanguagesDictionaries(String code, String sorted) {
        List<String> names = List.of(sorted.split(" "));
        List<String> backwards = new ArrayList<>(names);
        Collections.reverse(backwards);

        assertThat(backwards.stream().sorted(in(code).order())).containsExactlyElementsOf(names);
    }

    @ParameterizedTest
    @EnumSource(SessionLocale.class)
    void order_putsWhatLiesInAFolderRightBehindIt(SessionLocale locale) {
        assertThat(Stream.of("Works", "Work.Z", "Work/Z", "Work", "Work/A")
                        .sorted(in(locale).order()))
                .startsWith("Work")
                .endsWith("Works")
                .containsSubsequence("Work/A", "Work/Z");
    }

    @Test
    void get_putsEveryValueInOnce() {
        Texts texts = in(SessionLocale.EN);

        assertThat(texts.get("write.forwarded", "{1}", "{3} $1 \\", "it''s {0}", "to"))
                .isEqualTo("---------- Forwarded message ----------\nFrom: {1}\nDate: {3} $1 \\\n"
                        + "Subject: it''s {0}\nTo: to");
        assertThat(texts.get("duration.hours")).isEqualTo("{0} h {1} min");
    }

    @Test
    void duration_isToldToTheMinute() {
        Texts texts = in(SessionLocale.EN);

        assertThat(texts.duration(Duration.ofSeconds(59))).isEqualTo("less than a minute");
        assertThat(texts.duration(Duration.ofSeconds(-5))).isEqualTo("less than a minute");
        assertThat(texts.duration(Duration.ofMinutes(59))).isEqualTo("59 min");
        assertThat(texts.duration(Duration.ofMinutes(432))).isEqualTo("7 h 12 min");
        assertThat(texts.duration(Duration.ofHours(8))).isEqualTo("8 h");
    }

    @Test
    void folder_isCalledByItsUseElseByItsOwnName() {
        Texts texts = in(SessionLocale.EL);

        assertThat(texts.folder(new MailFolder("INBOX", "INBOX", 0, MailFolder.Use.INBOX, true, 0, 0)))
                .isEqualTo("Εισερχόμενα");
        assertThat(texts.folder(new MailFolder("Work/Inbox", "Inbox", 1, MailFolder.Use.OTHER, true, 0, 0)))
                .isEqualTo("Inbox");
    }
}
