package org.postern.core.remote;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.postern.core.Channel;
import org.postern.core.Client;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.TokenSession;
import org.postern.core.service.LoginAttempt;
import org.postern.core.service.Redemption;
import org.postern.core.service.Refusal;
import org.postern.core.service.WebmailLogins;

/**
 * What goes over the wire between a webmail and its issuing service, both ways: a form, every name once. This class alone
 * knows the names. Reading throws {@link IllegalArgumentException} where anything is missing or malformed.
 */
final class Message {
    static final String REDEEM = "redeem";
    static final String PASSWORD_ACCEPTED = "password-accepted";
    static final String PASSWORD_UNCHECKED = "password-unchecked";
    static final String END = "end";
    static final String CLOSED = "closed";

    private static final String RESULT = "result";
    private static final String SESSIONS = "sessions";

    private final Map<String, String> fields = new LinkedHashMap<>();

    static Message parse(String form) {
        Message message = new Message();
        if (form.isEmpty()) {
            return message;
        }
        for (String field : form.split("&", -1)) {
            int equals = field.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("no field");
            }
            String name = URLDecoder.decode(field.substring(0, equals), StandardCharsets.UTF_8);
            String value = URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8);
            if (message.fields.put(name, value) != null) {
                throw new IllegalArgumentException("a field stands there twice");
            }
        }
        return message;
    }

    String form() {
        return fields.entrySet().stream()
                .map(f -> encode(f.getKey()) + '=' + encode(f.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    Message with(String name, String value) {
        fields.put(name, value);
        return this;
    }

    String text(String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no field " + name);
        }
        return value;
    }

    private UUID uuid(String name) {
        return UUID.fromString(text(name));
    }

    private Instant time(String name) {
        return Instant.ofEpochMilli(Long.parseLong(text(name)));
    }

    private MailboxAddress address(String name) {
        return MailboxAddress.parse(text(name)).orElseThrow(() -> new IllegalArgumentException("no address: " + name));
    }

    private Optional<SessionLocale> locale(String name) {
        String code = text(name);
        Optional<SessionLocale> locale = SessionLocale.parse(code);
        if (locale.isEmpty() && !code.isEmpty()) {
            throw new IllegalArgumentException("no locale: " + name);
        }
        return locale;
    }

    /** An issuing service of an older version says nothing of it, and knows no such sessions. */
    private boolean readOnly() {
        String value = fields.getOrDefault("read_only", "false");
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException("neither true nor false: read_only");
        }
        return value.equals("true");
    }

    private static String code(Optional<SessionLocale> locale) {
        return locale.map(SessionLocale::code).orElse("");
    }

    Message client(Client client) {
        return with("address", client.address()).with("agent", client.userAgent());
    }

    Client client() {
        return new Client(text("address"), text("agent"));
    }

    /** @param id the same for every time that this one attempt is sent */
    static Message of(LoginAttempt attempt, UUID id) {
        return new Message()
                .with("attempt", id.toString())
                .with("user", attempt.user())
                .with("secret", attempt.secret().reveal())
                .with("channel", attempt.channel().name())
                .with("confirmed", Boolean.toString(attempt.confirmed()))
                .with("note", attempt.note())
                .client(attempt.client());
    }

    LoginAttempt attempt() {
        uuid("attempt");
        return new LoginAttempt(
                text("user"),
                Secret.of(text("secret")),
                Channel.valueOf(text("channel")),
                text("confirmed").equals("true"),
                text("note"),
                client());
    }

    static Message of(Redemption redemption) {
        Message message = new Message();
        if (redemption instanceof Redemption.Redeemed redeemed) {
            TokenSession s = redeemed.session();
            return message.with(RESULT, "redeemed")
                    .with("session", s.id().toString())
                    .with("token", s.tokenId().toString())
                    .with("mailbox", s.mailbox().toString())
                    .with("type", s.type().apiName())
                    .with("issuer", s.issuer().toString())
                    .with("reason", s.reason())
                    .with("locale", code(s.locale()))
                    .with("read_only", Boolean.toString(s.readOnly()))
                    .with("started", Long.toString(s.startedAt().toEpochMilli()))
                    .with("ends", Long.toString(s.endsAt().toEpochMilli()))
                    .with("credential", redeemed.credential().reveal())
                    .with("mailbox_locale", code(redeemed.mailboxLocale()))
                    .client(s.client());
        } else if (redemption instanceof Redemption.NeedsConfirmation) {
            return message.with(RESULT, "confirm");
        } else if (redemption instanceof Redemption.Throttled throttled) {
            return message.with(RESULT, "throttled")
                    .with("retry_after", Long.toString(throttled.retryAfter().toMillis()));
        }
        Refusal why = ((Redemption.Refused) redemption).why();
        return message.with(RESULT, "refused").with("why", known(why).name());
    }

    /** A webmail of an older version would take a name that it does not know for a fault. */
    private static Refusal known(Refusal why) {
        return why == Refusal.NOT_APPROVED ? Refusal.REVOKED : why;
    }

    Redemption redemption() {
        return switch (text(RESULT)) {
            case "redeemed" ->
                new Redemption.Redeemed(
                        new TokenSession(
                                uuid("session"),
                                uuid("token"),
                                address("mailbox"),
                                SessionType.parse(text("type"))
                                        .orElseThrow(() -> new IllegalArgumentException("no type")),
                                address("issuer"),
                                text("reason"),
                                locale("locale"),
                                readOnly(),
                                time("started"),
                                time("ends"),
                                Optional.empty(),
                                client()),
                        Secret.of(text("credential")),
                        locale("mailbox_locale"));
            case "confirm" -> new Redemption.NeedsConfirmation();
            case "throttled" -> new Redemption.Throttled(Duration.ofMillis(Long.parseLong(text("retry_after"))));
            case "refused" -> new Redemption.Refused(Refusal.valueOf(text("why")));
            default -> throw new IllegalArgumentException("no such result");
        };
    }

    static Message end(UUID session, String why, Client client) {
        return new Message()
                .with("session", session.toString())
                .with("why", why)
                .client(client);
    }

    void end(WebmailLogins logins) {
        logins.end(uuid("session"), text("why"), client());
    }

    static Message done() {
        return new Message().with(RESULT, "done");
    }

    boolean isDone() {
        return text(RESULT).equals("done");
    }

    static Message of(Collection<UUID> sessions) {
        return new Message()
                .with(SESSIONS, sessions.stream().map(UUID::toString).collect(Collectors.joining(",")));
    }

    Set<UUID> sessions() {
        String list = text(SESSIONS);
        return list.isEmpty()
                ? Set.of()
                : Arrays.stream(list.split(",", -1)).map(UUID::fromString).collect(Collectors.toUnmodifiableSet());
    }
}
