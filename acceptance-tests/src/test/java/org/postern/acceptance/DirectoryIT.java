package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An operator's own directory, by settings alone: mailboxes that only OpenLDAP has, passwords that OpenLDAP or Dovecot
 * knows, and both of them asked by the program as it is shipped.
 */
class DirectoryIT {
    private static final String ALICE = "alice@acme.example";
    private static final String ERIKA = "erika@acme.example";
    private static final String FRANK = "frank@acme.example";
    private static final String SUSPENDED = "suspended@acme.example";
    private static final String PEOPLE = Slapd.person("erika", "Erika Mustermann", ERIKA, "preferredLanguage: de\n")
            + Slapd.person("frank", "Frank", FRANK, "")
            + Slapd.person("gone", "Gone", SUSPENDED, "employeeType: suspended\n")
            + Slapd.person("other", "Other", "other@globex.example", "")
            + Slapd.person("desk", "Desk", "desk@acme.example", "");

    @TempDir
    private Path folder;

    private RunningPostern.Launch postern(String... settings) {
        Path data = folder.resolve("data");
        RunningPostern.Finished made = with(RunningPostern.empty().data(data), settings)
                .option(
                        "admin",
                        "create",
                        "desk@acme.example",
                        "--role",
                        "domain",
                        "--company",
                        "Acme",
                        "--domain",
                        "acme.example")
                .run("desk's own password 1");
        assertThat(made.exitCode()).as(made.err()).isZero();
        return with(RunningPostern.empty().data(data), settings);
    }

    private static RunningPostern.Launch with(RunningPostern.Launch launch, String... settings) {
        for (int i = 0; i < settings.length; i += 2) {
            launch.setting(settings[i], settings[i + 1]);
        }
        return launch;
    }

    private static HelpDesk desk(RunningPostern postern) {
        return new HelpDesk(postern.port(), "desk@acme.example", "desk's own password 1");
    }

    private static Wire.Answer check(HelpDesk desk, String user, String password) {
        return desk.call("POST", "/sso/v1/users/" + user + "/password-check", "{\"password\":\"" + password + "\"}");
    }

    private static void assertChecked(HelpDesk desk, String user, String password, boolean valid) {
        Wire.Answer answer = check(desk, user, password);
        assertThat(answer.body()).as(answer.whole()).isEqualTo("{\"valid\":" + valid + "}");
    }

    private static List<String> ldap(Slapd slapd) {
        return List.of(
                "sso.directory",
                "ldap",
                "sso.ldap.urls",
                "ldap://127.0.0.1:" + slapd.port,
                "sso.ldap.base",
                Slapd.BASE,
                "sso.ldap.user",
                Slapd.ACCOUNT,
                "sso.ldap.password",
                Slapd.ACCOUNT_PASSWORD,
                "sso.ldap.suspended",
                "(employeeType=suspended)",
                "sso.ldap.timeout",
                "PT1S",
                "sso.mail.key",
                "demo-mail-key");
    }

