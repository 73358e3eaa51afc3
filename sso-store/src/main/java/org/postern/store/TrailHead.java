package org.postern.store;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A seal that must be in the audit trail, written {@code chain:number:hash}: kept where the database's owner cannot write,
 * it tells that nothing up to that number was cut off.
 */
record TrailHead(long chain, long number, String hash) {
    private static final int HASH_BYTES = 8;
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18}):([0-9]{1,18}):([0-9a-f]{16})");

    /** @throws IllegalArgumentException where this is no head */
    static TrailHead parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a head looks like 3:1200:9f86d081884c7d65");
        }
        return new TrailHead(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)), parts.group(3));
    }

    static TrailHead of(ChainRecord.Seal seal) {
        return new TrailHead(seal.chain(), seal.last(), seal.hash().hex(HASH_BYTES));
    }

    @Override
    public String toString() {
        return chain + ":" + number + ":" + hash;
    }
}
