package org.reservoir.monitoring.probe;

import java.time.Duration;

/**
 * What is asked of a probe; may be changed while it runs.
 *
 * @param on       whether it measures
 * @param period   how often, 1 ms to 1 day; {@link #ON_EVENT} for one that tells by itself
 * @param sending  which of the measurements are sent
 * @param deadline for probes that wait: after this long a measurement is given up
 */
public record ProbeSettings(boolean on, Duration period, Transmission sending, Delivery delivery, Duration deadline) {
    /** Measured only when somebody calls {@link DataSource#inform}; told as alive once a day at least. */
    public static final Duration ON_EVENT = Duration.ofDays(1);

    public static ProbeSettings every(Duration period) {
        return new ProbeSettings(true, period, new Transmission.Always(), Delivery.CONTROL, Duration.ofSeconds(5));
    }

    /** How long a probe that is well may send nothing. */
    Duration silence() {
        var most = switch (sending) {
            case Transmission.Always _ -> period;
            case Transmission.OnChange(var silence) -> silence;
            case Transmission.DeadBand(_, _, _, var silence) -> silence;
            case Transmission.Band(_, _, _, _, var silence) -> silence;
            case Transmission.Summary(var window, _) -> window.plus(period);
        };
        return most.compareTo(period) > 0 ? most : period;
    }

    public ProbeSettings switched(boolean other) {
        return new ProbeSettings(other, period, sending, delivery, deadline);
    }

    public ProbeSettings at(Duration other) {
        return new ProbeSettings(on, other, sending, delivery, deadline);
    }

    public ProbeSettings sending(Transmission other) {
        return new ProbeSettings(on, period, other, delivery, deadline);
    }

    public ProbeSettings delivering(Delivery other) {
        return new ProbeSettings(on, period, sending, other, deadline);
    }
}
