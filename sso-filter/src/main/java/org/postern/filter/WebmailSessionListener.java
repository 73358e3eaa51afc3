package org.postern.filter;

/**
 * Told when a token's session opens and closes on this node, once each. Found with {@link java.util.ServiceLoader}, or
 * handed to the filter. Called from the threads of requests, the container and the filter, so thread-safe and quick;
 * what it throws is logged and changes nothing.
 */
public interface WebmailSessionListener {
    /** A login opened this session; or a session that another node opened, or this one before a restart, came here. */
    default void opened(WebmailSession session) {}

    /**
     * The session is over: its mail credential opens nothing any more.
     *
     * @param why a few words, such as {@code logout}
     */
    default void closed(WebmailSession session, String why) {}
}
