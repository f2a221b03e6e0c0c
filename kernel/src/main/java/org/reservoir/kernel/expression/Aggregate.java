package org.reservoir.kernel.expression;

import java.util.Locale;
import java.util.Optional;

/** What a window of samples is reduced to: {@code avg(sessions, 5m)}. Percentiles are nearest-rank; {@code rate} is the increase per second. */
public enum Aggregate {
    AVG, MIN, MAX, SUM, LAST, COUNT, RATE, P50, P75, P90, P95, P99;

    static Optional<Aggregate> named(String name) {
        for (var aggregate : values()) {
            if (aggregate.word().equals(name)) {
                return Optional.of(aggregate);
            }
        }
        return Optional.empty();
    }

    /** As written in an expression. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The unit of what it makes of a series. */
    public Dimension of(Dimension series) {
        return switch (this) {
            case COUNT -> Dimension.COUNT;
            case RATE -> series.over(Dimension.TIME);
            default -> series;
        };
    }
}
