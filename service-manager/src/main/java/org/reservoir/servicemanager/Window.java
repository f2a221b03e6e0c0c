package org.reservoir.servicemanager;

import java.util.OptionalDouble;

/**
 * What was measured of a KPI within a time window.
 *
 * @param total    mean over the window of the KPI's sum over all that tell it; empty when nobody said anything
 * @param coverage share of the window that has measurements, 0 to 1, of the one that was heard longest
 * @param least    the same of the one that was heard least: 0 when one of those that should tell it has not. A total that is not
 *                 whole is good enough to grow on, and not to shrink on
 */
public record Window(OptionalDouble total, double coverage, double least) {
    public static final Window EMPTY = new Window(OptionalDouble.empty(), 0, 0);

    public Window {
        if (!(least >= 0 && least <= coverage && coverage <= 1) || total.isPresent() && !Double.isFinite(total.getAsDouble())) {
            throw new IllegalStateException("no window: total %s, coverage %s, least %s".formatted(total, coverage, least));
        }
    }

    public static Window of(double total, double coverage) {
        return new Window(OptionalDouble.of(total), coverage, coverage);
    }
}
