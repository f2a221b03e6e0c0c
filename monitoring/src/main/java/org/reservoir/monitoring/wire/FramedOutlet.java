package org.reservoir.monitoring.wire;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** An outlet that has all it is given made into frames, and brings these to listeners in a way of its own. */
public abstract class FramedOutlet implements KeepingOutlet {
    /** Who makes its frames, the same one always. */
    protected abstract FrameOutlet frames();

    @Override
    public final void take(StreamInfo stream, long sequence, Row row) {
        frames().take(stream, sequence, row);
    }

    @Override
    public final void burst() {
        frames().burst();
    }

    @Override
    public final void rest() {
        frames().rest();
    }

    @Override
    public final void tell(StreamInfo stream, StreamState state, String why) {
        frames().tell(stream, state, why);
    }

    @Override
    public final void tell(StreamInfo stream, StreamState state, String why, long sequence) {
        frames().tell(stream, state, why, sequence);
    }

    @Override
    public final void alive(SourceId source) {
        frames().alive(source);
    }

    @Override
    public final void alive(SourceInfo source) {
        frames().alive(source);
    }

    @Override
    public final boolean relay(long origin, long number, StreamInfo stream, long sequence, Row row) {
        return frames().relay(origin, number, stream, sequence, row);
    }

    @Override
    public final long relayed(long origin) {
        return frames().relayed(origin);
    }

    /** Frames and measurements that could not go. */
    public final long unsent() {
        return frames().unsent();
    }
}
