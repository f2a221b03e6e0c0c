package org.reservoir.monitoring;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The samples of one series in {@code (from, to]}, and what they come to. Where there is no data every figure is empty:
 * silence is never read as zero. {@link #coverage()} says which share of the window the samples speak for; a sample
 * speaks for the time from it to the next, but no longer than the series' reach (see {@link Ring#reach()}).
 * Means are over samples, each counted once. Percentiles are by nearest rank.
 */
public final class Window {
    private final Instant from;
    private final Instant to;
    private final long[] times;
    private final double[] values;
    private final double coverage;

    /**
     * @param times    epoch milliseconds, rising
     * @param coverage 0 to 1
     */
    Window(Instant from, Instant to, long[] times, double[] values, double coverage) {
        this.from = from;
        this.to = to;
        this.times = times;
        this.values = values;
        this.coverage = coverage;
    }

    /** A window in which nothing was heard. */
    public static Window silent(Duration length, Instant now) {
        return new Window(now.minus(length), now, new long[0], new double[0], 0);
    }

    public Instant from() {
        return from;
    }

    public Instant to() {
        return to;
    }

    public int count() {
        return values.length;
    }

    public boolean isEmpty() {
        return values.length == 0;
    }

    /** 0 (silence) to 1 (data for the whole time). */
    public double coverage() {
        return coverage;
    }

    public OptionalDouble mean() {
        return isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(plainSum() / values.length);
    }

    public OptionalDouble sum() {
        return isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(plainSum());
    }

    public OptionalDouble min() {
        return Arrays.stream(values).min();
    }

    public OptionalDouble max() {
        return Arrays.stream(values).max();
    }

    public OptionalDouble last() {
        return isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(values[values.length - 1]);
    }

    public Optional<Instant> lastAt() {
        return isEmpty() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(times[times.length - 1]));
    }

    /** Growth per second of a counter from the first to the last sample; where it falls it is taken to have begun again from 0. */
    public OptionalDouble rate() {
        if (values.length < 2 || times[times.length - 1] == times[0]) {
            return OptionalDouble.empty();
        }
        double growth = 0;
        for (int i = 1; i < values.length; i++) {
            growth += values[i] >= values[i - 1] ? values[i] - values[i - 1] : values[i];
        }
        return OptionalDouble.of(growth * 1000 / (times[times.length - 1] - times[0]));
    }

    /** @param percent over 0, up to 100 */
    public OptionalDouble percentile(double percent) {
        if (percent <= 0 || percent > 100) {
            throw new IllegalStateException("there is no %s-th percentile".formatted(percent));
        }
        if (isEmpty()) {
            return OptionalDouble.empty();
        }
        var sorted = values.clone();
        Arrays.sort(sorted);
        return OptionalDouble.of(sorted[(int) Math.ceil(percent / 100 * sorted.length) - 1]);
    }

    private double plainSum() {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    @Override
    public String toString() {
        return "Window(%s..%s, %d samples, covers %.2f)".formatted(from, to, values.length, coverage);
    }
}
