package org.reservoir.monitoring.plane;

import java.time.Duration;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.probe.Budgets;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Transmission;

/** What a source can be told to do: data, so that it can be sent, kept and shown. In force when the answer comes. */
public sealed interface Order {
    /** An order for those probes of the source that are selected. */
    sealed interface Change extends Order {
        Selection of();
    }

    /**
     * Makes a probe.
     *
     * @param lasting whether it comes again after a restart of the source by itself; probes that the source's own process adds do not
     */
    record Add(Wanted probe, boolean lasting) implements Order {
        public Add(Wanted probe) {
            this(probe, false);
        }
    }

    record Remove(Selection of) implements Change {}

    /** On or off. */
    record Switch(Selection of, boolean on) implements Change {}

    record Rate(Selection of, Duration period) implements Change {
        public Rate {
            if (period.toMillis() < 1 || period.compareTo(Duration.ofDays(1)) > 0) {
                throw Refused.invalid("BAD_PERIOD", "Nothing can be measured every %s.".formatted(period), "Give 1 ms to 1 day.");
            }
        }
    }

    /** Which of the measurements are sent. */
    record Filter(Selection of, Transmission sending) implements Change {}

    record Deliver(Selection of, Delivery delivery) implements Change {}

    /** Where the measured VEE belongs and is now. */
    record Relabel(Selection of, Labels labels) implements Change {}

    /** What the source may take from now on; see {@link org.reservoir.monitoring.probe.DataSource#keepWithin}. */
    record Budget(Budgets within) implements Order {}

    /** @param to a place that the source knows how to send to */
    record Subscribe(Interest interest, String to) implements Order {}

    record Unsubscribe(int subscription) implements Order {}

    /** @param after only streams with higher numbers: the last of the page before @param most at most so many */
    record List(Selection of, int after, int most) implements Order {
        public static final int MOST = 1000;

        public List {
            if (most < 1 || most > MOST) {
                throw Refused.invalid("BAD_PAGE", "A page of %d probes cannot be given.".formatted(most), "Ask for 1 to %d.".formatted(MOST));
            }
        }
    }

    /** The kinds of probes that the source can make. @param after names that follow this one */
    record ListKinds(String after) implements Order {}
}
