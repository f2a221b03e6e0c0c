package org.reservoir.monitoring;

import java.util.OptionalDouble;

/** One number made of a window. */
public enum Aggregate {
    MEAN, MIN, MAX, SUM, LAST, COUNT,
    /** Growth per second of a counter, resets re-based. */ RATE,
    P50, P75, P90, P95, P99;

    /** Whether it can be told without the samples. */
    boolean isIncremental() {
        return compareTo(P50) < 0;
    }

    /** Empty when the window has not enough data to say; never 0 in its place. COUNT alone is always known. */
    public OptionalDouble of(Window window) {
        return switch (this) {
            case MEAN -> window.mean();
            case MIN -> window.min();
            case MAX -> window.max();
            case SUM -> window.sum();
            case LAST -> window.last();
            case COUNT -> OptionalDouble.of(window.count());
            case RATE -> window.rate();
            case P50 -> window.percentile(50);
            case P75 -> window.percentile(75);
            case P90 -> window.percentile(90);
            case P95 -> window.percentile(95);
            case P99 -> window.percentile(99);
        };
    }
}
