package org.reservoir.monitoring.wire;

import java.util.Optional;

import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Reached;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;

/** The part of an outlet that keeps measurements for accounting until they are acknowledged; without a spool they go as all others. */
record ForAccounting(Optional<Spool> spool) {
    boolean keeps(StreamInfo stream) {
        return spool.isPresent() && stream.delivery() == Delivery.ACCOUNTING;
    }

    /** What may be said of how far a stream is: what is kept goes when it can, and says so itself. */
    Reached reached(StreamInfo stream, long sequence) {
        return keeps(stream) ? Reached.UNKNOWN : Reached.exactly(sequence);
    }

    /** False when the measurement goes as all others. What the spool refuses it counts. */
    boolean takes(StreamInfo stream, long sequence, Row row) {
        boolean kept = keeps(stream);
        if (kept) {
            spool.get().keep(stream, sequence, row);
        }
        return kept;
    }

    long relayed(long origin) {
        return spool.map(kept -> kept.mark(origin)).orElse(0L);
    }

    boolean relay(long origin, long number, StreamInfo stream, long sequence, Row row) {
        return spool.isPresent() && spool.get().relay(origin, number, stream, sequence, row);
    }
}
