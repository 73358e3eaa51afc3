package org.postern.core.settings;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * What a company's reasons look like. However bad the expression is, a reason is judged within a bounded number of
 * looks at its characters; one that would need more is not accepted. Immutable and thread-safe.
 */
public final class ReasonPattern {
    /** A sound expression needs a few hundred for the longest reason. */
    private static final int MOST_LOOKS = 200_000;

    private final Pattern pattern;

    ReasonPattern(Pattern pattern) {
        this.pattern = pattern;
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
