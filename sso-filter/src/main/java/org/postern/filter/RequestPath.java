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
        for (int i = 0; i < length; i++) {
            char c = raw.charAt(i);
            if (c >= 'A' && c != '\\' && c != 0x7f) {
                continue;
            }
            if (c == '/' ? startsBadSegment(raw, i + 1) : c <= ' ' || c == ';' || c == '\\' || c == 0x7f) {
                return true;
            }
            if (c == '%' && isBadEscape(raw, i)) {
                return true;
            }
        }
        return false;
    }

    /** An empty segment before another one, or {@code .}, or {@code ..}. */
    private static boolean startsBadSegment(String raw, int start) {
        int length = raw.length();
        if (start == length) {
            return false;
        }
        char c = raw.charAt(start);
        if (c == '/') {
            return true;
        }
        if (c != '.') {
            return false;
        }
        int end = start + 1;
        if (end < length && raw.charAt(end) == '.') {
            end++;
        }
        return end == length || raw.charAt(end) == '/';
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
