package org.postern.rest;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.postern.core.UnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a {@link Problem} of whatever goes wrong. Thread-safe. */
final class Problems implements ExceptionMapper<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final int MOST_NAME = 64;

    @Override
    public Response toResponse(Throwable thrown) {
        if (thrown instanceof WebApplicationException answered) {
            return answered(answered);
        }
        if (thrown.getCause() instanceof WebApplicationException answered) {
            return answered(answered);
        }
        if (thrown instanceof UnavailableException fault) {
            LOG.error("cannot answer: {}", fault.getMessage());
            return Problem.response(503, "Temporarily unavailable. Nothing was changed.")
                    .header(HttpHeaders.RETRY_AFTER, Answers.RETRY_SECONDS)
                    .build();
        }
        if (thrown instanceof JacksonException json) {
            return badJson(json);
        }
        LOG.error("a request failed", thrown);
        return Problem.response(500, "Something went wrong here.").build();
    }

    private static Response answered(WebApplicationException thrown) {
        Response response = thrown.getResponse();
        if (response.getEntity() instanceof Problem) {
            return response;
        }
        int status = response.getStatus();
        Response.ResponseBuilder problem = Problem.response(status, detail(status));
        if (thrown instanceof NotAllowedException) {
            problem.header(HttpHeaders.ALLOW, String.join(", ", response.getAllowedMethods()));
        }
        return problem.build();
    }

    private static String detail(int status) {
        return switch (status) {
            case 400 -> "The request cannot be read.";
            case 404 -> "There is nothing at this address.";
            case 405 -> "This address does not take that method.";
            case 406 -> "None of the media types that are accepted is to be had here.";
            case 413 -> "The body is longer than any that is wanted here.";
            case 415 -> "The body must be application/json.";
            default -> "The request cannot be answered.";
        };
    }

    private static Response badJson(JacksonException thrown) {
        if (thrown instanceof UnrecognizedPropertyException unknown) {
            return badField(name(unknown.getPath()), "is no field of this call");
        }
        if (thrown instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            return badField(name(mapping.getPath()), "is of the wrong kind");
        }
        return Problem.response(
                        400,
                        thrown instanceof StreamConstraintsException
                                ? "The body goes deeper or is longer than is wanted here."
                                : "The body is not the JSON object that is wanted here.")
                .build();
    }

    private static Response badField(String field, String message) {
        return Problem.response(400, "Some of the input is bad.", List.of(new Problem.FieldError(field, message)))
                .build();
    }

    /** The name of a field, unless it is longer or stranger than a name. */
    private static String name(List<JsonMappingException.Reference> path) {
        String name = path.stream()
                .map(r -> Objects.requireNonNullElse(r.getFieldName(), "[]"))
                .collect(Collectors.joining("."));
        return name.length() <= MOST_NAME && name.matches("[A-Za-z0-9_.\\[\\]-]+") ? name : "?";
    }
}
