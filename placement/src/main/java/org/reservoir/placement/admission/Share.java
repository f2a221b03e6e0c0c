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
    /** The same for intervals that miss in 1/80 of all cases, 1/160, 1/320 and so on, for looks one after the other. */
    static final double[] Z_LOOKS = {2.497705, 2.734369, 2.955167, 3.162818, 3.359354, 3.546338, 3.725004, 3.896343, 4.061167, 4.220149, 4.373857, 4.522771};

    public double rate() {
        return of == 0 ? 0 : (double) held / of;
    }

    /** Lower bound of the score interval (Wilson 1927); the rate itself when exact. */
    public double low() {
        return low(Z);
    }

    public double high() {
        return high(Z);
    }

    double low(double z) {
        return exact ? rate() : bound(-z);
    }

    double high(double z) {
        return exact ? rate() : bound(z);
    }

    /** @param z of the normal distribution, negative for the lower bound */
    private double bound(double z) {
        if (of == 0) {
            return z < 0 ? 0 : 1;
        }
        double square = z * z;
        double middle = rate() + square / (2 * of);
        double width = z * Math.sqrt(rate() * (1 - rate()) / of + square / (4.0 * of * of));
        return Math.clamp((middle + width) / (1 + square / of), 0, 1);
    }

    @Override
    public String toString() {
        return exact ? String.format(Locale.ROOT, "%.3f %% (%d of %d)", 100 * rate(), held, of)
                : String.format(Locale.ROOT, "%.3f %% (%d of %d trials; between %.3f and %.3f %%)", 100 * rate(), held, of, 100 * low(), 100 * high());
    }
}
