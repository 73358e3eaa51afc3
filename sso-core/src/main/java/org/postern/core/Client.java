package org.postern.core;

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

    /** Nobody: what the program does by itself. */
    public static final Client NOBODY = new Client("", "");

    private static final int MAX_USER_AGENT = 300;

    public Client {
        address = IpLiteral.withoutZone(address);
        userAgent = userAgent.length() > MAX_USER_AGENT ? userAgent.substring(0, MAX_USER_AGENT) : userAgent;
    }

    /** What is counted together when attempts are counted: the address, for IPv6 its /64. */
    public String network() {
        byte[] bytes = IpLiteral.bytes(address);
        if (bytes.length != 16) {
            return address;
        }
        StringBuilder prefix = new StringBuilder(20);
        for (int i = 0; i < 8; i += 2) {
            prefix.append(Integer.toHexString(((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff)))
                    .append(':');
        }
        return prefix.append(":/64").toString();
    }
}
