package org.postern.core.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postern.core.Client;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Redemption;
import org.postern.core.service.WebmailLogins;
import org.postern.core.settings.AddressList;
import org.postern.core.settings.Setting;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;

/**
 * Asks an issuing service over HTTP. Whatever is not the answer that was expected is a fault. Each call is bounded in
 * time, in the size of its answer, and in how many run at once; one whose answer was lost is sent a second time, with
 * the same id, so that the service can tell it from a second attempt. Thread-safe.
 */
public final class RemoteLogins implements WebmailLogins {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(4);
    private static final int MOST_AT_ONCE = 64;
    private static final int MAX_ANSWER = 256 * 1024;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final String service;
    private final String authorization;
    private final Duration timeout;

    /**
     * Asks this service.
     *
     * @param service its address, without a slash at its end
     * @param key the key that it shares with its webmails
     */
    public RemoteLogins(URI service, Secret key) {
        this(service, key, ANSWER);
    }

    RemoteLogins(URI service, Secret key, Duration timeout) {
        this.service = service + NodeEndpoint.PATH;
        this.authorization = "Bearer " + key.reveal();
        this.timeout = timeout;
    }

    /**
     * Asks the service that the settings name.
     *
     * @throws SettingsException where the key and the users' tokens would travel in the open
     */
    public static RemoteLogins from(Settings settings) {
        URI service = settings.node()
                .issuerUrl()
                .orElseThrow(() -> new SettingsException(Setting.ISSUER_URL.key(), "is not set"));
        String host = service.getHost().replaceAll("[\\[\\]]", "");
        boolean here = host.equals("localhost") || AddressList.isLoopback(host);
        if (!"https".equals(service.getScheme()) && !here && !settings.http().plain()) {
            throw new SettingsException(
                    Setting.ISSUER_URL.key(), "must start with https://, unless " + Setting.HTTP_PLAIN.key() + "=true");
        }
        return new RemoteLogins(service, settings.node().key());
    }

    @Override
    public Redemption redeem(LoginAttempt attempt) {
        try {
            return ask(Message.REDEEM, Message.of(attempt, UUID.randomUUID()), true)
                    .redemption();
        } catch (IllegalArgumentException unexpected) {
            throw unexpected(unexpected);
        }
    }

    @Override
    public void passwordAccepted(String user, Client who) {
        done(ask(Message.PASSWORD_ACCEPTED, new Message().with("user", user).client(who), false));
    }

    @Override
    public void passwordUnchecked(String user, Client who) {
        done(ask(Message.PASSWORD_UNCHECKED, new Message().with("user", user).client(who), false));
    }

    @Override
    public void end(UUID session, String why, Client who) {
        done(ask(Message.END, Message.end(session, why, who), true));
    }

    @Override
    public Set<UUID> closedAmong(Collection<UUID> sessions) {
        if (sessions.isEmpty()) {
            return Set.of();
        }
        try {
            return ask(Message.CLOSED, Message.of(sessions), true).sessions();
        } catch (IllegalArgumentException unexpected) {
            throw unexpected(unexpected);
        }
    }

    private static void done(Message answer) {
        try {
            if (answer.isDone()) {
                return;
            }
        } catch (IllegalArgumentException unexpected) {
            throw unexpected(unexpected);
        }
        throw new UnavailableException("the issuing service gave an unexpected answer");
    }

    private static UnavailableException unexpected(IllegalArgumentException why) {
        return new UnavailableException("the issuing service gave an unexpected answer", why);
    }

    private Message ask(String call, Message message, boolean again) {
        if (!places.tryAcquire()) {
            throw new UnavailableException("too many calls of the issuing service at once");
        }
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(service + call))
                    .timeout(timeout)
                    .header("Authorization", authorization)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(message.form()))
                    .build();
            try {
                return read(send(request));
            } catch (IOException lost) {
                if (!again) {
                    throw new UnavailableException("the issuing service cannot be reached", lost);
                }
            }
            try {
                return read(send(request));
            } catch (IOException lost) {
                throw new UnavailableException("the issuing service cannot be reached", lost);
            }
        } finally {
            places.release();
        }
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, info -> new BoundedBody());
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            answer.cancel(true);
            throw new IOException("no answer in time", late);
        } catch (ExecutionException fault) {
            throw new IOException("no answer", fault.getCause());
        } catch (InterruptedException stopping) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new UnavailableException("the webmail stops");
        }
    }

    private static Message read(HttpResponse<byte[]> answer) {
        if (answer.statusCode() == 403) {
            throw new UnavailableException("the issuing service refuses this webmail's key or address");
        }
        if (answer.statusCode() != 200) {
            throw new UnavailableException("the issuing service answered " + answer.statusCode());
        }
        try {
            return Message.parse(new String(answer.body(), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException unexpected) {
            throw unexpected(unexpected);
        }
    }

    /** A body of at most so many bytes. */
    private static final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
        private final CompletableFuture<byte[]> result = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Flow.@Nullable Subscription subscription;

        @Override
        public CompletionStage<byte[]> getBody() {
            return result;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                byte[] part = new byte[buffer.remaining()];
                buffer.get(part);
                bytes.write(part, 0, part.length);
            }
            if (bytes.size() > MAX_ANSWER && subscription != null) {
                subscription.cancel();
                result.completeExceptionally(new IOException("the answer is too long"));
            }
        }

        @Override
        public void onError(Throwable fault) {
            result.completeExceptionally(fault);
        }

        @Override
        public void onComplete() {
            result.complete(bytes.toByteArray());
        }
    }
}
