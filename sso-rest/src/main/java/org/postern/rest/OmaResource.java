package org.postern.rest;

import com.fasterxml.jackson.databind.ObjectReader;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.postern.core.AdminSession;
import org.postern.core.Administrator;
import org.postern.core.AuditEvent;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.TokenLife;
import org.postern.core.UnavailableException;
import org.postern.core.service.Administrators;
import org.postern.core.service.Answer;
import org.postern.core.service.Issuance;
import org.postern.core.service.IssueRequest;
import org.postern.core.service.Postern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /api/<method>}: the OMA calls that real clients make (contract, section 5). Thread-safe. */
@Path("api")
final class OmaResource {
    private static final Logger LOG = LoggerFactory.getLogger(OmaResource.class);
    /** Text that is no number and no session type. */
    private static final String NONE = "?";

    private final Postern postern;
    private final IssueCounts issued;
    private final ObjectReader json;

    OmaResource(Postern postern, IssueCounts issued, Json json) {
        this.postern = postern;
        this.issued = issued;
        this.json = json.mapper().reader();
    }

    private interface Method {
        Response call(OmaCall call, Administrator by, Caller caller) throws OmaCall.BadField;
    }

    private Optional<Method> method(String name) {
        return switch (name) {
            case "generate_token" -> Optional.of(this::generateToken);
            case "authenticate" -> Optional.of(this::authenticate);
            case "logout_user" -> Optional.of(this::logoutUser);
            default -> Optional.empty();
        };
    }

    @POST
    @Path("{method: .*}")
    public Response call(@Context ContainerRequestContext request, @PathParam("method") String path)
            throws IOException {
        Caller caller = Caller.of(request);
        Gate.requireSecure(caller);
        Optional<Method> method = method(path.replaceFirst("^/+", ""));
        if (method.isEmpty()) {
            return OmaAnswer.error(5, "Request badly formatted: no such method")
                    .unaudited(404)
                    .build();
        }
        Optional<OmaCall> call = OmaCall.parse(request.getEntityStream().readAllBytes(), json);
        if (call.isEmpty()) {
            return OmaAnswer.error(5, "Request badly formatted").unaudited(400).build();
        }
        try {
            return call(method.get(), call.get(), caller);
        } catch (UnavailableException fault) {
            LOG.error("the OMA call {} cannot be answered: {}", path.replace("/", ""), fault.getMessage());
            return OmaAnswer.error(0, "Server error")
                    .unaudited(503)
                    .header(HttpHeaders.RETRY_AFTER, Answers.RETRY_SECONDS)
                    .build();
        }
    }

    private Response call(Method method, OmaCall call, Caller caller) {
        Administrators.Login login = login(call, caller);
        if (login instanceof Administrators.Login.Throttled throttled) {
            return OmaAnswer.error(1, "Invalid credentials supplied in request: too many attempts")
                    .audited(429, throttled.audit())
                    .header(HttpHeaders.RETRY_AFTER, Answers.seconds(throttled.retryAfter()))
                    .build();
        }
        if (login instanceof Administrators.Login.Refused refused) {
            return OmaAnswer.error(1, "Invalid credentials supplied in request").audited(refused.audit());
        }
        Administrator by = ((Administrators.Login.Accepted) login).administrator();
        try {
            return method.call(call, by, caller);
        } catch (OmaCall.BadField bad) {
            UUID audit = note(AuditEvent.Type.REFUSED, by, caller, "oma: bad " + bad.field());
            return badAttribute(bad.field()).audited(audit);
        }
    }

    private Administrators.Login login(OmaCall call, Caller caller) {
        Secret token = call.sessionToken();
        return call.password().isEmpty() && !token.isEmpty()
                ? postern.administrators().bySession(call.user(), token, caller.client())
                : postern.administrators().byPassword(call.user(), call.password(), caller.client());
    }

    private static OmaAnswer missing(String field) {
        return OmaAnswer.error(5, "Request badly formatted: " + field + " is missing");
    }

    private static OmaAnswer badAttribute(String field) {
        return OmaAnswer.error(6, "One or more attributes badly formatted: " + field);
    }

    private static OmaAnswer noPermission() {
        return OmaAnswer.error(4, "Requestor lacks permission to perform the requested operation");
    }

    private static OmaAnswer noObject() {
        return OmaAnswer.error(2, "The requested object does not exist");
    }

    private UUID note(AuditEvent.Type type, Administrator by, Caller caller, String detail) {
        return postern.audit().fold(event(type, by, caller, detail));
    }

    private AuditEvent event(AuditEvent.Type type, Administrator by, Caller caller, String detail) {
        return AuditEvent.of(type, postern.clock().instant(), caller.client())
                .by(by.address())
                .because(detail);
    }

