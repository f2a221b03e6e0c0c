package org.reservoir.plugins;

import java.time.Duration;

import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/**
 * What one call into a plug-in may take.
 *
 * @param steps  method calls and turns of loops
 * @param memory bytes of arrays and objects allocated, freed or not
 * @param time   on the clock; the caller waits no longer
 */
public record Budget(long steps, DataSize memory, Duration time) {
    /** A decision that is taken often: 200 million steps (about a second), 256 MiB, 5 seconds. */
    public static final Budget USUAL = new Budget(200_000_000, DataSize.mebibytes(256), Duration.ofSeconds(5));

    public Budget {
        if (steps <= 0 || memory.bytes() <= 0 || time.isNegative() || time.isZero()) {
            throw Refused.invalid("PLUGIN_BUDGET", "A budget of %d steps, %s, %s allows no call.".formatted(steps, memory, time), "All three are more than nothing.");
        }
    }
}