    @Test
    void openldap_hasTheMailboxes_andPosternNeedsNoneOfItsOwn() throws IOException {
        try (Slapd slapd = new Slapd(Files.createDirectory(folder.resolve("ldap")), PEOPLE);
                RunningPostern postern =
                        postern(ldap(slapd).toArray(String[]::new)).start()) {
            HelpDesk desk = desk(postern);

            String token = desk.issue(ERIKA, "normal");
            assertThat(new Visitor(postern.port())
                            .follow(Visitor.loginTarget(ERIKA, token, ""))
                            .body())
                    .as("the language is the directory's")
                    .contains("lang=\"de\"");
            assertThat(desk.get("/sso/v1/users/" + ERIKA).getString("name")).isEqualTo("Erika Mustermann");

            assertChecked(desk, ERIKA, "ldap-erika", true);
            assertChecked(desk, ERIKA, "wrong", false);
            assertChecked(desk, ERIKA, "", false);
            assertChecked(desk, ERIKA, token, false);
            // The mailbox's password is LDAP's, the administrator's is Postern's, under one address.
            assertChecked(desk, "desk@acme.example", "ldap-desk", true);
            assertChecked(desk, "desk@acme.example", "desk's own password 1", false);
            assertThat(new HelpDesk(postern.port(), "desk@acme.example", "ldap-desk")
                            .call("GET", "/sso/v1/me", "")
                            .status())
                    .isEqualTo(401);
            theAdminTabOpens(postern, "ldap-desk", 403);
            theAdminTabOpens(postern, desk.issue("desk@acme.example", "normal_admin"), 200);

            assertThat(desk.get("/sso/v1/users?q=MUSTER").getList("items.address"))
                    .containsExactly(ERIKA);
            assertThat(desk.get("/sso/v1/users?q=").getList("items.address"))
                    .containsExactly("desk@acme.example", ERIKA, "frank@acme.example", SUSPENDED);
            assertThat(desk.get("/sso/v1/users?q=*").getList("items")).isEmpty();
            assertThat(desk.get("/sso/v1/users?q=" + Wire.encode(")(mail=*")).getList("items"))
                    .isEmpty();

            for (String nobody : List.of(SUSPENDED, "nobody@acme.example", "*@acme.example")) {
                assertThat(Wire.get(postern.port(), desk.toolsTarget(nobody, "normal"))
                                .body())
                        .as(nobody)
                        .isEqualTo("error: user does not exist\n");
            }
            assertThat(Wire.get(postern.port(), desk.toolsTarget("other@globex.example", "normal"))
                            .body())
                    .isEqualTo("error: permission denied\n");
            assertThat(postern.log()).doesNotContain(Slapd.ACCOUNT_PASSWORD, "ldap-erika", token);
        }
    }

