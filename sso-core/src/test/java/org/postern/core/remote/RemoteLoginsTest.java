package org.postern.core.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.Acme;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.UnavailableException;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Postern;
import org.postern.core.service.Redemption;
import org.postern.core.service.Refusal;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;
import org.postern.core.spi.Backend;

/** A webmail without a store: every answer of the issuing service comes over, and nothing else counts as one. */
class RemoteLoginsTest {
    private static final String KEY = "0123456789abcdef";
    private static final String BOB = "bob@acme.example";
    private static final Client CLIENT = new Client("192.0.2.1", "M\u00fcller & S\u00f6hne=1");

    /** What a service of the version before read-only sessions answers. */
    private static final String REDEEMED = "result=redeemed&session=" + UUID.randomUUID() + "&token="
            + UUID.randomUUID() + "&mailbox=bob%40acme.example&type=sso&issuer=mail%40acme.example&reason=T&locale="
            + "&started=1780315200000&ends=1780344000000&credential=pss_x&mailbox_locale=de&address=192.0.2.1&agent=x";

    private interface Answering {
        void answer(HttpExchange exchange, String form) throws IOException;
    }

    private final Backend backend = Acme.backend();
    private final Settings settings = Acme.settings(Map.of("sso.node.key", KEY));
    private final Postern postern = new Postern(settings, backend, Clock.systemUTC());
    private final NodeEndpoint endpoint = new NodeEndpoint(postern.tokens(), settings.node(), Clock.systemUTC());
    private final List<String> forms = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile Answering answering = this::rightly;
    private HttpServer server;
    private RemoteLogins remote;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/issuer", exchange -> {
            String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            forms.add(form);
            calls.incrementAndGet();
            try {
                answering.answer(exchange, form);
            } finally {
                exchange.close();
            }
        });
        server.start();
        remote = new RemoteLogins(uri(), Secret.of(KEY), Duration.ofSeconds(1));
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/issuer");
    }

    private void rightly(HttpExchange exchange, String form) throws IOException {
        send(exchange, ask(exchange, form));
    }

    private NodeEndpoint.Answer ask(HttpExchange exchange, String form) {
        return endpoint.answer(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath().substring("/issuer".length()),
                "127.0.0.1",
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")),
                form);
    }

    private static void send(HttpExchange exchange, NodeEndpoint.Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private Secret token(String type, String locale, boolean confirm) {
        Issuance issuance = postern.tokens()
                .issue(
                        backend.directory()
                                .administrator(Acme.address("company@acme.example"))
                                .orElseThrow(),
                        new IssueRequest(
                                BOB,
                                type,
                                Secret.of(""),
                                "ticket 7 & \u00e4",
                                "",
                                locale,
                                false,
                                confirm,
                                false,
                                CLIENT));
        return ((Issuance.Issued) issuance).value();
    }

    private static LoginAttempt attempt(Secret secret) {
        return new LoginAttempt(BOB, secret, Channel.LOGIN_URL, false, "a note", CLIENT);
    }

    @Test
    void redeem_comesOverWhole() {
        Redemption redemption = remote.redeem(attempt(token("sso", "pt_BR", false)));

        assertThat(redemption).isInstanceOf(Redemption.Redeemed.class);
        Redemption.Redeemed redeemed = (Redemption.Redeemed) redemption;
        assertThat(redeemed.session())
                .isEqualTo(backend.tokens().session(redeemed.session().id()).orElseThrow());
        assertThat(redeemed.session().reason()).isEqualTo("ticket 7 & \u00e4");
        assertThat(redeemed.session().client()).isEqualTo(CLIENT);
        assertThat(redeemed.session().locale()).contains(SessionLocale.PT_BR);
        assertThat(redeemed.mailboxLocale()).contains(SessionLocale.DE);
        assertThat(redeemed.credential().reveal()).hasSizeGreaterThan(20);
    }

    @Test
    void readOnlySession_comesOverAsOne() {
        Issuance issuance = postern.tokens()
                .issue(
                        backend.directory()
                                .administrator(Acme.address("company@acme.example"))
                                .orElseThrow(),
                        new IssueRequest(BOB, "sso", Secret.of(""), "T", "", "", false, false, true, CLIENT));
        Redemption redemption = remote.redeem(attempt(((Issuance.Issued) issuance).value()));
        assertThat(((Redemption.Redeemed) redemption).session().readOnly()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"'', false", "&read_only=false, false", "&read_only=true, true"})
    void answerOfAnOlderService_saysNothingOfReadOnly(String field, boolean readOnly) {
        answering =
                (exchange, form) -> send(exchange, new NodeEndpoint.Answer(200, REDEEMED + field, Optional.empty()));
        Redemption.Redeemed redeemed = (Redemption.Redeemed) remote.redeem(attempt(Secret.of("x")));
        assertThat(redeemed.session().readOnly()).isEqualTo(readOnly);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "TRUE", "yes", "1"})
    void readOnlyThatIsNeitherTrueNorFalse_isAFault(String value) {
        answering = (exchange, form) ->
                send(exchange, new NodeEndpoint.Answer(200, REDEEMED + "&read_only=" + value, Optional.empty()));
        assertThatThrownBy(() -> remote.redeem(attempt(Secret.of("x")))).isInstanceOf(UnavailableException.class);
    }

    @Test
    void everyOtherResult_comesOver() {
        assertThat(remote.redeem(attempt(token("sso", "", true)))).isEqualTo(new Redemption.NeedsConfirmation());
        Secret used = token("sso", "", false);
        remote.redeem(attempt(used));
        assertThat(remote.redeem(attempt(used))).isEqualTo(new Redemption.Refused(Refusal.USED));
        assertThat(remote.redeem(attempt(Secret.of("\u20ac %+&=;\u0000"))))
                .isEqualTo(new Redemption.Refused(Refusal.UNKNOWN));
        assertThat(remote.redeem(new LoginAttempt("no address", used, Channel.LOGIN_FORM, true, "", CLIENT)))
                .isEqualTo(new Redemption.Refused(Refusal.NO_ADDRESS));
        Redemption last = new Redemption.NeedsConfirmation();
        for (int i = 0; i < 40 && !(last instanceof Redemption.Throttled); i++) {
            last = remote.redeem(attempt(Secret.of("guess-" + i)));
        }
        assertThat(((Redemption.Throttled) last).retryAfter()).isBetween(Duration.ofMillis(1), Duration.ofMinutes(15));
    }

    @Test
    void sessions_areEndedAndAskedAbout() {
        UUID open = ((Redemption.Redeemed) remote.redeem(attempt(token("normal", "", false))))
                .session()
                .id();
        UUID ended = ((Redemption.Redeemed) remote.redeem(attempt(token("normal", "", false))))
                .session()
                .id();

        remote.end(ended, "logout", CLIENT);
        remote.passwordAccepted(BOB, CLIENT);

        assertThat(remote.closedAmong(List.of(open, ended))).isEqualTo(Set.of(ended));
        assertThat(remote.closedAmong(List.of(open))).isEmpty();
        int before = calls.get();
        assertThat(remote.closedAmong(List.of())).isEmpty();
        assertThat(calls).hasValue(before);
        assertThat(backend.tokens().session(ended).orElseThrow().endedAt()).isPresent();
    }

    @Test
    void passwordThatNobodyCanCheckNow_isNoGuess() {
        for (int i = 0; i < 30; i++) {
            assertThat(remote.redeem(attempt(Secret.of("her own")))).isInstanceOf(Redemption.Refused.class);
            remote.passwordUnchecked(BOB, CLIENT);
        }
    }

    @Test
    void answerThatIsLost_doesNotCostTheToken() {
        answering = (exchange, form) -> {
            NodeEndpoint.Answer answer = ask(exchange, form);
            if (calls.get() > 1) {
                send(exchange, answer);
            }
        };

        Redemption redemption = remote.redeem(attempt(token("sso", "", false)));

        assertThat(redemption).isInstanceOf(Redemption.Redeemed.class);
        assertThat(forms).hasSize(2);
        assertThat(forms.get(0)).isEqualTo(forms.get(1));
    }

    @Test
    void answerThatIsLate_isAskedForAgain_andIsTheSame() {
        answering = (exchange, form) -> {
            NodeEndpoint.Answer answer = ask(exchange, form);
            if (calls.get() == 1) {
                try {
                    Thread.sleep(1_500);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            send(exchange, answer);
        };
        assertThat(remote.redeem(attempt(token("sso", "", false)))).isInstanceOf(Redemption.Redeemed.class);
    }

    @Test
    void secondAttempt_isNotTakenForARepetition() {
        Secret token = token("sso", "", false);
        assertThat(remote.redeem(attempt(token))).isInstanceOf(Redemption.Redeemed.class);
        assertThat(remote.redeem(attempt(token))).isEqualTo(new Redemption.Refused(Refusal.USED));
    }

    @Test
    void manyAtOnce_oneIsRedeemed() throws Exception {
        Secret token = token("sso", "", false);
        List<Future<Redemption>> all = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            all.add(threads.submit(() -> remote.redeem(attempt(token))));
        }
        int redeemed = 0;
        for (Future<Redemption> one : all) {
            redeemed += one.get() instanceof Redemption.Redeemed ? 1 : 0;
        }
        assertThat(redeemed).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "result",
                "result=",
                "result=redeemed",
                "result=refused&why=nothing",
                "result=done",
                "result=confirm&result=confirm",
                "result=throttled&retry_after=x",
                "result=%zz",
                "<html>",
                "result=refused",
                "=&=",
                "sessions=x",
                "sessions=1,2"
            })
    void answerThatIsUnexpected_isAFault(String body) {
        answering = (exchange, form) -> send(exchange, new NodeEndpoint.Answer(200, body, Optional.empty()));
        assertThatThrownBy(() -> remote.redeem(attempt(Secret.of("secret-token"))))
                .isInstanceOf(UnavailableException.class)
                .satisfies(e -> assertThat(stack(e)).doesNotContain("secret-token", KEY));
        assertThatThrownBy(() -> remote.closedAmong(List.of(UUID.randomUUID())))
                .isInstanceOf(UnavailableException.class);
        if (!body.equals("result=done")) {
            assertThatThrownBy(() -> remote.end(UUID.randomUUID(), "x", CLIENT))
                    .isInstanceOf(UnavailableException.class);
        }
    }

    private static String stack(Throwable fault) {
        java.io.StringWriter text = new java.io.StringWriter();
        fault.printStackTrace(new java.io.PrintWriter(text));
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 301, 302, 307, 400, 401, 403, 404, 429, 500, 502, 503})
    void statusThatIsUnexpected_isAFault(int status) {
        answering = (exchange, form) -> {
            exchange.getResponseHeaders().add("Location", "/issuer/elsewhere");
            exchange.sendResponseHeaders(status, -1);
        };
        assertThatThrownBy(() -> remote.redeem(attempt(Secret.of("x")))).isInstanceOf(UnavailableException.class);
        assertThat(calls)
                .as("no redirect is followed, and an answer is an answer")
                .hasValue(1);
    }

    @Test
    void answerWithoutEnd_isAFault() {
        answering = (exchange, form) -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] part = new byte[64 * 1024];
            java.util.Arrays.fill(part, (byte) 'a');
            for (int i = 0; i < 1_000; i++) {
                exchange.getResponseBody().write(part);
            }
        };
        assertThatThrownBy(() -> remote.redeem(attempt(Secret.of("x")))).isInstanceOf(UnavailableException.class);
    }

    @Test
    void serviceThatIsNotThere_isAFault() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        RemoteLogins nowhere = new RemoteLogins(URI.create("http://127.0.0.1:" + port), Secret.of(KEY));
        assertThatThrownBy(() -> nowhere.redeem(attempt(Secret.of("x")))).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> nowhere.passwordAccepted(BOB, CLIENT)).isInstanceOf(UnavailableException.class);
    }

    @Test
    void endpoint_answersTheRightKeyFromTheRightAddressAlone() {
        Optional<String> right = Optional.of("Bearer " + KEY);
        assertThat(endpoint.answer("POST", "/sso/node/closed", "127.0.0.1", right, "sessions=")
                        .status())
                .isEqualTo(200);
        assertThat(endpoint.answer("POST", "/sso/node/closed", "::1", Optional.of("bearer " + KEY), "sessions=")
                        .status())
                .isEqualTo(200);
        for (String wrong : List.of("", "Bearer", "Bearer ", "Bearer 0123456789abcdeF", "Basic " + KEY, KEY)) {
            assertThat(endpoint.answer("POST", "/sso/node/closed", "127.0.0.1", Optional.of(wrong), "sessions=")
                            .status())
                    .as(wrong)
                    .isEqualTo(403);
        }
        assertThat(endpoint.answer("POST", "/sso/node/closed", "127.0.0.1", Optional.empty(), "sessions=")
                        .status())
                .isEqualTo(403);
        assertThat(endpoint.answer("POST", "/sso/node/closed", "192.0.2.1", right, "sessions=")
                        .status())
                .isEqualTo(403);
        assertThat(endpoint.answer("GET", "/sso/node/closed", "127.0.0.1", right, "")
                        .status())
                .isEqualTo(405);
        assertThat(endpoint.answer("POST", "/sso/node/nothing", "127.0.0.1", right, "")
                        .status())
                .isEqualTo(404);
        assertThat(endpoint.answer("POST", "/sso/v1/tokens", "127.0.0.1", right, "")
                        .status())
                .isEqualTo(404);
        NodeEndpoint off =
                new NodeEndpoint(postern.tokens(), Acme.settings(Map.of()).node(), Clock.systemUTC());
        assertThat(off.answer("POST", "/sso/node/closed", "127.0.0.1", Optional.of("Bearer "), "sessions=")
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "a=b",
                "attempt=x",
                "%",
                "sessions=x",
                "session=x&why=y&address=&agent=",
                "user=a&user=b"
            })
    void endpoint_refusesWhatItCannotRead(String form) {
        for (String call : List.of("redeem", "end", "closed", "password-accepted", "password-unchecked")) {
            int status = endpoint.answer(
                            "POST", NodeEndpoint.PATH + call, "127.0.0.1", Optional.of("Bearer " + KEY), form)
                    .status();
            assertThat(status).as(call).isEqualTo(400);
        }
    }

    @Test
    void endpoint_passesAFaultOn_andForgetsIt() {
        AtomicInteger tries = new AtomicInteger();
        NodeEndpoint flaky = new NodeEndpoint(
                new org.postern.core.service.WebmailLogins() {
                    @Override
                    public Redemption redeem(LoginAttempt attempt) {
                        if (tries.incrementAndGet() == 1) {
                            throw new UnavailableException("down");
                        }
                        return new Redemption.NeedsConfirmation();
                    }

                    @Override
                    public void passwordAccepted(String user, Client client) {}

                    @Override
                    public void passwordUnchecked(String user, Client client) {}

                    @Override
                    public void end(UUID session, String why, Client client) {}

                    @Override
                    public Set<UUID> closedAmong(java.util.Collection<UUID> sessions) {
                        return Set.of();
                    }
                },
                settings.node(),
                Clock.systemUTC());
        String form = Message.of(attempt(Secret.of("x")), UUID.randomUUID()).form();
        Optional<String> key = Optional.of("Bearer " + KEY);
        NodeEndpoint.Answer fault = flaky.answer("POST", "/sso/node/redeem", "127.0.0.1", key, form);
        assertThat(fault.status()).isEqualTo(503);
        assertThat(fault.retryAfter()).isPresent();
        assertThat(flaky.answer("POST", "/sso/node/redeem", "127.0.0.1", key, form)
                        .body())
                .isEqualTo("result=confirm");
        assertThat(flaky.answer("POST", "/sso/node/redeem", "127.0.0.1", key, form)
                        .body())
                .isEqualTo("result=confirm");
        assertThat(tries).hasValue(2);
    }

    @Test
    void keyAndTokens_neverTravelInTheOpen() {
        assertThatThrownBy(() -> RemoteLogins.from(
                        Acme.settings(Map.of("sso.issuer.url", "http://issuer.example", "sso.node.key", KEY))))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("sso.issuer.url: must start with https://");
        for (String url :
                List.of("https://issuer.example", "http://127.0.0.1:8080", "http://[::1]:1", "http://localhost")) {
            assertThat(RemoteLogins.from(Acme.settings(Map.of("sso.issuer.url", url, "sso.node.key", KEY))))
                    .isNotNull();
        }
        assertThat(RemoteLogins.from(Acme.settings(Map.of(
                        "sso.issuer.url", "http://issuer.example", "sso.node.key", KEY, "sso.http.plain", "true"))))
                .isNotNull();
    }
}
