package org.postern.rest.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Secret;
import org.postern.core.TestCertificate;
import org.postern.core.settings.Settings;

/** What a diagnosis says of servers that were broken on purpose. */
@Timeout(30)
class DiagnosisTest {
    private static final String ALICE = "alice@acme.example";
    private static final Secret TOKEN = Secret.of("to\"ken=with+every/thing");
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Predicate<InetAddress> HERE = InetAddress::isLoopbackAddress;
    /** Every server is on another host: nothing goes unencrypted. */
    private static final Predicate<InetAddress> ELSEWHERE = InetAddress::isMulticastAddress;

    private static final TestCertificate GOOD = TestCertificate.of("localhost", "-1d", 10);
    private static final TestCertificate EXPIRED = TestCertificate.of("localhost", "-20d", 10);
    private static final TestCertificate EARLY = TestCertificate.of("localhost", "+2d", 10);
    private static final TestCertificate OTHER_NAME = TestCertificate.of("mail.example", "-1d", 10);
    private static final TestCertificate STRANGER = TestCertificate.of("localhost", "-1d", 10);
    private static final Trust TRUST = new Trust(TestCertificate.trusting(GOOD, EXPIRED, EARLY, OTHER_NAME));

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private ScriptedServer serve(ScriptedServer server) {
        open.add(server);
        return server;
    }

    private static Optional<URI> when(URI server, String schemes) {
        return Optional.of(server).filter(s -> s.getScheme().matches(schemes));
    }

    private static Diagnoses diagnoses(URI server, Duration limit, Predicate<InetAddress> here) {
        Settings.Diagnose settings = new Settings.Diagnose(
                when(server, "imaps?"), when(server, "pop3s?"), when(server, "smtps?"), when(server, "https?"), limit);
        return new Diagnoses(settings, "http://nobody.invalid", TRUST, here);
    }

