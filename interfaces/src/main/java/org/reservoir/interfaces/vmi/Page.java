package org.reservoir.interfaces.vmi;

import java.util.List;
import java.util.Optional;

/** Some of a list. @param next give it as {@link Request#after()} to get what follows; empty at the end */
public record Page<T>(List<T> items, Optional<String> next) {
    public Page {
        items = List.copyOf(items);
    }

    /** @param limit 1 to 10 000 */
    public record Request(int limit, Optional<String> after) {
        public static final Request FIRST = new Request(100, Optional.empty());
        public static final Request ALL = new Request(10_000, Optional.empty());

        public Request {
            limit = Math.clamp(limit, 1, 10_000);
        }
    }
}
