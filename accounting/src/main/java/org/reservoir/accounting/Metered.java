package org.reservoir.accounting;

import java.time.Instant;
import java.util.Optional;

import org.reservoir.monitoring.Subject;

/**
 * What measurements for accounting of one subject came to in one hour.
 *
 * @param metric the attribute that was measured
 * @param hour   its begin, by the clock of who measured
 */
public record Metered(String subject, String metric, Instant hour, long count, double sum, double low, double high) {
    static Metered of(Subject subject, String metric, Instant hour, double value) {
        return new Metered(subject.toString(), metric, hour, 1, value, value, value);
    }

    Metered plus(Metered other) {
        return new Metered(subject, metric, hour, count + other.count, sum + other.sum, Math.min(low, other.low), Math.max(high, other.high));
    }

    public double mean() {
        return sum / count;
    }

    /** What is asked for: of one subject, of metrics whose names begin so. */
    public record Which(Optional<String> subject, String prefix) {}
}