    private static Finding.Outcome outcome(URI server, Duration limit, Predicate<InetAddress> here) {
        Service service = Service.valueOf(server.getScheme()
                .replaceAll("s$", "")
                .replace("http", "webmail")
                .toUpperCase(java.util.Locale.ROOT));
        try (Diagnosis diagnosis =
                diagnoses(server, limit, here).enter(ALICE).orElseThrow().start(TOKEN, false)) {
            while (true) {
                Optional<Finding> found = diagnosis.next(Duration.ofSeconds(1));
                if (found.isPresent()
                        && found.get() instanceof Finding.Outcome outcome
                        && outcome.service() == service) {
                    return outcome;
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Finding.Outcome outcome(URI server) {
        return outcome(server, LIMIT, HERE);
    }

    /** A well-behaved server but for the answers to lines that contain {@code part}; "hang up" does that. */
    private URI broken(String protocol, String part, String answer) {
        String greeting = switch (protocol) {
            case "imap" -> "* OK hello";
            case "pop3" -> "+OK hello";
            default -> "220 hello";
        };
        ScriptedServer.Answers well = switch (protocol) {
            case "imap" -> Mails::imap;
            case "pop3" -> Mails::pop3;
            default -> Mails::smtp;
        };
        return serve(ScriptedServer.talking(greeting, line -> {
                    if (!line.contains(part)) {
                        return well.to(line);
                    }
                    String tag = line.replaceAll(" .*", "");
                    return answer.equals("hang up")
                            ? null
                            : answer.replace("TAG", tag).replace("\\r\\n", "\r\n");
                }))
                .at(protocol);
    }

    @ParameterizedTest
    @ValueSource(strings = {"imap", "pop3", "smtp"})
    void goodServer_isFine_andIsToldWithEveryStep(String protocol) {
        Finding.Outcome outcome = outcome(broken(protocol, "no such line", ""));

        assertThat(outcome.verdict()).as(outcome.toString()).isEqualTo(Verdict.FINE);
        assertThat(outcome.steps()).allMatch(Finding.Step::done);
        assertThat(outcome.steps().get(outcome.steps().size() - 1).step()).isEqualTo(Finding.Step.Name.LOGOUT);
        assertThat(outcome.capabilities()).isNotEmpty();
        if (protocol.equals("imap")) {
            assertThat(outcome.quota()).isEqualTo(new Finding.Quota("STORAGE", 10, 100));
        }
        if (!protocol.equals("smtp")) {
            assertThat(outcome.messages()).isEqualTo(17);
        }
    }

    @ParameterizedTest
    @CsvSource({"imap", "pop3", "smtp", "http"})
    void nothingListening_isRefusedConnection(String protocol) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        assertThat(outcome(URI.create(protocol + "://localhost:" + port)).verdict())
                .isEqualTo(Verdict.REFUSED_CONNECTION);
    }

    @Test
    void nameThatIsNone_isUnknownHost() {
        assertThat(outcome(URI.create("imaps://nobody.invalid")).verdict()).isEqualTo(Verdict.UNKNOWN_HOST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"imap", "imaps", "pop3", "smtp", "http", "https"})
    void hostThatNeverAnswers_isNoAnswer(String protocol) {
        ScriptedServer server = serve(new ScriptedServer(ScriptedServer.Line::hang));

        assertThat(outcome(server.at(protocol), SHORT, HERE).verdict()).isEqualTo(Verdict.NO_ANSWER);
    }

    private Finding.Outcome withCertificate(TestCertificate certificate) {
        ScriptedServer server = new ScriptedServer(line -> {
            line.secure(certificate);
            line.say("* OK hello");
            line.answer(Mails::imap);
        });
        Finding.Outcome outcome = outcome(serve(server).at("imaps"), LIMIT, ELSEWHERE);
        assertThat(outcome.certificate()).isNotNull();
        return outcome;
    }

    @Test
    void certificates_areToldApart_andWhatTheySayIsShown() {
        Finding.Outcome good = withCertificate(GOOD);
        assertThat(good.verdict()).isEqualTo(Verdict.FINE);
        assertThat(String.valueOf(good.certificate())).contains("CN=localhost", "names=[localhost]");
        assertThat(good.tls()).startsWith("TLSv1.3 ");
        assertThat(withCertificate(EXPIRED).verdict()).isEqualTo(Verdict.CERTIFICATE_EXPIRED);
        assertThat(withCertificate(EARLY).verdict()).isEqualTo(Verdict.CERTIFICATE_NOT_YET_VALID);
        assertThat(withCertificate(OTHER_NAME).verdict()).isEqualTo(Verdict.WRONG_NAME);
        assertThat(withCertificate(STRANGER).verdict()).isEqualTo(Verdict.UNTRUSTED);
    }

    @ParameterizedTest
    @CsvSource({"imap, * OK hello, STARTTLS", "pop3, +OK hello, STLS", "smtp, 220 hello, STARTTLS"})
    void startTls_isUsedElsewhere_andIsFine(String protocol, String greeting, String command) {
        ScriptedServer.Answers well = switch (protocol) {
            case "imap" -> Mails::imap;
            case "pop3" -> Mails::pop3;
            default -> Mails::smtp;
        };
        ScriptedServer server = serve(new ScriptedServer(line -> {
            line.say(greeting);
            for (String heard = line.hear(); heard != null; heard = line.hear()) {
                line.say(String.valueOf(well.to(heard)));
                if (heard.endsWith(command)) {
                    line.secure(GOOD);
                }
            }
        }));

        assertThat(outcome(server.at(protocol), LIMIT, ELSEWHERE).verdict()).isEqualTo(Verdict.FINE);
    }

    @ParameterizedTest
    @CsvSource({
        "imap, STARTTLS, TAG NO not today",
        "imap, CAPABILITY, * CAPABILITY IMAP4rev1 AUTH=PLAIN\\r\\nTAG OK",
        "pop3, STLS, -ERR not today",
        "smtp, STARTTLS, 454 not today",
        "smtp, EHLO, 250 AUTH PLAIN"
    })
    void withoutTls_noSecretIsSent(String protocol, String part, String answer) {
        assertThat(outcome(broken(protocol, part, answer), LIMIT, ELSEWHERE).verdict())
                .isEqualTo(Verdict.NO_TLS);
        assertThat(((ScriptedServer) open.get(0)).heard()).noneMatch(l -> l.matches(".*(AUTH|LOGIN|PASS|USER) ?.*"));
    }

    @Test
    void plainHttpToElsewhere_getsNoToken() {
        ScriptedServer server = serve(new ScriptedServer(ScriptedServer.Line::hang));

        assertThat(outcome(server.at("http"), LIMIT, ELSEWHERE).verdict()).isEqualTo(Verdict.NO_TLS);
        assertThat(server.heard()).isEmpty();
    }

    @Test
    void linesBeforeTheHandshake_areNotTakenForTheServersOwn() {
        URI server = broken("imap", "STARTTLS", "TAG OK\\r\\n* CAPABILITY AUTH=PLAIN");

        assertThat(outcome(server, LIMIT, ELSEWHERE).verdict()).isEqualTo(Verdict.UNEXPECTED);
    }

    @Test
    void tls_thatIsNone_orIsCutHalfWay_isTlsFailed() {
        ScriptedServer plain = serve(ScriptedServer.talking("* OK this is no TLS", Mails::imap));
        assertThat(outcome(plain.at("imaps")).verdict()).isEqualTo(Verdict.TLS_FAILED);

        // The start of a record that never comes to its end.
        ScriptedServer half = serve(new ScriptedServer(line -> {
            line.raw("\026\003\003\000z\002\000\000v");
            line.hang();
        }));
        assertThat(outcome(half.at("imaps"), SHORT, HERE).verdict()).isEqualTo(Verdict.NO_ANSWER);
    }

    @ParameterizedTest
    @CsvSource({
        "imap, AUTHENTICATE, TAG NO [AUTHENTICATIONFAILED] wrong, LOGIN_REFUSED",
        "pop3, PASS, -ERR [AUTH] wrong, LOGIN_REFUSED",
        "smtp, AUTH, 535 5.7.8 wrong, LOGIN_REFUSED",
        "imap, AUTHENTICATE, TAG NO [UNAVAILABLE] later, UNEXPECTED",
        "imap, AUTHENTICATE, TAG NO [LIMIT] too many, THROTTLED",
        "pop3, PASS, -ERR [IN-USE] locked, THROTTLED",
        "pop3, PASS, -ERR [SYS/TEMP] later, UNEXPECTED",
        "smtp, AUTH, 421 too many, THROTTLED",
        "smtp, AUTH, 454 4.7.0 later, UNEXPECTED",
        "imap, STATUS, hang up, DROPPED",
        "imap, GETQUOTAROOT, hang up, DROPPED",
        "pop3, STAT, hang up, DROPPED",
        "smtp, MAIL FROM, hang up, DROPPED",
        "imap, GETQUOTAROOT, * QUOTA x (STORAGE 100 100)\\r\\nTAG OK, MAILBOX_FULL",
        "imap, GETQUOTAROOT, * QUOTA x (STORAGE 5 100 MESSAGE 90 100)\\r\\nTAG OK, NEARLY_FULL",
        "smtp, RCPT, 552 5.2.2 over quota, MAILBOX_FULL",
        "smtp, RCPT, 452 4.2.2 over quota, MAILBOX_FULL",
        "smtp, RCPT, 550 5.1.1 who, UNEXPECTED",
        "pop3, STAT, -ERR broken, UNEXPECTED",
        "imap, STATUS, what is this, UNEXPECTED",
        "smtp, EHLO, garbage, UNEXPECTED"
    })
    void brokenServer_getsItsVerdict(String protocol, String part, String answer, Verdict verdict) {
        assertThat(outcome(broken(protocol, part, answer)).verdict()).isEqualTo(verdict);
    }

    @ParameterizedTest
    @ValueSource(strings = {"imap", "pop3", "smtp"})
    void garbageGreeting_andEndlessLine_areUnexpected(String protocol) {
        ScriptedServer garbage = serve(ScriptedServer.talking("\0\033[2J<script>", Mails::imap));
        Finding.Outcome outcome = outcome(garbage.at(protocol));
        assertThat(outcome.verdict()).isEqualTo(Verdict.UNEXPECTED);
        assertThat(outcome.toString()).contains("< ??[2J<script>");

        ScriptedServer endless = serve(new ScriptedServer(line -> {
            while (true) {
                line.raw("x".repeat(1_000));
            }
        }));
        assertThat(outcome(endless.at(protocol)).verdict()).isEqualTo(Verdict.UNEXPECTED);
    }

    @Test
    void answerWithoutEnd_isUnexpected() {
        ScriptedServer server = serve(new ScriptedServer(line -> {
            line.say("* OK hello");
            while (true) {
                line.say("* OK still here");
            }
        }));

        Finding.Outcome outcome = outcome(server.at("imap"));

        assertThat(outcome.verdict()).isEqualTo(Verdict.UNEXPECTED);
        assertThat(outcome.steps()).allMatch(s -> s.lines().size() <= 41);
    }

    @Test
    void slowDrip_doesNotStretchTheLimit() {
        ScriptedServer server = serve(new ScriptedServer(line -> {
            try {
                while (true) {
                    line.raw("x");
                    Thread.sleep(50);
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }));

        assertThat(outcome(server.at("imap"), SHORT, HERE).verdict()).isEqualTo(Verdict.NO_ANSWER);
    }

    @Test
    void manySlowAnswers_areOutOfTime() {
        ScriptedServer server = serve(new ScriptedServer(line -> {
            line.say("+OK");
            try {
                for (String heard = line.hear(); heard != null; heard = line.hear()) {
                    Thread.sleep(700);
                    line.say(Mails.pop3(heard));
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }));

        Finding.Outcome outcome = outcome(server.at("pop3"), SHORT, HERE);

        assertThat(outcome.verdict()).isEqualTo(Verdict.OUT_OF_TIME);
        assertThat(outcome.steps()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"imap, CAPABILITY", "pop3, CAPA", "smtp, EHLO"})
    void secret_isMaskedInEveryForm_whateverTheServerEchoes(String protocol, String part) {
        String plain = TOKEN.reveal();
        String sasl = Mask.saslPlain(ALICE, TOKEN);
        String echo = plain
                + ' '
                + sasl
                + ' '
                + Mask.base64(plain)
                + ' '
                + Mask.base64(plain).replace("=", "");
        String answer = switch (protocol) {
            case "imap" -> "* CAPABILITY AUTH=PLAIN " + echo + "\\r\\nTAG OK";
            case "pop3" -> "+OK\\r\\nUSER\\r\\n" + echo + "\\r\\n.";
            default -> "250-" + echo + "\\r\\n250 AUTH PLAIN";
        };

        Finding.Outcome outcome = outcome(broken(protocol, part, answer));

        assertThat(outcome.toString())
                .contains("***")
                .doesNotContainIgnoringCase(plain)
                .doesNotContain(sasl, Mask.base64(plain), Mask.base64(plain).replace("=", ""));
    }

    private ScriptedServer web(ScriptedServer.Answers answers) {
        return serve(new ScriptedServer(line -> {
            for (String heard = line.hear(); heard != null; heard = line.hear()) {
                String first = heard;
                int length = 0;
                while (heard != null && !heard.isEmpty()) {
                    length = heard.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")
                            ? Integer.parseInt(heard.replaceAll("\\D", ""))
                            : length;
                    heard = line.hear();
                }
                line.skip(length);
                line.raw(String.valueOf(answers.to(first)));
            }
        }));
    }

    private static String http(String status, String... headers) {
        return "HTTP/1.1 " + status + "\r\n"
                + String.join("", List.of(headers).stream().map(h -> h + "\r\n").toList())
                + "Content-Length: 0\r\n\r\n";
    }

    private static @Nullable String webmail(String request) {
        return request.startsWith("POST /?_task=login&_action=login ")
                ? http("303 See Other", "Location: /?_task=mail", "Set-Cookie: id=cookie-secret; HttpOnly")
                : http("200 OK");
    }

    @Test
    void webmail_isFine_andItsCookieIsSecret() {
        ScriptedServer server = web(DiagnosisTest::webmail);

        Finding.Outcome outcome = outcome(server.at("http"));

        assertThat(outcome.verdict()).as(outcome.toString()).isEqualTo(Verdict.FINE);
        assertThat(outcome.toString()).doesNotContain("cookie-secret").contains("Set-Cookie: id=***");
        assertThat(server.heard())
                .contains("GET /?_task=mail HTTP/1.1", "GET /?_task=logout HTTP/1.1")
                .contains("Cookie: id=cookie-secret");
    }

    @ParameterizedTest
    @CsvSource({
        "POST /?_task=login, 500 Broken, '', UNEXPECTED",
        "POST /?_task=login, 401 No, '', LOGIN_REFUSED",
        "POST /?_task=login, 200 The login page, '', LOGIN_REFUSED",
        "POST /?_task=login, 429 Too many, '', THROTTLED",
        "GET /?_task=mail, 500 Broken, '', UNEXPECTED",
        "GET /?_task=mail, 303 Round and round, Location: /?_task=mail, UNEXPECTED",
        "GET /?_task=mail, 303 Away, Location: http://evil.invalid/, UNEXPECTED",
        "GET /?_task=mail, 303 Nowhere, Location: ::, UNEXPECTED"
    })
    void brokenWebmail_getsItsVerdict(String part, String status, String header, Verdict verdict) {
        ScriptedServer server = web(request ->
                request.startsWith(part) ? header.isEmpty() ? http(status) : http(status, header) : webmail(request));

        assertThat(outcome(server.at("http")).verdict()).isEqualTo(verdict);
    }

    @Test
    void webmailsCertificate_isJudgedToo() {
        ScriptedServer server = serve(new ScriptedServer(line -> line.secure(OTHER_NAME)));

        assertThat(outcome(server.at("https")).verdict()).isEqualTo(Verdict.WRONG_NAME);
    }

    @Test
    void whatIsNotConfigured_isSaid_andOneMailboxIsDiagnosedOnce() throws Exception {
        ScriptedServer server = serve(new ScriptedServer(ScriptedServer.Line::hang));
        Diagnoses diagnoses = diagnoses(server.at("imap"), LIMIT, HERE);

        Diagnosis diagnosis = diagnoses.enter(ALICE).orElseThrow().start(TOKEN, false);

        assertThat(diagnoses.enter(ALICE)).isEmpty();
        while (diagnosis.outcomes().stream().noneMatch(o -> o.service() == Service.SMTP)) {
            diagnosis.next(Duration.ofSeconds(1));
        }
        assertThat(diagnosis.outcomes())
                .filteredOn(o -> o.service() == Service.SMTP)
                .allMatch(o -> o.verdict() == Verdict.NOT_CONFIGURED);
        diagnosis.close();
        // Its threads end, and with the last of them its place is free.
        Optional<Diagnoses.Place> again = diagnoses.enter(ALICE);
        while (again.isEmpty()) {
            Thread.onSpinWait();
            again = diagnoses.enter(ALICE);
        }
        again.get().close();
        for (int i = 0; i < 4; i++) {
            assertThat(diagnoses.enter(i + ALICE)).isPresent();
        }
        assertThat(diagnoses.enter(ALICE)).isEmpty();
    }
}
