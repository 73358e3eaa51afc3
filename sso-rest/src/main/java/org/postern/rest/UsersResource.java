package org.postern.rest;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;
import org.postern.core.Administrator;
import org.postern.core.Mailbox;
import org.postern.core.Secret;
import org.postern.core.service.LoginTokens;
import org.postern.core.service.Mailboxes;

/** {@code /sso/v1/users}. Thread-safe. */
@Authenticated
@Path("sso/v1/users")
@Produces(MediaType.APPLICATION_JSON)
final class UsersResource {
    private static final int MAX_TEXT = 320;

    record Password(@Nullable String password) {}

    private final Mailboxes mailboxes;
    private final LoginTokens tokens;

    UsersResource(Mailboxes mailboxes, LoginTokens tokens) {
        this.mailboxes = mailboxes;
        this.tokens = tokens;
    }

    @GET
    public Views.ListOf<Views.User> search(@Context ContainerRequestContext request) {
        Query query = Query.of(request, "q", "limit", "cursor");
        String text = query.text("q");
        if (text.length() > MAX_TEXT || text.indexOf('\0') >= 0) {
            throw Problem.badInput("q", "must be text of at most " + MAX_TEXT + " characters");
        }
        return Views.ListOf.of(
                query.page((limit, after) -> mailboxes.search(Caller.administrator(request), text, limit, after)),
                Views.User::of);
    }

    @GET
    @Path("{address}")
    public Views.OneUser one(@Context ContainerRequestContext request, @PathParam("address") String address) {
        Query.of(request);
        Administrator reader = Caller.administrator(request);
        Mailbox mailbox = Views.given(mailboxes.look(reader, address));
        return Views.OneUser.of(
                mailbox,
                tokens.issuable(reader, address),
                tokens.approver(mailbox),
                tokens.readOnly(mailbox),
                tokens.reasonHint(mailbox));
    }

    @POST
    @Path("{address}/password-check")
    @Consumes(MediaType.APPLICATION_JSON)
    public Views.Valid check(
            @Context ContainerRequestContext request, @PathParam("address") String address, @Nullable Password given) {
        Query.of(request);
        if (given == null || given.password() == null) {
            throw Problem.badInput("password", "must be given");
        }
        Mailboxes.PasswordCheck check = mailboxes.checkPassword(
                Caller.administrator(request),
                address,
                Secret.of(given.password()),
                Caller.of(request).client());
        if (check instanceof Mailboxes.PasswordCheck.Checked checked) {
            return new Views.Valid(checked.valid());
        }
        if (check instanceof Mailboxes.PasswordCheck.Throttled throttled) {
            throw Problem.throttled(throttled.retryAfter());
        }
        throw check instanceof Mailboxes.PasswordCheck.Denied ? Problem.denied() : Problem.missing();
    }
}
