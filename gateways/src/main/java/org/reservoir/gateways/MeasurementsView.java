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
     * The newest value of each series, by subject and metric.
     *
     * @param subject {@code vee-7}, {@code host-2}, {@code service-1}, {@code site}; empty for all
     * @param limit   at most so many
     */
    List<Reading> latest(Optional<String> subject, Optional<String> metric, int limit);

    /** What the values of one series in the time up to now come to. */
    Figures window(String subject, String metric, Duration length);

    /** What is measured from now on; closed by who follows. */
    Following follow(Wanted wanted);

    /**
     * What is wanted of all that is measured.
     *
     * @param service     of VEEs of this one alone, and of itself
     * @param prefix      of probes whose names begin so
     * @param probe       of the one with this name
     * @param type        as probes' schemas have it
     * @param atMostEvery of each probe one measurement in this time at most
     */
    record Wanted(Optional<String> subject, Optional<String> service, Optional<String> prefix, Optional<String> probe, Optional<String> type, Optional<String> metric,
                  Optional<Duration> atMostEvery) {}

    interface Following extends AutoCloseable {
        /** What came since the last time, the oldest first; no readings when none came within {@code patience}. */
        Told next(Duration patience) throws InterruptedException;

        @Override
        void close();
    }

    /** @param missed readings that there was no room for, since the last time @param ended nothing more will come */
    record Told(List<Reading> readings, long missed, boolean ended) {}

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
