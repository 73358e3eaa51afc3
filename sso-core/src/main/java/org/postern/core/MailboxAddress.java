package org.postern.core;

import java.util.Optional;

/**
 * The address {@code local@domain} of a mailbox or an administrator, in its one canonical form (contract, section 2).
 *
 * <p>The local part is an ASCII dot-atom (RFC 5322) of at most 64 characters, lower-cased as ASCII, without the
 * characters that mail servers give a meaning of their own ({@code *}, {@code %}, {@code /}, {@code "}). Anything else
 * is refused, never repaired. Immutable and thread-safe.
 */
public final class MailboxAddress implements Comparable<MailboxAddress> {
    private static final int MAX_LOCAL = 64;
    private static final String SPECIAL = "!#$&'+-=?^_`{|}~.";

    private final String address;
    private final DomainName domain;

    private MailboxAddress(String local, DomainName domain) {
        this.address = local + '@' + domain;
        this.domain = domain;
    }

    /** The address that {@code text} is, or empty where it is none. Never throws. */
    public static Optional<MailboxAddress> parse(String text) {
        int at = text.indexOf('@');
        if (at < 1 || at > MAX_LOCAL) {
            return Optional.empty();
        }
        Optional<String> local = local(text.substring(0, at));
        return local.flatMap(l -> DomainName.parse(text.substring(at + 1)).map(d -> new MailboxAddress(l, d)));
    }

    private static Optional<String> local(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        char previous = '.';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean upper = c >= 'A' && c <= 'Z';
            boolean plain = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || SPECIAL.indexOf(c) >= 0;
            if (!plain || (c == '.' && previous == '.')) {
                return Optional.empty();
            }
            lower.append(upper ? (char) (c + ('a' - 'A')) : c);
            previous = c;
        }
        return previous == '.' ? Optional.empty() : Optional.of(lower.toString());
    }

    /** The part before the {@code @}. */
    public String local() {
        return address.substring(0, address.length() - domain.toString().length() - 1);
    }

    public DomainName domain() {
        return domain;
    }

    @Override
    public int compareTo(MailboxAddress other) {
        return address.compareTo(other.address);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MailboxAddress m && m.address.equals(address);
    }

    @Override
    public int hashCode() {
        return address.hashCode();
    }

    /** The canonical form, {@code local@domain}. */
    @Override
    public String toString() {
        return address;
    }
}
