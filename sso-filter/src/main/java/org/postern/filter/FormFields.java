package org.postern.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.postern.core.FormPair;

/**
 * The parameters of a login, read strictly from its query and its form body, in this order, by {@link FormPair}: one
 * that is malformed spoils all. Immutable and thread-safe.
 */
final class FormFields {
    private static final int MAX_FIELDS = 100;

    record Field(String name, String value) {}

    private final List<Field> fields;

    private FormFields(List<Field> fields) {
        this.fields = fields;
    }

    /**
     * The fields of both.
     *
     * @param query raw; a character outside ASCII was decoded by somebody already, and is refused
     * @param body bytes as they came
     * @return empty where anything is malformed, or there are too many
     */
    static Optional<FormFields> parse(String query, byte[] body) {
        List<Field> fields = new ArrayList<>();
        Predicate<FormPair> keep = pair -> pair.isWhole()
                && fields.size() < MAX_FIELDS
                && fields.add(new Field(pair.name().orElseThrow(), pair.value().orElseThrow()));
        return FormPair.read(FormPair.bytes(query), keep) && FormPair.read(body, keep)
                ? Optional.of(new FormFields(List.copyOf(fields)))
                : Optional.empty();
    }

    List<Field> all() {
        return fields;
    }

    /** How many fields have one of these names. */
    long count(Set<String> names) {
        return fields.stream().filter(f -> names.contains(f.name())).count();
    }

    /** The first value under one of these names; empty text where there is none. */
    String value(Set<String> names) {
        return fields.stream()
                .filter(f -> names.contains(f.name()))
                .map(Field::value)
                .findFirst()
                .orElse("");
    }

    String value(String name) {
        return value(Set.of(name));
    }
}
