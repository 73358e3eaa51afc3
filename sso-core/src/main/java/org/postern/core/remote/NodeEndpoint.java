package org.postern.core.remote;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postern.core.Secret;
import org.postern.core.UnavailableException;
import org.postern.core.service.WebmailLogins;
import org.postern.core.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issuing service's side of a remote webmail: text in, text out, whatever carries it. The caller maps {@code POST}
 * requests below {@link #PATH} to it. Thread-safe.
 *
 * <p>An attempt to log in that comes a second time, since its answer was lost on the way, gets the first one's answer:
 * for a minute, and only where it is the very same message. So a lost answer does not cost a single-use token.
 */
public final class NodeEndpoint {
    /** What every path begins with. */
    public static final String PATH = "/sso/node/";

    private static final Logger LOG = LoggerFactory.getLogger(NodeEndpoint.class);
    private static final Duration REMEMBERED = Duration.ofMinutes(1);
    private static final int MOST_REMEMBERED = 10_000;
    private static final int MOST_SESSIONS = 1_000;
    private static final long LONGEST_WAIT_SECONDS = 10;
    private static final String BEARER = "Bearer ";

    /**
     * What to answer.
     *
     * @param body a form; empty text with every status but 200
     * @param retryAfter with 503
     */
    public record Answer(int status, String body, Optional<Duration> retryAfter) {
        private static Answer of(Message message) {
            return new Answer(200, message.form(), Optional.empty());
        }

        private static Answer of(int status) {
            return new Answer(status, "", Optional.empty());
        }

        /** Without the body, which may hold a credential. */
        @Override
        public String toString() {
            return "Answer[" + status + "]";
        }
    }

    private record Remembered(Instant until, CompletableFuture<Answer> answer) {}

    private final WebmailLogins logins;
    private final Settings.Node settings;
    private final Clock clock;
    private final Map<String, Remembered> attempts = new LinkedHashMap<>();

    public NodeEndpoint(WebmailLogins logins, Settings.Node settings, Clock clock) {
        this.logins = logins;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Answers a webmail.
     *
     * @param path the whole path below the context path
     * @param peer the webmail's address literal
     * @param authorization the header of this name, if there is one
     * @param form the body
     */
    public Answer answer(String method, String path, String peer, Optional<String> authorization, String form) {
        if (settings.key().isEmpty() || !path.startsWith(PATH)) {
            return Answer.of(404);
        }
        if (!settings.addresses().contains(peer) || !isKey(authorization.orElse(""))) {
            return Answer.of(403);
        }
        if (!method.equals("POST")) {
            return Answer.of(405);
        }
        try {
            return call(path.substring(PATH.length()), form);
        } catch (IllegalArgumentException malformed) {
            LOG.warn("a webmail at {} sent what cannot be read", peer);
            return Answer.of(400);
        } catch (UnavailableException fault) {
            LOG.error("cannot answer a webmail: {}", fault.getMessage());
            return new Answer(503, "", Optional.of(Duration.ofSeconds(5)));
        }
    }

    private boolean isKey(String authorization) {
        return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && Secret.of(authorization.substring(BEARER.length()).strip()).equals(settings.key());
    }

    private Answer call(String name, String form) {
        Message message = Message.parse(form);
        switch (name) {
            case Message.REDEEM -> {
                return once(digest(form), message);
            }
            case Message.PASSWORD_ACCEPTED -> logins.passwordAccepted(message.text("user"), message.client());
            case Message.PASSWORD_UNCHECKED -> logins.passwordUnchecked(message.text("user"), message.client());
            case Message.END -> message.end(logins);
            case Message.CLOSED -> {
                var sessions = message.sessions();
                if (sessions.size() > MOST_SESSIONS) {
                    throw new IllegalArgumentException("too many sessions");
                }
                return Answer.of(Message.of(logins.closedAmong(sessions)));
            }
            default -> {
                return Answer.of(404);
            }
        }
        return Answer.of(Message.done());
    }

    private Answer once(String attempt, Message message) {
        CompletableFuture<Answer> mine = new CompletableFuture<>();
        Remembered earlier = remember(attempt, mine);
        if (earlier != null) {
            return await(earlier.answer());
        }
        try {
            Answer answer = Answer.of(Message.of(logins.redeem(message.attempt())));
            mine.complete(answer);
            return answer;
        } catch (RuntimeException fault) {
            forget(attempt);
            mine.completeExceptionally(fault);
            throw fault;
        }
    }

    private synchronized @Nullable Remembered remember(String attempt, CompletableFuture<Answer> answer) {
        Instant now = clock.instant();
        Iterator<Remembered> oldest = attempts.values().iterator();
        while (oldest.hasNext()) {
            boolean old = !now.isBefore(oldest.next().until());
            if (!old && attempts.size() < MOST_REMEMBERED) {
                break;
            }
            oldest.remove();
        }
        return attempts.putIfAbsent(attempt, new Remembered(now.plus(REMEMBERED), answer));
    }

    private synchronized void forget(String attempt) {
        attempts.remove(attempt);
    }

    private static Answer await(CompletableFuture<Answer> answer) {
        try {
            return answer.get(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("the service stops");
        } catch (ExecutionException | TimeoutException fault) {
            throw new UnavailableException("the first of two equal attempts was not answered", fault);
        }
    }

    private static String digest(String form) {
        try {
            byte[] bytes = form.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
