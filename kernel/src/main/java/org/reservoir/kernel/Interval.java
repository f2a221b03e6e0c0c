package org.reservoir.kernel;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The time from {@code from} (within) to {@code to} (no longer within). */
public record Interval(Instant from, Instant to) {
    public Interval {
        if (to.isBefore(from)) {
            throw Refused.invalid("BAD_INTERVAL", "An interval cannot end (%s) before it begins (%s).".formatted(to, from), "");
        }
    }

    public Duration length() {
        return Duration.between(from, to);
    }

    public boolean contains(Instant instant) {
        return !instant.isBefore(from) && instant.isBefore(to);
    }

    public Optional<Interval> intersection(Interval other) {
        var start = from.isAfter(other.from) ? from : other.from;
        var end = to.isBefore(other.to) ? to : other.to;
        return start.isBefore(end) ? Optional.of(new Interval(start, end)) : Optional.empty();
    }
}
