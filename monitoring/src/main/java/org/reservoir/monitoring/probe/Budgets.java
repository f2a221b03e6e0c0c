package org.reservoir.monitoring.probe;

import org.reservoir.kernel.Refused;

/**
 * What a source may take.
 *
 * @param share       of one core for all its measuring; 0.05 is a twentieth
 * @param perListener measurements per second that any one listener gets at most
 */
public record Budgets(double share, double perListener) {
    public static final Budgets NONE = new Budgets(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    public Budgets {
        if (!(share > 0) || !(perListener > 0)) {
            throw Refused.invalid("BAD_BUDGET", "Nothing can be measured within %s of a core and %s a second.".formatted(share, perListener), "Both are more than nothing.");
        }
    }

    boolean isNone() {
        return equals(NONE);
    }
}
