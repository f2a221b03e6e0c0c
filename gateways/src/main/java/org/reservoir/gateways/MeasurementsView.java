package org.reservoir.gateways;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** What was measured. Who may read it is decided by the gateway before it asks. */
public interface MeasurementsView {
    /**
     * The newest value of each series.
     *
     * @param subject {@code vee-7}, {@code host-2}, {@code service-1}, {@code site}; empty for all
     * @param limit   at most so many
     */
    List<Reading> latest(Optional<String> subject, Optional<String> metric, int limit);

    /** What the values of one series in the time up to now come to. */
    Figures window(String subject, String metric, Duration length);

    /** @param labels such as {@code service}, {@code component}, {@code host} */
    record Reading(String subject, String metric, double value, Instant at, Map<String, String> labels) {
        public Reading {
            labels = Map.copyOf(labels);
        }
    }

    /** @param coverage 0 (silence) to 1 (data for the whole time); without data every figure is empty */
    record Figures(Instant from, Instant to, int count, double coverage, OptionalDouble mean, OptionalDouble min, OptionalDouble max, OptionalDouble last,
                   OptionalDouble rate) {}
}
