package org.reservoir.monitoring;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** Port: who uses what is measured. Called by the thread that heard it, of which there may be several at once; must not wait. */
public interface Listener {
    /** Takes a measurement, each once. The row is used again afterwards: what is to be kept must be copied. */
    void measured(StreamInfo stream, Row row);

    /** The same, for who passes it on. @param sequence counts the stream's measurements; what is missing in it was lost */
    default void measured(StreamInfo stream, long sequence, Row row) {
        measured(stream, row);
    }

    /** The same, of a measurement for accounting that stands in the collector's inbox: who needs each exactly once reads it there. */
    default void kept(StreamInfo stream, long sequence, Row row) {
        measured(stream, sequence, row);
    }

    /**
     * The same, of a measurement for accounting that the inbox has no room for now. It comes again until it has, and is not told then: who needs each
     * exactly once reads it in the inbox.
     */
    default void unkept(StreamInfo stream, long sequence, Row row) {
        measured(stream, sequence, row);
    }

    /** A stream began, ended, fell silent or was heard again. */
    void changed(StreamInfo stream, StreamState state, String why);
}
