package org.postern.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postern.core.service.Issuance;

/** Somebody else's webmail gets login tokens in Quarkus by the jar and two settings too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuarkusIT {
    private static final String ALICE = "alice@acme.example";
    private static final String FORM = "Please log in";
    private static final Pattern LISTENING = Pattern.compile("Listening on: http://127\\.0\\.0\\.1:(\\d+)");

    private IssuingService issuing;
    private Process quarkus;
    private int port;

    @BeforeAll
    void start() throws Exception {
        issuing = new IssuingService();
        quarkus = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=0",
                        "-Dsso.issuer.url=" + issuing.url(),
                        "-Dsso.node.key=" + IssuingService.KEY,
                        "-jar",
                        "target/quarkus-app/quarkus-run.jar")
                .redirectErrorStream(true)
                .start();
        port = port(quarkus.inputReader(StandardCharsets.UTF_8));
    }

    /** Waits for it; a process that ends instead has told why. */
    private static int port(BufferedReader log) throws Exception {
        StringBuilder told = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                Thread rest = new Thread(() -> log.lines().forEach(System.out::println), "quarkus");
                rest.setDaemon(true);
                rest.start();
                return Integer.parseInt(listening.group(1));
            }
            told.append(line).append('\n');
        }
        throw new IllegalStateException("Quarkus did not start:\n" + told);
    }

    @AfterAll
    void stop() throws Exception {
        quarkus.destroy();
        assertThat(quarkus.waitFor(20, TimeUnit.SECONDS)).isTrue();
        issuing.close();
    }

    @Test
    void loginUrl_opensTheHostsInbox_once_untilLogout() throws Exception {
        ForeignHost.Browser browser = new ForeignHost.Browser(port);
        assertThat(browser.get("/inbox").body()).contains(FORM);
        String token = issuing.issue("postmaster@acme.example", "sso_admin", "de")
                .value()
                .reveal();

        assertThat(browser.logIn("postmaster@acme.example", token).body())
                .contains("Posteingang von postmaster@acme.example", "Domain");
        assertThat(new ForeignHost.Browser(port)
                        .logIn("postmaster@acme.example", token)
                        .body())
                .contains(FORM);
        browser.get("/?_task=logout", "Sec-Fetch-Site", "none");
        assertThat(browser.get("/inbox").body()).contains(FORM);
    }

    @Test
    void formThatAsksTheContainer_takesAToken_andARevokedOneEndsTheSession() throws Exception {
        ForeignHost.Browser browser = new ForeignHost.Browser(port);
        Issuance.Issued issued = issuing.issue(ALICE, "normal", "");

        browser.post(
                "/container-login", "user", ALICE, "password", issued.value().reveal());
        assertThat(browser.get("/inbox").body()).contains("Inbox of " + ALICE);
        issuing.revoke(issued);

        long end = System.nanoTime() + 5_000_000_000L;
        while (!browser.get("/inbox").body().contains(FORM)) {
            assertThat(System.nanoTime()).as("five seconds are over").isLessThan(end);
            Thread.sleep(50);
        }
    }

    @Test
    void ownForm_takesItsOwnPassword_asBefore() throws Exception {
        ForeignHost.Browser browser = new ForeignHost.Browser(port);
        assertThat(browser.post("/login", "user", ALICE, "password", "alices-own")
                        .body())
                .contains("Inbox of " + ALICE);
    }
}
