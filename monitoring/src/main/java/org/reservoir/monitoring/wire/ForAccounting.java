package org.reservoir.monitoring.wire;

import java.util.Optional;

import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;

/** The part of an outlet that keeps measurements for accounting until they are acknowledged; without a spool they go as all others. */
record ForAccounting(Optional<Spool> spool) {
    /** False when the measurement goes as all others. What the spool refuses it counts. */
    boolean takes(StreamInfo stream, long sequence, Row row) {
        boolean kept = spool.isPresent() && stream.delivery() == Delivery.ACCOUNTING;
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
