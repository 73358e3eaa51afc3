package org.postern.core;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * Who is on the other end of a connection: the address that counts (a trusted proxy is already looked through) and what
 * the program calls itself. Immutable and thread-safe.
 *
 * @param address an IP address literal, or empty text where there is none (an operator's command)
 * @param userAgent at most 300 characters; longer text is cut
 */
public record Client(String address, String userAgent) {
    /** An operator at the command line. */
    public static final Client OPERATOR = new Client("", "command line");

    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final int MAX_USER_AGENT = 300;

    public Client {
        int zone = address.indexOf('%');
        address = zone < 0 ? address : address.substring(0, zone);
        userAgent = userAgent.length() > MAX_USER_AGENT ? userAgent.substring(0, MAX_USER_AGENT) : userAgent;
    }

    /** What is counted together when attempts are counted: the address, for IPv6 its /64. */
    public String network() {
        byte[] bytes = literal(address);
        if (bytes.length != 16) {
            return address;
        }
        StringBuilder prefix = new StringBuilder(20);
        for (int i = 0; i < 8; i += 2) {
            prefix.append(Integer.toHexString((bytes[i] & 0xff) << 8 | bytes[i + 1] & 0xff))
                    .append(':');
        }
        return prefix.append(":/64").toString();
    }

    /** The bytes of an address literal; none where it is no literal, so that no name is ever looked up. */
    private static byte[] literal(String address) {
        if (!LITERAL.matcher(address).matches()) {
            return new byte[0];
        }
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException noLiteral) {
            return new byte[0];
        }
    }
}
