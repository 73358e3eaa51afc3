package org.postern.core;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param next where the next page starts, as the same method takes it; empty on the last page
 */
public record Page<T>(List<T> items, Optional<String> next) {
    public Page {
        items = List.copyOf(items);
    }

    /** The first {@code limit} of {@code rows}, where one row more than that tells that there is a next page. */
    public static <T> Page<T> of(List<T> rows, int limit, Function<T, String> position) {
        return rows.size() <= limit
                ? new Page<>(rows, Optional.empty())
                : new Page<>(rows.subList(0, limit), Optional.of(position.apply(rows.get(limit - 1))));
    }
}
