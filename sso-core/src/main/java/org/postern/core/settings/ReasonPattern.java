package org.postern.core.settings;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What a company's reasons look like. A reason is judged within a bounded number of looks at its characters; one that
 * would need more is not accepted. An expression that could go on trying without a look is not taken in the first place.
 * Immutable and thread-safe.
 */
public final class ReasonPattern {
    /** A sound expression needs a few hundred for the longest reason. */
    private static final int MOST_LOOKS = 200_000;

    /** What each may be tried without a look: twice as many tries for each. */
    private static final int MOST_EMPTY_GROUPS = 10;

    private static final Pattern REFERENCE = Pattern.compile("\\\\[1-9k]");

    private final Pattern pattern;

    private ReasonPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** @throws PatternSyntaxException where it is no expression, or one that is not taken */
    static ReasonPattern of(String expression) {
        Pattern pattern = Pattern.compile(expression);
        refuseEndless(expression);
        return new ReasonPattern(pattern);
    }

    /**
     * A group that matches nothing leaves no look to count: repeated fifty times, two ways through it are 2^50. Where it
     * is repeated by {@code *} or {@code +}, the library itself stops when nothing was matched.
     */
    private static void refuseEndless(String expression) {
        Deque<Integer> open = new ArrayDeque<>();
        int empty = 0;
        int classes = 0;
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == '\\') {
                int quoted = expression.startsWith("Q", i + 1) ? expression.indexOf("\\E", i) : i;
                i = (quoted < 0 ? expression.length() : quoted) + 1;
            } else if (c == '[') {
                classes++;
            } else if (c == ']' && classes > 0) {
                classes--;
            } else if (c == '(' && classes == 0) {
                open.push(i);
            } else if (c == ')' && classes == 0 && !open.isEmpty()) {
                boolean matchesNothing = matchesNothing(expression.substring(open.pop(), i + 1));
                empty += matchesNothing ? 1 : 0;
                if ((matchesNothing && expression.startsWith("{", i + 1)) || empty > MOST_EMPTY_GROUPS) {
                    throw new PatternSyntaxException("groups that may match nothing are repeated", expression, i);
                }
            }
        }
    }

    /** Where a group refers to another one, it may: what that one matched cannot be told. */
    private static boolean matchesNothing(String group) {
        return REFERENCE.matcher(group).find()
                || Pattern.compile(group).matcher("").matches();
    }

    /** Whether the whole reason is of this form. */
    public boolean accepts(String reason) {
        try {
            return pattern.matcher(new Counted(reason, new AtomicInteger())).matches();
        } catch (TooManyLooks tooHard) {
            return false;
        }
    }

    @Override
    public String toString() {
        return pattern.pattern();
    }

    /** @param looks how many there were, over all parts of the text */
    private record Counted(CharSequence text, AtomicInteger looks) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (looks.incrementAndGet() > MOST_LOOKS) {
                throw new TooManyLooks();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text.subSequence(start, end), looks);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }

    private static final class TooManyLooks extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyLooks() {
            super("too many looks", null, false, false);
        }
    }
}
