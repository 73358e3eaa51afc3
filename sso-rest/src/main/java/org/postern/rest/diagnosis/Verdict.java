package org.postern.rest.diagnosis;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What came of trying a service: the closed set of all that a diagnosis can say, in English; a console has its own words. */
public enum Verdict {
    FINE(Grade.GOOD, "Everything works.", "Nothing is to be done here."),
    SLOW(
            Grade.WARN,
            "It works, but slowly: a step took five seconds or more.",
            "Look at the load of the server and at the network in between; the step's time says where."),
    NEARLY_FULL(
            Grade.WARN,
            "It works, but the mailbox is nearly full.",
            "Have the owner delete or move mail, or raise the quota, before mail is refused."),
    READ_ONLY(
            Grade.NONE,
            "Not tried: tokens of this company only let one look, and mail servers refuse those.",
            "Ask the owner what his mail program says."),
    NOT_CONFIGURED(
            Grade.NONE, "No server is configured for this.", "Set its address among the settings sso.diagnose.*."),
    CANCELLED(Grade.NONE, "This was cancelled before it was finished.", "Start it again."),
    UNKNOWN_HOST(
            Grade.BAD, "The server's name is not known.", "Check the name in the settings, and its record in the DNS."),
    REFUSED_CONNECTION(
            Grade.BAD,
            "The server cannot be connected to: nothing listens there.",
            "Check that the service runs, that the port is right, and that no firewall refuses it."),
    NO_ANSWER(
            Grade.BAD,
            "The server does not answer.",
            "Check whether the host is up, whether a firewall drops the connection, and whether the service hangs."),
    NO_TLS(
            Grade.BAD,
            "The server offers no encrypted connection, so no password was sent.",
            "Switch TLS or STARTTLS on at the server, or use the port that has it."),
    TLS_FAILED(
            Grade.BAD,
            "The encrypted connection could not be set up.",
            "Check that the port speaks TLS from the start, and which versions and ciphers the server allows."),
    CERTIFICATE_EXPIRED(
            Grade.BAD, "The server's certificate has expired.", "Renew the certificate, and have the server load it."),
    CERTIFICATE_NOT_YET_VALID(
            Grade.BAD,
            "The server's certificate is not valid yet.",
            "Check the clocks of both hosts and the certificate's dates."),
    WRONG_NAME(
            Grade.BAD,
            "The server's certificate is for another name.",
            "Use a name that the certificate has, or get a certificate that has this name."),
    UNTRUSTED(
            Grade.BAD,
            "The server's certificate comes from nobody who is trusted here.",
            "Have the server send its whole chain; put a private authority into the Java trust store."),
    LOGIN_REFUSED(
            Grade.BAD,
            "The server refused the login.",
            "Check that the server asks Postern about passwords, and that the token works: it must be approved, and"
                    + " not be read-only. If it does, the fault is the server's configuration, not the user's password."),
    THROTTLED(
            Grade.BAD,
            "The server holds logins back at the moment.",
            "Wait for some minutes. If it goes on, look for a program that keeps trying a wrong password, or for too"
                    + " many connections."),
    MAILBOX_FULL(
            Grade.BAD,
            "The mailbox is full: new mail is refused.",
            "Have the owner delete mail and empty the trash, or raise the quota."),
    DROPPED(
            Grade.BAD,
            "The server dropped the connection.",
            "Look into the server's log at this time: often the mail store cannot be opened, or a limit is reached."),
    UNEXPECTED(
            Grade.BAD,
            "The server answered something unexpected.",
            "Read the protocol of the last step, and the server's log at this time."),
    OUT_OF_TIME(
            Grade.BAD,
            "The time was over before this was finished.",
            "The server is very slow, or stuck: the last step says where.");

    /** How bad it is. */
    public enum Grade {
        GOOD,
        WARN,
        BAD,
        NONE;

        @JsonValue
        public String apiName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Grade grade;
    private final String sentence;
    private final String advice;

    Verdict(Grade grade, String sentence, String advice) {
        this.grade = grade;
        this.sentence = sentence;
        this.advice = advice;
    }

    @JsonValue
    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Grade grade() {
        return grade;
    }

    /** What is the matter. */
    public String sentence() {
        return sentence;
    }

    /** What to do about it. */
    public String advice() {
        return advice;
    }
}
