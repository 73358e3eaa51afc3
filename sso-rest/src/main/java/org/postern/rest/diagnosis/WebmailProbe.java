package org.postern.rest.diagnosis;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.postern.core.LoginUrl;
import org.postern.rest.diagnosis.Finding.Step.Name;

/**
 * The webmail by its login URL. The token is posted, so that it stands in no access log, and counts as a click where the
 * webmail wants one.
 */
record WebmailProbe(URI address) implements Probe {
    private static final int MOST_BYTES = 65_536;
    private static final int MOST_REDIRECTS = 5;

    @Override
    public void run(Attempt attempt, Trace trace) throws IOException, Halt {
        Target target = Target.of(address);
        try (Connection connection = Connection.open(target, attempt, trace)) {
            connection.requireSafe();
        }
        new Visit(address, attempt, trace).run();
    }

    private static final class Visit {
        private final URI base;
        private final Attempt attempt;
        private final Trace trace;
        private final HttpClient client;
        private final Map<String, String> cookies = new LinkedHashMap<>();

        Visit(URI address, Attempt attempt, Trace trace) {
            this.base = URI.create(address + "/");
            this.attempt = attempt;
            this.trace = trace;
            this.client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .sslContext(attempt.trust().context(certificate -> {}))
                    .build();
        }

        void run() throws IOException, Halt {
            HttpResponse<InputStream> login = trace.step(Name.LOGIN, () -> {
                URI door = base.resolve("?" + LoginUrl.TASK_PARAMETER + '&' + LoginUrl.ACTION_PARAMETER);
                HttpResponse<InputStream> answer = send(HttpRequest.newBuilder(door)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form())));
                if (answer.statusCode() / 100 != 3) {
                    throw new Halt(refusal(answer.statusCode()));
                }
                return answer;
            });
            trace.step(Name.MAILBOX, () -> follow(login));
            trace.step(Name.LOGOUT, () -> {
                // As if the user had typed the address: other requests would be asked about.
                URI logout = base.resolve("?_task=logout");
                return send(HttpRequest.newBuilder(logout).header("Sec-Fetch-Site", "none"));
            });
        }

        private String form() {
            return "direct=1&user=" + encode(attempt.user()) + "&pass="
                    + encode(attempt.secret().reveal());
        }

        private static String encode(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }

        /** A token that is not taken leads to the webmail's own login. */
        private static Verdict refusal(int status) {
            if (status == 429) {
                return Verdict.THROTTLED;
            }
            return status >= 500 || status == 404 ? Verdict.UNEXPECTED : Verdict.LOGIN_REFUSED;
        }

        private HttpResponse<InputStream> follow(HttpResponse<InputStream> login) throws IOException, Halt {
            HttpResponse<InputStream> answer = login;
            for (int n = 0; answer.statusCode() / 100 == 3; n++) {
                if (n == MOST_REDIRECTS) {
                    throw new Halt(Verdict.UNEXPECTED);
                }
                answer = send(HttpRequest.newBuilder(next(answer)));
            }
            if (answer.statusCode() != 200) {
                throw new Halt(Verdict.UNEXPECTED);
            }
            return answer;
        }

        /** Only within the webmail: its cookie goes nowhere else. */
        private URI next(HttpResponse<InputStream> answer) throws Halt {
            try {
                URI next = answer.uri()
                        .resolve(answer.headers().firstValue("Location").orElse("::"));
                if (next.getScheme().equals(base.getScheme())
                        && next.getHost().equalsIgnoreCase(base.getHost())
                        && next.getPort() == base.getPort()) {
                    return next;
                }
            } catch (IllegalArgumentException | NullPointerException noUri) {
                // told below
            }
            throw new Halt(Verdict.UNEXPECTED);
        }

        private HttpResponse<InputStream> send(HttpRequest.Builder builder) throws IOException, Halt {
            builder.header("User-Agent", "Postern Diagnose")
                    .timeout(Duration.ofMillis(
                            Lifeline.millisUntil(attempt.life().answerBy())));
            if (!cookies.isEmpty()) {
                builder.header(
                        "Cookie",
                        cookies.entrySet().stream()
                                .map(c -> c.getKey() + '=' + c.getValue())
                                .collect(Collectors.joining("; ")));
            }
            HttpRequest request = builder.build();
            trace.sent(request.method() + ' ' + request.uri());
            HttpResponse<InputStream> answer = await(request);
            trace.got("HTTP " + answer.statusCode());
            answer.headers().firstValue("Location").ifPresent(l -> trace.got("Location: " + l));
            answer.headers().allValues("Set-Cookie").forEach(this::keep);
            return answer;
        }

        private HttpResponse<InputStream> await(HttpRequest request) throws IOException, Halt {
            CompletableFuture<HttpResponse<InputStream>> future =
                    client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
            java.io.Closeable cut = () -> future.cancel(true);
            attempt.life().hold(cut);
            try {
                HttpResponse<InputStream> answer = future.get();
                read(answer.body());
                return answer;
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof ConnectException refused) {
                    throw refused;
                }
                throw failed.getCause() instanceof IOException fault ? fault : new IOException(failed.getCause());
            } catch (CancellationException over) {
                throw new IOException("cut", over);
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", over);
            } finally {
                attempt.life().release(cut);
            }
        }

        /** The start of the page: whether it comes. What it says is nobody's business. */
        private void read(InputStream body) throws IOException {
            attempt.life().hold(body);
            try {
                body.readNBytes(MOST_BYTES);
            } finally {
                attempt.life().release(body);
            }
        }

        private void keep(String header) {
            int equals = header.indexOf('=');
            if (equals > 0) {
                String name = header.substring(0, equals);
                int end = header.indexOf(';');
                cookies.put(name, header.substring(equals + 1, end < 0 ? header.length() : end));
                trace.got("Set-Cookie: " + name + "=***");
            }
        }
    }
}
