package org.reservoir.placement.admission;

import java.util.Locale;

/**
 * How often something holds, as far as it is known.
 *
 * @param rate   as it looks
 * @param low    it lies between this
 * @param high   and this, with 95 %
 * @param trials that were made; 0 says that nothing is known
 */
public record Chance(double rate, double low, double high, int trials) {
    static final Chance UNKNOWN = new Chance(0, 0, 1, 0);

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f %% (%d trials; between %.3f and %.3f %%)", 100 * rate, trials, 100 * low, 100 * high);
    }
}
