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
    /** How often the chance is beyond one of the two bounds. */
    private static final double ERROR = 1 / 40.0;
    private static final int HALVINGS = 60;

    public double rate() {
        return of == 0 ? 0 : (double) held / of;
    }

    /** Lower bound of the exact interval for a sample (Clopper and Pearson 1934); the rate itself when exact. */
    public double low() {
        return low(ERROR);
    }

    public double high() {
        return high(ERROR);
    }

    /** @param error how often the chance may be less */
    double low(double error) {
        return exact ? rate() : 1 - bound(of - held, error);
    }

    double high(double error) {
        return exact ? rate() : bound(held, error);
    }

    /** The same of all time, of which a part is known to end well and this is of the rest. */
    Chance within(double sure) {
        return new Chance(sure + (1 - sure) * rate(), sure + (1 - sure) * low(), sure + (1 - sure) * high(), of);
    }

    /** The chance at which no more than {@code count} would be seen that seldom. */
    private double bound(int count, double error) {
        if (count == of) {
            return 1;
        }
        double ways = 0;
        for (int i = 1; i <= count; i++) {
            ways += Math.log((of - i + 1.0) / i);
        }
        double low = (double) count / of;
        double high = 1;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (noMore(count, ways, middle) > error) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /** That no more than {@code count} of all are seen, of what has at least their share of the chance: the terms of the binomial distribution from there down. */
    private double noMore(int count, double ways, double chance) {
        double term = 1;
        double sum = 1;
        for (int i = count; i > 0 && term > sum * 1e-16; i--) {
            term *= i / (of - i + 1.0) * (1 - chance) / chance;
            sum += term;
        }
        return sum * Math.exp(ways + count * Math.log(chance) + (of - count) * Math.log1p(-chance));
    }

    @Override
    public String toString() {
        return exact ? String.format(Locale.ROOT, "%.3f %% (%d of %d)", 100 * rate(), held, of)
                : String.format(Locale.ROOT, "%.3f %% (%d of %d trials; between %.3f and %.3f %%)", 100 * rate(), held, of, 100 * low(), 100 * high());
    }
}
