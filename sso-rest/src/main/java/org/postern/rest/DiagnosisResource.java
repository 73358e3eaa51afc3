package org.postern.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postern.core.Administrator;
import org.postern.core.Approver;
import org.postern.core.Mailbox;
import org.postern.core.Secret;
import org.postern.core.SessionType;
import org.postern.core.UnavailableException;
import org.postern.core.service.Actor;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.LoginTokens;
import org.postern.core.service.Postern;
import org.postern.rest.diagnosis.Diagnoses;
import org.postern.rest.diagnosis.Diagnosis;
import org.postern.rest.diagnosis.Finding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /sso/v1/users/{address}/diagnosis}: tries a mailbox with a token of its own. Thread-safe. */
@Authenticated
@Path("sso/v1/users/{address}/diagnosis")
final class DiagnosisResource {
    private static final Logger LOG = LoggerFactory.getLogger(DiagnosisResource.class);
    private static final String EVENTS = "text/event-stream";
    /** What the trail says of the token. */
    private static final String PURPOSE = "diagnosis";
    /** How soon it is noticed that whoever listens is gone. */
    private static final Duration HEARTBEAT = Duration.ofMillis(500);
    /** What a token lives longer than its diagnosis may take. */
    private static final Duration GRACE = Duration.ofSeconds(5);
    /** A comment as long as the buffer of an answer, which would keep the first events back. */
    private static final byte[] OPENING = (':' + " ".repeat(8_192) + "\n\n").getBytes(StandardCharsets.US_ASCII);

    /** @param token tried instead of one that is issued for it */
    record Wanted(@Nullable String reason, @Nullable String token) {}

    record Report(String user, String reason, Instant startedAt, Instant endedAt, List<Finding.Outcome> services) {}

    /** The token that is tried, and how it ends. */
    private record Trial(Secret token, boolean readOnly, Runnable end) {}

    private final Postern postern;
    private final Diagnoses diagnoses;
    private final IssueCounts issued;
    private final ObjectMapper json;

