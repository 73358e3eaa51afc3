package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sample webmail as it is shipped at a real Dovecot and a real Postfix, by settings alone: it logs in at both by its
 * sessions' credentials.
 */
class WebmailAtDovecotIT {
    private static final String ALICE = "alice@acme.example";
    private static final String DESK = "desk@acme.example";

    @TempDir
    private Path folder;

    @Test
    void openedByAToken_aLetterIsWritten_listed_read_andAllOfItEndsWithTheToken() throws IOException {
        folder.toFile().setExecutable(true, false);
        folder.toFile().setReadable(true, false);
        Path data = folder.resolve("data");
        command(
                data,
                "desk's own password 1",
                "admin",
                "create",
                DESK,
                "--role",
                "domain",
                "--company",
                "Acme",
                "--domain",
                "acme.example");
        command(data, "not the one at Dovecot 2", "mailbox", "create", ALICE);
        int port = RunningPostern.freePort();
        int authPort = RunningPostern.freePort();
        int smtp = RunningPostern.freePort();
        try (MailServer dovecot = MailServer.dovecot(Files.createDirectory(folder.resolve("dovecot")), "lua", port);
                RunningPostern postern = RunningPostern.empty()
                        .data(data)
                        .port(port)
                        .setting("sso.mail.key", "demo-mail-key")
                        .setting("sso.mail.auth.port", String.valueOf(authPort))
                        .setting("sso.imap.url", "imap://127.0.0.1:" + dovecot.imap)
                        .setting("sso.smtp.url", "smtp://127.0.0.1:" + smtp)
                        .start();
                // It wants its answers as soon as it runs.
                MailServer postfix =
                        MailServer.postfix(Files.createDirectory(folder.resolve("postfix")), smtp, authPort)) {
            HelpDesk desk = new HelpDesk(port, DESK, "desk's own password 1");
            var token = desk.issueByApi(ALICE, "normal", "Ticket 4711");
            Visitor support = new Visitor(port);
            support.follow(Visitor.loginTarget(ALICE, token.getString("token"), ""));
            assertThat(support.seesMailbox()).as(postern.log() + dovecot.log()).isTrue();

            write(support, "Grüße von der Aufsicht");
            assertThat(postfix.log()).contains("sasl_username=" + ALICE);
            Document list = Jsoup.parse(support.get("/?_task=mail&_folder=Sent").body());
            var row = list.select("a:contains(Grüße von der Aufsicht)");
            assertThat(row).as(list.body().text() + dovecot.log()).isNotEmpty();
            assertThat(support.follow(row.attr("href")).body()).contains("Grüße von der Aufsicht", ALICE);
            assertThat(dovecot.log()).contains("user=<" + ALICE + ">").doesNotContain(token.getString("token"));

            assertThat(desk.call("DELETE", "/sso/v1/tokens/" + token.getString("id"), "")
                            .status())
                    .isEqualTo(204);
            Instant revoked = Instant.now();
            while (support.seesMailbox()) {
                assertThat(Duration.between(revoked, Instant.now())).isLessThan(Duration.ofSeconds(5));
            }
        }
    }

    private static void command(Path data, String input, String... words) {
        RunningPostern.Launch launch = RunningPostern.empty().data(data).option(words);
        RunningPostern.Finished finished = launch.run(input);
        assertThat(finished.exitCode()).as(finished.err()).isZero();
    }

    private static void write(Visitor support, String subject) {
        String csrf = Jsoup.parse(support.get("/?_task=write").body())
                .select("#letter [name=_token]")
                .val();
        StringBuilder form = new StringBuilder();
        for (List<String> field : List.of(
                List.of("_token", csrf), List.of("to", ALICE), List.of("subject", subject), List.of("text", "Hello"))) {
            form.append("--part\r\nContent-Disposition: form-data; name=\"" + field.get(0) + "\"\r\n\r\n" + field.get(1)
                    + "\r\n");
        }
        Wire.Answer sent = support.send(
                "POST", "/?_task=send", form + "--part--\r\n", "Content-Type: multipart/form-data; boundary=part");
        assertThat(sent.status()).as(sent.body()).isEqualTo(303);
    }
}
