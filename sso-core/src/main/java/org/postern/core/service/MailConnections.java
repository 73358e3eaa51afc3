package org.postern.core.service;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
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
 * one thread, a queue that has an end, a few tries. What cannot be done is an ERROR line. Thread-safe.
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

    private final List<URI> servers;
    private final String authorization;
    private final ThreadPoolExecutor worker;
    /** Made when it is first needed: it has threads of its own. */
    private @Nullable HttpClient client;

    MailConnections(Settings.Doveadm settings) {
        servers = settings.urls().stream()
                .map(url -> URI.create(url + "/doveadm/v1"))
                .toList();
        authorization = "X-Dovecot-API "
                + Base64.getEncoder().encodeToString(settings.key().reveal().getBytes(StandardCharsets.UTF_8));
        worker = new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), task -> {
            Thread thread = new Thread(task, "postern-connections");
            thread.setDaemon(true);
            return thread;
        });
        worker.allowCoreThreadTimeOut(true);
    }

    /** Ends what is open for this mailbox, soon. */
    void end(MailboxAddress mailbox) {
        if (servers.isEmpty()) {
            return;
        }
        try {
            worker.execute(() -> kick(mailbox));
        } catch (RejectedExecutionException full) {
            LOG.error("Connections to {} are not ended: too many wait for that, or the service stops", mailbox);
        }
    }

    private void kick(MailboxAddress mailbox) {
        List<URI> left = unkicked(servers, mailbox);
        for (int i = 0; i < WAITS.length && !left.isEmpty() && paused(WAITS[i]); i++) {
            left = unkicked(left, mailbox);
        }
        left.forEach(server -> LOG.error("Connections to {} are not ended: {} cannot be asked", mailbox, server));
    }

    /** Asks all at once, so that none waits for one that hangs; returns those that did not do it. */
    private List<URI> unkicked(List<URI> asked, MailboxAddress mailbox) {
        Map<URI, CompletableFuture<Boolean>> answers = new LinkedHashMap<>();
        asked.forEach(server -> answers.put(
                server,
                client().sendAsync(kick(server, mailbox), HttpResponse.BodyHandlers.ofString())
                        // The request's own time ends with the answer's headers.
                        .orTimeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                        .handle((answer, away) -> away == null && isKicked(answer))));
        answers.values().removeIf(CompletableFuture::join);
        return List.copyOf(answers.keySet());
    }

    private HttpRequest kick(URI server, MailboxAddress mailbox) {
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
        worker.shutdown();
        try {
            if (!worker.awaitTermination(ANSWER.toMillis(), TimeUnit.MILLISECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException stopping) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
