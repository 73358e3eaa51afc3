package org.postern.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 7: what makes a request a login, which paths are doubtful, and how strictly a form is read. */
class ParsingTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/;x",
                "/a;b/c",
                "//",
                "/a//b",
                "/a//",
                "/.",
                "/..",
                "/./",
                "/../",
                "/a/.",
                "/a/..",
                "/a/./b",
                "/a/../b",
                "/%2e",
                "/%2E%2e/",
                "/a%2fb",
                "/a%2Fb",
                "/%5c",
                "/a\\b",
                "/%00",
                "/%0a",
                "/%1f",
                "/%7f",
                "/%3b",
                "/%3B",
                "/%",
                "/%2",
                "/%zz",
                "/%u002f",
                "/a b",
                "/a\tb",
                "/a\u007fb",
                "a",
                "http://x/",
                "?"
            })
    void path_thatCanBeReadTwoWays_isDoubtful(String path) {
        assertThat(RequestPath.isDoubtful(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/a",
                "/a/",
                "/a/b.css",
                "/.a",
                "/..a",
                "/a./b",
                "/a../b",
                "/...",
                "/.well-known/x",
                "/%20",
                "/%41",
                "/%c3%a4",
                "/%25",
                "/%252e",
                "/a:b@c,d=e",
                "*",
                "/\u00e4"
            })
    void path_thatIsPlain_isNot(String path) {
        assertThat(RequestPath.isDoubtful(path)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "LOGIN, _task=login&_action=login",
        "LOGIN, _action=login&_task=login",
        "LOGIN, a=b&_task=login&&c&_action=login&d",
        "LOGIN, _task=mail&_task=login&_action=login",
        "OTHER, _task=login",
        "OTHER, _action=login",
        "OTHER, _task=login;_action=login",
        "OTHER, _task=loginx&_action=login",
        "OTHER, x_task=login&_action=login",
        "OTHER, x=_task=login&_action=login",
        "OTHER, '_task=login&_action=login '",
        "OTHER, _t%61sk=login&_action=login",
        "OTHER, _TASK=login&_action=login",
        "OTHER, a?_task=login&b",
        "LOGOUT, _task=logout",
        "LOGOUT, a&_task=logout&_action=login",
        "OTHER, _task=logouts",
        "INTERFACE, _interface=basic",
        "INTERFACE, _interface=basic&_task=mail",
        "OTHER, _task=mail&_interface=basic",
        "OTHER, _task=logfile&_interface=basic",
        "OTHER, _task=mail&_mbox=INBOX",
        "OTHER, ''",
        "OTHER, &&&"
    })
    void query_isWhatItsLiteralParametersSay(LoginQuery kind, String query) {
        assertThat(LoginQuery.of(query)).isEqualTo(kind);
    }

    @Test
    void alias_needsUserAndSecret() {
        assertThat(LoginQuery.hasCredentials("user=a&pass=b")).isTrue();
        assertThat(LoginQuery.hasCredentials("x&_pass=b&_user=")).isTrue();
        assertThat(LoginQuery.hasCredentials("user=a")).isFalse();
        assertThat(LoginQuery.hasCredentials("xuser=a&pass=b")).isFalse();
        assertThat(LoginQuery.hasCredentials("user=a;pass=b")).isFalse();
    }

    private static List<FormFields.Field> fields(String query, String body) {
        return FormFields.parse(query, body.getBytes(StandardCharsets.UTF_8))
                .orElseThrow()
                .all();
    }

    @Test
    void form_isReadInOrder_queryFirst() {
        assertThat(fields("a=1&b=%C3%A4+x%2B&=c&d&&e==", "f=\u00e4&a=2"))
                .extracting(f -> f.name() + ":" + f.value())
                .containsExactly("a:1", "b:\u00e4 x+", ":c", "d:", "e:=", "f:\u00e4", "a:2");
        FormFields form = FormFields.parse("a=1", "a=2&b=3".getBytes(StandardCharsets.UTF_8))
                .orElseThrow();
        assertThat(form.count(Set.of("a", "b"))).isEqualTo(3);
        assertThat(form.value("a")).isEqualTo("1");
        assertThat(form.value("z")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%1", "%zz", "%c3", "%c0%ae", "%ed%a0%80", "%ff", "%\uff11\uff11"})
    void form_thatIsMalformed_isNone(String bad) {
        byte[] none = {};
        for (String query : List.of(bad + "=x", "x=" + bad, "a=b&x=" + bad + "&c=d", bad)) {
            assertThat(FormFields.parse(query, none)).isEmpty();
            assertThat(FormFields.parse("", query.getBytes(StandardCharsets.UTF_8)))
                    .isEmpty();
        }
    }

    @Test
    void form_withTooManyFields_orADecodedQuery_isNone() {
        byte[] none = {};
        assertThat(FormFields.parse("a&".repeat(100), none)).isPresent();
        assertThat(FormFields.parse("a&".repeat(101), none)).isEmpty();
        assertThat(FormFields.parse("a&".repeat(60), "b&".repeat(60).getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
        assertThat(FormFields.parse("a=\u00e4", none)).isEmpty();
    }
}