    /** Whether what is typed into the form's second field opens more than the mailbox. */
    private static void theAdminTabOpens(RunningPostern postern, String secret, int status) {
        Visitor visitor = new Visitor(postern.port());
        visitor.post("/?_task=signin", "user=desk%40acme.example&pass=" + Wire.encode(secret));
        Wire.Answer page = visitor.get("/?_task=settings");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body().contains("id=\"nav-admin\"")).isEqualTo(status == 200);
        for (String task : List.of("admin", "tokens", "admin&_user=erika%40acme.example")) {
            assertThat(visitor.get("/?_task=" + task).status()).as(task).isEqualTo(status);
        }
    }

    @Test
    void openldapDownOrHanging_isAFaultInTime_andTokensGoOn() throws IOException {
        try (Slapd slapd = new Slapd(Files.createDirectory(folder.resolve("ldap")), PEOPLE);
                RunningPostern postern =
                        postern(ldap(slapd).toArray(String[]::new)).start()) {
            HelpDesk desk = desk(postern);
            String token = desk.issue(ERIKA, "normal");
            String sso = desk.issue(ERIKA, "sso");
            Visitor before = new Visitor(postern.port());
            before.follow(Visitor.loginTarget(ERIKA, token, ""));
            assertThat(before.get("/?_task=settings").status()).isEqualTo(200);

            slapd.freeze();
            faults(desk);
            slapd.thaw();
            awaitLdap(desk);
            slapd.stop();
            faults(desk);
            ownersAreNotHeldBack(postern);

            assertThat(before.get("/?_task=settings").status()).isEqualTo(200);
            Visitor after = new Visitor(postern.port());
            after.follow(Visitor.loginTarget(ERIKA, sso, ""));
            assertThat(after.get("/?_task=settings").status()).isEqualTo(200);

            slapd.start();
            awaitLdap(desk);
            Visitor owner = new Visitor(postern.port());
            owner.post("/?_task=signin", "user=" + FRANK + "&pass=ldap-frank");
            assertThat(owner.get("/?_task=settings").status()).isEqualTo(200);
            assertThat(desk.issue("frank@acme.example", "normal")).isNotEmpty();
        }
    }

    /** It is noticed to answer by the next that tries, some seconds after the last who did. */
    private static void awaitLdap(HelpDesk desk) {
        long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        Wire.Answer answer = check(desk, ERIKA, "ldap-erika");
        while (answer.status() == 503 && System.nanoTime() < end) {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            answer = check(desk, ERIKA, "ldap-erika");
        }
        assertThat(answer.body()).as(answer.whole()).isEqualTo("{\"valid\":true}");
    }

    /** More often than any wrong password is tried. */
    private static void ownersAreNotHeldBack(RunningPostern postern) {
        for (int i = 0; i < 30; i++) {
            Wire.Answer answer =
                    new Visitor(postern.port()).post("/?_task=signin", "user=" + FRANK + "&pass=ldap-frank");
            assertFault(answer);
            assertThat(answer.body()).doesNotContain("password is wrong");
        }
    }

    private static void faults(HelpDesk desk) {
        for (Runnable question : List.<Runnable>of(
                () -> assertFault(check(desk, ERIKA, "ldap-erika")),
                () -> assertFault(check(desk, ERIKA, "wrong")),
                () -> assertFault(desk.call("GET", "/sso/v1/users?q=erika", "")),
                () -> assertFault(desk.call("GET", "/sso/v1/users/frank@acme.example", "")))) {
            long start = System.nanoTime();
            question.run();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
        }
    }

    private static void assertFault(Wire.Answer answer) {
        assertThat(answer.status()).as(answer.whole()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isPresent();
    }

    /** Dovecot asks Postern about tokens, and Postern asks it about passwords: a token is none for all that. */
    @Test
    void dovecot_knowsThePasswords_andATokenIsNone() throws IOException {
        folder.toFile().setExecutable(true, false);
        folder.toFile().setReadable(true, false);
        int port = RunningPostern.freePort();
        Path data = folder.resolve("data");
        try (MailServer dovecot = MailServer.dovecot(Files.createDirectory(folder.resolve("dovecot")), "lua", port)) {
            String[] settings = {
                "sso.passwords",
                "imap",
                "sso.passwords.imap-url",
                "imap://127.0.0.1:" + dovecot.imap,
                "sso.imap.url",
                "imap://127.0.0.1:" + dovecot.imap,
                "sso.mail.key",
                "demo-mail-key"
            };
            RunningPostern.Launch launch = postern(settings).port(port);
            RunningPostern.Finished made = with(RunningPostern.empty().data(data), settings)
                    .option("mailbox", "create", ALICE)
                    .run();
            assertThat(made.exitCode()).as(made.err()).isZero();
            assertThat(made.out()).doesNotContain("password");
            try (RunningPostern postern = launch.start()) {
                HelpDesk desk = desk(postern);
                assertChecked(desk, ALICE, "demo-alice", true);
                assertChecked(desk, ALICE, "wrong", false);

                String token = desk.issue(ALICE, "normal");
                assertThat(MailClient.imap(dovecot.imap, ALICE, token)).isTrue();
                assertChecked(desk, ALICE, token, false);
                assertChecked(desk, ALICE, "demo-alice", true);

                // What Dovecot asks back while Postern asks it is nobody's guess: the webmail goes on from this host.
                for (int i = 0; i < 5; i++) {
                    assertChecked(desk, ALICE, "wrong " + i, false);
                }
                assertThat(desk.audit("user=" + ALICE + "&event=refused")).isEmpty();
                Visitor owner = new Visitor(postern.port());
                owner.post("/?_task=signin", "user=" + Wire.encode(ALICE) + "&pass=demo-alice");
                assertThat(owner.get("/?_task=mail").status()).as(postern.log()).isEqualTo(200);
                assertThat(MailClient.imap(dovecot.imap, ALICE, token)).isTrue();

                dovecot.stop();
                assertFault(check(desk, ALICE, "demo-alice"));
                assertFault(check(desk, ALICE, "wrong"));
                assertThat(postern.log()).doesNotContain("demo-alice", token);
            }
            RunningPostern.Finished refused = with(RunningPostern.empty().data(data), settings)
                    .option("mailbox", "password", ALICE)
                    .run("another password 2");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).contains("this directory is changed elsewhere");
        }
    }
}