    private Response generateToken(OmaCall call, Administrator by, Caller caller) throws OmaCall.BadField {
        String user = call.text("user");
        if (user.isEmpty()) {
            return missing("user").audited(note(AuditEvent.Type.ISSUE_REFUSED, by, caller, "missing user"));
        }
        String reason = call.text("reason");
        IssueRequest request = new IssueRequest(
                user,
                sessionType(call.text("type"), call.flag("oma")),
                Secret.of(call.text("token")),
                reason,
                seconds(call.text("duration")),
                "",
                true,
                false,
                false,
                caller.client());
        Issuance issuance = issued.count(Door.OMA, postern.tokens().issue(by, request));
        return answer(issuance, reason.isBlank()).audited(issuance.audit());
    }

    /** The API name of an OMA type. */
    private static String sessionType(String type, boolean admin) {
        return switch (type) {
            case "", "session" -> admin ? "normal_admin" : "normal";
            case "sso" -> admin ? "sso_admin" : "sso";
            case "oma" -> "admin_only";
            default -> NONE;
        };
    }

    /** A life in seconds from one in hours. Of a long number it matters only that it is long. */
    private static String seconds(String hours) {
        if (hours.isEmpty()) {
            return "";
        }
        return TokenLife.parse(hours)
                .map(h -> Long.toString(h.toSeconds() * 3_600))
                .orElse(NONE);
    }

    private static OmaAnswer answer(Issuance issuance, boolean reasonMissing) {
        if (issuance instanceof Issuance.Issued token) {
            Duration life =
                    Duration.between(token.token().issuedAt(), token.token().expiresAt());
            return OmaAnswer.success().with("duration", life.toHours()).with("token", token.value());
        }
        if (issuance instanceof Issuance.Invalid invalid) {
            List<Issuance.Field> fields =
                    invalid.fields().stream().map(Issuance.InvalidField::field).toList();
            if (reasonMissing && fields.contains(Issuance.Field.REASON)) {
                return missing("reason");
            }
            Issuance.Field first = fields.get(0);
            return badAttribute(first == Issuance.Field.LIFE ? "duration" : first.apiName());
        }
        if (issuance instanceof Issuance.AlreadyLive) {
            return OmaAnswer.error(7, "An object with this name already exists");
        }
        return issuance instanceof Issuance.Denied ? noPermission() : noObject();
    }

    private Response authenticate(OmaCall call, Administrator by, Caller caller) throws OmaCall.BadField {
        if (!call.flag("generate_session_token")) {
            return OmaAnswer.success().audited(note(AuditEvent.Type.ADMIN_LOGIN, by, caller, "oma: authenticate"));
        }
        String field = "session_token_duration";
        String text = call.text(field);
        Duration life = Administrators.DEFAULT_SESSION;
        if (!text.isEmpty()) {
            life = TokenLife.parse(text)
                    .filter(d -> d.compareTo(Administrators.MAX_SESSION) <= 0)
                    .orElseThrow(() -> new OmaCall.BadField(field));
        }
        life = atMostTheLifeOf(session(call, by), life);
        Administrators.Start start =
                postern.administrators().startSession(by, Secret.of(call.text("token")), life, caller.client());
        if (start instanceof Administrators.Start.Started started) {
            return OmaAnswer.success()
                    .with(field, life.toSeconds())
                    .with("session_token", started.value())
                    .audited(started.audit());
        }
        if (start instanceof Administrators.Start.BadValue) {
            throw new OmaCall.BadField("token");
        }
        return OmaAnswer.error(7, "An object with this name already exists")
                .audited(note(AuditEvent.Type.REFUSED, by, caller, "oma: value is live already"));
    }

    /** The session by which the call was let in. */
    private Optional<AdminSession> session(OmaCall call, Administrator by) {
        return call.password().isEmpty()
                ? postern.administrators().session(by.address(), call.sessionToken())
                : Optional.empty();
    }

    /** Or whoever once had a password would have a session for ever. */
    private Duration atMostTheLifeOf(Optional<AdminSession> session, Duration life) {
        Instant now = postern.clock().instant();
        return session.map(s -> Duration.between(now, s.expiresAt()))
                .filter(left -> left.compareTo(life) < 0)
                .orElse(life);
    }

    private Response logoutUser(OmaCall call, Administrator by, Caller caller) throws OmaCall.BadField {
        String user = call.text("user");
        if (user.isEmpty()) {
            return missing("user").audited(note(AuditEvent.Type.REFUSED, by, caller, "oma: missing user"));
        }
        Answer<Integer> answer = postern.sessions().endAll(by, user, caller.client());
        AuditEvent event = answer instanceof Answer.Given<Integer> given
                ? event(AuditEvent.Type.SESSION_ENDED, by, caller, "oma: all sessions, " + given.value())
                : event(AuditEvent.Type.REFUSED, by, caller, "oma: logout_user");
        UUID audit = postern.audit()
                .fold(MailboxAddress.parse(user).map(event::about).orElse(event));
        if (answer instanceof Answer.Given) {
            return OmaAnswer.success().audited(audit);
        }
        return (answer instanceof Answer.Denied ? noPermission() : noObject()).audited(audit);
    }
}
