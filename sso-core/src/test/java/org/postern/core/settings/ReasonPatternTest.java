package org.postern.core.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However bad the expression is, no reason holds a thread. */
class ReasonPatternTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "[A-Z]+-\\d+ INC-4711 true",
                "[A-Z]+-\\d+ INC-4711x false",
                "[A-Z]+-\\d+(,[A-Z]+-\\d+){0,9} INC-1,INC-2 true",
                "(INC|CHG)?\\d{4,8} CHG4711 true",
                "(?:(?:#|No)\\d+)? #12 true",
                "[(|)]{2}\\( ()( true",
                "\\Q(|)\\E{1} (|) true",
                "(\\d\\d)/\\1 47/47 true"
            })
    void soundExpression_isTaken(String expression, String reason, boolean accepted) {
        assertThat(ReasonPattern.of(expression).accepts(reason)).isEqualTo(accepted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a+)+b", "(a|a)*b", "(a|aa)+b", "(a*)*b", "(.*a){20}b", "((a+)*)+b", "([a-z]+a?)+b"})
    void expressionThatReadsWithoutEnd_refusesTheReason(String expression) {
        ReasonPattern pattern = ReasonPattern.of(expression);

        boolean accepted = assertTimeoutPreemptively(AT_ONCE, () -> pattern.accepts("a".repeat(500)));

        assertThat(accepted).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(|){50}z",
                "a*(|){50}z",
                "a*(a?|b?){50}z",
                "a*(?:x*|y*){9,50}z",
                "a*((|)){50}z",
                "a*(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)z",
                "a*(b?)(\\1|\\1){50}z",
                "\\Qx\\E[(]a*(|){50}z"
            })
    void expressionThatTriesWithoutReading_isNotTaken(String expression) {
        assertThatThrownBy(() -> ReasonPattern.of(expression)).isInstanceOf(PatternSyntaxException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a*(|)*z", "a*(|)+z", "a*((|)+)+z", "a*(a?|b?)*z", "a*((a?|b?)*|(c?)*)+z", "a*(|)(|)(|)(|)z"})
    void fewEmptyGroups_areTriedInNoTime(String expression) {
        ReasonPattern pattern = ReasonPattern.of(expression);

        assertThat(assertTimeoutPreemptively(AT_ONCE, () -> pattern.accepts("a".repeat(500))))
                .isFalse();
    }
}
