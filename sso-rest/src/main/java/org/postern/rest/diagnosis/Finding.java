package org.postern.rest.diagnosis;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a diagnosis tells while it runs. All text of a server's is masked, short, and free of control characters. */
public sealed interface Finding {
    Service service();

    /** One step that is over. */
    record Step(Service service, Name step, boolean done, long millis, List<String> lines) implements Finding {
        /** The steps that there are; a service takes those that it needs. */
        public enum Name {
            LOOKUP,
            CONNECT,
            TLS,
            GREETING,
            CAPABILITIES,
            STARTTLS,
            LOGIN,
            QUOTA,
            INBOX,
            SUBMISSION,
            MAILBOX,
            LOGOUT;

            @JsonValue
            public String apiName() {
                return name().toLowerCase(Locale.ROOT);
            }
        }
    }

    /**
     * Everything about one service, when it is over.
     *
     * @param server where it was tried; null where nothing is configured
     * @param millis of all steps
     * @param messages how many the inbox holds; null where that is not known
     */
    record Outcome(
            Service service,
            @Nullable String server,
            Verdict verdict,
            Verdict.Grade grade,
            String sentence,
            String advice,
            long millis,
            @Nullable Certificate certificate,
            @Nullable String tls,
            List<String> capabilities,
            @Nullable Quota quota,
            @Nullable Long messages,
            List<Step> steps)
            implements Finding {}

    /** What the server showed to prove who it is. */
    record Certificate(String subject, List<String> names, String issuer, Instant notBefore, Instant notAfter) {}

    /**
     * How much of what the mailbox may hold is used.
     *
     * @param resource {@code STORAGE}, in units of 1024 bytes, or {@code MESSAGE}
     */
    record Quota(String resource, long used, long limit) {
        boolean isFull() {
            return limit > 0 && used >= limit;
        }

        boolean isNearlyFull() {
            return limit > 0 && used >= limit / 10 * 9 + limit % 10 * 9 / 10;
        }
    }
}