    DiagnosisResource(Postern postern, Diagnoses diagnoses, IssueCounts issued, Json json) {
        this.postern = postern;
        this.diagnoses = diagnoses;
        this.issued = issued;
        this.json = json.mapper();
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Report report(
            @Context ContainerRequestContext request, @PathParam("address") String address, @Nullable Wanted wanted) {
        try (Run run = run(request, address, wanted)) {
            return run.toTheEnd(step -> {});
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(EVENTS + ";qs=0.5")
    public Response stream(
            @Context ContainerRequestContext request, @PathParam("address") String address, @Nullable Wanted wanted) {
        Run run = run(request, address, wanted);
        StreamingOutput body = out -> {
            try (run) {
                out.write(OPENING);
                out.flush();
                Report report = run.toTheEnd(found -> write(out, found));
                event(out, "report", report);
            } catch (IOException gone) {
                LOG.debug("whoever listened to a diagnosis is gone");
            }
        };
        return Response.ok(body, EVENTS).header("X-Accel-Buffering", "no").build();
    }

    private void write(OutputStream out, Optional<Finding> found) throws IOException {
        if (found.isEmpty()) {
            out.write(": still there\n\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } else {
            event(out, found.get() instanceof Finding.Step ? "step" : "service", found.get());
        }
    }

    private void event(OutputStream out, String name, Object data) throws IOException {
        String text = "event: " + name + "\ndata: " + json.writeValueAsString(data) + "\n\n";
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private Run run(ContainerRequestContext request, String address, @Nullable Wanted wanted) {
        Query.of(request);
        if (wanted == null) {
            throw Problem.exception(400, "The body is not the JSON object that is wanted here.");
        }
        Administrator administrator = Caller.administrator(request);
        Mailbox mailbox = Views.given(postern.mailboxes().look(administrator, address));
        String user = mailbox.address().toString();
        Diagnoses.Place place = diagnoses.enter(user).orElseThrow(DiagnosisResource::busy);
        Instant start = postern.clock().instant();
        try {
            Trial trial = trial(request, mailbox, wanted);
            return new Run(place, trial, user, Objects.requireNonNullElse(wanted.reason(), ""), start);
        } catch (RuntimeException refused) {
            place.close();
            throw refused;
        }
    }

    private static WebApplicationException busy() {
        return new WebApplicationException(
                Problem.response(429, "This mailbox is being diagnosed, or too many are. Try again later.")
                        .header("Retry-After", Answers.RETRY_SECONDS)
                        .build());
    }

    /** The one place where it is told that there is no token that works. */
    private Trial trial(ContainerRequestContext request, Mailbox mailbox, Wanted wanted) {
        Administrator administrator = Caller.administrator(request);
        Caller caller = Caller.of(request);
        String user = mailbox.address().toString();
        boolean readOnly = postern.tokens().readOnly(mailbox);
        boolean may = postern.tokens().issuable(administrator, user).contains(SessionType.NORMAL);
        if (wanted.token() != null && !wanted.token().isEmpty()) {
            requireReason(wanted);
            if (!may) {
                throw Problem.denied();
            }
            Secret token = Secret.of(wanted.token());
            requireToken(Actor.of(administrator, caller.client()), mailbox, token);
            return new Trial(token, readOnly, () -> {});
        }
        if (may && postern.tokens().approver(mailbox) != Approver.NONE) {
            throw Problem.exception(
                    409, "Tokens for this mailbox need an approval before they work: give an approved one.");
        }
        Issuance issuance = issued.count(
                Door.API,
                postern.tokens()
                        .issue(
                                administrator,
                                new IssueRequest(
                                        user,
                                        SessionType.NORMAL.apiName(),
                                        Secret.of(""),
                                        Objects.requireNonNullElse(wanted.reason(), ""),
                                        Long.toString(
                                                diagnoses.limit().plus(GRACE).toSeconds()),
                                        "",
                                        true,
                                        false,
                                        false,
                                        caller.client()),
                                PURPOSE));
        if (!(issuance instanceof Issuance.Issued token)) {
            throw TokensResource.refused(issuance);
        }
        Actor actor = Actor.of(administrator, caller.client());
        return new Trial(
                token.value(),
                readOnly,
                () -> postern.tokens().revoke(actor, token.token().id()));
    }

    private static void requireReason(Wanted wanted) {
        if (wanted.reason() == null || wanted.reason().isBlank()) {
            throw Problem.badInput("reason", "must be given");
        }
    }

    /**
     * Else anybody's passwords could be tried here, with this server's address and in nobody's name; and a token that is
     * refused in any case would be taken for a fault of the servers, or be used up.
     */
    private void requireToken(Actor actor, Mailbox mailbox, Secret token) {
        LoginTokens.TokenCheck check = postern.tokens().checkToken(actor, mailbox.address(), token);
        if (check instanceof LoginTokens.TokenCheck.Throttled throttled) {
            throw Problem.throttled(throttled.retryAfter());
        }
        if (check instanceof LoginTokens.TokenCheck.Unknown) {
            throw Problem.badInput("token", "is no token of this mailbox");
        }
        if (check instanceof LoginTokens.TokenCheck.Known known
                && known.refused().isPresent()) {
            throw Problem.badInput(
                    "token", "does not work: " + known.refused().get().apiName());
        }
    }

    private interface Listener {
        /** Empty where nothing was found for a while. */
        void hear(Optional<Finding> found) throws IOException;
    }

    /** A diagnosis from its token to the token's end. */
    private final class Run implements AutoCloseable {
        private final Trial trial;
        private final Diagnosis diagnosis;
        private final String user;
        private final String reason;
        private final Instant start;

        Run(Diagnoses.Place place, Trial trial, String user, String reason, Instant start) {
            this.trial = trial;
            this.user = user;
            this.reason = reason;
            this.start = start;
            this.diagnosis = place.start(trial.token(), trial.readOnly());
        }

        Report toTheEnd(Listener listener) throws IOException {
            try {
                while (!diagnosis.isOver()) {
                    listener.hear(diagnosis.next(HEARTBEAT));
                }
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                throw new UnavailableException("the server stops", stopping);
            }
            return new Report(user, reason, start, postern.clock().instant(), diagnosis.outcomes());
        }

        @Override
        public void close() {
            diagnosis.close();
            try {
                trial.end().run();
            } catch (UnavailableException fault) {
                // It ends by itself a few seconds later.
                LOG.error("the token of a diagnosis could not be revoked: {}", fault.getMessage());
            }
        }
    }
}
