package org.postern.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postern.core.Client;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.SetClock;
import org.postern.core.UnavailableException;
import org.slf4j.LoggerFactory;

/** Contract, section 3: a session ends in time on every node, and a fault is no end. */
class NodeSessionsTest {
    private static final Client CLIENT = new Client("192.0.2.1", "test");

    private final SetClock clock = SetClock.atNoon();
    private final FakeLogins logins = new FakeLogins();
    private final List<String> told = new ArrayList<>();
    private final NodeSessions sessions = new NodeSessions(logins, clock, List.of(new WebmailSessionListener() {
        @Override
        public void opened(WebmailSession session) {
            told.add("opened");
            throw new IllegalStateException("the host's own fault");
        }

        @Override
        public void closed(WebmailSession session, String why) {
            told.add("closed: " + why);
            throw new IllegalStateException("the host's own fault");
        }
    }));
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        ((Logger) LoggerFactory.getLogger(NodeSessions.class)).addAppender(log);
    }

    @AfterEach
    void stop() {
        ((Logger) LoggerFactory.getLogger(NodeSessions.class)).detachAppender(log);
        sessions.close();
    }

    static WebmailSession session(Instant start, Duration life) {
        return new WebmailSession(
                UUID.randomUUID(),
                "alice@acme.example",
                SessionLocale.DE,
                SessionType.NORMAL,
                WebmailInterface.STANDARD,
                UUID.randomUUID(),
                "mail@acme.example",
                "ticket",
                false,
                start,
                start.plus(life),
                new MailCredential(Secret.of("the-credential")),
                "the-csrf-token");
    }

    private WebmailSession session() {
        return session(clock.instant(), Duration.ofHours(8));
    }

    @Test
    void poll_endsWhatWasEndedElsewhere_once() {
        WebmailSession ended = session();
        WebmailSession open = session();
        sessions.open(ended);
        sessions.open(open);
        logins.closed.add(ended.id());

        sessions.poll();
        sessions.poll();

        assertThat(sessions.of(ended).isOver()).isTrue();
        assertThat(sessions.of(open).isOver()).isFalse();
        assertThat(told).containsExactly("opened", "opened", "closed: ended elsewhere");
        assertThat(logins.asked).as("what is over is not asked about").containsExactly(2, 1);
        assertThat(logins.ended).isEmpty();
    }

    @Test
    void poll_inAFault_keepsTheSessions_andLogsOnce() {
        WebmailSession open = session();
        sessions.open(open);
        logins.down = true;

        sessions.poll();
        sessions.poll();
        sessions.poll();

        assertThat(sessions.of(open).isOver()).isFalse();
        assertThat(log.list)
                .filteredOn(e -> e.getLevel() == Level.ERROR && e.getMessage().startsWith("cannot ask"))
                .hasSize(1);

        logins.down = false;
        logins.closed.add(open.id());
        sessions.poll();
        assertThat(sessions.of(open).isOver()).isTrue();
    }

    @Test
    void poll_asksInBatches() {
        for (int i = 0; i < 1_201; i++) {
            sessions.open(session());
        }
        sessions.poll();
        assertThat(logins.asked).containsExactly(500, 500, 201);
    }

    @Test
    void poll_letsGoOfWhatIsPastItsEnd_andItStaysOver() {
        WebmailSession session = session();
        sessions.open(session);
        clock.advance(Duration.ofHours(8));

        sessions.poll();

        assertThat(sessions.isOpen(session)).isFalse();
        assertThat(sessions.of(session).isOver()).isTrue();
        assertThat(logins.asked).isEmpty();
        assertThat(told).containsExactly("opened", "closed: its time was over");
    }

    @Test
    void session_endsAtItsTime_withoutAPoll() throws Exception {
        WebmailSession session = session(clock.instant(), Duration.ofMillis(30));
        OpenSession open = sessions.open(session);
        long end = System.nanoTime() + 5_000_000_000L;
        while (!open.isOver() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(open.isOver()).isTrue();
        assertThat(logins.asked).isEmpty();
    }

    @Test
    void unknownSession_isAskedAboutOnce_andAFaultIsNoAnswer() {
        WebmailSession fromElsewhere = session();
        WebmailSession revokedMeanwhile = session();
        logins.closed.add(revokedMeanwhile.id());
        logins.down = true;
        assertThatThrownBy(() -> sessions.of(fromElsewhere)).isInstanceOf(UnavailableException.class);
        logins.down = false;

        assertThat(sessions.of(fromElsewhere).isOver()).isFalse();
        assertThat(sessions.of(fromElsewhere)).isSameAs(sessions.of(fromElsewhere));
        assertThat(sessions.of(revokedMeanwhile).isOver()).isTrue();
        assertThat(logins.asked).containsExactly(1, 1);
    }

    @Test
    void end_isToldOnce() {
        WebmailSession session = session();
        sessions.open(session);

        sessions.end(session, "logout", CLIENT);
        sessions.end(session, "logout", CLIENT);
        sessions.unbound(session.id());
        sessions.poll();

        assertThat(logins.ended).containsExactly(session.id() + " logout");
        assertThat(told).containsExactly("opened", "closed: logout");
    }

    @Test
    void end_inAFault_isOverHereAtOnce_andToldLater() {
        WebmailSession session = session();
        OpenSession open = sessions.open(session);
        logins.down = true;

        sessions.end(session, "logout", CLIENT);
        assertThat(open.isOver()).isTrue();
        assertThat(logins.ended).isEmpty();

        logins.down = false;
        sessions.poll();
        assertThat(logins.ended).containsExactly(session.id() + " logout");
    }

    @Test
    void unbound_isToldInTheBackground() throws Exception {
        WebmailSession session = session();
        sessions.open(session);

        sessions.unbound(session.id());
        sessions.unbound(session.id());

        long end = System.nanoTime() + 5_000_000_000L;
        while (logins.ended.isEmpty() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(logins.ended).containsExactly(session.id() + " closed by the webmail");
    }

    @Test
    void wrapper_saysWhoItIs_untilTheSessionIsOver() {
        OpenSession open = sessions.open(session());
        HttpServletRequest request = mock(HttpServletRequest.class);
        when(request.getLocale()).thenReturn(Locale.JAPANESE);
        SessionRequest wrapper = open.wrap(request);

        assertThat(wrapper.getRemoteUser()).isEqualTo("alice@acme.example");
        assertThat(wrapper.getUserPrincipal()).hasToString("alice@acme.example");
        assertThat(wrapper.getAuthType()).isEqualTo("LOGIN_TOKEN");
        assertThat(wrapper.isUserInRole("mailbox")).isTrue();
        assertThat(wrapper.isUserInRole("domain-admin")).isFalse();
        assertThat(wrapper.getLocale()).isEqualTo(Locale.GERMAN);
        assertThat(Collections.list(wrapper.getLocales())).containsExactly(Locale.GERMAN);

        open.finish();

        assertThat(wrapper.getRemoteUser()).isNull();
        assertThat(wrapper.getUserPrincipal()).isNull();
        assertThat(wrapper.getAuthType()).isNull();
        assertThat(wrapper.isUserInRole("mailbox")).isFalse();
        assertThat(wrapper.getLocale()).isEqualTo(Locale.JAPANESE);
    }

    @Test
    void wrapper_isUsedAgain_andPointsToNoRequestInBetween() {
        OpenSession open = sessions.open(session());
        HttpServletRequest first = mock(HttpServletRequest.class);
        HttpServletRequest second = mock(HttpServletRequest.class);
        HttpServletResponse response = mock(HttpServletResponse.class);

        SessionRequest wrapper = open.wrap(first);
        SessionRequest atTheSameTime = open.wrap(second);
        assertThat(atTheSameTime).isNotSameAs(wrapper);
        open.takeBack(wrapper, first, response);
        assertThatThrownBy(wrapper::getMethod).isInstanceOf(IllegalStateException.class);

        assertThat(open.wrap(second)).isSameAs(wrapper);
        assertThat(wrapper.getRequest()).isSameAs(second);
    }

    @Test
    void wrapper_isNotUsedAgain_whereItMayBeInUse() {
        OpenSession open = sessions.open(session());
        HttpServletRequest request = mock(HttpServletRequest.class);
        HttpServletRequest async = mock(HttpServletRequest.class);
        when(async.isAsyncStarted()).thenReturn(true);
        HttpServletResponse response = mock(HttpServletResponse.class);
        HttpServletResponse upgraded = mock(HttpServletResponse.class);
        when(upgraded.getStatus()).thenReturn(101);

        SessionRequest dispatched = open.wrap(request);
        dispatched.startAsync();
        open.takeBack(dispatched, request, response);
        SessionRequest started = open.wrap(async);
        open.takeBack(started, async, response);
        SessionRequest socket = open.wrap(request);
        open.takeBack(socket, request, upgraded);

        assertThat(open.wrap(request)).isNotIn(dispatched, started, socket);
        assertThat(dispatched.getRequest()).isSameAs(request);
        assertThat(started.getRequest()).isSameAs(async);
        assertThat(socket.getRequest()).isSameAs(request);
    }
}
