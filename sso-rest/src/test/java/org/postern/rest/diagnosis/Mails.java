package org.postern.rest.diagnosis;

import java.util.Locale;

/** How well-behaved servers answer; tests break one answer each. */
final class Mails {
    private Mails() {}

    static String imap(String line) {
        int space = line.indexOf(' ');
        if (space < 0 || !line.matches("a[0-9]+ .*")) {
            return "a" + lastTag + " OK signed in";
        }
        String tag = line.substring(0, space);
        lastTag = tag.substring(1);
        String command = line.substring(space + 1).toUpperCase(Locale.ROOT);
        if (command.startsWith("CAPABILITY")) {
            return "* CAPABILITY IMAP4rev1 AUTH=PLAIN QUOTA STARTTLS\r\n" + tag + " OK";
        }
        if (command.startsWith("AUTHENTICATE")) {
            return "+";
        }
        if (command.startsWith("GETQUOTAROOT")) {
            return "* QUOTAROOT INBOX \"\"\r\n* QUOTA \"\" (STORAGE 10 100 MESSAGE 2 1000)\r\n" + tag + " OK";
        }
        if (command.startsWith("STATUS")) {
            return "* STATUS INBOX (MESSAGES 17)\r\n" + tag + " OK";
        }
        return command.startsWith("LOGOUT") ? "* BYE\r\n" + tag + " OK" : tag + " OK";
    }

    /** The tag of the command that is not over yet; one connection at a time. */
    private static volatile String lastTag = "0";

    static String pop3(String line) {
        if (line.startsWith("CAPA")) {
            return "+OK\r\nUSER\r\nSTLS\r\n.";
        }
        return line.startsWith("STAT") ? "+OK 17 4711" : "+OK";
    }

    static String smtp(String line) {
        if (line.startsWith("EHLO")) {
            return "250-mail.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN";
        }
        if (line.startsWith("AUTH")) {
            return "334 ";
        }
        if (line.startsWith("STARTTLS")) {
            return "220 go ahead";
        }
        if (line.startsWith("QUIT")) {
            return "221 bye";
        }
        return line.matches("(MAIL|RCPT|RSET).*") ? "250 OK" : "235 signed in";
    }
}
