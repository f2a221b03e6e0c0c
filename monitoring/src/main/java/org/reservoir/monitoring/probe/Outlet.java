package org.reservoir.monitoring.probe;

/** Port: where a source's measurements go, one for each listener: into the process itself, or onto a wire. Must not wait. */
public interface Outlet {
    /**
     * Takes a measurement. The row is used again afterwards: what is to be kept must be copied.
     *
     * @param sequence counts this stream's measurements to this listener from 1, without a gap
     */
    void take(StreamInfo stream, long sequence, Row row);

    /** Many measurements may come now, one after another, up to {@link #rest}. */
    default void burst() {}

    /** No more come for now: what waits for others to go with goes. */
    default void rest() {}

    /** Takes note that the source lives; called every ten seconds. */
    default void alive(SourceId source) {}

    /** The same, with what the source says of itself. */
    default void alive(SourceInfo source) {
        alive(source.id());
    }

    /** Takes word of a stream: when it begins, changes and ends, and every minute again. @param why for people; may be empty */
    void tell(StreamInfo stream, StreamState state, String why);

    /** The same, and how far its measurements were handed to this listener. @param sequence number of the last one */
    default void tell(StreamInfo stream, StreamState state, String why, long sequence) {
        tell(stream, state, why);
    }

    /** By what it comes to its listener: those of the same line have the same listener. */
    default Outlet line() {
        return this;
    }
}
