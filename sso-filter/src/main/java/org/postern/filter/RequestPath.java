package org.postern.filter;

/**
 * The one rule for paths (contract, section 7): a path that two readers may read differently is doubtful. Doubtful are
 * path parameters, empty, {@code .} and {@code ..} segments, backslashes, controls, and the encoded forms of slash,
 * backslash, dot, semicolon and controls, and broken escapes. Nothing is ever decoded or repaired.
 */
final class RequestPath {
    private RequestPath() {}

    /** Whether a raw path is doubtful. Allocates nothing. */
    static boolean isDoubtful(String raw) {
        int length = raw.length();
        if (length == 0 || raw.charAt(0) != '/') {
            return length != 0 && !raw.equals("*");
        }
        for (int i = 1; i < length; i++) {
            char c = raw.charAt(i);
            // Nearly every character is a small letter: one comparison each.
            if ((c < 'a' || c > 'z') && isDoubtful(raw, i, c)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDoubtful(String raw, int i, char c) {
        return switch (c) {
            case '/' -> raw.charAt(i - 1) == '/';
            case '.' -> raw.charAt(i - 1) == '/' && isDotSegment(raw, i);
            case '%' -> isBadEscape(raw, i);
            case ';', '\\', 0x7f -> true;
            default -> c <= ' ';
        };
    }

    /** {@code .} or {@code ..}, not a name that begins so. */
    private static boolean isDotSegment(String raw, int start) {
        int end = start + 1;
        if (end < raw.length() && raw.charAt(end) == '.') {
            end++;
        }
        return end == raw.length() || raw.charAt(end) == '/';
    }

    private static boolean isBadEscape(String raw, int percent) {
        if (percent + 2 >= raw.length()) {
            return true;
        }
        int high = Character.digit(raw.charAt(percent + 1), 16);
        int low = Character.digit(raw.charAt(percent + 2), 16);
        int value = high * 16 + low;
        return high < 0 || low < 0 || value < 0x20 || value == 0x7f || "/\\.;".indexOf(value) >= 0;
    }
}
