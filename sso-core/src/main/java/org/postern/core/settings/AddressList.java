package org.postern.core.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.postern.core.IpLiteral;

/** A list of IP addresses and CIDR blocks. Immutable and thread-safe. No name is ever looked up. */
public final class AddressList {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Block(byte[] address, int bits) {
        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            for (int i = 0; i < bits; i++) {
                if ((((address[i / 8] ^ other[i / 8]) >> (7 - i % 8)) & 1) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private final List<Block> blocks;

    /** @throws IllegalArgumentException where an entry is no address or block; the message names it */
    public AddressList(List<String> entries) {
        blocks = entries.stream().map(AddressList::block).toList();
    }

    private static Block block(String entry) {
        int slash = entry.indexOf('/');
        byte[] address = IpLiteral.bytes(slash < 0 ? entry : entry.substring(0, slash));
        int bits = address.length * 8;
        if (slash >= 0) {
            String length = entry.substring(slash + 1);
            bits = length.matches("[0-9]{1,3}") ? Integer.parseInt(length) : -1;
        }
        if (address.length == 0 || bits < 0 || bits > address.length * 8) {
            throw new IllegalArgumentException("no address or CIDR block: " + entry);
        }
        return new Block(address, bits);
    }

    /** Whether an address literal is on the list. */
    public boolean isEmpty() {
        return blocks.isEmpty();
    }

    public boolean contains(String literal) {
        if (blocks.isEmpty()) {
            return false;
        }
        byte[] address = IpLiteral.bytes(literal);
        return address.length > 0 && blocks.stream().anyMatch(b -> b.contains(address));
    }

    /** Whether this address literal is the machine's own loopback. */
    public static boolean isLoopback(String literal) {
        byte[] address = IpLiteral.bytes(literal);
        try {
            return address.length > 0 && InetAddress.getByAddress(address).isLoopbackAddress();
        } catch (UnknownHostException wrongLength) {
            return false;
        }
    }
}
