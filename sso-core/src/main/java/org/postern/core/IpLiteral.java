package org.postern.core;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** IP address literals. No name is ever looked up. */
public final class IpLiteral {
    private static final Pattern LITERAL = Pattern.compile("[0-9]+(?:\\.[0-9]+){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private IpLiteral() {}

    /** The 4 or 16 bytes of an address literal, a zone ignored; none where the text is no literal. */
    public static byte[] bytes(String literal) {
        String plain = withoutZone(literal);
        if (!LITERAL.matcher(plain).matches()) {
            return new byte[0];
        }
        try {
            return InetAddress.getByName(plain).getAddress();
        } catch (UnknownHostException noLiteral) {
            return new byte[0];
        }
    }

    /** The text before an IPv6 zone ({@code %eth0}). */
    static String withoutZone(String literal) {
        int zone = literal.indexOf('%');
        return zone < 0 ? literal : literal.substring(0, zone);
    }
}
