package org.reservoir.servicemanager;

import java.util.OptionalDouble;

/**
 * What was measured of a KPI within a time window.
 *
 * @param total    mean over the window of the KPI's sum over all that tell it; empty when nobody said anything
 * @param coverage share of the window that has measurements, 0 to 1
 */
public record Window(OptionalDouble total, double coverage) {
    public static final Window EMPTY = new Window(OptionalDouble.empty(), 0);

    public Window {
        if (!(coverage >= 0 && coverage <= 1) || total.isPresent() && !Double.isFinite(total.getAsDouble())) {
            throw new IllegalStateException("no window: total %s, coverage %s".formatted(total, coverage));
        }
    }

    public static Window of(double total, double coverage) {
        return new Window(OptionalDouble.of(total), coverage);
    }
}
