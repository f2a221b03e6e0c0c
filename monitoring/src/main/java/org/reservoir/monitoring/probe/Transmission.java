package org.reservoir.monitoring.probe;

import java.time.Duration;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Aggregate;

/**
 * Which of the measurements that a probe takes are sent: data, so that it can be set from afar while the probe runs.
 * Where there is a longest silence, a measurement is sent at the latest when nothing was sent for so long, so that a
 * listener can tell "nothing new" from "no longer there".
 */
public sealed interface Transmission {
    Duration USUAL_SILENCE = Duration.ofMinutes(1);

    /** All of them. */
    record Always() implements Transmission {}

    /** Those that differ from the one sent last. */
    record OnChange(Duration longestSilence) implements Transmission {
        public OnChange {
            positive(longestSilence);
        }
    }

    /**
     * Those whose attribute is farther than {@code width} from the value sent last (not the one measured last: a slow drift
     * is sent too).
     *
     * @param relative whether {@code width} is a fraction of the value sent last instead of an amount
     */
    record DeadBand(String attribute, double width, boolean relative, Duration longestSilence) implements Transmission {
        public DeadBand {
            positive(longestSilence);
            if (!(width >= 0)) {
                throw Refused.invalid("BAD_TRANSMISSION", "A dead band cannot be %s wide.".formatted(width), "");
            }
        }
    }

    /** Those whose attribute is within {@code low} to {@code high}, bounds included; or {@code inside} false: those where it is not. */
    record Band(String attribute, double low, double high, boolean inside, Duration longestSilence) implements Transmission {
        public Band {
            positive(longestSilence);
            if (!(low <= high)) {
                throw Refused.invalid("BAD_TRANSMISSION", "No value is within %s to %s.".formatted(low, high), "");
            }
        }

        public static Band above(String attribute, double limit) {
            return new Band(attribute, Double.NEGATIVE_INFINITY, limit, false, USUAL_SILENCE);
        }

        public static Band below(String attribute, double limit) {
            return new Band(attribute, limit, Double.POSITIVE_INFINITY, false, USUAL_SILENCE);
        }
    }

    /**
     * One for each {@code window}, whose floating attributes are the mean, least, greatest, sum, last or number of those
     * measured; whole ones and all others are the last.
     */
    record Summary(Duration window, Aggregate aggregate) implements Transmission {
        public Summary {
            positive(window);
            switch (aggregate) {
                case MEAN, MIN, MAX, SUM, LAST, COUNT -> { }
                default -> throw Refused.invalid("BAD_TRANSMISSION", "A source does not compute %s.".formatted(aggregate), "Give MEAN, MIN, MAX, SUM, LAST or COUNT.");
            }
        }
    }

    private static void positive(Duration duration) {
        if (duration.isNegative() || duration.isZero() || duration.compareTo(Duration.ofDays(1)) > 0) {
            throw Refused.invalid("BAD_TRANSMISSION", "%s is no time to wait.".formatted(duration), "Give more than nothing and at most a day.");
        }
    }
}
