package org.reservoir.monitoring;

import java.util.OptionalDouble;

/**
 * What the samples of a window come to, without the samples: what rules ask again and again. As in {@link Window}, silence is never read as zero.
 *
 * @param coverage 0 (silence) to 1 (data for the whole time)
 * @param growth   of a counter from the first to the last sample, resets re-based
 * @param millis   from the first to the last sample
 */
public record Figures(int count, double coverage, double sum, double min, double max, double last, double growth, long millis) {

    public OptionalDouble mean() {
        return some(sum / count);
    }

    /** One number; percentiles are not among them. Empty where there is not enough data to say; a count is always known. */
    public OptionalDouble of(Aggregate aggregate) {
        return switch (aggregate) {
            case MEAN -> mean();
            case MIN -> some(min);
            case MAX -> some(max);
            case SUM -> some(sum);
            case LAST -> some(last);
            case COUNT -> OptionalDouble.of(count);
            case RATE -> count < 2 || millis == 0 ? OptionalDouble.empty() : OptionalDouble.of(growth * 1000 / millis);
            case P50, P75, P90, P95, P99 -> throw new IllegalStateException("%s needs the samples".formatted(aggregate));
        };
    }

    private OptionalDouble some(double value) {
        return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
