package org.postern.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text from outside becomes a value, or is refused: contract, sections 2, 3 and 7. */
class ParsingTest {
    private final LogoutRedirect anyHost = new LogoutRedirect(List.of());

    @Test
    void address_isCanonical() {
        assertThat(MailboxAddress.parse("Alice.B@B\u00fccher.Example"))
                .hasToString("Optional[alice.b@xn--bcher-kva.example]");
    }

    /** Where {@code I} in lower case is another letter, addresses, locales and hosts stay what they are elsewhere. */
    @Test
    void anything_underATurkishLocale_isRead_asElsewhere() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr-TR"));
        try {
            assertThat(MailboxAddress.parse("INFO.I@TITI.EXAMPLE")).hasToString("Optional[info.i@titi.example]");
            assertThat(SessionLocale.parse("IT")).contains(SessionLocale.IT);
            assertThat(SessionType.parse("admin_only")).contains(SessionType.ADMIN_ONLY);
            assertThat(new LogoutRedirect(List.of("TITI.EXAMPLE")).accepts("HTTPS://titi.example/"))
                    .isTrue();
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "@",
                "a",
                "a@",
                "@b.example",
                "a@@b.example",
                "a@b@c.example",
                "a*m@b.example",
                "a%m@b.example",
                "a/m@b.example",
                "\"a\"@b.example",
                "a b@b.example",
                "a@b.example.",
                "a@b..example",
                "a@-b.example",
                "a@b\u3002example",
                "a@stra\u00dfe.example",
                "a@\u212a.example",
                "a@\u0130.example",
                "\u0131@b.example",
                "a@evil.c\u2100.example",
                "a@\uff42.example",
                "a@127.0.0.1",
                ".a@b.example",
                "a.@b.example",
                "a..b@b.example",
                "a\r\n@b.example",
                "a\0@b.example"
            })
    void address_thatNeedsRepair_isRefused(String text) {
        assertThat(MailboxAddress.parse(text)).isEmpty();
    }

    @Test
    void life_isCappedHoweverLong() {
        assertThat(TokenLife.parse("7200")).contains(Duration.ofHours(2));
        assertThat(TokenLife.parse("2678401")).contains(TokenLife.MAX);
        assertThat(TokenLife.parse("9".repeat(5000))).contains(TokenLife.MAX);
        assertThat(TokenLife.parse("0".repeat(50) + "60")).contains(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "000", "-1", "+7200", " 60", "60 ", "1e3", "\uff17\uff12", "\u0667", "0x10", "1.0"})
    void life_thatIsNoNumber_isRefused(String text) {
        assertThat(TokenLife.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"da", "de", "el", "en", "es", "fr", "it", "nl", "no", "pt_BR", "sv"})
    void locale_ofTheEleven_isFoundInEverySpelling(String code) {
        for (String spelling :
                List.of(code, code.toUpperCase(Locale.ROOT), code.toLowerCase(Locale.ROOT), code.replace('_', '-'))) {
            assertThat(SessionLocale.parse(spelling))
                    .as(spelling)
                    .map(SessionLocale::code)
                    .contains(code);
        }
        assertThat(SessionLocale.values()).hasSize(11);
    }

    @Test
    void locale_isFoundWithoutCase() {
        assertThat(SessionLocale.parse("PT-br")).contains(SessionLocale.PT_BR);
        assertThat(SessionLocale.parse("nb")).isEmpty();
        assertThat(SessionLocale.parse("\u0130T")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://portal.example.com", "http://portal.example.com:8080/a/b?c=d&e=%20#f", "https://127.0.0.1/",
                "https://[2001:db8::1]/x", "HTTPS://Portal.Example.com/", "https://portal.example.com?x",
                "https://portal.example.com:0/", "https://portal.example.com:65535/"
            })
    void redirect_thatIsClean_isAccepted(String url) {
        assertThat(anyHost.accepts(url)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "//evil.example",
                "/x",
                "javascript:alert(1)",
                "https:evil.example",
                "https:///evil.example",
                "https://evil.example\\@portal.example",
                "https://a@evil.example/",
                "https://evil.example%2f.portal/",
                "https://evil.example:65536/",
                "https://evil.example:/",
                "https://ev il.example/",
                "https://0x7f.1/",
                "https://2130706433/",
                "https://127.1/",
                "https://010.0.0.1/",
                "https://[::FFFF]/",
                "https://[0:0:0:0:0:0:0:1]/",
                "https://evil.example/\r\nX: y",
                "https://evil.example/%zz",
                "https://\u00fc.example/",
                "https://evil..example/",
                "https://evil.example./",
                "https://.example/",
                "\thttps://evil.example/",
                "https://evil.example/\u0000",
                "https://evil.example/<x>"
            })
    void redirect_thatIsDoubtful_isDropped(String url) {
        assertThat(anyHost.accepts(url)).isFalse();
    }

    @Test
    void redirect_of2048Characters_isTheLongest() {
        String longest = "https://portal.example.com/" + "x".repeat(2048 - 27);
        assertThat(anyHost.accepts(longest)).isTrue();
        assertThat(anyHost.accepts(longest + "x")).isFalse();
    }

    @Test
    void redirect_outsideTheList_isDropped() {
        LogoutRedirect listed = new LogoutRedirect(List.of("portal.example", "*.shop.example"));
        assertThat(listed.accepts("https://PORTAL.example/x")).isTrue();
        assertThat(listed.accepts("https://a.shop.example/")).isTrue();
        assertThat(listed.accepts("https://shop.example/")).isFalse();
        assertThat(listed.accepts("https://evilshop.example/")).isFalse();
        assertThat(listed.accepts("https://portal.example.evil.example/")).isFalse();
    }

    @Test
    void secret_isNeverPrinted() {
        assertThat(Secret.of("hunter22hunter")).hasToString("***");
        assertThat(String.valueOf(List.of(Secret.of("hunter22hunter")))).doesNotContain("hunter");
    }
}
