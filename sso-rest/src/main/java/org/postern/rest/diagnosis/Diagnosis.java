package org.postern.rest.diagnosis;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One diagnosis: every service in a thread of its own, all within one limit. Whoever started it takes its findings with
 * {@link #next} until it is over, and closes it. For one thread.
 */
public final class Diagnosis implements AutoCloseable {
    /** From this on a step is slow. */
    static final Duration SLOW = Duration.ofSeconds(5);

    private final Attempt attempt;
    private final Map<Service, Trace> traces = new EnumMap<>(Service.class);
    private final List<Finding.Outcome> outcomes = new ArrayList<>();
    private final BlockingQueue<Finding> findings = new LinkedBlockingQueue<>();
    private final AtomicInteger running;
    private final Runnable ended;

    /** @param ended called once no thread of this is left */
    Diagnosis(Attempt attempt, Map<Service, Optional<Probe>> probes, Map<Service, String> servers, Runnable ended) {
        this.attempt = attempt;
        this.ended = ended;
        Mask mask = new Mask(attempt.user(), attempt.secret());
        running = new AtomicInteger(probes.size() + 1);
        probes.forEach((service, probe) -> traces.put(
                service, new Trace(service, Optional.ofNullable(servers.get(service)), mask, findings::add)));
        traces.forEach((service, trace) -> start(service, trace, probes.getOrDefault(service, Optional.empty())));
    }

    private void start(Service service, Trace trace, Optional<Probe> probe) {
        Thread thread = new Thread(
                () -> {
                    try {
                        trace.close(probe.map(p -> verdict(p, trace)).orElse(Verdict.NOT_CONFIGURED))
                                .ifPresent(findings::add);
                    } finally {
                        leave();
                    }
                },
                "diagnose-" + service.apiName());
        thread.setDaemon(true);
        thread.start();
    }

    private void leave() {
        if (running.decrementAndGet() == 0) {
            ended.run();
        }
    }

    private Verdict verdict(Probe probe, Trace trace) {
        Verdict verdict;
        try {
            probe.run(attempt, trace);
            return trace.verdict(SLOW.toMillis());
        } catch (Halt halt) {
            verdict = halt.verdict();
        } catch (IOException fault) {
            verdict = verdict(fault);
        } catch (RuntimeException fault) {
            verdict = Verdict.UNEXPECTED;
        }
        if (attempt.life().isOver()) {
            return over();
        }
        return verdict;
    }

    private Verdict over() {
        return attempt.life().isCancelled() ? Verdict.CANCELLED : Verdict.OUT_OF_TIME;
    }

    private static Verdict verdict(IOException fault) {
        Optional<Verdict> certificate = Trust.reason(fault);
        if (certificate.isPresent()) {
            return certificate.get();
        }
        if (fault instanceof UnknownHostException) {
            return Verdict.UNKNOWN_HOST;
        }
        if (fault instanceof SocketTimeoutException
                || fault instanceof HttpTimeoutException
                || fault instanceof NoRouteToHostException) {
            return Verdict.NO_ANSWER;
        }
        if (fault instanceof ConnectException) {
            return Verdict.REFUSED_CONNECTION;
        }
        return fault instanceof SSLException && !(fault.getCause() instanceof EOFException)
                ? Verdict.TLS_FAILED
                : Verdict.DROPPED;
    }

    /** The next that was found; empty where nothing was for that long, or all is over. */
    public Optional<Finding> next(Duration patience) throws InterruptedException {
        long wait = Math.min(patience.toNanos(), attempt.life().left().toNanos());
        @Nullable Finding found = isOver() ? null : findings.poll(wait, TimeUnit.NANOSECONDS);
        if (found == null && attempt.life().left().isZero()) {
            attempt.life().cut();
            found = conclude();
        }
        if (found instanceof Finding.Outcome outcome) {
            outcomes.add(outcome);
        }
        return Optional.ofNullable(found);
    }

    /** The time is over: what was found counts, and whatever still runs is spoken for. */
    private @Nullable Finding conclude() {
        traces.values().forEach(t -> t.close(over()).ifPresent(findings::add));
        return findings.poll();
    }

    /** Whether every service has its outcome. */
    public boolean isOver() {
        return outcomes.size() == traces.size();
    }

    /** The outcomes so far, in the order of the services. */
    public List<Finding.Outcome> outcomes() {
        return outcomes.stream()
                .sorted(Comparator.comparing(Finding.Outcome::service))
                .toList();
    }

    /** Stops whatever still runs. */
    @Override
    public void close() {
        attempt.life().cancel();
        leave();
    }
}
