package org.reservoir.monitoring.kinds;

/** Makes rates of running counters, by the time that really passed; what is asked for is garbage-free. Pure. */
final class Rates {
    /** Looks closer together than this give no rate. */
    static final long LEAST_NANOS = 10_000_000;

    private Rates() {}

    /** A counter that fell began again from 0, so what it shows is all that it grew. */
    static long growth(long before, long now) {
        return now >= before ? now - before : now;
    }

    static double perSecond(long growth, long elapsedNanos) {
        return 1e9 * growth / elapsedNanos;
    }

    /** @param growth in nanoseconds */
    static double percent(long growth, long elapsedNanos) {
        return 100.0 * growth / elapsedNanos;
    }
}
