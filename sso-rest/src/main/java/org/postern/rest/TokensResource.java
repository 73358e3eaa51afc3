package org.postern.rest;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postern.core.LoginToken;
import org.postern.core.Secret;
import org.postern.core.service.Actor;
import org.postern.core.service.Approvals;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.LoginTokens;
import org.postern.core.service.Postern;

/** {@code /sso/v1/tokens}. Thread-safe. */
@Authenticated
@Path("sso/v1/tokens")
@Produces(MediaType.APPLICATION_JSON)
final class TokensResource {
    /** @param life in seconds, as a number or as text */
    record NewToken(
            @Nullable String user,
            @Nullable String type,
            @Nullable String token,
            @Nullable String reason,
            @Nullable JsonNode life,
            @Nullable String locale,
            @Nullable Boolean confirm,
            @Nullable Boolean readOnly) {}

    /** Which tokens a list is to have. */
    private enum Wanted {
        ALL,
        LIVE,
        PENDING;

        static Optional<Wanted> parse(String state) {
            return Stream.of(values())
                    .filter(w -> w.name().toLowerCase(Locale.ROOT).equals(state))
                    .findAny();
        }
    }

    private final Postern postern;
    private final LoginTokens tokens;
    private final Approvals approvals;
    private final IssueCounts issued;

    TokensResource(Postern postern, IssueCounts issued) {
        this.postern = postern;
        this.tokens = postern.tokens();
        this.approvals = postern.approvals();
        this.issued = issued;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response issue(@Context ContainerRequestContext request, @Nullable NewToken wanted) {
        Query.of(request);
        if (wanted == null) {
            throw Problem.exception(400, "The body is not the JSON object that is wanted here.");
        }
        requireGiven(wanted);
        Caller caller = Caller.of(request);
        IssueRequest issue = new IssueRequest(
                text(wanted.user()),
                text(wanted.type()),
                Secret.of(text(wanted.token())),
                text(wanted.reason()),
                life(wanted.life()),
                text(wanted.locale()),
                true,
                Boolean.TRUE.equals(wanted.confirm()),
                Boolean.TRUE.equals(wanted.readOnly()),
                caller.client());
        Issuance issuance = issued.count(Door.API, tokens.issue(Caller.administrator(request), issue));
        if (issuance instanceof Issuance.Issued token) {
            String location =
                    caller.contextPath() + "/sso/v1/tokens/" + token.token().id();
            return Response.status(Response.Status.CREATED)
                    .header(HttpHeaders.LOCATION, location)
                    .entity(Views.NewToken.of(token, postern.clock().instant()))
                    .build();
        }
        throw refused(issuance);
    }

    private static void requireGiven(NewToken wanted) {
        List<Problem.FieldError> errors = new ArrayList<>();
        if (text(wanted.user()).isEmpty()) {
            errors.add(new Problem.FieldError("user", "must be given"));
        }
        if (text(wanted.type()).isEmpty()) {
            errors.add(new Problem.FieldError("type", "must be given"));
        }
        if (!errors.isEmpty()) {
            throw Problem.badInput(errors);
        }
    }

    private static String text(@Nullable String given) {
        return Objects.requireNonNullElse(given, "");
    }

    private static String life(@Nullable JsonNode life) {
        if (life == null || life.isNull()) {
            return "";
        }
        if (!life.isTextual() && !life.isIntegralNumber()) {
            throw Problem.badInput("life", "must be a number of seconds, at least 1");
        }
        return life.asText();
    }

    /** What is said where no token was issued. */
    static WebApplicationException refused(Issuance issuance) {
        if (issuance instanceof Issuance.Invalid invalid) {
            return Problem.badInput(invalid.fields().stream()
                    .map(f -> new Problem.FieldError(f.field().apiName(), f.message()))
                    .toList());
        }
        if (issuance instanceof Issuance.AlreadyLive) {
            return Problem.exception(409, "This value is live for the mailbox already.");
        }
        return issuance instanceof Issuance.Denied ? Problem.denied() : Problem.missing();
    }

    @GET
    public Views.ListOf<Views.Token> list(@Context ContainerRequestContext request) {
        Query query = Query.of(request, "user", "state", "limit", "cursor");
        Wanted wanted = query.oneOf("state", Wanted::parse).orElse(Wanted.ALL);
        Instant now = postern.clock().instant();
        if (wanted == Wanted.PENDING) {
            return pending(request, query, now);
        }
        String user = query.required("user");
        boolean liveOnly = wanted == Wanted.LIVE;
        return Views.ListOf.of(
                query.page((limit, after) ->
                        Views.given(tokens.list(Caller.administrator(request), user, liveOnly, limit, after))),
                t -> Views.Token.of(t, now));
    }

    /** The requests in all of one's domains, or those for one mailbox. */
    private Views.ListOf<Views.Token> pending(ContainerRequestContext request, Query query, Instant now) {
        Actor actor = actor(request);
        String user = query.text("user");
        return Views.ListOf.of(
                query.page((limit, after) -> user.isEmpty()
                        ? approvals.list(actor.administrator(), limit, after)
                        : Views.given(approvals.list(actor.administrator(), user, limit, after))),
                t -> Views.Token.of(t, now, approvals.mayApprove(actor, t)));
    }

    @POST
    @Path("{id}/approval")
    public Views.Token approve(@Context ContainerRequestContext request, @PathParam("id") String id) {
        Query.of(request);
        Approvals.Outcome outcome = approvals.approve(actor(request), Views.id(id));
        if (outcome instanceof Approvals.Outcome.Approved approved) {
            return Views.Token.of(approved.token(), postern.clock().instant());
        }
        if (outcome instanceof Approvals.Outcome.NotPending) {
            throw Problem.exception(409, "This token does not wait for an approval.");
        }
        throw outcome instanceof Approvals.Outcome.Denied ? Problem.denied() : Problem.missing();
    }

    private static Actor actor(ContainerRequestContext request) {
        return Actor.of(Caller.administrator(request), Caller.of(request).client());
    }

    @GET
    @Path("{id}")
    public Views.Token one(@Context ContainerRequestContext request, @PathParam("id") String id) {
        Query.of(request);
        LoginToken token = Views.given(tokens.token(Caller.administrator(request), Views.id(id)));
        return Views.Token.of(token, postern.clock().instant(), approvals.mayApprove(actor(request), token));
    }

    @DELETE
    @Path("{id}")
    public void revoke(@Context ContainerRequestContext request, @PathParam("id") String id) {
        Query.of(request);
        Views.given(tokens.revoke(actor(request), Views.id(id)));
    }
}
