package org.postern.container;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Contract, section 7: the login URL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoginTest {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";

    private Site site;

    @BeforeAll
    void start() throws Exception {
        site = new Site();
    }

    @AfterAll
    void stop() throws Exception {
        site.close();
    }

    @Test
    void login_withoutDirect_showsTheLogoPage() throws Exception {
        Raw.Answer answer = site.raw.get(site.url(ALICE, site.token(ALICE, "sso")));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .contains("<meta http-equiv=\"refresh\" content=\"1; url=/?_task=mail\">")
                .contains("<a href=\"/?_task=mail\">Continue</a>")
                .contains("You are being logged in…")
                .contains("<html lang=\"en\">")
                .doesNotContain("<script");
        assertGuarded(answer);
        assertThat(answer.header("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(site.seen(answer.sessionCookie().orElseThrow())).contains("user=" + ALICE);
    }

    @Test
    void login_withDirect_goesStraightOn() throws Exception {
        String token = site.token(ALICE, "sso");
        Raw.Answer answer = site.raw.get(site.url(ALICE, token) + "&direct=1");

        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Location")).contains("/?_task=mail");
        assertGuarded(answer);
        assertThat(String.join("\n", answer.headers()) + answer.body()).doesNotContain(token);
    }

    @Test
    void login_thatIsRefused_goesToTheHostsOwnLogin() throws Exception {
        Raw.Answer answer = site.raw.get(site.url(ALICE, "no-token-at-all"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .contains("refusal=refused")
                .contains("user=null")
                .contains("param.pass=no-token");
        assertThat(answer.all("Set-Cookie")).isEmpty();
    }

    private static void assertGuarded(Raw.Answer answer) {
        assertThat(answer.header("Cache-Control")).contains("no-store");
        assertThat(answer.header("Referrer-Policy")).contains("no-referrer");
        assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
    }
}
