package org.postern.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;

/** The body of every error of {@code /sso/*} (RFC 9457). Never holds what somebody sent. */
record Problem(
        String type,
        String title,
        int status,
        String detail,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FieldError> errors) {
    /** A field that is bad, and what is wrong with it. */
    record FieldError(String field, String message) {}

    static final MediaType TYPE = new MediaType("application", "problem+json");

    static Response.ResponseBuilder response(int status, String detail, List<FieldError> errors) {
        Response.Status known = Response.Status.fromStatusCode(status);
        String title = known == null ? "Error" : known.getReasonPhrase();
        return Response.status(status).type(TYPE).entity(new Problem("about:blank", title, status, detail, errors));
    }

    static Response.ResponseBuilder response(int status, String detail) {
        return response(status, detail, List.of());
    }

    static WebApplicationException exception(int status, String detail) {
        return new WebApplicationException(response(status, detail).build());
    }

    static WebApplicationException badInput(List<FieldError> errors) {
        return new WebApplicationException(
                response(400, "Some of the input is bad.", errors).build());
    }

    static WebApplicationException badInput(String field, String message) {
        return badInput(List.of(new FieldError(field, message)));
    }

    static WebApplicationException denied() {
        return exception(403, "You have no power over this.");
    }

    static WebApplicationException missing() {
        return exception(404, "There is no such thing under your control.");
    }

    static WebApplicationException throttled(Duration retryAfter) {
        return new WebApplicationException(response(429, "Too many wrong attempts. Try again later.")
                .header(HttpHeaders.RETRY_AFTER, Answers.seconds(retryAfter))
                .build());
    }
}
