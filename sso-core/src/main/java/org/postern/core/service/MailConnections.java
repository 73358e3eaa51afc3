package org.postern.core.service;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postern.core.MailboxAddress;
import org.postern.core.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has mail servers end what is open for a mailbox whose token is revoked or whose session is ended: by {@code kick} of
 * Dovecot's HTTP API, which ends the owner's connections too; his programs connect again. Off the way of whoever revokes:
 * for each server one thread, so that none waits for another, a queue that has an end, a few tries. What cannot be done is
 * an ERROR line. Thread-safe.
 */
final class MailConnections implements AutoCloseable {
    static final int MOST_WAITING = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(MailConnections.class);
    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(4);
    /** What {@code doveadm kick} says where nobody is there to be kicked (sysexits, {@code EX_NOHOST}). */
    private static final String NOBODY_THERE = "\"exitCode\":68";
    /** Milliseconds before each further try. */
    private static final int[] WAITS = {200, 1_000};

    private final Map<URI, ExecutorService> workers = new LinkedHashMap<>();
    private final String authorization;
    /** Made when it is first needed: it has threads of its own. */
    private @Nullable HttpClient client;

    MailConnections(Settings.Doveadm settings) {
        settings.urls().forEach(url -> workers.put(URI.create(url + "/doveadm/v1"), worker()));
        authorization = "X-Dovecot-API "
                + Base64.getEncoder().encodeToString(settings.key().reveal().getBytes(StandardCharsets.UTF_8));
    }

    private static ExecutorService worker() {
        ThreadPoolExecutor worker =
                new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), task -> {
                    Thread thread = new Thread(task, "postern-connections");
                    thread.setDaemon(true);
                    return thread;
                });
        worker.allowCoreThreadTimeOut(true);
        return worker;
    }

    /** Ends what is open for this mailbox, soon. */
    void end(MailboxAddress mailbox) {
        workers.forEach((server, worker) -> {
            try {
                worker.execute(() -> end(mailbox, server));
            } catch (RejectedExecutionException full) {
                LOG.error(
                        "Connections to {} are not ended at {}: too many wait for that, or the service stops",
                        mailbox,
                        server);
            }
        });
    }

    private void end(MailboxAddress mailbox, URI server) {
        boolean ended = kick(server, mailbox);
        for (int i = 0; i < WAITS.length && !ended && paused(WAITS[i]); i++) {
            ended = kick(server, mailbox);
        }
        if (!ended) {
            LOG.error("Connections to {} are not ended: {} cannot be asked", mailbox, server);
        }
    }

    private boolean kick(URI server, MailboxAddress mailbox) {
        return client().sendAsync(request(server, mailbox), HttpResponse.BodyHandlers.ofString())
                // The request's own time ends with the answer's headers.
                .orTimeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .handle((answer, away) -> away == null && isKicked(answer))
                .join();
    }

    private HttpRequest request(URI server, MailboxAddress mailbox) {
        // An address holds nothing that JSON would escape.
        return HttpRequest.newBuilder(server)
                .timeout(ANSWER)
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("[[\"kick\",{\"mask\":[\"" + mailbox + "\"]},\"postern\"]]"))
                .build();
    }

    private static boolean isKicked(HttpResponse<String> answer) {
        return answer.statusCode() == 200
                && (answer.body().contains("\"doveadmResponse\"")
                        || answer.body().contains(NOBODY_THERE));
    }

    private static boolean paused(int millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            made = HttpClient.newBuilder()
                    .connectTimeout(CONNECT)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
            client = made;
        }
        return made;
    }

    /** Does what is under way, for a while. */
    @Override
    public void close() {
        workers.values().forEach(ExecutorService::shutdown);
        long end = System.nanoTime() + ANSWER.toNanos();
        try {
            for (ExecutorService worker : workers.values()) {
                if (!worker.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    worker.shutdownNow();
                }
            }
        } catch (InterruptedException stopping) {
            workers.values().forEach(ExecutorService::shutdownNow);
            Thread.currentThread().interrupt();
        }
    }
}
