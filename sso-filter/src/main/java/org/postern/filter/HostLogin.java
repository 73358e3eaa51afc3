package org.postern.filter;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postern.core.Secret;

/**
 * For the webmail host's own login form: offers what a user typed as a login token before, or after, it is tried as the
 * user's own password (contract, section 3: a token is used wherever a password would be). Thread-safe.
 */
public final class HostLogin {
    /** What came of it. */
    public sealed interface Result {}

    /** The token was redeemed: an earlier session has ended, this one is open. */
    public record Opened(WebmailSession session) implements Result {}

    /** No token: it may be the user's own password. */
    public record Refused() implements Result {}

    /** Too many wrong attempts; the secret was not looked at, and no password should be either: 429. */
    public record Throttled(Duration retryAfter) implements Result {}

    /** It came over plain HTTP from another host (contract, section 10), and was not looked at: 403. */
    public record Insecure() implements Result {}

    private final Gate gate;

    private HostLogin(Gate gate) {
        this.gate = gate;
    }

    /** The filter of this application; empty where it is not there or off. */
    public static Optional<HostLogin> of(ServletContext context) {
        return context.getAttribute(Gate.ATTRIBUTE) instanceof Gate gate
                ? Optional.of(new HostLogin(gate))
                : Optional.empty();
    }

    /**
     * Redeems a token that was typed into a form. The single-use session types do not work here. The answer must not be
     * committed yet, since a new session may start.
     *
     * @param user as it was typed; null where the form had no such field, which is refused
     * @throws org.postern.core.UnavailableException on a fault: try the user's own password, or answer 503
     */
    public Result redeem(HttpServletRequest request, @Nullable String user, Secret secret) {
        return gate.login().form(request, user == null ? "" : user, secret);
    }

    /**
     * Says that a secret which was refused was the user's own password, so that it does not count as a guess.
     *
     * @throws org.postern.core.UnavailableException on a fault
     */
    public void passwordAccepted(HttpServletRequest request, String user) {
        gate.login().passwordAccepted(request, user);
    }

    /**
     * Says that the host cannot tell now whether a secret that was refused is the user's own password, since its own
     * directory does not answer: so that this does not count as a guess, unless the mailbox has a live token.
     *
     * @param request the one in which it was refused
     * @throws org.postern.core.UnavailableException on a fault
     */
    public void passwordUnchecked(HttpServletRequest request, String user) {
        gate.login().passwordUnchecked(request, user);
    }

    /** The rest of a request in which a session was opened. */
    HttpServletRequest within(WebmailSession session, HttpServletRequest request) {
        return new SessionRequest(request, gate.sessions().of(session));
    }

    /** Where a session begins: a path to redirect to. */
    public String start(WebmailSession session) {
        return gate.login().start(session);
    }
}
