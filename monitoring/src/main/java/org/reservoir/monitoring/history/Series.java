package org.reservoir.monitoring.history;

import java.util.SortedMap;

import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Tags;

/** A series of the history. Its labels are those last known: a VEE's series goes on when the VEE migrates. */
public record Series(SeriesKey key, Labels labels) {
    /** As Prometheus names it; see {@link Tags}. */
    public SortedMap<String, String> tags() {
        return Tags.of(key, labels);
    }
}
