package org.postern.core.spi;

import org.postern.core.AuditEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit trail's second copy: one structured line for each row, on the logger {@code org.postern.audit} (contract,
 * section 11). A {@link TokenStore} hands over each row that it wrote, after its transaction ended well.
 */
public final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger("org.postern.audit");

    private AuditLog() {}

    /** Logs a row that was written. */
    public static void write(AuditEvent e) {
        if (!LOG.isInfoEnabled()) {
            return;
        }
        StringBuilder line =
                new StringBuilder(240).append("event=").append(e.type().apiName());
        line.append(" id=").append(e.id());
        e.mailbox().ifPresent(m -> field(line, "mailbox", m.toString()));
        e.administrator().ifPresent(a -> field(line, "administrator", a.toString()));
        e.tokenId().ifPresent(t -> field(line, "token", t.toString()));
        e.sessionType().ifPresent(t -> field(line, "type", t.apiName()));
        field(line, "reason", e.reason());
        field(line, "client", e.client().address());
        field(line, "agent", e.client().userAgent());
        field(line, "detail", e.detail());
        if (e.count() > 1) {
            field(line, "count", Integer.toString(e.count()));
        }
        LOG.info("{}", line);
    }

    /** One field, quoted, with whatever could end the line or the quotes escaped. */
    private static void field(StringBuilder line, String name, String value) {
        if (value.isEmpty()) {
            return;
        }
        line.append(' ').append(name).append("=\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || isInvisible(c)) {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        line.append('"');
    }

    private static boolean isInvisible(char c) {
        int type = Character.getType(c);
        return type == Character.LINE_SEPARATOR || type == Character.PARAGRAPH_SEPARATOR || type == Character.FORMAT;
    }
}
