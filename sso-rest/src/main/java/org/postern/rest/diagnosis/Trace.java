package org.postern.rest.diagnosis;

import java.io.IOException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is seen while one service is tried: its steps with their lines, and what the server is and has. Thread-safe. */
final class Trace {
    private static final int MOST_LINES = 40;
    private static final int MOST_NAMES = 50;

    /** Something that takes time and may fail. */
    interface Deed<T> {
        T run() throws IOException, Halt;
    }

    private final Service service;
    private final Optional<String> server;
    private final Mask mask;
    private final Consumer<Finding> listener;
    private final List<Finding.Step> steps = new ArrayList<>();
    private List<String> lines = new ArrayList<>();
    private List<String> capabilities = List.of();
    private Finding.@Nullable Certificate certificate;
    private @Nullable String tls;
    private Finding.@Nullable Quota quota;
    private @Nullable Long messages;
    private boolean closed;

    Trace(Service service, Optional<String> server, Mask mask, Consumer<Finding> listener) {
        this.service = service;
        this.server = server;
        this.mask = mask;
        this.listener = listener;
    }

    <T> T step(Finding.Step.Name name, Deed<T> deed) throws IOException, Halt {
        long began = System.nanoTime();
        boolean done = false;
        try {
            T result = deed.run();
            done = true;
            return result;
        } finally {
            end(name, done, (System.nanoTime() - began) / 1_000_000);
        }
    }

    private synchronized void end(Finding.Step.Name name, boolean done, long millis) {
        Finding.Step step = new Finding.Step(service, name, done, millis, List.copyOf(lines));
        lines = new ArrayList<>();
        if (!closed) {
            steps.add(step);
            listener.accept(step);
        }
    }

    void sent(String line) {
        line("> " + line);
    }

    void got(String line) {
        line("< " + line);
    }

    private synchronized void line(String line) {
        if (lines.size() < MOST_LINES) {
            lines.add(mask.clean(line));
        } else if (lines.size() == MOST_LINES) {
            lines.add("…");
        }
    }

    synchronized void capabilities(Collection<String> names) {
        capabilities = names.stream().limit(MOST_NAMES).map(mask::clean).toList();
    }

    synchronized void certificate(X509Certificate shown) {
        certificate = new Finding.Certificate(
                mask.clean(shown.getSubjectX500Principal().getName()),
                names(shown),
                mask.clean(shown.getIssuerX500Principal().getName()),
                shown.getNotBefore().toInstant(),
                shown.getNotAfter().toInstant());
    }

    private List<String> names(X509Certificate shown) {
        try {
            Collection<List<?>> names = shown.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .limit(MOST_NAMES)
                            .filter(n -> n.get(1) instanceof String)
                            .map(n -> mask.clean(n.get(1).toString()))
                            .toList();
        } catch (CertificateParsingException unreadable) {
            return List.of();
        }
    }

    synchronized void tls(String protocol, String cipher) {
        tls = mask.clean(protocol + ' ' + cipher);
    }

    /** The fullest of those that the server told. */
    synchronized void quota(Finding.Quota told) {
        if (quota == null || told.used() * (double) quota.limit() > quota.used() * (double) told.limit()) {
            quota = told;
        }
    }

    synchronized void messages(long number) {
        messages = number;
    }

    /** How well it went, when every step was done. */
    synchronized Verdict verdict(long slowMillis) {
        if (quota != null && quota.isFull()) {
            return Verdict.MAILBOX_FULL;
        }
        if (quota != null && quota.isNearlyFull()) {
            return Verdict.NEARLY_FULL;
        }
        return steps.stream().anyMatch(s -> s.millis() >= slowMillis) ? Verdict.SLOW : Verdict.FINE;
    }

    /** Ends this: what is told later is told to nobody. The first verdict counts. */
    synchronized Optional<Finding.Outcome> close(Verdict verdict) {
        if (closed) {
            return Optional.empty();
        }
        closed = true;
        return Optional.of(new Finding.Outcome(
                service,
                server.orElse(null),
                verdict,
                verdict.grade(),
                verdict.sentence(),
                verdict.advice(),
                steps.stream().mapToLong(Finding.Step::millis).sum(),
                certificate,
                tls,
                capabilities,
                quota,
                messages,
                List.copyOf(steps)));
    }
}
