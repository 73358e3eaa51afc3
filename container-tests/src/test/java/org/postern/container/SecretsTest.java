package org.postern.container;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.postern.core.AuditEvent;
import org.slf4j.LoggerFactory;

/** Contract, section 3: a token, a password, a session's id or credential is in no log line and no audit row. */
class SecretsTest {
    private static final String ALICE = "alice@acme.example";

    @Test
    void journeys_atTrace_leaveNoSecretBehind() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(log);
        List<String> secrets = new ArrayList<>(List.of("my-own-password", "evil.example"));
        List<AuditEvent> rows = new ArrayList<>();
        try (Site site = new Site("/web", Map.of())) {
            String once = site.token(ALICE, "sso");
            String many = site.token(ALICE, "normal");
            String click = site.token(ALICE, "sso", "", "", true);
            secrets.addAll(List.of(once, many, click));
            String more = "&direct=1&locale=xx&logout_redirect=https://evil.example%5C";
            String cookie =
                    site.raw.get(site.url(ALICE, once) + more).sessionCookie().orElseThrow();
            secrets.add(cookie.replaceFirst(".*=", ""));
            String seen = site.seen(cookie);
            for (String field : List.of("csrf", "credential")) {
                secrets.add(seen.replaceFirst("(?s).*\\b" + field + "=(\\S+).*", "$1"));
            }
            site.raw.get(site.url(ALICE, once));
            site.raw.get(site.url(ALICE, click));
            site.raw.get(site.url(ALICE, "my-own-password"));
            site.raw.get(site.url("no address", "my-own-password").replace(" ", "%20"));
            site.raw.get(site.url(ALICE, many) + "&pass=" + many);
            site.raw.post("/web/own", "u=" + ALICE + "&p=" + many, "X-Act: own-login");
            site.raw.get("/web/;x?_task=login&_action=login&user=a&pass=" + many);
            site.raw.get("/web/?_task=logout", "Cookie: " + cookie, "Sec-Fetch-Site: none");
            for (AuditEvent.Type type : AuditEvent.Type.values()) {
                rows.addAll(site.audit(type));
            }
        } finally {
            root.detachAppender(log);
        }
        String text = new ArrayList<>(log.list)
                        .stream()
                                .map(e -> e.getFormattedMessage()
                                        + (e.getThrowableProxy() == null
                                                ? ""
                                                : ThrowableProxyUtil.asString(e.getThrowableProxy())))
                                .collect(Collectors.joining("\n"))
                + rows;

        assertThat(text).contains("event=redeemed", "its logout target was dropped");
        assertThat(secrets).hasSize(8).allSatisfy(secret -> {
            assertThat(secret).hasSizeGreaterThan(7);
            assertThat(text).doesNotContain(secret);
        });
    }
}
