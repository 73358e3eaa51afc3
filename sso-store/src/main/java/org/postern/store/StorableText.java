package org.postern.store;

/** Text as every database can keep it. */
final class StorableText {
    /** More than any field of ours may have; what is longer was never meant to be kept. */
    private static final int MOST = 4000;

    private static final char REPLACEMENT = '\ufffd';

    private StorableText() {}

    /** The text with U+FFFD in place of NULs and lone surrogates, and cut where it has no end. */
    static String of(String text) {
        int length = Math.min(text.length(), MOST);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return replaced(text, length);
            }
        }
        return length == text.length() ? text : text.substring(0, length);
    }

    private static String replaced(String text, int length) {
        StringBuilder storable = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            boolean pair =
                    Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                storable.append(c).append(text.charAt(++i));
            } else {
                storable.append(c == 0 || Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        return storable.toString();
    }
}
