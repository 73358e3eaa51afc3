package org.postern.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postern.core.Acme;
import org.postern.core.Client;
import org.postern.core.Mailbox;
import org.postern.core.SessionType;
import org.postern.core.Visit;

/** Notices never stand in a login's way. */
class OwnerNoticesTest {
    private static final Mailbox ALICE =
            new Mailbox(Acme.address("alice@acme.example"), "", Optional.empty(), false, Optional.empty());

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) org.slf4j.LoggerFactory.getLogger(OwnerNotices.class);
    private final List<Visit> told = new CopyOnWriteArrayList<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
    }

    private static Visit visit() {
        return new Visit(
                UUID.randomUUID(),
                ALICE.address(),
                Acme.address("mail@acme.example"),
                UUID.randomUUID(),
                SessionType.SSO,
                "",
                false,
                Optional.empty(),
                Instant.EPOCH,
                Optional.empty(),
                new Client("", ""),
                1);
    }

    private List<String> errors() {
        return List.copyOf(log.list).stream()
                .filter(e -> e.getLevel() == Level.ERROR)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void close_tellsWhatIsStillToBeTold_inOrder() {
        CountDownLatch go = new CountDownLatch(1);
        OwnerNotices notices = new OwnerNotices();
        notices.add((mailbox, visit) -> {
            await(go);
            told.add(visit);
        });
        List<Visit> visits = List.of(visit(), visit(), visit());
        visits.forEach(v -> notices.opened(ALICE, v));
        assertThat(told).as("the caller does not wait").isEmpty();
        go.countDown();
        notices.close();
        assertThat(told).isEqualTo(visits);
        assertThat(errors()).isEmpty();
        notices.opened(ALICE, visit());
        assertThat(told).hasSize(3);
        assertThat(errors()).singleElement().asString().contains("alice@acme.example", "the service stops");
    }

    @Test
    void listenerThatFails_isLogged_andTheNextOneIsTold() {
        OwnerNotices notices = new OwnerNotices();
        notices.add((mailbox, visit) -> {
            throw new IllegalStateException("no mail server");
        });
        notices.add((mailbox, visit) -> told.add(visit));
        Visit first = visit();
        Visit second = visit();
        notices.opened(ALICE, first);
        notices.opened(ALICE, second);
        notices.close();
        assertThat(told).containsExactly(first, second);
        assertThat(errors()).hasSize(2).allSatisfy(line -> assertThat(line).contains("alice@acme.example"));
        assertThat(errors().get(0)).contains(first.id().toString());
    }

    @Test
    void tooMany_areAnErrorLineEach_andTheRestIsTold() {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch atWork = new CountDownLatch(1);
        OwnerNotices notices = new OwnerNotices();
        notices.add((mailbox, visit) -> {
            atWork.countDown();
            await(go);
            told.add(visit);
        });
        notices.opened(ALICE, visit());
        await(atWork);
        for (int i = 0; i < OwnerNotices.MOST_WAITING; i++) {
            notices.opened(ALICE, visit());
        }
        assertThat(errors()).isEmpty();
        Visit lost = visit();
        notices.opened(ALICE, lost);
        assertThat(errors()).singleElement().asString().contains(lost.id().toString(), "too many notices wait");
        go.countDown();
        notices.close();
        assertThat(told).hasSize(1 + OwnerNotices.MOST_WAITING).doesNotContain(lost);
    }

    @Test
    void close_doesNotWaitForEver_andSaysWhatIsLost() {
        CountDownLatch atWork = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        OwnerNotices notices = new OwnerNotices(Duration.ofMillis(1));
        notices.add((mailbox, visit) -> {
            atWork.countDown();
            try {
                never.await();
            } catch (InterruptedException stopped) {
                // Thrown on, it would be logged while the next test listens.
            }
        });
        notices.opened(ALICE, visit());
        await(atWork);
        notices.opened(ALICE, visit());
        notices.close();
        assertThat(errors()).anySatisfy(line -> assertThat(line).contains("not told of 1 visits"));
        never.countDown();
    }

    @Test
    void nobodyWhoSends_isAnError() {
        OwnerNotices notices = new OwnerNotices();
        notices.opened(ALICE, visit());
        assertThat(errors()).singleElement().asString().contains("nobody sends notices");
        notices.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
