package org.reservoir.manifest;

import java.util.List;
import java.util.stream.Stream;

/**
 * A descriptor that was read.
 *
 * @param noticed what was doubtful about how it is written; {@link #findings} adds what does not hold of what it says
 */
public record Reading(Manifest manifest, List<Finding> noticed) {
    public Reading {
        noticed = List.copyOf(noticed);
    }

    /** All that its author should know, in the order of the lines. */
    public List<Finding> findings() {
        return Stream.concat(noticed.stream(), WellFormedness.findings(manifest).stream())
                .sorted(java.util.Comparator.comparingInt(Finding::line)).toList();
    }
}
