package org.postern.filter;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The form body of a {@code POST} to one of the filter's doors, read whole. */
final class FormBody {
    private static final int MAX_BYTES = 64 * 1024;
    private static final String FORM = "application/x-www-form-urlencoded";

    /** Why a body is not read: the answer's status. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;

        Unreadable(int status) {
            super("status " + status, null, false, false);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    private FormBody() {}

    /** The bytes of a form; none where there is no body. */
    static byte[] read(HttpServletRequest request) throws IOException, Unreadable {
        if (!request.getMethod().equals("POST")) {
            return new byte[0];
        }
        boolean empty = request.getContentLengthLong() <= 0 && request.getHeader("Transfer-Encoding") == null;
        // The header itself: one container throws from getContentType() where it does not know the charset.
        String type = request.getHeader("Content-Type");
        if (empty && (type == null || request.getContentLengthLong() == 0)) {
            return new byte[0];
        }
        if (type == null || !isForm(type) || request.getHeader("Content-Encoding") != null) {
            throw new Unreadable(HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE);
        }
        if (request.getContentLengthLong() > MAX_BYTES) {
            throw new Unreadable(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
        }
        byte[] body;
        try {
            body = request.getInputStream().readNBytes(MAX_BYTES + 1);
        } catch (IOException endedEarly) {
            throw new Unreadable(HttpServletResponse.SC_BAD_REQUEST);
        }
        if (body.length > MAX_BYTES) {
            throw new Unreadable(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
        }
        return body;
    }

    /** Whether there was a body, and somebody read it before. */
    static boolean wasTaken(HttpServletRequest request, byte[] read) {
        return request.getMethod().equals("POST") && read.length == 0 && request.getContentLengthLong() > 0;
    }

    /** A form in UTF-8, which is what one without a charset is. */
    private static boolean isForm(String type) {
        String[] parts = type.split(";", -1);
        if (!parts[0].strip().toLowerCase(Locale.ROOT).equals(FORM)) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT).replace("\"", "");
            if (parameter.startsWith("charset=") && !isUtf8(parameter.substring("charset=".length()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isUtf8(String charset) {
        try {
            return Charset.forName(charset).equals(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException unknown) {
            return false;
        }
    }
}
