package org.reservoir.monitoring.border;

import java.util.concurrent.atomic.LongAdder;

import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** Lets in what a peer may tell under the {@link Terms}; counts the rest. */
public final class Admission implements Listener {
    private final Terms terms;
    private final Listener listener;
    private final LongAdder refused = new LongAdder();

    Admission(Terms terms, Listener listener) {
        this.terms = terms;
        this.listener = listener;
    }

    /** Measurements and words that were none of the peer's business. */
    public long refused() {
        return refused.sum();
    }

    @Override
    public void measured(StreamInfo stream, Row row) {
        if (admitted(stream)) {
            listener.measured(stream, row);
        }
    }

    @Override
    public void measured(StreamInfo stream, long sequence, Row row) {
        if (admitted(stream)) {
            listener.measured(stream, sequence, row);
        }
    }

    @Override
    public void kept(StreamInfo stream, long sequence, Row row) {
        if (admitted(stream)) {
            listener.kept(stream, sequence, row);
        }
    }

    @Override
    public void unkept(StreamInfo stream, long sequence, Row row) {
        if (admitted(stream)) {
            listener.unkept(stream, sequence, row);
        }
    }

    @Override
    public void changed(StreamInfo stream, StreamState state, String why) {
        if (admitted(stream)) {
            listener.changed(stream, state, why);
        }
    }

    private boolean admitted(StreamInfo stream) {
        boolean admitted = terms.admits(stream);
        if (!admitted) {
            refused.increment();
        }
        return admitted;
    }
}
