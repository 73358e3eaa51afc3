package org.postern.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code /openapi}: the description of everything here, as it lies in the jar, in YAML or in JSON. Thread-safe. */
@Path("")
final class OpenApiResource {
    private static final String YAML = "application/yaml";

    private final Json json;
    private final String yaml;

    OpenApiResource(Json json) {
        this.json = json;
        try (InputStream in = OpenApiResource.class.getResourceAsStream("openapi.yaml")) {
            if (in == null) {
                throw new IllegalStateException("openapi.yaml is missing from the jar");
            }
            yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In JSON where the client asks for it, else in YAML, whatever it accepts. */
    @GET
    @Path("openapi")
    public Response describe(@Context ContainerRequestContext request) throws JsonProcessingException {
        String format = Query.of(request, "format").text("format");
        return switch (format) {
            case "yaml" -> yaml();
            case "json" -> json();
            case "" ->
                request.getAcceptableMediaTypes().stream()
                                .filter(t -> !t.isWildcardSubtype())
                                .map(t -> t.getType() + '/' + t.getSubtype())
                                .filter(t -> t.equals(YAML) || t.equals(MediaType.APPLICATION_JSON))
                                .findFirst()
                                .orElse(YAML)
                                .equals(YAML)
                        ? yaml()
                        : json();
            default -> throw Problem.badInput("format", "must be yaml or json");
        };
    }

    @GET
    @Path("openapi.yaml")
    public Response yaml() {
        return Response.ok(yaml, YAML + ";charset=utf-8").build();
    }

    @GET
    @Path("openapi.json")
    public Response json() throws JsonProcessingException {
        Object description = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        return Response.ok(json.mapper().writeValueAsString(description), MediaType.APPLICATION_JSON)
                .build();
    }
}
