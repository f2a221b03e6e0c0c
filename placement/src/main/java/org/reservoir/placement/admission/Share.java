package org.reservoir.placement.admission;

import java.util.Locale;

/**
 * How often something held, and between which bounds its chance lies.
 *
 * @param held   so many times
 * @param of     so many trials; 0 when none was made, which says nothing
 * @param exact  whether the trials are all cases that there are, and no sample of them
 */
public record Share(int held, int of, boolean exact) {
    /** Of the normal distribution, for an interval that holds with 95 %. */
    private static final double Z = 1.959964;

    public double rate() {
        return of == 0 ? 0 : (double) held / of;
    }

    /** Lower bound of the score interval (Wilson 1927); the rate itself when exact. */
    public double low() {
        return exact ? rate() : bound(-1);
    }

    public double high() {
        return exact ? rate() : bound(1);
    }

    private double bound(int side) {
        if (of == 0) {
            return side < 0 ? 0 : 1;
        }
        double square = Z * Z;
        double middle = rate() + square / (2 * of);
        double width = Z * Math.sqrt(rate() * (1 - rate()) / of + square / (4.0 * of * of));
        return Math.clamp((middle + side * width) / (1 + square / of), 0, 1);
    }

    @Override
    public String toString() {
        return exact ? String.format(Locale.ROOT, "%.3f %% (%d of %d)", 100 * rate(), held, of)
                : String.format(Locale.ROOT, "%.3f %% (%d of %d trials; between %.3f and %.3f %%)", 100 * rate(), held, of, 100 * low(), 100 * high());
    }
}
