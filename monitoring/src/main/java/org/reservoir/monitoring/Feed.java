package org.reservoir.monitoring;

import java.time.Instant;
import java.time.InstantSource;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/**
 * Puts every number that is heard into the {@link Measurements}: attribute {@code a} of a stream of subject {@code s} becomes
 * series {@code (s, a)}. Times are those of hearing: a source's clock decides nothing. Its first stale, lost or retired state
 * needs no word here, for a window of a silent series says itself how little it covers.
 */
public final class Feed implements Listener {
    private final Measurements measurements;
    private final InstantSource clock;

    public Feed(Measurements measurements, InstantSource clock) {
        this.measurements = measurements;
        this.clock = clock;
    }

    @Override
    public void measured(StreamInfo stream, Row row) {
        Instant now = clock.instant();
        var attributes = stream.schema().attributes();
        for (int i = 0; i < attributes.size(); i++) {
            if (row.has(i) && row.type(i).isNumber()) {
                measurements.take(new SeriesKey(stream.subject(), attributes.get(i).name()), row.number(i), now);
            }
        }
    }

    @Override
    public void changed(StreamInfo stream, StreamState state, String why) {
        // see the class: silence shows in the windows
    }
}
