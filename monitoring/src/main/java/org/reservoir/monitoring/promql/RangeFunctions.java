package org.reservoir.monitoring.promql;

import java.util.Arrays;
import java.util.OptionalDouble;

/** Functions of the samples in a range. Empty where Prometheus gives no sample. */
final class RangeFunctions {
    private RangeFunctions() {}

    /**
     * @param times  epoch milliseconds of the samples in the range, at least one
     * @param from   where the range begins and @param to ends
     * @param number the function's other argument, if it has one
     */
    record Window(long[] times, double[] values, long from, long to, double number) {
        int count() {
            return times.length;
        }

        double last() {
            return values[values.length - 1];
        }
    }

    static OptionalDouble of(String function, Window window) {
        return switch (function) {
            case "rate" -> extrapolated(window, true, true);
            case "increase" -> extrapolated(window, true, false);
            case "delta" -> extrapolated(window, false, false);
            case "irate" -> instant(window, true);
            case "idelta" -> instant(window, false);
            case "deriv" -> window.count() < 2 ? OptionalDouble.empty() : OptionalDouble.of(line(window, window.times()[0])[0]);
            case "predict_linear" -> predicted(window);
            default -> OptionalDouble.of(sure(function, window));
        };
    }

    private static double sure(String function, Window window) {
        var values = window.values();
        return switch (function) {
            case "avg_over_time" -> Arrays.stream(values).sum() / values.length;
            case "sum_over_time" -> Arrays.stream(values).sum();
            case "min_over_time" -> Arrays.stream(values).min().orElseThrow();
            case "max_over_time" -> Arrays.stream(values).max().orElseThrow();
            case "count_over_time" -> values.length;
            case "last_over_time" -> window.last();
            case "present_over_time" -> 1;
            case "stdvar_over_time" -> variance(values);
            case "stddev_over_time" -> Math.sqrt(variance(values));
            case "quantile_over_time" -> quantile(window.number(), values);
            case "changes" -> steps(values, (before, after) -> before != after && !(Double.isNaN(before) && Double.isNaN(after)));
            case "resets" -> steps(values, (before, after) -> after < before);
            default -> throw new IllegalStateException("%s() is known and cannot be done".formatted(function));
        };
    }

    private interface Step {
        boolean counts(double before, double after);
    }

    private static double steps(double[] values, Step step) {
        int count = 0;
        for (int i = 1; i < values.length; i++) {
            count += step.counts(values[i - 1], values[i]) ? 1 : 0;
        }
        return count;
    }

    static double variance(double[] values) {
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        return Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum() / values.length;
    }

    /** Between the two nearest ranks, linearly. */
    static double quantile(double q, double[] values) {
        if (values.length == 0 || Double.isNaN(q)) {
            return Double.NaN;
        }
        if (q < 0 || q > 1) {
            return q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        var sorted = values.clone();
        Arrays.sort(sorted);
        double rank = q * (sorted.length - 1);
        int low = (int) Math.floor(rank);
        int high = Math.min(sorted.length - 1, low + 1);
        double weight = rank - low;
        return sorted[low] * (1 - weight) + sorted[high] * weight;
    }

    /**
     * Growth over the whole range, as if it had gone on to the range's ends as it did between the samples: fully where a sample is nearer to an end
     * than 1.1 mean gaps, else by half a gap; and a counter not to below zero. Source: Prometheus' documentation and behaviour of rate().
     */
    private static OptionalDouble extrapolated(Window window, boolean counter, boolean perSecond) {
        int n = window.count();
        if (n < 2) {
            return OptionalDouble.empty();
        }
        double growth = window.last() - window.values()[0];
        for (int i = 1; counter && i < n; i++) {
            growth += window.values()[i] < window.values()[i - 1] ? window.values()[i - 1] : 0;
        }
        double sampled = (window.times()[n - 1] - window.times()[0]) / 1000.0;
        double gap = sampled / (n - 1);
        double toStart = (window.times()[0] - window.from()) / 1000.0;
        double toEnd = (window.to() - window.times()[n - 1]) / 1000.0;
        if (counter && growth > 0 && window.values()[0] >= 0) {
            toStart = Math.min(toStart, sampled * (window.values()[0] / growth));
        }
        double whole = sampled + (toStart < gap * 1.1 ? toStart : gap / 2) + (toEnd < gap * 1.1 ? toEnd : gap / 2);
        double factor = whole / sampled / (perSecond ? (window.to() - window.from()) / 1000.0 : 1);
        return OptionalDouble.of(growth * factor);
    }

    private static OptionalDouble instant(Window window, boolean counter) {
        int n = window.count();
        if (n < 2) {
            return OptionalDouble.empty();
        }
        double before = window.values()[n - 2];
        double growth = counter && window.last() < before ? window.last() : window.last() - before;
        return OptionalDouble.of(counter ? growth * 1000 / (window.times()[n - 1] - window.times()[n - 2]) : growth);
    }

    private static OptionalDouble predicted(Window window) {
        if (window.count() < 2) {
            return OptionalDouble.empty();
        }
        var line = line(window, window.to());
        return OptionalDouble.of(line[0] * window.number() + line[1]);
    }

    /** Least squares: slope per second, and the value at {@code at}. */
    private static double[] line(Window window, long at) {
        int n = window.count();
        double x = 0;
        double y = 0;
        double xy = 0;
        double xx = 0;
        for (int i = 0; i < n; i++) {
            double seconds = (window.times()[i] - at) / 1000.0;
            x += seconds;
            y += window.values()[i];
            xy += seconds * window.values()[i];
            xx += seconds * seconds;
        }
        double slope = (xy - x * y / n) / (xx - x * x / n);
        return new double[] {slope, y / n - slope * x / n};
    }
}
