package org.reservoir.monitoring.history;

import java.time.Duration;
import java.time.Instant;

/** Epoch milliseconds from {@code from} to {@code to}, both within. Nothing lies in a span that ends before it begins. */
public record Span(long from, long to) {
    public static Span of(Instant from, Instant to) {
        return new Span(from.toEpochMilli(), to.toEpochMilli());
    }

    /** The time up to {@code now} and within it, without the very begin. */
    public static Span before(Instant now, Duration length) {
        return new Span(now.toEpochMilli() - length.toMillis() + 1, now.toEpochMilli());
    }

    public boolean contains(long time) {
        return time >= from && time <= to;
    }

    public boolean meets(Span other) {
        return from <= other.to && other.from <= to;
    }

    public boolean isEmpty() {
        return to < from;
    }

    /** The part of it not before {@code time}. */
    public Span since(long time) {
        return new Span(Math.max(from, time), to);
    }

    /** The part of it before {@code time}; before {@link Long#MIN_VALUE} there is none. */
    public Span until(long time) {
        return time == Long.MIN_VALUE ? new Span(0, -1) : new Span(from, Math.min(to, time - 1));
    }
}
