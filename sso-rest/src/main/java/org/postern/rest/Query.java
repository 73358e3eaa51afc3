package org.postern.rest;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.postern.core.DomainName;
import org.postern.core.FormPair;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;

/**
 * The query of a call of {@code /sso/v1}: what is unknown, twice there or not to be decoded is bad input, and empty is
 * absent.
 */
final class Query {
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 200;
    private static final int MAX_CURSOR = 500;

    private final Form form;

    private Query(Form form) {
        this.form = form;
    }

    static Query of(ContainerRequestContext request, String... known) {
        Form form = Form.parse(FormPair.bytes(Caller.of(request).query()));
        if (form.isCrowded() || form.hasDuplicate()) {
            throw Problem.exception(400, "A query parameter stands there twice, or there are too many.");
        }
        Set<String> names = Set.of(known);
        List<Problem.FieldError> errors = new ArrayList<>();
        for (String name : form.names()) {
            if (!names.contains(name)) {
                String safe = name.matches("[A-Za-z0-9_.-]{1,64}") ? name : "?";
                errors.add(new Problem.FieldError(safe, "is no parameter of this call"));
            } else if (form.get(name).equals(Form.MALFORMED)) {
                errors.add(new Problem.FieldError(name, "cannot be decoded"));
            }
        }
        if (!errors.isEmpty()) {
            throw Problem.badInput(errors);
        }
        return new Query(form);
    }

    String text(String name) {
        return form.get(name);
    }

    String required(String name) {
        if (form.get(name).isEmpty()) {
            throw Problem.badInput(name, "must be given");
        }
        return form.get(name);
    }

    private <T> Optional<T> parsed(String name, Function<String, Optional<T>> parser, String message) {
        String text = form.get(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<T> value = parser.apply(text);
        if (value.isEmpty()) {
            throw Problem.badInput(name, message);
        }
        return value;
    }

    <T> Optional<T> oneOf(String name, Function<String, Optional<T>> parser) {
        return parsed(name, parser, "is none of the values that there are");
    }

    Optional<MailboxAddress> address(String name) {
        return parsed(name, MailboxAddress::parse, "must be an address");
    }

    Optional<DomainName> domain(String name) {
        return parsed(name, DomainName::parse, "must be a domain");
    }

    Optional<Instant> time(String name) {
        return parsed(name, Query::instant, "must be a time such as 2026-01-31T12:00:00Z");
    }

    private static Optional<Instant> instant(String text) {
        try {
            return text.matches("[0-9]{4}-.*")
                    ? Optional.of(OffsetDateTime.parse(text).toInstant())
                    : Optional.empty();
        } catch (DateTimeException bad) {
            return Optional.empty();
        }
    }

    int limit() {
        return parsed(
                        "limit",
                        text -> text.matches("[0-9]{1,3}")
                                ? Optional.of(Integer.parseInt(text)).filter(n -> n >= 1 && n <= MAX_LIMIT)
                                : Optional.<Integer>empty(),
                        "must be a number from 1 to " + MAX_LIMIT)
                .orElse(DEFAULT_LIMIT);
    }

    /** A page of a list, from {@code limit} and {@code cursor}. */
    <T> Page<T> page(Lister<T> lister) {
        Optional<String> after = parsed(
                "cursor",
                text -> text.length() > MAX_CURSOR ? Optional.empty() : decode(text),
                "is no cursor of this list");
        try {
            return lister.list(limit(), after);
        } catch (IllegalArgumentException noCursor) {
            throw Problem.badInput("cursor", "is no cursor of this list");
        }
    }

    /** Reads a page of a list; throws {@link IllegalArgumentException} where {@code after} is no page's next. */
    interface Lister<T> {
        Page<T> list(int limit, Optional<String> after);
    }

    static String cursor(String position) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> decode(String cursor) {
        try {
            return Optional.of(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }
}
