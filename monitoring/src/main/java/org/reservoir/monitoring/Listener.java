package org.reservoir.monitoring;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** Port: who uses what is measured. Called by the thread that heard it; must not wait. */
public interface Listener {
    /** Takes a measurement, each once. The row is used again afterwards: what is to be kept must be copied. */
    void measured(StreamInfo stream, Row row);

    /** A stream began, ended, fell silent or was heard again. */
    void changed(StreamInfo stream, StreamState state, String why);
}
